"""Sounds for the audio tests, made here so that nothing has to be installed."""

import numpy as np

from voiceacu.pcm import RATE, Samples


def tone(hertz: float, seconds: float, amplitude: float = 0.5) -> Samples:
    """A sine."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def noise(seconds: float, rms: float = 0.1, seed: int = 0) -> Samples:
    """White noise."""
    rng = np.random.default_rng(seed)
    return (rms * rng.normal(size=round(seconds * RATE))).astype(np.float32)


def syllables(seconds: float, seed: int = 0) -> Samples:
    """Voice-like sound: a pulse train with a wandering pitch through wandering formants, five
    syllables a second."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    pitch = 120 * 2 ** (
        0.3
        * np.interp(
            time,
            np.arange(0, seconds + 1, 0.3),
            rng.normal(size=len(np.arange(0, seconds + 1, 0.3))),
        )
    )
    phase = np.cumsum(pitch) / RATE
    source = np.diff(np.floor(phase), prepend=0.0) + 0.02 * rng.normal(size=count)
    out = np.zeros(count)
    piece = RATE // 5
    for start in range(0, count, piece):
        part = source[start : start + piece]
        spectrum = np.fft.rfft(part)
        hertz = np.fft.rfftfreq(len(part), 1 / RATE)
        response = np.zeros_like(hertz)
        for low, high in ((300, 800), (900, 2200), (2300, 3000)):
            response += 1 / (1 + ((hertz - rng.uniform(low, high)) / 80) ** 2)
        out[start : start + piece] = np.fft.irfft(spectrum * response, len(part)) * np.hanning(
            len(part)
        )
    return np.asarray(0.5 * out / np.abs(out).max(), np.float32)
