"""Simulated kitchens: dishes and cutlery, running water, a fan. No recording is in them.

A dish or a spoon that is struck rings in a few damped modes; people strike several within a
moment, then pause. That is all that is simulated, and it is called simulated.
"""

from __future__ import annotations

import numpy as np
from scipy.signal import fftconvolve, lfilter

from training.features import SAMPLE_RATE

SECONDS = 20
MODES = (3, 9)
RING = (0.008, 0.25)
"""Time constants of the modes in seconds: wood and plastic to glass and steel."""
MOMENTS = (0.3, 2.5)
"""How often a second something is handled."""


def _strike(rng: np.random.Generator, pitch: float, ring: float) -> np.ndarray:
    """One object struck once, its loudest sample about 1."""
    count = rng.integers(*MODES)
    pitches = np.minimum(pitch * np.cumprod(rng.uniform(1.1, 1.9, count)), 7500)
    time = np.arange(int(min(0.6, 6 * ring) * SAMPLE_RATE)) / SAMPLE_RATE
    decay = ring / (1 + rng.uniform(0, 2, count) * pitches / 3000)
    modes = np.sin(2 * np.pi * pitches[:, None] * time) * np.exp(-time / decay[:, None])
    sound = rng.uniform(0.2, 1, count) @ modes
    burst = rng.standard_normal(len(time)) * np.exp(-time / 0.003)
    sound = sound + rng.uniform(0, 1.5) * burst
    return np.asarray(sound / (np.abs(sound).max() + 1e-9))


def _dishes(length: int, rng: np.random.Generator) -> np.ndarray:
    out = np.zeros(length + SAMPLE_RATE)
    for _ in range(rng.poisson(rng.uniform(*MOMENTS) * length / SAMPLE_RATE)):
        pitch = np.exp(rng.uniform(np.log(250), np.log(3500)))
        ring = np.exp(rng.uniform(*np.log(RING)))
        at, level = int(rng.integers(length)), np.exp(rng.normal(0, 0.8))
        for _ in range(rng.integers(1, 6)):
            sound = _strike(rng, pitch * rng.uniform(0.95, 1.05), ring) * level
            level *= rng.uniform(0.4, 1.1)
            at = min(at + int(rng.exponential(0.06) * SAMPLE_RATE), length)
            piece = sound[: len(out) - at]
            out[at : at + len(piece)] += piece
    return out[:length]


def _water(length: int, rng: np.random.Generator) -> np.ndarray:
    """Noise in a broad band whose level wanders."""
    white = rng.standard_normal(length)
    band = lfilter([1, -rng.uniform(0.5, 0.95)], [1, -rng.uniform(-0.2, 0.6)], white)
    knots = np.exp(rng.normal(0, 0.5, length // (SAMPLE_RATE // 3) + 2))
    level = np.interp(np.arange(length), np.arange(len(knots)) * (SAMPLE_RATE // 3), knots)
    return np.asarray(band * level)


def _fan(length: int, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(lfilter([1], [1, -rng.uniform(0.9, 0.995)], rng.standard_normal(length)))


def simulate_kitchen(rooms: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """``SECONDS`` of a simulated kitchen, level about 1."""
    length = SECONDS * SAMPLE_RATE
    parts = [(_dishes, 0.0), (_water, -6.0 if rng.random() < 0.5 else -40.0), (_fan, -12.0)]
    sound = np.zeros(length)
    for make, level in parts:
        part = make(length, rng)
        gain = 10 ** ((level + rng.normal(0, 5)) / 20)
        sound += part / (np.sqrt(np.mean(part**2)) + 1e-9) * gain
    if len(rooms):
        sound = fftconvolve(sound, rooms[rng.integers(len(rooms))])[:length]
    return np.asarray(sound / (np.sqrt(np.mean(sound**2)) + 1e-9), np.float32)


def record_kitchen(rooms: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same as a recording in -1..1."""
    return np.asarray((0.05 * simulate_kitchen(rooms, rng)).clip(-1, 1))
