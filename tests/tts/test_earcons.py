"""Earcons are soft, short and told apart by ear."""

import itertools

import numpy as np
import pytest

from voiceacu.dialogue.actions import Earcon
from voiceacu.pcm import RATE
from voiceacu.tts.earcons import earcon


@pytest.mark.parametrize("kind", Earcon)
def test_each_is_soft_in_level_attack_and_end(kind: Earcon) -> None:
    sound = earcon(kind)
    assert sound.dtype == np.float32
    assert 0.2 < len(sound) / RATE < 5.0
    peak = np.abs(sound).max()
    assert 20 * np.log10(peak) <= -18
    first = np.flatnonzero(np.abs(sound) > 0.9 * np.abs(sound[: RATE // 5]).max())[0]
    assert first >= 0.02 * RATE  # never a click: it swells
    assert np.abs(np.diff(sound)).max() < 0.35 * peak  # no jump anywhere
    assert abs(sound[0]) < 1e-4 and abs(sound[-1]) < 1e-4


def features(kind: Earcon) -> tuple[float, ...]:
    """The strongest pitch in each of the first four fifths of a second, in semitones."""
    sound = np.pad(earcon(kind), (0, 2 * RATE))
    pitches = []
    for i in range(4):
        piece = sound[i * RATE // 5 : (i + 1) * RATE // 5]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8 * RATE))
        silent = np.sqrt((piece**2).mean()) < 0.003
        pitches.append(0.0 if silent else 12 * np.log2(np.argmax(spectrum) / 8 / 440) + 100)
    return tuple(pitches)


def test_no_two_sound_alike() -> None:
    for one, other in itertools.combinations(Earcon, 2):
        distance = max(abs(a - b) for a, b in zip(features(one), features(other), strict=True))
        assert distance > 1.5, f"{one} and {other} sound alike"
