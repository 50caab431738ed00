"""Lattice-free MMI for monophone states, as dense matrix work on the CPU.

The denominator is a phone trigram over the HMM topology: about 80 states after each of 41 phones,
so its forward and backward passes are small matrix products for each frame. The numerator is the
aligned sequence of outputs, each allowed to begin and end a few frames off.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training.units import (
    ARPABET,
    NUM_PDFS,
    PHONE_TOPOLOGY,
    SIL_PDF,
    SIL_TOPOLOGY,
    SPN_PDF,
    SPN_TOPOLOGY,
    State,
)

FLOOR = -60.0
TINY = 1e-30
HUGE = 1e30
"""Bound of what lies ahead of a state that no path reaches: in frames that are next to impossible
it grows without end."""
NUM_PHONES = len(ARPABET) + 2  # and SIL first, SPN last


def phone_of_pdf() -> np.ndarray:
    """Phone (0 SIL, 1.. ARPAbet, last SPN) of each network output."""
    phones = np.zeros(NUM_PDFS, int)
    phones[1:SPN_PDF] = 1 + np.arange(SPN_PDF - 1) // 2
    phones[SPN_PDF] = NUM_PHONES - 1
    return phones


def phone_sequence(labels: np.ndarray) -> np.ndarray:
    """Phones of aligned labels, one after another.

    A new phone begins where the phone changes or its second state goes back to the first.
    """
    phone = phone_of_pdf()[labels]
    first = (labels % 2 == 1) & (labels < SPN_PDF)
    again = first[1:] & (labels[1:] == labels[:-1] - 1)
    new = np.flatnonzero((phone[1:] != phone[:-1]) | again) + 1
    return np.asarray(phone[np.concatenate([[0], new])])


def bigrams(sequence: np.ndarray, smoothing: float = 0.5) -> np.ndarray:
    """Probability of each phone after each, shape (phones, phones)."""
    counts = np.full((NUM_PHONES, NUM_PHONES), smoothing)
    np.add.at(counts, (sequence[:-1], sequence[1:]), 1)
    return np.asarray(counts / counts.sum(1, keepdims=True))


def trigrams(sequence: np.ndarray, trust: float = 20.0) -> np.ndarray:
    """Probability of each phone after each two, shape (phones, phones, phones).

    Where fewer than ``trust`` such pairs were seen, mostly the bigram's. Any other speech follows
    and is followed as the bigram says: which words become it is drawn anew in each epoch.
    """
    after = bigrams(sequence)
    counts = np.zeros((NUM_PHONES,) * 3)
    np.add.at(counts, (sequence[:-2], sequence[1:-1], sequence[2:]), 1)
    rows = (counts + trust * after) / (counts.sum(2, keepdims=True) + trust)
    rows[:, -1] = after[-1]
    rows[..., :-1] *= (1 - after[:, -1:]) / rows[..., :-1].sum(2, keepdims=True)
    rows[..., -1] = after[:, -1]
    return np.asarray(rows)


def _topologies() -> list[tuple[int, tuple[State, ...]]]:
    """First output and states of each phone, in phone order."""
    rows: list[tuple[int, tuple[State, ...]]] = [(SIL_PDF, SIL_TOPOLOGY)]
    rows += [(1 + 2 * i, PHONE_TOPOLOGY) for i in range(len(ARPABET))]
    return [*rows, (SPN_PDF, SPN_TOPOLOGY)]


class Denominator:
    """HMM of all phone sequences under a trigram.

    A state is one of a phone's, and the phone before it: ``alpha`` and ``beta`` are (phones
    before, batch, states).
    """

    def __init__(self, following: np.ndarray, device: str = "cpu") -> None:
        rows = _topologies()
        starts = np.cumsum([0] + [len(states) for _, states in rows])
        size = int(starts[-1])
        pdf, stay, step = np.zeros(size, int), np.zeros(size), np.zeros(size)
        leave = np.zeros((size, NUM_PHONES))
        for phone, (base, states) in enumerate(rows):
            for index, state in enumerate(states):
                at = starts[phone] + index
                pdf[at] = base + state.pdf_class
                for destination, probability in state.arcs:
                    if destination == len(states):
                        leave[at, phone] = probability
                    else:
                        (stay if destination == index else step)[at] = probability
        self.pdf = torch.tensor(pdf, device=device)
        self.starts = torch.tensor(starts[:-1], device=device)
        self.stay, self.step, self.leave, self.following, self.preceding = (
            torch.tensor(np.ascontiguousarray(array), dtype=torch.float32, device=device)
            for array in (
                stay,
                step[:-1],
                leave,
                following.transpose(1, 0, 2),
                following.transpose(1, 2, 0),
            )
        )
        initial = torch.full((NUM_PHONES, 1, size), 1 / size / NUM_PHONES, device=device)
        for _ in range(100):
            initial = self._ahead(initial)
        self.initial = initial / initial.sum()

    def _ahead(self, alpha: Tensor) -> Tensor:
        """One frame later, before that frame is heard."""
        after = alpha * self.stay
        after[..., 1:] += alpha[..., :-1] * self.step
        ended = (alpha @ self.leave).permute(2, 1, 0).contiguous()
        return after.index_add_(2, self.starts, torch.bmm(ended, self.following))

    def _back(self, beta: Tensor) -> Tensor:
        """One frame earlier, of what that frame and those after it say."""
        before = beta * self.stay
        before[..., :-1] += beta[..., 1:] * self.step
        entered = torch.bmm(beta[..., self.starts], self.preceding)
        return before.add_(entered.permute(2, 1, 0).contiguous() @ self.leave.T)

    def forward_backward(self, scores: Tensor) -> tuple[Tensor, Tensor]:
        """Total log score (batch,) and output posteriors (batch, time, outputs)."""
        top = scores.amax(2, keepdim=True)
        emit = torch.exp((scores - top).clamp_min(FLOOR))[:, :, self.pdf].transpose(0, 1)
        frames = len(emit)
        alphas: list[Tensor] = []
        norms: list[Tensor] = []
        alpha = self.initial * emit[0]
        for t in range(frames):
            if t:
                alpha = self._ahead(alphas[-1]) * emit[t]
            norm = alpha.sum((0, 2)).clamp_min(TINY)[:, None]
            alphas.append(alpha / norm)
            norms.append(norm)
        beta = torch.ones_like(alphas[0])
        gammas = [alphas[-1].sum(0)]
        for t in range(frames - 2, -1, -1):
            beta = self._back(beta * (emit[t + 1] / norms[t + 1])).clamp_max(HUGE)
            gammas.append((alphas[t] * beta).sum(0))
        total, gamma = _summed_up(gammas, norms, top)
        return total, torch.zeros_like(scores).index_add_(2, self.pdf, gamma)


def numerator_chains(
    labels: Tensor, tolerance: int, segments: int | None = None
) -> tuple[Tensor, Tensor]:
    """Outputs (batch, segments) and allowed frames (batch, time, segments) of the labels; of as
    many ``segments`` as the labels have at most, where it is not said."""
    batch, frames = labels.shape
    changed = (labels[:, 1:] != labels[:, :-1]).cumsum(1)
    segment = nn.functional.pad(changed, (1, 0))
    count = segments or int(segment.max()) + 1
    time = torch.arange(frames, device=labels.device).expand(batch, -1)
    outputs = labels.new_zeros(batch, count).scatter_(1, segment, labels)
    first = labels.new_full((batch, count), 2 * frames).scatter_reduce(1, segment, time, "amin")
    last = labels.new_full((batch, count), -frames).scatter_reduce(1, segment, time, "amax")
    time = time[:, :, None]
    inside = (time >= first[:, None] - tolerance) & (time <= last[:, None] + tolerance)
    return outputs, inside.float()


def numerator_forward_backward(
    scores: Tensor, outputs: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor]:
    """Total log score (batch,) and output posteriors of the allowed paths."""
    top = scores.amax(2, keepdim=True)
    probability = torch.exp((scores - top).clamp_min(FLOOR))
    index = outputs[:, None, :].expand(-1, scores.shape[1], -1)
    emit = (probability.gather(2, index) * allowed).transpose(0, 1)
    frames = len(emit)
    alphas: list[Tensor] = []
    norms: list[Tensor] = []
    alpha = emit[0]
    for t in range(frames):
        if t:
            previous = alphas[-1]
            alpha = previous.clone()
            alpha[:, 1:] += previous[:, :-1]
            alpha = alpha * emit[t]
        norm = alpha.sum(1, keepdim=True).clamp_min(TINY)
        alphas.append(alpha / norm)
        norms.append(norm)
    beta = torch.ones_like(alphas[0])
    gammas = [alphas[-1]]
    for t in range(frames - 2, -1, -1):
        ahead = beta * emit[t + 1]
        beta = ahead.clone()
        beta[:, :-1] += ahead[:, 1:]
        beta = (beta / norms[t + 1]).clamp_max(HUGE)
        gammas.append(alphas[t] * beta)
    total, gamma = _summed_up(gammas, norms, top)
    return total, torch.zeros_like(scores).scatter_add_(2, index, gamma)


def _summed_up(gammas: list[Tensor], norms: list[Tensor], top: Tensor) -> tuple[Tensor, Tensor]:
    """Total log score (batch,) and state posteriors (batch, time, states), of what each frame gave:
    `gammas` from the last to the first, `norms` by which it was scaled, `top` taken off."""
    gamma = torch.stack(gammas[::-1], 1)
    total = torch.log(torch.stack(norms)).sum((0, 2)) + top.sum((1, 2))
    return total, gamma / gamma.sum(2, keepdim=True).clamp_min(TINY)


@contextmanager
def _small_exact_products() -> Iterator[None]:
    """To wake a second thread takes longer than what a frame has for it to do, and an accelerator
    must not round the factors: what it loses in each frame adds up."""
    threads, rounded = torch.get_num_threads(), torch.backends.cuda.matmul.allow_tf32
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.backends.cuda.matmul.allow_tf32 = rounded


class _Mmi(torch.autograd.Function):
    """Loss of a batch; its gradient is the difference of the posteriors."""

    @staticmethod
    def forward(
        ctx: Any, scores: Tensor, outputs: Tensor, allowed: Tensor, denominator: Denominator
    ) -> Tensor:
        with _small_exact_products():
            den, den_posteriors = denominator.forward_backward(scores)
            num, num_posteriors = numerator_forward_backward(scores, outputs, allowed)
        frames = scores.shape[0] * scores.shape[1]
        ctx.save_for_backward((den_posteriors - num_posteriors) / frames)
        return (den - num).sum() / frames

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        return ctx.saved_tensors[0] * gradient, None, None, None


def mmi_loss(scores: Tensor, outputs: Tensor, allowed: Tensor, denominator: Denominator) -> Tensor:
    """Negative log posterior of the allowed paths, for each frame."""
    # PyTorch gives ``apply`` no annotations.
    loss: Tensor = _Mmi.apply(scores, outputs, allowed, denominator)  # type: ignore[no-untyped-call]
    return loss
