"""The two echo cancellers, each behind one call: 10 ms in, 10 ms out.

They complement each other. WebRTC's AEC3 suppresses what a linear filter leaves, so it never
mistakes the own voice for a talker, but it takes parts of the talker too: it decides *whether*
somebody speaks. The linear filter of Speex keeps the talker whole: it gives *what* was said.
"""

import ctypes
from typing import Any, Protocol

import numpy as np

from voiceacu.audio.gate import Floor
from voiceacu.pcm import BLOCK, RATE, Samples, from_int16, level_db, to_int16

_FITS = 0.4
_FADES = 0.8
_LEARNS = 60
_LITTLE = 0.1
_QUIETEST_DB = -75.0
_OVER_FLOOR_DB = 3.0


class Canceller(Protocol):
    """Takes the played sound out of what the microphone heard."""

    def process(self, mic: Samples, reference: Samples) -> Samples:
        """`mic` without the echo of `reference`, which must come no later than its echo."""


class ResidualSuppressor:
    """WebRTC AEC3, from the `livekit` wheel. Its import takes 0.3 s: make one when needed."""

    def __init__(self) -> None:
        from livekit.rtc import AudioFrame  # noqa: PLC0415
        from livekit.rtc.apm import AudioProcessingModule  # noqa: PLC0415

        self._frame: Any = AudioFrame
        self._module: Any = AudioProcessingModule(echo_cancellation=True)
        self._module.set_stream_delay_ms(0)

    def process(self, mic: Samples, reference: Samples) -> Samples:
        """`mic` without echo, and without parts of a talker as loud as the echo."""
        self._module.process_reverse_stream(self._as_frame(reference))
        frame = self._as_frame(mic)
        self._module.process_stream(frame)
        return from_int16(np.frombuffer(frame.data, dtype=np.int16))

    def _as_frame(self, block: Samples) -> Any:
        return self._frame(bytearray(to_int16(block).tobytes()), RATE, 1, BLOCK)


class LinearFilter:
    """Speex's adaptive filter, from the library inside the `pyaec` wheel.

    The wheel's own Python copies sample by sample and turns post-processing on, so its library
    is called directly. `reach` is the longest echo in seconds.
    """

    def __init__(self, reach: float = 0.192) -> None:
        import pyaec  # noqa: PLC0415

        self._library: Any = pyaec.lib
        self._handle: Any = self._library.AecNew(BLOCK, round(reach * RATE), RATE, False)
        self._out = np.empty(BLOCK, dtype=np.int16)

    def process(self, mic: Samples, reference: Samples) -> Samples:
        """`mic` less the filtered `reference`."""
        heard, played = to_int16(mic), to_int16(reference)
        self._library.AecCancelEcho(
            self._handle, _pointer(heard), _pointer(played), _pointer(self._out), BLOCK
        )
        return from_int16(self._out)

    def __del__(self) -> None:
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            self._library.AecDestroy(handle)


class Fit:
    """Whether what the linear filter takes away is in the microphone at all.

    It is like the microphone by as much as it is like itself, whoever else speaks. Once the echo
    comes earlier or later than it did, it is like nothing there.
    """

    def __init__(self) -> None:
        self._background = Floor()
        self.restart()

    @property
    def share(self) -> float:
        """About 1 where it fits, 0 where it does not; 1 where too little is taken away to tell."""
        level = 10 * np.log10(self._taken * (1 - _FADES) / BLOCK + 1e-12)
        unheard = level < max(_QUIETEST_DB, self._background.db + _OVER_FLOOR_DB)
        if unheard or self._taken < _LITTLE * self._heard:
            return 1.0
        return self._shared / self._taken

    @property
    def lost(self) -> bool:
        """Whether the echo is elsewhere by now, or another."""
        return self.share < _FITS and not self._young

    def restart(self) -> None:
        """The filter begins to learn: let it."""
        self._heard = self._taken = self._shared = 0.0
        self._young = _LEARNS

    def feed(self, mic: Samples, linear: Samples) -> None:
        """Take in a block before and after the filter."""
        heard, taken = np.diff(mic), np.diff(mic - linear)
        self._background.feed(level_db(heard))
        self._heard = _FADES * self._heard + float(heard @ heard)
        self._taken = _FADES * self._taken + float(taken @ taken)
        self._shared = _FADES * self._shared + float(taken @ heard)
        self._young = max(0, self._young - 1)


def _pointer(samples: np.ndarray[Any, np.dtype[np.int16]]) -> Any:
    return samples.ctypes.data_as(ctypes.POINTER(ctypes.c_int16))
