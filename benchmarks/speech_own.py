"""Our own measures: phrases by synthetic voices, single human words, foreign speech, noises."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.speech_recogniser import RATE, Recogniser
from training.corpus import esc50_clip, noise_files, read_utterances
from training.features import load_audio
from training.fetch import read_manifest
from training.project import phrase_table
from training.synth import synthesise

WORDS = ("yes", "no", "up", "down", "left", "one", "off")
WORD_GRAMMAR = [
    "yes",
    "no",
    "up",
    "down",
    "left",
    "right",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "on",
    "off",
    "stop",
    "go",
    "start",
    "pause",
    "resume",
    "next",
    "back",
    "repeat",
    "help",
    "skip",
    "cancel",
    "continue",
    "quit",
    "louder",
    "quieter",
    "slower",
    "faster",
    "again",
    "done",
    "wait",
    "begin",
    "finish",
    "hello",
]
FOREIGN_GAP = 0.7


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Samples in -1..1 as int16."""
    return (np.clip(samples, -1, 1) * 32767).astype(np.int16)


def accepted(texts: list[str]) -> list[str]:
    """Intents of the utterances that are a whole phrase of the table, nothing else."""
    table, found = phrase_table(), []
    for text in texts:
        if text and "[unk]" not in text:
            understood = table.understand(text)
            if understood.accepted and understood.intent:
                found.append(understood.intent.name)
    return found


@dataclass(frozen=True)
class Spoken:
    """A phrase said by a held-out voice."""

    path: Path
    text: str
    voice: str


def held_out_phrases(folder: Path, count: int) -> list[Spoken]:
    """``count`` random phrases of the table by voices that no training run heard."""
    phrases = sorted(set(phrase_table().grammar()))
    texts = random.Random(77).sample(phrases, min(count, len(phrases)))
    found = synthesise(texts, folder, held_out=True, seed=5)
    return [Spoken(Path(u.path), u.text, u.speaker) for u in found]


def mixed(samples: np.ndarray, noise: np.ndarray, snr: float, seed: int) -> np.ndarray:
    """Speech with a piece of noise, by the loudest 128 ms as the public benchmark does."""
    rng = np.random.default_rng(seed)
    piece = np.resize(np.roll(noise, -int(rng.integers(len(noise)))), len(samples))
    power = _loudest(samples) / (_loudest(piece) * 10 ** (snr / 10))
    out = samples + np.sqrt(power) * piece
    return out / max(1.0, float(np.abs(out).max()))


def _loudest(samples: np.ndarray, length: int = 2048) -> float:
    frames = samples[: len(samples) // length * length].reshape(-1, length)
    return float((frames**2).sum(1).max()) + 1e-9


def test_noises(data: Path) -> dict[str, np.ndarray]:
    """Held-out noise recordings by file name; snoring among them."""
    return {p.stem: load_audio(p) for p in noise_files(data, test=True)}


def snoring(data: Path) -> np.ndarray:
    """All held-out clips of snoring in a row (the ESC-50 list names them)."""
    licence = next(s for s in read_manifest() if s.reader == "esc50").folder(data) / "LICENSE"
    names = _esc_class(licence, "Snoring")
    clips = [load_audio(p) for p in noise_files(data, test=True) if esc50_clip(p) in names]
    if not clips:
        raise FileNotFoundError("no held-out clip of snoring")
    return np.concatenate(clips)


def _esc_class(licence: Path, title: str) -> set[str]:
    names: set[str] = set()
    inside = False
    for line in licence.read_text().splitlines():
        if line[:1].isdigit():
            inside = title.lower() in line.lower()
        elif inside and line.startswith("- ["):
            names.add(line[3 : line.index("]")].removesuffix(".ogg"))
    return names


def phrase_result(spoken: Spoken, samples: np.ndarray, recogniser: Recogniser) -> tuple[bool, bool]:
    """Whether the words are right, and whether the intent and slots are those of the phrase."""
    padded = np.pad(samples, (int(0.2 * RATE), int(0.6 * RATE)))
    heard = recogniser.utterances(to_int16(padded))
    text = " ".join(h.best for h in heard).replace("[unk]", "").split()
    table = phrase_table()
    wanted, got = table.understand(spoken.text), table.understand(" ".join(text))
    same = wanted.intent == got.intent and got.accepted
    return " ".join(text) == spoken.text, same or (
        not wanted.accepted and text == spoken.text.split()
    )


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


def word_result(path: Path, word: str, recogniser: Recogniser) -> bool:
    """Whether the single word comes out alone and right."""
    heard = recogniser.utterances(to_int16(load_audio(path)))
    return " ".join(h.best for h in heard).replace("[unk]", "").split() == [word]


def foreign_speech(work: Path, half: str) -> list[Path]:
    """Held-out sentences that are no commands: the ``tuning`` or the ``test`` half."""
    paths = [Path(u.path) for u in read_utterances(work / "held_out.jsonl")]
    return sorted(paths, key=lambda p: p.name)[0 if half == "tuning" else 1 :: 2]


def false_commands(pieces: list[np.ndarray], recogniser: Recogniser) -> tuple[list[str], float]:
    """Intents acted on by mistake in the pieces laid one after another, and the hours."""
    gap = np.zeros(int(FOREIGN_GAP * RATE), np.float32)
    found: list[str] = []
    seconds = 0.0
    for start in range(0, len(pieces), 40):
        rows = [part for piece in pieces[start : start + 40] for part in (piece, gap)]
        samples = to_int16(np.concatenate(rows))
        seconds += len(samples) / RATE
        heard = recogniser.utterances(samples)
        for text in (h.best for h in heard):
            if accepted([text]):
                found.append(text)
    return found, seconds / 3600


def grammar_phrases(model: object) -> list[str]:
    """The phrase table's grammar with the words that the model has."""
    return list(phrase_table().grammar(lambda word: model.vosk_model_find_word(word) >= 0))  # type: ignore[attr-defined]


def save_rows(path: Path, rows: list[dict]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
