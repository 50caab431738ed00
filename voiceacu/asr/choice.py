"""Which of the recogniser's alternatives was said.

The best meaning that holds enough of all votes (:mod:`voiceacu.asr.votes`) wins, if it holds no
fewer than talk in words that the recogniser does not know. Before a sound is heard, silence, talk
of other things and what the assistant suggests to say are likelier than the rest.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log
from typing import Protocol

import numpy as np

from voiceacu.asr.alternative import Alternative
from voiceacu.asr.votes import SHORT, Likeness, Meaning, Reads, count, meaning_of, shares
from voiceacu.nlu.types import Understanding

_EXPECTED = 2.5
"""The weight of what was to be expected, beside the rest."""

_LEAST = 0.13
"""The least share of the votes that a command must have."""

_LEAST_SHORT = 0.3
"""The same of one or two words: they are easily heard into a breath, a drop of rain or music."""

_LEAST_ALONE = 0.02
"""The same of a phrase of more words, where a second hearing offers nothing else, not even talk."""

_LEAST_NEAR = 0.15
"""The same of more words that are only near a phrase: other people's talk often comes near one."""

_LEAST_LENT, _LEAST_LENT_SHORT, _LEAST_OWN = 0.35, 0.4, 0.02
"""The same where some of the votes are lent, that of one or two words, and of those votes that
are not."""


class Understands(Protocol):
    """What the choice needs of the phrase table."""

    def understand(self, text: str) -> Understanding:
        """What a text means in any phase."""

    def is_suggested(self, text: str) -> bool:
        """Whether people are told to say this."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said; `confidence` is the share of the votes for its meaning, 0..1. What was lent
    is no part of it: amid talk, only what is heard itself is certain."""

    alternative: Alternative
    confidence: float


def choose(
    alternatives: Sequence[Alternative],
    table: Understands,
    sounds: Likeness,
    again: Sequence[Alternative] = (),
) -> Choice | None:
    """The alternative with the best meaning that has enough votes; the likeliest without one where
    none has. None where that is silence, or where each is a command and none is believed.

    `again` are those of the alternatives that a second hearing gave.
    """

    @cache
    def reads(text: str) -> Meaning | None:
        return meaning_of(table.understand(text))

    votes = count(voted(alternatives, table), reads, sounds)
    talk = sum(vote.share for vote in votes.meaningless if not vote.alternative.all_known)
    for key in sorted(votes.own, key=lambda key: -votes.share(key) - votes.lent(key)):
        own, lent = votes.share(key), votes.lent(key)
        alternative = max(votes.own[key], key=lambda vote: vote.share).alternative
        least = _LEAST_LENT_SHORT if alternative.known <= SHORT else _LEAST_LENT
        helped = own >= _LEAST_OWN and own + lent >= max(talk, least)
        if helped or own >= max(talk, _least(alternative, again, reads)):
            return Choice(alternative, own)
    if not votes.meaningless:
        return None
    likeliest = max(votes.meaningless, key=lambda vote: vote.share)
    return Choice(likeliest.alternative, likeliest.share) if likeliest.alternative.words else None


def voted(
    alternatives: Sequence[Alternative], table: Understands
) -> Iterator[tuple[Alternative, float]]:
    """Each alternative with its share of the votes, more of what was to be expected."""

    def weigh(alternative: Alternative) -> float:
        return _EXPECTED if _is_expected(alternative, table) else 1.0

    return shares(alternatives, weigh)


def beginning(alternatives: Sequence[Alternative], text: str) -> float:
    """The share of the votes, 0..1, for sound that begins with these words."""
    said = f"{text} "
    return sum(vote for a, vote in shares(alternatives) if f"{a.text} ".startswith(said))


def pooled(*hearings: Sequence[Alternative]) -> tuple[Alternative, ...]:
    """The alternatives of several hearings of one sound, whose scores compare; each text once,
    with its best score."""
    best: dict[str, Alternative] = {}
    for alternative in sorted(itertools.chain(*hearings), key=lambda a: -a.score):
        best.setdefault(alternative.text, alternative)
    return tuple(best.values())


def averaged(hearings: Sequence[Sequence[Alternative]]) -> tuple[Alternative, ...]:
    """The alternatives of several hearings of one sound, whose scores do not compare; each text
    once, its score the logarithm of its mean probability."""
    found: dict[str, list[Alternative]] = defaultdict(list)
    for hearing in hearings:
        whole = np.logaddexp.reduce([a.score for a in hearing]) if hearing else 0.0
        for alternative in hearing:
            score = alternative.score - whole - log(len(hearings))
            found[alternative.text].append(replace(alternative, score=score))
    means = (
        replace(same[0], score=float(np.logaddexp.reduce([a.score for a in same])))
        for same in found.values()
    )
    return tuple(sorted(means, key=lambda a: -a.score))


def _is_expected(alternative: Alternative, table: Understands) -> bool:
    """Silence, talk of other things, and what is suggested."""
    return not alternative.known or table.is_suggested(alternative.text)


def _least(alternative: Alternative, again: Sequence[Alternative], reads: Reads) -> float:
    """The least share of the votes for what an alternative means."""
    if alternative.known <= SHORT:
        return _LEAST_SHORT
    meaning = reads(alternative.text)
    if meaning is None or not meaning.whole:
        return _LEAST_NEAR
    heard_again = (reads(other.text) for other in again)
    alone = {other.key if other else None for other in heard_again} == {meaning.key}
    return _LEAST_ALONE if alone else _LEAST
