"""Points named by their place: "point two", "the last one", in the routine under way."""

from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import Line, State, line
from voiceacu.nlu.types import Intent

PLACE = "ordinal"
"""The slot of a place: 1 is the first point, -1 the last one."""


def order(m: Moment, s: State) -> tuple[str, ...]:
    """The points of this session, or of the routine that begins where none is named."""
    return s.session.points if s.session is not None else m.library.routines[0].points


def with_point(m: Moment, s: State, intent: Intent) -> Intent:
    """The same command with the point itself, where the routine has one at that place."""
    place = intent.slots.get(PLACE)
    points = order(m, s)
    if not isinstance(place, int) or not 0 < abs(place) <= len(points):
        return intent
    slots = {name: value for name, value in intent.slots.items() if name != PLACE}
    return Intent(intent.name, {**slots, "point": points[place - 1 if place > 0 else place]})


def no_such_place(m: Moment, s: State) -> Line:
    """How many points there are, for whoever named one more."""
    points = order(m, s)
    if len(points) == 1:
        return line(Key.ONE_PLACE)
    return line(Key.NO_SUCH_PLACE, number=m.replies.number(len(points)))
