import numpy as np
import pytest

from voiceacu.audio.level import LOUDEST_DB, SOFTEST_DB, TalkerLevel

from .sounds import syllables


def speak(level: TalkerLevel, gain_db: float, times: int) -> None:
    speech = syllables(0.6) * np.float32(10 ** (gain_db / 20))
    for _ in range(times):
        for block in speech.reshape(-1, 160):
            level.feed(block, True)
        level.feed(np.zeros(160, np.float32), False)


def test_the_first_utterances_change_nothing() -> None:
    level = TalkerLevel()
    speak(level, -20, 3)
    assert level.follow_db == pytest.approx(0.0)


def test_who_begins_to_whisper_is_answered_softly() -> None:
    level = TalkerLevel()
    speak(level, 0, 3)
    speak(level, -10, 8)
    assert level.follow_db == pytest.approx(-6.0, abs=0.3)


def test_it_follows_only_so_far() -> None:
    level = TalkerLevel()
    speak(level, 0, 3)
    speak(level, -50, 10)
    assert level.follow_db == SOFTEST_DB
    speak(level, 30, 10)
    assert level.follow_db == LOUDEST_DB


def test_a_cough_does_not_count() -> None:
    level = TalkerLevel()
    speak(level, 0, 3)
    for _ in range(10):
        level.feed(np.full(160, 0.9, np.float32), True)
    level.feed(np.zeros(160, np.float32), False)
    assert level.follow_db == pytest.approx(0.0)
