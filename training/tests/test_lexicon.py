"""How words are said."""

from training.lexicon import load_lexicon, pronunciations, with_merged_vowels


def spoken(word: str) -> set[str]:
    found = with_merged_vowels(pronunciations(word, load_lexicon()))
    assert len({tuple(phones) for phones in found}) == len(found)
    return {" ".join(phones) for phones in found}


def test_cot_and_caught_may_sound_alike() -> None:
    assert {"P AO Z", "P AA Z"} <= spoken("pause")
    assert spoken("cot") <= spoken("caught")


def test_they_differ_before_r() -> None:
    assert not any("AA" in said for said in spoken("four"))


def test_commands_of_one_syllable_do_not_sound_alike() -> None:
    words = ("pause", "pass", "last", "lost", "stop", "start", "next", "back")
    said = [spoken(word) for word in words]
    assert len(set().union(*said)) == sum(map(len, said))
