"""Of several readings, the one that means most."""

from collections.abc import Sequence

import numpy as np
import pytest

from voiceacu.asr.alternative import Alternative, Word
from voiceacu.asr.choice import averaged, beginning, choose, pooled
from voiceacu.asr.models import find_model, pronunciations
from voiceacu.asr.sounds import Sounds
from voiceacu.nlu.types import Intent, Understanding


class Table:
    meanings = (
        ("next point", "next_point", 100.0),
        ("next one", "next_point", 100.0),
        ("next points", "next_point", 90.0),
        ("text point", "tips", 90.0),
        ("how long", "how_long", 100.0),
        ("how much longer", "how_long", 100.0),
        ("see how much longer", "how_long", 95.0),
    )

    def understand(self, text: str) -> Understanding:
        for phrase, intent, score in self.meanings:
            if phrase == text:
                return Understanding(text, Intent(intent), score, True)
        return Understanding(text, None, 0.0, False)

    def is_suggested(self, text: str) -> bool:
        return text == "next point"


class Unlike:
    """Nothing sounds like anything else."""

    def alike(self, text: str, phrase: str) -> float:
        return float(text == phrase)


SOUNDS = Unlike()


def reading(text: str, score: float) -> Alternative:
    return Alternative(tuple(Word(word, 0.0, 1.0) for word in text.split()), score)


def chosen(*readings: tuple[str, float], again: Sequence[tuple[str, float]] = ()) -> str | None:
    first, second = ([reading(*one) for one in hearing] for hearing in (readings, again))
    choice = choose(pooled(first, second), Table(), SOUNDS, second)
    if choice is None:
        return None
    assert 0.0 < choice.confidence <= 1.0
    return choice.alternative.text


def test_a_phrase_further_down_wins_over_recombined_words() -> None:
    readings = (("how much lower", 10.0), ("how much longer", 8.0), ("how must longer", 7.5))
    assert chosen(*readings) == "how much longer"


def test_of_one_or_two_words_more_must_be_certain() -> None:
    """Noise is easily heard as them."""
    assert chosen(("next won", 10.0), ("next one", 8.0), ("necks one", 7.5)) != "next one"
    assert chosen(("next won", 10.0), ("next one", 9.5), ("necks one", 7.5)) == "next one"


def test_what_is_suggested_is_expected() -> None:
    assert chosen(("next won", 10.0), ("next point", 8.0), ("necks one", 7.5)) == "next point"
    assert chosen(("next won", 14.0), ("next point", 8.0), ("necks one", 7.5)) != "next point"


def test_a_long_sentence_is_believed_that_alone_a_second_hearing_gives() -> None:
    heard = ("how must slower", 10.0)
    sentence, other = ("how much longer", 4.0), ("text point", 0.0)
    assert chosen(heard, again=(sentence,)) == "how much longer"
    assert chosen(heard, again=(sentence, other)) == "how must slower"
    assert chosen(heard, again=(sentence, ("[unk]", 0.0))) == "how must slower"
    assert chosen(heard, again=(("next one", 4.0),)) == "how must slower"
    assert chosen(heard, again=(("see how much longer", 4.0),)) == "how must slower"
    assert chosen(heard, again=(("how much longer", 0.0),)) == "how must slower"


def test_silence_and_talk_are_expected_too() -> None:
    """Else music would be taken for the short words that are suggested."""
    assert chosen(("", 10.0), ("next won", 8.0), ("next point", 8.0), ("necks", 8.0)) is None
    assert chosen(("[unk]", 10.0), ("next won", 8.0), ("next point", 8.0)) == "[unk]"


def test_what_is_far_less_likely_does_not_win() -> None:
    assert chosen(("neck is bent", 20.0), ("next point", 8.0)) == "neck is bent"


def test_alternatives_of_one_meaning_add_up() -> None:
    readings = (("how long", 10.0), ("next point", 9.5), ("next one", 9.5))
    assert chosen(*readings) in ("next point", "next one")


def test_a_whole_phrase_counts_more_than_one_that_is_only_near() -> None:
    assert chosen(("text point", 10.0), ("next point", 9.0)) == "next point"


def test_what_is_only_near_a_phrase_must_be_more_certain() -> None:
    """Other people's talk often is."""
    talk = ("sea how match lower", 10.3)
    assert chosen(talk, ("see how much longer", 10.0)) == talk[0]
    assert chosen(talk, ("see how much longer", 11.5)) == "see how much longer"
    assert chosen(talk, ("how much longer", 10.0)) == "how much longer"


def test_a_command_among_many_readings_is_not_believed() -> None:
    others = [(f"neck bent {i}", 9.5) for i in range(9)]
    assert chosen(("next one", 10.0), *others) == "neck bent 0"


def test_a_command_needs_more_votes_than_talk() -> None:
    command, talk, other = ("how much longer", 9.0), ("how [unk]", 10.0), ("how must slower", 10.0)
    assert chosen(other, command) == "how much longer"
    assert chosen(talk, command) == "how [unk]"
    assert chosen(talk, ("how much longer", 10.5)) == "how much longer"


def test_speech_outside_the_grammar_stays_what_it_is() -> None:
    assert chosen(("[unk]", 12.0), ("[unk] next", 11.0)) == "[unk]"


def test_silence_is_nothing() -> None:
    assert chosen(("", 9.0)) is None
    assert chosen() is None


def test_the_surer_the_more_confident() -> None:
    def confidence(gap: float) -> float:
        alternatives = [
            Alternative((Word("next point", 0.0, 1.0),), 10.0),
            Alternative((Word("necks", 0.0, 1.0),), 10.0 - gap),
        ]
        choice = choose(alternatives, Table(), SOUNDS)
        assert choice is not None
        return choice.confidence

    assert confidence(0.0) < confidence(2.0) < confidence(9.0)


def test_two_hearings_are_weighed_by_their_scores() -> None:
    first = [reading("text points", 10.0), reading("next points", 9.0)]
    second = [reading("next point", 12.0), reading("text points", 11.0)]
    together = pooled(first, second)
    assert [(a.text, a.score) for a in together] == [
        ("next point", 12.0),
        ("text points", 11.0),
        ("next points", 9.0),
    ]
    choice = choose(together, Table(), SOUNDS, second)
    assert choice is not None
    assert choice.alternative.text == "next point"


def test_what_is_heard_at_each_pace_is_likelier_than_what_is_heard_at_one() -> None:
    slower = [reading("next point", 50.0), reading("text points", 48.0)]
    faster = [reading("next point", 10.0), reading("necks", 9.0)]
    together = averaged([[reading("text points", 3.0)], slower, faster])
    assert together[0].text == "next point"
    assert sum(np.exp(a.score) for a in together) == pytest.approx(1.0)
    assert len(together) == 3


def test_words_that_mean_nothing_speak_for_the_phrase_they_sound_like() -> None:
    sounds = Sounds(pronunciations(find_model()))

    def chosen(*texts: tuple[str, float]) -> str:
        choice = choose([reading(*one) for one in texts], Table(), sounds)
        assert choice is not None
        return choice.alternative.text

    phrase, other = ("how much longer", 6.0), ("next one", 6.0)
    assert chosen(("how which longer", 10.0), phrase, other) == "how much longer"
    assert chosen(("know much longer", 10.0), phrase, other) == "how much longer"
    assert chosen(("know mud slower", 10.0), phrase, other) == "know mud slower"
    assert chosen(("how much [unk]", 10.0), phrase, other) == "how much [unk]"
    hardly = ("how much longer", 1.0)
    assert chosen(("how which longer", 10.0), hardly, other) == "how which longer"


def test_what_is_near_one_phrase_speaks_for_another_that_it_sounds_more_like() -> None:
    near, phrase = reading("text point", 10.0), reading("next point", 4.0)
    sounds = Sounds(pronunciations(find_model()))
    choice = choose([near, phrase], Table(), sounds)
    assert choice is not None and choice.alternative == phrase
    far = choose([near, reading("how much longer", 4.0)], Table(), sounds)
    assert far is None


def test_what_is_lent_makes_nothing_more_certain() -> None:
    sounds = Sounds(pronunciations(find_model()))
    both = [reading("how which longer", 10.0), reading("how much longer", 8.0)]
    lent, own = choose(both, Table(), sounds), choose(both, Table(), SOUNDS)
    assert lent is not None and own is not None
    assert lent.alternative == own.alternative == both[1]
    assert lent.confidence == own.confidence < 0.3


def test_what_clatters_before_a_phrase_counts_for_nothing() -> None:
    readings = [(f"{lead} how much longer", 1.0) for lead in ("quite", "five", "why the", "the")]
    assert chosen(*readings) == "how much longer"
    assert chosen(*readings[:3], ("next talk", 1.0)) == "how much longer"
    assert chosen(*((f"{lead} next point", 1.0) for lead in ("quite", "five"))) != "next point"
    long = [(f"{lead} and so on how much longer", 1.0) for lead in ("quite", "five")]
    assert chosen(*long) != "how much longer"
    near = (("see how much longer", 1.0), ("the how much longer", 1.0))
    assert chosen(*near) == "how much longer"


def test_words_that_are_heard_each_time_were_said() -> None:
    readings = (("never how much longer", 3.0), ("ever how much longer", 1.0))
    assert chosen(*readings) == "never how much longer"


def test_what_clatters_has_no_times() -> None:
    words = (Word("quite", 0.0, 0.4), Word("how", 0.5, 0.7), Word("much", 0.7, 1.0))
    again = (Word("five", 0.1, 0.4), *words[1:])
    last = Word("longer", 1.0, 1.5)
    hearing = [Alternative((*some, last), 1.0) for some in (words, again)]
    choice = choose(hearing, Table(), SOUNDS)
    assert choice is not None
    assert choice.alternative.words[0].start == 0.5


def test_what_may_follow_counts_for_a_beginning() -> None:
    heard = [reading("next point", 9.0), reading("next", 9.0), reading("nexus", 9.0)]
    assert beginning(heard, "next") == pytest.approx(2 / 3)


def test_where_the_best_meaning_is_not_believed_the_next_best_may_be() -> None:
    sounds = Sounds(pronunciations(find_model()))
    readings = [reading("how lung", 7.6), reading("shirt", 6.5), reading("how long", 4.0)]
    unsure = choose(readings, Table(), sounds)
    assert unsure is not None and unsure.alternative.text == "how long"
    choice = choose([*readings, reading("next one", 7.4)], Table(), sounds)
    assert choice is not None and choice.alternative.text == "next one"
