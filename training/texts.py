"""Sentences for the synthetic voices: commands, point names, numbers and everyday words."""

from __future__ import annotations

import random
import re
from pathlib import Path

import yaml

from training.vocabulary import command_texts, common_words

PHRASES = Path(__file__).with_name("phrases.yaml")
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
NUMBERS = [
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
]


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


def _numbers(rng: random.Random) -> str:
    tens = NUMBERS[9:17]
    kinds = [
        lambda: rng.choice(DIGITS),
        lambda: rng.choice(NUMBERS),
        lambda: f"{rng.choice(tens)} {rng.choice(DIGITS[1:10])}",
        lambda: " ".join(rng.choices(DIGITS, k=rng.randint(2, 4))),
    ]
    return rng.choice(kinds)()


def make_texts(count: int, seed: int) -> list[str]:
    """``count`` sentences: half commands, the rest numbers and random everyday words."""
    rng = random.Random(seed)
    rows = yaml.safe_load(PHRASES.read_text())
    slots = {"point": rows["points"], "minutes": rows["minutes"]}
    commands, words = command_texts(), common_words(6000)
    weights = [1 / (rank + 40) ** 0.5 for rank in range(len(words))]
    texts = []
    for _ in range(count):
        kind = rng.random()
        if kind < 0.25 and commands:
            texts.append(rng.choice(commands))
        elif kind < 0.55:
            texts.append(expand(rng.choice(rows["templates"]), slots, rng))
        elif kind < 0.62:
            texts.append(_numbers(rng))
        else:
            texts.append(" ".join(rng.choices(words, weights, k=rng.randint(2, 7))))
    return texts
