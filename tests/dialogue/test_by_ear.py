"""How long it speaks at a time: as the dialogue reckons, and with the seconds of the real voice."""

from collections.abc import Callable, Iterator

import pytest

from voiceacu.app.knowledge import Knowledge
from voiceacu.dialogue import actions, speech
from voiceacu.nlu.types import Phase
from voiceacu.pcm import RATE
from voiceacu.replay.stage import WAYS, Knowing, Stage
from voiceacu.replay.timeline import Dialogue, Step
from voiceacu.tts.voice import Voice

from .test_sentences import sentences

Seconds = Callable[[str, int], float]
"""How long a sentence takes at a pace."""

LONGEST_TURN = 12.0
"""Seconds of speech before the person has the floor."""

FLOOR = 2.0
"""Seconds of silence that give somebody the floor."""

LONGEST, MEAN = 7.0, 4.0
"""Seconds of one sentence."""

PACE = 150

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seconds]:
    """The voice of the product."""
    made, known = Voice(tmp_path_factory.mktemp("speech")), dict[tuple[str, int], float]()

    def seconds(text: str, pace: int) -> float:
        if (text, pace) not in known:
            known[text, pace] = len(made.render(text, pace)) / RATE
        return known[text, pace]

    yield seconds
    made.close()


@pytest.fixture(params=["reckoned", pytest.param("voice", marks=pytest.mark.slow)])
def seconds(request: pytest.FixtureRequest) -> Seconds:
    """What the dialogue takes a sentence for, or what it is."""
    if request.param == "reckoned":
        return speech.duration
    found: Seconds = request.getfixturevalue("voice")
    return found


class Heard(Stage):
    """A conversation in which each sentence takes its seconds."""

    def __init__(self, knowledge: Knowing, seconds: Seconds, begin: Phase | None = None) -> None:
        self._seconds = seconds
        super().__init__(knowledge, Dialogue(title="ear", begin=begin, steps=(Step(after=0.0),)))

    def length(self, text: str) -> float:
        return self._seconds(text, self.words_per_minute)

    def turns(self, place: int = 0) -> Iterator[tuple[float, str]]:
        """Seconds of speech from one silence of the person's to the next, and its last words."""
        seconds, ended, last = 0.0, -FLOOR, ""
        for at, action in self.done[place:]:
            if isinstance(action, actions.Say):
                begins = at + action.pause
                if begins - ended >= FLOOR:
                    yield seconds, last
                    seconds = 0.0
                seconds, last = seconds + self.length(action.text), action.text
                ended = begins + self.length(action.text)
        yield seconds, last


@pytest.mark.slow
def test_no_sentence_is_long(knowledge: Knowledge, voice: Seconds) -> None:
    taken = {text: voice(text, PACE) for text in sentences(knowledge)}
    assert {text: s for text, s in taken.items() if s > LONGEST} == {}
    assert sum(taken.values()) / len(taken) <= MEAN


@pytest.mark.slow
@pytest.mark.parametrize("pace", [PACE, 105, 195])
def test_the_dialogue_reckons_about_what_the_voice_takes(
    knowledge: Knowledge, voice: Seconds, pace: int
) -> None:
    over = [speech.duration(text, pace) - voice(text, pace) for text in sentences(knowledge)]
    assert 0.0 <= sum(over) / len(over) <= 0.5
    assert max(map(abs, over)) <= 1.2


def test_no_turn_of_a_whole_routine_is_long(knowledge: Knowing, seconds: Seconds) -> None:
    stage = Heard(knowledge, seconds)
    stage.say("start routine")
    while stage.state.phase is not Phase.FINISHED:
        stage.pass_time(stage.now + 60.0)
        stage.say("louder" if stage.state.settings.volume < 0 else "quieter")
    assert [turn for turn in stage.turns() if turn[0] > LONGEST_TURN] == []


@pytest.mark.parametrize("phase", [phase for phase in WAYS if phase is not Phase.ASLEEP])
def test_no_answer_is_long(knowledge: Knowing, seconds: Seconds, phase: Phase) -> None:
    """Not in one turn: what is longer leaves the person the floor in between."""
    long = []
    for command in knowledge.table.commands:
        stage = Heard(knowledge, seconds, phase)
        place = len(stage.done)
        stage.say(command.say)
        stage.pass_time(stage.now + 25.0)
        long += [(command.say, *t) for t in stage.turns(place) if t[0] > LONGEST_TURN]
    assert long == []
