"""A point named by its place is the one at that place of the routine under way."""

import pytest

from voiceacu.dialogue import events
from voiceacu.dialogue.keys import Key
from voiceacu.nlu.types import Intent, Phase
from voiceacu.replay.expect import matches
from voiceacu.replay.stage import Knowing

from .room import Room, said_since


@pytest.fixture
def room(knowledge: Knowing) -> Room:
    """Somebody at rest, who has answered the safety question."""
    room = Room(knowledge)
    room.ask("not_pregnant")
    room.pass_time(30.0)
    return room


def answer(room: Room, intent: str, place: int) -> str:
    """The first sentence that comes of it."""
    before = len(room.done)
    room.ask(intent, ordinal=place)
    return said_since(room, before)[0]


@pytest.mark.parametrize(
    ("routine", "place", "point"),
    [
        ("full", 2, "BL-23"),
        ("full", 5, "GB-41"),
        ("full", -1, "BL-60"),
        ("short", 3, "BL-60"),
        ("feet", 1, "GB-41"),
        ("back", 2, "BL-25"),
        ("back", -1, "BL-52"),
    ],
)
def test_a_place_is_one_of_the_routine_under_way(
    room: Room, routine: str, place: int, point: str
) -> None:
    room.ask("start_routine", routine=routine)
    assert answer(room, "where_is", place) == room.knowledge.library.point(point).where[0]
    room.ask("go_to_point", ordinal=place)
    assert room.state.session is not None
    assert room.state.session.point == point


def test_without_a_routine_it_is_one_of_the_full_routine(room: Room) -> None:
    assert answer(room, "where_is", 2) == room.knowledge.library.point("BL-23").where[0]


def test_a_place_is_counted_without_what_is_left_out(room: Room) -> None:
    room.ask("start_routine", routine="short")
    room.ask("pregnant")
    assert answer(room, "go_to_point", -1)
    assert room.state.session is not None
    assert room.state.session.point == "BL-23"


@pytest.mark.parametrize("intent", ["where_is", "go_to_point", "only_point", "how_long"])
@pytest.mark.parametrize("place", [4, 7, -4])
def test_a_place_that_is_not_there_is_told(room: Room, intent: str, place: int) -> None:
    room.ask("start_routine", routine="short")
    before = room.state.session
    assert answer(room, intent, place) == "There are only three points this time."
    assert room.state.session == before


def test_only_one_point_is_told(room: Room) -> None:
    room.ask("only_point", point="BL-40")
    assert matches(Key.ONE_PLACE, answer(room, "where_is", 2), room.knowledge)


def test_two_unclear_places_are_asked_about_by_name(room: Room) -> None:
    room.ask("start_routine", routine="back")
    room.pass_time(room.now + 60.0, lambda: room.state.phase is Phase.READY)
    room.pass_time(room.now + 60.0, lambda: room.state.speech.silent)
    before = len(room.done)
    places = (Intent("go_to_point", {"ordinal": n}) for n in (2, 3))
    room.tell(events.Misheard(tuple(places)))
    assert said_since(room, before)[0] == "The lower back point, or the outer back point?"
