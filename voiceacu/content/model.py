"""What a points file holds, validated. Every sentence is written for the ear.

Facts come from two sources, kept beside each other as `claims`: the article (A) and the WHO
standard of point locations (B).
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

LONGEST_SENTENCE = 20
"""Words in a sentence that a listener can still hold in mind."""


def _for_the_ear(sentence: str) -> str:
    words = sentence.split()
    if len(words) > LONGEST_SENTENCE:
        raise ValueError(
            f"{len(words)} words are too long for the ear; make two sentences of at most"
            f" {LONGEST_SENTENCE} words"
        )
    unspeakable = [w for w in words if any(c.isdigit() or c in "/&%°_<>[]{}" for c in w)]
    if unspeakable:
        raise ValueError(f"no spoken form for '{unspeakable[0]}'; write it as the voice says it")
    return sentence


Sentence = Annotated[str, Field(min_length=2), AfterValidator(_for_the_ear)]
Sentences = Annotated[tuple[Sentence, ...], Field(min_length=1)]
Spoken = Annotated[str, Field(min_length=1), AfterValidator(_for_the_ear)]
Seconds = Annotated[int, Field(ge=5, le=600)]
PointId = Annotated[str, Field(pattern=r"^[A-Z]{2,3}-\d{1,3}$")]


class Strict(BaseModel):
    """Frozen, and an unknown key is an error: a typing slip must not silently vanish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Claim(Strict):
    """What one source says of one fact, restated in our words."""

    about: Literal["where", "how", "time", "purpose", "name", "safety"]
    source: str
    says: str


class Hold(Strict):
    """How long a point is held on one side (or both at once), in seconds."""

    default: Seconds
    shortest: Seconds
    longest: Seconds

    @model_validator(mode="after")
    def _default_in_range(self) -> "Hold":
        if not self.shortest <= self.default <= self.longest:
            raise ValueError(
                f"default {self.default} is outside {self.shortest} to {self.longest};"
                " choose one between shortest and longest"
            )
        return self


class Point(Strict):
    """One acupressure point.

    `plain` is what the assistant calls it first ("the knee point"), `spoken` its name as the
    voice should say it ("way jong"), `code` its number as said ("B L forty"), `part` the part
    of the body as said after "left" and "right" ("knee"). `names` are all further names people
    use; optional words stand in square brackets, alternatives in round ones. `sides` tells
    whether left and right are held in turn or at once, `side` says so, and then which hand
    to use. `stay` replaces `position` for somebody who comes from a point of the same region.
    """

    id: PointId
    name: str
    plain: Spoken
    spoken: Spoken
    code: Spoken
    part: Spoken
    names: tuple[str, ...]
    region: Literal["knee", "back", "foot", "ankle"]
    sides: Literal["each", "both"]
    hold: Hold
    pressure: Literal["gentle", "moderate", "firm"]
    avoid_in_pregnancy: bool = False
    position: Sentences
    stay: tuple[Sentence, ...] = ()
    where: Sentences
    how: Sentences
    purpose: Sentences
    landmarks: Sentences
    feel: Sentences
    side: Sentences
    easier: Sentences
    softer: Sentences
    claims: tuple[Claim, ...] = ()


class Foreign(Strict):
    """A point people may ask for that is not part of the routine."""

    id: PointId
    spoken: Spoken
    names: tuple[str, ...]


class Routine(Strict):
    """An order of points: how it is announced, what people call it, why these points."""

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    spoken: Spoken
    names: tuple[str, ...]
    points: Annotated[tuple[str, ...], Field(min_length=1)]
    grounds: str


class Source(Strict):
    """Where facts come from."""

    id: str
    title: str


class Library(Strict):
    """A whole points file: the points, the routines made of them, and tips.

    The first routine is the default one. `sessions_a_week` is the recommended least and most.
    """

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
