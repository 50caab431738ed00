"""Which phrase a text is the end of: what was said where the beginning was not heard."""

from collections import defaultdict
from collections.abc import Iterable

from voiceacu.nlu.matcher import Phrase
from voiceacu.nlu.template import Words

_UNHEARD = 2
"""The most words that a beginning has."""

_HEARD = 2
"""The fewest words that an end has; fewer end as too much else does."""


class Endings:
    """The ends of phrases that no phrase of another meaning has, with what stands before them."""

    def __init__(
        self, phrases: Iterable[Phrase], small: frozenset[str], unheard: frozenset[str]
    ) -> None:
        """Of `small` words alone is no end, of others than the `unheard` no beginning."""
        phrases = list(phrases)
        whole = {phrase.words for phrase in phrases}
        ends: dict[Words, list[tuple[Phrase, Words]]] = defaultdict(list)
        for phrase in phrases:
            for at in range(1, min(_UNHEARD, len(phrase.words) - _HEARD) + 1):
                ends[phrase.words[at:]].append((phrase, phrase.words[:at]))
        self._beginning = {
            end: beginning
            for end, phrases in ends.items()
            if end not in whole and not small.issuperset(end)
            if all(phrase.means_as(phrases[0][0]) for phrase, _ in phrases)
            for _, beginning in phrases[:1]
            if unheard.issuperset(beginning)
        }

    def beginning(self, end: Words) -> Words | None:
        """What stands before this end; None where it is the end of nothing, or of too much."""
        return self._beginning.get(end)
