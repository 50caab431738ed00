"""The room goes on before and after a recording."""

import numpy as np
import pytest

from voiceacu.audio.background import quietest, sounding_on
from voiceacu.pcm import RATE, Samples, level_db


def noise(level: float, seconds: float) -> Samples:
    rng = np.random.default_rng(1)
    return (level * rng.standard_normal(round(seconds * RATE))).astype(np.float32)


def background(recording: Samples, count: int) -> Samples:
    return sounding_on(quietest(recording), count)


def test_it_is_as_loud_as_the_quietest_moment() -> None:
    recording = np.concatenate([noise(0.3, 1), noise(0.01, 0.2), noise(0.3, 1)])
    assert level_db(background(recording, RATE)) == pytest.approx(-40, abs=1)


def test_it_sounds_as_dark_as_that() -> None:
    hum = np.sin(2 * np.pi * 200 * np.arange(RATE) / RATE).astype(np.float32) * 0.01
    power = np.abs(np.fft.rfft(background(hum, RATE))) ** 2
    assert power[:400].sum() > 0.95 * power.sum()


@pytest.mark.parametrize("recording", [noise(0.1, 0.05), np.zeros(RATE, np.float32)])
def test_of_what_tells_nothing_it_is_silent(recording: Samples) -> None:
    assert not background(recording, RATE).any()
