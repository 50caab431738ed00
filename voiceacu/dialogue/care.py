"""When something is not right: pain, discomfort, a warning sign, pregnancy.

Pressure ends first, words come after. Nothing here diagnoses, and nothing promises.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.actions import Record
from voiceacu.dialogue.going import here
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import Line, Session, State, line, sentences
from voiceacu.nlu.types import Intent, Phase

_ANSWERS: Mapping[str, bool] = {"pregnant": True, "not_pregnant": False}
"""Values of the slot `answer`: "remember that I'm pregnant"."""


def it_hurts(m: Moment, s: State, intent: Intent) -> State:
    """Let go at once; everything waits."""
    s = flow.silence(s)
    advice = (Key.REST_AND_BREATHE, Key.HURT_ADVICE)
    if s.session is None:
        return speech.answer(m, s, intent.name, (line(Key.RELEASE), line(Key.HURT_AT_REST)))
    return flow.pause(m, s, Key.RELEASE, *advice, Key.HURT_CHOICE)


def red_flag(m: Moment, s: State, intent: Intent) -> State:
    """A sign that belongs to a doctor: end kindly, say so."""
    return _interrupt(m, s, intent, _stop, Key.SEE_DOCTOR, Key.SEE_DOCTOR_KINDLY)


def emergency(m: Moment, s: State, intent: Intent) -> State:
    """Help that only people can give: nobody was called; everything waits.

    It may have been said on television, so nothing ends.
    """
    return _interrupt(m, s, intent, flow.pause, Key.CANNOT_CALL, Key.CALL_YOURSELF)


def too_uncomfortable(m: Moment, s: State, intent: Intent) -> State:
    """Ease off, and how to make it softer; the clock runs on."""
    if s.session is None or s.checking:
        return speech.answer(m, s, intent.name, (line(Key.SAFE_GENTLE),))
    softer = sentences(m.point(s.session).softer)
    return speech.answer(m, s, intent.name, (line(Key.EASE_OFF), *softer))


def cannot_reach(m: Moment, s: State, intent: Intent) -> State:
    """An easier way, or to leave it out; a hold begins again once the place is reached."""
    if s.session is None or s.checking:
        return here(m, s, intent)
    lines = (*sentences(m.point(s.session).easier), line(Key.OR_SKIP))
    if s.phase is not Phase.HOLDING:
        return speech.answer(m, s, intent.name, lines)
    s = speech.tell(m, speech.clear(s), lines)
    return flow.other_side(m, s, s.session.side if s.session else 0)


def pregnant(m: Moment, s: State, intent: Intent) -> State:
    """Leave out what is not advised in pregnancy, from now on."""
    return _checked(m, s, intent, True)


def not_pregnant(m: Moment, s: State, intent: Intent) -> State:
    """Put back what was left out in doubt."""
    return _checked(m, s, intent, False)


def remember_answer(m: Moment, s: State, intent: Intent) -> State:
    """Keep the answer to the safety question beyond this run: the one given, or the next one."""
    said = str(intent.slots.get("answer", ""))
    if said in _ANSWERS:
        s = replace(s, safety=replace(s.safety, kept=True))
        return _checked(m, s, intent, _ANSWERS[said], line(Key.REMEMBERED))
    told = line(Key.REMEMBERED if s.safety.pregnant is not None else Key.REMEMBER_WHAT)
    if s.safety.pregnant is not None and not s.safety.kept:
        s = s.emit(Record("remembered", pregnant=s.safety.pregnant))
    s = replace(s, safety=replace(s.safety, kept=True))
    return speech.answer(m, s, intent.name, (told,))


def forget_answer(m: Moment, s: State, intent: Intent) -> State:
    """Keep it no longer; it holds for the session under way, and is asked for before the next."""
    if s.safety.remembered is not None:
        s = s.emit(Record("forgotten"))
    s = replace(s, safety=replace(s.safety, kept=False, asked=None))
    return speech.answer(m, s, intent.name, (line(Key.FORGOTTEN),))


def _interrupt(
    m: Moment, s: State, intent: Intent, leave: Callable[..., State], *told: Key
) -> State:
    """Fall silent, let go of what is pressed, leave the session with `leave`, and say why."""
    s = flow.silence(s)
    if s.session is None:
        return speech.answer(m, s, intent.name, (line(key) for key in told))
    pressing = () if s.checking else (Key.RELEASE,)
    return leave(m, s, *pressing, *told)


def _stop(m: Moment, s: State, *keys: Key) -> State:
    return flow.end(m, s, "stopped", *keys)


def _checked(m: Moment, s: State, intent: Intent, answer: bool, *first: Line) -> State:
    if s.checking:
        return flow.answer_check(m, speech.tell(m, speech.clear(s), first), answer)
    s = speech.forget(s, Key.NO_ANSWER, Key.NO_ANSWER_CARE)
    s = flow.take_answer(m, s, answer)
    if s.session is None:
        return speech.answer(m, s, intent.name, first or (line(Key.GOOD_TO_KNOW),))
    before, current = s.session.points, s.session.point
    points = _permitted(m, s, s.session)
    gone = [m.library.point(point).plain for point in before if point not in points]
    back = [m.library.point(point).plain for point in points if point not in before]
    lines = [*first]
    if gone:
        told = line(Key.LEFT_OUT, points=m.replies.listed(gone))
        lines += [told, *flow.pregnant_care(m, points)]
    elif back:
        lines.append(line(Key.BROUGHT_BACK, points=m.replies.listed(back)))
    lines = lines or [line(Key.GOOD_TO_KNOW)]
    if current not in points:
        return _drop_current(m, s, points, lines)
    session = replace(s.session, points=points, index=points.index(current))
    return speech.answer(m, replace(s, session=session), intent.name, lines)


def _permitted(m: Moment, s: State, session: Session) -> tuple[str, ...]:
    """The points of a session after the answer; what comes back is not behind us."""
    points = list(flow.allowed(m, s, session.points))
    for place, point in enumerate(session.order):
        if point not in points and point in flow.allowed(m, s, session.order):
            before = [points.index(p) for p in session.order[:place] if p in points]
            points.insert(max([session.index, *before]) + 1, point)
    return tuple(points)


def _drop_current(m: Moment, s: State, points: tuple[str, ...], lines: list[Line]) -> State:
    """The current point is not permitted any more: let go, and on to the next."""
    session = flow.in_session(s)
    index = sum(1 for point in session.points[: session.index] if point in points)
    s = speech.tell(m, speech.clear(s), (line(Key.RELEASE), *lines))
    s = flow.let_go(m, s)
    if index >= len(points):
        return flow.end(m, s, "stopped")
    return flow.enter(m, replace(s, session=replace(flow.in_session(s), points=points)), index)
