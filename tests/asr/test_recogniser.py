"""The recogniser with the real libvosk and the real model."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from voiceacu.asr.alternative import UNKNOWN
from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import Missing, Recogniser
from voiceacu.errors import UserError
from voiceacu.nlu.grammar import Sentences
from voiceacu.pcm import RATE, Samples


def test_words_come_with_times(recogniser: Recogniser, say: Callable[[str], Samples]) -> None:
    begins = recogniser.taken + 1.0
    spoken = say("where is it")
    recogniser.accept(np.zeros(RATE, dtype=np.float32))
    recogniser.accept(spoken)
    # As the listener gives it: a sound cut off at its last loud sample ends in half a word.
    recogniser.accept(np.zeros(RATE // 10, dtype=np.float32))
    words = recogniser.finish()[0].words
    assert [word.text for word in words] == ["where", "is", "it"]
    # To the millisecond, for Vosk counts in single precision, and that grows coarse with time.
    assert round(words[0].start - begins, 3) == pytest.approx(0, abs=0.1)
    assert words[-1].end == pytest.approx(begins + len(spoken) / RATE, abs=0.2)


def test_times_go_on_through_many_utterances(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    spoken = say("repeat")
    for _ in range(5):
        begins = recogniser.taken
        recogniser.accept(np.zeros(RATE // 2, dtype=np.float32))
        recogniser.accept(spoken)
        (word,) = recogniser.finish()[0].words
        assert begins + 0.4 < word.start < word.end < recogniser.taken + 0.05


def test_speech_outside_the_grammar_is_unknown(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    recogniser.accept(say("the weather in hamburg was gloomy"))
    assert UNKNOWN in recogniser.finish()[0].text


def test_silence_has_no_words(recogniser: Recogniser) -> None:
    recogniser.accept(np.zeros(RATE, dtype=np.float32))
    assert recogniser.partial() == ""
    assert [alternative.text for alternative in recogniser.finish()] == [""]


def test_a_second_hearing_finds_the_sentence_and_its_times(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    for _ in range(2):
        begins = recogniser.taken
        sound = np.concatenate([np.zeros(RATE // 2, dtype=np.float32), say("start over")])
        recogniser.accept(sound)
        recogniser.finish()
        best = recogniser.again(sound)[0]
        assert best.text == "start over"
        assert begins + 0.4 < best.words[0].start < best.words[-1].end < recogniser.taken + 0.05


@pytest.mark.parametrize("pace", [0.93, 1.08])
def test_at_another_pace_the_words_and_their_times_are_the_same(
    recogniser: Recogniser, say: Callable[[str], Samples], pace: float
) -> None:
    for _ in range(2):
        begins = recogniser.taken
        sound = np.concatenate([np.zeros(RATE // 2, dtype=np.float32), say("start over")])
        recogniser.accept(sound)
        as_it_is = recogniser.finish()[0]
        assert recogniser.taken == pytest.approx(begins + len(sound) / RATE)
        for found in recogniser.paced(sound, pace):
            assert found[0].text == as_it_is.text == "start over"
            for there, here in zip(found[0].words, as_it_is.words, strict=True):
                assert there.start == pytest.approx(here.start, abs=0.1)
                assert there.end == pytest.approx(here.end, abs=0.1)


def test_a_second_hearing_takes_only_whole_sentences(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    sound = say("start point")
    recogniser.accept(sound)
    assert recogniser.finish()[0].text == "start point"
    assert "start point" not in [alternative.text for alternative in recogniser.again(sound)]


def test_a_second_hearing_of_other_speech_finds_no_sentence(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    sound = say("the weather in hamburg was gloomy")
    recogniser.accept(sound)
    recogniser.finish()
    assert UNKNOWN in recogniser.again(sound)[0].text


@dataclass(frozen=True)
class Lacking:
    word: str
    phrase: str
    spelling: str | None = None


def test_words_that_the_model_lacks_are_said_with_a_spelling_it_has() -> None:
    class Table:
        def missing_words(self, has_word: Callable[[str], bool]) -> list[Missing]:
            words = {"weizhongg": None, "weizhong": None, "foorty": None, "forti": "forty"}
            return [Lacking(w, f"{w} please", s) for w, s in words.items() if not has_word(w)]

        def grammar(self, has_word: Callable[[str], bool]) -> tuple[str, ...]:
            return ("please",)

        def sentences(self, has_word: Callable[[str], bool]) -> Sentences:
            return Sentences((("please",),), {})

    with pytest.raises(UserError) as caught:
        Recogniser(find_model(), Table())
    first, second = str(caught.value).splitlines()
    assert '"weizhongg"' in first
    assert '"weizhongg please"' in first
    assert '"weizhong"' in first
    assert '"foorty"' in second
    assert '"forty"' in second


def test_who_listens_loads_no_web_client() -> None:
    listening = (
        "import sys; from voiceacu.asr.models import find_model;"
        "from voiceacu.asr.probe import _TRY; sys.argv[1:] = [str(find_model())];"
        "exec(_TRY); sys.exit('urllib3' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", listening], check=True)
