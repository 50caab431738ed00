"""Facts the dialogue is told of, each in the past tense."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from voiceacu.nlu.types import Intent

DeviceKind: TypeAlias = Literal["microphone", "loudspeaker"]


@dataclass(frozen=True, slots=True)
class Started:
    """The assistant is up; `wall` is the local time of day at this moment.

    `pregnant` is the answer to the safety question that the person asked to remember, None where
    there is none. `listens` tells whether anything can be heard: else silence says nothing.
    """

    wall: datetime
    sessions_this_week: int = 0
    last_routine: str | None = None
    pregnant: bool | None = None
    listens: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """The person said a command, clearly enough to act on."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class Misheard:
    """The person said something near a command; the likeliest readings, best first."""

    candidates: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeechFinished:
    """The sentence `id` was spoken to its end. Not sent for a sentence that was cut."""

    id: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The moment that `deadline` named has come."""


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The microphone or the loudspeaker went away; the clock runs on."""

    device: DeviceKind


@dataclass(frozen=True, slots=True)
class DeviceReturned:
    """A lost device is back."""

    device: DeviceKind


Event: TypeAlias = (
    Started | Understood | Misheard | SpeechFinished | TimePassed | DeviceLost | DeviceReturned
)
