"""Taking a command back: "no, go back", "I didn't say that".

The state before each command is kept for some seconds, so the last ones can be taken back one
by one. A hold goes on with what was left at that moment; the journal is told what is no longer
true.
"""

from dataclasses import replace

from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.actions import Chime, Earcon, Record, SetPace, SetVolume
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import Before, Line, State, line
from voiceacu.nlu.types import Intent, Phase

WITHIN = 10.0
"""Seconds in which a command may be taken back."""


def remember(m: Moment, before: State, after: State) -> State:
    """Keep the state before a command that changed more than what is being said."""
    plain = replace(
        after,
        out=(),
        about=before.about,
        unnamed=before.unnamed,
        unclear=before.unclear,
        speech=before.speech,
        undo=before.undo,
        breathing=before.breathing,
    )
    if plain == replace(before, helped=after.helped, tips=after.tips, wait=after.wait, out=()):
        return after
    older = before.undo if before.undo and m.now - before.undo.at <= WITHIN else None
    return replace(after, undo=Before(replace(before, undo=older, out=()), m.now))


def answers(m: Moment, s: State, intent: Intent) -> bool:
    """Whether this is "undo", and there is something to take back."""
    return intent.name == "undo" and s.undo is not None and m.now - s.undo.at <= WITHIN


def undo(m: Moment, s: State, intent: Intent) -> State:
    """The state before the last command, as if it had not been said."""
    if s.undo is None or not answers(m, s, intent):
        told: tuple[Line, ...] = (line(Key.NOTHING_TO_UNDO),)
        if s.session is not None and s.session.index > 0:
            told += (line(Key.TOO_LATE_TO_UNDO),)
        return speech.answer(m, s, intent.name, told)
    before, at = s.undo.state, s.undo.at
    s = flow.still(speech.clear(s))
    clock = before.clock
    if clock is not None and clock.since is not None:
        clock = clock.frozen(at).running(m.now)
        s = s.emit(Chime(Earcon.HOLD_START))
    back = replace(
        before,
        speech=replace(s.speech, said=before.speech.said),
        clock=clock,
        wait=None,
        breathing=False,
        fade=0.0,
        lost=s.lost,
        noted=_noted(s, before, at),
        out=s.out,
        unnamed=None,
        unclear=None,
    )
    back = _journal_as_before(s, back)
    back = _sound_as_before(s, back)
    told = (line(Key.UNDONE, lasting=False), *(before.speech.unfinished or _where(m, back)))
    return speech.tell(m, back, told)


def _where(m: Moment, s: State) -> tuple[Line, ...]:
    """What was last to be known where nothing waited to be said."""
    if s.phase is Phase.SAFETY:
        return (line(Key.ASK_PREGNANT),)
    if s.phase is Phase.READY:
        return (flow.ready_prompt(m, s),)
    return (line(Key.TIME_LEFT),) if s.clock is not None else ()


def _journal_as_before(s: State, back: State) -> State:
    """Tell the journal that a session has not ended, or not begun, and what it is to remember."""
    now, then = s.session, back.session
    if now is not None and (then is None or then.began != now.began):
        back = back.emit(Record("ended", routine=now.routine, outcome="stopped"))
    if then is not None and (now is None or then.began != now.began):
        back = back.emit(Record("reopened", routine=then.routine))
    kept = back.safety.remembered
    if kept == s.safety.remembered:
        return back
    return back.emit(Record("forgotten") if kept is None else Record("remembered", pregnant=kept))


def _noted(s: State, before: State, at: float) -> tuple[float, ...]:
    """The seconds of each hold that the journal has by now."""
    if s.session is None or before.session is None or s.session.began == before.session.began:
        return s.noted
    # Another session has begun since: it ended this one, and the hold that was on.
    running = () if before.clock is None else (before.clock.elapsed(at),)
    return (*before.noted, *running)


def _sound_as_before(s: State, back: State) -> State:
    if s.settings.volume + s.fade != back.settings.volume:
        back = back.emit(SetVolume(back.settings.volume))
    if s.settings.pace != back.settings.pace:
        back = back.emit(SetPace(back.settings.pace))
    return back
