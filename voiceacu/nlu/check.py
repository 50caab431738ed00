"""What a data author should know of a file before it is used: `voiceacu check FILE`."""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import Prefix

from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.content.yaml_file import Place, Problem, read_yaml, report
from voiceacu.errors import UserError
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.slots import unreadable_names
from voiceacu.nlu.template import TemplateError, Words, expand, parse

_PLACEHOLDER = re.compile(r"\{[^}]*\}")

_ALIKE = 88.0
"""Likeness (0..100) from which two names are easily taken for one another."""


def check_author_file(
    path: Path, folder: Path, has_word: Callable[[str], bool] | None = None
) -> tuple[str, ...]:
    """What is doubtful in a points file or a file of own phrases, one line each.

    `folder` holds `commands.yaml`, `language.yaml` and `points.yaml` that the file goes with;
    `has_word` knows the words of the model that will listen. Doubtful are words that the model
    lacks, phrases or names near one another, and a sentence that contains a command, which the
    assistant could hear from its own mouth.

    Raises:
        UserError: all that is wrong with the file, such as sentences too long for the ear and
            missing spoken forms.
    """
    tree = read_yaml(path)
    if isinstance(tree, dict) and "points" in tree:
        library = load_library(path, unreadable_names)
        table = load_phrases(folder, library)
        problems = [*_echoes(tree, table), *_near_names(tree)]
    elif isinstance(tree, dict) and "commands" in tree:
        library = load_library(folder / "points.yaml")
        table = load_phrases(folder, library, path)
        problems = _near_phrases(tree, folder, library)
    else:
        raise UserError(f"{path}: neither 'points' nor 'commands' stands in it; add one of them")
    lines = report(path, problems).splitlines() if problems else []
    if has_word is not None:
        lines += lacking(path, table, has_word)
    return tuple(lines)


def lacking(path: Path, table: PhraseTable, has_word: Callable[[str], bool]) -> tuple[str, ...]:
    """The words of the phrases that the model does not know, one line each."""
    return tuple(_missing(path, *missing) for missing in _lost(table, has_word))


def commands_within(sentence: str, table: PhraseTable) -> tuple[str, ...]:
    """The command phrases that a sentence contains, where hearing it could set one off.

    What a sentence has in curly brackets is filled in later, and not looked at.
    """
    words = table.spelled(_PLACEHOLDER.sub(" {filled} ", sentence))
    spans = itertools.combinations(range(len(words) + 1), 2)
    return tuple(" ".join(words[a:b]) for a, b in spans if words[a:b] in table.telling)


def _echoes(tree: Any, table: PhraseTable) -> list[Problem]:
    return [
        (place, f"contains the command '{found}'; say it in other words")
        for place, text in _sentences(tree)
        for found in commands_within(text, table)
    ]


def _sentences(tree: dict[str, Any]) -> Iterator[tuple[Place, str]]:
    """What the assistant says of a points file, with its places."""
    lists: list[tuple[Place, Any]] = [(("tips",), tree["tips"])]
    for i, point in enumerate(tree["points"]):
        lists += [
            (("points", i, key), value)
            for key, value in point.items()
            if isinstance(value, list) and key not in ("names", "claims")
        ]
    for place, texts in lists:
        yield from (((*place, n), text) for n, text in enumerate(texts))


def _near_names(tree: dict[str, Any]) -> list[Problem]:
    """Names of different points that sound nearly alike."""
    names: list[tuple[Place, int, Words]] = []
    for i, point in enumerate(tree["points"]):
        for n, template in enumerate(point["names"]):
            place = ("points", i, "names", n)
            names += [(place, i, words) for words in _expanded(template)]
    told = "'{}' is near '{}' of another point; choose a clearer name"
    return [
        (place, told.format(" ".join(name), " ".join(other)))
        for (_, i, other), (place, j, name) in itertools.combinations(names, 2)
        if i != j and _likeness(name, other) >= _ALIKE
    ]


def _likeness(name: Words, other: Words) -> float:
    """0..100; how both begin tells nothing, such as an article."""
    same = Prefix.similarity(name, other)
    return fuzz.ratio(" ".join(name[same:]), " ".join(other[same:]))


def _near_phrases(tree: dict[str, Any], folder: Path, library: Library) -> list[Problem]:
    """Own phrases that the table as it is takes for another intent."""
    table = load_phrases(folder, library)
    problems: list[Problem] = []
    for i, command in enumerate(tree["commands"]):
        for n, line in enumerate(command["phrases"].splitlines()):
            for words in _expanded(line):
                text = " ".join(words)
                found = table.understand(text)
                if found.intent and found.accepted and found.intent.name != command["intent"]:
                    what = f"'{text}' already means {found.intent.name}; choose other words"
                    problems.append((("commands", i, "phrases", n), what))
    return problems


def _expanded(template: str) -> list[Words]:
    try:
        return list(expand(parse(template)))
    except TemplateError:
        return []


def _lost(
    table: PhraseTable, has_word: Callable[[str], bool]
) -> Iterator[tuple[str, str, str | None]]:
    for missing in table.missing_words(has_word):
        yield missing.word, missing.phrase, missing.spelling


def _missing(path: Path, word: str, phrase: str, spelling: str | None) -> str:
    instead = f"it listens for '{spelling}'" if spelling else "use another word or add a spelling"
    return f"{path.name}: the model lacks the word '{word}' of '{phrase}'; {instead}"
