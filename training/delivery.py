"""The same words said otherwise, anew each time: another voice, other care, another room, another
pace, without their very beginning.

As with the noise (:mod:`training.mixing`) it is done on mel powers (frames, 40).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from training.augment import FRAME, Warp
from training.features import NUM_CEPS, SAMPLE_RATE, SUBSAMPLING
from training.melpower import CENTRES

BACKGROUND = 10**-2.5
"""Of the loudest power: what lies below it is no voice yet."""


def begins(power: np.ndarray) -> int:
    """Where a voice begins, by its power at each step."""
    return int(np.argmax(power > power.max() * BACKGROUND))


def another_beginning(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Powers of a voice whose first 10 to 90 ms are missing: an echo canceller swallows them, a
    microphone opens late, a synthetic voice starts within a sound."""
    if rng.random() > 0.1:
        return power
    loud = power.sum(1)
    first = begins(loud)
    power = power.copy()
    power[first : first + int(rng.integers(1, 10))] = power[loud.argmin()]
    return power


def another_voice(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Powers (frames, 40) of another vocal tract, as loud in all; now and then of a voice that is
    hardly more than its lowest harmonics."""
    loud = power.sum()
    if rng.random() < 0.6:
        at = np.interp(CENTRES * rng.normal(1, 0.07), CENTRES, np.arange(NUM_CEPS))
        low = np.minimum(at.astype(int), NUM_CEPS - 2)
        part = (at - low).astype(np.float32)
        power = power[:, low] ** (1 - part) * power[:, low + 1] ** part
    power = power * (10 ** (-_thin(rng) / 10)).astype(np.float32)
    return np.asarray(power * (loud / power.sum()))


def _thin(rng: np.random.Generator) -> np.ndarray:
    """Decibels by which some voices are fainter in each filter above their lowest harmonic or two:
    more with each octave, or all alike, as many a woman's: in noise that is as loud in all, little
    else stands out."""
    if rng.random() < 0.15:
        octaves = np.log2(np.maximum(1, CENTRES / rng.uniform(200, 500)))
        return np.asarray(rng.uniform(2, 8) * octaves)
    if rng.random() < 0.3:
        above = 1 / (1 + (rng.uniform(180, 400) / CENTRES) ** 4)
        return np.asarray(rng.uniform(5, 20) * above)
    return np.zeros(NUM_CEPS)


def another_care(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Powers said with less care, as loud in all: sounds run into one another within 10 to 40 ms,
    as of someone half asleep or of a voice that was averaged from many; soft ones are softer still
    or not as soft beside the loud ones."""
    loud = power.sum()
    if rng.random() < 0.3:
        blurred = gaussian_filter1d(np.log(power + 1e-3), rng.uniform(0.7, 2), axis=0)
        power = np.exp(blurred)
    if rng.random() < 0.3:
        power = power ** rng.uniform(0.85, 1.25)
    return np.asarray(power * (loud / power.sum()), np.float32)


def another_room(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Powers with what a room sends back later, which fades by 60 dB in 0.2 to 0.7 s."""
    if rng.random() > 0.3:
        return power
    keep = 10 ** (-6 * FRAME / SAMPLE_RATE / rng.uniform(0.2, 0.7))
    share = 10 ** (rng.uniform(-12, 0) / 10)
    late = lfilter([0, share * (1 - keep)], [1, -keep], power, axis=0)
    return np.asarray(power + late, np.float32)


def another_pace(
    power: np.ndarray, outputs: tuple[np.ndarray, ...], rng: np.random.Generator
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Powers, and what belongs to each 30 ms of them, (frames / 3,), said faster or slower."""
    if rng.random() < 0.5:
        return power, outputs
    speed = rng.uniform(0.75, 1.35)
    before = len(outputs[0])
    count = max(1, int(before / speed))
    at = np.minimum(np.arange(count * SUBSAMPLING) * speed, len(power) - 1.001)
    low = at.astype(int)
    part = (at - low)[:, None].astype(np.float32)
    said = power[low] * (1 - part) + power[low + 1] * part
    source = np.maximum(Warp(0, speed).source_frames(count, before), 0)
    return np.asarray(said), tuple(one[source] for one in outputs)
