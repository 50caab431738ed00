"""The words of the guide, from `guide.yaml`."""

from pathlib import Path
from typing import Literal

from voiceacu.content.model import Strict
from voiceacu.content.yaml_file import read_yaml, validate


class SayGroup(Strict):
    """Some commands for one purpose, by their intents."""

    title: str
    intents: tuple[str, ...]


class Say(Strict):
    """The card of what can be said."""

    title: str
    lead: str
    groups: tuple[SayGroup, ...]


class Heading(Strict):
    """A section's heading, and a sentence below it."""

    title: str
    lead: str = ""


class Points(Strict):
    """The headings within a point."""

    title: str
    where: str
    how: str
    landmarks: str
    feel: str
    softer: str
    pressure: dict[Literal["gentle", "moderate", "firm"], str]


class Columns(Strict):
    """The headings of the table of times."""

    point: str
    sides: str
    hold: str
    range: str


class Times(Strict):
    """The table of times, and how a time is written."""

    title: str
    columns: Columns
    sides: dict[Literal["each", "both"], str]
    seconds: str
    minutes: str
    both: str
    twice: str
    range: str
    total: str
    note: str
    routines: str
    routine: str

    def duration(self, seconds: int) -> str:
        """`seconds` as this language writes a time."""
        minutes, rest = divmod(seconds, 60)
        in_minutes, in_seconds = self.minutes.format(n=minutes), self.seconds.format(n=rest)
        if not rest:
            return in_minutes
        return self.both.format(minutes=in_minutes, seconds=in_seconds) if minutes else in_seconds


class Flags(Strict):
    """Signs that send somebody to a doctor."""

    lead: str
    items: tuple[str, ...]


class Safety(Strict):
    """The box that comes first."""

    title: str
    lines: tuple[str, ...]
    flags: Flags
    note: str


class Words(Strict):
    """A whole `guide.yaml`."""

    title: str
    lead: str
    say: Say
    maps: Heading
    points: Points
    times: Times
    safety: Safety
    tips: Heading
    sources: str
    private: str


def load_words(path: Path) -> Words:
    """The words of the guide. Raises UserError with every error of the file."""
    return validate(read_yaml(path), Words, path)
