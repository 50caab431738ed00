"""Training on an accelerator: thousands of hours of altered speech in some minutes.

The same network and losses as in :mod:`training.train`. What it reads is made on the accelerator
(:mod:`training.bulk`), and whole steps are recorded once and replayed, because most of a step is
thousands of small products, each shorter than the call for it.
"""

from __future__ import annotations

import copy
import itertools
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.bulk import Bulk, Flat
from training.features import SUBSAMPLING
from training.memory import OUTPUT_SECONDS
from training.mmi import Denominator, phone_sequence, trigrams
from training.network import AcousticNet, NormRelu, Shape, load, save
from training.packed import Packed
from training.train import PIECE, Average, Plan, losses, total

PIECES = 3
"""Of a lane."""
JUDGE_SECONDS = 30
STATISTICS = 8
"""Batches, 54 minutes in all, that the normalisations of the averaged network are measured on."""


@dataclass(frozen=True)
class Rush:
    """How long and how fast to train, ``lanes`` of 6.3 s at a time; it ends with the ``seconds`` or
    the ``steps``, whichever comes first."""

    seconds: float = 300.0
    steps: float = math.inf
    rate: float = 1.5e-3
    lanes: int = 64
    weight_decay: float = 0.02
    average: float = 0.9995
    hours: float = 2.0
    """Drawn at once."""
    device: str = "cuda" if torch.cuda.is_available() else "cpu"
    seed: int = 24


class Batch(NamedTuple):
    """``features`` (frames, lanes, 40), ``starts`` (outputs and context, lanes), ``labels``
    (outputs, lanes)."""

    features: Tensor
    starts: Tensor
    labels: Tensor

    def pick(self, lanes: Tensor) -> Batch:
        """Some of the lanes."""
        return Batch(*(part[:, lanes].contiguous() for part in self))


def lanes_of(flat: Flat, shape: Shape, shift: int) -> Batch:
    """The stream cut into lanes with the context that the network needs."""
    outputs = PIECE * PIECES
    before = shape.left // SUBSAMPLING
    count = (len(flat.labels) - before - shape.right // SUBSAMPLING - 2) // outputs
    size, step = shape.frames(outputs), outputs * SUBSAMPLING
    features = flat.features[shift:].unfold(0, size, step)[:count]
    starts = flat.starts[1:].unfold(0, outputs + shape.around, outputs)[:count]
    labels = flat.labels[before:].unfold(0, outputs, outputs)[:count]
    return Batch(features.permute(2, 0, 1), starts.T, labels.T)


def _perturbed(features: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """A little channel offset that drifts over the lane, and a little noise."""
    part = torch.linspace(0, 1, len(features), device=features.device)[:, None, None]
    begin, end = (torch.empty_like(features[0]).normal_(generator=generator) for _ in range(2))
    noise = torch.empty_like(features).normal_(generator=generator)
    perturbed: Tensor = features + deviation * (0.15 * torch.lerp(begin, end, part) + 0.1 * noise)
    return perturbed


def losses_of(
    net: nn.Module, batch: Batch, denominator: Denominator
) -> tuple[Tensor, Tensor, Tensor]:
    """MMI and cross-entropy, and the scores that MMI is of."""
    sequence, steady = (
        head.transpose(0, 1).flatten(0, 1) for head in net(batch.features, batch.starts)
    )
    # how many segments the labels have would have to be asked of the accelerator
    labels = batch.labels.T.flatten()
    mmi, entropy = losses((sequence, steady), labels, denominator, Plan.tolerance, segments=PIECE)
    return mmi, entropy, sequence


class Step:
    """One step of training; on an accelerator recorded at the first batch and replayed with the
    others."""

    def __init__(self, net: AcousticNet, denominator: Denominator, plan: Rush) -> None:
        self.net, self.denominator = net, denominator
        device = net.deviation.device
        self.recorded = device.type == "cuda"
        self.rate = torch.zeros((), device=device)
        self.seen = torch.zeros(2, device=device)
        self.optimiser = torch.optim.AdamW(
            net.parameters(),
            self.rate,
            weight_decay=plan.weight_decay,
            capturable=self.recorded,
        )
        self.batch: Batch | None = None
        self.graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, batch: Batch, rate: float) -> None:
        """Learn from it; ``seen`` holds both losses afterwards."""
        self.rate.fill_(rate)
        if not self.recorded:
            return self._learn(batch)
        if self.batch is None:
            self._record(batch)
        for mine, theirs in zip(self.batch or (), batch, strict=True):
            mine.copy_(theirs)
        assert self.graph is not None
        return self.graph.replay()

    def _learn(self, batch: Batch) -> None:
        mmi, entropy, scores = losses_of(self.net, batch, self.denominator)
        self.optimiser.zero_grad(set_to_none=False)
        torch.autograd.backward(total(mmi, entropy, scores, Plan.cross_entropy))
        for weight in self.net.parameters():
            if weight.grad is not None:
                weight.grad.nan_to_num_(0, 0, 0)
        nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.seen.copy_(torch.stack([mmi.detach(), entropy.detach()]))

    def _record(self, batch: Batch) -> None:
        self.batch = Batch(*(part.clone() for part in batch))
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(3):
                self._learn(self.batch)
        torch.cuda.current_stream().wait_stream(aside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self._learn(self.batch)


class Reader:
    """Batches without end."""

    def __init__(self, bulk: Bulk, shape: Shape, plan: Rush) -> None:
        self.bulk, self.shape, self.plan = bulk, shape, plan
        self.hours = 0.0

    def __call__(self, deviation: Tensor) -> Iterator[Batch]:
        """Utterances in a new order each time, altered anew."""
        while True:
            for drawn in self.bulk.epoch(self.plan.hours):
                lanes = self.lanes(drawn)
                order = torch.randperm(lanes.labels.shape[1], device=self.bulk.device)
                whole = len(order) // self.plan.lanes * self.plan.lanes
                for picked in order[:whole].view(-1, self.plan.lanes):
                    batch = lanes.pick(picked)
                    noisy = _perturbed(batch.features, deviation, self.bulk.random)
                    self.hours += batch.labels.numel() * OUTPUT_SECONDS / 3600
                    yield batch._replace(features=noisy)

    def lanes(self, drawn: Tensor) -> Batch:
        """All lanes of some utterances."""
        shift = int(torch.randint(SUBSAMPLING, ()))
        return lanes_of(self.bulk.draw(drawn), self.shape, shift)


@torch.no_grad()
def judge(net: AcousticNet, lanes: Batch, denominator: Denominator, at_once: int) -> float:
    """MMI loss of a network as it is used.

    Raises FloatingPointError where that is no number: then steps are passed over without a word.
    """
    net.eval()
    order = torch.arange(lanes.labels.shape[1], device=lanes.labels.device)
    parts = torch.chunk(order, -(-len(order) // at_once))
    found = [losses_of(net, lanes.pick(part), denominator)[0] for part in parts]
    net.train()
    loss = float(torch.stack(found).mean())
    if not math.isfinite(loss):
        raise FloatingPointError("the loss on held-out recordings is no number; look at the noises")
    return loss


@torch.no_grad()
def measure(net: AcousticNet, batches: Iterator[Batch]) -> None:
    """Give the normalisations the statistics of these very weights."""
    some = zip(*itertools.islice(batches, STATISTICS), strict=True)
    features, starts, _ = (torch.cat(parts, 1) for parts in some)
    net.eval().meet_sums(features, starts, NormRelu.learn)


def _rate(plan: Rush, step: int, progress: float) -> float:
    warm = min(1.0, (step + 1) / 500)
    return plan.rate * warm * (0.003 + 0.997 * 0.5 * (1 + math.cos(math.pi * min(1, progress))))


def rush(parts: list[Packed], plan: Rush, start: Path, target: Path) -> None:
    """Train a checkpoint on and write the average of its last weights."""
    torch.manual_seed(plan.seed)
    # the network's products; those of probabilities stay exact (`mmi.py`)
    torch.backends.cuda.matmul.allow_tf32 = True
    bulk = Bulk(parts, plan.device, plan.seed)
    net = load(str(start))[0].to(plan.device).train()
    denominator = Denominator(trigrams(phone_sequence(_labels(parts))), plan.device)
    reader = Reader(bulk, net.shape, plan)
    held = reader.lanes(torch.nonzero(bulk.held_out)[:, 0])
    average = Average(net, plan.average)
    step = Step(net, denominator, plan)
    batches = reader(net.deviation)
    begun = judged = time.monotonic()
    with tqdm(desc="train", unit="step", mininterval=5) as bar:
        for index, batch in enumerate(batches):
            progress = max((time.monotonic() - begun) / plan.seconds, index / plan.steps)
            if progress >= 1:
                break
            step(batch, _rate(plan, index, progress))
            average.update(net)
            bar.update()
            if time.monotonic() - judged > JUDGE_SECONDS:
                judged = time.monotonic()
                mmi, entropy = step.seen.tolist()
                loss = judge(copy.deepcopy(net), held, denominator, plan.lanes)
                tqdm.write(
                    f"{progress:.2f}: {reader.hours:.0f} h, {mmi:.4f} {entropy:.3f}, {loss:.4f}"
                )
    measure(average.net, batches)
    loss = judge(average.net, held, denominator, plan.lanes)
    print(f"{index} steps, {reader.hours:.0f} h: {loss:.4f} held out")
    save(average.net.eval().cpu(), parts[0].mean, str(target))


def _labels(parts: list[Packed]) -> np.ndarray:
    return np.concatenate([part.labels for part in parts]).astype(np.int64)
