"""The stage of a golden dialogue: the real dialogue, with fake time, voice and ears."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from voiceacu.content.model import Library
from voiceacu.dialogue import actions, events
from voiceacu.dialogue.coach import Coach
from voiceacu.dialogue.replies import Replies
from voiceacu.dialogue.state import State
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Intent, Phase
from voiceacu.replay.timeline import Dialogue

LONGEST_WAIT = 3600.0
"""Seconds to wait for a phase."""

INTO_HOLD = 10.0
"""Seconds into the first hold where a dialogue that begins in one starts."""

SENTENCE = 0.3
"""Seconds that a voice takes for a sentence besides its words."""

SHOWN = 8
"""Lines of the conversation shown with a difference."""

Way: TypeAlias = tuple[tuple[str | None, Phase], ...]

_ASKED: Way = (("start_routine", Phase.SAFETY),)
_GUIDED: Way = (*_ASKED, ("not_pregnant", Phase.GUIDING))
_READY: Way = (*_GUIDED, (None, Phase.READY))
_HOLDING: Way = (*_READY, ("ready", Phase.HOLDING))

WAYS: Mapping[Phase, Way] = {
    Phase.IDLE: ((None, Phase.IDLE),),
    Phase.SAFETY: _ASKED,
    Phase.GUIDING: _GUIDED,
    Phase.READY: _READY,
    Phase.HOLDING: _HOLDING,
    Phase.PAUSED: (*_HOLDING, ("pause", Phase.PAUSED)),
    Phase.FINISHED: (*_HOLDING, ("stop", Phase.FINISHED)),
    Phase.ASLEEP: (("stop_listening", Phase.ASLEEP),),
}
"""What is said to get to a phase, each with the phase to wait for after it."""


class Knowing(Protocol):
    """Everything a dialogue is played with."""

    @property
    def library(self) -> Library:
        """The points."""

    @property
    def table(self) -> PhraseTable:
        """What may be said."""

    @property
    def replies(self) -> Replies:
        """What is answered."""


class Stage:
    """One conversation under way.

    `done` are all actions with their times, `seen` counts those that expectations have passed.
    """

    def __init__(self, knowledge: Knowing, dialogue: Dialogue) -> None:
        self.knowledge = knowledge
        self.now = 0.0
        self.zero = 0.0
        self.done: list[tuple[float, actions.Action]] = []
        self.seen = 0
        self.used: set[int] = set()
        self._coach = Coach(knowledge.library, knowledge.table, knowledge.replies)
        self.state: State = self._coach.begin()
        self.words_per_minute = self.state.settings.pace
        self._speaking: tuple[float, int] | None = None
        self._log: list[tuple[float, str]] = []
        week, last = dialogue.sessions_this_week, dialogue.last_routine
        self.tell(events.Started(dialogue.clock, week, last, dialogue.pregnant))
        if dialogue.begin is not None:
            self.reach(dialogue.begin)

    def reach(self, phase: Phase) -> None:
        """Get to a phase as a person would, and let what belongs to it be said."""
        self.pass_time(LONGEST_WAIT, self._silent)
        for intent, until in WAYS[phase]:
            if intent is not None:
                self.say(self.knowledge.table.suggestion(intent))
            while self.state.phase is not until:
                self.pass_time(self.now + 1.0)
        if phase is Phase.HOLDING:
            self.pass_time(self.now + INTO_HOLD)
        elif phase is not Phase.GUIDING:
            self.pass_time(self.now + LONGEST_WAIT, self._silent)
        self.zero, self.seen = self.now, len(self.done)

    def _silent(self) -> bool:
        return self.state.speech.silent

    def tell(self, event: events.Event) -> None:
        """Give the dialogue an event now, and do what it asks for."""
        self.state, wanted = self._coach.step(self.state, event, self.now)
        for action in wanted:
            self._do(action)

    def say(self, text: str) -> None:
        """The person says something."""
        reading = self.knowledge.table.understand(text, self.state.phase)
        meant = reading.intent if reading.accepted else None
        told = f"{meant.name} {dict(meant.slots) or ''}".strip() if meant else "not understood"
        self._log.append((self.now, f"> {text}   [{told}]"))
        if meant is not None:
            self.tell(events.Understood(meant))
        elif reading.candidates:
            self.tell(events.Misheard(reading.candidates))

    def hear_unclear(self, intents: Sequence[str]) -> None:
        """Something is said that may have been one of these commands."""
        self._log.append((self.now, f"> ?   [{' or '.join(intents)}]"))
        self.tell(events.Misheard(tuple(Intent(intent) for intent in intents)))

    def pass_time(self, until: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Let everything happen up to a moment, or until it is enough; whether it was."""
        while not enough():
            due = self._coach.deadline(self.state)
            ends = self._speaking[0] if self._speaking else None
            moment = min((t for t in (due, ends) if t is not None), default=None)
            if moment is None or moment > until:
                self.now = max(self.now, until)
                return False
            self.now = max(self.now, moment)
            if self._speaking is not None and moment == ends:
                utterance, self._speaking = self._speaking[1], None
                self.tell(events.SpeechFinished(utterance))
            else:
                self.tell(events.TimePassed())
        return True

    def length(self, text: str) -> float:
        """How many seconds a sentence takes at the pace that is set."""
        return SENTENCE + 60.0 * len(text.split()) / self.words_per_minute

    def _do(self, action: actions.Action) -> None:
        self.done.append((self.now, action))
        self._log.append((self.now, f"        {shown(action)}"))
        match action:
            case actions.Say(utterance, text, pause):
                self._speaking = (self.now + pause + self.length(text), utterance)
            case actions.Hush():
                self._speaking = None
            case actions.SetPace(pace):
                self.words_per_minute = pace
            case _:
                pass

    def tail(self) -> str:
        """The last lines of the conversation."""
        return "\n".join(f"    {at - self.zero:8.1f}  {told}" for at, told in self._log[-SHOWN:])


def shown(action: actions.Action) -> str:
    """An action as a line of the conversation."""
    match action:
        case actions.Say(text=text):
            return text
        case actions.Chime(earcon):
            return f"({earcon})"
        case _:
            return f"({action})"
