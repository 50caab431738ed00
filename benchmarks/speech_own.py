"""What the ears are tested with besides the public benchmark.

Phrases by synthetic voices that no training run heard, single human words, sentences that are
meant for somebody else, and an hour of the noises of a night.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from benchmarks.speech_orders import Orders
from training import neural
from training.augment import coloured_noise, rms
from training.corpus import Utterance, esc50_clip, noise_files, read_utterances
from training.features import SAMPLE_RATE, load_audio
from training.fetch import read_manifest
from training.project import Sentences
from training.synth import synthesise

WORDS = ("yes", "no", "up", "down", "left", "one", "off")
# fmt: off
WORD_GRAMMAR = [
    "yes", "no", "up", "down", "left", "right", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "on", "off", "stop", "go", "start", "pause", "resume", "next",
    "back", "repeat", "help", "skip", "cancel", "continue", "quit", "louder", "quieter", "slower",
    "faster", "again", "done", "wait", "begin", "finish", "hello",
]
# fmt: on
SEED = 78
"""Draws who says the sentences of the tables, and once drew these."""
PHRASES = Path(__file__).with_name("phrases.txt")
"""The sentences of the tables."""
NIGHT = ("snoring", "breathing", "rain", "fan", "piano")


@dataclass(frozen=True)
class Spoken:
    """A phrase said by a held-out voice."""

    path: Path
    text: str
    voice: str


def phrases(count: int) -> list[str]:
    """Sentences of the tables: drawn once for all, so that figures compare."""
    return PHRASES.read_text().splitlines()[:count]


def drawn(count: int, seed: int) -> list[str]:
    """Sentences of the phrase table as it is."""
    rng, sentences = random.Random(seed), Sentences()
    return [sentences.draw(rng)[0] for _ in range(count)]


def by_debian(texts: list[str], folder: Path, seed: int = SEED) -> list[Spoken]:
    """The texts by Debian's voices that no training run heard."""
    return _spoken(synthesise(texts, folder, held_out=True, seed=seed))


def by_neural(texts: list[str], folder: Path, data: Path, seed: int = SEED) -> list[Spoken]:
    """The texts by neural voices that no training run heard."""
    return _spoken(neural.synthesise(texts, folder, data / neural.STYLES, held_out=True, seed=seed))


def _spoken(utterances: list[Utterance]) -> list[Spoken]:
    return [Spoken(Path(u.path), u.text, u.speaker) for u in utterances]


def mixed(samples: np.ndarray, noise: np.ndarray, snr: float, seed: int) -> np.ndarray:
    """Speech with a piece of noise, by the loudest 128 ms as the public benchmark does."""
    rng = np.random.default_rng(seed)
    piece = np.resize(np.roll(noise, -int(rng.integers(len(noise)))), len(samples))
    power = _loudest(samples) / (_loudest(piece) * 10 ** (snr / 10))
    out = samples + np.sqrt(power) * piece
    return np.asarray(out / max(1.0, float(np.abs(out).max())))


def _loudest(samples: np.ndarray, length: int = 2048) -> float:
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    return float((frames**2).sum(1).max()) + 1e-9


def noise_behind(kind: str, data: Path) -> np.ndarray | None:
    """The noise of a kind of test; None for ``clean``, a kitchen for all but ``snoring``."""
    if kind == "clean":
        return None
    if kind == "snoring":
        return noise_class(data, kind)
    return np.asarray(Orders(data / "speech-to-intent-benchmark").noise, np.float32)


def noise_class(data: Path, title: str) -> np.ndarray:
    """All held-out clips of an ESC-50 class in a row.

    Raises FileNotFoundError where there is none.
    """
    licence = next(s for s in read_manifest() if s.reader == "esc50").folder(data) / "LICENSE"
    names = _esc_class(licence, title)
    clips = [load_audio(p) for p in noise_files(data, test=True) if esc50_clip(p) in names]
    if not clips:
        raise FileNotFoundError(f"no held-out clip of {title}")
    return np.concatenate(clips)


def _esc_class(licence: Path, title: str) -> set[str]:
    names: set[str] = set()
    inside = False
    for line in licence.read_text().splitlines():
        if heading := re.match(r"\d+ - (.*):\s*$", line):
            inside = heading.group(1).lower() == title.lower()
        elif inside and line.startswith("- ["):
            names.add(line[3 : line.index("]")].removesuffix(".ogg"))
    return names


def night_noise(data: Path, kind: str, minutes: float) -> list[np.ndarray]:
    """Pieces of one of ``NIGHT`` at changing levels; fan and piano are simulated."""
    rng = np.random.default_rng([NIGHT.index(kind), 3])
    length = 20 * SAMPLE_RATE
    if kind not in ("fan", "piano"):
        clips = noise_class(data, kind)
    pieces = []
    for _ in range(round(minutes * 3)):
        if kind == "fan":
            piece = _fan(length, rng)
        elif kind == "piano":
            piece = _piano(length, rng)
        else:
            piece = np.resize(np.roll(clips, -int(rng.integers(len(clips)))), length)
        pieces.append(at_some_level(piece, rng))
    return pieces


def at_some_level(piece: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A noise as loud as it may be in a bedroom."""
    level = 10 ** (rng.uniform(-45, -18) / 20)
    return np.asarray((piece * (level / rms(piece))).clip(-1, 1), np.float32)


def _fan(length: int, rng: np.random.Generator) -> np.ndarray:
    """Rushing air, a little louder with each blade."""
    time = np.arange(length) / SAMPLE_RATE
    blades = 1 + 0.2 * np.sin(2 * np.pi * rng.uniform(15, 90) * time)
    return np.asarray(lfilter([1], [1, -0.9], coloured_noise(length, rng)) * blades)


def _piano(length: int, rng: np.random.Generator) -> np.ndarray:
    """Random notes and chords of decaying harmonics."""
    out, at = np.zeros(length), 0
    while at < length - SAMPLE_RATE:
        time = np.arange(min(length - at, 2 * SAMPLE_RATE)) / SAMPLE_RATE
        for _ in range(rng.integers(1, 4)):
            pitch = 440 * 2 ** ((rng.integers(28, 76) - 49) / 12)
            for harmonic in range(1, 9):
                decay = np.exp(-time * (1.5 + 0.6 * harmonic)) / harmonic**1.3
                out[at : at + len(time)] += decay * np.sin(2 * np.pi * pitch * harmonic * time)
        at += int(rng.uniform(0.12, 0.9) * SAMPLE_RATE)
    return out


def test_words(data: Path, each: int) -> list[tuple[Path, str]]:
    """Recordings of the Speech Commands testing list, ``each`` of each word at most."""
    listed = {
        line.strip() for p in data.rglob("testing_list.txt") for line in p.read_text().splitlines()
    }
    by_word: dict[str, dict[str, Path]] = {}
    for source in read_manifest():
        if source.role != "words":
            continue
        for path in sorted(source.folder(data).rglob("*_nohash_*.wav")):
            key = f"{path.parent.name}/{path.name}"
            if path.parent.name in WORDS and key in listed:
                by_word.setdefault(path.parent.name, {})[key] = path
    found = []
    for word, paths in sorted(by_word.items()):
        keys = sorted(paths)
        random.Random(word).shuffle(keys)
        found += [(paths[key], word) for key in keys[:each]]
    return found


def foreign_speech(work: Path, half: str) -> list[Path]:
    """Held-out sentences that are no commands: the ``tuning`` or the ``test`` half."""
    paths = [Path(u.path) for u in read_utterances(work / "held_out.jsonl")]
    return sorted(paths, key=lambda p: p.name)[0 if half == "tuning" else 1 :: 2]
