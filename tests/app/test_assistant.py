"""The real assistant in the simulated room: a person speaks, and is heard and answered."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from voiceacu.app.assistant import Assistant, Diary
from voiceacu.app.compose import open_ears
from voiceacu.app.knowledge import Knowledge, load_knowledge
from voiceacu.app.mouth import Renderer, SpokenMouth
from voiceacu.app.transcript import Transcript
from voiceacu.audio.mixer import Mixer
from voiceacu.audio.room import Acoustics, SimulatedRoom
from voiceacu.dialogue.actions import Record, Say
from voiceacu.dialogue.events import Started
from voiceacu.errors import UserError
from voiceacu.nlu.types import Phase
from voiceacu.pcm import BLOCK, RATE, Samples
from voiceacu.settings import Settings
from voiceacu.tts.voice import Voice

PERSON = "en-us+m3"

Person = Callable[[str], Samples]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def knowledge(settings: Settings) -> Knowledge:
    return load_knowledge(settings)


@pytest.fixture(scope="module")
def voice(settings: Settings) -> Iterator[Voice]:
    made = Voice(settings.cache)
    yield made
    made.close()


@pytest.fixture(scope="module")
def person(settings: Settings) -> Iterator[Person]:
    made = Voice(settings.cache, PERSON)
    yield lambda text: made.render(text, 140)
    made.close()


class Session:
    """A conversation in a room, with what was noted of it."""

    def __init__(
        self,
        settings: Settings,
        knowledge: Knowledge,
        voice: Renderer,
        diary: Diary | None = None,
        echo_db: float | None = -10,
    ) -> None:
        self.room = SimulatedRoom(Acoustics(rt60=0.3, echo_db=echo_db, noise_db=-60))
        self.seen = Transcript()
        self.told: list[str] = []
        mixer = Mixer()
        self.mouth = SpokenMouth(voice, mixer, self.told.append)
        self.assistant = Assistant(
            knowledge.coach(),
            knowledge.table,
            self.room,
            ears=open_ears(settings, knowledge.table),
            mouth=self.mouth,
            diary=diary,
            observer=self.seen,
            report=self.told.append,
        )
        self.room.start(mixer.render)
        self.assistant.greet(Started(datetime(2026, 11, 23, 22, 0)))

    def until(self, reached: Callable[[], bool], within: float) -> None:
        """Go on until something is so; fail where it takes longer than `within` seconds."""
        limit = self.room.now() + within
        while not reached():
            assert self.room.now() < limit, self.seen.text()
            self.assistant.turn()

    def pass_time(self, seconds: float) -> None:
        end = self.room.now() + seconds
        while self.room.now() < end:
            self.assistant.turn()

    def say(self, sound: Samples, level: float = 0.0) -> float:
        """The person says this, `level` dB louder than usual; when they fell silent."""
        end = self.room.say(sound, level=level)
        self.pass_time(end - self.room.now())
        return end


@pytest.fixture
def session(settings: Settings, knowledge: Knowledge, voice: Voice) -> Session:
    return Session(settings, knowledge, voice)


def test_start_routine_is_heard_and_answered(session: Session, person: Person) -> None:
    session.pass_time(5)
    session.say(person("start routine"))
    session.until(lambda: session.assistant.phase is Phase.SAFETY, within=1.0)
    assert session.mouth.speaking()


def test_stop_over_the_own_voice_is_followed_by_silence(session: Session, person: Person) -> None:
    session.pass_time(5)
    session.say(person("start routine"))
    session.until(lambda: session.assistant.phase is Phase.SAFETY, within=1.0)
    session.pass_time(2.5)
    assert session.mouth.speaking()
    session.say(person("stop"))
    session.until(lambda: session.assistant.phase is not Phase.SAFETY, within=0.6)


def test_stop_silences_it_within_a_tenth_of_a_second(session: Session, person: Person) -> None:
    session.pass_time(5)
    session.say(person("start routine"))
    session.until(lambda: session.assistant.phase is Phase.SAFETY, within=1.0)
    session.pass_time(2.5)
    stop = person("stop")
    end = session.say(stop[: np.flatnonzero(np.abs(stop) > 0.01)[-1]])
    session.pass_time(0.12)
    played = session.room.recording()[:, 1]
    assert played[round((end - 0.6) * RATE) : round((end - 0.4) * RATE)].any()
    assert not played[-BLOCK:].any()


@pytest.mark.slow
def test_nobody_speaks_and_the_routine_goes_to_its_end(
    settings: Settings, knowledge: Knowledge, voice: Voice, person: Person
) -> None:
    session = Session(settings, knowledge, voice, echo_db=None)
    session.pass_time(5)
    session.say(person("just do the knee point"))
    session.until(lambda: bool(session.seen.outcome), within=400)
    assert session.seen.held == ["BL-40", "BL-40"], session.seen.text()  # left and right


def test_asleep_it_acts_on_nothing_but_the_call_to_wake(session: Session, person: Person) -> None:
    session.pass_time(5)
    session.say(person("stop listening"))
    session.until(lambda: session.assistant.phase is Phase.ASLEEP, within=1.0)
    for text in ("start routine", "how long", "stop", "help"):
        session.pass_time(3)
        session.say(person(text))
    session.pass_time(3)
    assert session.assistant.phase is Phase.ASLEEP, session.seen.text()
    session.say(person("wake up coach"))
    session.until(lambda: session.assistant.phase is Phase.IDLE, within=1.0)


def test_asleep_words_out_of_a_conversation_are_no_call(session: Session, person: Person) -> None:
    session.pass_time(5)
    session.say(person("stop listening"))
    session.until(lambda: session.assistant.phase is Phase.ASLEEP, within=1.0)
    session.pass_time(4)
    session.say(person("where did you put the coffee"))
    session.pass_time(0.75)
    session.say(person("wake up coach"))
    session.pass_time(3)
    assert session.assistant.phase is Phase.ASLEEP, session.seen.text()
    session.say(person("wake up coach"))
    session.until(lambda: session.assistant.phase is Phase.IDLE, within=1.0)


@pytest.mark.slow
def test_who_begins_to_whisper_is_answered_more_softly(session: Session, person: Person) -> None:
    def answer(level: float) -> float:
        """Ask something; how loud the first second of the answer is, in dB."""
        end = session.say(person("how often should I do this"), level)
        session.until(lambda: bool(session.mouth.speaking()), within=1.0)
        session.pass_time(6)
        sound = session.room.recording()[round((end + 0.5) * RATE) :, 1][:RATE]
        return float(10 * np.log10(np.mean(sound**2)))

    session.pass_time(5)
    before = [answer(0.0) for _ in range(3)]
    after = [answer(-10.0) for _ in range(5)]
    assert -9 < after[-1] - before[-1] < -4


def test_every_sentence_sounds(session: Session, person: Person) -> None:
    session.pass_time(5)
    said = [text for _, who, text in session.seen.lines if who == "assistant"]
    assert said
    assert np.abs(session.room.recording()[:, 1]).max() > 0.05


def test_a_full_disk_for_the_journal_does_not_end_the_session(
    settings: Settings, knowledge: Knowledge, voice: Voice, person: Person
) -> None:
    class FullDisk:
        def record(self, action: Record, wall: datetime) -> None:
            raise UserError("journal.db: the disk is full; free some space")

    session = Session(settings, knowledge, voice, FullDisk())
    session.pass_time(5)
    session.say(person("start routine"))
    session.until(lambda: session.assistant.phase is Phase.HOLDING, within=120)
    assert session.told == ["journal.db: the disk is full; free some space"] * len(session.told)
    assert session.told


def test_a_voice_that_fails_lets_the_routine_go_on(
    settings: Settings, knowledge: Knowledge, person: Person, tmp_path: Path
) -> None:
    class Hoarse:
        def warnings(self) -> tuple[str, ...]:
            return ()

        def render(self, text: str, words_per_minute: int) -> Samples:
            raise UserError("no synthesiser; install one")

    session = Session(settings, knowledge, Hoarse())
    session.pass_time(1)
    session.say(person("start routine"))
    session.until(lambda: session.assistant.phase is Phase.HOLDING, within=120)
    assert "no synthesiser; install one" in session.told


def test_a_cut_sentence_never_finishes(voice: Voice) -> None:
    mixer = Mixer()
    mouth = SpokenMouth(voice, mixer)
    mouth.say(Say(1, "This sentence is cut in its middle."))
    for _ in range(20):
        mixer.render()
    mouth.hush()
    for _ in range(5 * RATE // 160):
        mixer.render()
    assert mouth.finished() == []
    assert mouth.speaking() == ""
