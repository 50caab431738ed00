"""How much two texts sound alike."""

from pathlib import Path

import pytest

from voiceacu.asr.models import find_model, pronunciations
from voiceacu.asr.sounds import Sounds


@pytest.fixture(scope="module")
def sounds() -> Sounds:
    return Sounds(pronunciations(find_model()))


def test_the_same_sounds_are_the_same_however_they_are_spelled(sounds: Sounds) -> None:
    assert sounds.alike("do this one for longer", "do this one four longer") == 1


def test_sounds_of_one_kind_are_nearer_than_others(sounds: Sounds) -> None:
    near, far = sounds.alike("with me", "with knee"), sounds.alike("with me", "with see")
    assert 1 > near > far > 0


def test_where_a_word_begins_does_not_matter(sounds: Sounds) -> None:
    assert sounds.alike("let's call it a day", "let's call it today") > 0.9


def test_what_is_said_around_a_phrase_counts_less(sounds: Sounds) -> None:
    phrase = "switch side"
    assert sounds.alike("it's which side", phrase) > sounds.alike("which side", phrase)
    assert sounds.alike("switch side there", phrase) > sounds.alike("switch tide where", phrase)
    assert sounds.alike("switch side there", phrase) < 1


def test_without_sounds_the_letters_count(sounds: Sounds) -> None:
    assert sounds.alike("my qwertyish foot", "my qwertish foot") > 0.9
    assert Sounds({}).alike("next point", "next points") > 0.8 > Sounds({}).alike("next", "stop")


def test_every_word_of_our_model_has_its_sounds(tmp_path: Path) -> None:
    sounds = pronunciations(find_model())
    assert sounds["weizhong"] == ("W", "EY", "JH", "OW", "NG")
    assert all(sounds.values()) and len(sounds) > 10_000
    assert pronunciations(tmp_path) == {}
