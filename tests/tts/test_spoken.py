"""What the voice says can be understood: our own ears hear it right."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from voiceacu.asr.choice import choose
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.pcm import RATE, Samples
from voiceacu.tts.voice import Voice

pytestmark = pytest.mark.slow

Hear = Callable[[Samples], str]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(data_folder() / "points.yaml")


@pytest.fixture(scope="module")
def table(library: Library) -> PhraseTable:
    return load_phrases(data_folder(), library)


@pytest.fixture(scope="module")
def hear(table: PhraseTable) -> Hear:
    recogniser = Recogniser(find_model(None), table)

    def hear(samples: Samples) -> str:
        silence = np.zeros(RATE // 2, np.float32)
        recogniser.accept(np.concatenate([silence, samples, silence]))
        choice = choose(recogniser.finish(), table, recogniser.sounds)
        return choice.alternative.text if choice is not None else ""

    return hear


@pytest.fixture(scope="module")
def voice() -> Iterator[Voice]:
    voice = Voice(None)
    yield voice
    voice.close()


def test_every_name_and_number_of_a_point_sounds_right(
    library: Library, table: PhraseTable, hear: Hear, voice: Voice
) -> None:
    """ "way jong" and "B L forty" come back as the point they stand for."""
    asked, wrong = 0, []
    for point in library.points:
        for name in (point.plain, point.spoken, point.code):
            heard = hear(voice.render(f"Where is {name}?", 150))
            intent = table.understand(heard).intent
            asked += 1
            if intent is None or intent.slots.get("point") != point.id:
                wrong.append((name, heard))
    assert len(wrong) <= asked // 9, wrong


def test_what_the_voice_suggests_to_say_can_be_heard(
    table: PhraseTable, hear: Hear, voice: Voice
) -> None:
    wrong = []
    for command in table.commands:
        heard = hear(voice.render(command.say, 150))
        reading = table.understand(heard)
        if not reading.accepted or reading.intent is None or reading.intent.name != command.intent:
            wrong.append((command.say, heard))
    assert len(wrong) <= len(table.commands) // 7, wrong
