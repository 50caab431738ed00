"""Other speakers out of the ones at hand: pitch and vocal tract, each moved by itself."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import interp1d
from scipy.signal import istft, stft

from training.features import SAMPLE_RATE

WINDOW = 512
QUEFRENCY = 40
"""Cepstral coefficients, 2.5 ms, that hold the vocal tract and not the pitch of most voices."""


def move_formants(samples: np.ndarray, factor: float) -> np.ndarray:
    """Stretch the spectral envelope along frequency: above 1 a shorter vocal tract.

    The pitch stays. Same length and level as before.
    """
    if len(samples) < WINDOW:
        return samples
    _, _, spectrum = stft(samples, SAMPLE_RATE, nperseg=WINDOW, noverlap=WINDOW * 3 // 4)
    magnitude = np.log(np.abs(spectrum) + 1e-5)
    cepstrum = np.fft.irfft(magnitude, axis=0)
    cepstrum[QUEFRENCY : WINDOW - QUEFRENCY + 1] = 0
    envelope = np.fft.rfft(cepstrum, axis=0).real
    bins = np.arange(len(envelope))
    moved = interp1d(bins, envelope, axis=0)(np.minimum(bins / factor, bins[-1]))
    _, out = istft(
        spectrum * np.exp(moved - envelope), SAMPLE_RATE, nperseg=WINDOW, noverlap=WINDOW * 3 // 4
    )
    return np.asarray(np.resize(out, len(samples)), np.float32)
