"""Which of the recogniser's alternatives was said.

The grammar is a bigram model: words of different phrases recombine, and the likeliest string of
words is often one word away from a phrase. The phrase itself is mostly among the alternatives
a little further down. So each alternative votes for what it means, with the weight of its
likelihood, and the best meaning wins if it holds enough of all votes, and no fewer than talk in
words that the recogniser does not know. Before a sound is heard, silence, talk of other things
and what the assistant suggests to say are likelier than the rest.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Protocol

from voiceacu.asr.alternative import Alternative
from voiceacu.nlu.types import Understanding

_SHARPNESS = 0.5
"""Acoustic scores of neighbouring frames are no independent witnesses: by this much less sure."""

_EXPECTED = 4.0
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

_SHORT = 2


class Understands(Protocol):
    """What the choice needs of the phrase table."""

    def understand(self, text: str) -> Understanding:
        """What a text means in any phase."""

    def is_suggested(self, text: str) -> bool:
        """Whether people are told to say this."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said; `confidence` is the share of the votes for its meaning, 0..1."""

    alternative: Alternative
    confidence: float


def choose(
    alternatives: Sequence[Alternative], table: Understands, again: Sequence[Alternative] = ()
) -> Choice | None:
    """The alternative with the best meaning; the likeliest without one where none has enough
    votes. None where that is silence, or where each is a command and none is believed.

    `again` are those of the alternatives that a second hearing gave.
    """

    def weigh(alternative: Alternative) -> float:
        return _EXPECTED if _is_expected(alternative, table) else 1.0

    readings = {a.text: table.understand(a.text) for a in alternatives}
    for_intent: dict[str, float] = defaultdict(float)
    speakers: dict[str, tuple[float, Alternative]] = {}
    meaningless: list[tuple[float, Alternative]] = []
    for alternative, vote in _votes(alternatives, weigh):
        reading = readings[alternative.text]
        key = _key(reading)
        if key is None:
            meaningless.append((vote, alternative))
            continue
        weight = vote if reading.score >= _WHOLE else vote * _NEAR
        for_intent[key] += weight
        if key not in speakers or weight > speakers[key][0]:
            speakers[key] = (weight, alternative)
    best = max(for_intent, key=lambda key: for_intent[key], default=None)
    if best is not None:
        alternative, share = speakers[best][1], min(1.0, for_intent[best])
        talk = sum(vote for vote, other in meaningless if other.known < len(other.words))
        if share >= max(talk, _least(alternative, again, readings)):
            return Choice(alternative, share)
    if not meaningless:
        return None
    vote, likeliest = max(meaningless, key=lambda pair: pair[0])
    return Choice(likeliest, vote) if likeliest.words else None


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
    alternative: Alternative, again: Sequence[Alternative], readings: Mapping[str, Understanding]
) -> float:
    """The least share of the votes for what an alternative means."""
    if alternative.known <= _SHORT:
        return _LEAST_SHORT
    reading = readings[alternative.text]
    alone = {_key(readings[other.text]) for other in again} == {_key(reading)}
    return _LEAST_ALONE if alone and reading.score >= _WHOLE else _LEAST


def _key(reading: Understanding) -> str | None:
    """What a text means, if it means anything."""
    intent = reading.intent
    if intent is None or not reading.accepted:
        return None
    slots = " ".join(f"{name}={value}" for name, value in sorted(intent.slots.items()))
    return f"{intent.name} {slots}"
