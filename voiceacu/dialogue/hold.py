"""The clock of one hold: what is left, and the soft sounds that come on its way.

A clock is a value. It runs from the moment `since` on and stands still while that is None;
nobody has to tick it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from voiceacu.dialogue.actions import Earcon

HALF_TIME_FROM = 40.0
"""Shorter holds have no half-time sound."""

LAST_SECONDS_FROM = 25.0
"""Shorter holds have no sound for the last seconds."""

LAST_SECONDS = 10.0
"""What is left, in seconds, when the last seconds are told."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A hold of `length` seconds, of which `left` were left at the moment `since`.

    `cues` are the sounds to come, in their order: each with what is left when it is due. The
    last of them is the hold's end.
    """

    length: float
    left: float
    since: float | None
    cues: tuple[tuple[float, Earcon], ...]

    @classmethod
    def start(cls, length: float, now: float) -> "Clock":
        """A hold that begins now."""
        return cls(length, length, now, tuple(_cues(length, length, half_time=True)))

    @property
    def moment(self) -> float | None:
        """When the next cue is due; None while the clock stands still."""
        return None if self.since is None else self.since + self.left - self.cues[0][0]

    def remaining(self, now: float) -> float:
        """Seconds left."""
        return self.left if self.since is None else max(0.0, self.left - (now - self.since))

    def elapsed(self, now: float) -> float:
        """Seconds held so far."""
        return self.length - self.remaining(now)

    def after_cue(self) -> "Clock":
        """The clock once its next cue was given."""
        return replace(self, cues=self.cues[1:])

    def frozen(self, now: float) -> "Clock":
        """The clock, standing still from now on."""
        return replace(self, left=self.remaining(now), since=None)

    def running(self, now: float) -> "Clock":
        """The clock, running from now on with what is left."""
        return replace(self, left=self.remaining(now), since=now)

    def with_length(self, length: float, now: float) -> "Clock":
        """The same hold with another length; what was held so far counts.

        Half-time is told once only, the last seconds again where the hold grew past them.
        """
        left = max(0.0, length - self.elapsed(now))
        half_time = any(cue is Earcon.HALF_TIME for _, cue in self.cues)
        since = None if self.since is None else now
        return Clock(length, left, since, tuple(_cues(length, left, half_time)))


def _cues(length: float, left: float, half_time: bool) -> Iterator[tuple[float, Earcon]]:
    if half_time and length >= HALF_TIME_FROM and left > length / 2:
        yield length / 2, Earcon.HALF_TIME
    if length >= LAST_SECONDS_FROM and left > LAST_SECONDS:
        yield LAST_SECONDS, Earcon.LAST_SECONDS
    yield 0.0, Earcon.HOLD_END
