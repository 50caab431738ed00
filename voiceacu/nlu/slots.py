"""Points, durations and routines as people say them, and where they stand in a text."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from voiceacu.content.model import Library
from voiceacu.nlu.language import Duration, Language
from voiceacu.nlu.template import Words, expand, is_slot, parse

Value: TypeAlias = str | int

_HIGHEST = 67
"""The highest number that any meridian's point has."""


class Said(NamedTuple):
    """One way to say a value; `heard` where the recogniser listens for it."""

    words: Words
    value: Value
    heard: bool


def said_slots(language: Language, library: Library) -> dict[str, tuple[Said, ...]]:
    """All ways to fill each slot, `{point}`, `{seconds}` and `{routine}`."""
    routines = tuple(
        Said(words, routine.id, True)
        for routine in library.routines
        for words in _expanded(routine.names)
    )
    durations = tuple(said for way in language.durations for said in _durations(way, language))
    return {
        "{point}": tuple(_points(language, library)),
        "{seconds}": durations,
        "{routine}": routines,
    }


def _expanded(templates: Iterable[str]) -> Iterator[Words]:
    for template in templates:
        yield from expand(parse(template))


def _points(language: Language, library: Library) -> Iterator[Said]:
    known = {point.id for point in library.points} | {point.id for point in library.foreign}
    for point in library.points:
        yield from (Said(words, point.id, True) for words in _expanded(point.names))
        yield from (Said(words, point.id, True) for words in _in_order(language, library, point.id))
    for foreign in library.foreign:
        yield from (Said(words, foreign.id, True) for words in _expanded(foreign.names))
    for meridian, names in language.meridians.items():
        for name, number in itertools.product(names, range(1, _HIGHEST + 1)):
            point_id = f"{meridian}-{number}"
            words = f"{name} {language.numbers.spell(number)[0]}".split()
            yield Said(tuple(words), point_id, point_id in known)


def _in_order(language: Language, library: Library, point_id: str) -> Iterator[Words]:
    """A point by its place in the first routine, and by the number of its code."""
    ordinals, spell = language.ordinals, language.numbers.spell
    places = library.routines[0].points
    if point_id in places:
        place = places.index(point_id)
        if place < len(ordinals.words):
            filled = {"{ordinal}": ordinals.words[place], "{cardinal}": spell(place + 1)[0]}
            yield from _filled(ordinals.templates, filled)
        if place == len(places) - 1:
            yield from _expanded(ordinals.last)
    number = int(point_id.split("-")[1])
    if number > len(places):
        yield from _filled((ordinals.code,), {"{cardinal}": spell(number)[0]})


def _filled(templates: Iterable[str], values: Mapping[str, str]) -> Iterator[Words]:
    for words in _expanded(templates):
        yield tuple(itertools.chain.from_iterable(values.get(w, w).split() for w in words))


def _durations(way: Duration, language: Language) -> Iterator[Said]:
    spell = language.numbers.spell
    numbers = [range(least, most + 1) for least, most in way.ranges]
    for words in expand(parse(way.say)):
        slots = [i for i, word in enumerate(words) if is_slot(word)]
        for chosen in itertools.product(*numbers):
            seconds = way.seconds + sum(n * per for n, per in zip(chosen, way.per, strict=True))
            heard = all(n in way.heard for n in chosen)
            for spellings in itertools.product(*map(spell, chosen)):
                at = dict(zip(slots, spellings, strict=True))
                said = itertools.chain.from_iterable(
                    at.get(i, word).split() for i, word in enumerate(words)
                )
                yield Said(tuple(said), seconds, heard)


class SlotFinder:
    """Finds the longest way to say a value of one slot in a sequence of words."""

    def __init__(self, slot: str, said: Iterable[Said], normal: Callable[[str], Words]) -> None:
        self.slot = slot
        self._value: dict[Words, Value] = {}
        for one in said:
            self._value.setdefault(normal(" ".join(one.words)), one.value)
        self.vocabulary = frozenset(itertools.chain.from_iterable(self._value))
        lengths: dict[str, set[int]] = {}
        for words in self._value:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = lengths
        self._first = frozenset(lengths)
        self._beginnings = {words[:n] for words in self._value for n in range(1, len(words))}

    def find(self, words: Words) -> tuple[Words, Value] | None:
        """The words with the slot in place of what fills it, and its value; None without any."""
        if self._first.isdisjoint(words):
            return None
        spans = [
            (length, -at)
            for at, word in enumerate(words)
            for length in self._lengths.get(word, ())
            if at + length <= len(words) and words[at : at + length] in self._value
        ]
        if not spans:
            return None
        length, before = max(spans)
        at = -before
        return (*words[:at], self.slot, *words[at + length :]), self._value[words[at : at + length]]

    def begins(self, words: Words) -> bool:
        """Whether a way to say a value begins with these words and goes on."""
        return words in self._beginnings
