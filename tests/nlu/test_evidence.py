"""How much must be said to mean something: noise is easily heard as some short word."""

import itertools

import pytest

from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.types import Phase

PHASES = (None, *Phase)

SMALL = """
i a the it to of so do good i'm you and is in on we me my that this up down for at be by one
two right not can now then here there all any some out point side left with just like get take
have need want time long hard more much foot knee ankle feet everything second minute which
when who tell say know think feel too very am are was did does if but or as an hold towel safe
it's that's i've i'd don't can't let's huh oh great first last minutes seconds
"""

LIGHT = "a an the this that it to of on in at for from with and as if by i me my we us"


def taken(table: PhraseTable, text: str) -> set[str]:
    """The intents that a text is taken for, in any phase."""
    readings = (table.understand(text, phase) for phase in PHASES)
    return {r.intent.name for r in readings if r.accepted and r.intent is not None}


@pytest.mark.parametrize(
    "word",
    SMALL.split(),
)
def test_one_small_word_means_nothing(table: PhraseTable, word: str) -> None:
    for text in (word, f"um {word}", f"{word} {word}"):
        for phase in PHASES:
            reading = table.understand(text, phase)
            assert not reading.accepted, (text, phase, reading.intent)
            assert reading.candidates == (), (text, phase)


@pytest.mark.parametrize(
    ("word", "intent"),
    [
        ("stop", "stop"),
        ("pause", "pause"),
        ("wait", "pause"),
        ("next", "next_point"),
        ("repeat", "repeat"),
        ("ouch", "it_hurts"),
        ("um stop", "stop"),
        ("stop stop", "stop"),
        ("weizhong", "go_to_point"),
        ("kunlun", "go_to_point"),
        ("loudeer", "louder"),
        ("yes", "yes"),
    ],
)
def test_one_word_that_is_a_phrase_is_enough(table: PhraseTable, word: str, intent: str) -> None:
    assert taken(table, word) == {intent}


def test_pairs_of_articles_and_prepositions_mean_nothing(table: PhraseTable) -> None:
    wrong = {
        pair: taken(table, " ".join(pair)) for pair in itertools.permutations(LIGHT.split(), 2)
    }
    assert not {pair: intents for pair, intents in wrong.items() if intents}


@pytest.mark.parametrize(
    "text",
    [
        "I have got to be",
        "to the left",
        "the long and the short of it",
        "so I said to him",
        "my foot is",
        "in a bit of a",
        "for the back of it",
        "he is too",
    ],
)
def test_the_gist_of_one_word_is_not_enough(table: PhraseTable, text: str) -> None:
    assert not taken(table, text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("slow down I can't keep up", "slower"),
        ("quieter please my husband is asleep", "quieter"),
        ("hang on I need the toilet", "pause"),
        ("oh no go back I didn't mean that", "undo"),
        ("thank you that's enough", "stop"),
        ("I'm comfortable now let's start", "start_routine"),
        ("yes please next point", "next_point"),
        ("next point it hurts", "it_hurts"),
        ("I wasn't listening say that again", "repeat"),
        ("an next point", "next_point"),
        ("i'm could you say that again", "repeat"),
    ],
)
def test_a_command_may_come_with_its_reason_or_an_aside(
    table: PhraseTable, text: str, intent: str
) -> None:
    assert intent in taken(table, text)


@pytest.mark.parametrize(
    "text",
    [
        "next point previous point",
        "louder slower",
        "yes he told me",
        "next I went to the shops",
        "start my car",
        "I told her to go back",
    ],
)
def test_other_sentences_of_two_clauses_are_no_command(table: PhraseTable, text: str) -> None:
    assert not taken(table, text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        *((text, "stop") for text in ("stop", "stop it", "stop now", "make it stop")),
        *((text, "stop") for text in ("that's enough", "that's enough now", "I want to stop")),
        *((text, "stop") for text in ("no more", "I've had enough", "stop right there")),
        *((text, "stop") for text in ("cancel", "end the session", "I don't want to go on")),
        *((text, "pause") for text in ("wait", "hold on", "hang on", "hold on a second")),
        *((text, "pause") for text in ("I need a break", "just a moment", "wait a minute")),
        *((text, "pause") for text in ("give me a minute", "one moment please", "I need a rest")),
        *((text, "it_hurts") for text in ("ow", "ouch", "ouch that hurts", "ow ow ow")),
        *((text, "it_hurts") for text in ("it hurts", "that really hurts", "I'm in pain")),
        *((text, "it_hurts") for text in ("my leg tingles", "my foot has gone numb")),
        *((text, "it_hurts") for text in ("I've got pins and needles", "I feel faint")),
        *((text, "it_hurts") for text in ("I feel sick", "I feel dizzy", "I'm dizzy")),
        *((text, "it_hurts") for text in ("I don't feel well", "I feel awful")),
        *((text, "it_hurts") for text in ("it's getting worse", "my back hurts")),
        *((text, "emergency") for text in ("I can't breathe", "my chest hurts")),
        *((text, "red_flag") for text in ("I can't feel my legs", "I've got a fever")),
        *((text, "too_uncomfortable") for text in ("that's too much", "too hard")),
    ],
)
def test_what_keeps_one_safe_is_understood_in_every_phase(
    table: PhraseTable, text: str, intent: str
) -> None:
    for phase in PHASES:
        reading = table.understand(text, phase)
        assert reading.accepted, phase
        assert reading.intent is not None
        assert reading.intent.name == intent, phase
