"""Which phrase a text comes nearest to.

Words become single characters of a private alphabet, a weighty word several of them, so that
rapidfuzz compares sentences word by word, in order, and in microseconds. A word that no phrase
has counts most. So "go on to the next one" is near "next one", and "the next bus stop" is near
nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from voiceacu.nlu.language import Language
from voiceacu.nlu.slots import SlotFinder, Value
from voiceacu.nlu.template import Words, is_slot
from voiceacu.nlu.types import Intent, Phase

LIGHT, MIDDLING, WEIGHTY, STRANGE = 2, 3, 7, 14
"""How often a word counts: articles and the like, pronouns and auxiliaries, words that carry
meaning, words that no phrase has."""

EXACT = 100.0
"""Score of a text that is a phrase of the table."""

WORTH_ASKING = 75.0
"""Least score (0..100) of a reading that is worth a question."""

_TYPING_SLIP = 0.83
"""Least likeness (0..1) of a typed word to the one that was meant: one slip in six letters."""
_SHORTEST_SLIP = 6
"""Letters below which a strange word is not taken for a slip: too many words are near."""
_MOST_SLIPS = 2

_FIRST_CHARACTER = 0x100
_STRANGER = "\x01"


class Phrase(NamedTuple):
    """One way to say an intent: its words in normal form, slots as `{slot}`.

    `slots` are fixed by the phrase itself, `phases` those it is limited to (none: all),
    `template` is where it comes from.
    """

    words: Words
    intent: str
    template: str
    slots: Mapping[str, Value]
    phases: tuple[Phase, ...] = ()

    def means_as(self, other: "Phrase") -> bool:
        """Whether both say the same intent about the same."""
        return self.intent == other.intent and self.slots == other.slots


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that is near a text; `score` is 0..100, 100 is the same words."""

    phrase: Phrase
    intent: Intent
    score: float


class _Index:
    """The phrases of one phase, as rapidfuzz takes them, found by the words they hold.

    Those of `small` words alone are only found as they are: what is near them means nothing.
    """

    def __init__(self, phrases: Iterable[tuple[str, Phrase]], small: frozenset[str]) -> None:
        self._phrases = dict(reversed([*phrases]))
        self._holding: dict[str, set[str]] = {}
        for code, phrase in self._phrases.items():
            if small.issuperset(phrase.words):
                continue
            for character in set(code):
                self._holding.setdefault(character, set()).add(code)

    def exact(self, code: str) -> Phrase | None:
        """The phrase of exactly these words."""
        return self._phrases.get(code)

    def near(self, code: str) -> Iterator[tuple[str, Phrase, float]]:
        """The phrases worth asking about, with their codes and scores, best first.

        A phrase that scores s (0..1) shares at least s / (2 - s) of the text's weight. So it
        holds at least one of the text's rarest words that together weigh more than the rest.
        """
        share = WORTH_ASKING / (200.0 - WORTH_ASKING)
        spare = len(code) * (1.0 - share)
        candidates: set[str] = set()
        for character in sorted(set(code), key=lambda c: len(self._holding.get(c, ()))):
            candidates |= self._holding.get(character, set())
            spare -= code.count(character)
            if spare < 0:
                break
        for found, score, _ in process.extract(
            code, list(candidates), scorer=fuzz.ratio, score_cutoff=WORTH_ASKING, limit=None
        ):
            yield found, self._phrases[found], score


Reading: TypeAlias = tuple[Words, Mapping[str, Value]]
"""The words of a text with a slot in place of what fills it, and the slot's value."""


class Matcher:
    """Finds the phrases nearest to a text, in any phase."""

    def __init__(
        self, phrases: Iterable[Phrase], finders: Iterable[SlotFinder], language: Language
    ) -> None:
        phrases = list(phrases)
        self._turned = language.negations.intersection
        self._finders = tuple(finders)
        vocabulary = dict.fromkeys(word for phrase in phrases for word in phrase.words)
        weights = dict.fromkeys(vocabulary, WEIGHTY)
        weights |= dict.fromkeys(language.light, LIGHT)
        weights |= dict.fromkeys(language.middling, MIDDLING)
        self._code = {
            word: chr(_FIRST_CHARACTER + i) * weight
            for i, (word, weight) in enumerate(weights.items())
        }
        self._known = frozenset(self._code).union(*(f.vocabulary for f in self._finders))
        self._spellings = [w for w in self._known if len(w) >= _SHORTEST_SLIP and not is_slot(w)]
        coded = [(self._encode(phrase.words), phrase) for phrase in phrases]
        small = language.small
        self._always = _Index(((code, p) for code, p in coded if not p.phases), small)
        self._limited = {
            phase: _Index(((code, p) for code, p in coded if phase in p.phases), small)
            for phase in Phase
        }
        self._somewhere = _Index(((code, p) for code, p in coded if p.phases), small)

    def exact(self, words: Words, phase: Phase | None) -> Match | None:
        """The phrase of exactly these words; what holds in this phase alone goes first."""
        for reading, values in self.readings(words):
            phrase = self.phrase(reading, phase)
            if phrase is not None:
                return _match(phrase, values, EXACT)
        return None

    def phrase(self, words: Words, phase: Phase | None) -> Phrase | None:
        """The phrase without slots of exactly these words."""
        first, second = self._indices(phase)
        code = self._encode(words)
        return first.exact(code) or second.exact(code)

    def matches(self, words: Words, phase: Phase | None) -> list[Match]:
        """The phrases worth asking about, best first, one for each intent with its slots.

        Where the same words mean something else in this phase, that goes first; without a phase
        goes first what holds in all.
        """
        words = self.without_slips(words)
        exact = self.exact(words, phase)
        if exact is not None:
            return [exact]
        first, second = self._indices(phase)
        best: dict[tuple[str, tuple[tuple[str, Value], ...]], Match] = {}
        for reading, values in self.readings(words):
            code = self._encode(reading)
            near = [*first.near(code), *(n for n in second.near(code) if not first.exact(n[0]))]
            for _, phrase, score in near:
                if any(is_slot(word) and word not in reading for word in phrase.words):
                    continue
                if self._turned(phrase.words) != self._turned(reading):
                    continue
                match = _match(phrase, values, score)
                key = (match.intent.name, tuple(match.intent.slots.items()))
                if key not in best or best[key].score < score:
                    best[key] = match
        return sorted(best.values(), key=lambda match: (-match.score, match.intent.name))

    def near(self, phrase: Phrase) -> list[tuple[Phrase, float]]:
        """The phrases of all phases with the same slots near this one, with their scores."""
        slots = set(filter(is_slot, phrase.words))
        found = self._always.near(self._encode(phrase.words))
        return [(p, score) for _, p, score in found if set(filter(is_slot, p.words)) == slots]

    def readings(self, words: Words) -> list[Reading]:
        """The words as they are, and once more for each slot that they fill."""
        readings: list[Reading] = [(words, {})]
        for finder in self._finders:
            found = finder.find(words)
            if found is not None:
                readings.append(found)
        return readings

    def without_slips(self, words: Words) -> Words:
        """With a strange word put right where it is nearly one of ours.

        Speech for somebody else has many strange words: then none is a slip.
        """
        strange = sum(word not in self._known for word in words)
        if not 0 < strange <= _MOST_SLIPS:
            return words
        return tuple(
            word if word in self._known or len(word) < _SHORTEST_SLIP else self._meant(word)
            for word in words
        )

    def _indices(self, phase: Phase | None) -> tuple[_Index, _Index]:
        if phase is None:
            return self._always, self._somewhere
        return self._limited[phase], self._always

    def _encode(self, words: Words) -> str:
        return "".join(self._code.get(word, _STRANGER * STRANGE) for word in words)

    def _meant(self, word: str) -> str:
        found = process.extractOne(
            word, self._spellings, scorer=OSA.normalized_similarity, score_cutoff=_TYPING_SLIP
        )
        return found[0] if found else word


def _match(phrase: Phrase, values: Mapping[str, Value], score: float) -> Match:
    return Match(phrase, Intent(phrase.intent, {**phrase.slots, **values}), score)
