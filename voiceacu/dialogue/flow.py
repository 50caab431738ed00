"""How a session flows: every change of its phase is here.

     IDLE ─start─▶ SAFETY ─answer, or silence─▶ GUIDING ─all is said─▶ READY
                                                 ▲                    ▲    │
                                            next point         other side  │ "ready", or silence
                                                 └───────┬────────────┘    ▼
     FINISHED ◀─ last point, "stop", red flag ───────────┴─────────────── HOLDING

     PAUSED: from all of a session, and back to where it was. ASLEEP: from everywhere.

A command calls one of these functions, or `timing` does: time and silence move a session too.
"""

from collections.abc import Iterable
from dataclasses import replace

from voiceacu.content.model import Point
from voiceacu.dialogue import speech
from voiceacu.dialogue.actions import (
    Chime,
    Earcon,
    Hush,
    Record,
    StopBreathing,
)
from voiceacu.dialogue.hold import Clock
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment, number_of_sides
from voiceacu.dialogue.state import Line, Session, Slept, State, line, sentences
from voiceacu.nlu.types import Phase

READY_WAIT = 20.0
"""Seconds of silence before a hold begins by itself: time to move."""

OTHER_SIDE_WAIT = 10.0
"""The same before the second side: the way is known."""

CHECK_HOLDS = 3600.0
"""Seconds for which the safety check is taken to hold."""

LEAST_HELD = 1.0
"""Seconds; shorter holds are not worth a note in the journal."""

COMES = frozenset({Key.NEXT_POINT, Key.LAST_POINT})
"""What the routine announces a point with when it gets there by itself."""

MOVE, FIND, PLACE = 4.0, 3.0, 2.0
"""Seconds of silence to get into position, to find the point, and to lay the hands on it."""


# Beginning


def begin(m: Moment, s: State, routine: str, order: tuple[str, ...], *first: Key) -> State:
    """Start a session of the points in `order`; the safety check comes first, once."""
    s = replace(speech.clear(s), clock=None, wait=None, back_to=None, parked=())
    s = speech.tell(m, s, (line(key) for key in first))
    s = replace(s, session=Session(routine, order, order, m.now), noted=(), slept=None)
    return check(m, s.emit(Record("began", routine=routine)))


def check(m: Moment, s: State) -> State:
    """Tell the warning signs and ask the safety question, each unless that was done lately.

    An answer that was remembered is told instead of asked for, so that it can be corrected.
    """
    known = s.safety.pregnant is not None and (s.safety.kept or _lately(m, s.safety.asked))
    warned = _lately(m, s.safety.warned)
    if not warned:
        s = replace(s, safety=replace(s.safety, warned=m.now))
        s = speech.tell(m, s, (line(Key.RED_FLAGS_BEFORE), line(Key.MORE_RED_FLAGS_BEFORE)))
    if not known:
        s = replace(s, phase=Phase.SAFETY, safety=replace(s.safety, asked=m.now, pregnant=None))
        return speech.tell(m, s, (line(Key.ASK_PREGNANT),))
    if not warned and s.safety.remembered is False:
        s = speech.tell(m, s, (line(Key.REMEMBERED_NO),))
    return without_risk(m, s)


def _lately(m: Moment, then: float | None) -> bool:
    return then is not None and m.now - then < CHECK_HOLDS


def take_answer(m: Moment, s: State, pregnant: bool) -> State:
    """The answer to the safety question, also for the journal where that was asked for."""
    s = replace(s, safety=replace(s.safety, asked=m.now, pregnant=pregnant))
    return s.emit(Record("remembered", pregnant=pregnant)) if s.safety.kept else s


def answer_check(m: Moment, s: State, pregnant: bool | None) -> State:
    """Go on after the safety question; None: nobody answered, so what might harm is left out."""
    if pregnant is None:
        s = replace(s, safety=replace(s.safety, asked=m.now))
    else:
        s = take_answer(m, s, pregnant)
    if pregnant is False:
        s = speech.tell(m, s, (line(Key.THANKS_FOR_NO),))
    return without_risk(m, s)


def without_risk(m: Moment, s: State) -> State:
    """Enter the first point that may be done; say which points are left out and why."""
    session = in_session(s)
    points = allowed(m, s, session.order)
    out = [m.library.point(p).plain for p in session.order if p not in points]
    if out:
        unknown = s.safety.pregnant is None
        told = line(Key.NO_ANSWER if unknown else Key.LEFT_OUT, points=m.replies.listed(out))
        care = (line(Key.NO_ANSWER_CARE),) if unknown else pregnant_care(m, points)
        s = speech.tell(m, s, (told, *care))
    if not points:
        return end(m, s, "stopped")
    return enter(m, replace(s, session=replace(session, points=points)), 0)


def pregnant_care(m: Moment, points: Iterable[str]) -> tuple[Line, ...]:
    """What else to know in pregnancy, where any of these points lies on the back."""
    on_the_back = any(m.library.point(point).region == "back" for point in points)
    return (line(Key.PREGNANT_CARE),) if on_the_back else ()


def allowed(m: Moment, s: State, order: Iterable[str]) -> tuple[str, ...]:
    """The points that the answer to the safety check permits."""
    if s.safety.pregnant is False:
        return tuple(order)
    return tuple(p for p in order if not m.library.point(p).avoid_in_pregnancy)


# From point to point


def enter(m: Moment, s: State, index: int, key: Key | None = None) -> State:
    """Go to a point and guide to it, after what is still being said; `key` announces it."""
    session = replace(in_session(s), index=index, side=0, right_first=False)
    point = m.point(session)
    there = session.region == point.region and key is not Key.POINT_AGAIN
    session = replace(session, length=float(point.hold.default), region=point.region)
    s = replace(s, phase=Phase.GUIDING, session=session, wait=None, back_to=None, parked=())
    told = [line(key or announcement(session), point=point.plain, name=point.spoken)]
    if number_of_sides(point) > 1:
        told.append(line(Key.FIRST_SIDE, side=m.side(session)))
    return speech.tell(m, s, (*told, *guidance(point, there)))


def announcement(session: Session) -> Key:
    """How the current point is announced when the routine gets to it."""
    if len(session.points) == 1:
        return Key.ONLY_POINT
    if session.index == 0:
        return Key.FIRST_POINT
    return Key.LAST_POINT if session.index == len(session.points) - 1 else Key.NEXT_POINT


def guidance(point: Point, there: bool) -> tuple[Line, ...]:
    """What is told of a point by itself, with silence to do each step; `there`: the person lies
    as for the point before."""
    return (
        *sentences((there and point.stay) or point.position),
        *sentences(point.where, pause=MOVE),
        *sentences(point.how, pause=FIND),
    )


def get_ready(m: Moment, s: State) -> State:
    """Say which side is held for how long, and wait for "ready"."""
    told = this_hold(m, in_session(s), pause=PLACE if s.phase is Phase.GUIDING else 0.0)
    s = replace(s, phase=Phase.READY, wait=None)
    return speech.tell(m, s, (told, ready_prompt(m, s)))


def this_hold(m: Moment, session: Session, pause: float = 0.0) -> Line:
    """Which side is held, and for how long."""
    key = Key.HOLD_SIDE if number_of_sides(m.point(session)) > 1 else Key.HOLD_BOTH
    length = m.replies.duration(session.length)
    return line(key, pause=pause, length=length, side=m.side(session))


def ready_prompt(m: Moment, s: State) -> Line:
    """How the hold begins, and when it begins by itself."""
    return line(Key.READY_PROMPT, wait=m.replies.duration(ready_wait(s)))


def ready_wait(s: State) -> float:
    """How long silence lasts before the hold begins."""
    return READY_WAIT if in_session(s).side == 0 else OTHER_SIDE_WAIT


def begin_hold(m: Moment, s: State) -> State:
    """Start the clock of the current side, with its sound."""
    session = in_session(s)
    told = [this_hold(m, session)] if s.phase is Phase.GUIDING else []
    if s.settings.breathing and not session.breath_told:
        told.append(line(Key.BREATHE_WITH_TONES))
    s = replace(
        s,
        phase=Phase.HOLDING,
        wait=None,
        clock=Clock.start(session.length, m.now),
        session=replace(session, breath_told=True),
    ).emit(Chime(Earcon.HOLD_START))
    return speech.tell(m, s, told)


def other_side(m: Moment, s: State, side: int) -> State:
    """Get ready for another side of the same point."""
    s = let_go(m, s)
    s = replace(s, session=replace(in_session(s), side=side))
    return get_ready(m, replace(s, phase=Phase.READY, back_to=None, parked=()))


def advance(m: Moment, s: State) -> State:
    """Leave the current point for the next, or finish after the last."""
    index = in_session(s).index + 1
    s = let_go(m, s)
    if index < len(in_session(s).points):
        return enter(m, s, index)
    last = (Key.LAST_ONE_DONE,) if index > 1 else ()
    return end(m, s, "completed", *last, Key.WELL_DONE)


def let_go(m: Moment, s: State) -> State:
    """End the hold, if one is on, and hand it to the journal.

    A hold that was taken back and ends again adds only what is new.
    """
    if s.clock is None:
        return s
    session, held = in_session(s), s.clock.elapsed(m.now)
    noted = s.noted[session.holds] if session.holds < len(s.noted) else 0.0
    s = replace(
        still(s),
        clock=None,
        session=replace(session, holds=session.holds + 1),
        noted=(*s.noted[: session.holds], max(held, noted)),
    )
    if held - noted < LEAST_HELD:
        return s
    return s.emit(Record("held", point=session.point, seconds=round(held - noted, 1)))


def end(m: Moment, s: State, outcome: str, *keys: Key) -> State:
    """End the session, with a few words after what is still being said."""
    s = still(let_go(m, s))
    session = in_session(s)
    held = max(s.noted, default=0.0) >= LEAST_HELD
    day = replace(s.day, sessions=s.day.sessions + held, last_routine=session.routine)
    s = s.emit(Record("ended", routine=session.routine, outcome=outcome))
    s = replace(s, phase=Phase.FINISHED, session=None, day=day, wait=None, back_to=None, parked=())
    return speech.tell(m, s, (line(key) for key in keys))


def fall_asleep(m: Moment, s: State) -> State:
    """End the session without a word; who wakes up soon may go on with it."""
    day = s.day
    s = speech.clear(let_go(m, s))
    slept = Slept(in_session(s), day, m.now)
    return replace(end(m, s, "fell_asleep"), slept=slept)


def wake_up(m: Moment, s: State) -> State | None:
    """Go on with the session of somebody who fell asleep lately; None where there is none."""
    if s.slept is None or s.phase is not Phase.FINISHED or not _lately(m, s.slept.at):
        return None
    session = replace(s.slept.session, silent_ends=0, region="")
    s = replace(speech.clear(s), session=session, day=s.slept.day, slept=None)
    s = s.emit(Record("reopened", routine=session.routine))
    return enter(m, s, session.index, Key.BACK_TO_POINT)


def in_session(s: State) -> Session:
    """The session at work; only asked for in phases that have one."""
    if s.session is None:
        raise LookupError(f"no session in phase {s.phase}")
    return s.session


# Pausing


def pause(m: Moment, s: State, *keys: Key) -> State:
    """Freeze the clock and what was being said; say a few words instead."""
    back_to = s.back_to if s.phase is Phase.PAUSED else s.phase
    s = speech.cut(s)
    parked = s.parked if s.phase is Phase.PAUSED else s.speech.queue
    clock = s.clock.frozen(m.now) if s.clock is not None else None
    s = replace(still(s), speech=replace(s.speech, queue=()), parked=parked, clock=clock)
    s = replace(s, phase=Phase.PAUSED, back_to=back_to, wait=None)
    return speech.tell(m, s, (line(key) for key in keys))


def resume(m: Moment, s: State) -> State:
    """Go on where the pause was, and say where that is."""
    session = in_session(s)
    back_to, parked = s.back_to or Phase.GUIDING, s.parked
    clock = s.clock.running(m.now) if s.clock is not None else None
    s = replace(speech.clear(s), phase=back_to, back_to=None, parked=(), clock=clock, wait=None)
    plain = m.point(session).plain
    if back_to is Phase.SAFETY:
        told = line(Key.RESUMED_CHECK)
    elif clock is not None:
        s = s.emit(Chime(Earcon.HOLD_START))
        told = line(Key.RESUMED_HOLD, point=plain, side=m.side(session))
    else:
        told = line(Key.RESUMED, point=plain)
    if back_to is Phase.READY and not parked:
        parked = (ready_prompt(m, s),)
    return speech.tell(m, s, (told, *parked))


# Sound


def still(s: State) -> State:
    """No more breath tones."""
    return replace(s, breathing=False).emit(StopBreathing()) if s.breathing else s


def silence(s: State) -> State:
    """Cut everything at once, even where nothing seems to sound."""
    cut = s.speech.current is not None
    s = speech.clear(s)
    return still(s if cut else s.emit(Hush()))
