"""How long it waits for somebody who says nothing, whatever else happens meanwhile."""

import pytest

from voiceacu.dialogue import events
from voiceacu.nlu.types import Phase
from voiceacu.replay.stage import LONGEST_WAIT, Knowing

from .room import Room

WAITS = {Phase.SAFETY: 10.0, Phase.READY: 20.0, Phase.PAUSED: 900.0}
"""Seconds of silence until it goes on by itself."""

NO_WORD: dict[str, tuple[events.Event, ...]] = {
    "the moment before it is due": (events.TimePassed(),),
    "speech that was for others": (events.Misheard(()),),
    "a sentence that ended long ago": (events.SpeechFinished(1),),
    "a loudspeaker that comes and goes": (
        events.DeviceLost("loudspeaker"),
        events.DeviceReturned("loudspeaker"),
    ),
}


@pytest.mark.parametrize("phase", WAITS)
@pytest.mark.parametrize("happens", NO_WORD)
def test_a_wait_is_not_prolonged_by_what_is_no_word(
    knowledge: Knowing, phase: Phase, happens: str
) -> None:
    room = Room(knowledge)
    room.reach(phase)
    for share in (0.25, 0.5, 0.75, 0.95):
        room.pass_time(room.zero + share * WAITS[phase])
        for event in NO_WORD[happens]:
            room.tell(event)
        assert room.state.phase is phase
    room.pass_time(LONGEST_WAIT, lambda: room.state.phase is not phase)
    assert room.now == pytest.approx(room.zero + WAITS[phase])


def test_a_word_begins_the_wait_anew(knowledge: Knowing) -> None:
    room = Room(knowledge)
    room.reach(Phase.READY)
    room.pass_time(room.zero + 15.0)
    room.ask("how_hard")
    room.pass_time(LONGEST_WAIT, lambda: room.state.speech.silent)
    answered = room.now
    room.pass_time(LONGEST_WAIT, lambda: room.state.phase is Phase.HOLDING)
    assert room.now == pytest.approx(answered + WAITS[Phase.READY])
