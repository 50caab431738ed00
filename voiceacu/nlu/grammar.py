"""Phrases for a recogniser whose language model is made of pairs of neighbouring words.

Such a model needs every pair once, not every combination; so a few phrases stand for
thousands, and the short urgent ones are not drowned by the many that name a point.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from voiceacu.nlu.commands import Command
from voiceacu.nlu.language import Language
from voiceacu.nlu.slots import Said
from voiceacu.nlu.template import Words, is_slot

_URGENT_WEIGHT = 20
_SUGGESTED_WEIGHT = 8
"""How many times a phrase stands in the grammar, for how often it will be said."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A word that a model lacks, and a spelling of it that the model has (None: there is none)."""

    phrase: str
    word: str
    spelling: str | None


def spoken_phrases(
    expanded: Iterable[tuple[Command, Words]],
    said: Mapping[str, tuple[Said, ...]],
    language: Language,
) -> tuple[str, ...]:
    """Phrases that together hold every pair of neighbouring words, the important ones repeated."""
    heard = {slot: [one.words for one in ways if one.heard] for slot, ways in said.items()}
    pairs: set[tuple[str, str]] = set()
    kept: list[str] = []
    commands: dict[str, Command] = {}

    def keep(words: Words) -> None:
        new = set(itertools.pairwise(("<s>", *words, "</s>"))) - pairs
        if new:
            pairs.update(new)
            kept.append(" ".join(words))

    for command, phrase in expanded:
        commands.setdefault(command.intent, command)
        for words in _filled(phrase, heard):
            for whole in _with_ends(words, command, language):
                keep(whole)
    for command in commands.values():
        weight = _URGENT_WEIGHT if command.urgent else _SUGGESTED_WEIGHT
        kept += [command.say.lower()] * weight
    return tuple(kept)


def with_known_words(
    phrases: Iterable[str], sounds: Mapping[str, tuple[str, ...]], has_word: Callable[[str], bool]
) -> tuple[str, ...]:
    """The phrases with each word that a model lacks replaced by the spellings it has."""
    return tuple(
        " ".join(choice)
        for phrase in phrases
        for choice in itertools.product(*(_spellings(w, sounds, has_word) for w in phrase.split()))
    )


def missing_words(
    phrases: Iterable[str], sounds: Mapping[str, tuple[str, ...]], has_word: Callable[[str], bool]
) -> tuple[Missing, ...]:
    """Each word that a model lacks, with the first phrase it stands in."""
    first: dict[str, str] = {}
    for phrase in phrases:
        for word in phrase.split():
            first.setdefault(word, phrase)
    return tuple(
        Missing(phrase, word, next(iter(_spellings(word, sounds, has_word)), None))
        for word, phrase in first.items()
        if not has_word(word)
    )


def _spellings(
    word: str, sounds: Mapping[str, tuple[str, ...]], has_word: Callable[[str], bool]
) -> list[str]:
    if has_word(word):
        return [word]
    return [s for s in sounds.get(word, ()) if all(has_word(part) for part in s.split())]


def _filled(phrase: Words, heard: Mapping[str, list[Words]]) -> Iterator[Words]:
    ways = [heard[word] if is_slot(word) else [(word,)] for word in phrase]
    for parts in itertools.product(*ways):
        yield tuple(itertools.chain.from_iterable(parts))


def _with_ends(words: Words, command: Command, language: Language) -> Iterator[Words]:
    """The phrase alone, and with what may stand before and after it."""
    yield words
    lead_ins: tuple[str, ...] = ()
    if command.kind == "request":
        lead_ins = language.heard_lead_ins.request
        for tail in language.heard_tails:
            yield (*words, *tail.split())
    elif command.kind == "question":
        lead_ins = language.heard_lead_ins.question
    for lead in lead_ins:
        yield (*lead.split(), *words)
