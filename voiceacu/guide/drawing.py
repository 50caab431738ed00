"""Body maps as data: shapes, marks, measures and notes, for any renderer."""

import math
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from fontTools.pens.recordingPen import RecordingPen  # type: ignore[import-untyped]
from fontTools.svgLib.path import parse_path  # type: ignore[import-untyped]
from pydantic import AfterValidator, Field, model_validator

from voiceacu.content.model import PointId, Strict
from voiceacu.content.yaml_file import read_yaml, validate

Place: TypeAlias = tuple[float, float]
Step: TypeAlias = tuple[str, tuple[Place, ...]]
"""One piece of a path, as in SVG: M (move), L (line), C (cubic curve), Z (close)."""

LETTER = 7.0
"""The mean width of a letter in a note, in units of the drawing."""

_STEPS = {"moveTo": "M", "lineTo": "L", "curveTo": "C", "closePath": "Z"}


NAME_LETTER = 9.5
"""The same in the name of a point, which is larger and bold."""

RADIUS, HALO = 11.0, 15.0
"""Of the disc that marks a point and of the glow around it, in units of the drawing."""

TICK = 4.0
"""Half the length of the strokes at the ends of a measure."""


def outline(d: str) -> tuple[Step, ...]:
    """The steps of an SVG path. Raises ValueError for what is none."""
    pen = RecordingPen()
    try:
        parse_path(d, pen)
    except (AssertionError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"not a path ({error}); write it as an SVG path") from error
    return tuple((_STEPS[name], places) for name, places in pen.value if name in _STEPS)


def _is_path(d: str) -> str:
    outline(d)
    return d


class Shape(Strict):
    """One line or area; `kind` says what it shows and so how it looks."""

    kind: Literal[
        "skin", "shade", "fold", "bone", "cord", "ray", "knuckle", "nail", "guide",
        "vertebra", "named", "bed", "pillow", "body", "limb", "far limb", "foot",
        "far foot", "arm",
    ]  # fmt: skip
    d: Annotated[str, AfterValidator(_is_path)]
    mirrored: bool = False


class Mark(Strict):
    """A point on the drawing, on one side or on both; its id is written at `name`."""

    point: PointId
    at: Annotated[tuple[Place, ...], Field(min_length=1, max_length=2)]
    name: Place | None = None


class Measure(Strict):
    """A length in widths of the person's own fingers along a level line, written at `at`."""

    begin: Place = Field(alias="from")
    end: Place = Field(alias="to")
    says: str
    at: Place


class Note(Strict):
    """A word in the drawing, centred at `at`; `to` is what it points to, `inside` a dark shape."""

    says: str
    at: Place
    to: Place | None = None
    inside: bool = False


Line: TypeAlias = tuple[str, Place, Place]
"""A straight line: its pen, its begin and its end."""


class Drawing(Strict):
    """One body map; `says` describes it to somebody who cannot see it."""

    id: Annotated[str, Field(pattern=r"^[a-z]+$")]
    title: str
    says: str
    left: int = 0
    top: int = 0
    width: Annotated[int, Field(gt=0)]
    height: Annotated[int, Field(gt=0)]
    axis: float | None = None
    wide: bool = False
    shapes: Annotated[tuple[Shape, ...], Field(min_length=1)]
    marks: Annotated[tuple[Mark, ...], Field(min_length=1)]
    measures: tuple[Measure, ...] = ()
    notes: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _axis_for_mirrored(self) -> "Drawing":
        if self.axis is None and any(shape.mirrored for shape in self.shapes):
            raise ValueError("a shape is mirrored and `axis` is missing; add it")
        return self

    def outlines(self) -> tuple[tuple[str, tuple[Step, ...]], ...]:
        """Kind and path of everything to be drawn, in order, mirror images included."""
        drawn = []
        for shape in self.shapes:
            steps = outline(shape.d)
            drawn.append((shape.kind, steps))
            if shape.mirrored and self.axis is not None:
                drawn.append((shape.kind, _mirror(steps, self.axis)))
        return tuple(drawn)

    def marked(self, points: Container[str]) -> tuple[Mark, ...]:
        """The marks of those of `points` that are on this drawing."""
        return tuple(mark for mark in self.marks if mark.point in points)

    def lines(self, points: Container[str]) -> Iterator[Line]:
        """The straight lines: measures, and from words and names to what they mean."""
        for measure in self.measures:
            yield "measure", measure.begin, measure.end
            for x, y in (measure.begin, measure.end):
                yield "measure", (x, y - TICK), (x, y + TICK)
        for note in self.notes:
            if note.to is not None:
                yield "pointer", edge_of(note.says, note.at, note.to), note.to
        for mark in self.marked(points):
            if mark.name is not None:
                place = nearest(mark.at, mark.name)
                yield "leader", edge_of(mark.point, mark.name, place, NAME_LETTER), place

    def words(self, points: Container[str]) -> Iterator[tuple[str, str, Place]]:
        """What is written: how (`note`, `inside` or `name`), what and where."""
        for measure in self.measures:
            yield "note", measure.says, measure.at
        for note in self.notes:
            yield "inside" if note.inside else "note", note.says, note.at
        for mark in self.marked(points):
            if mark.name is not None:
                yield "name", mark.point, mark.name


class Drawings(Strict):
    """A whole `drawings.yaml`."""

    drawings: Annotated[tuple[Drawing, ...], Field(min_length=1)]


def edge_of(words: str, at: Place, to: Place, letter: float = LETTER) -> Place:
    """Where a line from the middle of `words` at `at` to `to` leaves the box around them."""
    (x, y), half_width, half_height = at, len(words) * letter / 2 + 4, 10.0
    across, down = to[0] - x, to[1] - y
    share = min(half_width / max(abs(across), 1e-6), half_height / max(abs(down), 1e-6), 1.0)
    return (x + across * share, y + down * share)


def nearest(places: tuple[Place, ...], to: Place) -> Place:
    """The one of `places` that is nearest to `to`."""
    return min(places, key=lambda place: math.dist(place, to))


def load_drawings(path: Path) -> tuple[Drawing, ...]:
    """The body maps of a file. Raises UserError with every error of the file."""
    return validate(read_yaml(path), Drawings, path).drawings


def _mirror(steps: tuple[Step, ...], axis: float) -> tuple[Step, ...]:
    return tuple(
        (command, tuple((2 * axis - x, y) for x, y in places)) for command, places in steps
    )
