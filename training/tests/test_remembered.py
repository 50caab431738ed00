"""A recogniser that remembers says what the real one says, at the same times."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks.remembered import Remembered
from training.features import load_audio
from training.project import phrase_table
from training.synth import ITSELF, speak, voices
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.pcm import RATE, Samples


@pytest.fixture(scope="module")
def real() -> Recogniser:
    return Recogniser(find_model(), phrase_table())


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> list[Samples]:
    path = tmp_path_factory.mktemp("speech") / "spoken.wav"
    found = []
    for text in ("next point", "how long", "start the routine"):
        speak(voices(held_out=False)[0], ITSELF, text, path, random.Random(1))
        found.append(np.pad(load_audio(path), RATE // 4))
    return found


def hear(hearing: Recogniser | Remembered, sounds: list[Samples]) -> list[object]:
    """All that is said of each sound, with times from the first one's beginning."""
    facts: list[object] = []
    begins = hearing.taken
    for sound in sounds:
        half = len(sound) // 2
        facts += [hearing.accept(sound[:half]), hearing.partial(), hearing.accept(sound[half:])]
        for one in (*hearing.finish(), *hearing.again(sound)):
            times = [(w.text, round(w.start - begins, 3)) for w in one.words]
            facts.append((times, round(one.score, 2)))
    return facts


def test_it_says_the_same_and_decodes_nothing_twice(
    real: Recogniser, spoken: list[Samples], tmp_path: Path
) -> None:
    wanted = hear(real, spoken)
    memory = tmp_path / "memory.pkl"
    first = Remembered(lambda: real, memory, real.sounds)
    assert hear(first, spoken) == wanted
    first.save()

    def asleep() -> Recogniser:
        raise AssertionError("decoded again")

    assert hear(Remembered(asleep, memory, real.sounds), spoken) == wanted


def test_what_is_new_is_decoded_though_it_begins_like_something_known(
    real: Recogniser, spoken: list[Samples], tmp_path: Path
) -> None:
    first, second, third = spoken
    longer = [np.concatenate([first, second]), third]
    wanted = hear(real, longer)
    remembered = Remembered(lambda: real, tmp_path / "memory.pkl", real.sounds)
    hear(remembered, spoken)
    assert hear(remembered, longer) == wanted
