"""How words sound, and how much two texts sound alike."""

from collections.abc import Mapping, Sequence

from rapidfuzz.distance import Levenshtein

_KINDS = (
    "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW",
    "P T K B D G",
    "F TH S SH HH CH",
    "V DH Z ZH JH",
    "M N NG",
    "L R W Y",
)
"""Phones (ARPAbet) that are taken for one another more easily than for the others."""

_KIND = {phone: kind for kind in _KINDS for phone in kind.split()}


class Sounds:
    """The sounds of the words of a model."""

    def __init__(self, phones: Mapping[str, Sequence[str]]) -> None:
        """`phones` are those of each word, as in CMUdict without stress."""
        self._phones = phones

    def alike(self, one: str, other: str) -> float:
        """How much two texts sound alike, 0..1; where the sounds of a word are not known, how much
        they look alike."""
        sounds = self._of(one), self._of(other)
        if all(sounds):
            return Levenshtein.normalized_similarity(*sounds)
        return Levenshtein.normalized_similarity(one.replace(" ", ""), other.replace(" ", ""))

    def _of(self, text: str) -> list[str]:
        """Each phone as its kind and itself, so that one of its kind is half the same; empty where
        a word is not known."""
        words = [self._phones.get(word) for word in text.split()]
        phones = [phone for word in words if word for phone in word]
        return [part for p in phones for part in (_KIND.get(p, p), p)] if all(words) else []
