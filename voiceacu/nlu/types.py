"""What was heard, and what it means: the two arrows around `nlu`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Phase(StrEnum):
    """Where the conversation is; the same words may mean different things in each."""

    IDLE = "idle"
    SAFETY = "safety"
    GUIDING = "guiding"
    READY = "ready"
    HOLDING = "holding"
    PAUSED = "paused"
    FINISHED = "finished"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class Heard:
    """One utterance as the recogniser wrote it; `start` and `end` in seconds of device time.

    `confidence` is 0..1: how much of all that the recogniser took for possible means this.
    `text` may contain `[unk]`: speech outside the grammar.
    """

    text: str
    start: float
    end: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Intent:
    """One command: a name of the contract (`next_point`) and its slots (`point`: `BL-40`)."""

    name: str
    slots: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Understanding:
    """The best reading of an utterance, and whether it is good enough to act on.

    `score` is 0..100 (rapidfuzz). `intent` is None where nothing is near. `accepted` is true
    where the score passes the cut-off and leads the best other intent by the margin.
    `candidates` holds the likeliest readings, best first, for "next, or repeat?"; it is empty
    for speech that is no command at all.
    """

    text: str
    intent: Intent | None
    score: float
    accepted: bool
    candidates: tuple[Intent, ...] = ()
