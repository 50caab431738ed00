"""Simulated music, for an assistant that must not hear words in it. No recording is in it.

Three kinds of instrument are simulated, and called simulated: plucked strings (a burst of noise
that runs round a loop and loses its edge), bowed or blown tones that swell and tremble, and bells
of damped modes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.signal import lfilter

from training.augment import rms
from training.features import SAMPLE_RATE

SECONDS = 20
NOTES = (40, 86)
"""The lowest and highest note, 69 is 440 Hz."""
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 3, 5, 7, 10), tuple(range(12)))
PACE = (0.15, 1.2)
"""Seconds from one note or chord to the next."""


def _hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def _plucked(note: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    period = round(SAMPLE_RATE / _hertz(note))
    burst = np.zeros(int(seconds * SAMPLE_RATE))
    burst[:period] = lfilter([1], [1, -rng.uniform(0, 0.8)], rng.standard_normal(period))
    loop = np.zeros(period + 2)
    soft = rng.uniform(0.1, 0.5)
    loop[0] = 1
    loop[period:] = -rng.uniform(0.985, 0.998) * np.array([1 - soft, soft])
    return np.asarray(lfilter([1], loop, burst))


def _sustained(note: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tremble = rng.uniform(0, 0.006) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
    phase = 2 * np.pi * np.cumsum(_hertz(note) * (1 + tremble)) / SAMPLE_RATE
    count = min(16, int(7500 / _hertz(note)) + 1)
    steep = rng.uniform(0.6, 2)
    weights = rng.uniform(0.3, 1, count) / np.arange(1, count + 1) ** steep
    tone = sum(w * np.sin(k * phase) for k, w in enumerate(weights, 1))
    edge = rng.uniform(0.02, 0.2)
    swell = np.minimum(1, np.minimum(time, time[-1] - time) / edge)
    return np.asarray(tone * swell)


def _bell(note: int, seconds: float, rng: np.random.Generator) -> np.ndarray:
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    modes = _hertz(note) * np.cumprod(np.r_[1, rng.uniform(1.2, 2.2, 5)])
    decay = rng.uniform(0.3, 1.5) / np.sqrt(np.arange(1, 7))
    tones = np.sin(2 * np.pi * modes[:, None] * time) * np.exp(-time / decay[:, None])
    return np.asarray(rng.uniform(0.2, 1, 6) * (modes < SAMPLE_RATE / 2) @ tones)


_INSTRUMENTS: tuple[Callable[[int, float, np.random.Generator], np.ndarray], ...] = (
    _plucked,
    _sustained,
    _bell,
)


def simulate_music(rng: np.random.Generator) -> np.ndarray:
    """``SECONDS`` of one instrument playing single notes and chords, level about 0.1."""
    play = _INSTRUMENTS[rng.integers(len(_INSTRUMENTS))]
    scale = SCALES[rng.integers(len(SCALES))]
    notes = [n for n in range(*NOTES) if (n - NOTES[0]) % 12 in scale]
    out = np.zeros((SECONDS + 4) * SAMPLE_RATE)
    pace, at, place = rng.uniform(*PACE), 0.0, int(rng.integers(len(notes)))
    while at < SECONDS:
        place = int(np.clip(place + rng.integers(-4, 5), 0, len(notes) - 1))
        for step in range(0, 2 * int(rng.choice((1, 1, 1, 2, 3, 4))), 2):
            sound = play(notes[(place + step) % len(notes)], rng.uniform(0.3, 3), rng)
            sound *= rng.uniform(0.3, 1) / (np.abs(sound).max() + 1e-9)
            first = int(at * SAMPLE_RATE)
            out[first : first + len(sound)] += sound
        at += pace * rng.choice((0.5, 1, 1, 2))
    out = out[: SECONDS * SAMPLE_RATE]
    return (0.1 * out / rms(out)).clip(-1, 1).astype(np.float32)
