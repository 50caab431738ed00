"""What was said where its beginning was not heard, or as other words.

A voice begins faintly, and the first sound of a word is its softest: "could it harm me" is heard
as "it harm me", or as "the harm me". Nothing in that is a phrase, but nothing else ends so.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from voiceacu.asr.alternative import Alternative, Word
from voiceacu.asr.choice import Choice, Understands, voted
from voiceacu.asr.votes import Meaning, meaning_of

_LEAST = 0.2
"""The least share of the votes that the ends of a meaning's phrases must have."""

_MISHEARD = 2
"""The most words that a beginning is heard as."""


class Ends(Understands, Protocol):
    """What it needs of the phrase table."""

    def unheard(self, text: str) -> str | None:
        """What was said before a text that is the end of phrases of one meaning."""


def completed(alternatives: Sequence[Alternative], table: Ends) -> Choice | None:
    """The phrase of the meaning that most alternatives are the ends of; None where too few are."""
    found: dict[str, list[tuple[float, Alternative]]] = defaultdict(list)
    talk = 0.0
    for alternative, share in voted(alternatives, table):
        if not alternative.all_known:
            talk += share
        elif (whole := _whole(alternative, table)) is not None:
            found[whole[1].key].append((share, whole[0]))
    if not found:
        return None
    best = max(found.values(), key=lambda votes: sum(share for share, _ in votes))
    confidence = sum(share for share, _ in best)
    return Choice(best[0][1], confidence) if confidence >= max(talk, _LEAST) else None


def _whole(alternative: Alternative, table: Ends) -> tuple[Alternative, Meaning] | None:
    """The phrase that an alternative is the end of, behind what its beginning was heard as."""
    words = alternative.words
    for heard in range(min(_MISHEARD + 1, len(words))):
        end = words[heard:]
        beginning = table.unheard(" ".join(word.text for word in end))
        if beginning is None:
            continue
        start = end[0].start
        unheard = (Word(text, start, start) for text in beginning.split())
        whole = replace(alternative, words=(*unheard, *end))
        meaning = meaning_of(table.understand(whole.text))
        return (whole, meaning) if meaning and meaning.whole else None
    return None
