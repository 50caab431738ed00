"""Text as typed or recognised → words in normal form, so that one spelling meets one phrase."""

import re
from collections.abc import Iterable, Mapping

from voiceacu.nlu.language import Language
from voiceacu.nlu.template import Words

_WORD = re.compile(r"\[unk\]|\{[a-z]+\}|[^\W\d_]+(?:'[^\W\d_]+)*|\d+(?:[.,]\d+)*")
_LARGEST = 999


class Normaliser:
    """Lower case, digits as words, contractions opened, sound-alikes put right, fillers gone."""

    def __init__(self, language: Language) -> None:
        joined = {said.replace(" ", ""): said for said in _lettered(language.meridians)}
        alike = {s: word for word, spellings in language.sounds.items() for s in spellings}
        self._spell = language.numbers.spell
        self._open = _Replacer(language.contractions)
        self._put_right = _Replacer(joined | alike)
        self._fillers = language.fillers
        lead_ins = (*language.lead_ins.request, *language.lead_ins.question)
        self._lead_ins = self._ends(lead_ins)
        self._tails = self._ends(language.tails)

    def spelled(self, text: str) -> Words:
        """The words of a text in their normal spelling; nothing is left out."""
        words: list[str] = []
        for word in _WORD.findall(text.lower().replace("’", "'")):
            if word.isdecimal() and int(word) <= _LARGEST:
                words += self._spell(int(word))[0].split()
            else:
                words.append(word)
        return self._put_right(self._open(tuple(words)))

    def __call__(self, text: str) -> Words:
        """The words that matter: no fillers, lead-ins and tails, unless nothing else is said."""
        words = self.spelled(text)
        words = tuple(w for w in words if w not in self._fillers) or words
        return self._stripped(words)

    def begins_lead_in(self, text: str) -> bool:
        """Whether the whole text is nothing yet but fillers or the beginning of a lead-in."""
        words = self.spelled(text)
        words = tuple(w for w in words if w not in self._fillers)
        return not words or any(lead[: len(words)] == words for lead in self._lead_ins)

    def _stripped(self, words: Words) -> Words:
        """Without lead-ins in front and tails behind, as long as something remains."""
        while True:
            for lead in self._lead_ins:
                if len(lead) < len(words) and words[: len(lead)] == lead:
                    words = words[len(lead) :]
                    break
            else:
                break
        while True:
            for tail in self._tails:
                if len(tail) < len(words) and words[-len(tail) :] == tail:
                    words = words[: -len(tail)]
                    break
            else:
                return words

    def _ends(self, texts: Iterable[str]) -> tuple[Words, ...]:
        return tuple(sorted({self.spelled(text) for text in texts}, key=len, reverse=True))


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
        self._first = {words[0] for words in self._of}
        self._longest = max(map(len, self._of), default=0)

    def __call__(self, words: Words) -> Words:
        if self._first.isdisjoint(words):
            return words
        result: list[str] = []
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                found = self._of.get(words[at : at + length])
                if found is not None:
                    result += found
                    at += length
                    break
            else:
                result.append(words[at])
                at += 1
        return tuple(result)
