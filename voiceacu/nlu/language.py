"""One language as the phrase table needs it: numbers, durations, codes, words that say little."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, field_validator

from voiceacu.content.model import Strict
from voiceacu.content.yaml_file import Place, Problem, entries, read_yaml, strings, validate
from voiceacu.nlu.template import Words, flaw

_HUNDRED = 100
_EDGE = "."

Sayings = tuple[Annotated[str, Field(min_length=1)], ...]


class Numbers(Strict):
    """How whole numbers from 0 to 999 are said; `hundreds` and the joins hold patterns."""

    ones: Annotated[tuple[str, ...], Field(min_length=20, max_length=20)]
    tens: dict[int, str]
    tens_and_ones: str
    hundreds: tuple[str, ...]
    hundreds_and_rest: tuple[str, ...]

    @field_validator("tens")
    @classmethod
    def _every_ten(cls, tens: dict[int, str]) -> dict[int, str]:
        missing = [str(ten) for ten in range(20, _HUNDRED, 10) if ten not in tens]
        if missing:
            raise ValueError(f"has no word for {', '.join(missing)}; add it")
        return tens

    def spell(self, number: int) -> tuple[str, ...]:
        """The ways to say a number from 0 to 999, the usual one first."""
        if number < len(self.ones):
            return (self.ones[number],)
        if number < _HUNDRED:
            tens, ones = self.tens[number // 10 * 10], number % 10
            if not ones:
                return (tens,)
            return (self.tens_and_ones.format(tens=tens, ones=self.ones[ones]),)
        count, rest = divmod(number, _HUNDRED)
        hundreds = [
            h.format(ones=self.ones[count]) for h in self.hundreds if "{" in h or count == 1
        ]
        if not rest:
            return tuple(hundreds)
        return tuple(
            join.format(hundreds=h, rest=self.spell(rest)[0])
            for join in self.hundreds_and_rest
            for h in hundreds
        )


class Duration(Strict):
    """One way to say a duration: `seconds` plus each number `{n}` times its share in `per`.

    `ranges` bound the numbers, `heard` are those that the recogniser listens for.
    """

    say: str
    seconds: int = 0
    per: tuple[int, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    heard: tuple[int, ...] = ()


class Ordinals(Strict):
    """How a point is called by its place in the routine, or by the number of its code."""

    templates: Sayings
    words: Sayings
    last: Sayings
    code: str


class Unsaid(Strict):
    """Words that are `never` right `after` any of the others; "." is a sentence's edge."""

    after: frozenset[str]
    never: frozenset[str]

    def forbids(self, word: str, following: str) -> bool:
        """Whether no sentence has the one right before the other."""
        return word in self.after and following in self.never


class HeardLeadIns(Strict):
    """What the recogniser expects before a request, and before a question."""

    request: Sayings
    question: Sayings


class LeadIns(HeardLeadIns):
    """All that may stand before a request and before a question; what comes behind is not
    `unsaid`."""

    unsaid: tuple[Unsaid, ...] = ()

    def may_precede(self, lead: Words, rest: Words) -> bool:
        """Whether a sentence can go on like this."""
        return not any(rule.forbids(lead[-1], rest[0]) for rule in self.unsaid)


class GistWords(Strict):
    """Which words make the gist of a sentence.

    `silent` ones say nothing, `soft` ones may be left out where no phrase has them, `weak` ones
    mean nothing alone; `asking` begins a question without a question word. `same` maps words to
    one that is near enough. What is `unsaid` is no sentence, and has no gist.
    """

    silent: frozenset[str]
    soft: frozenset[str]
    weak: frozenset[str]
    asking: Sayings
    same: dict[str, str]
    unsaid: tuple[Unsaid, ...] = ()

    def is_broken(self, words: Words) -> bool:
        """Whether a word stands where it cannot in any sentence."""
        return any(
            rule.forbids(word, following)
            for word, following in itertools.pairwise((_EDGE, *words, _EDGE))
            for rule in self.unsaid
        )

    def apart(self, phrases: Iterable[Words]) -> Iterator[Words]:
        """The phrases without those that differ from an earlier one in nothing telling.

        Where hardly anything tells, the other words count.
        """
        asking = {words.split()[0] for words in self.asking}
        seen: set[tuple[Words, frozenset[str]]] = set()
        for words in phrases:
            begins = words[:2] if words[0] in asking else ()
            gist = frozenset(words) - self.silent
            telling = (begins, gist) if len(gist) > 1 and gist - self.weak else (words, gist)
            if telling not in seen:
                seen.add(telling)
                yield words


class Language(Strict):
    """A whole language file; the comments in `data/language.yaml` say what each part is for."""

    fillers: frozenset[str]
    lead_ins: LeadIns
    tails: Sayings
    negations: frozenset[str]
    reasons: Sayings
    excuses: Sayings
    hums: Sayings
    heard_lead_ins: HeardLeadIns
    heard_tails: Sayings
    light: frozenset[str]
    middling: frozenset[str]
    unheard: frozenset[str]
    contractions: dict[str, str]
    same: dict[str, str]
    gist: GistWords
    sounds: dict[str, Sayings]
    numbers: Numbers
    ordinals: Ordinals
    meridians: dict[str, Sayings]
    durations: tuple[Duration, ...]

    @property
    def small(self) -> frozenset[str]:
        """The words that mean nothing alone, however many of them are said."""
        return self.light | self.middling | self.gist.silent | self.gist.weak


def load_language(path: Path) -> Language:
    """The language of a `language.yaml`.

    Raises:
        UserError: all errors of the file, with line numbers.
    """
    return validate(read_yaml(path), Language, path, (_templates,))


def _templates(tree: Any) -> list[Problem]:
    """Templates that cannot be read, among the durations and the ordinals."""
    return [(place, wrong) for place, text in _written(tree) if (wrong := flaw(text)) is not None]


def _written(tree: Any) -> Iterator[tuple[Place, str]]:
    """The texts that are to be templates, with their places."""
    for place, duration in entries(tree, "durations"):
        yield from ((place + inner, text) for inner, text in strings(duration, "say"))
    ordinals = tree.get("ordinals") if isinstance(tree, dict) else None
    if isinstance(ordinals, dict):
        for key in ("templates", "last", "code"):
            yield from ((("ordinals", *inner), text) for inner, text in strings(ordinals, key))
