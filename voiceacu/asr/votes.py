"""What each of the recogniser's alternatives speaks for.

The grammar is a bigram model: words of different phrases recombine, and the likeliest string of
words is often one word away from a phrase. The phrase itself is mostly among the alternatives
a little further down. So each alternative votes for what it means, with the weight of its
likelihood, and one that is no phrase to the letter lends its vote to the phrase that it sounds
most like. What clatters just before a phrase is heard as words as well, but as others in each
alternative: those count for nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp
from typing import Protocol, TypeAlias

from voiceacu.asr.alternative import Alternative
from voiceacu.nlu.types import Understanding

SHORT = 2
"""The most words of a short phrase."""

SHARPNESS = 0.5
"""Acoustic scores of neighbouring frames are no independent witnesses: by this much less sure."""

_NEAR = 0.3
"""The weight of a text that is only near a phrase, beside one that is a phrase."""

_WHOLE = 99.5
"""The score from which a text is a phrase."""

_UNLIKE = 0.6
"""By so much of its sounds a text must differ from a phrase to lend it nothing."""

_CLATTER = 2
"""The most words that a clatter is heard as."""

_SAID = 0.6
"""The share of the votes for some words before a phrase, among all with that phrase at their end,
from which they were said."""


class Likeness(Protocol):
    """What the votes need to know of how words sound."""

    def alike(self, text: str, phrase: str) -> float:
        """How much a text sounds like a phrase, 0..1."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means: `key` tells meanings apart, `whole` whether it is a phrase to the
    letter."""

    key: str
    whole: bool


Reads: TypeAlias = Callable[[str], Meaning | None]
"""What a text means, if it means anything."""


@dataclass(frozen=True, slots=True)
class Vote:
    """The share of the votes that an alternative has, and what it means; `clatter` are the words
    that stood before it and were left out."""

    share: float
    alternative: Alternative
    meaning: Meaning | None
    clatter: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """The votes for each meaning, by its key; what texts lend, each to one; and the votes for
    what means nothing."""

    own: Mapping[str, Sequence[Vote]]
    loans: Mapping[str, float]
    meaningless: Sequence[Vote]

    def share(self, key: str) -> float:
        """The share of all votes for a meaning, without what is lent."""
        return min(1.0, sum(vote.share for vote in self.own[key]))

    def lent(self, key: str) -> float:
        """The share of all votes that is lent to a meaning."""
        return self.loans.get(key, 0.0)


def meaning_of(reading: Understanding) -> Meaning | None:
    """What a text means that the phrase table understands as this."""
    intent = reading.intent
    if intent is None or not reading.accepted:
        return None
    slots = " ".join(f"{name}={value}" for name, value in sorted(intent.slots.items()))
    return Meaning(f"{intent.name} {slots}", reading.score >= _WHOLE)


def shares(
    alternatives: Sequence[Alternative], weigh: Callable[[Alternative], float] = lambda _: 1.0
) -> Iterator[tuple[Alternative, float]]:
    """Each alternative with its share of all votes; `weigh` gives how many each of its own is."""
    top = max((alternative.score for alternative in alternatives), default=0.0)
    votes = [exp((a.score - top) * SHARPNESS) * weigh(a) for a in alternatives]
    total = sum(votes)
    return ((a, vote / total) for a, vote in zip(alternatives, votes, strict=True))


def count(
    alternatives: Iterable[tuple[Alternative, float]], reads: Reads, sounds: Likeness
) -> Count:
    """Count the votes of alternatives with these shares."""
    votes = [
        Vote(share, alternative, reads(alternative.text)) for alternative, share in alternatives
    ]
    votes = list(_without_clatter(votes, reads))
    phrases = [
        (vote.meaning.key, vote.alternative.text)
        for vote in votes
        if vote.meaning and vote.meaning.whole
    ]
    own: dict[str, list[Vote]] = defaultdict(list)
    loans: dict[str, float] = defaultdict(float)
    for vote in votes:
        if vote.meaning and vote.meaning.whole and not vote.clatter:
            own[vote.meaning.key].append(vote)
            continue
        like, key = _likest(vote.alternative, phrases, sounds)
        kept = 0.0
        if vote.meaning and (vote.meaning.key == key or like <= _NEAR):
            kept = _NEAR
            own[vote.meaning.key].append(replace(vote, share=vote.share * kept))
        loans[key] += vote.share * max(0.0, like - kept)
    return Count(own, loans, [vote for vote in votes if vote.meaning is None])


def _likest(
    alternative: Alternative, phrases: Sequence[tuple[str, str]], sounds: Likeness
) -> tuple[float, str]:
    """How much of its vote an alternative may lend, 0..1, and to which meaning: that of the phrase
    that it sounds most like."""
    text = alternative.text
    if not (text and alternative.all_known and phrases):
        return 0.0, ""
    alike, key = max((sounds.alike(text, phrase), key) for key, phrase in phrases)
    return max(0.0, 1 - (1 - alike) / _UNLIKE), key


def _without_clatter(votes: Iterable[Vote], reads: Reads) -> Iterator[Vote]:
    """The votes, without words before a phrase that were not said."""
    found = [(vote, _phrase_at_end(vote, reads)) for vote in votes]
    leads: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for vote, phrase in found:
        if phrase and phrase.meaning:
            leads[phrase.meaning.key][phrase.clatter] += vote.share
    agreed = {key for key, some in leads.items() if max(some.values()) > _SAID * sum(some.values())}
    for vote, phrase in found:
        yield phrase if phrase and phrase.meaning and phrase.meaning.key not in agreed else vote


def _phrase_at_end(vote: Vote, reads: Reads) -> Vote | None:
    """A vote, which is for no phrase to the letter, for the longest phrase of more than a short
    one's words behind what may be a clatter; where the whole means something, then the same."""
    alternative = vote.alternative
    if not alternative.all_known or (vote.meaning and vote.meaning.whole):
        return None
    words = alternative.words
    for at in range(1, min(_CLATTER, len(words) - SHORT - 1) + 1):
        rest = replace(alternative, words=words[at:])
        meaning = reads(rest.text)
        if meaning and meaning.whole and (not vote.meaning or vote.meaning.key == meaning.key):
            clatter = " ".join(word.text for word in words[:at])
            return Vote(vote.share, rest, meaning, clatter)
    return None
