"""Synthetic speakers."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("soxr")
sf = pytest.importorskip("soundfile")

from training.features import SAMPLE_RATE  # noqa: E402
from training.project import Sentences  # noqa: E402
from training.synth import MANLY, Person, Voice, speak, synthesise, voices  # noqa: E402
from training.texts import make_texts  # noqa: E402

OTHERS = ("rms", "lyubov")
"""One keeps his pitch whatever is asked, one is a woman."""
RHVOICE = ("rhvoice", "eastern")
MEN = [v for v in voices(held_out=False) if v.engine in MANLY and v.name not in OTHERS]


def _pitch(path: Path) -> float:
    """Median of the pitch of the loud parts, in hertz."""
    samples, rate = sf.read(path)
    length = rate // 25
    found = []
    for start in range(0, len(samples) - length, length // 2):
        piece = samples[start : start + length] - samples.mean()
        if np.sqrt(np.mean(piece**2)) > 0.3 * np.sqrt(np.mean(samples**2)):
            alike = np.correlate(piece, piece, "full")[length - 1 :]
            alike /= np.arange(length, 0, -1) ** 0.7
            shortest = rate // 300
            found.append(rate / (shortest + alike[shortest : rate // 70].argmax()))
    return float(np.median(found))


@pytest.mark.parametrize("voice", MEN, ids=lambda voice: voice.id)
def test_a_man_s_voice_becomes_another_person_s(voice: Voice, tmp_path: Path) -> None:
    pitches, lengths = [], []
    for person in (Person(), Person(pitch=1.4, smaller=1.25)):
        path = tmp_path / f"{person.pitch}.wav"
        speak(voice, person, "how long will it be", path, random.Random(1))
        pitches.append(_pitch(path))
        lengths.append(sf.info(path).duration)
    assert 1.2 < pitches[1] / pitches[0] < 1.6
    assert 1.1 < lengths[1] / lengths[0] < 1.35


def test_a_smaller_person_takes_as_long(tmp_path: Path) -> None:
    texts = ["where is the next point on my back"] * 6
    said = synthesise(texts, tmp_path / "said", held_out=False, seed=3)
    assert len(said) == len(texts)
    for utterance in said:
        info = sf.info(utterance.path)
        assert info.samplerate == SAMPLE_RATE and 1 < info.duration < 5


def test_no_person_behind_a_held_out_voice_is_trained_on() -> None:
    """One of RHVoice's people speaks two languages, with a voice for each."""
    found = {
        held_out: {v.name.split("-")[0] for v in voices(held_out=held_out) if v.engine in RHVOICE}
        for held_out in (False, True)
    }
    if not all(found.values()):
        pytest.skip("needs RHVoice's voices")
    assert not found[False] & found[True]


def test_each_word_that_may_be_said_alone_is_said_alone() -> None:
    texts = make_texts(9500, "1")
    alone, _ = Sentences().short
    assert min(map(texts.count, alone)) >= 1
