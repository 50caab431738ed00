"""Text as typed or recognised → words in normal form, so that one spelling meets one phrase."""

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from voiceacu.nlu.language import Language
from voiceacu.nlu.template import Words

_WORD = re.compile(r"\[unk\]|\{[a-z]+\}|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)*")
_LARGEST = 999


class Normaliser:
    """Lower case, digits as words, contractions opened, sound-alikes put right, fillers gone."""

    def __init__(self, language: Language) -> None:
        joined = {said.replace(" ", ""): said for said in _lettered(language.meridians)}
        alike = {s: word for word, spellings in language.sounds.items() for s in spellings}
        self._same = language.same
        self._small = language.small
        self._spell = language.numbers.spell
        self._open = _Replacer(language.contractions)
        self._put_right = _Replacer(joined | alike)
        self._without_fillers = _Replacer(dict.fromkeys(language.fillers, ""))
        self._special = frozenset(self._same).union(
            *(replacer.first for replacer in (self._open, self._put_right, self._without_fillers))
        )
        lead_ins = (*language.lead_ins.request, *language.lead_ins.question)
        self._lead_ins = _by_first(map(self.named, lead_ins))
        self._may_precede = language.lead_ins.may_precede
        self._tails = _by_first(self.named(tail)[::-1] for tail in language.tails)

    def __call__(self, text: str) -> Words:
        """The words that matter: no fillers, lead-ins and tails, unless nothing else is said."""
        return self.stripped(self.whole(self.words(text)))

    def phrase(self, words: Words) -> Words:
        """The same for a phrase of the table, in single words; whole where only small words
        would remain of it."""
        whole = self.whole(words)
        stripped = self.stripped(whole)
        return whole if self._small.issuperset(stripped) else stripped

    def whole(self, words: Words) -> Words:
        """The same with lead-ins and tails, which may say something after all."""
        if not self._special.isdisjoint(words):
            words = self._alike(words)
            words = self._without_fillers(words) or words
        return _once(words)

    def once(self, words: Words) -> Words:
        """The words as they were said, without fillers and what was said twice."""
        return _once(self._without_fillers(words))

    def stripped(self, words: Words) -> Words:
        """The words of a whole without lead-ins in front and tails behind, as long as something
        remains."""
        return self.ways(words)[-1]

    def ways(self, words: Words) -> list[Words]:
        """The words of a whole, and what remains with each lead-in and tail that is left out."""
        ways = [words]
        while rests := self._led(words):
            ways += rests
            words = ways[-1]
        backwards = words[::-1]
        while lengths := _leading(self._tails, backwards):
            backwards = backwards[lengths[-1] :]
            ways.append(backwards[::-1])
        return ways

    def _led(self, words: Words) -> list[Words]:
        """What remains with each of the lead-ins in front left out; the least last."""
        cuts = ((words[:n], words[n:]) for n in _leading(self._lead_ins, words))
        return [rest for lead, rest in cuts if self._may_precede(lead, rest)]

    def spelled(self, text: str) -> Words:
        """The words of a text in their normal spelling; nothing is left out."""
        return self._put_right(self._open(self.words(text)))

    def named(self, text: str) -> Words:
        """The words of a name: their spelling, and one word for those that come to the same."""
        return self._alike(self.words(text))

    def words(self, text: str) -> Words:
        """The single words of a text, lower case, numbers spelled."""
        words: list[str] = []
        for word in _WORD.findall(text.lower().replace("’", "'")):
            if word.isdecimal() and int(word) <= _LARGEST:
                words += self._spell(int(word))[0].split()
            else:
                words.append(word)
        return tuple(words)

    def _alike(self, words: Words) -> Words:
        """Single words in their spelling, and one word for those that come to the same."""
        if self._special.isdisjoint(words):
            return words
        return tuple([self._same.get(w, w) for w in self._put_right(self._open(words))])

    def begins_lead_in(self, text: str) -> bool:
        """Whether the whole text is nothing yet but fillers or the beginning of a lead-in."""
        words = self._without_fillers(self.named(text))
        return not words or any(
            lead[: len(words)] == words for lead in self._lead_ins.get(words[0], ())
        )

    def each(self, words: Iterable[str]) -> frozenset[str]:
        """What each of the words comes to alone."""
        return frozenset(itertools.chain.from_iterable(self._alike((word,)) for word in words))


def _once(words: Words) -> Words:
    """What is said twice in a row, as in "stop stop" or "how long um how long is it", once."""
    if len(set(words)) == len(words):
        return words
    said: list[str] = []
    for word in words:
        said.append(word)
        for length in range(1, len(said) // 2 + 1):
            if said[-length:] == said[-2 * length : -length]:
                del said[-length:]
                break
    return tuple(said)


_ByFirst: TypeAlias = Mapping[str, list[Words]]


def _by_first(sequences: Iterable[Words]) -> _ByFirst:
    """Sequences of words by their first word, the longest last."""
    table: dict[str, list[Words]] = {}
    for words in sorted(set(sequences), key=len):
        table.setdefault(words[0], []).append(words)
    return table


def _leading(table: _ByFirst, words: Words) -> list[int]:
    """How many words the sequences have that stand in front, with more behind; the most last."""
    return [
        len(lead)
        for lead in (table.get(words[0], ()) if words else ())
        if len(lead) < len(words) and words[: len(lead)] == lead
    ]


def _lettered(meridians: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    """The spoken letters among the names of meridians: "b l", not "bladder"."""
    for names in meridians.values():
        yield from (n for n in names if " " in n and all(len(word) == 1 for word in n.split()))


class _Replacer:
    """Replaces sequences of words, the longest first."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._of: dict[Words, Words] = {
            tuple(k.split()): tuple(v.split()) for k, v in pairs.items()
        }
        self._lengths: dict[str, list[int]] = {}
        for words in sorted(self._of, key=len, reverse=True):
            self._lengths.setdefault(words[0], []).append(len(words))
        self.first = frozenset(self._lengths)

    def __call__(self, words: Words) -> Words:
        if self.first.isdisjoint(words):
            return words
        result: list[str] = []
        at = 0
        while at < len(words):
            for length in self._lengths.get(words[at], ()):
                found = self._of.get(words[at : at + length])
                if found is not None:
                    result += found
                    at += length
                    break
            else:
                result.append(words[at])
                at += 1
        return tuple(result)
