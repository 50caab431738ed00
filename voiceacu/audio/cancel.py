"""The two echo cancellers, each behind one call: 10 ms in, 10 ms out.

They complement each other. WebRTC's AEC3 suppresses what a linear filter leaves, so it never
mistakes the own voice for a talker, but it takes parts of the talker too: it decides *whether*
somebody speaks. The linear filter of Speex keeps the talker whole: it gives *what* was said.
"""

import ctypes
from typing import Any, Protocol

import numpy as np

from voiceacu.pcm import BLOCK, RATE, Samples, from_int16, to_int16


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


def _pointer(samples: np.ndarray[Any, np.dtype[np.int16]]) -> Any:
    return samples.ctypes.data_as(ctypes.POINTER(ctypes.c_int16))
