"""What a recogniser listens for.

For a language model that is made of pairs of neighbouring words: it needs every pair once, not
every combination, so a few phrases stand for thousands, and the short urgent ones are not drowned
by the many that name a point. And for one that is made of whole sentences: all of them.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from voiceacu.nlu.commands import Command
from voiceacu.nlu.language import Language
from voiceacu.nlu.slots import Said
from voiceacu.nlu.template import Words, is_slot

_URGENT_WEIGHT = 20
_SUGGESTED_WEIGHT = 8
"""How many times a phrase stands in the grammar, for how often it will be said."""

_START, _END = "<s>", "</s>"


@dataclass(frozen=True, slots=True)
class Missing:
    """A word that a model lacks, and a spelling of it that the model has (None: there is none)."""

    phrase: str
    word: str
    spelling: str | None


def spoken_phrases(
    usual: Iterable[tuple[Command, Words]],
    loose: Iterable[tuple[Command, Words]],
    said: Mapping[str, tuple[Said, ...]],
    language: Language,
    single: Collection[str],
) -> tuple[str, ...]:
    """Phrases that together hold every pair of neighbouring words, the important ones repeated.

    Of the `loose` phrases, whose word order means nothing, they hold every word. Single words are
    only those of `single`.
    """
    filling = _Filling(said)
    cover = _Cover()
    ends = {kind: _ends(kind, language) for kind in ("request", "question", "phrase", "aside")}
    commands: dict[str, Command] = {}
    for command, phrase in usual:
        commands.setdefault(command.intent, command)
        lead_ins, tails = ends[command.kind]
        for words in filling.new(phrase, command.kind):
            if len(words) == 1 and words[0] not in single:
                continue
            cover.keep(words)
            for lead in lead_ins:
                if cover.lacks(lead[-1], words[0]) and language.lead_ins.may_precede(lead, words):
                    cover.keep((*lead, *words))
            for tail in tails:
                if cover.lacks(words[-1], tail[0]):
                    cover.keep((*words, *tail))
    for _, phrase in loose:
        if not cover.knows(phrase):
            cover.keep(filling.any(phrase))
    weighted = [
        command.say.lower()
        for command in commands.values()
        for _ in range(_URGENT_WEIGHT if command.urgent else _SUGGESTED_WEIGHT)
    ]
    return (*cover.kept, *weighted)


class _Filling:
    """Phrases with the ways to say their slots that the recogniser listens for."""

    def __init__(self, said: Mapping[str, tuple[Said, ...]]) -> None:
        self._heard = {slot: [o.words for o in ways if o.heard] for slot, ways in said.items()}
        self._met: set[tuple[str, str, str, str]] = set()

    def any(self, phrase: Words) -> Words:
        """The phrase with one way to say each of its slots."""
        return self._with([self._heard.get(word, [(word,)])[:1] for word in phrase])[0]

    def new(self, phrase: Words, kind: str) -> Iterable[Words]:
        """The phrase with each way to say its slots; where a slot stood between the same words in
        a command of this `kind`, with one way only: all pairs of the others are known."""
        if self._heard.keys().isdisjoint(phrase):
            return (phrase,)
        around = (_START, *phrase, _END)
        ways = []
        for before, word, after in zip(around, phrase, around[2:], strict=False):
            heard = self._heard.get(word, [(word,)])
            met = (kind, before, word, after)
            ways.append(heard[:1] if met in self._met else heard)
            if is_slot(word):
                self._met.add(met)
        return self._with(ways)

    @staticmethod
    def _with(ways: list[list[Words]]) -> list[Words]:
        return [tuple(itertools.chain.from_iterable(p)) for p in itertools.product(*ways)]


class _Cover:
    """Keeps a phrase where it brings a pair of neighbouring words that none had before."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._pairs: set[tuple[str, str]] = set()
        self._words: set[str] = set()

    def lacks(self, first: str, second: str) -> bool:
        return (first, second) not in self._pairs

    def knows(self, words: Words) -> bool:
        """Whether each word stands in a phrase that is kept, slots aside."""
        return self._words.issuperset(word for word in words if not is_slot(word))

    def keep(self, words: Words) -> None:
        self._words.update(words)
        pairs = list(itertools.pairwise((_START, *words, _END)))
        if not self._pairs.issuperset(pairs):
            self._pairs.update(pairs)
            self.kept.append(" ".join(words))


@dataclass(frozen=True, slots=True)
class Sentences:
    """All that may be said: templates, and the ways to say each of their slots; and those of the
    sentences that are suggested."""

    templates: tuple[Words, ...]
    ways: Mapping[str, tuple[Words, ...]]
    suggested: tuple[Words, ...] = ()


def all_sentences(
    phrases: Iterable[Words],
    suggested: Iterable[Words],
    said: Mapping[str, tuple[Said, ...]],
    single: Collection[str],
    *,
    sounds: Mapping[str, tuple[str, ...]],
    has_word: Callable[[str], bool],
) -> Sentences:
    """The sentences of all phrases, in words that a model has; single words only of `single`."""

    def known(words: Words) -> Iterable[Words]:
        spelled = ([w] if is_slot(w) else _spellings(w, sounds, has_word) for w in words)
        return (tuple(" ".join(choice).split()) for choice in itertools.product(*spelled))

    heard = {slot: [o.words for o in ways if o.heard] for slot, ways in said.items()}
    templates: set[Words] = set()
    for phrase in set(phrases):
        alone = len(phrase) == 1 and phrase[0] in heard
        for words in heard[phrase[0]] if alone else (phrase,):
            if len(words) > 1 or words[0] in single:
                templates.update(known(words))
    ways = {slot: tuple(k for way in ways for k in known(way)) for slot, ways in heard.items()}
    likely = tuple(words for phrase in suggested for words in known(phrase))
    return Sentences(tuple(templates), ways, likely)


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


def _ends(kind: str, language: Language) -> tuple[list[Words], list[Words]]:
    """What may stand before and after the phrases of a command of this kind."""
    lead_ins: tuple[str, ...] = ()
    tails: tuple[str, ...] = ()
    if kind == "request":
        lead_ins, tails = language.heard_lead_ins.request, language.heard_tails
    elif kind == "question":
        lead_ins = language.heard_lead_ins.question
    return [tuple(lead.split()) for lead in lead_ins], [tuple(tail.split()) for tail in tails]
