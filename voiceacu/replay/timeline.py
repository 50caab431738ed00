"""What a file of dialogues holds, validated."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from voiceacu.dialogue.actions import Earcon
from voiceacu.dialogue.coach import HANDLERS
from voiceacu.dialogue.events import DeviceKind
from voiceacu.dialogue.keys import Key
from voiceacu.nlu.types import Phase

PATIENCE = 60.0
"""Seconds to wait for what is expected, where a step does not say."""

VERBS = (
    *("user", "unclear", "after", "until", "lost", "returned"),
    *("says", "quiet", "chime", "record", "action", "volume", "pace", "left", "phase"),
)
"""What a step does, or expects."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Strict(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(Strict):
    """One thing that is done or expected; `voiceacu.replay` describes each."""

    user: str | None = None
    unclear: Annotated[tuple[str, ...] | None, BeforeValidator(_listed)] = None
    after: float | None = None
    until: Phase | None = None
    lost: DeviceKind | None = None
    returned: DeviceKind | None = None
    says: Annotated[tuple[str, ...] | None, BeforeValidator(_listed)] = None
    quiet: float | None = None
    chime: Earcon | None = None
    record: Literal["began", "held", "ended", "reopened", "remembered", "forgotten"] | None = None
    action: Literal["Say", "Hush", "Breathe", "StopBreathing", "Leave"] | None = None
    volume: float | None = None
    pace: int | None = None
    left: float | None = None
    phase: Phase | None = None
    at: float | None = None
    within: float = PATIENCE
    outcome: str | None = None
    routine: str | None = None
    point: str | None = None
    pregnant: bool | None = None
    seconds: float | None = None

    @model_validator(mode="after")
    def _one_verb(self) -> Self:
        given = [verb for verb in VERBS if getattr(self, verb) is not None]
        if len(given) != 1:
            said = " and ".join(given) or "nothing"
            raise ValueError(f"says {said}; give exactly one of {', '.join(VERBS)}")
        for intent in self.unclear or ():
            if intent not in HANDLERS:
                raise ValueError(f"{intent!r} is no command; use one of {', '.join(HANDLERS)}")
        for wanted in self.says or ():
            if re.fullmatch(r"[a-z]+(_[a-z]+)+", wanted) and wanted not in set(Key):
                raise ValueError(f"{wanted!r} is no key of the replies; correct its spelling")
        return self

    @property
    def verb(self) -> str:
        """What the step does or expects."""
        return next(verb for verb in VERBS if getattr(self, verb) is not None)


class Dialogue(Strict):
    """One conversation.

    `clock`, `sessions_this_week`, `last_routine` and a remembered answer (`pregnant`) are told at
    its start.
    """

    title: str
    begin: Phase | None = None
    clock: datetime = datetime(2026, 3, 2, 21, 30)
    sessions_this_week: int = 0
    last_routine: str | None = None
    pregnant: bool | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class DialogueFile(Strict):
    """Several conversations."""

    dialogues: Annotated[tuple[Dialogue, ...], Field(min_length=1)]
