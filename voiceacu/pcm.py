"""The one sample format inside voiceacu: mono float32 in -1..1 at 16 kHz, in 10 ms blocks.

Devices, files and the synthesiser convert at their edge; everything between them agrees.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]

RATE = 16_000
"""Samples a second (hertz)."""

BLOCK = 160
"""Samples in one block: 10 ms."""


def to_int16(samples: Samples) -> NDArray[np.int16]:
    """Samples as 16-bit PCM, clipped, as Vosk and the echo cancellers take them."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype(np.int16)


def from_int16(samples: NDArray[np.int16]) -> Samples:
    """16-bit PCM as samples."""
    return samples.astype(np.float32) / np.float32(32768.0)


def level_db(samples: Samples) -> float:
    """Mean level of a block in dBFS; -100 for silence."""
    return float(10 * np.log10(np.dot(samples, samples) / max(1, len(samples)) + 1e-10))


def resample(samples: Samples, rate: int, to: int) -> Samples:
    """The same sound at another rate (hertz); empty stays empty."""
    if rate == to or not len(samples):
        return samples
    import soxr  # noqa: PLC0415 - not needed where rates agree

    result: Any = soxr.resample(samples, rate, to)
    return np.asarray(result, dtype=np.float32)
