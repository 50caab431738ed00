"""The real device: a microphone and a loudspeaker through PortAudio."""

import queue
import time

from voiceacu.audio.port import (
    SILENCE,
    DeviceChange,
    Frame,
    NoLoudspeaker,
    NoMicrophone,
    Render,
)
from voiceacu.audio.streams import (
    CannotOpen,
    DeviceName,
    Reference,
    Stream,
    loudspeakers,
    microphones,
    portaudio,
)
from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples

_RESYNC = 0.1


class SoundCard:
    """A Device. Names are as `microphones` and `loudspeakers` list them, or a part of one;
    None is the system's choice. Either side can be left out.
    """

    def __init__(
        self,
        microphone: str | None = None,
        loudspeaker: str | None = None,
        *,
        listens: bool = True,
        plays: bool = True,
    ) -> None:
        self._names = (microphone, loudspeaker)
        self._sides = (listens, plays)
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._reference = Reference()
        self._clock = _Clock()
        self._streams: list[Stream] = []
        self._render: Render | None = None

    def start(self, render: Render) -> None:
        """Open what was asked for; raises NoMicrophone, NoLoudspeaker or UserError."""
        self._render = render
        listens, plays = self._sides
        mic = find_microphone(self._names[0]) if listens else None
        speaker = find_loudspeaker(self._names[1]) if plays else None
        self._open(mic, speaker)

    def read(self, timeout: float) -> Frame | None:
        """The next frame; None where none came in time, or the card has no microphone."""
        try:
            return self._frames.get(timeout=timeout)
        except queue.Empty:
            return None

    def now(self) -> float:
        """Seconds on the system's monotonic clock."""
        return time.monotonic()

    def changes(self) -> list[DeviceChange]:
        """What was lost and what came back since the last call."""
        return []

    @property
    def faults(self) -> int:
        """Overflows and underflows so far."""
        return sum(stream.faults for stream in self._streams)

    def stop(self) -> None:
        """Close both sides."""
        while self._streams:
            self._streams.pop().close()

    def _open(self, mic: DeviceName | None, speaker: DeviceName | None) -> None:
        """One duplex stream where possible, for its constant delay; else one for each side."""
        if mic is not None and speaker is not None:
            try:
                self._streams = [Stream(mic, speaker, self._captured, self._rendered)]
                return
            except CannotOpen:
                pass
        try:
            if mic is not None:
                self._streams.append(Stream(mic, None, self._captured, None))
        except CannotOpen as error:
            raise NoMicrophone(str(error)) from error
        try:
            if speaker is not None:
                self._streams.append(Stream(None, speaker, None, self._rendered))
        except CannotOpen as error:
            self.stop()
            raise NoLoudspeaker(str(error)) from error

    def _rendered(self) -> Samples:
        assert self._render is not None
        block = self._render()
        self._reference.rendered(block)
        return block

    def _captured(self, block: Samples) -> None:
        played = self._reference.next()
        start = self._clock.next(time.monotonic() - BLOCK / RATE)
        self._frames.put(Frame(block, SILENCE if played is None else played, start))


class _Clock:
    """Even times for blocks that come in bursts: 10 ms apart, drawn gently to the real time."""

    def __init__(self) -> None:
        self._last = -1.0

    def next(self, arrived: float) -> float:
        even = self._last + BLOCK / RATE
        late = arrived - even
        self._last = arrived if abs(late) > _RESYNC else even + 0.02 * late
        return self._last


def find_microphone(name: str | None) -> DeviceName:
    """The microphone of this name; None: the system's. Raises NoMicrophone where there is none
    at all, UserError (with the names there are) where none is called so."""
    try:
        known = microphones()
        default = portaudio().default.device[0]
    except CannotOpen as error:
        raise NoMicrophone(str(error)) from error
    if not known:
        raise NoMicrophone("sound: no microphone found; plug one in, or type instead")
    return _choose(known, name, default, "microphone")


def find_loudspeaker(name: str | None) -> DeviceName:
    """The loudspeaker of this name; as `find_microphone`, with NoLoudspeaker."""
    try:
        known = loudspeakers()
        default = portaudio().default.device[1]
    except CannotOpen as error:
        raise NoLoudspeaker(str(error)) from error
    if not known:
        raise NoLoudspeaker("sound: no loudspeaker found; plug one in, or read along")
    return _choose(known, name, default, "loudspeaker")


def _choose(known: list[DeviceName], name: str | None, default: int, kind: str) -> DeviceName:
    if name is None:
        return next((d for d in known if d.index == default), known[0])
    wanted = name.casefold()
    exact = [d for d in known if d.name.casefold() == wanted]
    partly = [d for d in known if wanted in d.name.casefold()]
    if exact or partly:
        return (exact or partly)[0]
    names = ", ".join(d.name for d in known)
    raise UserError(f"{kind} {name!r}: no such device; there are: {names}")
