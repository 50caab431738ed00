"""Another speaker has another vocal tract, and the same words."""

import numpy as np
import pytest
from scipy.signal import lfilter, welch

from training.disguise import move_formants
from training.features import SAMPLE_RATE

PITCH, FORMANT = 125.0, 1000.0


def vowel() -> np.ndarray:
    """Two seconds of pulses through one resonance."""
    pulses = (np.arange(2 * SAMPLE_RATE) % (SAMPLE_RATE / PITCH) < 1).astype(np.float32)
    angle, radius = 2 * np.pi * FORMANT / SAMPLE_RATE, 0.93
    return lfilter([0.1], [1, -2 * radius * np.cos(angle), radius**2], pulses).astype(np.float32)


def formant_and_pitch(samples: np.ndarray) -> tuple[float, float]:
    """Where most of the power lies and how far its lines are apart, in hertz."""
    frequency, power = welch(samples, SAMPLE_RATE, nperseg=4096)
    lines = frequency[power > 0.1 * power.max()]
    return float((frequency * power).sum() / power.sum()), float(np.diff(lines).max())


@pytest.mark.parametrize("factor", [0.87, 1.0, 1.15])
def test_the_formant_moves_and_the_pitch_stays(factor: float) -> None:
    formant, pitch = formant_and_pitch(vowel())
    moved = move_formants(vowel(), factor)
    assert len(moved) == len(vowel())
    assert formant_and_pitch(moved) == (
        pytest.approx(formant * factor, rel=0.05),
        pytest.approx(pitch, abs=8),
    )


def test_what_is_too_short_to_have_an_envelope_stays() -> None:
    click = np.ones(100, np.float32)
    assert move_formants(click, 1.2) is click
