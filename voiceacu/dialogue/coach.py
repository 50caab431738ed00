"""The dialogue: facts go in, actions come out, and nothing else happens.

    coach = Coach(library, table, replies)
    state = coach.begin()
    state, actions = coach.step(state, event, now)
    coach.deadline(state)    # when to step with TimePassed next

A step does three things: what has become due by now, what the event asks for, and what
follows where all is silent. How a session flows stands in `flow`, and what time brings in
`timing`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from voiceacu.content.model import Library
from voiceacu.dialogue import (
    attention,
    care,
    devices,
    going,
    lengths,
    places,
    queries,
    sound,
    speech,
    timing,
    undo,
)
from voiceacu.dialogue.actions import Action
from voiceacu.dialogue.events import (
    DeviceLost,
    DeviceReturned,
    Event,
    Misheard,
    SpeechFinished,
    Started,
    TimePassed,
    Understood,
)
from voiceacu.dialogue.keys import Key
from voiceacu.dialogue.moment import Moment
from voiceacu.dialogue.queries import about_point, asked
from voiceacu.dialogue.replies import Replies, fields
from voiceacu.dialogue.state import Settings, State
from voiceacu.errors import UserError
from voiceacu.nlu.types import Intent, Phase

Handler = Callable[[Moment, State, Intent], State]

HANDLERS: Mapping[str, Handler] = {
    "start_routine": going.start_routine,
    "next_point": going.next_point,
    "previous_point": going.previous_point,
    "go_to_point": going.go_to_point,
    "only_point": going.only_point,
    "restart_point": going.restart_point,
    "start_over": going.start_over,
    "repeat": going.repeat,
    "pause": going.pause,
    "resume": going.resume,
    "ready": going.ready,
    "stop": going.stop,
    "other_side": going.other_side,
    "yes": going.yes,
    "no": going.no,
    "undo": undo.undo,
    "longer": lengths.longer,
    "shorter": lengths.shorter,
    "set_hold": lengths.set_hold,
    "keep_going": lengths.keep_going,
    "where_is": about_point(queries.where_is),
    "how_to": about_point(queries.how_to),
    "what_for": about_point(queries.what_for),
    "how_hard": about_point(queries.how_hard),
    "not_sure": about_point(queries.not_sure),
    "how_long": asked(queries.how_long),
    "routine_length": asked(queries.routine_length),
    "which_point": asked(queries.which_point),
    "which_side": queries.which_side,
    "what_next": asked(queries.what_next),
    "points_left": asked(queries.points_left),
    "list_points": asked(queries.list_points),
    "how_often": asked(queries.how_often),
    "sessions_this_week": asked(queries.sessions_this_week),
    "what_time": asked(queries.what_time),
    "safety": asked(queries.safety),
    "thanks": going.thanks,
    "help": attention.help_,
    "tips": attention.tips,
    "stop_listening": attention.stop_listening,
    "wake_up": attention.wake_up,
    "it_hurts": care.it_hurts,
    "red_flag": care.red_flag,
    "emergency": care.emergency,
    "too_uncomfortable": care.too_uncomfortable,
    "cannot_reach": care.cannot_reach,
    "pregnant": care.pregnant,
    "not_pregnant": care.not_pregnant,
    "remember_answer": care.remember_answer,
    "forget_answer": care.forget_answer,
    "louder": sound.louder,
    "quieter": sound.quieter,
    "slower": sound.slower,
    "faster": sound.faster,
    "breathing_on": sound.breathing_on,
    "breathing_off": sound.breathing_off,
    "breathe_slower": sound.breathe_slower,
    "breathe_faster": sound.breathe_faster,
}
"""Every command, and what answers it in every phase."""

EVEN_ASLEEP = frozenset({"wake_up", "stop"})
"""What is acted on while asleep; "stop" can only silence there. Falling asleep can be undone."""


class Command(Protocol):
    """One row of the phrase table."""

    @property
    def intent(self) -> str:
        """The name of the intent."""


class Commands(Protocol):
    """What the dialogue needs of the phrase table."""

    @property
    def commands(self) -> Iterable[Command]:
        """Every command that can be said."""

    def suggestion(self, intent: str) -> str:
        """The phrase to offer for an intent."""


class Coach:
    """The dialogue over one set of points, phrases and replies.

    Raises:
        UserError: the phrase table has a command that nothing answers, or lacks one that a
            reply suggests.
    """

    def __init__(self, library: Library, table: Commands, replies: Replies) -> None:
        self._library = library
        self._replies = replies
        self._say = {c.intent: table.suggestion(c.intent) for c in table.commands}
        problems = [
            f"commands.yaml: {intent}: no such command; use one of {', '.join(HANDLERS)}"
            for intent in self._say
            if intent not in HANDLERS
        ]
        offered = {intent for pages in attention.HELP.values() for page in pages for intent in page}
        for wordings in replies.texts.values():
            for text in wordings:
                offered |= fields(text)[1]
        problems += [
            f"replies.yaml: say[{intent}]: the phrase table has no such command; add it there"
            for intent in sorted(offered - set(self._say))
        ]
        if problems:
            raise UserError("\n".join(problems))

    def begin(self, settings: Settings = Settings()) -> State:  # noqa: B008
        """The state before anything has happened."""
        return State(settings=settings)

    def deadline(self, state: State) -> float | None:
        """When `TimePassed` is due next; None: nothing happens by itself."""
        return timing.deadline(state)

    def step(self, state: State, event: Event, now: float) -> tuple[State, tuple[Action, ...]]:
        """The state after an event at the moment `now`, and what to do, in this order."""
        m = Moment(self._library, self._say, self._replies, now)
        s = timing.tick(m, state)
        s = self._take_in(m, s, event)
        s = timing.settle(m, s)
        return replace(s, out=()), s.out

    def _take_in(self, m: Moment, s: State, event: Event) -> State:
        match event:
            case Understood(intent):
                s = self._understood(m, s, intent)
            case SpeechFinished(utterance):
                # A completion for a sentence that is no longer current changes nothing.
                if s.speech.current is not None and utterance == s.speech.last_id:
                    s = speech.finish(m, s)
            case Misheard():
                s = attention.misheard(m, s, event)
            case Started():
                s = attention.started(m, s, event)
            case DeviceLost():
                s = devices.lost(m, s, event)
            case DeviceReturned():
                s = devices.returned(m, s, event)
            case TimePassed():
                pass
        return s

    def _understood(self, m: Moment, s: State, intent: Intent) -> State:
        awake = s.phase is not Phase.ASLEEP
        if not (awake or intent.name in EVEN_ASLEEP or undo.answers(m, s, intent)):
            return s
        # Whoever says a command needs not be told how to begin.
        before = speech.skip(attention.attend(s), Key.HOW_TO_BEGIN)
        intent = places.with_point(m, s, attention.meant(m, before, intent))
        if places.PLACE in intent.slots:
            return speech.answer(m, before, intent.name, (places.no_such_place(m, s),))
        after = HANDLERS[intent.name](m, before, intent)
        if intent.name != "help":
            after = replace(after, helped=0)
        # A question of ours is open until something is said.
        if after.unclear is before.unclear:
            after = replace(after, unclear=None)
        if after.unnamed is before.unnamed:
            after = replace(after, unnamed=None)
        return after if intent.name == "undo" else undo.remember(m, before, after)
