"""The one phrase table: what may be said, for the recogniser, the matcher and the listing."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from voiceacu.content.model import Library
from voiceacu.nlu.clauses import Clauses
from voiceacu.nlu.commands import (
    Addition,
    Command,
    CommandsFile,
    Group,
    load_additions,
    load_commands,
    templates,
)
from voiceacu.nlu.endings import Endings
from voiceacu.nlu.gist import SCORE, Gists, Loose
from voiceacu.nlu.grammar import (
    Missing,
    Sentences,
    all_sentences,
    missing_words,
    spoken_phrases,
    with_known_words,
)
from voiceacu.nlu.language import GistWords, Language, load_language
from voiceacu.nlu.matcher import EXACT, Match, Matcher, Phrase
from voiceacu.nlu.normal import Normaliser
from voiceacu.nlu.slots import SlotFinder, said_slots
from voiceacu.nlu.template import Words, expand, optional, parse, required
from voiceacu.nlu.types import Intent, Phase, Understanding

ACCEPT = 87.0
"""Least score (0..100) to act on."""

MARGIN = 4.0
"""Least lead over the best other intent."""

_CANDIDATES = 2


_Expanded: TypeAlias = tuple[Command, Group, str, Words]


@dataclass(frozen=True, slots=True)
class Listing:
    """One command for people: `say` is the suggestion, `phrases` are all templates."""

    intent: str
    say: str
    does: str
    phrases: tuple[str, ...]
    urgent: bool


class PhraseTable:
    """What may be said, and what it means."""

    def __init__(
        self,
        commands: CommandsFile,
        language: Language,
        library: Library,
        additions: tuple[Addition, ...] = (),
    ) -> None:
        self._language = language
        self._expanded = tuple(_expand(commands, additions))
        self._said = said_slots(language, library)
        self._normal = Normaliser(language)
        self._finders = tuple(
            SlotFinder(slot, said, self._normal.named) for slot, said in self._said.items()
        )
        self.phrases = tuple(self._normalised(self._expanded))
        self._matcher = Matcher(self.phrases, self._finders, language)
        # A name that the phrases use for nothing else says enough alone: "weizhong", not "knee".
        common = {word for phrase in self.phrases for word in phrase.words}
        names = {words[0] for finder in self._finders for words in finder.ways if len(words) == 1}
        said = (self._normal.once(words) for _, _, _, words in self._expanded)
        single = {words[0] for words in said if len(words) == 1} | (names - common)
        spellings = language.contractions.items()
        self._single = single.union(other for other, word in spellings if word in single)
        self._core = names.union(p.words[0] for p in self.phrases if len(p.words) == 1)
        self._loose = tuple(_expand_loosely(commands, self._normal, language.gist))
        loose = [
            Loose(
                Phrase(self._normal.whole(words), command.intent, template, g.slots, g.phases), may
            )
            for command, g, template, words, may in self._loose
        ]
        self._gists = Gists(self.phrases, loose, self._matcher.readings, language)
        self._whole = {phrase.words for phrase in self.phrases}
        self._open = {words[:n] for words in self._whole for n in range(1, len(words))}
        self._beginnings = self._open | self._whole
        self._clauses = Clauses(commands.commands, language)
        urgent = {command.intent for command in commands.commands if command.urgent}
        self._urgent = {p.words for p in self.phrases if p.intent in urgent}
        self._suggested = {self._normal(command.say) for command in commands.commands}
        self.commands = tuple(_listing(command, additions) for command in commands.commands)
        self._say = {command.intent: command.say for command in self.commands}
        self._calls = {c.intent: self._called(c, additions) for c in commands.commands if c.wakes}

    def suggestion(self, intent: str) -> str:
        """What the assistant suggests to say for an intent; raises KeyError for an unknown one."""
        return self._say[intent]

    def understand(self, text: str, phase: Phase | None = None) -> Understanding:
        """What a typed or recognised text means, in a phase, or in any."""
        near = self.matches(text, phase)
        if phase is Phase.ASLEEP:
            said = frozenset(self.spelled(text))
            near = [m for m in near if self._is_called(m.intent.name, said)]
        return _understanding(text, near)

    def matches(self, text: str, phase: Phase | None = None) -> list[Match]:
        """The phrases near a text, best first; or the one that it has the gist of."""
        ways, near = self._near(text, phase)
        if not ways or (near and near[0].score == EXACT):
            return near
        other = (
            self._of_clauses(ways[0], phase, exact=True)
            or self._gists.match(ways, phase)
            or self._of_clauses(ways[0], phase, exact=False)
        )
        return near if other is None else [other]

    def _called(
        self, command: Command, additions: tuple[Addition, ...]
    ) -> tuple[frozenset[str], ...]:
        """The words of each phrase that wakes."""
        own = {t for group in _own(command, additions) for t in templates(group.phrases)}
        said = [
            " ".join(words)
            for other, _, template, words in self._expanded
            if other is command and template in own
        ]
        return tuple(frozenset(self.spelled(text)) for text in (command.say, *said))

    def _is_called(self, intent: str, said: frozenset[str]) -> bool:
        """Whether words that mean this are enough while asleep."""
        return intent not in self._calls or any(words <= said for words in self._calls[intent])

    def _of_clauses(self, words: Words, phase: Phase | None, *, exact: bool) -> Match | None:
        def find(part: Words) -> Phrase | None:
            ways = self._normal.ways(part)
            known = (self._matcher.phrase(way, phase) for way in ways if way in self._whole)
            found = next(filter(None, known), None)
            if found is None and len(part) > 1 and not exact:
                match = self._gists.match((part, ways[-1]), phase)
                return match.phrase._replace(slots=match.intent.slots) if match else None
            return found

        phrase = self._clauses.command(words, find, exact=exact)
        return None if phrase is None else Match(phrase, Intent(phrase.intent, phrase.slots), SCORE)

    def _near(self, text: str, phase: Phase | None) -> tuple[tuple[Words, ...], list[Match]]:
        """The ways to take the words of a text, and the phrases near them; none of either where
        too little was said."""
        said = self._normal.words(text)
        whole = self._normal.whole(said)
        if not self._tells(self._normal.once(said), self._single):
            return (), []
        ways = [way for way in self._normal.ways(whole) if self._tells(way, self._core)]
        for way in ways:
            exact = self._matcher.exact(way, phase)
            if exact is not None:
                return (way,), [exact]
        if not ways:
            return (), []
        return (whole, ways[-1]), self._matcher.matches(ways[-1], phase)

    def _tells(self, words: Words, single: Collection[str]) -> bool:
        """Whether words are evidence of anything: a single one is where it is a phrase by itself.

        A burst of noise is easily heard as some short word.
        """
        return len(words) != 1 or self._matcher.without_slips(words)[0] in single

    def spelled(self, text: str) -> Words:
        """The words of a text in their normal spelling; nothing is left out."""
        return self._normal.spelled(text)

    @functools.cached_property
    def telling(self) -> frozenset[Words]:
        """The phrases that would stand out in a sentence: single words only where they are urgent
        or suggested, none that says little."""
        light = self._language.light | self._language.middling
        short = {self.spelled(c.say) for c in self.commands} | self._urgent
        spelled = {self.spelled(" ".join(words)) for _, _, _, words in self._expanded}
        return frozenset(
            words
            for words in spelled
            if words in short or (len(words) > 1 and not light.issuperset(words))
        )

    def near(self, phrase: Phrase) -> list[tuple[Phrase, float]]:
        """The phrases that hold in every phase and are near this one, with scores of 0..100."""
        return self._matcher.near(phrase)

    def is_complete(self, text: str) -> bool:
        """Whether the text is a whole phrase in some phase; more than the gist of one."""
        near = self._near(text, None)[1]
        return _understanding(text, near).accepted

    def can_continue(self, text: str) -> bool:
        """Whether a longer phrase begins with the text; fillers and lead-ins do not count."""
        if self._normal.begins_lead_in(text):
            return True
        words = self._normal(text)
        if any(reading in self._open for reading, _ in self._matcher.readings(words)):
            return True
        return any(
            finder.begins(words[at:]) and (*words[:at], finder.slot) in self._beginnings
            for at in range(len(words))
            for finder in self._finders
        )

    def unheard(self, text: str) -> str | None:
        """What was said before a text that is the end of phrases of one meaning; None where it is
        no such end."""
        said = self._normal.whole(self._normal.words(text))
        readings = (reading for reading, _ in self._matcher.readings(said))
        found = next(filter(None, map(self._endings.beginning, readings)), None)
        return " ".join(found) if found else None

    @functools.cached_property
    def _endings(self) -> Endings:
        words = self._language
        return Endings(self.phrases, words.small, words.light | words.middling | words.unheard)

    def is_urgent(self, text: str) -> bool:
        """Whether the text is exactly a phrase of a command that must not wait."""
        said = self._normal.once(self._normal.words(text))
        return self._tells(said, self._single) and self._normal(text) in self._urgent

    def is_suggested(self, text: str) -> bool:
        """Whether the text is what the assistant suggests to say for something."""
        return self._normal(text) in self._suggested

    def grammar(self, has_word: Callable[[str], bool] | None = None) -> tuple[str, ...]:
        """Phrases for the recogniser: lower case, numbers spelled, often said ones repeated.

        Together they hold every pair of neighbouring words that a phrase of the table has: all
        that a bigram language model learns from. With `has_word`, which knows the words of a
        loaded model, a word that the model lacks is replaced by spellings that it has; phrases
        with one that has none (`missing_words` tells) are left out.
        """
        if has_word is None:
            return self._spoken
        return with_known_words(self._spoken, self._language.sounds, has_word)

    def sentences(self, has_word: Callable[[str], bool]) -> Sentences:
        """All that may be said to the letter, in words that a model has."""
        phrases = (words for _, _, _, words in self._expanded)
        suggested = (tuple(command.say.lower().split()) for command in self.commands)
        return all_sentences(
            phrases,
            suggested,
            self._said,
            self._single,
            sounds=self._language.sounds,
            has_word=has_word,
        )

    def missing_words(self, has_word: Callable[[str], bool]) -> tuple[Missing, ...]:
        """Each word that a model lacks, a phrase it stands in, and a spelling the model has."""
        return missing_words(self._spoken, self._language.sounds, has_word)

    @functools.cached_property
    def _spoken(self) -> tuple[str, ...]:
        usual = [(command, words) for command, _, _, words in self._expanded]
        loose = [(command, words) for command, _, _, words, _ in self._loose]
        return spoken_phrases(usual, loose, self._said, self._language, self._single)

    def _normalised(self, expanded: Iterable[_Expanded]) -> Iterator[Phrase]:
        done: set[tuple[Words, str, str]] = set()
        normal = self._normal.phrase
        known: dict[Words, Words] = {}
        for command, group, template, written in expanded:
            words = known.get(written) or known.setdefault(written, normal(written))
            key = (words, template, command.intent)
            if key not in done:
                done.add(key)
                yield Phrase(words, command.intent, template, group.slots, group.phases)


def _understanding(text: str, matches: list[Match]) -> Understanding:
    if not matches:
        return Understanding(text, None, 0.0, False)
    best = matches[0]
    rival = next((m.score for m in matches if m.intent.name != best.intent.name), 0.0)
    accepted = best.score >= ACCEPT and best.score - rival >= MARGIN
    candidates = tuple(match.intent for match in matches[:_CANDIDATES])
    return Understanding(text, best.intent, best.score, accepted, candidates)


def _expand(commands: CommandsFile, additions: tuple[Addition, ...]) -> Iterator[_Expanded]:
    """Every phrase as written, with the template it comes from."""
    rules = commands.parsed_rules()
    for command in commands.commands:
        for group in (*command.groups(), *_own(command, additions)):
            for template in templates(group.phrases):
                for words in expand(parse(template, rules)):
                    yield command, group, template, words


def _expand_loosely(
    commands: CommandsFile, normal: Normaliser, gist: GistWords
) -> Iterator[tuple[Command, Group, str, Words, frozenset[str]]]:
    """What must be said of every loosely written phrase, and what may be said with it."""
    rules = commands.parsed_rules()
    for command in commands.commands:
        for group in command.groups():
            for template in templates(group.loosely):
                sequence = parse(template, rules)
                may = normal.each(optional(sequence))
                for words in gist.apart(expand(required(sequence))):
                    yield command, group, template, words, may


def _listing(command: Command, additions: tuple[Addition, ...]) -> Listing:
    groups = (*command.groups(), *_own(command, additions))
    phrases = tuple(template for group in groups for template in templates(group.phrases))
    return Listing(command.intent, command.say, command.does, phrases, command.urgent)


def _own(command: Command, additions: tuple[Addition, ...]) -> Iterator[Group]:
    for addition in additions:
        if addition.intent == command.intent:
            yield Group(phrases=addition.phrases, phases=addition.phases, slots=addition.slots)


def load_phrases(folder: Path, library: Library, extra: Path | None = None) -> PhraseTable:
    """The phrase table of a folder with `commands.yaml` and `language.yaml`.

    `extra` is a file of a person's own phrases for the same intents.

    Raises:
        UserError: all errors of a file at once, with line numbers.
    """
    commands = load_commands(folder / "commands.yaml")
    language = load_language(folder / "language.yaml")
    additions = load_additions(extra, commands).commands if extra is not None else ()
    return PhraseTable(commands, language, library, additions)
