"""Mel powers out of MFCCs and back: on powers, sounds add up."""

from __future__ import annotations

import kaldi_native_fbank as knf
import numpy as np
from scipy.fft import dct, idct

from training.features import NUM_CEPS, OPTIONS, SAMPLE_RATE

FLOOR = np.finfo(np.float32).eps
"""The least mel power, as Kaldi has it."""


def _lifter() -> np.ndarray:
    quefrency = np.arange(NUM_CEPS)
    size = OPTIONS.cepstral_lifter
    return np.asarray(1 + size / 2 * np.sin(np.pi * quefrency / size), np.float32)


def filter_bank() -> np.ndarray:
    """Weight of each spectral line in each filter, (40, lines)."""
    return np.asarray(knf.MelBanks(OPTIONS.mel_opts, OPTIONS.frame_opts, 1.0).get_matrix())


def _centres() -> np.ndarray:
    """Middle of each filter in hertz."""
    filters = filter_bank()
    lines = np.linspace(0, SAMPLE_RATE / 2, filters.shape[1])
    return np.asarray(filters @ lines / filters.sum(1))


LIFTER = _lifter()
CENTRES = _centres()


def mel_power(mfcc: np.ndarray) -> np.ndarray:
    """Mel powers, float32 (frames, 40), of samples in 16-bit steps."""
    log = idct(mfcc.astype(np.float32) / LIFTER, type=2, norm="ortho", axis=1)
    return np.asarray(np.exp(log))


def mfcc_of(power: np.ndarray) -> np.ndarray:
    """The MFCCs of mel powers: the inverse of :func:`mel_power`."""
    log = np.log(np.maximum(power, FLOOR))
    return np.asarray(dct(log, type=2, norm="ortho", axis=1) * LIFTER)
