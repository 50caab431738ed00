"""What a points file holds, validated. Every sentence is written for the ear.

Facts come from two sources, kept beside each other as `claims`: the article (A) and the WHO
standard of point locations (B).
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sentence = Annotated[str, Field(min_length=2, max_length=160)]
Sentences = Annotated[tuple[Sentence, ...], Field(min_length=1)]
Seconds = Annotated[int, Field(ge=5, le=600)]


class Strict(BaseModel):
    """Frozen, and an unknown key is an error: a typing slip must not silently vanish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Claim(Strict):
    """What one source says of one fact, restated in our words."""

    about: Literal["where", "how", "time", "purpose", "name"]
    source: str
    says: str


class Hold(Strict):
    """How long a point is held on one side (or both at once), in seconds."""

    default: Seconds
    shortest: Seconds
    longest: Seconds


class Point(Strict):
    """One acupressure point.

    `plain` is what the assistant calls it first ("the knee point"), `spoken` its name as the
    voice should say it ("way jong"), `code` its number as said ("B L forty"). `names` are all
    further names people use. `sides` tells whether left and right are held in turn or at once.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]{2,3}-\d{1,3}$")]
    name: str
    plain: str
    spoken: str
    code: str
    names: tuple[str, ...]
    region: Literal["knee", "back", "foot", "ankle"]
    sides: Literal["each", "both"]
    hold: Hold
    pressure: Literal["gentle", "moderate", "firm"]
    avoid_in_pregnancy: bool = False
    position: Sentences
    where: Sentences
    how: Sentences
    purpose: Sentences
    landmarks: Sentences
    feel: Sentences
    easier: Sentences
    softer: Sentences
    claims: tuple[Claim, ...] = ()


class Foreign(Strict):
    """A point people may ask for that is not part of the routine."""

    id: str
    names: tuple[str, ...]


class Routine(Strict):
    """An order of points, with the name it is asked for by and how it is announced."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    spoken: str
    points: Annotated[tuple[str, ...], Field(min_length=1)]
    grounds: str


class Source(Strict):
    """Where facts come from."""

    id: str
    title: str


class Library(Strict):
    """A whole points file: the points, the routines made of them, tips and safety."""

    language: str
    sources: tuple[Source, ...]
    points: Annotated[tuple[Point, ...], Field(min_length=1)]
    foreign: tuple[Foreign, ...] = ()
    routines: Annotated[tuple[Routine, ...], Field(min_length=1)]
    tips: Sentences
    sessions_a_week: tuple[int, int]

    def point(self, point_id: str) -> Point:
        """The point with this id; raises KeyError where there is none."""
        return {p.id: p for p in self.points}[point_id]

    def routine(self, routine_id: str) -> Routine:
        """The routine with this id; raises KeyError where there is none."""
        return {r.id: r for r in self.routines}[routine_id]
