"""What a room sounds like while nobody speaks, as far as a recording tells."""

import numpy as np
from numpy.typing import NDArray

from voiceacu.pcm import BLOCK, Samples

_PIECE = 10 * BLOCK
"""A tenth of a second: as long as a pause between two words."""


def quietest(recording: Samples) -> Samples:
    """The quietest tenth of a second of a recording; empty where that is shorter."""
    steps = range(0, len(recording) - _PIECE + 1, BLOCK)
    pieces = (recording[start : start + _PIECE] for start in steps)
    return min(pieces, key=lambda piece: float(np.dot(piece, piece)), default=recording[:0])


def sounding_on(piece: Samples, count: int) -> Samples:
    """`count` samples of noise with the power and the spectrum of a piece, the same each time.

    All zeros for silence, or nothing.
    """
    if not piece.any():
        return np.zeros(count, dtype=np.float32)
    white: NDArray[np.float64] = np.random.default_rng(0).standard_normal(count)
    shape = np.abs(np.fft.rfft(piece * np.hanning(len(piece))))
    spectrum = np.fft.rfft(white)
    spectrum *= np.interp(np.linspace(0, 1, len(spectrum)), np.linspace(0, 1, len(shape)), shape)
    noise = np.fft.irfft(spectrum, count)
    power = np.mean(np.square(piece, dtype=np.float64)) / np.mean(np.square(noise))
    return np.asarray(noise * np.sqrt(power), dtype=np.float32)
