"""What holds in every conversation, whatever is said and whenever (stateful property test)."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from voiceacu.dialogue import actions, events
from voiceacu.dialogue.coach import HANDLERS
from voiceacu.nlu.types import Intent, Phase
from voiceacu.replay.stage import Knowing

from .room import Room, said_since

POINTS = st.sampled_from(["BL-40", "BL-23", "BL-25", "BL-52", "GB-41", "BL-60", "ST-41", ""])
SECONDS = st.sampled_from([0, 10, 30, 60, 90, 120, 300])
ROUTINES = st.sampled_from(["", "full", "short", "feet", "back", "last"])
PLACES = st.sampled_from([0, 0, 0, 1, 2, 6, 7, -1])
ANSWERS = st.sampled_from(["", "pregnant", "not_pregnant"])
DEVICES = st.sampled_from(["microphone", "loudspeaker"])


@st.composite
def intents(draw: st.DrawFn) -> Intent:
    """Any command with any slots it may have."""
    name = draw(st.sampled_from(sorted(set(HANDLERS) - {"stop"})))
    slots: dict[str, str | int] = {}
    if point := draw(POINTS):
        slots["point"] = point
    if seconds := draw(SECONDS):
        slots["seconds"] = seconds
    if routine := draw(ROUTINES):
        slots["routine"] = routine
    if place := draw(PLACES):
        slots["ordinal"] = place
    if answer := draw(ANSWERS):
        slots["answer"] = answer
    return Intent(name, slots)


class AnyConversation(RuleBasedStateMachine):
    """Somebody who says anything at any time, with devices that come and go."""

    knowledge: Knowing | None = None

    def __init__(self) -> None:
        super().__init__()
        assert self.knowledge is not None
        self.room = Room(self.knowledge)

    @rule(intent=intents())
    def says(self, intent: Intent) -> None:
        self.room.tell(events.Understood(intent))

    @rule(
        name=st.sampled_from(["start_routine", "ready", "next_point", "not_pregnant", "resume"]),
        wait=st.floats(0.0, 40.0),
    )
    def goes_on(self, name: str, wait: float) -> None:
        self.room.ask(name)
        self.room.pass_time(self.room.now + wait)

    @rule(intent=intents(), wait=st.floats(0.0, 9.0))
    def takes_back(self, intent: Intent, wait: float) -> None:
        room, before = self.room, self.room.state
        left = before.clock.remaining(room.now) if before.clock else None
        room.tell(events.Understood(intent))
        if intent.name == "undo" or room.state.undo is before.undo:
            return
        room.pass_time(room.now + wait)
        room.ask("undo")
        after = room.state
        assert (after.phase, after.settings) == (before.phase, before.settings)
        assert after.safety == before.safety
        assert (after.session is None) == (before.session is None)
        if after.session is not None and before.session is not None:
            assert after.session.point == before.session.point
            assert after.session.points == before.session.points
            assert after.session.side == before.session.side
        assert (after.clock is None) == (left is None)
        if after.clock is not None:
            assert after.clock.remaining(room.now) == pytest.approx(left)

    @rule(first=intents(), second=intents())
    def is_unclear(self, first: Intent, second: Intent) -> None:
        self.room.tell(events.Misheard((first, second)))

    @rule(seconds=st.floats(0.0, 150.0))
    def waits(self, seconds: float) -> None:
        self.room.pass_time(self.room.now + seconds)

    @rule(back=st.integers(1, 5))
    def hears_an_old_sentence_end(self, back: int) -> None:
        room = self.room
        place, before = len(room.done), room.state
        room.tell(events.SpeechFinished(before.speech.last_id + 1 - 2 * back))
        if room.state.speech.current is not None:
            stale = events.SpeechFinished(before.speech.last_id - back)
            assert room.coach.step(before, stale, room.now) == (before, ())
        assert room.done[place:] == []
        assert room.state == before

    @rule(device=DEVICES)
    def loses_a_device(self, device: events.DeviceKind) -> None:
        self.room.tell(events.DeviceLost(device))

    @rule(device=DEVICES)
    def gets_a_device_back(self, device: events.DeviceKind) -> None:
        self.room.tell(events.DeviceReturned(device))

    @rule()
    def stops(self) -> None:
        room = self.room
        place, before = len(room.done), room.state
        speaking = before.speech.current is not None
        room.ask("stop")
        wanted = [action for _, action in room.done[place:]]
        if before.session is not None or speaking:
            assert wanted[0] == actions.Hush()
        if before.phase is not Phase.ASLEEP:
            assert room.state.session is None
            assert room.state.phase in (Phase.IDLE, Phase.FINISHED)
        assert room.state.clock is None or not room.clock_runs
        room.pass_time(room.now + 120.0)
        assert len(said_since(room, place)) <= 1


def converse(knowledge: Knowing, chosen: settings) -> None:
    """Many conversations, each of many steps."""
    AnyConversation.knowledge = knowledge
    profile = settings(
        chosen,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(AnyConversation, settings=profile)


def test_the_rules_hold_in_any_conversation(knowledge: Knowing) -> None:
    converse(knowledge, settings(max_examples=60, stateful_step_count=30, derandomize=True))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_rules_hold_in_many_long_conversations(knowledge: Knowing) -> None:
    converse(knowledge, settings(max_examples=300, stateful_step_count=60))


def test_the_day_is_told_at_the_start(knowledge: Knowing) -> None:
    room = Room(knowledge)
    room.tell(events.Started(datetime(2026, 3, 2, 7, 0), 2, "short"))
    assert room.state.day.sessions == 2
