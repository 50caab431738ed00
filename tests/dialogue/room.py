"""A strict listener: the stage of the golden dialogues, which also checks the rules that hold at
every step of every conversation."""

from voiceacu.dialogue import actions, events
from voiceacu.dialogue.coach import Coach
from voiceacu.dialogue.state import State
from voiceacu.nlu.types import Intent, Phase
from voiceacu.replay.stage import Knowing, Stage
from voiceacu.replay.timeline import Dialogue, Step

LOUDEST, QUIETEST = 6.0, -30.0


class Room(Stage):
    """A conversation in which every step is checked."""

    def __init__(self, knowledge: Knowing) -> None:
        self.spoken: list[tuple[float, str]] = []
        self.cut: list[str] = []
        self._sounding: actions.Say | None = None
        self._breathing = False
        self._last_id = 0
        super().__init__(knowledge, Dialogue(title="room", steps=(Step(after=0.0),)))

    @property
    def coach(self) -> Coach:
        """The dialogue under test."""
        return self._coach

    @property
    def clock_runs(self) -> bool:
        """Whether a hold is being timed."""
        return self.state.clock is not None and self.state.clock.since is not None

    def ask(self, intent: str, **slots: str | int) -> None:
        """The person says a command."""
        self.tell(events.Understood(Intent(intent, slots)))

    def tell(self, event: events.Event) -> None:
        """Give the dialogue an event, and check what it makes of it."""
        before, frozen = self.state, hash(self.state)
        again = self._coach.step(before, event, self.now)
        sounding = self._sounding
        if sounding is not None and event == events.SpeechFinished(sounding.id):
            self.spoken.append((self.now, sounding.text))
            self._sounding = None
        place = len(self.done)
        super().tell(event)
        assert hash(before) == frozen
        assert again[0] == self.state
        assert again[1] == tuple(action for _, action in self.done[place:])
        self._check_state()

    def _check_state(self) -> None:
        s = self.state
        assert s.out == ()
        assert (s.phase is Phase.HOLDING) == self.clock_runs
        assert (s.session is None) or s.phase not in (Phase.IDLE, Phase.FINISHED)
        if s.session is not None and not s.checking:
            point = self.knowledge.library.point(s.session.point)
            known = s.safety.pregnant is False
            assert known or not point.avoid_in_pregnancy, "a point that might harm"
        due = self._coach.deadline(s)
        assert due is None or due > self.now, "the moment has come, and nothing was done"
        if s.speech.current is None and "loudspeaker" not in s.lost:
            assert not s.speech.queue, "something waits to be said, and nobody speaks"

    def _do(self, action: actions.Action) -> None:
        super()._do(action)
        match action:
            case actions.Say():
                assert self._sounding is None, "two sentences at once"
                assert not self._breathing, "an instruction into the breath"
                assert action.id > self._last_id
                self._sounding, self._last_id = action, action.id
            case actions.Hush():
                if self._sounding is not None:
                    self.cut.append(self._sounding.text)
                self._sounding = None
            case actions.Breathe():
                assert self._sounding is None
                self._breathing = True
            case actions.StopBreathing():
                self._breathing = False
            case actions.SetVolume(decibels):
                assert QUIETEST <= decibels <= LOUDEST
            case _:
                pass


def said_since(room: Room, place: int) -> list[str]:
    """Sentences begun since an action."""
    return [a.text for _, a in room.done[place:] if isinstance(a, actions.Say)]


__all__ = ["Room", "State", "said_since"]
