"""What the terminal shows of a conversation."""

import json
from typing import TextIO

from voiceacu.dialogue import actions
from voiceacu.nlu.types import Understanding


class Terminal:
    """Prints what was heard and, where the voice sounds, what is said.

    Speech that is no command is not shown while listening; a typed line always gets an answer,
    so there it is.
    """

    def __init__(self, out: TextIO, show_speech: bool, show_unknown: bool) -> None:
        self._out = out
        self._show_speech = show_speech
        self._show_unknown = show_unknown

    def note(self, now: float, what: object) -> None:  # noqa: ARG002
        """Print the things a person would want to read."""
        match what:
            case Understanding(accepted=True, text=text, intent=intent) if intent is not None:
                self._print(f"> {text}  [{describe(intent.name, dict(intent.slots))}]")
            case Understanding(text=text, candidates=candidates):
                if self._show_unknown and not candidates:
                    self._print(f"> {text}  [?]")
            case actions.Say(text=text) if self._show_speech:
                self._print(text)

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def describe(name: str, slots: dict[str, str | int]) -> str:
    """An intent on one line: `where_is point=BL-40`."""
    return " ".join([name, *(f"{key}={value}" for key, value in slots.items())])


def as_json(record: dict[str, object]) -> str:
    """One object, one line."""
    return json.dumps(record, ensure_ascii=False)
