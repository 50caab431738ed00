"""The body maps agree with the facts of the points, and can be read."""

import itertools
import math
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.model import Library
from voiceacu.errors import UserError
from voiceacu.guide.drawing import (
    HALO,
    LETTER,
    NAME_LETTER,
    Drawing,
    Place,
    load_drawings,
    outline,
)

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def by_id(drawings: tuple[Drawing, ...], name: str) -> Drawing:
    return next(d for d in drawings if d.id == name)


def places(drawing: Drawing, point: str) -> tuple[Place, ...]:
    return next(m.at for m in drawing.marks if m.point == point)


def test_every_point_is_on_a_map_of_its_own_and_on_the_one_of_the_whole_body(
    library: Library, drawings: tuple[Drawing, ...]
) -> None:
    for point in library.points:
        shown = [d for d in drawings if d.marked({point.id})]
        assert len(shown) == 2
        assert any(d.wide for d in shown)


def test_points_of_the_back_lie_where_the_standard_puts_them(drawings: tuple[Drawing, ...]) -> None:
    """BL-23 at 1.5 cun beside L2, BL-52 at 3 cun level with it, BL-25 at 1.5 cun beside L4."""
    back = by_id(drawings, "back")
    axis = back.axis
    assert axis is not None
    lateral, level = {}, {}
    for point in ("BL-23", "BL-25", "BL-52"):
        (left, y1), (right, y2) = places(back, point)
        assert axis - left == right - axis and y1 == y2
        lateral[point], level[point] = right - axis, y1
    assert lateral["BL-25"] == lateral["BL-23"]
    assert lateral["BL-52"] == 2 * lateral["BL-23"]
    assert level["BL-52"] == level["BL-23"]
    named = {n.says: n.at[1] for n in back.notes if n.inside}
    assert abs(level["BL-23"] - named["L2"]) < 10
    assert abs(level["BL-25"] - named["L4"]) < 10


def test_the_measures_reach_from_the_spine_to_the_points(drawings: tuple[Drawing, ...]) -> None:
    back = by_id(drawings, "back")
    assert back.axis is not None
    lengths = {(m.says, abs(m.end[0] - m.begin[0])) for m in back.measures}
    assert lengths == {
        ("two fingers", places(back, "BL-23")[1][0] - back.axis),
        ("four fingers", places(back, "BL-52")[1][0] - back.axis),
    }
    assert all(back.axis in (m.begin[0], m.end[0]) for m in back.measures)


def crossings(drawing: Drawing, kind: str, y: float) -> list[float]:
    """Where the lines of `kind` cross the level `y`, from left to right."""
    found = []
    for steps in (steps for k, steps in drawing.outlines() if k == kind):
        at = (0.0, 0.0)
        for command, ends in steps:
            if command == "C":
                for t in range(200):
                    a, b = (bezier(at, *ends, t=(t + d) / 200) for d in (0, 1))
                    if (a[1] < y) != (b[1] < y):
                        found.append(a[0])
            at = ends[-1] if ends else at
    return sorted(found)


def bezier(a: Place, b: Place, c: Place, d: Place, *, t: float) -> Place:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
    return x, y


def test_the_ankle_point_is_between_the_tendon_and_the_ankle_bone(
    drawings: tuple[Drawing, ...],
) -> None:
    ankle = by_id(drawings, "ankle")
    ((x, y),) = places(ankle, "BL-60")
    tendon, bone = crossings(ankle, "cord", y)[-1], crossings(ankle, "shade", y)[0]
    assert tendon < x < bone
    assert abs((x - tendon) - (bone - x)) < 0.6 * (bone - tendon)


def test_the_foot_point_is_between_the_last_two_bones_outside_the_little_toes_cord(
    drawings: tuple[Drawing, ...],
) -> None:
    foot = by_id(drawings, "foot")
    ((x, y),) = places(foot, "GB-41")
    *_, fourth, fifth = crossings(foot, "ray", y)
    (cord,) = crossings(foot, "cord", y)
    assert fourth < x < fifth
    assert cord < x  # a right foot: outside is on the right
    knuckles = [p[1] for k, steps in foot.outlines() if k == "knuckle" for _, e in steps for p in e]
    assert y > max(knuckles)


def test_the_knee_point_is_in_the_middle_of_the_crease(drawings: tuple[Drawing, ...]) -> None:
    knee = by_id(drawings, "knee")
    ((x, y),) = places(knee, "BL-40")
    left, right = crossings(knee, "skin", y)
    assert x == pytest.approx((left + right) / 2, abs=5)
    creases = [e for k, steps in knee.outlines() if k == "fold" for _, e in steps]
    assert min(abs(p[1] - y) for e in creases for p in e) < 10


def boxes(drawing: Drawing, numbers: Container[str]) -> Iterator[tuple[str, Box]]:
    """What is written and each point's disc, with the room it takes."""
    for kind, says, (x, y) in drawing.words(numbers):
        half = len(says) * (NAME_LETTER if kind == "name" else LETTER) / 2
        yield f"{says} at {x:g},{y:g}", (x - half, y - 7, x + half, y + 7)
    for mark in drawing.marked(numbers):
        if not drawing.wide:  # from the side, three points lie next to each other
            for x, y in mark.at:
                yield mark.point, (x - HALO, y - HALO, x + HALO, y + HALO)


def test_no_words_run_into_each_other_or_out_of_the_picture(
    library: Library, drawings: tuple[Drawing, ...]
) -> None:
    numbers = {p.id: 1 for p in library.points}
    for drawing in drawings:
        found = list(boxes(drawing, numbers))
        for name, (x1, y1, x2, y2) in found:
            assert drawing.left <= x1 and x2 <= drawing.left + drawing.width, name
            assert drawing.top <= y1 and y2 <= drawing.top + drawing.height, name
        for (one, a), (two, b) in itertools.combinations(found, 2):
            overlap = min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
            assert not overlap, f"{drawing.id}: {one} and {two}"


def test_a_line_to_a_name_ends_before_its_letters(
    drawings: tuple[Drawing, ...], library: Library
) -> None:
    ids = {p.id for p in library.points}
    for drawing in drawings:
        names = [m.name for m in drawing.marks if m.name]
        starts = [begin for kind, begin, _ in drawing.lines(ids) if kind == "leader"]
        assert len(starts) == len(names)
        assert all(math.dist(s, n) >= 10 for s, n in zip(starts, names, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("kind: fold", "kind: crease", "shapes"),
        ("M 88 300 L 392 300", "M 88 three", "not a path"),
        ("axis: 240", "axsi: 240", "axsi"),
        ("    axis: 240\n", "", "mirrored"),
    ],
)
def test_errors_of_the_file_come_with_their_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    text = (data_folder() / "drawings.yaml").read_text()
    assert old in text
    (tmp_path / "drawings.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(UserError, match=rf"drawings\.yaml:\d+: .*{complaint}"):
        load_drawings(tmp_path / "drawings.yaml")


def test_a_path_keeps_its_steps() -> None:
    assert outline("M 1 2 L 3 4 C 1 1 2 2 5 6 Z") == (
        ("M", ((1, 2),)),
        ("L", ((3, 4),)),
        ("C", ((1, 1), (2, 2), (5, 6))),
        ("L", ((1, 2),)),
        ("Z", ()),
    )
