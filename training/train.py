"""Stage ``train``: LF-MMI with a cross-entropy head beside it, on the CPU."""

from __future__ import annotations

import copy
import itertools
import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from training.misheard import Misheard
from training.mmi import Denominator, mmi_loss, numerator_chains, phone_sequence, trigrams
from training.network import AcousticNet, Shape, load, save
from training.rivals import Rivals, rivals_loss
from training.stream import Data, Piece, Stream, apart, perturb

PIECE = 70
"""Outputs that the loss takes together."""
DEV_UTTERANCES = 250
JUDGE_SECONDS = 240


@dataclass(frozen=True)
class Plan:
    """How long and how fast to train."""

    epochs: float = 8
    minutes: float = 1e9
    pieces: int = 24
    rate: float = 2e-3
    weight_decay: float = 0.02
    cross_entropy: float = 0.3
    tolerance: int = 2
    rivalry: float = 0.0
    """The weight of what sets commands against their rivals."""
    average: float = 0.998
    settled: float = 0.75
    """Share of the training after which the statistics of the normalisations are trusted; at
    higher rates the weights run away from them."""
    threads: int = 2
    seed: int = 0
    compile: bool = True


class Average:
    """Running average of the weights and the statistics; it is what gets exported."""

    def __init__(self, net: AcousticNet, decay: float) -> None:
        self.net, self.decay, self.steps = copy.deepcopy(net).eval(), decay, 0

    @torch.no_grad()
    def update(self, net: AcousticNet) -> None:
        """Mix in the present weights; the first steps count more."""
        self.steps += 1
        share = max(1 - self.decay, 1 / (self.steps + 1))
        torch._foreach_lerp_(list(self.net.parameters()), list(net.parameters()), share)
        for mine, theirs in zip(self.net.buffers(), net.buffers(), strict=True):
            if mine.dtype.is_floating_point:
                mine.lerp_(theirs, share)


def losses(
    heads: tuple[Tensor, Tensor],
    labels: Tensor,
    denominator: Denominator,
    tolerance: int,
    segments: int | None = None,
) -> tuple[Tensor, Tensor]:
    """MMI, in pieces of :data:`PIECE`, and cross-entropy of both heads' scores (outputs, …);
    ``segments`` are those of :func:`training.mmi.numerator_chains`."""
    scores = heads[0].view(-1, PIECE, heads[0].shape[1])
    chains = numerator_chains(labels.view(-1, PIECE), tolerance, segments)
    mmi = mmi_loss(scores, *chains, denominator)
    return mmi, nn.functional.cross_entropy(heads[1], labels)


def total(mmi: Tensor, entropy: Tensor, scores: Tensor, cross_entropy: float) -> Tensor:
    """What is trained on: both losses of :func:`losses`, and that the first head's scores stay
    small; ``cross_entropy`` is the second loss's weight."""
    return mmi + cross_entropy * entropy + 5e-5 * scores.square().mean()


def _ahead(batches: Iterator[Piece], depth: int = 3) -> Iterator[Piece]:
    """Prepare batches in a thread while the network computes."""
    waiting: queue.Queue[Piece] = queue.Queue(depth)

    def fill() -> None:
        for batch in batches:
            waiting.put(batch)

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield waiting.get()


def _endless(stream: Stream, deviation: np.ndarray, rng: np.random.Generator) -> Iterator[Piece]:
    while True:
        for piece in stream.epoch(rng):
            yield piece._replace(features=perturb(piece.features, deviation, rng))


def spread(stream: Stream) -> np.ndarray:
    """Standard deviation of each feature, over some minutes."""
    pieces = itertools.islice(stream.epoch(np.random.default_rng(3)), 12)
    return np.asarray(np.concatenate([piece.features for piece in pieces]).std(0))


class Losses(NamedTuple):
    """Of a piece, each for a frame: LF-MMI, cross-entropy, and that among rivals, weighted."""

    mmi: Tensor
    entropy: Tensor
    rivals: Tensor


class Objective:
    """What is trained on, as the plan weighs it; without ``rivals`` these cost nothing."""

    def __init__(self, plan: Plan, denominator: Denominator, rivals: Rivals | None) -> None:
        self.plan, self.denominator, self.rivals = plan, denominator, rivals

    def losses(self, heads: tuple[Tensor, Tensor], piece: Piece, *, drawn: bool) -> Losses:
        """Of both heads' scores; commands against all their rivals, or some that are ``drawn``."""
        labels = torch.from_numpy(piece.labels)
        mmi, entropy = losses(heads, labels, self.denominator, self.plan.tolerance)
        among = torch.zeros(())
        if self.rivals is not None:
            among = rivals_loss(heads[0], piece.said, self.rivals, drawn=drawn)
        return Losses(mmi, entropy, self.plan.rivalry * among)


@torch.no_grad()
def evaluate(net: AcousticNet, stream: Stream, objective: Objective) -> tuple[Losses, float]:
    """Losses and share of right frames of the cross-entropy head on held-out utterances."""
    found, right = [], []
    for piece in stream.epoch(np.random.default_rng(1)):
        heads = net(torch.from_numpy(piece.features), torch.from_numpy(piece.starts))
        found.append(torch.stack(objective.losses(heads, piece, drawn=False)))
        right.append(float((heads[1].argmax(1).numpy() == piece.labels).mean()))
    return Losses(*torch.stack(found).mean(0)), float(np.mean(right))


class Best:
    """Keeps a network whenever it is better on held-out utterances than it ever was."""

    def __init__(
        self, net: AcousticNet, dev: Stream, objective: Objective, keep: Callable[[], None]
    ) -> None:
        self.net, self.dev, self.objective, self.keep = net, dev, objective, keep
        self.loss = math.inf

    def judge(self, when: str) -> None:
        """Measure it now, and say so."""
        (mmi, _, rivals), right = evaluate(self.net, self.dev, self.objective)
        tqdm.write(f"{when}: dev mmi {mmi:.4f}, rivals {rivals:.4f}, frames right {right:.4f}")
        loss = float(mmi + rivals)
        if loss < self.loss:
            self.loss = loss
            self.keep()


def _rate(plan: Plan, step: int, progress: float) -> float:
    warm = min(1.0, (step + 1) / 200)
    return plan.rate * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def _learn(
    run: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    piece: Piece,
    objective: Objective,
    optimiser: torch.optim.Optimizer,
) -> tuple[float, ...]:
    """One step; its losses."""
    heads = run(torch.from_numpy(piece.features), torch.from_numpy(piece.starts))
    found = objective.losses(heads, piece, drawn=True)
    optimiser.zero_grad()
    whole = total(found.mmi, found.entropy, heads[0], objective.plan.cross_entropy)
    torch.autograd.backward(whole + found.rivals)
    weights = itertools.chain.from_iterable(group["params"] for group in optimiser.param_groups)
    nn.utils.clip_grad_norm_(weights, 5.0, error_if_nonfinite=True)
    optimiser.step()
    return tuple(loss.item() for loss in found)


def train(
    data: Data,
    shape: Shape,
    plan: Plan,
    target: Path,
    start: Path | None = None,
    *,
    misheard: Misheard = MappingProxyType({}),
) -> None:
    """Write the averaged network to ``target``, as it was when it judged held-out utterances best;
    ``start`` is a checkpoint to go on from, ``misheard`` are rivals beside those that are drawn."""
    torch.set_num_threads(plan.threads)
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    net = load(str(start))[0].train() if start else None
    shape = net.shape if net else shape
    texts = {recording.text for recording in data.recordings}
    rivals = Rivals(texts, misheard) if plan.rivalry else None
    objective = Objective(plan, Denominator(trigrams(phone_sequence(data.labels))), rivals)
    held, trained = apart(data.recordings, min(DEV_UTTERANCES, len(data.recordings) // 10))
    outputs = plan.pieces * PIECE
    dev = Stream(data, held, shape, min(outputs, 8 * PIECE))
    often = [recording for recording in trained for _ in range(recording.times)]
    stream = Stream(data, often, shape, outputs)
    deviation = spread(stream)
    net = net or AcousticNet(shape, deviation)
    steps = max(1, int(plan.epochs * stream.steps()))
    run = torch.compile(net) if plan.compile else net
    optimiser = torch.optim.AdamW(
        net.parameters(), plan.rate, weight_decay=plan.weight_decay, fused=True
    )
    average = Average(net, plan.average)
    best = Best(average.net, dev, objective, partial(save, average.net, data.mean, str(target)))
    begun = judged = time.monotonic()
    bar = tqdm(total=steps, desc="train", unit="step", mininterval=5)
    recent: list[tuple[float, ...]] = []
    for step, piece in enumerate(_ahead(_endless(stream, deviation, rng))):
        progress = max(step / steps, (time.monotonic() - begun) / 60 / plan.minutes)
        if progress >= 1:
            break
        if progress >= plan.settled:
            net.settle()
        for group in optimiser.param_groups:
            group["lr"] = _rate(plan, step, progress)
        recent = [*recent[-99:], _learn(run, piece, objective, optimiser)]
        average.update(net)
        bar.update()
        if step % 50 == 0:
            means = np.mean(recent, 0)
            bar.set_postfix_str(
                f"mmi {means[0]:.4f} ce {means[1]:.4f} rivals {means[2]:.4f} at {progress:.3f}"
            )
        if time.monotonic() - judged > JUDGE_SECONDS:
            judged = time.monotonic()
            best.judge(f"step {step}")
    bar.close()
    best.judge(f"final, {step} steps of {steps}")
