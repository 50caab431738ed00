"""What time and silence bring by themselves.

The clock acts in `tick`: a cue of the hold, its end, a wait that is over. Silence does in
`settle`: once nobody speaks and nothing waits to be said, guiding becomes getting ready, a wait
begins, breath tones sound. So nobody has to know what comes after a sentence, and a question
asked in between needs no way back: it is answered, and when all is silent again the session
goes on.

The hold's clock knows nothing of speech. When a hold ends in the middle of an answer, its sound
comes at once, the phase changes at once, and the next instruction waits behind the answer.
"""

from dataclasses import replace

from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.actions import Breathe, Chime, Earcon, SetVolume
from voiceacu.dialogue.flow import in_session
from voiceacu.dialogue.hold import Clock
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment, number_of_sides
from voiceacu.dialogue.state import State, line
from voiceacu.nlu.types import Phase

ANSWER_WAIT = 10.0
"""Seconds of silence after the safety question before it counts as not answered."""

PAUSE_LIMIT = 900.0
"""Seconds of silence after which a paused session ends; whoever paused it is asleep."""

SILENT_ENDS = 2
"""Points that end without a word from the person before the voice begins to sink. It goes on:
whoever lies still and follows says nothing either."""

FADE_STEP, FADE_LIMIT = -4.0, -12.0
"""Decibels by which the voice sinks with every further point, and how far."""


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
        return flow.other_side(m, s, session.side + 1)
    if "microphone" not in s.lost:
        session = replace(session, silent_ends=session.silent_ends + 1)
    s = fade(replace(s, session=session))
    if session.index + 1 < len(session.points):
        s = speech.tell(m, s, (line(Key.LET_GO),))
    elif session.silent_ends >= SILENT_ENDS:
        return flow.end(m, speech.clear(s), "fell_asleep")
    return flow.advance(m, s)


def fade(s: State) -> State:
    """Sink the voice with every point that ends while nobody answers."""
    further = in_session(s).silent_ends - SILENT_ENDS + 1
    level = max(FADE_LIMIT, FADE_STEP * further) if further > 0 else s.fade
    if level == s.fade:
        return s
    return replace(s, fade=level).emit(SetVolume(s.settings.volume + level))


def _go_on(m: Moment, s: State) -> State:
    """A wait is over and nobody spoke."""
    if s.phase is Phase.SAFETY:
        return flow.answer_check(m, s, None)
    if s.phase is Phase.PAUSED:
        return flow.fall_asleep(m, s)
    return flow.begin_hold(m, s) if s.phase is Phase.READY else s


# Silence


def settle(m: Moment, s: State) -> State:
    """What silence brings: all is said and nobody speaks."""
    if not s.speech.silent:
        return s
    if s.phase is Phase.GUIDING:
        return flow.get_ready(m, s)
    if s.phase is Phase.HOLDING and s.settings.breathing and not s.breathing:
        if "loudspeaker" in s.lost:
            return s
        return replace(s, breathing=True).emit(Breathe(s.settings.inhale, s.settings.exhale))
    waits = {Phase.SAFETY: ANSWER_WAIT, Phase.PAUSED: PAUSE_LIMIT}
    if s.phase is Phase.READY:
        waits[Phase.READY] = flow.ready_wait(s)
    if s.phase in waits and s.wait is None:
        return replace(s, wait=m.now + waits[s.phase])
    return s
