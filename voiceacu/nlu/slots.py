"""Points, durations and routines as people say them, and where they stand in a text."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from voiceacu.content.model import Library
from voiceacu.content.yaml_file import Problem, entries, strings
from voiceacu.nlu.language import Duration, Language
from voiceacu.nlu.template import Words, expand, flaw, is_slot, parse

Value: TypeAlias = str | int

_HIGHEST = 67
"""The highest number that any meridian's point has."""


class Said(NamedTuple):
    """One way to say a value; `heard` where the recogniser listens for it.

    `slot` is what it is in the intent: a point is its id (`point`) or its place in the routine
    under way (`ordinal`, from 1, the last one -1).
    """

    words: Words
    slot: str
    value: Value
    heard: bool


def said_slots(language: Language, library: Library) -> dict[str, tuple[Said, ...]]:
    """All ways to fill each slot, `{point}`, `{seconds}` and `{routine}`."""
    routines = tuple(
        Said(words, "routine", routine.id, True)
        for routine in library.routines
        for words in _expanded(routine.names)
    )
    durations = tuple(said for way in language.durations for said in _durations(way, language))
    places = max(len(routine.points) for routine in library.routines)
    return {
        "{point}": (*_points(language, library, places), *_places(language, places)),
        "{seconds}": durations,
        "{routine}": routines,
    }


def _expanded(templates: Iterable[str]) -> Iterator[Words]:
    for template in templates:
        yield from expand(parse(template))


def _points(language: Language, library: Library, places: int) -> Iterator[Said]:
    """Points by their names and codes; a number alone is a code where no place has it."""
    spell = language.numbers.spell
    for point_id, names in _names(library).items():
        yield from (Said(words, "point", point_id, True) for words in _expanded(names))
    for point in library.points:
        number = int(point.id.split("-")[1])
        if number > places:
            for words in _filled((language.ordinals.code,), {"{cardinal}": spell(number)[0]}):
                yield Said(words, "point", point.id, True)
    known = _names(library).keys()
    for meridian, names in language.meridians.items():
        for name, number in itertools.product(names, range(1, _HIGHEST + 1)):
            point_id = f"{meridian}-{number}"
            spelled = f"{name} {spell(number)[0]}".split()
            yield Said(tuple(spelled), "point", point_id, point_id in known)


def _names(library: Library) -> dict[str, tuple[str, ...]]:
    """The names of all points that are known, in the routine or not."""
    named = {point.id: point.names for point in library.points}
    return named | {point.id: point.names for point in library.foreign}


def _places(language: Language, places: int) -> Iterator[Said]:
    """Places in the routine; those that no routine has are understood, but not listened for."""
    ordinals = language.ordinals
    for place, ordinal in enumerate(ordinals.words, 1):
        filled = {"{ordinal}": ordinal, "{cardinal}": language.numbers.spell(place)[0]}
        for words in _filled(ordinals.templates, filled):
            yield Said(words, "ordinal", place, place <= places)
    yield from (Said(words, "ordinal", -1, True) for words in _expanded(ordinals.last))


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
                yield Said(tuple(said), "seconds", seconds, heard)


def unreadable_names(tree: Any) -> list[Problem]:
    """Names in the raw tree of a points file that are no templates."""
    return [
        (place + inner, wrong)
        for kind in ("points", "foreign", "routines")
        for place, entry in entries(tree, kind)
        for inner, name in strings(entry, "names")
        if (wrong := flaw(name)) is not None
    ]


class SlotFinder:
    """Finds the longest way to say a value of one slot in a sequence of words."""

    def __init__(self, slot: str, said: Iterable[Said], normal: Callable[[str], Words]) -> None:
        self.slot = slot
        self._value: dict[Words, tuple[str, Value]] = {}
        for one in said:
            self._value.setdefault(normal(" ".join(one.words)), (one.slot, one.value))
        self.ways = frozenset(self._value)
        self.vocabulary = frozenset(itertools.chain.from_iterable(self._value))
        lengths: dict[str, set[int]] = {}
        for words in self._value:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = lengths
        self._first = frozenset(lengths)
        self._beginnings = {words[:n] for words in self._value for n in range(1, len(words))}

    def find(self, words: Words) -> tuple[Words, dict[str, Value]] | None:
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
        name, value = self._value[words[at : at + length]]
        return (*words[:at], self.slot, *words[at + length :]), {name: value}

    def begins(self, words: Words) -> bool:
        """Whether a way to say a value begins with these words and goes on."""
        return words in self._beginnings
