"""Commands for the length of the hold: of the one that runs, or of the one to come."""

from dataclasses import replace

from voiceacu.dialogue import speech
from voiceacu.dialogue.going import here, nod
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import State, line
from voiceacu.nlu.types import Intent, Phase

STEP = 30.0
"""Seconds that "longer" adds where it names none."""

NOT_AT_ONCE = 5.0
"""Seconds that are left at least when a running hold is made shorter."""


def longer(m: Moment, s: State, intent: Intent) -> State:
    """Some seconds more."""
    return _change(m, s, intent, _length(s) + float(intent.slots.get("seconds", STEP)))


def shorter(m: Moment, s: State, intent: Intent) -> State:
    """Some seconds less."""
    return _change(m, s, intent, _length(s) - float(intent.slots.get("seconds", STEP)))


def set_hold(m: Moment, s: State, intent: Intent) -> State:
    """Another length, counted from the hold's beginning."""
    return _change(m, s, intent, float(intent.slots.get("seconds", _length(s))))


def keep_going(m: Moment, s: State, intent: Intent) -> State:
    """Stay here: a hold becomes as long as its point allows, a wait begins anew."""
    if s.phase is Phase.READY:
        return speech.answer(m, s, intent.name, (line(Key.TAKE_YOUR_TIME),))
    if s.phase is Phase.HOLDING and s.session is not None:
        s = _with_length(m, s, float(m.point(s.session).hold.longest))
        return speech.answer(m, s, intent.name, (line(Key.STAY),))
    return nod(s) if s.phase is Phase.GUIDING else here(m, s, intent)


def _length(s: State) -> float:
    return s.session.length if s.session is not None else 0.0


def _change(m: Moment, s: State, intent: Intent, wanted: float) -> State:
    """Within the point's limits; says what is left, or how long it will be."""
    if s.session is None or s.checking:
        return speech.answer(m, s, intent.name, (line(Key.NO_HOLD),))
    limits = m.point(s.session).hold
    length = min(max(wanted, limits.shortest), limits.longest)
    said = m.replies.duration(length)
    if length == s.session.length and length != wanted:
        key = Key.HOLD_LONGEST if wanted > length else Key.HOLD_SHORTEST
        return speech.answer(m, s, intent.name, (line(key, length=said),))
    s = _with_length(m, s, length)
    told = line(Key.HOLD_PLANNED, length=said) if s.clock is None else line(Key.HOLD_EXTENDED)
    return speech.answer(m, s, intent.name, (told,))


def _with_length(m: Moment, s: State, length: float) -> State:
    """The planned length, and that of the hold that runs, which never ends on the spot."""
    if s.session is None:
        return s
    clock = s.clock
    if clock is not None:
        length = max(length, clock.elapsed(m.now) + NOT_AT_ONCE)
        clock = clock.with_length(length, m.now)
    return replace(s, session=replace(s.session, length=length), clock=clock)
