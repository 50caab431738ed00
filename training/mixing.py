"""Noise mixed into spoken frames anew each time they are read: no two epochs hear the same.

It is done on mel powers, where speech and noise add up. What a filter of few spectral lines gains
or loses as the phases meet is drawn at random: the phase term of Deng, Droppo and Acero,
"Enhancement of log mel power spectra of speech using a phase-sensitive model of the acoustic
environment", 2004.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import idct

from training.augment import FRAME
from training.features import NUM_CEPS, SAMPLE_RATE
from training.melpower import filter_bank, mel_power

MOST = 0.95
"""Of the phase term, which lies between -1 and 1."""


def _phase_spread() -> np.ndarray:
    """Standard deviation of the phase term of each filter: less, the more lines it holds."""
    filters = filter_bank()
    lines = filters.sum(1) ** 2 / np.maximum((filters**2).sum(1), 1e-9)
    return np.asarray(np.sqrt(0.5 / np.maximum(1.0, lines)), np.float32)


PHASE_SPREAD = _phase_spread()


def level(power: np.ndarray) -> float:
    """Mean power of the loudest half of the frames, so that pauses do not count."""
    frames = np.sort(power.sum(1))
    return float(frames[len(frames) // 2 :].mean()) + 1e-6


@dataclass(frozen=True)
class Loudness:
    """How often noise is mixed in, and the ratio of speech to noise, in decibels."""

    share: float
    least: float
    most: float


CLEAN = Loudness(0.85, -4.0, 24.0)
"""For recordings as they are."""
ALTERED = Loudness(0.5, 2.0, 24.0)
"""For copies that mostly have a noise already."""


class Mixer:
    """Adds noises, other voices and short bursts to spoken frames.

    ``noises`` and ``voices`` are MFCCs (frames, 40) of one recording each.
    """

    def __init__(self, noises: list[np.ndarray], voices: list[np.ndarray]) -> None:
        self.noises = [mel_power(noise).astype(np.float32) for noise in noises]
        self.voices = [mel_power(voice).astype(np.float32) for voice in voices]

    def __call__(
        self, speech: np.ndarray, loudness: Loudness, rng: np.random.Generator
    ) -> np.ndarray:
        """Mel powers (frames, 40) with another tone, and mostly with a noise."""
        speech = speech * _tone(3.0, rng)
        if not self.noises or rng.random() >= loudness.share:
            return speech
        noise = self._noise(len(speech), rng)
        ratio = 10 ** (-rng.uniform(loudness.least, loudness.most) / 10)
        noise *= np.float32(level(speech) * ratio / level(noise))
        phase = rng.standard_normal(speech.shape, np.float32) * PHASE_SPREAD
        both = speech + noise + 2 * phase.clip(-MOST, MOST) * np.sqrt(speech * noise)
        return np.asarray(both)

    def _noise(self, frames: int, rng: np.random.Generator) -> np.ndarray:
        kind = rng.random()
        if kind < 0.2 and self.voices:
            count = int(rng.integers(2, 8))
            noise = sum(_piece(self.voices, frames, rng) for _ in range(count))
        else:
            noise = _piece(self.noises, frames, rng)
            if rng.random() < 0.5:
                other = _piece(self.noises, frames, rng)
                noise = noise + other * np.float32(10 ** rng.uniform(-1.5, 0.5))
        noise = noise * _tone(4.0, rng)
        if rng.random() < 0.4:
            noise *= _swell(frames, rng)
        if rng.random() < 0.4:
            noise += _bursts(frames, level(noise), rng)
        return np.asarray(noise, np.float32)


def _piece(recordings: list[np.ndarray], frames: int, rng: np.random.Generator) -> np.ndarray:
    """A random stretch of a random recording at level 1, repeated if it is too short."""
    recording = recordings[rng.integers(len(recordings))]
    start = int(rng.integers(len(recording)))
    piece = recording[np.arange(start, start + frames) % len(recording)]
    return np.asarray(piece / np.float32(level(piece)))


def _tone(spread: float, rng: np.random.Generator) -> np.ndarray:
    """Gain of each filter: a smooth curve of ``spread`` decibels."""
    curve = np.zeros(NUM_CEPS)
    curve[1:5] = rng.standard_normal(4) * spread * np.sqrt(NUM_CEPS / 4)
    return np.asarray(10 ** (idct(curve, norm="ortho") / 10), np.float32)


def _swell(frames: int, rng: np.random.Generator) -> np.ndarray:
    """Gain of each frame (frames, 1) that wanders by some decibels within half a second."""
    knots = rng.normal(0, 5, frames // 50 + 2)
    decibels = np.interp(np.arange(frames) / 50, np.arange(len(knots)), knots)
    return np.asarray(10 ** (decibels / 10), np.float32)[:, None]


def _bursts(frames: int, loud: float, rng: np.random.Generator) -> np.ndarray:
    """Short sounds in a part of the spectrum that begin at once and fade, as of struck dishes."""
    noise = np.zeros((frames, NUM_CEPS), np.float32)
    filters = np.arange(NUM_CEPS)
    for _ in range(rng.poisson(frames * FRAME / SAMPLE_RATE * rng.uniform(0.5, 3)) + 1):
        at = int(rng.integers(frames))
        fade = np.exp(-np.arange(min(60, frames - at)) / rng.uniform(1, 15))
        band = np.exp(-(((filters - rng.uniform(0, NUM_CEPS)) / rng.uniform(1.5, 12)) ** 2))
        rough = np.exp(rng.normal(0, 0.7, (len(fade), NUM_CEPS)))
        peak = loud / NUM_CEPS * 10 ** rng.uniform(-0.3, 1.5)
        noise[at : at + len(fade)] += (peak * fade[:, None] * band * rough).astype(np.float32)
    return noise
