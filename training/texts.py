"""Sentences for the synthetic voices: commands, point names, numbers and everyday words."""

from __future__ import annotations

import random
import re
from pathlib import Path

import yaml

from training.project import DATA, Sentences
from training.vocabulary import common_words
from voiceacu.nlu.language import Numbers, load_language

PHRASES = Path(__file__).with_name("phrases.yaml")
EVERYDAY_WORDS = 6000


def expand(template: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    """One sentence of a template with ``{slot}``, ``(a|b)`` and ``[optional]`` parts."""
    while match := re.search(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)", template):
        optional, choice = match.groups()
        if optional is not None:
            inner = rng.choice(optional.split("|")) if rng.random() < 0.5 else ""
        else:
            inner = rng.choice(choice.split("|"))
        template = template[: match.start()] + inner + template[match.end() :]
    filled = re.sub(r"\{(\w+)\}", lambda m: rng.choice(slots[m.group(1)]), template)
    return " ".join(filled.split())


def _number(numbers: Numbers, rng: random.Random) -> str:
    spell = numbers.spell
    highest = rng.choice((9, 20, 99, 999))
    digits = rng.randint(2, 4)
    if rng.random() < 0.3:
        return " ".join(spell(rng.randint(0, 9))[0] for _ in range(digits))
    return rng.choice(spell(rng.randint(0, highest)))


def make_texts(count: int, seed: str) -> list[str]:
    """``count`` sentences: two thirds of the project, a tenth of all what it suggests to say and an
    eighth its phrases of a word or two, each alike; the rest are numbers and everyday words.

    A word said alone has nothing beside it that helps: each must be heard often enough, and drawn
    by intent most would hardly be."""
    rng = random.Random(seed)
    rows = yaml.safe_load(PHRASES.read_text())
    slots = {"point": rows["points"], "minutes": rows["minutes"]}
    sentences, words = Sentences(), common_words(EVERYDAY_WORDS)
    numbers = load_language(DATA / "language.yaml").numbers
    said = [way for ways in sentences.slots.values() for way in ways]
    weights = [1 / (rank + 40) ** 0.5 for rank in range(len(words))]
    texts = []
    for _ in range(count):
        kind = rng.random()
        if kind < 0.28:
            texts.append(sentences.draw_talkative(rng))
        elif kind < 0.4:
            texts.append(rng.choice(rng.choice(sentences.short)))
        elif kind < 0.5:
            texts.append(rng.choice(sentences.suggested))
        elif kind < 0.6:
            texts.append(expand(rng.choice(rows["templates"]), slots, rng))
        elif kind < 0.66:
            texts.append(rng.choice(said))
        elif kind < 0.72:
            texts.append(_number(numbers, rng))
        else:
            texts.append(" ".join(rng.choices(words, weights, k=rng.randint(2, 7))))
    return texts
