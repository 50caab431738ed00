"""What a sentence is about, whatever its grammar: the set of its telling words.

"Could we maybe jump right to the next one then" is about {go, next, point}. A phrase has the same
gist whatever the order of its words, and whatever says nothing between them. Every telling word
must be accounted for; so "the next bus" has the gist of no phrase.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from voiceacu.nlu.language import Language
from voiceacu.nlu.matcher import Match, Phrase, Reading
from voiceacu.nlu.template import Words
from voiceacu.nlu.types import Intent, Phase

SCORE = 95.0
"""Score (0..100) of a sentence with the gist of a phrase, but other words."""

_MOST_TELLING = 8
"""Telling words above which a sentence is a story, and no command."""

_FEWEST = 2
"""Telling words below which a phrase is taken only as it is written."""

_ASKING = "?"

_Gist: TypeAlias = frozenset[str]


@dataclass(frozen=True, slots=True)
class Loose:
    """A phrase whose `words` must be said, in any order; the words in `may` are expected too."""

    phrase: Phrase
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Entry:
    phrase: Phrase
    may: _Gist
    written: bool


class Gists:
    """Finds the phrase that a sentence has the gist of, in any phase.

    `loose` phrases were written for this alone, and go before the others.
    """

    def __init__(
        self,
        phrases: Iterable[Phrase],
        loose: Iterable[Loose],
        readings: Callable[[Words], list[Reading]],
        language: Language,
    ) -> None:
        self._words = language.gist
        self._asking = {tuple(asking.split()) for asking in language.gist.asking}
        self._readings = readings
        self._entries: dict[_Gist, list[_Entry]] = {}
        for one in loose:
            self._add(one.phrase, self._telling(one.may), True)
        for phrase in phrases:
            self._add(phrase, frozenset(), False)

    def match(self, ways: Iterable[Words], phase: Phase | None) -> Match | None:
        """The phrase with the gist of a sentence, given as one or more ways to take its words."""
        for words in ways:
            for reading, values in reversed(self._readings(words)):
                phrase = self._meaning(self._gist(reading), phase)
                if phrase is not None:
                    intent = Intent(phrase.intent, {**phrase.slots, **values})
                    return Match(phrase, intent, SCORE)
        return None

    def _add(self, phrase: Phrase, may: _Gist, written: bool) -> None:
        gist = self._gist(phrase.words)
        core = gist - self._words.soft
        if not gist or (not written and (gist <= self._words.weak or len(gist) < _FEWEST)):
            return
        entry = _Entry(phrase, may, written)
        self._entries.setdefault(gist, []).append(entry)
        if core != gist and len(core - self._words.weak) >= _FEWEST:
            self._entries.setdefault(core, []).append(entry)

    def _meaning(self, gist: _Gist, phase: Phase | None) -> Phrase | None:
        """What explains the most words; None where two explain as many, or none all."""
        if not 0 < len(gist) <= _MOST_TELLING:
            return None
        for length in range(len(gist), 0, -1):
            cores = [frozenset(chosen) for chosen in itertools.combinations(gist, length)]
            for spare in (frozenset[str](), self._words.soft):
                found = [e for core in cores for e in self._explaining(core, gist - core, spare)]
                group = next(filter(None, self._by_right(found, phase)), None)
                if group:
                    first = group[0]
                    agreed = all(_same_meaning(first, other) for other in group)
                    return first if agreed else None
        return None

    def _explaining(self, core: _Gist, rest: _Gist, spare: _Gist) -> Iterator[_Entry]:
        telling = len(core - self._words.weak)
        for entry in self._entries.get(core, ()):
            enough = telling >= (1 if entry.written else _FEWEST)
            if rest - (spare if enough else frozenset()) <= entry.may:
                yield entry

    @staticmethod
    def _by_right(found: list[_Entry], phase: Phase | None) -> Iterator[list[Phrase]]:
        """Those of this phase before those of all phases; the written before the usual."""
        for here, written in itertools.product((True, False), (True, False)):
            if not here or phase is not None:
                yield [
                    entry.phrase
                    for entry in found
                    if entry.written == written
                    and (phase in entry.phrase.phases if here else not entry.phrase.phases)
                ]

    def _telling(self, words: Iterable[str]) -> _Gist:
        same, silent = self._words.same, self._words.silent
        return frozenset(same.get(word, word) for word in words if word not in silent)

    def _gist(self, words: Words) -> _Gist:
        telling = self._telling(words)
        asks = words[:1] in self._asking or words[:2] in self._asking
        return telling | {_ASKING} if asks else telling


def _same_meaning(one: Phrase, other: Phrase) -> bool:
    return one.intent == other.intent and one.slots == other.slots
