"""Raw synthesiser output made fit for a quiet room at night. Pure numpy."""

import numpy as np
from numpy.typing import NDArray

from voiceacu.pcm import BLOCK, RATE, Samples, resample

LEVEL_DB = -23.0
"""Loudness of speech: dBFS root mean square over the blocks in which something sounds."""

PEAK = 0.7
"""No sample is larger than this, so nothing clips when earcons and breath tones are added."""

SILENT_DB = -45.0
"""Below this, relative to the loudest block, a block counts as silence."""

MARGIN = 2
"""Blocks kept before the first and after the last sound, for soft edges."""

EDGE_HZ, EDGE_DB = 3_000.0, -5.0
"""The high shelf that takes the buzz and hiss out of a formant synthesiser's voice."""


def polish(raw: NDArray[np.float32], rate: int, rest: float) -> Samples:
    """`raw` mono audio at `rate` hertz as even, trimmed, softened speech.

    `rest` seconds of silence follow it, so that sentences said one after the other do not run
    together. Audio without any sound comes back empty.
    """
    speech = resample(raw, rate, RATE)
    speech = _trim(speech)
    if not speech.size:
        return speech
    return np.pad(_level(_soften(speech)), (0, round(rest * RATE)))


def _block_power(samples: Samples) -> NDArray[np.float32]:
    """Mean power of each 10 ms block; a last part block is filled up with silence."""
    whole = np.pad(samples, (0, -len(samples) % BLOCK)).reshape(-1, BLOCK)
    return np.asarray(np.mean(whole**2, axis=1), np.float32)


def _sounding(power: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(power > power.max(initial=0.0) * 10 ** (SILENT_DB / 10), np.bool_)


def _trim(samples: Samples) -> Samples:
    """Without leading and trailing silence, faded over the margins that stay."""
    blocks = np.flatnonzero(_sounding(_block_power(samples)))
    if not blocks.size:
        return np.zeros(0, np.float32)
    first = max(int(blocks[0]) - MARGIN, 0) * BLOCK
    kept = samples[first : (int(blocks[-1]) + 1 + MARGIN) * BLOCK].copy()
    ramp = np.linspace(0.0, 1.0, min(BLOCK, len(kept)), dtype=np.float32)
    kept[: len(ramp)] *= ramp
    kept[-len(ramp) :] *= ramp[::-1]
    return kept


def _soften(samples: Samples) -> Samples:
    """A smooth high shelf without phase: `EDGE_DB` well above `EDGE_HZ`, unchanged below."""
    size = 1 << (len(samples) - 1).bit_length()
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    reached = 1.0 / (1.0 + (EDGE_HZ / np.maximum(hertz, 1.0)) ** 4)
    shelf = 10 ** (EDGE_DB * reached / 20)
    softened = np.fft.irfft(np.fft.rfft(samples, size) * shelf, size)
    return np.asarray(softened[: len(samples)], np.float32)


def _level(samples: Samples) -> Samples:
    """At `LEVEL_DB`, or as near to it as `PEAK` allows."""
    power = _block_power(samples)
    loudness = np.sqrt(np.mean(power[_sounding(power)]))
    gain = min(10 ** (LEVEL_DB / 20) / loudness, PEAK / np.abs(samples).max())
    return np.asarray(samples * np.float32(gain), np.float32)
