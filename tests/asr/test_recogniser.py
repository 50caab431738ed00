"""The recogniser with the real libvosk and the real model."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import UNKNOWN, Missing, Recogniser
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples


def test_words_come_with_times(recogniser: Recogniser, say: Callable[[str], Samples]) -> None:
    begins = recogniser.taken + 1.0
    spoken = say("where is it")
    recogniser.accept(np.zeros(RATE, dtype=np.float32))
    recogniser.accept(spoken)
    words = recogniser.finish()[0].words
    assert [word.text for word in words] == ["where", "is", "it"]
    assert words[0].start == pytest.approx(begins, abs=0.1)
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

    with pytest.raises(UserError) as caught:
        Recogniser(find_model(), Table())
    first, second = str(caught.value).splitlines()
    assert '"weizhongg"' in first
    assert '"weizhongg please"' in first
    assert '"weizhong"' in first
    assert '"foorty"' in second
    assert '"forty"' in second


def test_who_listens_loads_no_web_client():
    listening = (
        "import sys; from voiceacu.asr.models import find_model;"
        "from voiceacu.asr.probe import _TRY; sys.argv[1:] = [str(find_model())];"
        "exec(_TRY); sys.exit('urllib3' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", listening], check=True)
