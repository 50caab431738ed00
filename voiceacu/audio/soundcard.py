"""The real device: a microphone and a loudspeaker through PortAudio, whatever happens to them.

PortAudio says little when a device goes away: a stream may end, fall silent or hang. So one
thing counts, for each side: when its last block came. A side without blocks is reopened by its
name, again and again, in a thread of its own, while the other side works on.
"""

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from voiceacu.audio.finding import find_loudspeaker, find_microphone
from voiceacu.audio.port import (
    SILENCE,
    DeviceChange,
    Frame,
    NoLoudspeaker,
    NoMicrophone,
    Render,
)
from voiceacu.audio.streams import CannotOpen, DeviceName, Reference, Stream, rescan
from voiceacu.errors import UserError
from voiceacu.pcm import BLOCK, RATE, Samples

_STALL = 0.6
"""Seconds without a block after which a side is reopened."""

_GONE = 1.5
"""Seconds without a block after which a side counts as lost."""

_STEADY = 0.3
"""Seconds of blocks after which a lost side counts as returned."""

_FIRST_BLOCK = 3.0
"""Seconds that a side just opened may take for its first block."""

_BACKLOG = 1000
"""Blocks kept for a reader that is late."""

_SLOWEST, _FASTEST, _BUSIEST = 0.6, 1.6, 0.25
"""Blocks relative to real time, and the share of a core, beyond which a stream is reopened."""

_PATIENCE = 3
"""Bad seconds in a row for that."""

_LONGEST_UNSEEN = 20.0
"""Seconds after which devices are listed anew though what sounds is interrupted by it."""

_RESYNC = 0.1
_LONGEST_PAUSE = 5.0


@dataclass(slots=True)
class _Side:
    """One direction: the name asked for, its stream, and when its last block came."""

    kind: Literal["microphone", "loudspeaker"]
    name: str | None
    find: Callable[[str | None], DeviceName]
    stream: Stream | None = None
    last: float = 0.0
    since: float = 0.0
    lost: bool = False
    blocks: int = 0
    strained: int = 0
    broken: bool = False

    def beat(self, now: float) -> None:
        """A block came."""
        if now - self.last > _STALL:
            self.since = now
        self.last = now
        self.blocks += 1

    def stalled(self, now: float) -> bool:
        return self.broken or now - self.last > _STALL

    def review(self, seconds: float, silent: bool) -> None:
        """Judge the last seconds. A stream may run on in a way that serves nobody: far too slow
        or too fast, or with its thread spinning (PortAudio on PulseAudio, after an underflow).
        The latter is mended only while nothing sounds."""
        busy = self.stream is not None and self.stream.busy > _BUSIEST and silent
        rate = self.blocks * BLOCK / RATE / seconds
        self.blocks = 0
        running = self.stream is not None and rate > 0
        amiss = running and (busy or not _SLOWEST < rate < _FASTEST)
        self.strained = self.strained + 1 if amiss else 0
        self.broken = self.broken or self.strained == _PATIENCE


class SoundCard:
    """A Device. Names are as `microphones` and `loudspeakers` list them, or a part of one;
    None is the system's choice. Either side can be left out.

    Lost sides are reopened by themselves; `changes` tells of it. While the loudspeaker is lost
    what would be played passes unheard, in time, so that sentences still come to their end.
    """

    def __init__(
        self,
        microphone: str | None = None,
        loudspeaker: str | None = None,
        *,
        listens: bool = True,
        plays: bool = True,
    ) -> None:
        self._mic = _Side("microphone", microphone, find_microphone)
        self._speaker = _Side("loudspeaker", loudspeaker, find_loudspeaker)
        self._sides = [s for s, on in ((self._mic, listens), (self._speaker, plays)) if on]
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._reference = Reference()
        self._clock = _Clock()
        self._changes: list[DeviceChange] = []
        self._render: Render | None = None
        self._stopping = threading.Event()
        self._recovery: threading.Thread | None = None
        self._unheard = 0.0
        self._reviewed = 0.0
        self._sounded = 0.0
        self._rescanned = 0.0
        self._dropped = 0
        self._old_faults = 0
        self._openings = 0

    def start(self, render: Render) -> None:
        """Open what was asked for; raises NoMicrophone, NoLoudspeaker or UserError."""
        self._render = render
        self._stopping.clear()
        found = {side.kind: side.find(side.name) for side in self._sides}
        self._open(found.get("microphone"), found.get("loudspeaker"))
        for side in self._sides:
            side.last = time.monotonic() + _FIRST_BLOCK
        self._reviewed = self._rescanned = time.monotonic()

    def read(self, timeout: float) -> Frame | None:
        """The next frame; None where none came in time, or the card has no microphone."""
        if self._frames.empty():
            self._watch()
            # Frames come in bursts; being woken for each costs more than all else.
            time.sleep(timeout)
        try:
            return self._frames.get_nowait()
        except queue.Empty:
            return None

    def now(self) -> float:
        """Seconds on the system's monotonic clock."""
        return time.monotonic()

    def changes(self) -> list[DeviceChange]:
        """What was lost and what came back since the last call."""
        changes, self._changes = self._changes, []
        return changes

    @property
    def faults(self) -> int:
        """Overflows, underflows and blocks dropped so far; none of them ends anything."""
        return self._old_faults + self._dropped + sum(s.faults for s in self._streams())

    def stop(self) -> None:
        """Close both sides."""
        self._stopping.set()
        if self._recovery is not None:
            self._recovery.join(timeout=1.0)
        self._close(self._streams())

    def _streams(self) -> list[Stream]:
        """The open streams; a duplex stream once."""
        return list(dict.fromkeys(s.stream for s in self._sides if s.stream is not None))

    def _open(self, mic: DeviceName | None, speaker: DeviceName | None) -> None:
        """One duplex stream where possible, for its constant delay; else one for each side."""
        if mic is not None and speaker is not None:
            try:
                both = Stream(mic, speaker, self._captured, self._rendered)
            except CannotOpen:
                pass
            else:
                self._mic.stream = self._speaker.stream = both
                self._openings += 1
                return
        try:
            if mic is not None:
                self._mic.stream = Stream(mic, None, self._captured, None)
        except CannotOpen as error:
            raise NoMicrophone(str(error)) from error
        try:
            if speaker is not None:
                self._speaker.stream = Stream(None, speaker, None, self._rendered)
        except CannotOpen as error:
            if mic is not None:
                self._close([s for s in (self._mic.stream,) if s is not None])
            raise NoLoudspeaker(str(error)) from error
        self._openings += 1

    def _rendered(self) -> Samples:
        assert self._render is not None
        now = time.monotonic()
        self._speaker.beat(now)
        block = self._render()
        if block is not SILENCE and block.any():
            self._sounded = now
        self._reference.rendered(block)
        return block

    def _captured(self, block: Samples) -> None:
        now = time.monotonic()
        if self._mic.stalled(now):
            self._reference.restart()
        self._mic.beat(now)
        if self._frames.qsize() >= _BACKLOG:
            self._dropped += 1
            return
        start = self._clock.next(now - BLOCK / RATE)
        self._frames.put(Frame(block, self._reference.next(), start, self._openings))

    def _watch(self) -> None:
        """Look after both sides; called by every read."""
        now = time.monotonic()
        for side in self._sides:
            if not side.lost and now - side.last > _GONE:
                side.lost = True
                self._changes.append(DeviceChange(side.kind, lost=True))
            elif side.lost and not side.stalled(now) and side.last - side.since > _STEADY:
                side.lost = False
                self._changes.append(DeviceChange(side.kind, lost=False))
        self._play_unheard(now)
        if now - self._reviewed >= 1.0:
            for side in self._sides:
                side.review(now - self._reviewed, now - self._sounded > 1.0)
            self._reviewed = now
        recovering = self._recovery is not None and self._recovery.is_alive()
        if not recovering and any(side.stalled(now) for side in self._sides):
            self._recovery = threading.Thread(target=self._recover, name="sound", daemon=True)
            self._recovery.start()

    def _play_unheard(self, now: float) -> None:
        """Let time pass for what is played while the loudspeaker is away."""
        assert self._render is not None
        if self._speaker not in self._sides or not self._speaker.stalled(now):
            self._unheard = now
            return
        while self._unheard + BLOCK / RATE <= now:
            self._unheard += BLOCK / RATE
            self._render()

    def _recover(self) -> None:
        """Reopen what gives no blocks until all does."""
        pause = 0.1
        while not self._stopping.wait(pause):
            missing = [s for s in self._sides if s.stalled(time.monotonic())]
            if not missing:
                return
            self._reopen(missing)
            for side in missing:
                side.broken, side.strained = False, 0
                side.last = min(side.last, time.monotonic() - _STALL)
            deadline = time.monotonic() + _FIRST_BLOCK
            while any(s.stream is not None and s.stalled(time.monotonic()) for s in missing):
                if time.monotonic() > deadline or self._stopping.wait(0.05):
                    break
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _reopen(self, missing: list[_Side]) -> None:
        """Close the missing sides and open what can be found. A list of devices is made anew only
        while no side works, or where one side is in no list: that closes every stream.

        Sides that gave blocks share a stream again; where none came each side gets its own, since
        one that is dead would silence the other.
        """
        share = len(missing) == len(self._sides) and all(side.broken for side in missing)
        self._close([side.stream for side in missing if side.stream is not None])
        self._rescan()
        found = self._find(missing)
        if len(found) < len(missing) and self._streams() and self._may_pause():
            missing = self._sides
            self._close(self._streams())
            self._rescan()
            found = self._find(missing)
        mic, speaker = found.get("microphone"), found.get("loudspeaker")
        for pair in ((mic, speaker),) if share else ((mic, None), (None, speaker)):
            with suppress(UserError):
                self._open(*pair)

    def _rescan(self) -> None:
        if not self._streams():
            self._rescanned = time.monotonic()
            with suppress(UserError):
                rescan()

    def _find(self, sides: list[_Side]) -> dict[str, DeviceName]:
        found: dict[str, DeviceName] = {}
        for side in sides:
            with suppress(UserError):
                found[side.kind] = side.find(side.name)
        return found

    def _may_pause(self) -> bool:
        """Whether the side that works may pause for a moment: nothing sounds, or the other side
        has been waiting for long."""
        now = time.monotonic()
        return now - self._sounded > 1.0 or now - self._rescanned > _LONGEST_UNSEEN

    def _close(self, streams: list[Stream]) -> None:
        for side in self._sides:
            if side.stream in streams:
                side.stream = None
        for stream in streams:
            self._old_faults += stream.faults
            # A stream of a server that died may hang; nobody should wait for it.
            closing = threading.Thread(target=stream.close, daemon=True)
            closing.start()
            closing.join(timeout=1.0)


class _Clock:
    """Even times for blocks that come in bursts: 10 ms apart, drawn gently to the real time."""

    def __init__(self) -> None:
        self._last = -1.0

    def next(self, arrived: float) -> float:
        even = self._last + BLOCK / RATE
        late = arrived - even
        self._last = arrived if abs(late) > _RESYNC else even + 0.02 * late
        return self._last
