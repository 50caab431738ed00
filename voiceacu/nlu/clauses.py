"""Sentences of two clauses, one of them a command: "slow down, I can't keep up".

Each way to cut a sentence in two is looked at. A command may come with its reason or after an
excuse, with an aside ("thank you", "I'm ready"), with the same said in other words, or with a hum
in front that was taken for a word. Two commands are none.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from voiceacu.nlu.commands import Command
from voiceacu.nlu.language import Language
from voiceacu.nlu.matcher import Phrase
from voiceacu.nlu.template import Words

_ANY = "*"

_LONGEST_EXCUSE = 5
"""Words; what is said before a command at greater length is talk."""

Find: TypeAlias = Callable[[Words], Phrase | None]
"""The phrase that some words are, but for a lead-in and a tail."""


class Clauses:
    """Finds the command in a sentence of two clauses.

    Of the commands asides yield to any other, urgent ones go before all others, and before these
    the grave ones. A reason stands behind the command, an excuse before it.
    """

    def __init__(self, commands: Iterable[Command], language: Language) -> None:
        commands = tuple(commands)
        self._asides = frozenset(c.intent for c in commands if c.kind == "aside")
        self._urgent = frozenset(c.intent for c in commands if c.urgent)
        self._grave = frozenset(c.intent for c in commands if c.grave)
        self._negations = language.negations
        self._reasons = tuple(tuple(reason.split()) for reason in language.reasons)
        self._excuses = tuple(tuple(excuse.split()) for excuse in language.excuses)
        self._hums = frozenset(tuple(hum.split()) for hum in language.hums)

    def command(self, words: Words, find: Find, *, exact: bool) -> Phrase | None:
        """The one command of the sentence, if there is one.

        Unless `exact`, `find` goes by the gist of a clause: then no aside stands in front, only
        what is grave goes before the rest of what is said, and a reason is not enough beside it.
        """
        found: list[Phrase] = []
        for at in range(1, len(words)):
            front, rest = words[:at], words[at:]
            first = find(front)
            if first is not None:
                found += self._with_rest(first, find(rest), rest, exact)
            elif len(rest) > 1:
                found += filter(None, [self._led(front, rest, find)])
        agreed = all(found[0].means_as(other) for other in found)
        return found[0] if found and agreed else None

    def _with_rest(
        self, first: Phrase, second: Phrase | None, rest: Words, exact: bool
    ) -> list[Phrase]:
        """What a phrase means with another one behind it, or with other words; nothing where it
        does not."""
        if second is None:
            command = exact and first.intent not in self._asides
            return [first] if command and _begins(rest, self._reasons) else []
        if first.intent == second.intent:
            return [first] if first.means_as(second) else []
        turns = not self._negations.isdisjoint(first.words)
        if first.intent in self._asides and (turns or not exact):
            return []
        both = (first, second)
        grave = [p for p in both if p.intent in self._grave and (exact or p is first)]
        urgent = [p for p in both if exact and p.intent in self._urgent]
        commands = [p for p in both if p.intent not in self._asides]
        return next((some for some in (grave, urgent, commands) if len(some) == 1), [])

    def _led(self, front: Words, rest: Words, find: Find) -> Phrase | None:
        """The phrase behind a hum, and behind an excuse where it is a command."""
        if front in self._hums:
            return find(rest)
        if len(front) > _LONGEST_EXCUSE or not _begins(front, self._excuses):
            return None
        phrase = find(rest)
        return None if phrase is None or phrase.intent in self._asides else phrase


def _begins(words: Words, beginnings: Iterable[Words]) -> bool:
    """Whether more words follow one of these beginnings."""
    return any(
        len(words) > len(beginning)
        and all(b in (_ANY, word) for b, word in zip(beginning, words, strict=False))
        for beginning in beginnings
    )
