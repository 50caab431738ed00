"""Phrases of the project's own phrase table, for the vocabulary, the voices and the benchmark."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from voiceacu.content.loader import load_library
from voiceacu.nlu.phrases import PhraseTable, load_phrases

DATA = Path(__file__).resolve().parents[1] / "data"


@lru_cache
def phrase_table() -> PhraseTable:
    """The phrase table of the checkout."""
    return load_phrases(DATA, load_library(DATA / "points.yaml"))


def phrases() -> list[str]:
    """Each phrase of the run-time grammar once, in lower case."""
    return sorted(set(phrase_table().grammar()))
