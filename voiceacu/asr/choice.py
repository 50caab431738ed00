"""Which of the recogniser's alternatives was said.

The grammar is a bigram model: words of different phrases recombine, and the likeliest string of
words is often one word away from a phrase. The phrase itself is mostly among the alternatives
a little further down. So each alternative votes for what it means, with the weight of its
likelihood, and one that means nothing lends its vote to the phrase that it sounds most like. What
clatters just before a phrase is heard as words as well, but as others in each alternative: those
count for nothing. The best meaning wins if it holds enough of all votes, and no fewer than talk in
words that the recogniser does not know. Before a sound is heard, silence, talk of other things and
what the assistant suggests to say are likelier than the rest.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp
from typing import Protocol

from voiceacu.asr.alternative import Alternative
from voiceacu.nlu.types import Understanding

_SHARPNESS = 0.5
"""Acoustic scores of neighbouring frames are no independent witnesses: by this much less sure."""

_EXPECTED = 3.0
"""The weight of what was to be expected, beside the rest."""

_NEAR = 0.3
"""The weight of a text that is only near a phrase, beside one that is a phrase."""

_WHOLE = 99.5
"""The score from which a text is a phrase."""

_LEAST = 0.13
"""The least share of the votes that a command must have."""

_LEAST_SHORT = 0.3
"""The same of one or two words: they are easily heard into a breath, a drop of rain or music."""

_LEAST_ALONE = 0.02
"""The same of a phrase of more words, where a second hearing offers nothing else, not even talk."""

_LEAST_NEAR = 0.15
"""The same of more words that are only near a phrase: other people's talk often comes near one."""

_LEAST_LENT, _LEAST_OWN = 0.4, 0.07
"""The same where some of the votes are lent, and of those that are not."""

_UNLIKE = 0.6
"""By so much of its sounds a text must differ from a phrase to lend it nothing."""

_SHORT = 2

_CLATTER = 2
"""The most words that a clatter is heard as."""

_SAID = 0.6
"""The share of the votes for some words before a phrase, among all with that phrase at their end,
from which they were said."""


class Understands(Protocol):
    """What the choice needs of the phrase table."""

    def understand(self, text: str) -> Understanding:
        """What a text means in any phase."""

    def is_suggested(self, text: str) -> bool:
        """Whether people are told to say this."""


class Likeness(Protocol):
    """What the choice needs to know of how words sound."""

    def alike(self, one: str, other: str) -> float:
        """How much two texts sound alike, 0..1."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said; `confidence` is the share of the votes for its meaning, 0..1. What was lent
    is no part of it: amid talk, only what is heard itself is certain."""

    alternative: Alternative
    confidence: float


@dataclass(frozen=True, slots=True)
class _Vote:
    """The share of the votes that an alternative has; `whole` if it is a phrase to the letter."""

    share: float
    alternative: Alternative
    whole: bool = False


def choose(
    alternatives: Sequence[Alternative],
    table: Understands,
    sounds: Likeness,
    again: Sequence[Alternative] = (),
) -> Choice | None:
    """The alternative with the best meaning; the likeliest without one where none has enough
    votes. None where that is silence, or where each is a command and none is believed.

    `again` are those of the alternatives that a second hearing gave.
    """

    def weigh(alternative: Alternative) -> float:
        return _EXPECTED if _is_expected(alternative, table) else 1.0

    read = cache(table.understand)
    votes = [_Vote(share, alternative) for alternative, share in _votes(alternatives, weigh)]
    phrases = _behind_clatter(votes, read)
    meaning: dict[str, list[_Vote]] = defaultdict(list)
    meaningless: list[_Vote] = []
    for vote in votes:
        said = phrases.get(vote.alternative.text, vote.alternative)
        reading = read(said.text)
        key = _key(reading)
        if key is None:
            meaningless.append(vote)
        else:
            whole = said is vote.alternative and reading.score >= _WHOLE
            share = vote.share if whole else vote.share * _NEAR
            meaning[key].append(_Vote(share, said, whole))
    own = {key: sum(vote.share for vote in some) for key, some in meaning.items()}
    lent = _lent(meaningless, meaning, sounds)
    best = max(own, key=lambda key: own[key] + lent[key], default=None)
    if best is not None:
        alternative = max(meaning[best], key=lambda vote: vote.share).alternative
        talk = sum(vote.share for vote in meaningless if not vote.alternative.all_known)
        least = _least(alternative, again, read)
        helped = own[best] >= _LEAST_OWN and own[best] + lent[best] >= max(talk, _LEAST_LENT)
        if helped or own[best] >= max(talk, least):
            return Choice(alternative, min(1.0, own[best]))
    if not meaningless:
        return None
    likeliest = max(meaningless, key=lambda vote: vote.share)
    return Choice(likeliest.alternative, likeliest.share) if likeliest.alternative.words else None


def _lent(
    meaningless: Sequence[_Vote], meaning: Mapping[str, Sequence[_Vote]], sounds: Likeness
) -> Mapping[str, float]:
    """The votes that texts which mean nothing, in words of the grammar, give to a meaning of one
    of whose phrases they sound like."""
    lent: dict[str, float] = defaultdict(float)
    phrases = [
        (key, v.alternative.text) for key, votes in meaning.items() for v in votes if v.whole
    ]
    for vote in meaningless:
        text = vote.alternative.text
        if text and vote.alternative.all_known and phrases:
            alike, key = max((sounds.alike(text, phrase), key) for key, phrase in phrases)
            lent[key] += vote.share * max(0.0, 1 - (1 - alike) / _UNLIKE)
    return lent


def _behind_clatter(
    votes: Iterable[_Vote], read: Callable[[str], Understanding]
) -> Mapping[str, Alternative]:
    """The phrases at the end of texts that mean nothing as they are, by text."""
    found: dict[str, list[tuple[str, _Vote, Alternative]]] = defaultdict(list)
    for vote in votes:
        if phrase := _phrase_at_end(vote.alternative, read):
            key, lead, rest = phrase
            found[key].append((lead, vote, rest))
    return {
        vote.alternative.text: rest
        for some in found.values()
        if not _agree((lead, vote.share) for lead, vote, _ in some)
        for _, vote, rest in some
    }


def _phrase_at_end(
    alternative: Alternative, read: Callable[[str], Understanding]
) -> tuple[str, str, Alternative] | None:
    """The longest phrase of more than a short text's words that a text which means nothing itself
    has behind what may be a clatter: its meaning, the clatter's words, and the phrase."""
    if not alternative.all_known or _key(read(alternative.text)) is not None:
        return None
    words = alternative.words
    for at in range(1, min(_CLATTER, len(words) - _SHORT - 1) + 1):
        rest = replace(alternative, words=words[at:])
        reading = read(rest.text)
        key = _key(reading)
        if key is not None and reading.score >= _WHOLE:
            return key, " ".join(word.text for word in words[:at]), rest
    return None


def _agree(leads: Iterable[tuple[str, float]]) -> bool:
    """Whether most of the votes are for the same words."""
    shares: dict[str, float] = defaultdict(float)
    for lead, share in leads:
        shares[lead] += share
    return max(shares.values()) > _SAID * sum(shares.values())


def beginning(alternatives: Sequence[Alternative], text: str) -> float:
    """The share of the votes, 0..1, for sound that begins with these words."""
    said = f"{text} "
    return sum(vote for a, vote in _votes(alternatives) if f"{a.text} ".startswith(said))


def pooled(*hearings: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """The alternatives of several hearings of one sound, whose scores compare; each text once,
    with its best score."""
    best: dict[str, Alternative] = {}
    for alternative in sorted(itertools.chain(*hearings), key=lambda a: -a.score):
        best.setdefault(alternative.text, alternative)
    return tuple(best.values())


def _votes(
    alternatives: Sequence[Alternative], weigh: Callable[[Alternative], float] = lambda _: 1.0
) -> Iterator[tuple[Alternative, float]]:
    """Each alternative with its share of all votes; `weigh` gives how many each of its own is."""
    top = max((alternative.score for alternative in alternatives), default=0.0)
    votes = [exp((a.score - top) * _SHARPNESS) * weigh(a) for a in alternatives]
    total = sum(votes)
    return ((a, vote / total) for a, vote in zip(alternatives, votes, strict=True))


def _is_expected(alternative: Alternative, table: Understands) -> bool:
    """Silence, talk of other things, and what is suggested."""
    return not alternative.known or table.is_suggested(alternative.text)


def _least(
    alternative: Alternative, again: Sequence[Alternative], read: Callable[[str], Understanding]
) -> float:
    """The least share of the votes for what an alternative means."""
    if alternative.known <= _SHORT:
        return _LEAST_SHORT
    reading = read(alternative.text)
    if reading.score < _WHOLE:
        return _LEAST_NEAR
    alone = {_key(read(other.text)) for other in again} == {_key(reading)}
    return _LEAST_ALONE if alone else _LEAST


def _key(reading: Understanding) -> str | None:
    """What a text means, if it means anything."""
    intent = reading.intent
    if intent is None or not reading.accepted:
        return None
    slots = " ".join(f"{name}={value}" for name, value in sorted(intent.slots.items()))
    return f"{intent.name} {slots}"
