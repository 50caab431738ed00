"""Pronunciations: CMUdict, the hand-made ones of ``lexicon.yaml``, and regular endings."""

from __future__ import annotations

import re
from pathlib import Path

import pocketsphinx
import yaml

HAND_MADE = Path(__file__).with_name("lexicon.yaml")
Lexicon = dict[str, list[list[str]]]

_AFTER_HISS = {"S", "Z", "SH", "ZH", "CH", "JH"}
_AFTER_VOICELESS = {"P", "T", "K", "F", "TH"}


def _strip_stress(phones: list[str]) -> list[str]:
    return [phone.rstrip("012") for phone in phones]


def load_cmudict(path: Path | None = None) -> Lexicon:
    """CMUdict as it ships in the pocketsphinx wheel (BSD licence), without stress marks."""
    path = path or Path(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"))
    lexicon: Lexicon = {}
    for line in path.read_text().splitlines():
        head, *phones = line.split()
        word = re.sub(r"\(\d+\)$", "", head)
        found = lexicon.setdefault(word, [])
        if _strip_stress(phones) not in found:
            found.append(_strip_stress(phones))
    return lexicon


def load_hand_made(path: Path = HAND_MADE) -> Lexicon:
    """Hand-made pronunciations; a value is one string or a list of strings."""
    rows = yaml.safe_load(path.read_text())
    return {
        str(word): [text.split() for text in ([value] if isinstance(value, str) else value)]
        for word, value in rows.items()
    }


def load_lexicon() -> Lexicon:
    """CMUdict with the hand-made pronunciations added in front."""
    lexicon = load_cmudict()
    for word, pronunciations in load_hand_made().items():
        known = lexicon.get(word, [])
        lexicon[word] = pronunciations + [p for p in known if p not in pronunciations]
    return lexicon


def pronunciations(word: str, lexicon: Lexicon) -> list[list[str]]:
    """All pronunciations of a word, with the possessive and plural endings derived."""
    if word in lexicon:
        return lexicon[word]
    for ending in ("'s", "s'", "s"):
        stem = word[: -len(ending)]
        if word.endswith(ending) and stem in lexicon:
            return [p + _ending(p[-1], ending) for p in lexicon[stem]]
    return []


def with_merged_vowels(pronunciations: list[list[str]]) -> list[list[str]]:
    """The same, and how they are said where "cot" and "caught" sound alike: about half of
    America says AA for AO, but before R."""
    said = [*pronunciations, *map(_merged, pronunciations)]
    return [phones for place, phones in enumerate(said) if phones not in said[:place]]


def _merged(phones: list[str]) -> list[str]:
    after = zip(phones, [*phones[1:], ""], strict=True)
    return ["AA" if phone == "AO" and following != "R" else phone for phone, following in after]


def _ending(last: str, ending: str) -> list[str]:
    if last in _AFTER_HISS:
        return [] if ending == "s'" and last in {"S", "Z"} else ["IH", "Z"]
    return ["S"] if last in _AFTER_VOICELESS else ["Z"]
