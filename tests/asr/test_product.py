"""The product's own phrases, spoken and heard; slow, for each is real speech through libvosk."""

import gc
import itertools
import sys
from collections.abc import Callable

import numpy as np
import pytest

from voiceacu.asr.hear import transcribe
from voiceacu.asr.listener import Listener, VoiceStarted
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Recogniser
from voiceacu.audio.frontend import Block
from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.types import Heard, Intent
from voiceacu.pcm import BLOCK, RATE, Samples

pytestmark = pytest.mark.slow

Say = Callable[[str], Samples]
Room = Callable[..., list[Block]]

ELSEWHERE = (
    "the weather is going to be cloudy with some rain in the afternoon",
    "did you remember to buy milk and bread on the way home",
    "i think the children are still playing outside in the garden",
    "the president will speak to the nation tonight at nine",
    "she told me that her sister is moving to another city",
    "can you turn on the light in the kitchen",
    "we should call your mother tomorrow morning",
    "the match ended two to one after extra time",
    "there is a new movie playing at the theater",
    "the next bus is going to the central station",
    "i read a book about the history of the sea",
    "don't forget to feed the cat before you leave",
)


@pytest.fixture(scope="module")
def product() -> PhraseTable:
    folder = data_folder()
    return load_phrases(folder, load_library(folder / "points.yaml"))


@pytest.fixture(scope="module")
def ears(product: PhraseTable) -> Recogniser:
    return Recogniser(find_model(), product)


def commands(texts: list[str], product: PhraseTable) -> list[Intent]:
    readings = [product.understand(text) for text in texts]
    return [r.intent for r in readings if r.accepted and r.intent is not None]


@pytest.mark.timeout(600)
def test_what_it_suggests_to_say_it_hears(
    product: PhraseTable, ears: Recogniser, say: Say, room: Room
) -> None:
    missed = []
    for listing in product.commands:
        blocks = room(0.5, say(listing.say.replace("-", " ")), 1.0)
        texts = [heard.text for heard in transcribe(blocks, ears, product)]
        found = commands(texts, product)
        wanted = product.understand(listing.say).intent
        if found != [wanted]:
            missed.append((listing.say, texts))
    assert len(missed) <= 0.15 * len(product.commands), missed


@pytest.mark.parametrize(
    "phrase", ["pause | for thirty seconds", "pause for | two minutes", "stop | listening"]
)
def test_who_speaks_slowly_is_let_finish(
    product: PhraseTable, ears: Recogniser, say: Say, room: Room, phrase: str
) -> None:
    begun, rest = phrase.split(" | ")
    for pause in (0.1, 0.15):
        blocks = room(0.5, say(begun), pause, say(rest), 1.0)
        texts = [heard.text for heard in transcribe(blocks, ears, product)]
        assert commands(texts, product) == [product.understand(f"{begun} {rest}").intent], texts


def test_what_is_no_business_of_its_it_lets_pass(
    product: PhraseTable, ears: Recogniser, say: Say, room: Room
) -> None:
    taken = []
    for sentence in ELSEWHERE:
        heards = transcribe(room(0.5, say(sentence), 1.0), ears, product)
        if commands([heard.text for heard in heards], product):
            taken.append((sentence, heards))
    assert len(taken) <= 1, taken


@pytest.mark.timeout(600)
def test_hours_change_nothing(product: PhraseTable, ears: Recogniser, say: Say, room: Room) -> None:
    """An hour of commands, babble and rest: heard at the end as at the beginning, and no growth."""
    command = room(0.5, say("next point"), 1.0)
    babble = room(0.5, *[say(sentence) for sentence in ELSEWHERE], 1.0)
    rest = [Block(np.zeros(BLOCK, dtype=np.float32), False, 0.0)] * (100 * RATE // BLOCK)
    listener = Listener(ears, product)
    elapsed = 0.0
    sizes: list[float] = []
    texts: list[list[str]] = []
    for _ in range(16):
        facts: list[object] = []
        for block in (*command, *rest, *babble, *rest):
            facts += listener.feed(Block(block.samples, block.voiced, elapsed))
            elapsed += BLOCK / RATE
        heard = [fact for fact in facts if isinstance(fact, Heard)]
        begun = [fact for fact in facts if isinstance(fact, VoiceStarted)]
        assert len(facts) == 2 * len(begun)
        assert all(a.end <= b.start + 0.1 for a, b in itertools.pairwise(heard))
        assert all(0 <= fact.start < fact.end <= elapsed for fact in heard)
        texts.append([fact.text for fact in heard])
        gc.collect()
        sizes.append(_memory())
    assert elapsed > 3600
    assert texts[0][0] == texts[-1][0] == "next point"
    assert all(round_[0] == "next point" for round_ in texts)
    assert sizes[-1] - sizes[3] < 10


def _memory() -> float:
    """Most resident memory so far, in MB."""
    resource = pytest.importorskip("resource")
    used: float = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 1e6 if sys.platform == "darwin" else used / 1024


def test_speech_cut_within_a_word_prints_nothing(
    ears: Recogniser, say: Say, capfd: pytest.CaptureFixture[str]
) -> None:
    spoken = say("the weather in hamburg was gloomy and nobody wanted to walk")
    for end in range(RATE // 2, len(spoken), RATE // 20):
        ears.again(spoken[:end])
    assert capfd.readouterr().err == ""


def test_no_words_begin_before_the_recording(
    product: PhraseTable, ears: Recogniser, say: Say, room: Room
) -> None:
    spoken = say("the weather in hamburg was gloomy and nobody wanted to walk")
    for end in range(RATE // 2, RATE, RATE // 20):
        heard = transcribe(room(spoken[:end], 0.5), ears, product)
        assert heard
        assert all(0 <= one.start < one.end for one in heard)
