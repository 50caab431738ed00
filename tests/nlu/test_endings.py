"""What was said where the beginning was not heard."""

import pytest

from voiceacu.nlu.endings import Endings
from voiceacu.nlu.matcher import Phrase
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Intent


@pytest.mark.parametrize(
    ("end", "intent"),
    [
        ("many points are there", Intent("points_left")),
        ("harm me", Intent("safety")),
        ("is the back of the knee", Intent("where_is", {"point": "BL-40"})),
    ],
)
def test_what_ends_as_one_meaning_does_is_that(
    table: PhraseTable, end: str, intent: Intent
) -> None:
    assert not table.understand(end).accepted
    beginning = table.unheard(end)
    assert beginning is not None
    assert table.understand(f"{beginning} {end}").intent == intent


@pytest.mark.parametrize(
    "end", ["", "next point", "is it", "the next bus", "point", "[unk] harm me"]
)
def test_what_is_said_whole_says_little_or_ends_as_nothing_does_lacks_no_beginning(
    table: PhraseTable, end: str
) -> None:
    assert table.unheard(end) is None


@pytest.mark.parametrize("end", ["ready yet", "more breathing", "listen any more", "so loud"])
def test_what_would_turn_the_meaning_is_not_supplied(table: PhraseTable, end: str) -> None:
    assert table.unheard(end) is None


def phrase(text: str, intent: str) -> Phrase:
    return Phrase(tuple(text.split()), intent, text, {})


def test_an_end_of_two_meanings_is_none() -> None:
    some = [
        phrase("how does it end", "a"),
        phrase("when does it end", "b"),
        phrase("how is it", "a"),
    ]
    endings = Endings(some, frozenset(["is", "it"]), frozenset(["how", "when", "does"]))
    assert endings.beginning(("does", "it", "end")) is None
    assert endings.beginning(("is", "it")) is None
    alone = Endings(some[:1], frozenset(["is", "it"]), frozenset(["how", "when", "does"]))
    assert alone.beginning(("does", "it", "end")) == ("how",)
    assert alone.beginning(("it", "end")) == ("how", "does")
    assert alone.beginning(("end",)) is None
