"""The phrases worth a second hearing."""

from voiceacu.asr.alternative import Alternative, Word
from voiceacu.asr.shortlist import Shortlist

PHRASES = ("how long", "how strong should it be", "next point", "where is it", "stop")


def near(*readings: tuple[str, float]) -> list[str]:
    return Shortlist(PHRASES).near(
        [
            Alternative(tuple(Word(word, 0.0, 1.0) for word in text.split()), score)
            for text, score in readings
        ]
    )


def test_recombined_words_bring_the_phrase_they_came_from() -> None:
    assert near(("how strong long should it", 10.0))[0] == "how strong should it be"


def test_the_likelier_reading_counts_more() -> None:
    assert near(("next pint", 60.0), ("where is the", 10.0))[0] == "next point"


def test_talk_and_silence_are_near_nothing() -> None:
    assert near(("[unk] [unk]", 10.0), ("", 9.0)) == []
    assert near() == []
