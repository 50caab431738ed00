"""Answers to questions, at any time. None of them changes where the session is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from voiceacu.content.model import Point
from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment, number_of_sides
from voiceacu.dialogue.places import order
from voiceacu.dialogue.state import Line, Session, State, Unnamed, line, sentences
from voiceacu.nlu.types import Intent

GUIDING_TIME = 60.0
"""Seconds that guiding to a point takes, about, with the time to move."""

AT_ONCE = 3
"""Points named in one sentence."""

STEP_BY_STEP = 3.0
"""Seconds of silence in which one landmark can be felt for."""

Query = Callable[[Moment, State, Intent], Sequence[Line]]


def asked(query: Query) -> Callable[[Moment, State, Intent], State]:
    """A question as a command: its answer is said now, and what it cuts afterwards."""

    def reply(m: Moment, s: State, intent: Intent) -> State:
        topic = ":".join([intent.name, *(str(value) for value in intent.slots.values())])
        return speech.answer(m, s, topic, query(m, s, intent))

    return reply


def about_point(
    tell: Callable[[Moment, State, Point], Sequence[Line]],
) -> Callable[[Moment, State, Intent], State]:
    """A question about the point that is named, or else the current one; at rest about the one
    named last. Where there is none, it is asked for."""

    def reply(m: Moment, s: State, intent: Intent) -> State:
        wanted = str(intent.slots.get("point", s.session.point if s.session else s.about))
        if not wanted:
            s = replace(s, unnamed=Unnamed(intent.name, m.now))
            lines: Sequence[Line] = (line(Key.NAME_A_POINT, point=m.library.points[0].plain),)
        elif not m.is_known(wanted):
            lines = (line(Key.FOREIGN_POINT),)
        else:
            s = replace(s, about=wanted)
            lines = tell(m, s, m.library.point(wanted))
        return asked(lambda *_: lines)(m, s, intent)

    return reply


def where_is(_m: Moment, _s: State, point: Point) -> Sequence[Line]:
    """Where the point is."""
    return sentences(point.where)


def how_to(_: Moment, s: State, point: Point) -> Sequence[Line]:
    """How to lie and how it is pressed; who holds it already, lies well."""
    if s.session is not None and s.clock is not None and s.session.point == point.id:
        return sentences(point.how)
    return (*sentences(point.position), *sentences(point.how))


def what_for(_m: Moment, _s: State, point: Point) -> Sequence[Line]:
    """What it is used for."""
    return sentences(point.purpose)


def not_sure(_m: Moment, _s: State, point: Point) -> Sequence[Line]:
    """The landmarks step by step, and how the right place feels."""
    steps = (sentences([step], pause=STEP_BY_STEP)[0] for step in point.landmarks[1:])
    return (
        *sentences(point.landmarks[:1]),
        *steps,
        *sentences(point.feel, pause=STEP_BY_STEP),
    )


def how_hard(_m: Moment, _s: State, point: Point) -> Sequence[Line]:
    """How firmly it is pressed."""
    keys = {"gentle": Key.PRESS_GENTLE, "moderate": Key.PRESS_MODERATE, "firm": Key.PRESS_FIRM}
    return (line(keys[point.pressure], point=point.plain), line(Key.PRESS_LESS))


def how_long(m: Moment, s: State, intent: Intent) -> Sequence[Line]:
    """In a hold what is left of it, before it its length, at rest that of the routine."""
    wanted = str(intent.slots.get("point", ""))
    if wanted and not m.is_known(wanted):
        return (line(Key.FOREIGN_POINT),)
    if wanted and (s.session is None or wanted != s.session.point):
        point = m.library.point(wanted)
        length = m.replies.duration(point.hold.default)
        key = Key.LENGTH_OF_SIDES if number_of_sides(point) > 1 else Key.LENGTH_OF_POINT
        return (line(key, point=point.plain, length=length),)
    if s.session is None or s.checking:
        return routine_length(m, s, intent)
    point = m.point(s.session)
    each = number_of_sides(point) > 1
    if s.clock is not None:
        left = (line(Key.TIME_LEFT),)
        if each and s.session.side == 0:
            return (*left, line(Key.THEN_OTHER_SIDE, side=m.side(s.session, 1)))
        return left
    key = Key.LENGTH_EACH if each else Key.LENGTH_BOTH
    return (line(key, length=m.replies.duration(s.session.length)),)


def routine_length(m: Moment, s: State, _: Intent) -> Sequence[Line]:
    """About how long the whole routine takes, or the rest of it."""
    if s.session is None or s.checking:
        seconds = _seconds(m, order(m, s))
        return (line(Key.ROUTINE_LENGTH, minutes=m.replies.minutes(seconds)),)
    seconds = _seconds(m, s.session.points[s.session.index + 1 :])
    sides = number_of_sides(m.point(s.session)) - s.session.side
    seconds += m.remaining(s) + s.session.length * (sides - (s.clock is not None))
    return (line(Key.ROUTINE_LEFT, minutes=m.replies.minutes(seconds)),)


def _seconds(m: Moment, ids: Iterable[str]) -> float:
    points = [m.library.point(point) for point in ids]
    return sum(GUIDING_TIME + p.hold.default * number_of_sides(p) for p in points)


def which_point(m: Moment, s: State, _: Intent) -> Sequence[Line]:
    """Which point this is: its plain name, its own name, its number."""
    if s.session is None or s.checking:
        first = m.library.point(order(m, s)[0])
        return (line(Key.COMES_FIRST, point=first.plain, name=first.spoken),)
    point = m.point(s.session)
    number = m.replies.number(s.session.index + 1)
    count = m.replies.number(len(s.session.points))
    return (
        line(Key.THIS_IS, point=point.plain, name=point.spoken),
        line(Key.THIS_IS_NUMBER, code=point.code, number=number, count=count),
    )


def what_next(m: Moment, s: State, intent: Intent) -> Sequence[Line]:
    """The point after this one."""
    if s.session is None or s.checking:
        return which_point(m, s, intent)
    rest = s.session.points[_heard_of(s.session, s) + 1 :]
    if not rest:
        return (line(Key.NOTHING_NEXT),)
    point = m.library.point(rest[0])
    return (line(Key.COMES_NEXT, point=point.plain, name=point.spoken),)


def points_left(m: Moment, s: State, _: Intent) -> Sequence[Line]:
    """How many points come after this one."""
    if s.session is None or s.checking:
        return (line(Key.POINTS_IN_ALL, number=m.replies.number(len(order(m, s)))),)
    left = len(s.session.points) - _heard_of(s.session, s) - 1
    if left == 0:
        return (line(Key.NO_POINTS_LEFT),)
    if left == 1:
        return (line(Key.ONE_POINT_LEFT),)
    return (line(Key.POINTS_LEFT, number=m.replies.number(left)),)


def _heard_of(session: Session, s: State) -> int:
    """The place of the point that the person takes for this one: a point that is not announced
    yet is still the next one."""
    announced = all(line.key not in flow.COMES for line in s.speech.queue)
    return session.index if announced else session.index - 1


def list_points(m: Moment, s: State, _: Intent) -> Sequence[Line]:
    """The names of the points, a few at a time."""
    names = [m.library.point(point).plain for point in order(m, s)]
    groups = [names[i : i + AT_ONCE] for i in range(0, len(names), AT_ONCE)]
    return tuple(
        line(Key.MORE_POINTS if i else Key.THE_POINTS_ARE, points=m.replies.listed(group))
        for i, group in enumerate(groups)
    )


def how_often(m: Moment, _s: State, _: Intent) -> Sequence[Line]:
    """How often a week is recommended."""
    fewest, most = (m.replies.number(number) for number in m.library.sessions_a_week)
    return (line(Key.HOW_OFTEN, fewest=fewest, most=most),)


def sessions_this_week(m: Moment, s: State, intent: Intent) -> Sequence[Line]:
    """How many sessions there were this week, and how many are recommended."""
    number = s.day.sessions
    keys = {0: Key.NO_SESSIONS, 1: Key.ONE_SESSION}
    if number in keys:
        told = line(keys[number])
    else:
        told = line(Key.SESSIONS, number=m.replies.number(number))
    return (told, *how_often(m, s, intent))


def what_time(m: Moment, s: State, _: Intent) -> Sequence[Line]:
    """The time of day."""
    if s.day.wall is None:
        return (line(Key.ALL_RIGHT),)
    wall = s.day.wall + timedelta(seconds=m.now - s.day.at)
    return (line(Key.TIME_OF_DAY, time=m.replies.clock(wall.hour, wall.minute)),)


def which_side(m: Moment, s: State, intent: Intent) -> State:
    """The side and the hand; what was to be told of the side by itself is not told again."""
    if s.session is not None and intent.slots.get("point", s.session.point) == s.session.point:
        s = speech.forget(s, Key.FIRST_SIDE)
    return about_point(_side_and_hand)(m, s, intent)


def _side_and_hand(m: Moment, s: State, point: Point) -> Sequence[Line]:
    """In a hold its side, before it how both are done; then which hand."""
    session = s.session
    if session is None or session.point != point.id or s.checking:
        return sentences(point.side)
    if s.clock is None and session.side == 0 and not session.right_first:
        return sentences(point.side)
    return (line(Key.SIDE_NOW, side=m.side(session)), *sentences(point.side[1:]))


def safety(m: Moment, _s: State, _: Intent) -> Sequence[Line]:
    """When to leave it, and when to see a doctor; as long as it takes."""
    risky = [point.plain for point in m.library.points if point.avoid_in_pregnancy]
    told = [line(Key.SAFE_GENTLE), line(Key.SAFE_SKIN)]
    if risky:
        told.append(line(Key.SAFE_PREGNANT, points=m.replies.listed(risky)))
    rest = (Key.SAFE_RED_FLAGS, Key.SAFE_MORE_RED_FLAGS, Key.SAFE_GENERAL)
    return (*told, *(line(key) for key in rest))
