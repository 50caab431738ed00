"""How recordings are altered: tempo, speed, rooms, tone, level, noises and other talkers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
from scipy.signal import fftconvolve, lfilter

from training.clatter import simulate_kitchen
from training.features import SAMPLE_RATE, SUBSAMPLING, load_audio

FRAME = SAMPLE_RATE // 100
MAX_LEAD = 3.0
KITCHENS = 40
KITCHEN_SHARE = 0.3
"""Of the noises mixed in."""


@dataclass(frozen=True)
class Warp:
    """Where a frame of the altered copy lies in the original: after ``lead``, at ``speed``."""

    lead_frames: int
    speed: float

    def source_frames(self, count: int, available: int) -> np.ndarray:
        """Original 30 ms frame of each of ``count`` new ones; -1 outside the recording."""
        at = (np.arange(count) * SUBSAMPLING - self.lead_frames) * self.speed / SUBSAMPLING
        rounded = np.round(at).astype(int)
        return np.where((rounded >= 0) & (rounded < available), rounded, -1)


@numba.njit(cache=True)
def _stretch(samples: np.ndarray, factor: float, window: int, hop: int, search: int) -> np.ndarray:
    """Waveform-similarity overlap-add: ``factor`` times as long at the same pitch."""
    frames = int(len(samples) * factor) // hop
    out = np.zeros(frames * hop + window, np.float32)
    weight = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
    last = 0
    for i in range(frames):
        target = int(i * hop / factor)
        best, best_score = target, -1e18
        natural = last + hop
        if i > 0 and natural + window < len(samples):
            for shift in range(-search, search + 1, 4):
                start = target + shift
                if start < 0 or start + window >= len(samples):
                    continue
                score = 0.0
                for k in range(0, window, 4):
                    score += samples[start + k] * samples[natural + k]
                if score > best_score:
                    best, best_score = start, score
        if best + window >= len(samples):
            break
        for k in range(window):
            out[i * hop + k] += weight[k] * samples[best + k]
        last = best
    return out


def stretch(samples: np.ndarray, factor: float) -> np.ndarray:
    """Change the tempo, not the pitch: ``factor`` 1.25 makes slow, sleepy speech."""
    if len(samples) < SAMPLE_RATE // 4:
        return samples
    return _stretch(samples.astype(np.float32), factor, 512, 256, 128)


def change_speed(samples: np.ndarray, speed: float) -> np.ndarray:
    """Change tempo and pitch together, as a tape would."""
    positions = np.arange(int(len(samples) / speed)) * speed
    return np.asarray(np.interp(positions, np.arange(len(samples)), samples), np.float32)


def rms(samples: np.ndarray) -> float:
    """Root mean square, never zero."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) + 1e-7


def speech_level(samples: np.ndarray) -> float:
    """Level of the loudest half of the 20 ms blocks, so that pauses do not count."""
    blocks = samples[: len(samples) // 320 * 320].reshape(-1, 320)
    if len(blocks) < 4:
        return rms(samples)
    energy = np.sort((blocks.astype(np.float64) ** 2).mean(1))
    return float(np.sqrt(energy[len(energy) // 2 :].mean())) + 1e-7


def coloured_noise(length: int, rng: np.random.Generator) -> np.ndarray:
    """Steady noise with a random spectral slope, level 1."""
    white = rng.standard_normal(length + 64)
    noise = lfilter([1], [1, -rng.choice([0, 0.5, 0.9, 0.97, 0.99])], white)[64:]
    return np.asarray(noise / rms(noise), np.float32)


def _piece(clips: list[np.ndarray], length: int, rng: np.random.Generator) -> np.ndarray:
    """A random stretch of a random clip, repeated if it is too short."""
    clip = clips[rng.integers(len(clips))]
    return np.resize(np.roll(clip, -int(rng.integers(len(clip)))), length)


class Augmenter:
    """Alters recordings with the noises, rooms and talkers it was given."""

    def __init__(self, noises: list[Path], rooms: np.ndarray, talkers: list[Path]) -> None:
        self.rooms = rooms
        self.noises = [n for n in map(load_audio, noises) if rms(n) > 1e-4]
        self.talkers = [load_audio(path) for path in talkers]
        rng = np.random.default_rng(KITCHENS)
        self.kitchens = [simulate_kitchen(rooms, rng) for _ in range(KITCHENS)]

    def __call__(self, samples: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, Warp]:
        """An altered copy in -1..1 and where its frames come from."""
        samples, speed = self._delivery(samples, rng)
        lead = int(rng.uniform(0, MAX_LEAD) * SAMPLE_RATE) if rng.random() < 0.35 else 0
        tail = int(rng.uniform(0.1, 0.8) * SAMPLE_RATE) if rng.random() < 0.35 else 0
        level = speech_level(samples)
        samples = np.pad(samples, (lead, tail))
        if len(self.rooms) and rng.random() < 0.55:
            response = self.rooms[rng.integers(len(self.rooms))]
            samples = fftconvolve(samples, response)[: len(samples)]
        samples = self._tone(samples, rng)
        target = 10 ** (rng.uniform(-38, -12) / 20)
        samples = samples * (target / max(level, 1e-5))
        samples = samples + self._background(len(samples), target, rng)
        samples = samples + rng.standard_normal(len(samples)) * 10 ** rng.uniform(-5.5, -3.8)
        return samples.astype(np.float32), Warp(lead // FRAME, speed)

    def _delivery(self, samples: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, float]:
        speed = 1.0
        if rng.random() < 0.2:
            factor = rng.uniform(0.85, 1.35)
            stretched = stretch(samples, factor)
            speed *= len(samples) / max(len(stretched), 1)
            samples = stretched
        if rng.random() < 0.75:
            factor = rng.uniform(0.88, 1.14)
            samples, speed = change_speed(samples, factor), speed * factor
        return samples, speed

    def _tone(self, samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if rng.random() < 0.5:
            samples = lfilter([1, rng.uniform(-0.6, 0.6)], [1], samples)
        if rng.random() < 0.3:
            samples = lfilter([1, -1], [1, -rng.uniform(0.9, 0.99)], samples)
        if rng.random() < 0.15:
            # a phone's or headset's band limit
            pole = rng.uniform(0.2, 0.6)
            samples = lfilter([1 - pole], [1, -pole], lfilter([1 - pole], [1, -pole], samples))
        return samples

    def _background(self, length: int, level: float, rng: np.random.Generator) -> np.ndarray:
        kind = rng.random()
        if kind < 0.15:
            return np.zeros(length, np.float32)
        noise: np.ndarray = np.zeros(length, np.float32)
        if kind < 0.75 and self.noises:
            for _ in range(rng.integers(1, 3)):
                kitchen = rng.random() < KITCHEN_SHARE
                clip = _piece(self.kitchens if kitchen else self.noises, length, rng)
                noise = noise + clip / rms(clip) * np.float32(10 ** rng.uniform(-0.5, 0))
        elif kind < 0.87 and self.talkers:
            for _ in range(rng.integers(3, 8)):
                noise = noise + _piece(self.talkers, length, rng)
        else:
            noise = coloured_noise(length, rng)
        # half of the copies are drowned as deep as a kitchen drowns them
        snr = rng.uniform(-2, 10) if rng.random() < 0.5 else rng.uniform(0, 26)
        return noise * np.float32(level / rms(noise) * 10 ** (-snr / 20))
