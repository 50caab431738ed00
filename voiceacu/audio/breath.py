"""Breath tones: a soft swell that rises while one breathes in and sinks while one breathes out."""

import numpy as np

from voiceacu.pcm import BLOCK, RATE, Samples

_LEVEL = 0.05
_LOW, _HIGH = 165.0, 247.0
_GAP = 0.06
_FADE_BLOCKS = 60


class Breath:
    """The tones block by block, without end until `end` is called.

    `inhale` and `exhale` are seconds; below half a second they count as half a second.
    """

    def __init__(self, inhale: float, exhale: float) -> None:
        self._inhale = max(0.5, inhale)
        self._exhale = max(0.5, exhale)
        self._sample = 0
        self._angle = 0.0
        self._fade: int | None = None

    @property
    def ended(self) -> bool:
        """Whether the last fade is over."""
        return self._fade == 0

    def end(self) -> None:
        """Fade within 0.6 s."""
        if self._fade is None:
            self._fade = _FADE_BLOCKS

    def next(self) -> Samples:
        """The next block."""
        at = (self._sample + np.arange(BLOCK)) / RATE % (self._inhale + self._exhale)
        self._sample += BLOCK
        inward = at < self._inhale
        # How far into this breath, 0..1; each keeps a short silence at its end.
        done = np.where(inward, at / self._inhale, (at - self._inhale) / self._exhale)
        done = np.minimum(done / (1 - _GAP), 1.0)
        height = np.where(inward, done, 1 - done)
        angles = self._angle + 2 * np.pi / RATE * np.cumsum(_LOW * (_HIGH / _LOW) ** height)
        self._angle = float(angles[-1] % (2 * np.pi))
        swell = np.sin(np.pi * done) ** 2
        tone = np.sin(angles) + 0.3 * np.sin(2 * angles)
        return (_LEVEL * swell * tone * self._fading()).astype(np.float32)

    def _fading(self) -> Samples | float:
        if self._fade is None:
            return 1.0
        start, self._fade = self._fade, max(0, self._fade - 1)
        return np.linspace(start / _FADE_BLOCKS, self._fade / _FADE_BLOCKS, BLOCK, dtype=np.float32)
