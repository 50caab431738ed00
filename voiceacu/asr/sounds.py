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

_AROUND = 0.3
"""How much of itself each sound before or after those of a phrase counts."""

_KIND = {phone: kind for kind in _KINDS for phone in kind.split()}


class Sounds:
    """The sounds of the words of a model."""

    def __init__(self, phones: Mapping[str, Sequence[str]]) -> None:
        """`phones` are those of each word, as in CMUdict without stress."""
        self._phones = phones

    def alike(self, text: str, phrase: str) -> float:
        """How much a text sounds like a phrase, 0..1: what it has more before or after it counts
        less. Where the sounds of a word are not known, how much they look alike."""
        sounds = self._of(text), self._of(phrase)
        if not all(sounds):
            sounds = list(text.replace(" ", "")), list(phrase.replace(" ", ""))
        steps = list(Levenshtein.opcodes(*sounds))
        ends = [step for step in steps[:1] + steps[1:][-1:] if step.tag == "delete"]
        around = sum(step.src_end - step.src_start for step in ends) * (1 - _AROUND)
        longest = max(map(len, sounds))
        return 1 - (Levenshtein.distance(*sounds) - around) / (longest - around)

    def _of(self, text: str) -> list[str]:
        """Each phone as its kind and itself, so that one of its kind is half the same; empty where
        a word is not known."""
        words = [self._phones.get(word) for word in text.split()]
        phones = [phone for word in words if word for phone in word]
        return [part for p in phones for part in (_KIND.get(p, p), p)] if all(words) else []
