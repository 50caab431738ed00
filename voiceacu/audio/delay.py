"""A delay line that can be read between its samples, so that a delay may drift."""

import numpy as np

from voiceacu.pcm import BLOCK, RATE, Samples

_TAPS = 16
_OFFSETS = np.arange(_TAPS) - _TAPS // 2 + 1


class DelayLine:
    """Keeps the last `seconds` of a signal; any point of it can be read, by windowed sinc.

    Reading closer to the newest sample than eight samples with a fractional delay uses zeros
    for what is not there yet.
    """

    def __init__(self, seconds: float) -> None:
        self._size = round(seconds * RATE) + BLOCK + _TAPS
        self._kept = np.zeros(2 * self._size, dtype=np.float32)
        self._end = self._size

    def write(self, block: Samples) -> None:
        """Append the newest samples."""
        if self._end + len(block) + _TAPS > len(self._kept):
            self._kept[: self._size] = self._kept[self._end - self._size : self._end]
            self._kept[self._size :] = 0.0
            self._end = self._size
        self._kept[self._end : self._end + len(block)] = block
        self._end += len(block)

    def latest(self, count: int) -> Samples:
        """The newest `count` samples."""
        newest: Samples = self._kept[self._end - count : self._end].copy()
        return newest

    def read(self, start: float, end: float | None = None) -> Samples:
        """The newest block as it was `start` samples ago; the delay moves to `end` within it.

        Delays are clipped to what the line keeps.
        """
        end = start if end is None else end
        longest = self._size - BLOCK - _TAPS
        start, end = (min(max(d, 0.0), float(longest)) for d in (start, end))
        first = self._end - BLOCK
        if start == end and start == int(start):
            block: Samples = self._kept[first - int(start) : first - int(start) + BLOCK].copy()
            return block
        at = first + np.arange(BLOCK) - np.linspace(start, end, BLOCK, endpoint=False)
        whole = np.floor(at).astype(np.int64)
        distance = (at - whole)[:, None] - _OFFSETS
        kernel = np.sinc(distance) * np.cos(np.pi * distance / (_TAPS + 1)) ** 2
        taken: Samples = self._kept[whole[:, None] + _OFFSETS]
        between: Samples = np.einsum("ij,ij->i", taken, kernel.astype(np.float32))
        return between
