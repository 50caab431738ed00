"""What a sentence is about, whatever its grammar: the set of its telling words.

"Could we maybe jump right to the next one then" is about {go, next, point}. A phrase has the same
gist whatever the order of its words, and whatever says nothing between them. Every telling word
must be accounted for; so "the next bus" has the gist of no phrase.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias

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
_QUESTION = frozenset([_ASKING])
_SILENCE = frozenset([""])
_NOTHING: frozenset[str] = frozenset()

_Gist: TypeAlias = frozenset[str]
_Rank: TypeAlias = tuple[int, bool, bool, bool]


class Loose(NamedTuple):
    """A phrase whose `words` must be said, in any order; the words in `may` are expected too."""

    phrase: Phrase
    may: frozenset[str]


class _Entry(NamedTuple):
    """A phrase under the words that must be said for it.

    `firm` where they tell so much that any soft word may be said with them. One word is too
    little evidence: then `must` are all words of the phrase; and where not even one tells, only one
    other is borne besides the words of `only`.
    """

    core: _Gist
    may: _Gist
    phrase: Phrase
    written: bool
    firm: bool
    must: _Gist
    only: _Gist | None


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
        self._words, self._negations = language.gist, language.negations
        self._told = dict(language.gist.same) | dict.fromkeys(language.gist.silent, "")
        self._asking = {tuple(asking.split()) for asking in language.gist.asking}
        self._readings = readings
        entries = [e for one in loose for e in self._entries(one.phrase, one.may, True)]
        entries += [e for phrase in phrases for e in self._entries(phrase, frozenset(), False)]
        self._by_rarest = _by_rarest(entries)

    def match(self, ways: Iterable[Words], phase: Phase | None) -> Match | None:
        """The phrase with the gist of a sentence, given as one or more ways to take its words."""
        for words in dict.fromkeys(ways):
            if self._words.is_broken(words):
                return None
            for reading, values in reversed(self._readings(words)):
                phrase = self._meaning(self._gist(reading), self._alike(reading), phase)
                if phrase is not None:
                    intent = Intent(phrase.intent, {**phrase.slots, **values})
                    return Match(phrase, intent, SCORE)
        return None

    def _entries(self, phrase: Phrase, may: Iterable[str], written: bool) -> Iterator[_Entry]:
        gist = self._gist(phrase.words)
        telling = len(gist - self._words.weak)
        if gist <= _QUESTION or not (telling or len(phrase.words) >= _FEWEST):
            return
        if not written and telling < _FEWEST:
            return
        yield self._entry(gist, frozenset(may), phrase, written)
        core = gist - self._words.soft
        if core != gist and len(core - self._words.weak) >= _FEWEST:
            yield self._entry(core, frozenset(may), phrase, written)

    def _entry(self, core: _Gist, may: _Gist, phrase: Phrase, written: bool) -> _Entry:
        telling = len(core - self._words.weak)
        firm = telling >= (1 if written else _FEWEST)
        must = self._alike(phrase.words) if len(core) < _FEWEST or not telling else _NOTHING
        only = None if telling else must | self._alike(may)
        expected = self._telling(may) - self._negations
        return _Entry(core, expected, phrase, written, firm, must, only)

    def _meaning(self, gist: _Gist, words: _Gist, phase: Phase | None) -> Phrase | None:
        """What explains the most words; None where two explain as many, or none all."""
        if not 0 < len(gist) <= _MOST_TELLING:
            return None
        found: dict[_Rank, list[Phrase]] = {}
        for entry in itertools.chain.from_iterable(self._by_rarest.get(w, ()) for w in gist):
            if entry.core <= gist and entry.must <= words and not _beyond(entry, words):
                rank = self._rank(entry, gist, phase)
                if rank is not None:
                    found.setdefault(rank, []).append(entry.phrase)
        group = found[min(found)] if found else []
        agreed = all(group[0].means_as(other) for other in group)
        return group[0] if group and agreed else None

    def _rank(self, entry: _Entry, gist: _Gist, phase: Phase | None) -> _Rank | None:
        """How good an entry is whose core was said, the least the best; None where it leaves
        words unexplained, or holds in other phases.

        More words go before fewer, expected words before soft ones, phrases of this phase before
        those of all, written ones before the usual.
        """
        unexpected = gist - entry.core - entry.may
        if unexpected and not (entry.firm and unexpected <= self._words.soft):
            return None
        phases = entry.phrase.phases
        if phases and phase not in phases:
            return None
        return -len(entry.core), bool(unexpected), not phases, not entry.written

    def _alike(self, words: Iterable[str]) -> _Gist:
        same = self._words.same
        return frozenset([same.get(word, word) for word in words])

    def _telling(self, words: Iterable[str]) -> _Gist:
        told = self._told
        return frozenset([told.get(word, word) for word in words]) - _SILENCE

    def _gist(self, words: Words) -> _Gist:
        telling = self._telling(words)
        asks = words[:1] in self._asking or words[:2] in self._asking
        return telling | {_ASKING} if asks else telling


def _by_rarest(entries: list[_Entry]) -> dict[str, list[_Entry]]:
    """The entries under the one word of their core that the fewest share.

    So a sentence meets only what it may mean, not all that is said with its common words.
    """
    count = Counter(itertools.chain.from_iterable(entry.core for entry in entries))
    order = {word: i for i, word in enumerate(sorted(count, key=lambda w: (count[w], w)))}
    table: dict[str, list[_Entry]] = {}
    for entry in entries:
        table.setdefault(min(entry.core, key=order.__getitem__), []).append(entry)
    return table


def _beyond(entry: _Entry, words: _Gist) -> bool:
    """Whether more was said than may be, by more than one word."""
    return entry.only is not None and len(words - entry.only) > 1
