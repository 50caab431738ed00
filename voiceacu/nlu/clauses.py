"""Sentences of two clauses, one of them a command: "slow down, I can't keep up".

Each way to cut a sentence in two is looked at. A command may come with its reason, with an aside
("thank you", "I'm ready"), with the same said in other words, or with a hum in front that was
taken for a word. Two commands are none.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from voiceacu.nlu.matcher import Phrase
from voiceacu.nlu.template import Words

_ANY = "*"

Find: TypeAlias = Callable[[Words], Phrase | None]
"""The phrase of exactly these words, but for a lead-in and a tail."""


class Clauses:
    """Finds the command in a sentence of two clauses.

    `asides` are intents that yield to any other, `urgent` ones go before all others. A reason
    begins with one of `reasons`, in which `*` is any word; the command stands before it.
    `hums` are what a hum is heard as.
    """

    def __init__(
        self,
        asides: Iterable[str],
        urgent: Iterable[str],
        reasons: Iterable[Words],
        hums: Iterable[Words],
    ) -> None:
        self._asides = frozenset(asides)
        self._urgent = frozenset(urgent)
        self._reasons = tuple(reasons)
        self._hums = frozenset(hums)

    def command(self, words: Words, find: Find) -> Phrase | None:
        """The one command of the sentence, if there is one."""
        found: list[Phrase] = []
        for at in range(1, len(words)):
            first, rest = find(words[:at]), words[at:]
            if first is not None:
                found += self._of_two(first, find(rest), rest)
            elif len(rest) > 1 and words[:at] in self._hums:
                found += filter(None, [find(rest)])
        agreed = all(found[0].means_as(other) for other in found)
        return found[0] if found and agreed else None

    def _of_two(self, first: Phrase, second: Phrase | None, rest: Words) -> list[Phrase]:
        """What a phrase means with another one behind it, or with other words."""
        if second is None:
            reason = first.intent not in self._asides and self._is_reason(rest)
            return [first] if reason else []
        if first.intent == second.intent:
            return [first] if first.means_as(second) else []
        for several in (self._urgent, self._asides):
            if (first.intent in several) != (second.intent in several):
                return [first if (first.intent in several) == (several is self._urgent) else second]
        return []

    def _is_reason(self, words: Words) -> bool:
        return any(
            len(words) > len(reason)
            and all(r in (_ANY, word) for r, word in zip(reason, words, strict=False))
            for reason in self._reasons
        )
