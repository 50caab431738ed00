"""How it sounds: loudness, pace, and the breath it keeps with the person."""

from dataclasses import replace

from voiceacu.dialogue import flow, speech
from voiceacu.dialogue.actions import SetPace, SetVolume
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import State, line
from voiceacu.nlu.types import Intent

VOLUME_STEP, QUIETEST, LOUDEST = 3.0, -18.0, 6.0
"""Decibels relative to the normal level. Nothing loud ever happens."""

PACE_STEP, SLOWEST, FASTEST = 15, 105, 195
"""Words a minute."""

BREATHS = ((3.0, 5.0), (4.0, 6.0), (5.0, 8.0), (6.0, 9.0))
"""Seconds in and out: the exhalation about half as long again."""


def louder(m: Moment, s: State, intent: Intent) -> State:
    """A step louder."""
    return _volume(m, s, intent, VOLUME_STEP)


def quieter(m: Moment, s: State, intent: Intent) -> State:
    """A step more softly."""
    return _volume(m, s, intent, -VOLUME_STEP)


def _volume(m: Moment, s: State, intent: Intent, step: float) -> State:
    """While a sentence sounds, it changes under way and needs no words."""
    wanted = s.settings.volume + step
    level = min(max(wanted, QUIETEST), LOUDEST)
    if level == s.settings.volume:
        key = Key.LOUDEST if step > 0 else Key.QUIETEST
        return speech.answer(m, s, intent.name, (line(key, lasting=False),))
    s = replace(s, settings=replace(s.settings, volume=level)).emit(SetVolume(level + s.fade))
    if s.speech.current is not None:
        return s
    key = Key.LOUDER if step > 0 else Key.QUIETER
    return speech.answer(m, s, intent.name, (line(key, lasting=False),))


def slower(m: Moment, s: State, intent: Intent) -> State:
    """A step slower."""
    return _pace(m, s, intent, -PACE_STEP)


def faster(m: Moment, s: State, intent: Intent) -> State:
    """A step faster."""
    return _pace(m, s, intent, PACE_STEP)


def _pace(m: Moment, s: State, intent: Intent, step: int) -> State:
    """The sentence being said begins again at the new pace."""
    pace = min(max(s.settings.pace + step, SLOWEST), FASTEST)
    if pace == s.settings.pace:
        key = Key.FASTEST if step > 0 else Key.SLOWEST
        return speech.answer(m, s, intent.name, (line(key, lasting=False),))
    s = replace(s, settings=replace(s.settings, pace=pace))
    s = speech.cut(s).emit(SetPace(pace))
    if s.speech.queue:
        return speech.say_next(m, s)
    key = Key.FASTER if step > 0 else Key.SLOWER
    return speech.answer(m, s, intent.name, (line(key, lasting=False),))


def breathing_on(m: Moment, s: State, intent: Intent) -> State:
    """Breath tones in every hold, as soon as nothing is being said."""
    s = replace(s, settings=replace(s.settings, breathing=True))
    return _told_breath(m, s, intent)


def breathing_off(m: Moment, s: State, intent: Intent) -> State:
    """No breath tones."""
    s = flow.still(replace(s, settings=replace(s.settings, breathing=False)))
    return speech.answer(m, s, intent.name, (line(Key.BREATHING_OFF, lasting=False),))


def breathe_slower(m: Moment, s: State, intent: Intent) -> State:
    """Longer breaths."""
    return _breath(m, s, intent, 1)


def breathe_faster(m: Moment, s: State, intent: Intent) -> State:
    """Shorter breaths."""
    return _breath(m, s, intent, -1)


def _breath(m: Moment, s: State, intent: Intent, step: int) -> State:
    breaths = [inhale for inhale, _ in BREATHS]
    place = breaths.index(s.settings.inhale) + step
    if not 0 <= place < len(BREATHS):
        return speech.answer(m, s, intent.name, (line(Key.BREATHING_LIMIT, lasting=False),))
    inhale, exhale = BREATHS[place]
    settings = replace(s.settings, inhale=inhale, exhale=exhale, breathing=True)
    return _told_breath(m, replace(s, settings=settings), intent)


def _told_breath(m: Moment, s: State, intent: Intent) -> State:
    """Say the rhythm in whole seconds; the tones begin anew after it."""
    inhale, exhale = (m.replies.number(round(t)) for t in (s.settings.inhale, s.settings.exhale))
    told = line(Key.BREATHING_ON, lasting=False, inhale=inhale, exhale=exhale)
    return speech.answer(m, s, intent.name, (told,))
