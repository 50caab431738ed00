"""Which words the model knows, and the pronunciations of all of them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import wordfreq
import yaml

from training.lexicon import (
    Lexicon,
    load_hand_made,
    load_lexicon,
    pronunciations,
    with_merged_vowels,
)
from training.project import DATA, phrases
from voiceacu.nlu.language import load_language

PHRASES = Path(__file__).with_name("phrases.yaml")
EVERYDAY = Path(__file__).with_name("everyday.txt")
COMMON_WORDS = 11500
# besides those of language.yaml
NUMBER_WORDS = ("oh", "hundred", "thousand", "half", "quarter", "last", "once", "twice")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


class MissingPronunciationError(ValueError):
    """Words of the project that neither CMUdict nor ``lexicon.yaml`` can say."""


def common_words(count: int) -> list[str]:
    """The most frequent English words with a pronunciation, most frequent first."""
    lexicon = load_lexicon()
    words = []
    for word in wordfreq.top_n_list("en", 4 * count):
        vowel_or_known = len(word) > 2 or word in ("a", "i") or re.search("[aeiouy]", word)
        if word in lexicon and vowel_or_known and re.fullmatch(r"[a-z][a-z']*", word):
            words.append(word)
        if len(words) == count:
            break
    return words


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return []


def number_words() -> set[str]:
    """Words that numbers and ordinals are said with."""
    language = load_language(DATA / "language.yaml")
    numbers = language.numbers
    words = {*numbers.ones, *numbers.tens.values(), *language.ordinals.words, *NUMBER_WORDS}
    return {part for word in words for part in word.split()}


def project_words() -> set[str]:
    """Words that must have a pronunciation: commands, names, hand-made entries, letters."""
    rows = yaml.safe_load(PHRASES.read_text())
    words = {w for text in _strings(rows) for w in re.findall(r"[a-z']+", text)}
    words |= {word for text in phrases() for word in text.split()}
    return words | set(load_hand_made()) | number_words() | set(LETTERS)


def build_vocabulary(transcripts: list[str]) -> Lexicon:
    """Words of the model with their pronunciations.

    The project's words, those of a household (``everyday.txt``), the most common ones,
    and every word that the transcripts hold three times.

    Raises :class:`MissingPronunciationError` for a project word without one.
    """
    lexicon = load_lexicon()
    required = project_words()
    missing = sorted(word for word in required if not pronunciations(word, lexicon))
    if missing:
        raise MissingPronunciationError(f"add to training/lexicon.yaml: {', '.join(missing)}")
    counts = Counter(word for text in transcripts for word in text.split())
    frequent = {word for word, count in counts.items() if count >= 3 and word in lexicon}
    everyday = {word for word in EVERYDAY.read_text().split() if word in lexicon}
    words = required | everyday | set(common_words(COMMON_WORDS)) | frequent
    return {word: with_merged_vowels(pronunciations(word, lexicon)) for word in sorted(words)}
