"""How a session flows: every change of its phase is here.

     IDLE ─start─▶ SAFETY ─answer, or silence─▶ GUIDING ─all is said─▶ READY
                                                 ▲                    ▲    │
                                            next point         other side  │ "ready", or silence
                                                 └───────┬────────────┘    ▼
     FINISHED ◀─ last point, "stop", red flag ───────────┴─────────────── HOLDING

     PAUSED: from all of a session, and back to where it was. ASLEEP: from everywhere.

Three things move it. A command calls one of these functions. The clock does in `tick`: a cue of
the hold, its end, a wait that is over. And silence does in `settle`: once nobody speaks and
nothing waits to be said, guiding becomes getting ready, a wait begins, breath tones sound. So
nobody has to know what comes after a sentence, and a question asked in between needs no way
back: it is answered, and when all is silent again the session goes on.

The hold's clock knows nothing of speech. When a hold ends in the middle of an answer, its sound
comes at once, the phase changes at once, and the next instruction waits behind the answer.
"""

from collections.abc import Iterable
from dataclasses import replace

from voiceacu.content.model import Point
from voiceacu.dialogue import speech
from voiceacu.dialogue.actions import (
    Breathe,
    Chime,
    Earcon,
    Hush,
    Record,
    SetVolume,
    StopBreathing,
)
from voiceacu.dialogue.hold import Clock
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment, number_of_sides
from voiceacu.dialogue.state import Line, Session, State, line, sentences
from voiceacu.nlu.types import Phase

READY_WAIT = 20.0
"""Seconds of silence before a hold begins by itself: time to move."""

OTHER_SIDE_WAIT = 10.0
"""The same before the second side: the way is known."""

ANSWER_WAIT = 10.0
"""Seconds of silence after the safety question before it counts as not answered."""

PAUSE_LIMIT = 900.0
"""Seconds of silence after which a paused session ends; whoever paused it is asleep."""

CHECK_HOLDS = 3600.0
"""Seconds for which the answer to the safety check is taken to hold."""

SILENT_ENDS = 2
"""Points that end without a word from the person before the voice begins to fade."""

FADE_STEP, FADE_LIMIT = -4.0, -12.0
"""Decibels by which the voice sinks with every further point, and how far."""

LEAST_HELD = 1.0
"""Seconds; shorter holds are not worth a note in the journal."""

MOVE, FIND, PLACE = 4.0, 3.0, 2.0
"""Seconds of silence to get into position, to find the point, and to lay the hands on it."""

IN_SESSION = frozenset({Phase.SAFETY, Phase.GUIDING, Phase.READY, Phase.HOLDING, Phase.PAUSED})


# Beginning


def begin(m: Moment, s: State, routine: str, order: tuple[str, ...], *first: Key) -> State:
    """Start a session of the points in `order`; the safety check comes first, once."""
    s = replace(speech.clear(s), clock=None, wait=None, back_to=None, parked=())
    s = speech.tell(m, s, (line(key) for key in first))
    s = replace(s, session=Session(routine, order, order, m.now), noted=())
    s = s.emit(Record("began", routine=routine))
    check = s.safety
    if check.asked is not None and check.pregnant is not None and m.now - check.asked < CHECK_HOLDS:
        return without_risk(m, s)
    s = replace(s, phase=Phase.SAFETY, safety=replace(s.safety, asked=m.now, pregnant=None))
    asking = (Key.RED_FLAGS_BEFORE, Key.MORE_RED_FLAGS_BEFORE, Key.ASK_PREGNANT)
    return speech.tell(m, s, (line(key) for key in asking))


def answer_check(m: Moment, s: State, pregnant: bool | None) -> State:
    """Go on after the safety question; None: nobody answered, so what might harm is left out."""
    s = replace(s, safety=replace(s.safety, pregnant=pregnant))
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
        care = line(Key.NO_ANSWER_CARE if unknown else Key.PREGNANT_CARE)
        s = speech.tell(m, s, (told, care))
    if not points:
        return end(m, s, "stopped")
    return enter(m, replace(s, session=replace(session, points=points)), 0)


def allowed(m: Moment, s: State, order: Iterable[str]) -> tuple[str, ...]:
    """The points that the answer to the safety check permits."""
    if s.safety.pregnant is False:
        return tuple(order)
    return tuple(p for p in order if not m.library.point(p).avoid_in_pregnancy)


# From point to point


def enter(m: Moment, s: State, index: int, key: Key | None = None) -> State:
    """Go to a point and guide to it, after what is still being said; `key` announces it."""
    session = replace(in_session(s), index=index, side=0)
    point = m.point(session)
    session = replace(session, length=float(point.hold.default))
    s = replace(s, phase=Phase.GUIDING, session=session, wait=None, back_to=None, parked=())
    key = key or announcement(session)
    told = line(key, point=point.plain, name=point.spoken)
    return speech.tell(m, s, (told, *guidance(point)))


def announcement(session: Session) -> Key:
    """How the current point is announced when the routine gets to it."""
    if len(session.points) == 1:
        return Key.ONLY_POINT
    if session.index == 0:
        return Key.FIRST_POINT
    return Key.LAST_POINT if session.index == len(session.points) - 1 else Key.NEXT_POINT


def guidance(point: Point) -> tuple[Line, ...]:
    """What is told of a point by itself, with silence to do each step."""
    return (
        *sentences(point.position),
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
    key = Key.HOLD_BOTH
    if number_of_sides(m.point(session)) > 1:
        key = Key.HOLD_FIRST_SIDE if session.side == 0 else Key.HOLD_SIDE
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
    return end(m, s, "completed", Key.LAST_ONE_DONE, Key.WELL_DONE)


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
    return speech.tell(m, s, (told, *parked))


# The clock


def tick(m: Moment, s: State) -> State:
    """Do all that has become due by now."""
    while True:
        due = deadline(s)
        if due is None or m.now < due:
            return s
        s = _do_due(m, s)


def deadline(s: State) -> float | None:
    """The next moment at which something is to happen without anybody's doing."""
    moments = [s.wait]
    if s.clock is not None:
        moments.append(s.clock.moment)
    if s.speech.current is not None:
        moments.append(s.speech.due)
    return min((moment for moment in moments if moment is not None), default=None)


def _do_due(m: Moment, s: State) -> State:
    clock = s.clock
    if clock is not None and clock.moment is not None and m.now >= clock.moment:
        return _cue(m, s, clock)
    if s.wait is not None and m.now >= s.wait:
        return _go_on(m, replace(s, wait=None))
    # Nobody said that the sentence ended: without this, a lost word would end the routine.
    return speech.finish(m, s)


def _cue(m: Moment, s: State, clock: Clock) -> State:
    """One sound of the hold; its words only where nothing else is being said."""
    cue = clock.cues[0][1]
    s = replace(s, clock=clock.after_cue()).emit(Chime(cue))
    if cue is Earcon.HOLD_END:
        return end_hold(m, replace(s, clock=replace(clock, left=0.0, since=None)))
    if s.speech.silent and s.fade == 0 and "loudspeaker" not in s.lost:
        key = Key.HALF_TIME if cue is Earcon.HALF_TIME else Key.LAST_SECONDS
        s = speech.tell(m, s, (line(key, lasting=False),))
    return s


def end_hold(m: Moment, s: State) -> State:
    """The time of a side is over: on to the other side, the next point or the end."""
    session = in_session(s)
    if session.side + 1 < number_of_sides(m.point(session)):
        return other_side(m, s, session.side + 1)
    if "microphone" not in s.lost:
        session = replace(session, silent_ends=session.silent_ends + 1)
    s = fade(replace(s, session=session))
    if session.index + 1 < len(session.points):
        return advance(m, speech.tell(m, s, (line(Key.LET_GO),)))
    if session.silent_ends >= SILENT_ENDS:
        return end(m, speech.clear(s), "fell_asleep")
    return advance(m, s)


def fade(s: State) -> State:
    """Sink the voice with every point that ends while nobody answers."""
    ends = in_session(s).silent_ends - SILENT_ENDS
    level = max(FADE_LIMIT, FADE_STEP * (ends + 1)) if ends >= 0 else s.fade
    if level == s.fade:
        return s
    return replace(s, fade=level).emit(SetVolume(s.settings.volume + level))


def _go_on(m: Moment, s: State) -> State:
    """A wait is over and nobody spoke."""
    if s.phase is Phase.SAFETY:
        return answer_check(m, s, None)
    if s.phase is Phase.READY:
        return begin_hold(m, s)
    if s.phase is Phase.PAUSED:
        return end(m, s, "fell_asleep")
    return s


# Silence


def settle(m: Moment, s: State) -> State:
    """What silence brings: all is said and nobody speaks."""
    if not s.speech.silent:
        return s
    if s.phase is Phase.GUIDING:
        return get_ready(m, s)
    if s.phase is Phase.HOLDING and s.settings.breathing and not s.breathing:
        if "loudspeaker" in s.lost:
            return s
        return replace(s, breathing=True).emit(Breathe(s.settings.inhale, s.settings.exhale))
    waits = {Phase.SAFETY: ANSWER_WAIT, Phase.PAUSED: PAUSE_LIMIT}
    if s.phase is Phase.READY:
        waits[Phase.READY] = ready_wait(s)
    if s.phase in waits and s.wait is None:
        return replace(s, wait=m.now + waits[s.phase])
    return s


def still(s: State) -> State:
    """No more breath tones."""
    return replace(s, breathing=False).emit(StopBreathing()) if s.breathing else s


def silence(s: State) -> State:
    """Cut everything at once, even where nothing seems to sound."""
    cut = s.speech.current is not None
    s = speech.clear(s)
    return still(s if cut else s.emit(Hush()))
