"""The products of the network with its weights, where nearly all of the training's time goes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


def _learning_dtype() -> torch.dtype:
    """Of the factors in training: brain floats where the processor multiplies them itself, at more
    than twice the speed; the weights, sums of layers and statistics stay in single precision."""
    flags = Path("/proc/cpuinfo")
    native = flags.exists() and "avx512_bf16" in flags.read_text()
    return torch.bfloat16 if native else torch.float32


LEARNING = _learning_dtype()


def _factors(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """As they are multiplied in training; an accelerator rounds them itself."""
    return (x, weight) if x.is_cuda else (x.to(LEARNING), weight.to(LEARNING))


class _SpliceProduct(torch.autograd.Function):
    """``sum_i x[i : i + n] @ w[i].T`` without copying the neighbours beside each other."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, taps: int) -> Tensor:
        x, weight = _factors(x, weight)
        ctx.save_for_backward(x, weight)
        ctx.taps = taps
        return _sum_of_products(x, weight, taps)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight = ctx.saved_tensors
        gradient = gradient.to(x.dtype)
        length, parts = len(gradient), weight.chunk(ctx.taps, 1)
        grad_x = torch.zeros_like(x, dtype=torch.float32)
        for i, part in enumerate(parts):
            grad_x[i : i + length] += gradient @ part
        rows = gradient.flatten(0, -2).T
        columns = [rows @ x[i : i + length].flatten(0, -2) for i in range(ctx.taps)]
        return grad_x, torch.cat(columns, 1).float(), None


def _sum_of_products(x: Tensor, weight: Tensor, taps: int) -> Tensor:
    length = len(x) - taps + 1
    parts = (x[i : i + length] @ part.T for i, part in enumerate(weight.chunk(taps, 1)))
    return functools.reduce(torch.add, (part.float() for part in parts))


def product(x: Tensor, weight: Tensor, taps: int = 1) -> Tensor:
    """``(time, …, in)`` times ``(out, in * taps)``: frame ``t`` and the next ones; drops the frames
    that lack one. Only where gradients are wanted is it done in :data:`LEARNING`."""
    if not torch.is_grad_enabled():
        return _sum_of_products(x, weight, taps)
    # PyTorch gives ``apply`` no annotations.
    out: Tensor = _SpliceProduct.apply(x, weight, taps)  # type: ignore[no-untyped-call]
    return out
