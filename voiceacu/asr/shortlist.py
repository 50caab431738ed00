"""Which phrases come near what the recogniser made out.

Its bigram model lets the words of thousands of phrases recombine; among a few whole phrases
the right one stands out much better. Spelling stands in for sound here: the words that a
recogniser confuses mostly share their letters.
"""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from voiceacu.asr.alternative import UNKNOWN, Alternative

_LONGEST = 20
"""Phrases that are passed on."""

_EACH = 12
"""The most that one alternative brings in."""

_LEAST = 40
"""Least likeness (rapidfuzz, 0..100)."""

_DOUBT = 0.5
"""Likeness that an alternative loses for each unit of log-likelihood behind the first one."""


class Shortlist:
    """Finds phrases among all that can be said."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = sorted(set(phrases))

    def near(self, alternatives: Sequence[Alternative]) -> list[str]:
        """The phrases nearest to any of the alternatives, the nearest first."""
        best: dict[str, float] = {}
        for alternative in alternatives:
            text = " ".join(w.text for w in alternative.words if w.text != UNKNOWN)
            if not text:
                continue
            doubt = _DOUBT * (alternatives[0].score - alternative.score)
            for phrase, likeness, _ in process.extract(
                text, self._phrases, scorer=fuzz.ratio, limit=_EACH, score_cutoff=_LEAST
            ):
                best[phrase] = max(best.get(phrase, 0.0), likeness - doubt)
        return sorted(best, key=lambda phrase: -best[phrase])[:_LONGEST]
