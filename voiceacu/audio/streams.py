"""One PortAudio stream: opened at 16 kHz, or at the device's own rate with resampling.

This file alone imports sounddevice. Callbacks do no more than convert and queue.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from voiceacu.audio.port import SILENCE, Render
from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples
from voiceacu.quiet import hush_libraries

Captured = Callable[[Samples], None]
"""Takes each block that the microphone heard."""


_PERIOD = 0.02
"""Seconds between two callbacks: two of our blocks, since waking up is what an idle room costs."""

_LATENCY = 4 * _PERIOD
"""Seconds asked of PortAudio, a whole number of periods. With less, or with a part of a period, a
stream through PulseAudio underflows, spins, and loses its constant delay."""

_WEIGHED = 25
"""Callbacks between two looks at what the thread costs."""

_LONGEST_WAIT = 20
_REVIEW = 100

_SLACK = 6
"""Blocks that may always be waiting: two streams come in bursts of four, and each block put in or
left out moves the echo by 10 ms. An echo comes later than that through any sound server."""


class CannotOpen(UserError):  # noqa: N818
    """PortAudio refused; the message says what it said."""


def portaudio() -> Any:
    """The sounddevice module; raises CannotOpen where PortAudio is missing."""
    hush_libraries()
    try:
        import sounddevice  # noqa: PLC0415 - takes time and a system library; chat needs neither
    except OSError as error:
        raise CannotOpen(
            "sound: the PortAudio library is missing; install it "
            "(Debian, Ubuntu: sudo apt-get install libportaudio2)"
        ) from error
    return sounddevice


@dataclass(frozen=True, slots=True)
class DeviceName:
    """A device as PortAudio lists it."""

    index: int
    name: str
    rate: int


def microphones() -> list[DeviceName]:
    """The devices that can be listened to."""
    return _devices("max_input_channels")


def loudspeakers() -> list[DeviceName]:
    """The devices that can be played to."""
    return _devices("max_output_channels")


def _devices(channels: str) -> list[DeviceName]:
    return [
        DeviceName(int(d["index"]), str(d["name"]), round(d["default_samplerate"]))
        for d in portaudio().query_devices()
        if d[channels] > 0
    ]


def rescan() -> None:
    """Let PortAudio look for devices anew; every open stream is closed by it. Raises CannotOpen
    where it does not come up."""
    sd = portaudio()
    sd._terminate()
    try:
        sd._initialize()
    except sd.PortAudioError as error:
        raise CannotOpen(f"sound: PortAudio does not start: {error}") from error


class Reblocker:
    """Samples in pieces of any length to blocks of `BLOCK`, resampled on the way."""

    def __init__(self, rate: int, to: int) -> None:
        self._resampler: Any = None
        if rate != to:
            import soxr  # noqa: PLC0415

            # Better qualities wait for 40 to 120 ms of sound before they give any.
            self._resampler = soxr.ResampleStream(rate, to, 1, dtype="float32", quality="LQ")
        self._rest = np.zeros(0, dtype=np.float32)

    def feed(self, samples: Samples) -> None:
        """Add samples at the first rate."""
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(samples)
        self._rest = np.concatenate([self._rest, samples]) if len(self._rest) else samples

    def take(self, count: int) -> Samples | None:
        """`count` samples at the second rate; None while there are too few."""
        if len(self._rest) < count:
            return None
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def blocks(self) -> Iterator[Samples]:
        """The whole blocks there are."""
        while (block := self.take(BLOCK)) is not None:
            yield block


class Stream:
    """An open stream: duplex, microphone only (`render` None) or loudspeaker only (`captured`
    None). Raises CannotOpen. `faults` counts overflows and underflows; `busy` is the share of a
    core that its thread took of late."""

    def __init__(
        self,
        microphone: DeviceName | None,
        loudspeaker: DeviceName | None,
        captured: Captured | None,
        render: Render | None,
    ) -> None:
        self.faults = 0
        self.busy = 0.0
        self._calls = 0
        self._marks = (0.0, 0.0)
        self._closed = False
        self._captured, self._render = captured, render
        refusal: Exception | None = None
        for rate in _rates(microphone, loudspeaker):
            try:
                self._open(microphone, loudspeaker, rate)
                return
            except portaudio().PortAudioError as error:
                refusal = refusal or error
        names = " and ".join(d.name for d in (microphone, loudspeaker) if d is not None)
        raise CannotOpen(f"sound: cannot open {names}: {refusal}; choose another device")

    def close(self) -> None:
        """Close at once; harmless when it is gone already. May take long on a dead server."""
        self._closed = True
        try:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
        except portaudio().PortAudioError:
            return

    def _open(self, mic: DeviceName | None, speaker: DeviceName | None, rate: int) -> None:
        sd = portaudio()
        self._inward, self._outward = Reblocker(rate, RATE), Reblocker(RATE, rate)
        common = {
            "samplerate": rate,
            "blocksize": round(rate * _PERIOD),
            "dtype": "float32",
            "channels": 1,
            "latency": _LATENCY,
        }
        if mic is not None and speaker is not None:
            self._stream = sd.RawStream(
                device=(mic.index, speaker.index), callback=self._both, **common
            )
        elif mic is not None:
            self._stream = sd.RawInputStream(device=mic.index, callback=self._in, **common)
        else:
            assert speaker is not None
            self._stream = sd.RawOutputStream(device=speaker.index, callback=self._out, **common)
        try:
            self._stream.start()
        except sd.PortAudioError:
            self._stream.close(ignore_errors=True)
            raise

    def _weigh(self) -> None:
        """Note now and then what this thread costs; called by each callback."""
        self._calls += 1
        if self._calls % _WEIGHED:
            return
        used, passed = self._marks
        self._marks = (time.thread_time(), time.monotonic())
        if passed:
            self.busy = (self._marks[0] - used) / max(self._marks[1] - passed, 1e-3)

    def _both(self, heard: Any, play: Any, count: int, times: Any, status: Any) -> None:
        self._out(play, count, times, status)
        self._hear(heard)

    def _in(self, heard: Any, count: int, times: Any, status: Any) -> None:
        del count, times
        self._weigh()
        self.faults += bool(status)
        self._hear(heard)

    def _out(self, play: Any, count: int, times: Any, status: Any) -> None:
        del times
        self._weigh()
        self.faults += bool(status)
        if self._closed or self._render is None:
            play[:] = bytes(len(play))
            return
        while (ready := self._outward.take(count)) is None:
            self._outward.feed(self._render())
        play[:] = ready.astype(np.float32, copy=False).tobytes()

    def _hear(self, heard: Any) -> None:
        if self._closed or self._captured is None:
            return
        self._inward.feed(np.frombuffer(heard, dtype=np.float32).copy())
        for block in self._inward.blocks():
            self._captured(block)


def _rates(*devices: DeviceName | None) -> list[int]:
    """16 kHz first, then the devices' own rates, then what most hardware takes."""
    own = [d.rate for d in devices if d is not None]
    return list(dict.fromkeys([RATE, *own, 48_000, 44_100]))


class Reference:
    """Pairs each block that was heard with the block rendered for it.

    Two streams on two clocks may render more or fewer blocks than are heard: missing ones
    count as silence, and what waits for longer than bursts explain is dropped, so that a
    reference never comes after its own echo.
    """

    def __init__(self) -> None:
        self._waiting: deque[Samples] = deque(maxlen=_LONGEST_WAIT)
        self._taken = 0
        self._fewest = _LONGEST_WAIT

    def rendered(self, block: Samples) -> None:
        """A block went to the loudspeaker."""
        self._waiting.append(block)

    def next(self) -> Samples:
        """The block that belongs to the one just heard."""
        self._fewest = min(self._fewest, len(self._waiting))
        self._taken += 1
        if self._taken == _REVIEW:
            self._drop(self._fewest - _SLACK)
            self._taken, self._fewest = 0, _LONGEST_WAIT
        try:
            return self._waiting.popleft()
        except IndexError:
            return SILENCE

    def restart(self) -> None:
        """The microphone starts anew: only the newest block can belong to what it hears."""
        self._drop(len(self._waiting) - 1)

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._waiting.popleft()
