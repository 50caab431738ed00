"""The recogniser with the real libvosk and the real model."""

from collections.abc import Callable

import numpy as np
import pytest

from voiceacu.asr.models import find_model
from voiceacu.asr.recogniser import UNKNOWN, Recogniser
from voiceacu.errors import UserError
from voiceacu.pcm import RATE, Samples


def test_words_come_with_times_and_confidence(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    begins = recogniser.taken + 1.0
    spoken = say("where is it")
    recogniser.accept(np.zeros(RATE, dtype=np.float32))
    recogniser.accept(spoken)
    words = recogniser.finish()
    assert [word.text for word in words] == ["where", "is", "it"]
    assert words[0].start == pytest.approx(begins, abs=0.1)
    assert words[-1].end == pytest.approx(begins + len(spoken) / RATE, abs=0.2)
    assert all(0.5 < word.confidence <= 1.0 for word in words)


def test_times_go_on_through_many_utterances(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    spoken = say("repeat")
    for _ in range(5):
        begins = recogniser.taken
        recogniser.accept(np.zeros(RATE // 2, dtype=np.float32))
        recogniser.accept(spoken)
        (word,) = recogniser.finish()
        assert begins + 0.4 < word.start < word.end < recogniser.taken + 0.05


def test_speech_outside_the_grammar_is_unknown(
    recogniser: Recogniser, say: Callable[[str], Samples]
) -> None:
    recogniser.accept(say("the weather in hamburg was gloomy"))
    words = [word.text for word in recogniser.finish()]
    assert UNKNOWN in words


def test_silence_has_no_words(recogniser: Recogniser) -> None:
    recogniser.accept(np.zeros(RATE, dtype=np.float32))
    assert recogniser.partial() == ""
    assert recogniser.finish() == ()


def test_words_that_the_model_lacks_are_said_with_a_spelling_it_has() -> None:
    class Table:
        def grammar(self) -> tuple[str, ...]:
            return ("next point", "weizhongg please", "foorty")

        def is_complete(self, text: str) -> bool:
            return False

        def can_continue(self, text: str) -> bool:
            return False

        def is_urgent(self, text: str) -> bool:
            return False

    with pytest.raises(UserError) as caught:
        Recogniser(find_model(), Table())
    first, second = str(caught.value).splitlines()
    assert '"weizhongg"' in first
    assert '"weizhongg please"' in first
    assert '"weizhong"' in first
    assert '"foorty"' in second
    assert '"forty"' in second
