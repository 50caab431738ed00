"""Commands for going about: from point to point, side to side, pausing, stopping.

Each takes the moment, the state and the intent, and answers in every phase.
"""

from dataclasses import replace

from voiceacu.dialogue import attention, flow, speech
from voiceacu.dialogue.actions import Chime, Earcon, Leave
from voiceacu.dialogue.flow import in_session
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment, number_of_sides
from voiceacu.dialogue.state import Line, State, Unclear, line
from voiceacu.nlu.types import Intent, Phase

AT_REST = frozenset({Phase.IDLE, Phase.FINISHED, Phase.ASLEEP})
MISSED = 1.5
"""Seconds into a sentence in which "what?" is about the sentence before it."""

LAST = "last"
"""The routine slot for the one practised last."""


def start_routine(m: Moment, s: State, intent: Intent) -> State:
    """Begin a routine: the one that was named, or the first of the points file."""
    wanted = str(intent.slots.get("routine", ""))
    if s.session is None:
        return _start(m, s, wanted)
    if wanted not in ("", s.session.routine):
        return _start(m, flow.end(m, speech.clear(s), "stopped"), wanted)
    if s.phase is Phase.PAUSED:
        return flow.resume(m, s)
    return here(m, s, intent)


def _start(m: Moment, s: State, wanted: str) -> State:
    first: tuple[Key, ...] = ()
    if wanted == LAST:
        wanted = s.day.last_routine or ""
        first = () if wanted else (Key.NO_LAST_ROUTINE,)
    if m.is_known(wanted):
        return flow.begin(m, s, wanted, (wanted,))
    known = {routine.id: routine for routine in m.library.routines}
    routine = known.get(wanted, m.library.routines[0])
    return flow.begin(m, s, routine.id, routine.points, *first)


def here(m: Moment, s: State, intent: Intent) -> State:
    """Say where the session is, or how one begins."""
    return speech.answer(m, s, intent.name, (line_here(m, s),))


def line_here(m: Moment, s: State) -> Line:
    """One sentence on where we are, for a command that has nothing to do there."""
    if s.phase is Phase.FINISHED:
        return line(Key.ALL_DONE)
    if s.session is None:
        return line(Key.NOT_STARTED)
    if s.phase is Phase.SAFETY:
        return line(Key.ASK_PREGNANT)
    if s.phase is Phase.PAUSED:
        return line(Key.STILL_PAUSED)
    if s.phase is Phase.HOLDING:
        return line(Key.ALREADY_HOLDING)
    return line(Key.ALREADY_AT, point=m.point(s.session).plain)


def next_point(m: Moment, s: State, intent: Intent) -> State:
    """Leave this point for the next; in the safety check, leave the question."""
    if s.session is None:
        return here(m, s, intent)
    s = speech.clear(s)
    return flow.answer_check(m, s, None) if s.checking else flow.advance(m, s)


def previous_point(m: Moment, s: State, intent: Intent) -> State:
    """Back to the point before."""
    if s.session is None or s.checking:
        return here(m, s, intent)
    if s.session.index == 0:
        return speech.answer(m, s, intent.name, (line(Key.ALREADY_FIRST),))
    return _go(m, s, s.session.index - 1, Key.BACK_TO_POINT)


def restart_point(m: Moment, s: State, intent: Intent) -> State:
    """This point from its beginning."""
    if s.session is None or s.checking:
        return here(m, s, intent)
    return _go(m, s, s.session.index, Key.POINT_AGAIN)


def start_over(m: Moment, s: State, intent: Intent) -> State:
    """The routine from its beginning."""
    if s.session is None:
        return _start(m, s, s.day.last_routine or "")
    if s.checking:
        return here(m, s, intent)
    return _go(m, s, 0, Key.FIRST_POINT)


def _go(m: Moment, s: State, index: int, key: Key | None = None) -> State:
    """To a point of this session at once, whatever is being said."""
    return flow.enter(m, flow.let_go(m, speech.clear(s)), index, key)


def go_to_point(m: Moment, s: State, intent: Intent) -> State:
    """To any point; the routine goes on after it. Without a session: that point only."""
    refused = refusal(m, s, intent)
    if refused:
        return speech.answer(m, s, intent.name, refused)
    point = str(intent.slots["point"])
    if s.session is None:
        return flow.begin(m, s, point, (point,))
    if s.checking:
        return here(m, s, intent)
    points, index = s.session.points, s.session.index
    if point == s.session.point:
        return _go(m, s, index, Key.POINT_AGAIN)
    if point not in points:
        points = (*points[: index + 1], point, *points[index + 1 :])
    s = flow.let_go(m, speech.clear(s))
    s = replace(s, session=replace(in_session(s), points=points))
    back = points.index(point) < index
    return flow.enter(m, s, points.index(point), Key.BACK_TO_POINT if back else None)


def only_point(m: Moment, s: State, intent: Intent) -> State:
    """One point and nothing after it."""
    if s.session is None or s.checking:
        return go_to_point(m, s, intent)
    point = str(intent.slots.get("point", s.session.point))
    refused = refusal(m, s, Intent(intent.name, {"point": point}))
    if refused:
        return speech.answer(m, s, intent.name, refused)
    s = flow.let_go(m, speech.clear(s))
    s = replace(s, session=replace(in_session(s), points=(point,), order=(point,)))
    return flow.enter(m, s, 0)


def refusal(m: Moment, s: State, intent: Intent) -> tuple[Line, ...]:
    """Why we do not go to the point that was asked for; empty where we do."""
    wanted = str(intent.slots.get("point", ""))
    if not wanted:
        return (line(Key.NAME_A_POINT, point=m.library.points[0].plain),)
    if not m.is_known(wanted):
        return (line(Key.FOREIGN_POINT),)
    point = m.library.point(wanted)
    checked = s.phase not in AT_REST and not s.checking
    if not point.avoid_in_pregnancy or s.safety.pregnant is False:
        return ()
    if s.safety.pregnant:
        return (line(Key.NOT_WHILE_PREGNANT, point=point.plain),)
    if checked:
        return (line(Key.NO_ANSWER, points=point.plain), line(Key.NO_ANSWER_CARE))
    return ()


def repeat(m: Moment, s: State, _: Intent) -> State:
    """The sentence being said from its start, or the last one again."""
    current, said = s.speech.current, s.speech.said
    if current is not None:
        # Who asks into the first words of a sentence has missed the one before it.
        missed = s.speech.fresh and m.now - s.speech.began < MISSED
        said = (*said[-1:], current) if missed else (current,)
    told = said or (line(Key.NOTHING_SAID),)
    return speech.again(m, s, *(replace(one, pause=0.0, lasting=True) for one in told))


def pause(m: Moment, s: State, intent: Intent) -> State:
    """Freeze everything; at rest, be quiet."""
    if s.session is None:
        return here(m, speech.clear(s), intent)
    return flow.pause(m, s, Key.STILL_PAUSED if s.phase is Phase.PAUSED else Key.PAUSED)


def resume(m: Moment, s: State, intent: Intent) -> State:
    """Go on after a pause; while waiting for "ready", that is what it means."""
    if s.phase is Phase.PAUSED:
        return flow.resume(m, s)
    if s.phase is Phase.READY:
        return ready(m, s, intent)
    if s.session is None:
        woken = flow.wake_up(m, s)
        return woken or speech.answer(m, s, intent.name, (line(Key.NOTHING_PAUSED),))
    return nod(s) if s.phase is Phase.GUIDING else here(m, s, intent)


def nod(s: State) -> State:
    """A soft sound instead of words, for somebody who agrees with what goes on anyway."""
    return s.emit(Chime(Earcon.HEARD))


def ready(m: Moment, s: State, intent: Intent) -> State:
    """Begin the hold now, or the routine."""
    if s.phase in (Phase.GUIDING, Phase.READY):
        return flow.begin_hold(m, speech.clear(s))
    if s.phase is Phase.PAUSED:
        return flow.resume(m, s)
    if s.phase is Phase.IDLE:
        return _start(m, s, "")
    return flow.wake_up(m, s) or here(m, s, intent)


def stop(m: Moment, s: State, _intent: Intent) -> State:
    """Be silent at once, and end the session; with nothing to end or to silence, leave."""
    talking = s.speech.current is not None
    s = flow.silence(s)
    if s.session is not None:
        pressing = s.clock is not None and s.clock.since is not None
        return flow.end(m, s, "stopped", Key.STOPPED_HOLD if pressing else Key.STOPPED)
    if talking or s.phase is Phase.ASLEEP:
        return s
    return speech.tell(m, s, (line(Key.GOODBYE),)).emit(Leave())


def other_side(m: Moment, s: State, intent: Intent) -> State:
    """Change sides now."""
    if s.session is None or s.checking:
        return here(m, s, intent)
    if number_of_sides(m.point(s.session)) == 1:
        return speech.answer(m, s, intent.name, (line(Key.BOTH_AT_ONCE),))
    if s.session.side or s.clock is not None or s.phase is Phase.PAUSED:
        return flow.other_side(m, speech.clear(s), 1 - s.session.side)
    # Neither side is done yet, so it is only their order that changes.
    session = replace(s.session, right_first=not s.session.right_first)
    s = replace(speech.forget(s, Key.FIRST_SIDE, Key.HOLD_SIDE), session=session)
    if s.phase is Phase.READY:
        return flow.other_side(m, speech.clear(s), 0)
    return speech.answer(m, s, intent.name, (line(Key.FIRST_SIDE, side=m.side(session)),))


def yes(m: Moment, s: State, intent: Intent) -> State:
    """Assent where nothing was asked: what waits goes on."""
    choices = attention.open_choices(m, s)
    if choices:
        s = replace(s, unclear=Unclear(choices, m.now))
        return speech.remark(m, s, attention.ask_back(m, choices))
    if s.phase is Phase.SAFETY:
        return _ask_now(m, s)
    if s.phase in (Phase.READY, Phase.PAUSED):
        return ready(m, s, intent)
    if s.phase is Phase.IDLE:
        return here(m, s, intent)
    return nod(s)


def no(m: Moment, s: State, _: Intent) -> State:
    """Dissent where nothing was asked: what waits, waits longer."""
    if s.phase is Phase.SAFETY:
        return _ask_now(m, s)
    keys = {Phase.READY: Key.TAKE_YOUR_TIME, Phase.PAUSED: Key.STILL_PAUSED}
    return speech.remark(m, s, line(keys.get(s.phase, Key.ALL_RIGHT), lasting=False))


def _ask_now(m: Moment, s: State) -> State:
    """On to the next sentence of the check, for somebody who answers before the question: no word
    is taken for an answer to what was not heard yet."""
    if s.speech.silent:
        return speech.tell(m, s, (line(Key.ASK_PREGNANT),))
    return speech.say_next(m, speech.hush(s))


def thanks(m: Moment, s: State, _: Intent) -> State:
    """A kind word, which interrupts nothing."""
    return speech.remark(m, s, line(Key.WELCOME, lasting=False))
