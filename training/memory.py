"""Memories for the acoustic network: what was seen lately, as averages that fade.

Convolutions over time see a third of a second. Which noise and which voice it is that they hear
is known from longer, and an average that fades is the cheapest way to know it.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import torch
from torch import Tensor, nn

from training.features import SUBSAMPLING
from training.product import product

OUTPUT_SECONDS = SUBSAMPLING * 0.01
SECONDS = (0.1, 4.0)
"""Time constants of a memory's first and last channel before training."""


@numba.njit(cache=True)
def _fade(x: np.ndarray, keep: np.ndarray, starts: np.ndarray, out: np.ndarray) -> None:
    state = np.zeros_like(keep)
    for t in range(len(x)):
        if starts[t]:
            state[:] = 0
        for c in range(len(keep)):
            state[c] = keep[c] * state[c] + (1 - keep[c]) * x[t, c]
            out[t, c] = state[c]


@numba.njit(cache=True)
def _fade_back(
    gradient: np.ndarray, x: np.ndarray, keep: np.ndarray, starts: np.ndarray, out: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    state, grad_x, grad_keep = np.zeros_like(keep), np.empty_like(x), np.zeros_like(keep)
    for t in range(len(x) - 1, -1, -1):
        begins = t == 0 or starts[t]
        for c in range(len(keep)):
            state[c] += gradient[t, c]
            before = 0.0 if begins else out[t - 1, c]
            grad_keep[c] += state[c] * (before - x[t, c])
            grad_x[t, c] = (1 - keep[c]) * state[c]
            state[c] = 0.0 if begins else keep[c] * state[c]
    return grad_x, grad_keep


def scan(keep: Tensor, x: Tensor, reach: int | None = None) -> Tensor:
    """``y[t] = keep[t] * y[t - 1] + x[t]`` for all ``t`` at once, in as many steps as the length,
    or as far back as it is to ``reach``, has binary digits."""
    step, reach = 1, reach or len(x)
    while step < reach:
        x = torch.cat([x[:step], torch.addcmul(x[step:], keep[step:], x[:-step])])
        keep = torch.cat([keep[:step], keep[step:] * keep[:-step]])
        step *= 2
    return x


def _kept(keep: Tensor, starts: Tensor) -> Tensor:
    """What is left of the state before at each time, of several streams side by side."""
    return keep * ~starts[..., None]


@torch.library.custom_op("voiceacu::fade", mutates_args=())
def fade(x: Tensor, keep: Tensor, starts: Tensor) -> Tensor:
    """``y[t] = keep * y[t - 1] + (1 - keep) * x[t]`` of each channel, from 0 at each start.

    ``x`` is (time, channels) of one stream, or (time, streams, channels)."""
    if x.dim() > 2:
        return scan(_kept(keep, starts), (1 - keep) * x)
    out = torch.empty_like(x)
    _fade(x.numpy(), keep.numpy(), starts.numpy(), out.numpy())
    return out


@torch.library.custom_op("voiceacu::fade_back", mutates_args=())
def fade_back(
    gradient: Tensor, x: Tensor, keep: Tensor, starts: Tensor, out: Tensor
) -> tuple[Tensor, Tensor]:
    """Gradients of :func:`fade` for ``x`` and ``keep``."""
    if x.dim() > 2:
        return _streams_back(gradient, x, keep, starts, out)
    arrays = (gradient.contiguous(), x, keep, starts, out)
    grad_x, grad_keep = _fade_back(*(array.numpy() for array in arrays))
    return torch.from_numpy(grad_x), torch.from_numpy(grad_keep)


def _streams_back(
    gradient: Tensor, x: Tensor, keep: Tensor, starts: Tensor, out: Tensor
) -> tuple[Tensor, Tensor]:
    nothing = torch.zeros_like(out[:1])
    kept = torch.cat([_kept(keep, starts)[1:], nothing])
    state = scan(kept.flip(0), gradient.flip(0)).flip(0)
    before = torch.cat([nothing, out[:-1]]) * ~starts[..., None]
    return (1 - keep) * state, (state * (before - x)).sum((0, 1))


fade.register_fake(lambda x, *_: torch.empty_like(x))
fade_back.register_fake(lambda _, x, keep, *__: (torch.empty_like(x), torch.empty_like(keep)))


def _keep_for_backward(ctx: Any, inputs: tuple[Tensor, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs, output)


def _fade_backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
    return *fade_back(gradient, *ctx.saved_tensors), None


fade.register_autograd(_fade_backward, setup_context=_keep_for_backward)


class Memory(nn.Module):
    """What was seen lately, each channel at its own pace, added to what is seen now.

    It adds nothing at first, so a trained network can be given one.
    """

    def __init__(self, size_in: int, size_out: int):
        super().__init__()
        keep = np.exp(-OUTPUT_SECONDS / np.geomspace(*SECONDS, size_in))
        self.pace = nn.Parameter(torch.logit(torch.from_numpy(keep).float()))
        self.weight = nn.Parameter(torch.zeros(size_out, size_in))

    def keep(self) -> Tensor:
        """Share of each channel that is left after one output."""
        return torch.sigmoid(self.pace)

    def forward(self, x: Tensor, starts: Tensor) -> Tensor:
        """(time, …, in) to (time, …, out); ``starts`` says where another recording begins."""
        lately: Tensor = fade(x, self.keep(), starts)
        return product(lately, self.weight)
