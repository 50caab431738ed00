"""The whole ears of the product: voice detection, recogniser, choice, and what it means.

A false command counts as the product acts on it, because a "stop" that nobody said ends the
session, and a word that nobody acts on does no harm.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from training.project import phrase_table
from voiceacu.app.hear import blocks
from voiceacu.asr.hear import transcribe
from voiceacu.asr.recogniser import Recogniser
from voiceacu.asr.utterance import Hearing
from voiceacu.nlu.types import Intent

GAP_SECONDS = 0.7


@lru_cache
def ears(model: Path) -> Recogniser:
    """The product's recogniser with the grammar of the whole phrase table."""
    return Recogniser(model, phrase_table())


def acted_on(hearing: Hearing, samples: np.ndarray) -> list[tuple[str, Intent]]:
    """What the product hears in a recording and acts on: the words and their meaning."""
    table = phrase_table()
    found = []
    for heard in transcribe(blocks(samples.astype(np.float32)), hearing, table):
        reading = table.understand(heard.text)
        if reading.accepted and reading.intent is not None:
            found.append((heard.text, reading.intent))
    return found


def is_understood(model: Path, samples: np.ndarray, text: str) -> bool:
    """Whether the product takes the recording for what ``text`` means, and for nothing else."""
    wanted = phrase_table().understand(text).intent
    return [intent for _, intent in acted_on(ears(model), samples)] == [wanted]


def in_a_row(pieces: list[np.ndarray]) -> np.ndarray:
    """Recordings one after another, with a pause after each."""
    gap = np.zeros(int(GAP_SECONDS * 16000), np.float32)
    return np.concatenate([part for piece in pieces for part in (piece, gap)])


def false_commands(model: Path, pieces: list[np.ndarray]) -> dict[str, object]:
    """What is acted on in the pieces, none of which is meant for it, one after another."""
    found: list[tuple[str, str]] = []
    seconds = 0.0
    for start in range(0, len(pieces), 40):
        samples = in_a_row(pieces[start : start + 40])
        seconds += len(samples) / 16000
        found += [(intent.name, text) for text, intent in acted_on(ears(model), samples)]
    return {"hours": seconds / 3600, "found": found}
