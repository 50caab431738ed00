"""Requests the dialogue makes of the world, each a verb."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias


class Earcon(StrEnum):
    """A soft sound that means one thing."""

    HOLD_START = "hold_start"
    HALF_TIME = "half_time"
    LAST_SECONDS = "last_seconds"
    HOLD_END = "hold_end"
    HEARD = "heard"
    DEVICE_LOST = "device_lost"


@dataclass(frozen=True, slots=True)
class Say:
    """Speak one sentence now, instead of whatever is being said; its end comes back as
    `SpeechFinished(id)`. `pause` is the silence before it, in seconds."""

    id: int
    text: str
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Hush:
    """Be silent within 50 ms: the sentence being said is cut and never finishes."""


@dataclass(frozen=True, slots=True)
class Chime:
    """Play an earcon over whatever else sounds."""

    earcon: Earcon


@dataclass(frozen=True, slots=True)
class Breathe:
    """Sound breath tones from now on: `inhale` and `exhale` in seconds, again and again."""

    inhale: float
    exhale: float


@dataclass(frozen=True, slots=True)
class StopBreathing:
    """End the breath tones softly."""


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Set the loudness of all that is played, in dB relative to the normal level (0 dB)."""

    decibels: float


@dataclass(frozen=True, slots=True)
class SetPace:
    """Set the speed of speech, in words a minute."""

    words_per_minute: int


@dataclass(frozen=True, slots=True)
class Record:
    """Note a fact of the session in the journal.

    `began` opens a session (`routine`), `held` adds a point held for `seconds`, `ended`
    closes it with `outcome`: `completed`, `stopped` or `fell_asleep`. `reopened` takes back the
    last `ended`: the person said "undo", and the session goes on. `remembered` keeps the answer
    to the safety question (`pregnant`) beyond this run, because the person asked for it;
    `forgotten` erases it.
    """

    what: Literal["began", "held", "ended", "reopened", "remembered", "forgotten"]
    routine: str = ""
    point: str = ""
    seconds: float = 0.0
    outcome: str = ""
    pregnant: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """End the program, once what is being said has ended."""


Action: TypeAlias = (
    Say | Hush | Chime | Breathe | StopBreathing | SetVolume | SetPace | Record | Leave
)
