"""The points file that ships: the facts it must hold and how its sentences sound."""

import re

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.model import Library, Point

SAID = ("position", "where", "how", "purpose", "landmarks", "feel", "side", "easier", "softer")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(data_folder() / "points.yaml")


def sentences(point: Point) -> list[str]:
    return [sentence for field in SAID for sentence in getattr(point, field)]


def test_the_full_routine_is_the_articles_order_and_the_default(library: Library) -> None:
    order = ("BL-40", "BL-23", "BL-25", "BL-52", "GB-41", "BL-60")
    assert library.routines[0].id == "full"
    assert library.routines[0].points == order
    assert tuple(point.id for point in library.points) == order


def test_the_feet_routine_spares_the_fists(library: Library) -> None:
    points = [library.point(id_) for id_ in library.routine("feet").points]
    assert {point.region for point in points} <= {"foot", "ankle"}
    assert not [s for point in points for s in point.how if "fist" in s]


def test_the_other_routines(library: Library) -> None:
    assert len(library.routine("short").points) == 3
    assert {library.point(id_).region for id_ in library.routine("back").points} == {"back"}


@pytest.mark.parametrize(
    ("point_id", "default", "longest"),
    [
        ("BL-40", 60, 120),
        ("BL-23", 120, 300),
        ("BL-25", 60, 120),
        ("BL-52", 120, 300),
        ("GB-41", 60, 120),
        ("BL-60", 60, 120),
    ],
)
def test_holds_follow_the_article(
    library: Library, point_id: str, default: int, longest: int
) -> None:
    hold = library.point(point_id).hold
    assert (hold.default, hold.longest) == (default, longest)


def test_each_foot_is_held_in_turn_and_fists_work_on_both_sides(library: Library) -> None:
    assert library.point("GB-41").sides == "each"
    assert all(point.sides == "both" for point in library.points if point.region == "back")


def test_only_the_ankle_point_is_left_out_in_pregnancy(library: Library) -> None:
    assert [p.id for p in library.points if p.avoid_in_pregnancy] == ["BL-60"]


def test_the_point_of_the_misplaced_picture_is_foreign(library: Library) -> None:
    assert [foreign.id for foreign in library.foreign] == ["ST-41"]
    named = " ".join(library.point("GB-41").names).lower()
    assert "xi" not in named.split() and "stream" not in named


def test_both_sources_are_kept_where_they_differ(library: Library) -> None:
    for point in library.points:
        assert {claim.source for claim in point.claims if claim.about == "where"} == {"A", "B"}
    heights = {c.source: c.says for c in library.point("BL-52").claims if c.about == "where"}
    assert "above BL-23" in heights["A"]
    assert "level with BL-23" in heights["B"]


def test_what_is_said_of_the_outer_back_point_holds_for_both_sources(library: Library) -> None:
    said = " ".join(library.point("BL-52").where)
    assert "waist height" in said and "three inches" in said and "four finger widths" in said
    assert "above" not in said


def test_the_ankle_point_is_on_the_outer_side(library: Library) -> None:
    assert "outer side" in " ".join(library.point("BL-60").where)


def test_sentences_are_short(library: Library) -> None:
    lengths = [len(s.split()) for p in library.points for s in sentences(p)]
    lengths += [len(tip.split()) for tip in library.tips]
    assert sum(lengths) / len(lengths) <= 12
    assert max(lengths) <= 20


def test_nothing_is_diagnosed_or_promised(library: Library) -> None:
    said = " ".join(s for p in library.points for s in sentences(p)) + " ".join(library.tips)
    assert not re.findall(r"\b(cures?|heals?|treats?|diagnos\w+|guarantee\w*|will help)\b", said)


def test_every_point_is_called_by_a_plain_name_first(library: Library) -> None:
    assert all(re.fullmatch(r"the [a-z ]+ point", point.plain) for point in library.points)
    assert len({point.plain for point in library.points}) == len(library.points)
