"""What the recogniser listens for."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest

from voiceacu.nlu.grammar import Sentences
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.nlu.template import is_slot
from voiceacu.nlu.types import Intent, Phase


def pairs(phrase: str) -> set[tuple[str, str]]:
    return set(itertools.pairwise(("<s>", *phrase.split(), "</s>")))


def test_phrases_are_as_a_model_spells_them(table: PhraseTable) -> None:
    assert all(set(phrase) <= set("abcdefghijklmnopqrstuvwxyz' ") for phrase in table.grammar())
    assert all(phrase == " ".join(phrase.split()) and phrase for phrase in table.grammar())


def test_every_phrase_it_may_hear_is_understood(table: PhraseTable) -> None:
    """In some phase; the recogniser is never led to a phrase that means nothing."""
    lost = [
        phrase
        for phrase in dict.fromkeys(table.grammar())
        if not any(table.understand(phrase, phase).accepted for phase in (None, Phase.PAUSED))
    ]
    assert lost == []


@pytest.mark.parametrize(
    "phrase",
    [
        "stop",
        "next point please",
        "can we go to the knee point",
        "please go to b l twenty three",
        "where is u b forty",
        "how do i press the ankle point",
        "tell me where is kunlun",
        "hold it for two and a half minutes",
        "make it forty five seconds",
        "just do the outer back point",
        "start the feet only routine",
        "what does gall bladder forty one do",
        "another thirty seconds",
        "where is stomach forty one",
        "i'm not sure",
        "same as last time",
    ],
)
def test_every_pair_of_words_can_be_heard(table: PhraseTable, phrase: str) -> None:
    heard = set().union(*map(pairs, table.grammar()))
    assert pairs(phrase) <= heard
    assert table.understand(phrase).accepted


def test_urgent_phrases_are_not_drowned(table: PhraseTable) -> None:
    grammar = table.grammar()
    count = Counter(grammar)
    for urgent in ("stop", "pause", "it hurts"):
        assert count[urgent] >= 20
    first = Counter(phrase.split()[0] for phrase in grammar)
    assert first["stop"] / len(grammar) > 0.002
    assert len(grammar) < 8000


def test_a_model_without_a_name_gets_its_sound_alikes(table: PhraseTable) -> None:
    def has_word(word: str) -> bool:
        return word not in ("weizhong", "wei", "zhong", "jong")

    grammar = table.grammar(has_word)
    assert all(has_word(word) for phrase in grammar for word in phrase.split())
    heard = set().union(*map(pairs, grammar))
    for alike in ("way john", "way jung"):
        assert pairs(f"where is {alike}") <= heard
        assert table.understand(f"where is {alike}").intent == Intent(
            "where_is", {"point": "BL-40"}
        )


def said(sentences: Sentences) -> Iterator[str]:
    """Each sentence, with each of its slots in the first of its ways."""
    for template in sentences.templates:
        yield " ".join(" ".join(sentences.ways.get(word, ((word,),))[0]) for word in template)


def test_the_sentences_are_all_understood(table: PhraseTable) -> None:
    sentences = table.sentences(lambda word: True)
    wrong = [text for text in said(sentences) if not table.understand(text).accepted]
    assert wrong == []
    assert len(sentences.templates) > 10_000


def test_no_name_is_said_with_two_articles(table: PhraseTable) -> None:
    articles = {"a", "an", "the", "my"}
    sentences = table.sentences(lambda word: True)
    first = {slot: {way[0] for way in sentences.ways[slot]} for slot in ("{point}", "{routine}")}
    doubled = [
        template
        for template in sentences.templates
        for word, following in itertools.pairwise(template)
        if word in articles and articles & first.get(following, {following})
    ]
    assert doubled == []


def test_a_single_word_is_a_sentence_only_where_it_tells(table: PhraseTable) -> None:
    alone = {words[0] for words in table.sentences(lambda word: True).templates if len(words) == 1}
    assert {"stop", "louder", "weizhong"} <= alone
    assert not {"knee", "left", "{point}"} & alone


def test_sentences_too_get_the_sound_alikes(table: PhraseTable) -> None:
    def has_word(word: str) -> bool:
        return word not in ("weizhong", "wei", "zhong", "jong")

    sentences = table.sentences(has_word)
    ways = [word for way in sentences.ways["{point}"] for word in way]
    written = [word for words in sentences.templates for word in words if not is_slot(word)]
    assert all(map(has_word, (*ways, *written)))
    assert ("way", "john") in sentences.ways["{point}"]


def test_every_point_name_has_a_spelling_of_common_words(table: PhraseTable) -> None:
    names = {"weizhong", "shenshu", "dachangshu", "zhishi", "zulinqi", "kunlun", "jiexi"}
    parts = {"wei", "zhong", "shen", "shu", "dachang", "chang", "da", "zhi", "shi", "zu", "lin"}
    parts |= {"qi", "kun", "lun", "jie", "xi", "jong", "chi", "loon", "koon"}
    missing = {m.word: m.spelling for m in table.missing_words(lambda w: w not in names | parts)}
    assert set(missing) == names
    assert all(missing.values())


def test_a_word_that_no_spelling_replaces_is_told_and_not_listened_for(table: PhraseTable) -> None:
    def has_word(word: str) -> bool:
        return word not in ("louder", "weizhong")

    lost = [missing for missing in table.missing_words(has_word) if missing.spelling is None]
    assert [(missing.word, missing.phrase) for missing in lost] == [("louder", "louder")]
    assert "louder" not in {w for phrase in table.grammar(has_word) for w in phrase.split()}


def test_what_is_missing_comes_with_a_phrase(table: PhraseTable) -> None:
    (missing,) = table.missing_words(lambda word: word != "kunlun")
    assert (missing.word, missing.spelling) == ("kunlun", "kun lun")
    assert "kunlun" in missing.phrase.split()
