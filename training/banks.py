"""Banks of features and labels on disk, built and aligned by several processes.

A bank is a folder with one pair of files for each shard: ``N.npz`` with

* ``features`` float16 (frames at 10 ms, 40), raw MFCCs of all its utterances one after another,
* ``frames`` (utterances,), how many of them each utterance has,
* ``labels`` int16 (frames at 30 ms,), network outputs of the alignment,
* ``words`` int16, index of the word within the utterance, -1 in silence,
* ``margin`` float32 (utterances,), how well the alignment fits (0 is best),
* ``warps`` (utterances, 2), lead and speed of altered copies (empty for clean ones),

and ``N.json`` with the utterances. An augmented bank takes its labels from the clean one.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from training.align import FAILED, align
from training.augment import Augmenter, Warp
from training.corpus import Utterance
from training.features import SUBSAMPLING, load_audio, mfcc, online_cmn, subsampled
from training.lexicon import Lexicon, load_lexicon, pronunciations
from training.nnet3 import read_cmvn, read_model
from training.units import SIL_PDF, first_pdf

MIN_FRAMES, MAX_FRAMES = 25, 3500


@dataclass
class Shard:
    """What one ``.npz`` and ``.json`` pair holds."""

    features: np.ndarray
    frames: np.ndarray
    labels: np.ndarray
    words: np.ndarray
    margin: np.ndarray
    utterances: list[Utterance]
    warps: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))

    def save(self, stem: Path) -> None:
        """Write both files; the ``.json`` comes last and marks the shard as complete."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        arrays = {k: v for k, v in vars(self).items() if k != "utterances"}
        np.savez(stem.with_suffix(".npz"), **arrays)
        stem.with_suffix(".json").write_text(json.dumps([asdict(u) for u in self.utterances]))

    def parts(self) -> Iterator[tuple[Utterance, np.ndarray, slice]]:
        """Each utterance with its features and the slice of its labels."""
        start = out = 0
        for utterance, count in zip(self.utterances, self.frames, strict=True):
            yield (
                utterance,
                self.features[start : start + count],
                slice(out, out + subsampled(count)),
            )
            start, out = start + count, out + subsampled(count)


def load_shard(stem: Path) -> Shard:
    """Read what :meth:`Shard.save` wrote."""
    with np.load(stem.with_suffix(".npz")) as arrays:
        rows = json.loads(stem.with_suffix(".json").read_text())
        return Shard(**dict(arrays), utterances=[Utterance(**row) for row in rows])


def shard_stems(bank: Path) -> list[Path]:
    """Complete shards of a bank."""
    return sorted((p.with_suffix("") for p in bank.glob("*.json")), key=lambda p: int(p.name))


class Aligner:
    """Aligns features with the network of a model directory."""

    def __init__(self, model: Path, scale_priors: float = 1.0) -> None:
        self.network = read_model(model / "am" / "final.mdl")
        self.mean = read_cmvn(model / "am" / "global_cmvn.stats")
        priors = np.maximum(self.network.priors, 1e-4) if len(self.network.priors) else None
        self.log_priors = 0.0 if priors is None else scale_priors * np.log(priors)
        self.lexicon: Lexicon = load_lexicon()

    def __call__(self, features: np.ndarray, text: str) -> tuple[np.ndarray, np.ndarray, float]:
        """Labels, word indices and margin, see :func:`training.align.align`."""
        scores = self.network.evaluate(online_cmn(features, self.mean)) - self.log_priors
        return align(scores, text.split(), self.lexicon)


class FlatAligner:
    """Shares the frames evenly among a sentence's phones: the start without any model."""

    def __init__(self) -> None:
        self.lexicon: Lexicon = load_lexicon()

    def __call__(self, features: np.ndarray, text: str) -> tuple[np.ndarray, np.ndarray, float]:
        """Labels, word indices and margin 0; frames of low energy at the ends are silence."""
        energy = features[::SUBSAMPLING, 0]
        loud = np.flatnonzero(energy > (energy.min() + energy.max()) / 2)
        labels, words = np.zeros(len(energy), int), np.full(len(energy), -1)
        pdfs, owners = [], []
        for index, word in enumerate(text.split()):
            for phone in pronunciations(word, self.lexicon)[0]:
                pdfs += [first_pdf(phone), first_pdf(phone) + 1]
                owners += [index, index]
        count = loud[-1] + 1 - loud[0]
        if not pdfs:
            return labels, words, 0.0
        if count < len(pdfs) // 2:
            return labels, words, FAILED
        share = np.arange(count) * len(pdfs) // count
        labels[loud[0] : loud[-1] + 1] = np.array(pdfs)[share]
        words[loud[0] : loud[-1] + 1] = np.array(owners)[share]
        return labels, words, 0.0


def make_aligner(model: Path | None) -> Aligner | FlatAligner:
    """The aligner of a model directory; without one, the flat start."""
    return Aligner(model) if model else FlatAligner()


def _collect(rows: list[tuple[Utterance, np.ndarray, np.ndarray, np.ndarray, float]]) -> Shard:
    return Shard(
        features=np.concatenate([row[1] for row in rows]).astype(np.float16),
        frames=np.array([len(row[1]) for row in rows]),
        labels=np.concatenate([row[2] for row in rows]).astype(np.int16),
        words=np.concatenate([row[3] for row in rows]).astype(np.int16),
        margin=np.array([row[4] for row in rows], np.float32),
        utterances=[row[0] for row in rows],
    )


def build_clean_shard(utterances: list[Utterance], stem: Path, model: Path | None) -> None:
    """Features and alignment of unchanged recordings; a shard that is there is kept."""
    if stem.with_suffix(".json").exists():
        return
    aligner, rows = make_aligner(model), []
    for utterance in utterances:
        try:
            samples = load_audio(utterance.path)
        except (OSError, RuntimeError):
            continue
        features = mfcc(samples)
        if not MIN_FRAMES <= len(features) <= MAX_FRAMES or np.abs(samples).max() < 1e-3:
            continue
        features = features.astype(np.float16).astype(np.float32)
        labels, words, margin = aligner(features, utterance.text)
        if margin > FAILED:
            rows.append((utterance, features, labels, words, margin))
    _collect(rows).save(stem)


def realign_shard(clean: Path, copies: list[Path], model: Path) -> float:
    """Align a clean shard again with another network; returns the share of changed labels.

    The altered ``copies`` of the shard take over the new labels.
    """
    aligner, shard = Aligner(model), load_shard(clean)
    old = shard.labels.copy()
    for index, (utterance, features, at) in enumerate(shard.parts()):
        labels, words, margin = aligner(features.astype(np.float32), utterance.text)
        if margin > FAILED:
            shard.labels[at], shard.words[at], shard.margin[index] = labels, words, margin
    shard.save(clean)
    for stem in copies:
        _relabel(stem, shard)
    return float((old != shard.labels).mean())


def _relabel(stem: Path, clean: Shard) -> None:
    """Give an altered copy the labels of its clean shard, by its stored warp."""
    copy = load_shard(stem)
    sources = {u.id: (at, m) for (u, _, at), m in zip(clean.parts(), clean.margin, strict=True)}
    for index, (utterance, _, at) in enumerate(copy.parts()):
        source, margin = sources[utterance.id]
        warp = Warp(int(copy.warps[index, 0]), float(copy.warps[index, 1]))
        labels, words = _warped(clean.labels[source], clean.words[source], warp, at.stop - at.start)
        copy.labels[at], copy.words[at], copy.margin[index] = labels, words, margin
    copy.save(stem)


def _warped(
    labels: np.ndarray, words: np.ndarray, warp: Warp, count: int
) -> tuple[np.ndarray, np.ndarray]:
    where = warp.source_frames(count, len(labels))
    inside = where >= 0
    return np.where(inside, labels[where], SIL_PDF), np.where(inside, words[where], -1)


def build_augmented_shard(clean: Path, stem: Path, augmenter: Augmenter, seed: int) -> None:
    """One altered copy of each utterance of a clean shard; one that is there is kept."""
    if stem.with_suffix(".json").exists():
        return
    source, rows, warps = load_shard(clean), [], []
    for index, (utterance, _, at) in enumerate(source.parts()):
        rng = np.random.default_rng([seed, zlib.crc32(utterance.id.encode())])
        samples, warp = augmenter(load_audio(utterance.path), rng)
        features = mfcc(samples)
        count = subsampled(len(features))
        labels, words = _warped(source.labels[at], source.words[at], warp, count)
        rows.append((utterance, features, labels, words, float(source.margin[index])))
        warps.append((warp.lead_frames, warp.speed))
    shard = _collect(rows)
    shard.warps = np.array(warps)
    shard.save(stem)


def run_parallel(
    work: Callable[..., object], jobs: list[tuple[Any, ...]], processes: int, title: str
) -> None:
    """Run ``work(*job)`` for all jobs on ``processes`` processes with a progress bar."""
    with ProcessPoolExecutor(processes) as pool:
        futures = [pool.submit(work, *job) for job in jobs]
        for future in tqdm(futures, desc=title, unit="shard"):
            future.result()
