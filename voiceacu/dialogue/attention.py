"""Being attentive without being a nuisance: greeting, help, tips, unclear speech, sleep."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from voiceacu.dialogue import flow, places, speech
from voiceacu.dialogue.actions import SetVolume
from voiceacu.dialogue.events import Misheard, Started
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.state import Choice, Day, Line, State, Unclear, line, sentences
from voiceacu.nlu.types import Intent, Phase

ASKED_BACK = 60.0
"""Seconds in which unclear speech is asked about only once."""

ANSWER_WITHIN = 10.0
"""Seconds in which "yes" answers that question."""

ANSWERED_LATE = 20.0
"""Seconds after leaving the safety question in which "yes" and "no" still answer it."""

MORNING, AFTERNOON, EVENING = 4, 11, 18
"""Hours at which the greeting changes."""

HELP: dict[Phase, tuple[tuple[str, str], ...]] = {
    Phase.IDLE: (("start_routine", "list_points"), ("how_often", "sessions_this_week")),
    Phase.SAFETY: (("yes", "no"), ("safety", "next_point"), ("remember_answer", "repeat")),
    Phase.GUIDING: (("repeat", "ready"), ("where_is", "cannot_reach"), ("slower", "next_point")),
    Phase.READY: (("ready", "not_sure"), ("how_to", "set_hold"), ("pause", "next_point")),
    Phase.HOLDING: (("how_long", "pause"), ("longer", "it_hurts"), ("breathing_off", "what_next")),
    Phase.PAUSED: (("resume", "next_point"), ("how_long", "stop")),
    Phase.FINISHED: (("start_routine", "sessions_this_week"), ("tips", "stop_listening")),
    Phase.ASLEEP: (("wake_up", "stop"),),
}
"""What to offer first in each phase, and on asking again."""


def started(m: Moment, s: State, event: Started) -> State:
    """Greet, and say how to begin."""
    day = Day(event.wall, m.now, event.sessions_this_week, event.last_routine)
    hour = event.wall.hour
    greeting = Key.GOOD_EVENING
    if MORNING <= hour < EVENING:
        greeting = Key.GOOD_MORNING if hour < AFTERNOON else Key.GOOD_DAY
    known = replace(s.safety, pregnant=event.pregnant, kept=event.pregnant is not None)
    s = replace(s, day=day, safety=known)
    lost: tuple[Literal["microphone"], ...] = () if event.listens else ("microphone",)
    s = replace(s, lost=lost)
    return speech.tell(m, s, (line(greeting, lasting=False), line(Key.HOW_TO_BEGIN)))


# Help


def help_(m: Moment, s: State, intent: Intent) -> State:
    """Two phrases that fit the moment; two others on asking again."""
    pages = HELP[s.phase]
    first, second = pages[s.helped % len(pages)]
    key = Key.HELP_MORE if s.helped else Key.HELP
    lines: Sequence[Line] = (line(key, first=m.say[first], second=m.say[second]),)
    if s.session is None and s.helped == len(pages):
        names = m.replies.listed([routine.spoken for routine in m.library.routines])
        lines = (line(Key.THE_ROUTINES_ARE, routines=names),)
    return replace(speech.answer(m, s, intent.name, lines), helped=s.helped + 1)


def tips(m: Moment, s: State, intent: Intent) -> State:
    """One tip, another one each time."""
    tip = m.library.tips[s.tips % len(m.library.tips)]
    return replace(speech.answer(m, s, intent.name, sentences([tip])), tips=s.tips + 1)


# Unclear speech


def misheard(m: Moment, s: State, event: Misheard) -> State:
    """Ask once which of the two likeliest was meant; then be quiet about it."""
    recent = s.unclear is not None and m.now - s.unclear.at < ASKED_BACK
    if not event.candidates or recent or s.phase is Phase.ASLEEP:
        return s
    readings = (places.with_point(m, s, intent) for intent in event.candidates[:2])
    choices = tuple(dict.fromkeys(Choice.of(intent) for intent in readings))
    s = replace(attend(s), unclear=Unclear(choices, m.now))
    if s.speech.queue:
        # The floor is theirs: a moment to answer before anything else is said.
        waiting, *rest = s.speech.queue
        waiting = replace(waiting, pause=max(waiting.pause, speech.FLOOR))
        s = replace(s, speech=replace(s.speech, queue=(waiting, *rest)))
    return speech.remark(m, s, ask_back(m, choices))


def ask_back(m: Moment, choices: Sequence[Choice]) -> Line:
    """The short question."""
    offers = list(dict.fromkeys(m.say[choice.name] for choice in choices))
    points = [str(dict(choice.slots).get("point", "")) for choice in choices]
    if len(offers) == 1 and all(m.is_known(point) for point in points):
        # The same command for two points: their names tell them apart, and are understood.
        offers = [m.library.point(point).plain for point in points]
    if len(offers) == 1:
        return line(Key.CLARIFY_ONE, lasting=False, first=offers[0])
    return line(Key.CLARIFY_TWO, lasting=False, first=offers[0], second=offers[1])


def meant(m: Moment, s: State, intent: Intent) -> Intent:
    """What answers a question of ours, as the command it stands for."""
    chosen = _chosen(m, s, intent)
    if chosen is not None:
        return chosen
    if s.unnamed is not None and m.now - s.unnamed.at < ANSWER_WITHIN and names_a_point(intent):
        return Intent(s.unnamed.intent, intent.slots)
    if any(waiting.key is Key.ASK_PREGNANT for waiting in s.speech.queue):
        return intent
    asked = s.safety.asked
    late = asked is not None and m.now - asked < ANSWERED_LATE and s.safety.pregnant is None
    if s.phase is Phase.SAFETY or (late and s.phase is Phase.GUIDING):
        return {"yes": Intent("pregnant"), "no": Intent("not_pregnant")}.get(intent.name, intent)
    return intent


def names_a_point(intent: Intent) -> bool:
    """Whether it is the name or the place of a point, which alone means going there."""
    return intent.name == "go_to_point" and bool({"point", places.PLACE} & set(intent.slots))


def _chosen(m: Moment, s: State, intent: Intent) -> Intent | None:
    """Which of the readings we asked about is meant by "yes", "the second one", or a point."""
    choices = open_choices(m, s)
    if not choices:
        return None
    if intent.name == "yes" and len(choices) == 1:
        return choices[0].intent
    if not names_a_point(intent):
        return None
    place = intent.slots.get(places.PLACE)
    if isinstance(place, int) and 0 < abs(place) <= len(choices):
        return choices[place - 1 if place > 0 else place].intent
    fitting = (c for c in choices if dict(c.slots).get("point") == intent.slots.get("point", ""))
    return next((choice.intent for choice in fitting), None)


def open_choices(m: Moment, s: State) -> tuple[Choice, ...]:
    """What we have just asked to choose from."""
    recent = s.unclear is not None and m.now - s.unclear.at < ANSWER_WITHIN
    return s.unclear.choices if s.unclear is not None and recent else ()


# Asleep and awake


def stop_listening(m: Moment, s: State, _: Intent) -> State:
    """Act on nothing but the call to wake up; a session waits meanwhile."""
    s = flow.pause(m, s) if s.session is not None else speech.clear(s)
    s = replace(s, phase=Phase.ASLEEP, wait=None)
    return speech.tell(m, s, (line(Key.GOING_TO_SLEEP),))


def wake_up(m: Moment, s: State, intent: Intent) -> State:
    """Listen again; a session stays paused until "resume"."""
    if s.phase is not Phase.ASLEEP:
        return speech.answer(m, s, intent.name, (line(Key.ALREADY_AWAKE),))
    if s.session is None:
        s = replace(speech.clear(s), phase=Phase.IDLE)
        return speech.tell(m, s, (line(Key.AWAKE), line(Key.HOW_TO_BEGIN)))
    plain = m.point(s.session).plain
    s = replace(speech.clear(s), phase=Phase.PAUSED)
    return speech.tell(m, s, (line(Key.AWAKE), line(Key.AWAKE_PAUSED, point=plain)))


def attend(s: State) -> State:
    """Somebody spoke, so nobody is asleep: the voice is itself again."""
    if s.session is not None and s.session.silent_ends:
        s = replace(s, session=replace(s.session, silent_ends=0))
    if s.fade:
        s = replace(s, fade=0.0).emit(SetVolume(s.settings.volume))
    return s
