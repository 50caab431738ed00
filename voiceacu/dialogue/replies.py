"""What the assistant says: texts by key, and numbers, times and lists as they are spoken.

All of it comes from `replies.yaml` of one language's folder; loading finds every error at once.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from voiceacu.content.yaml_file import Problem, read_yaml, validate
from voiceacu.dialogue.keys import Key
from voiceacu.nlu.language import Numbers, load_language

LONGEST_SENTENCE = 20
"""Words; a longer sentence is hard to follow with closed eyes."""

EXACT_BELOW = 20
"""Seconds; a longer time is rounded to five, because nobody counts along."""

_SAY = "say"


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=2, max_length=160)]
Wordings = Annotated[tuple[Text, ...], BeforeValidator(_listed), Field(min_length=1)]


class Strict(BaseModel):
    """Frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Counted(Strict):
    """A unit of time: `one` for exactly one, `many` for `{number}` of them."""

    one: str
    many: str


class Durations(Strict):
    """How a length of time is said."""

    seconds: Counted
    minutes: Counted
    both: str


class TimeOfDay(Strict):
    """How a clock is read: hours count to 12 or 24; `early` is for minutes below ten."""

    hours: Annotated[int, Field(ge=12, le=24)]
    whole: str
    early: str
    other: str


class Joined(Strict):
    """How several things are listed."""

    comma: str
    last: str


class Sides(Strict):
    """How a side of a point is named; `{part}` is its part of the body."""

    left: str
    right: str
    both: str


class RepliesFile(Strict):
    """The file as it stands."""

    durations: Durations
    time_of_day: TimeOfDay
    list: Joined
    sides: Sides
    replies: Mapping[Key, Wordings]


class Replies:
    """Texts by key, and how `numbers` are said in the same language."""

    def __init__(self, file: RepliesFile, numbers: Numbers) -> None:
        self._file = file
        self._numbers = numbers
        self.texts: Mapping[Key, tuple[str, ...]] = MappingProxyType(dict(file.replies))

    def text(
        self, key: Key, slots: Mapping[str, str], say: Mapping[str, str], variant: int = 0
    ) -> str:
        """One wording with its slots filled, beginning with a capital letter."""
        wordings = self.texts[key]
        filled = wordings[variant % len(wordings)].format(**slots, say=say)
        return filled[:1].upper() + filled[1:]

    def number(self, number: int) -> str:
        """A whole number from 0 to 999 in words."""
        return self._numbers.spell(number)[0]

    def duration(self, seconds: float) -> str:
        """A length of time in words, rounded to five seconds unless it is short."""
        whole = max(1, round(seconds))
        if whole > EXACT_BELOW:
            whole = 5 * round(whole / 5)
        minutes, rest = divmod(whole, 60)
        parts = self._file.durations
        if not minutes:
            return self._counted(parts.seconds, rest)
        if not rest:
            return self._counted(parts.minutes, minutes)
        return parts.both.format(
            minutes=self._counted(parts.minutes, minutes),
            seconds=self._counted(parts.seconds, rest),
        )

    def minutes(self, seconds: float) -> str:
        """A length of time in whole minutes, at least one."""
        return self._counted(self._file.durations.minutes, max(1, round(seconds / 60)))

    def _counted(self, unit: Counted, number: int) -> str:
        return unit.one if number == 1 else unit.many.format(number=self.number(number))

    def clock(self, hour: int, minute: int) -> str:
        """A time of day, `hour` from 0 to 23."""
        style = self._file.time_of_day
        shown = hour if style.hours == 24 else (hour - 1) % 12 + 1  # noqa: PLR2004
        form = style.whole if minute == 0 else style.early if minute < 10 else style.other  # noqa: PLR2004
        return form.format(hour=self.number(shown), minute=self.number(minute))

    def listed(self, things: Sequence[str]) -> str:
        """Several things as one part of a sentence."""
        joined = self._file.list
        if len(things) < 2:  # noqa: PLR2004
            return "".join(things)
        return joined.comma.join(things[:-1]) + joined.last + things[-1]

    def side(self, side: int | None, part: str) -> str:
        """The left (0), right (1) or both (None) sides of a part of the body."""
        sides = self._file.sides
        form = sides.both if side is None else (sides.left, sides.right)[side]
        return form.format(part=part)


def load_replies(folder: Path) -> Replies:
    """Read `replies.yaml` of one language, and its numbers in `language.yaml`.

    Raises:
        UserError: all that is wrong with it, one line each: a key that is missing or unknown,
            a slot that the key does not have, a sentence too long for the ear.
    """
    path = folder / "replies.yaml"
    file = validate(read_yaml(path), RepliesFile, path, (_check_replies,))
    return Replies(file, load_language(folder / "language.yaml").numbers)


def fields(text: str) -> tuple[set[str], set[str]]:
    """The slots of a text, and the intents whose phrases it suggests."""
    slots, intents = set(), set()
    for _, name, _, _ in Formatter().parse(text):
        if name and name.startswith(f"{_SAY}[") and name.endswith("]"):
            intents.add(name[len(_SAY) + 1 : -1])
        elif name is not None:
            slots.add(name)
    return slots, intents


def _check_replies(tree: Any) -> list[Problem]:
    """Every key there, every slot known, no sentence too long; other errors are pydantic's."""
    if not isinstance(tree, Mapping) or not isinstance(tree.get("replies"), Mapping):
        return []
    replies = tree["replies"]
    problems: list[Problem] = [
        (("replies",), f"{key} has no text; add it") for key in Key if key not in replies
    ]
    for key in (key for key in Key if key in replies):
        wordings = _listed(replies[key])
        for text in wordings if isinstance(wordings, list) else ():
            problems += [(("replies", str(key)), what) for what in _check_text(key, text)]
    return problems


def _check_text(key: Key, text: Any) -> list[str]:
    if not isinstance(text, str):
        return []
    try:
        slots, _ = fields(text)
    except ValueError as error:
        return [f"its braces do not match ({error}); write {{slot}}"]
    found = [
        f"has no slot {slot!r}; use {', '.join(sorted(key.slots)) or 'none'}"
        for slot in sorted(slots - key.slots)
    ]
    if len(text.split()) > LONGEST_SENTENCE:
        found.append(f"is longer than {LONGEST_SENTENCE} words; make two sentences of it")
    return found
