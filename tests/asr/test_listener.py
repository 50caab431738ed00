"""Utterances begin and end where a listener would say they do."""

from collections.abc import Callable

import numpy as np
import pytest

from voiceacu.asr.alternative import Alternative, Word
from voiceacu.asr.hear import transcribe
from voiceacu.asr.listener import Fact, Listener, Urged, VoiceEnded, VoiceStarted
from voiceacu.asr.recogniser import Recogniser
from voiceacu.asr.sounds import Sounds
from voiceacu.asr.utterance import Phrases
from voiceacu.audio.frontend import Block
from voiceacu.nlu.types import Heard
from voiceacu.pcm import BLOCK, RATE, Samples

Say = Callable[[str], Samples]
Room = Callable[..., list[Block]]


def listen(listener: Listener, blocks: list[Block]) -> list[tuple[float, Fact]]:
    """Every fact with the moment it came."""
    return [(b.time + BLOCK / RATE, fact) for b in blocks for fact in listener.feed(b)]


def heard(facts: list[tuple[float, Fact]]) -> list[str]:
    return [fact.text for _, fact in facts if isinstance(fact, Heard)]


@pytest.fixture
def listener(recogniser: Recogniser, table: Phrases) -> Listener:
    return Listener(recogniser, table)


def test_a_command_is_heard_once_with_its_times(listener: Listener, say: Say, room: Room) -> None:
    spoken = say("next point")
    facts = listen(listener, room(1.0, spoken, 1.5))
    (_, started), (at, fact) = facts
    assert isinstance(started, VoiceStarted)
    assert 0.95 < started.time < 1.25
    assert isinstance(fact, Heard)
    assert fact.text == "next point"
    assert fact.start == pytest.approx(1.0, abs=0.15)
    assert fact.end == pytest.approx(1.0 + len(spoken) / RATE, abs=0.2)
    assert 0.5 < fact.confidence <= 1.0
    assert at < 1.0 + len(spoken) / RATE + 0.5


def test_commands_one_after_another_keep_their_times(
    listener: Listener, say: Say, room: Room
) -> None:
    phrases = ["next point", "how long", "repeat", "where is it"]
    sounds: list[float | Samples] = []
    begins = []
    for phrase in phrases:
        sounds.append(1.0)
        begins.append(sum(s if isinstance(s, float) else len(s) / RATE for s in sounds))
        sounds.append(say(phrase))
    facts = [f for _, f in listen(listener, room(*sounds, 1.0)) if isinstance(f, Heard)]
    assert [fact.text for fact in facts] == phrases
    assert [fact.start for fact in facts] == pytest.approx(begins, abs=0.25)


@pytest.mark.parametrize("phrase", ["stop", "pause", "it hurts"])
def test_urgent_phrases_do_not_wait_for_silence(
    listener: Listener, say: Say, room: Room, phrase: str
) -> None:
    spoken = say(phrase)
    facts = listen(listener, room(0.5, spoken, say("i am on my way to the market now"), 1.5))
    assert heard(facts)[0] == phrase
    at = next(at for at, fact in facts if isinstance(fact, Heard))
    assert at < 0.5 + len(spoken) / RATE + 0.5


@pytest.mark.parametrize(
    ("phrase", "longest"),
    [("stop", 0.3), ("pause", 0.3), ("it hurts", 0.3), ("repeat", 0.45), ("how long", 0.45)],
)
def test_the_end_is_noticed_soon(
    listener: Listener, say: Say, room: Room, phrase: str, longest: float
) -> None:
    spoken = say(phrase)
    facts = listen(listener, room(0.5, spoken, 1.5))
    (at,) = (at for at, fact in facts if isinstance(fact, Heard))
    assert heard(facts) == [phrase]
    assert at - 0.5 - len(spoken) / RATE <= longest


@pytest.mark.parametrize("phrase", ["stop", "pause", "it hurts"])
def test_what_sounds_urgent_is_told_before_its_end_is_certain(
    listener: Listener, say: Say, room: Room, phrase: str
) -> None:
    spoken = say(phrase)
    facts = listen(listener, room(0.5, spoken, 1.5))
    assert [type(fact) for _, fact in facts] == [VoiceStarted, Urged, Heard]
    (told, _), (at, _) = facts[1:]
    assert told - 0.5 - len(spoken) / RATE <= 0.12
    assert told <= at - 0.05


def test_what_sounds_urgent_may_go_on(listener: Listener, say: Say, room: Room) -> None:
    """ "stop" alone would be urgent, "stop that thing over there" is nothing of ours."""
    facts = listen(listener, room(0.5, say("stop"), 0.1, say("walking over there"), 1.5))
    assert [type(fact) for _, fact in facts][:2] == [VoiceStarted, Urged]


@pytest.mark.parametrize("phrase", ["next point", "how long", "repeat"])
def test_what_can_wait_does_not_sound_urgent(
    listener: Listener, say: Say, room: Room, phrase: str
) -> None:
    facts = listen(listener, room(0.5, say(phrase), 1.5))
    assert [type(fact) for _, fact in facts] == [VoiceStarted, Heard]


def test_who_hesitates_within_a_phrase_is_waited_for(
    listener: Listener, say: Say, room: Room
) -> None:
    facts = listen(listener, room(0.5, say("go to"), 0.4, say("b l forty"), 1.0))
    assert heard(facts) == ["go to b l forty"]


def test_what_follows_an_urgent_phrase_in_one_breath_acts_no_second_time(
    listener: Listener, say: Say, room: Room
) -> None:
    facts = listen(listener, room(0.5, say("stop"), say("stop"), say("stop"), 1.5))
    assert heard(facts) == ["stop"]


def test_a_command_after_a_pause_is_heard_again(listener: Listener, say: Say, room: Room) -> None:
    facts = listen(listener, room(0.5, say("stop"), 0.8, say("stop"), 1.0))
    assert heard(facts) == ["stop", "stop"]


def test_a_phrase_that_can_go_on_is_given_the_time(
    listener: Listener, say: Say, room: Room
) -> None:
    """ "next" is whole, but "point" may come after a short pause."""
    facts = listen(listener, room(0.5, say("next"), 0.12, say("point"), 1.0))
    assert heard(facts) == ["next point"]


def test_a_phrase_with_pauses_keeps_its_times(listener: Listener, say: Say, room: Room) -> None:
    """At each pause the phrase is judged, and heard anew when the voice comes back."""
    parts = [say("go to b"), say("l"), say("forty")]
    facts = listen(listener, room(0.5, parts[0], 0.13, parts[1], 0.13, parts[2], 1.0))
    assert heard(facts) == ["go to b l forty"]
    fact = next(f for _, f in facts if isinstance(f, Heard))
    assert fact.start == pytest.approx(0.5, abs=0.15)
    assert fact.end == pytest.approx(0.76 + sum(map(len, parts)) / RATE, abs=0.2)


def test_babble_without_end_gives_a_result_every_six_seconds(
    listener: Listener, say: Say, room: Room
) -> None:
    babble = say("and then the old captain told them another story about the winter of that year")
    facts = listen(listener, room(0.5, *[babble] * 6, 1.0))
    starts = [f.time for _, f in facts if isinstance(f, VoiceStarted)]
    ends = [at for at, f in facts if not isinstance(f, VoiceStarted)]
    assert len(starts) == len(ends) >= 3
    assert all(end - start <= 6.02 for start, end in zip(starts, ends, strict=True))


STORY = "the old captain told them another story about the winter of that year"


def test_amid_talk_a_word_of_a_command_is_none(listener: Listener, say: Say, room: Room) -> None:
    facts = listen(listener, room(0.5, say(STORY), 0.8, say("repeat"), 1.5))
    assert "repeat" not in heard(facts)
    assert sum(isinstance(f, VoiceStarted) for _, f in facts) * 2 == len(facts)


def test_after_talk_a_command_counts_again(listener: Listener, say: Say, room: Room) -> None:
    facts = listen(listener, room(0.5, say(STORY), 3.0, say("repeat"), 1.5))
    assert heard(facts)[-1] == "repeat"


@pytest.mark.parametrize("phrase", ["stop", "it hurts", "where is it"])
def test_amid_talk_what_is_certain_counts(
    listener: Listener, say: Say, room: Room, phrase: str
) -> None:
    facts = listen(listener, room(0.5, say(STORY), 0.8, say(phrase), 1.5))
    assert heard(facts)[-1] == phrase


def test_a_click_ends_with_nothing_heard(listener: Listener, room: Room) -> None:
    noise = np.random.default_rng(3).normal(0, 0.2, RATE // 5).astype(np.float32)
    facts = listen(listener, room(0.5, noise, 1.5))
    assert heard(facts) in ([], ["[unk]"])
    started = sum(isinstance(f, VoiceStarted) for _, f in facts)
    assert started == len(facts) - started


def test_who_stops_in_mid_word_is_heard_at_the_close(
    recogniser: Recogniser, table: Phrases, say: Say, room: Room
) -> None:
    blocks = room(0.5, say("where is it"))
    assert [fact.text for fact in transcribe(blocks, recogniser, table)] == ["where is it"]


class Counting:
    """A recogniser that only counts what it is given."""

    sounds = Sounds({})

    def __init__(self) -> None:
        self.given = 0

    @property
    def taken(self) -> float:
        return self.given / RATE

    def accept(self, samples: Samples) -> bool:
        self.given += len(samples)
        return False

    def partial(self) -> str:
        return ""

    def finish(self) -> tuple[Alternative, ...]:
        return ()

    def again(self, samples: Samples) -> tuple[Alternative, ...]:
        return ()

    def paced(
        self, samples: Samples, pace: float
    ) -> tuple[tuple[Alternative, ...], tuple[Alternative, ...]]:
        return (), ()


class Dictated(Counting):
    """A recogniser that is told what it heard: texts with their scores, for each utterance."""

    def __init__(self, *hearings: dict[str, float]) -> None:
        super().__init__()
        self.hearings = list(hearings)

    def finish(self) -> tuple[Alternative, ...]:
        now = self.taken
        return tuple(
            Alternative((Word(text, now - 0.1, now),), score)
            for text, score in self.hearings.pop(0).items()
        )


@pytest.mark.parametrize(
    ("then", "pause", "expected"),
    [
        ({"next": 0.0, "repeat": -1.0}, 0.3, []),
        ({"next": 0.0, "repeat": -1.0}, 0.8, ["next"]),
        ({"next": 0.0, "repeat": -9.0}, 0.3, ["next"]),
        ({"stop": 0.0, "repeat": -3.0}, 0.3, ["stop"]),
    ],
    ids=["doubtful", "later", "certain", "urgent"],
)
def test_in_one_breath_with_a_command_no_doubtful_one_counts(
    table: Phrases, then: dict[str, float], pause: float, expected: list[str]
) -> None:
    """The end of a sentence in noise seems to be a command of its own."""
    listener = Listener(Dictated({"how long": 0.0}, then), table)
    silence = np.zeros(BLOCK, dtype=np.float32)
    again = 0.1 + pause
    spoken = [t < 0.1 or again <= t < again + 0.1 for t in (i * 0.01 for i in range(200))]
    blocks = [Block(silence, voiced, i * 0.01) for i, voiced in enumerate(spoken)]
    assert heard(listen(listener, blocks)) == ["how long", *expected]


def test_a_silent_room_costs_the_recogniser_nothing(table: Phrases, room: Room) -> None:
    counting = Counting()
    facts = listen(Listener(counting, table), room(30.0))
    assert facts == []
    assert counting.given == 0


def sound(db: float) -> Samples:
    """10 ms of hiss at a level in dBFS."""
    hiss = np.random.default_rng(1).normal(size=BLOCK)
    return np.float32(10 ** (db / 20)) * hiss.astype(np.float32)


VOICE = sound(-25.0)
QUIET, NOISY = sound(-60.0), sound(-40.0)


@pytest.mark.parametrize(
    ("background", "covered", "lead"),
    [(QUIET, False, 0.45), (NOISY, False, 0.23), (NOISY, True, 0.45)],
    ids=["quiet", "noise", "own voice"],
)
def test_the_sound_before_the_voice_is_given_too(
    table: Phrases, background: Samples, covered: bool, lead: float
) -> None:
    """In noise no more than it takes to notice a voice, for noise is heard as words."""
    counting = Counting()
    listener = Listener(counting, table)
    for i in range(100):
        listener.feed(Block(background, False, i * 0.01, covered))
    facts = [
        fact
        for i in range(100)
        for fact in listener.feed(Block(VOICE if i < 1 else QUIET, i < 1, 1.0 + i * 0.01, covered))
    ]
    assert [type(fact) for fact in facts] == [VoiceStarted, VoiceEnded]
    assert counting.taken == pytest.approx(lead + 0.01 + 0.01, abs=0.02)


@pytest.mark.parametrize(
    ("hearing", "longer"),
    [
        ({"repeat": 0.0}, 0.15),
        ({"next": 0.0}, 0.18),
        ({"stop": 0.0}, 0.0),
        ({"stop": 0.0, "repeat": 1.0}, 0.19),
    ],
    ids=["whole", "may go on", "urgent", "perhaps urgent"],
)
def test_in_noise_the_end_is_waited_for_longer(
    table: Phrases, hearing: dict[str, float], longer: float
) -> None:
    """It may hide the rest of the words: "don't" would be an answer, "don't feel right" is none."""

    def ends(background: Samples) -> float:
        listener = Listener(Dictated(hearing, hearing), table)
        sounds = [QUIET] * 50 + [VOICE] * 30 + [background] * 100
        blocks = [Block(s, s is VOICE or 80 <= i < 92, i * 0.01) for i, s in enumerate(sounds)]
        return next(at for at, fact in listen(listener, blocks) if isinstance(fact, Heard))

    assert ends(NOISY) - ends(QUIET) == pytest.approx(longer, abs=0.02)


def test_the_silence_after_a_noise_is_given_with_the_voice_that_follows(table: Phrases) -> None:
    """A voice may have begun softly before the noise was over."""
    counting = Counting()
    listener = Listener(counting, table)
    for i in range(60):
        listener.feed(Block(VOICE if i == 0 else QUIET, i == 0, i * 0.01))
        if i == 31:
            noise = counting.taken
    listener.feed(Block(VOICE, True, 0.6))
    listener.close(0.61)
    after = 0.1  # the silence that follows the last sound
    assert counting.taken - noise == pytest.approx(0.45 + 0.01 + after, abs=0.02)
