"""A phrase whose beginning was not heard."""

from voiceacu.asr.alternative import Alternative, Word
from voiceacu.asr.choice import Choice
from voiceacu.asr.unheard import completed
from voiceacu.nlu.types import Intent, Understanding

PHRASES = {"could it harm me": "safety", "how many points": "points_left"}
ENDS = {"it harm me": "could", "harm me": "could it", "many points": "how"}


class Table:
    def understand(self, text: str) -> Understanding:
        intent = PHRASES.get(text)
        score = 100.0 if intent else 0.0
        return Understanding(text, Intent(intent) if intent else None, score, intent is not None)

    def is_suggested(self, text: str) -> bool:
        return False

    def unheard(self, text: str) -> str | None:
        return ENDS.get(text)


def heard(*readings: tuple[str, float]) -> Choice | None:
    """What is made of texts with their scores; each word lasts a second."""
    alternatives = [
        Alternative(tuple(Word(w, i, i + 1.0) for i, w in enumerate(text.split())), score)
        for text, score in readings
    ]
    return completed(alternatives, Table())


def text(choice: Choice | None) -> str | None:
    return choice.alternative.text if choice else None


def test_the_beginning_is_supplied() -> None:
    assert text(heard(("it harm me", 0.0))) == "could it harm me"
    assert text(heard(("harm me", 0.0))) == "could it harm me"


def test_it_may_be_heard_as_other_words() -> None:
    assert text(heard(("the harm me", 0.0))) == "could it harm me"
    assert text(heard(("the next harm me", 0.0))) == "could it harm me"
    assert heard(("the next point harm me", 0.0)) is None


def test_what_goes_on_is_no_end() -> None:
    assert heard(("it harm me next", 0.0)) is None
    assert heard() is None


def test_it_needs_its_share_of_the_votes() -> None:
    other = ("the next harm", 0.0)
    assert text(heard(other, ("it harm me", -2.0), ("the harm me", -2.0))) == "could it harm me"
    assert heard(other, ("it harm me", -5.0), ("the harm me", -5.0)) is None


def test_talk_with_more_votes_stays_talk() -> None:
    assert heard(("[unk] harm me", 0.0), ("it harm me", -0.5)) is None
    assert text(heard(("[unk] harm me", -4.0), ("it harm me", 0.0))) == "could it harm me"


def test_of_two_meanings_the_one_with_more_votes_counts() -> None:
    many = ("many points", -1.0)
    assert text(heard(many, ("it harm me", 0.0))) == "could it harm me"
    assert text(heard(many, ("on many points", -1.0), ("it harm me", -0.5))) == "how many points"


def test_it_begins_with_what_was_heard() -> None:
    choice = heard(("the harm me", 0.0))
    assert choice is not None
    assert [word.start for word in choice.alternative.words] == [1.0, 1.0, 1.0, 2.0]
    assert choice.confidence == 1.0
