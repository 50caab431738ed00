"""How a room sounds: impulse responses by image sources and a diffuse tail, and convolution."""

import numpy as np
from numpy.typing import NDArray

from voiceacu.pcm import BLOCK, RATE, Samples

_SOUND = 343.0
_DIRECT_MS = 50


def room_response(
    rng: np.random.Generator, rt60: float, distance: float, size: tuple[float, float, float]
) -> Samples:
    """The impulse response between two places `distance` metres apart in a box of `size` metres.

    Image sources (Allen and Berkley 1979) for the first 50 ms, then noise that decays by 60 dB
    in `rt60` seconds. Unit energy; its first sample is the direct sound.
    """
    box = np.array(size)
    microphone = box * rng.uniform(0.3, 0.7, 3)
    away = rng.normal(size=3)
    source = microphone + distance * away / np.linalg.norm(away)
    source = np.clip(source, 0.1, box - 0.1)
    # Sabine's formula, the same absorption on all six sides.
    volume = float(np.prod(box))
    area = 2 * float(box[0] * box[1] + box[0] * box[2] + box[1] * box[2])
    reflection = float(np.sqrt(max(0.05, 1 - 0.161 * volume / (area * rt60))))
    delays, gains = _images(box, source, microphone, reflection)
    first = float(delays.min())
    taps = np.zeros(max(round(rt60 * RATE), _DIRECT_MS * RATE // 1000 * 2), dtype=np.float64)
    at = np.round((delays - first) * RATE).astype(np.int64)
    early = at < _DIRECT_MS * RATE // 1000
    np.add.at(taps, at[early], gains[early])
    taps += _tail(rng, taps, rt60)
    # Neither loudspeakers nor microphones pass the lowest frequencies.
    taps = np.diff(taps, prepend=0.0) * 0.5 + taps * 0.5
    unit: NDArray[np.float64] = taps / np.sqrt(np.sum(taps**2))
    return unit.astype(np.float32)


def _images(
    box: NDArray[np.float64],
    source: NDArray[np.float64],
    microphone: NDArray[np.float64],
    reflection: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Delays (seconds) and gains of the mirrored sources around the room."""
    reach = int(np.ceil(_DIRECT_MS / 1000 * _SOUND * 1.5 / box.min()))
    n = np.stack(np.meshgrid(*[np.arange(-reach, reach + 1)] * 3, indexing="ij"), -1).reshape(-1, 3)
    mirrored = n % 2 == 1
    images = n * box + np.where(mirrored, box - source, source)
    distances = np.linalg.norm(images - microphone, axis=1)
    bounces = np.abs(n).sum(axis=1)
    return distances / _SOUND, reflection**bounces / np.maximum(distances, 0.1)


def _tail(rng: np.random.Generator, early: NDArray[np.float64], rt60: float) -> NDArray[np.float64]:
    """Diffuse reverberation that carries on where the images end, at their last energy."""
    start = _DIRECT_MS * RATE // 1000
    last = np.sqrt(np.mean(early[start // 2 : start] ** 2) + 1e-20)
    time = np.arange(len(early)) / RATE
    middle = 0.75 * _DIRECT_MS / 1000
    decay = 10 ** (-3 * (time - middle) / rt60)
    return np.where(np.arange(len(early)) >= start, rng.normal(size=len(early)) * decay * last, 0.0)


class Convolver:
    """Convolution with a long response, one block in, one block out, without delay."""

    def __init__(self, response: Samples) -> None:
        parts = -(-len(response) // BLOCK)
        padded = np.zeros(parts * BLOCK, dtype=np.float32)
        padded[: len(response)] = response
        self._response = np.fft.rfft(padded.reshape(parts, BLOCK), 2 * BLOCK)
        self._past = np.zeros_like(self._response)
        self._before = np.zeros(BLOCK, dtype=np.float32)
        self._next = 0
        self._silent_for = parts + 1

    def feed(self, block: Samples) -> Samples:
        """The next block of the convolved signal."""
        parts = len(self._response)
        self._silent_for = 0 if block.any() else self._silent_for + 1
        if self._silent_for > parts + 1:
            return np.zeros(BLOCK, dtype=np.float32)
        self._past[self._next] = np.fft.rfft(np.concatenate([self._before, block]))
        self._before = block
        # Row k of the past belongs to the part that many blocks later.
        order = (self._next - np.arange(parts)) % parts
        self._next = (self._next + 1) % parts
        spectrum = np.einsum("ij,ij->j", self._past[order], self._response)
        return np.fft.irfft(spectrum)[BLOCK:].astype(np.float32)


def convolve(samples: Samples, response: Samples) -> Samples:
    """The whole of a sound as heard through `response`, with its reverberation at the end."""
    length = len(samples) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[:length].astype(np.float32)
