"""Banks in memory, and the endless stream of frames that the training reads.

An epoch takes one random copy of each utterance, in random order, and lays them one after
another; the network sees pieces of that stream. So no frame is spent on padding, and one
utterance's end is the next one's left context, as it is in a running recogniser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from training.banks import load_shard, shard_stems
from training.features import NUM_CEPS, SUBSAMPLING, online_cmn
from training.units import SIL_PDF, SPN_PDF

MIN_SPN_FRAMES = 4
KEEP_SILENCE = 0.35
AROUND_SPEECH = 16


@dataclass
class Data:
    """All copies of all utterances.

    ``features`` float16 (frames, 40) after mean normalisation; ``labels`` (frames / 3,);
    ``word_of`` (frames / 3,) index into ``unknown`` or -1; ``unknown`` chance of each spoken
    word to be trained as ``[unk]``; ``start`` and ``length`` of each copy in 30 ms frames;
    ``copies`` the copies of each utterance.
    """

    features: np.ndarray
    labels: np.ndarray
    word_of: np.ndarray
    unknown: np.ndarray
    start: np.ndarray
    length: np.ndarray
    copies: list[list[int]]
    mean: np.ndarray


@dataclass(frozen=True)
class Choice:
    """Which words count as commands, and how often other words become ``[unk]``."""

    commands: frozenset[str]
    in_sentences: float = 0.12
    alone: float = 0.4

    def chance(self, word: str, words_in_utterance: int) -> float:
        """Chance that this spoken word is trained as ``[unk]``."""
        if word in self.commands:
            return 0.0
        return self.alone if words_in_utterance == 1 else self.in_sentences


def _margins(bank: Path) -> dict[str, float]:
    """Margin below which the worst 3 % of a source's utterances lie."""
    rows: dict[str, list[float]] = {}
    for stem in shard_stems(bank):
        shard = load_shard(stem)
        for utterance, margin in zip(shard.utterances, shard.margin, strict=True):
            rows.setdefault(utterance.source, []).append(float(margin))
    return {source: float(np.percentile(values, 3)) for source, values in rows.items()}


def global_mean(banks: list[Path]) -> np.ndarray:
    """Mean MFCC vector over a part of each bank."""
    means = [load_shard(shard_stems(bank)[0]).features.mean(0, dtype=np.float64) for bank in banks]
    return np.asarray(np.mean(means, 0))


class _Builder:
    def __init__(self, mean: np.ndarray, choice: Choice) -> None:
        self.mean, self.choice = mean, choice
        self.rng = np.random.default_rng(5)
        self.features: list[np.ndarray] = []
        self.labels: list[np.ndarray] = []
        self.word_of: list[np.ndarray] = []
        self.unknown: list[float] = []
        self.length: list[int] = []
        self.copies: dict[str, list[int]] = {}

    def add_shard(self, stem: Path, limits: dict[str, float]) -> None:
        shard = load_shard(stem)
        for index, (utterance, features, at) in enumerate(shard.parts()):
            count = len(features) // SUBSAMPLING
            if shard.margin[index] < limits.get(utterance.source, -99.0) or not count:
                continue
            labels, words = shard.labels[at][:count], shard.words[at][:count]
            keep = self._kept(labels)
            self._add_words(utterance.text.split(), words[keep])
            normal = online_cmn(features[: count * SUBSAMPLING], self.mean)
            frames = slice(keep.start * SUBSAMPLING, keep.stop * SUBSAMPLING)
            self.features.append(normal[frames].astype(np.float16))
            self.labels.append(labels[keep])
            self.copies.setdefault(utterance.id, []).append(len(self.length))
            self.length.append(keep.stop - keep.start)

    def _kept(self, labels: np.ndarray) -> slice:
        """Mostly without the long silence before and after, which teaches little."""
        speech = np.flatnonzero(labels != SIL_PDF)
        if not len(speech) or self.rng.random() < KEEP_SILENCE:
            return slice(0, len(labels))
        around = self.rng.integers(3, AROUND_SPEECH, 2)
        return slice(max(0, speech[0] - around[0]), min(len(labels), speech[-1] + around[1]))

    def _add_words(self, words: list[str], word_of: np.ndarray) -> None:
        base = len(self.unknown)
        frames = np.bincount(word_of[word_of >= 0], minlength=len(words))
        for word, count in zip(words, frames, strict=False):
            chance = self.choice.chance(word, len(words))
            self.unknown.append(chance if count >= MIN_SPN_FRAMES else 0.0)
        self.word_of.append(np.where(word_of >= 0, word_of.astype(np.int32) + base, -1))


def load_data(banks: dict[str, list[Path]], choice: Choice, mean: np.ndarray) -> Data:
    """Read the banks: name of each clean bank's group to all banks (clean one first)."""
    builder = _Builder(mean, choice)
    for group in banks.values():
        limits = _margins(group[0])
        for bank in group:
            for stem in tqdm(shard_stems(bank), desc=bank.name, leave=False):
                builder.add_shard(stem, limits)
    length = np.array(builder.length)
    return Data(
        features=np.concatenate(builder.features),
        labels=np.concatenate(builder.labels),
        word_of=np.concatenate(builder.word_of),
        unknown=np.array(builder.unknown, np.float32),
        start=np.concatenate([[0], np.cumsum(length)[:-1]]),
        length=length,
        copies=list(builder.copies.values()),
        mean=mean,
    )


def _ranges(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """All integers of the ranges one after another."""
    offset = np.cumsum(length) - length
    return np.asarray(np.arange(length.sum()) + np.repeat(start - offset, length))


class Stream:
    """Pieces of ``outputs`` 30 ms frames with the context that the network needs."""

    def __init__(self, data: Data, utterances: list[int], context: tuple[int, int], outputs: int):
        self.data, self.utterances, self.outputs = data, utterances, outputs
        self.left, self.right = context

    def steps(self) -> int:
        """Pieces of an epoch, about."""
        mean = [self.data.length[self.data.copies[u]].mean() for u in self.utterances]
        return max(1, int(sum(mean)) // self.outputs)

    def epoch(self, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """``(features, labels)`` of each piece, in a new random order."""
        data = self.data
        order = rng.permutation(len(self.utterances))
        chosen = np.array([rng.choice(data.copies[self.utterances[i]]) for i in order])
        where = _ranges(data.start[chosen], data.length[chosen])
        labels = data.labels[where].astype(np.int64)
        unknown = rng.random(len(data.unknown), np.float32) < data.unknown
        word = data.word_of[where]
        labels[(word >= 0) & unknown[word]] = SPN_PDF
        shift = int(rng.integers(SUBSAMPLING))
        for begin in range(0, len(where) - self.outputs + 1, self.outputs):
            first = begin * SUBSAMPLING + shift - self.left
            count = (self.outputs - 1) * SUBSAMPLING + 1 + self.left + self.right
            frames = np.clip(np.arange(first, first + count), 0, len(where) * SUBSAMPLING - 1)
            rows = where[frames // SUBSAMPLING] * SUBSAMPLING + frames % SUBSAMPLING
            yield data.features[rows].astype(np.float32), labels[begin : begin + self.outputs]


def perturb(features: np.ndarray, deviation: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A little channel offset that drifts over the piece, and a little noise."""
    knots = rng.standard_normal((len(features) // 600 + 2, NUM_CEPS)).astype(np.float32)
    at = np.linspace(0, len(knots) - 1.001, len(features)).astype(np.float32)
    low = at.astype(int)
    part = (at - low).astype(np.float32)[:, None]
    offset = knots[low] * (1 - part) + knots[low + 1] * part
    noise = rng.standard_normal(features.shape, np.float32)
    return np.asarray(features + deviation.astype(np.float32) * (0.15 * offset + 0.1 * noise))
