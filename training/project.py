"""The project's own phrase table, for the vocabulary, the voices and the benchmark."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from voiceacu.asr.votes import Meaning, meaning_of
from voiceacu.content.loader import load_library
from voiceacu.nlu.commands import load_commands, templates
from voiceacu.nlu.language import Language, load_language
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.slots import said_slots
from voiceacu.nlu.template import Words, expand, is_slot, parse

DATA = Path(__file__).resolve().parents[1] / "data"
LEAD_IN_SHARE = 0.15
TAIL_SHARE = 0.1


@lru_cache
def phrase_table() -> PhraseTable:
    """The phrase table of the checkout."""
    return load_phrases(DATA, load_library(DATA / "points.yaml"))


def phrases() -> list[str]:
    """Each phrase of the run-time grammar once, in lower case."""
    return sorted(set(phrase_table().grammar()))


def meaning_of_command(text: str) -> Meaning | None:
    """What a text means, if it is a command to the letter."""
    meaning = meaning_of(phrase_table().understand(text))
    return meaning if meaning and meaning.whole else None


@dataclass(frozen=True)
class _Said:
    """One command as templates, each with all its expansions; ``kind`` as in commands.yaml."""

    intent: str
    kind: str
    templates: tuple[tuple[Words, ...], ...]


class Sentences:
    """Random sentences that a person may say to the assistant.

    The intent is drawn first, so that the one with a thousand ways to name a point does not
    drown "stop"; then one of its templates, a reading of it, and a spoken form for each slot.
    ``suggested`` is what the assistant itself suggests to say, ``short`` each phrase of one
    word and each of two, ``slots`` the spoken forms.
    """

    def __init__(self, folder: Path = DATA) -> None:
        commands = load_commands(folder / "commands.yaml")
        self._language: Language = load_language(folder / "language.yaml")
        self.suggested = [command.say.lower() for command in commands.commands]
        rules = commands.parsed_rules()
        self._said = [
            _Said(
                command.intent,
                command.kind,
                tuple(
                    tuple(expand(parse(template, rules)))
                    for group in command.groups()
                    for template in templates(group.phrases)
                ),
            )
            for command in commands.commands
        ]
        readings = {words for said in self._said for ways in said.templates for words in ways}
        whole = [words for words in readings if not any(map(is_slot, words))]
        self.short = [sorted(" ".join(w) for w in whole if len(w) == count) for count in (1, 2)]
        self._weights = [sum(map(len, said.templates)) ** 0.4 for said in self._said]
        slots = said_slots(self._language, load_library(folder / "points.yaml"))
        self.slots: dict[str, list[str]] = {
            slot: [" ".join(way.words) for way in ways if way.heard] for slot, ways in slots.items()
        }

    def draw(self, rng: random.Random) -> tuple[str, str]:
        """A sentence and its intent, without lead-in or tail."""
        said = rng.choices(self._said, self._weights)[0]
        words = rng.choice(rng.choice(said.templates))
        return self._filled(words, rng), said.intent

    def draw_talkative(self, rng: random.Random) -> str:
        """A sentence that may begin with "could you" or end with "thanks"."""
        said = rng.choices(self._said, self._weights)[0]
        text = self._filled(rng.choice(rng.choice(said.templates)), rng)
        lead_ins = {
            "request": self._language.lead_ins.request,
            "question": self._language.lead_ins.question,
        }.get(said.kind, ())
        if lead_ins and rng.random() < LEAD_IN_SHARE:
            text = f"{rng.choice(lead_ins)} {text}"
        if lead_ins and rng.random() < TAIL_SHARE:
            text = f"{text} {rng.choice(self._language.tails)}"
        return text

    def _filled(self, words: Words, rng: random.Random) -> str:
        return " ".join(rng.choice(self.slots[w]) if w in self.slots else w for w in words)
