"""Banks in memory, and the endless stream of frames that the training reads.

An epoch takes one random copy of each utterance, in random order, says it otherwise
(:mod:`training.delivery`), mixes another noise into it (:mod:`training.mixing`), and lays them one
after another; the network sees pieces of that stream. So no frame is spent on padding, and one
utterance's end is the next one's left context.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import numpy as np
from tqdm import tqdm

from training.banks import load_shard, shard_stems
from training.delivery import (
    another_beginning,
    another_care,
    another_pace,
    another_room,
    another_voice,
)
from training.features import NUM_CEPS, SUBSAMPLING, online_cmn
from training.melpower import mel_power, mfcc_of
from training.mixing import ALTERED, CLEAN, Mixer
from training.network import Shape
from training.units import SIL_PDF, SPN_PDF

MIN_SPN_FRAMES = 4
KEEP_SILENCE = 0.35
AROUND_SPEECH = 16
TIMES = {"neural": 3}
"""How often an epoch takes the utterances of a group, where it is not once: these are what most
resembles people who say what is said to the product."""
MEASURED = 20_000
"""Ten minutes: on so many outputs the statistics of normalisations are measured."""
LEAST_VOICE = 300
"""Frames that a recording must have to be a voice in the background."""


@dataclass
class Recording:
    """An utterance: its ``text``, which ``copies`` of the data are of it, and how many ``times`` an
    epoch takes one of them."""

    name: str
    text: str = ""
    times: int = 1
    copies: list[int] = field(default_factory=list)


@dataclass
class Data:
    """All copies of all utterances.

    ``features`` float16 (frames, 40), raw MFCCs; ``labels`` (frames / 3,); ``word_of``
    (frames / 3,) index into ``unknown`` or -1; ``unknown`` chance of each spoken word to be
    trained as ``[unk]``; ``start`` and ``length`` of each copy in 30 ms frames, ``altered``
    whether it is no unchanged one; ``recordings`` they are copies of; ``mean`` of the features
    before normalisation; ``mixer`` adds the noises.
    """

    features: np.ndarray
    labels: np.ndarray
    word_of: np.ndarray
    unknown: np.ndarray
    start: np.ndarray
    length: np.ndarray
    altered: np.ndarray
    recordings: list[Recording]
    mean: np.ndarray
    mixer: Mixer


def apart(recordings: Sequence[Recording], count: int) -> tuple[list[Recording], list[Recording]]:
    """So many recordings to judge by, and all others to train on.

    They are drawn by their names: whoever goes on with more recordings judges by none that the
    training before was on.
    """
    drawn = sorted(recordings, key=lambda recording: crc32(recording.name.encode()))
    return drawn[:count], drawn[count:]


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
    def __init__(self, choice: Choice) -> None:
        self.choice = choice
        self.features: list[np.ndarray] = []
        self.labels: list[np.ndarray] = []
        self.word_of: list[np.ndarray] = []
        self.unknown: list[float] = []
        self.length: list[int] = []
        self.altered: list[bool] = []
        self.recordings: dict[str, Recording] = {}

    def add_shard(self, stem: Path, limits: dict[str, float], times: int) -> None:
        shard = load_shard(stem)
        for index, (utterance, features, at) in enumerate(shard.parts()):
            count = len(features) // SUBSAMPLING
            if shard.margin[index] < limits.get(utterance.source, -99.0) or not count:
                continue
            self._add_words(utterance.text.split(), shard.words[at][:count])
            self.features.append(features[: count * SUBSAMPLING])
            self.labels.append(shard.labels[at][:count])
            new = Recording(utterance.id, utterance.text, times)
            recording = self.recordings.setdefault(utterance.id, new)
            recording.copies.append(len(self.length))
            self.length.append(count)
            self.altered.append(len(shard.warps) > 0)

    def _add_words(self, words: list[str], word_of: np.ndarray) -> None:
        base = len(self.unknown)
        frames = np.bincount(word_of[word_of >= 0], minlength=len(words))
        for word, count in zip(words, frames, strict=False):
            chance = self.choice.chance(word, len(words))
            self.unknown.append(chance if count >= MIN_SPN_FRAMES else 0.0)
        self.word_of.append(np.where(word_of >= 0, word_of.astype(np.int32) + base, -1))


def load_data(banks: dict[str, list[Path]], choice: Choice, mean: np.ndarray) -> Data:
    """Read the banks: name of each clean bank's group to all banks (clean one first)."""
    builder = _Builder(choice)
    for name, group in banks.items():
        limits = _margins(group[0])
        for bank in group:
            for stem in tqdm(shard_stems(bank), desc=bank.name, leave=False):
                builder.add_shard(stem, limits, TIMES.get(name, 1))
    length = np.array(builder.length)
    return Data(
        features=np.concatenate(builder.features),
        labels=np.concatenate(builder.labels),
        word_of=np.concatenate(builder.word_of),
        unknown=np.array(builder.unknown, np.float32),
        start=np.concatenate([[0], np.cumsum(length)[:-1]]),
        length=length,
        altered=np.array(builder.altered),
        recordings=list(builder.recordings.values()),
        mean=mean,
        mixer=_mixer(banks),
    )


def _mixer(banks: dict[str, list[Path]]) -> Mixer:
    """The noises as they are, and sentences of some speakers."""
    found: dict[bool, list[np.ndarray]] = {True: [], False: []}
    for group, (clean, *_) in banks.items():
        noise = group == "noise"
        for stem in shard_stems(clean)[: None if noise else 1]:
            parts = load_shard(stem).parts()
            found[noise] += [f for _, f, _ in parts if noise or len(f) >= LEAST_VOICE]
    return Mixer(noises=found[True], voices=found[False])


class Piece(NamedTuple):
    """``features`` (frames, 40) with the context that the network needs, ``starts`` as
    :class:`training.network.AcousticNet` takes them, ``labels`` (outputs,), and what is ``said`` in
    the utterances that it holds from beginning to end, at which outputs."""

    features: np.ndarray
    starts: np.ndarray
    labels: np.ndarray
    said: Sequence[tuple[slice, str]]


class _Spoken(NamedTuple):
    """Like a piece, and which of the stream's recordings each output is ``of``."""

    features: np.ndarray
    starts: np.ndarray
    labels: np.ndarray
    of: np.ndarray


class Stream:
    """Pieces of ``outputs`` 30 ms frames with the context that the network needs."""

    def __init__(
        self, data: Data, recordings: Sequence[Recording], shape: Shape, outputs: int
    ) -> None:
        self.data, self.recordings, self.shape, self.outputs = data, recordings, shape, outputs

    def steps(self) -> int:
        """Pieces of an epoch, at most."""
        mean = [self.data.length[recording.copies].mean() for recording in self.recordings]
        return max(1, int(sum(mean)) // self.outputs)

    def epoch(self, rng: np.random.Generator) -> Iterator[Piece]:
        """All utterances in a new random order, each in one of its copies and its own noise."""
        before, after = self.shape.left // SUBSAMPLING, self.shape.right // SUBSAMPLING + 1
        inner = self.outputs + self.shape.around
        unknown = rng.random(len(self.data.unknown), np.float32) < self.data.unknown
        shift = int(rng.integers(SUBSAMPLING))
        size = shift + self.shape.frames(self.outputs)
        spoken: list[_Spoken] = []
        for index in rng.permutation(len(self.recordings)):
            copy = int(rng.choice(self.recordings[index].copies))
            spoken.append(self._spoken(int(index), copy, unknown, rng))
            if sum(len(one.labels) for one in spoken) < before + self.outputs + after:
                continue
            features, starts, labels, of = map(np.concatenate, zip(*spoken, strict=True))
            while len(labels) >= before + self.outputs + after:
                at = slice(before, before + self.outputs)
                said = list(self._said(of[at]))
                yield Piece(features[shift:size], starts[1 : 1 + inner], labels[at], said)
                features = features[self.outputs * SUBSAMPLING :]
                starts, labels, of = (one[self.outputs :] for one in (starts, labels, of))
            spoken = [_Spoken(features, starts, labels, of)]

    def _said(self, of: np.ndarray) -> Iterator[tuple[slice, str]]:
        edges = np.flatnonzero(np.diff(of)) + 1
        for first, last in itertools.pairwise(edges):
            yield slice(int(first), int(last)), self.recordings[of[first]].text

    def _spoken(
        self, index: int, copy: int, unknown: np.ndarray, rng: np.random.Generator
    ) -> _Spoken:
        """One utterance said otherwise and with a new noise, normalised."""
        data, first = self.data, int(self.data.start[copy])
        at = slice(first, first + int(data.length[copy]))
        power = mel_power(data.features[at.start * SUBSAMPLING : at.stop * SUBSAMPLING])
        power, (spoken, word) = another_pace(power, (data.labels[at], data.word_of[at]), rng)
        labels = spoken.astype(np.int64)
        labels[(word >= 0) & unknown[word]] = SPN_PDF
        power = another_care(another_voice(another_beginning(power, rng), rng), rng)
        power = another_room(power, rng)
        mixed = mfcc_of(data.mixer(power, ALTERED if data.altered[copy] else CLEAN, rng))
        kept = _kept(spoken, rng)
        normal = online_cmn(mixed[: kept.stop * SUBSAMPLING], data.mean)
        starts = np.zeros(kept.stop - kept.start, bool)
        starts[0] = True
        of = np.full(len(starts), index)
        return _Spoken(normal[kept.start * SUBSAMPLING :], starts, labels[kept], of)


def _kept(labels: np.ndarray, rng: np.random.Generator) -> slice:
    """Mostly without the long silence before and after, which teaches little."""
    speech = np.flatnonzero(labels != SIL_PDF)
    if not len(speech) or rng.random() < KEEP_SILENCE:
        return slice(0, len(labels))
    around = rng.integers(3, AROUND_SPEECH, 2)
    return slice(max(0, speech[0] - around[0]), min(len(labels), speech[-1] + around[1]))


def perturb(features: np.ndarray, deviation: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A little channel offset that drifts over the piece, and a little noise."""
    knots = rng.standard_normal((len(features) // 600 + 2, NUM_CEPS)).astype(np.float32)
    at = np.linspace(0, len(knots) - 1.001, len(features)).astype(np.float32)
    low = at.astype(int)
    part = (at - low).astype(np.float32)[:, None]
    offset = knots[low] * (1 - part) + knots[low + 1] * part
    noise = rng.standard_normal(features.shape, np.float32)
    return np.asarray(features + deviation.astype(np.float32) * (0.15 * offset + 0.1 * noise))
