"""The phrase table as written in `commands.yaml`."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from voiceacu.content.model import Strict
from voiceacu.content.yaml_file import Place, Problem, read_yaml, validate
from voiceacu.nlu.template import Sequence, TemplateError, flaw, parse
from voiceacu.nlu.types import Phase

SLOTS = ("{point}", "{seconds}", "{routine}")


class Group(Strict):
    """Further phrases of an intent: in some `phases` only, or with fixed `slots`.

    Of the `loosely` written ones only the gist counts, not the order of the words.
    """

    phrases: str = ""
    loosely: str = ""
    phases: tuple[Phase, ...] = ()
    slots: dict[str, str | int] = Field(default_factory=dict)


class Command(Strict):
    """One intent: what it does, what to say for it, and all that means it.

    `kind` says which lead-ins of the language the recogniser expects before it; an aside yields
    to any other command of the same sentence, and all others yield to a `grave` one. An `urgent`
    one is acted on before the person has finished speaking. One that `wakes` is meant, while
    asleep, only by all the words of `say`, or of a person's own phrase: nothing that people say to
    one another.
    """

    intent: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    does: str
    say: str
    kind: Literal["request", "question", "phrase", "aside"]
    urgent: bool = False
    grave: bool = False
    wakes: bool = False
    phrases: str
    loosely: str = ""
    also: tuple[Group, ...] = ()

    def groups(self) -> Iterator[Group]:
        """All phrases: those that always hold, then the others."""
        yield Group(phrases=self.phrases, loosely=self.loosely)
        yield from self.also


class Addition(Strict):
    """A person's own phrases for an intent of the table."""

    intent: str
    phrases: str
    phases: tuple[Phase, ...] = ()
    slots: dict[str, str | int] = Field(default_factory=dict)


class CommandsFile(Strict):
    """A whole `commands.yaml`; `rules` are templates used by name."""

    rules: dict[str, str] = Field(default_factory=dict)
    commands: Annotated[tuple[Command, ...], Field(min_length=1)]

    def parsed_rules(self) -> dict[str, Sequence]:
        """The rules, ready for templates."""
        return {name: parse(text) for name, text in self.rules.items()}


class AdditionsFile(Strict):
    """A person's own phrases."""

    commands: Annotated[tuple[Addition, ...], Field(min_length=1)]


def templates(phrases: str) -> list[str]:
    """The templates of a block, one a line."""
    return [line.strip() for line in phrases.splitlines() if line.strip()]


def load_commands(path: Path) -> CommandsFile:
    """The commands of a phrase table.

    Raises:
        UserError: all errors of the file, with line numbers.
    """
    return validate(read_yaml(path), CommandsFile, path, (_double_intents, _template_errors))


def load_additions(path: Path, table: CommandsFile) -> AdditionsFile:
    """A person's own phrases for the intents of a table.

    Raises:
        UserError: all errors of the file, with line numbers.
    """
    known = {command.intent for command in table.commands}

    def unknown_intents(tree: Any) -> list[Problem]:
        return [
            (("commands", i, "intent"), f"no intent is called '{c['intent']}'; see the commands")
            for i, c in _commands(tree)
            if isinstance(c.get("intent"), str) and c["intent"] not in known
        ]

    def wrong_templates(tree: Any) -> list[Problem]:
        return _template_errors(tree, table.parsed_rules())

    return validate(read_yaml(path), AdditionsFile, path, (unknown_intents, wrong_templates))


def _commands(tree: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    commands = tree.get("commands") if isinstance(tree, dict) else None
    for i, command in enumerate(commands if isinstance(commands, list) else []):
        if isinstance(command, dict):
            yield i, command


def _double_intents(tree: Any) -> list[Problem]:
    seen: dict[str, int] = {}
    return [
        (("commands", i, "intent"), f"'{command['intent']}' stands above already; join the two")
        for i, command in _commands(tree)
        if isinstance(command.get("intent"), str) and seen.setdefault(command["intent"], i) != i
    ]


def _template_errors(tree: Any, rules: dict[str, Sequence] | None = None) -> list[Problem]:
    """Templates that cannot be read, or hold a slot that nothing fills."""
    problems: list[Problem] = []
    known = dict(rules or {})
    own = tree.get("rules") if isinstance(tree, dict) else None
    for name, text in (own or {}).items() if isinstance(own, dict) else ():
        try:
            known[name] = parse(str(text))
        except TemplateError as error:
            problems.append((("rules", name), str(error)))
    for i, command in _commands(tree):
        also = command.get("also")
        groups: list[tuple[Place, Any]] = [(("commands", i), command)]
        for j, group in enumerate(also if isinstance(also, list) else []):
            groups.append((("commands", i, "also", j), group if isinstance(group, dict) else {}))
        blocks = [((*at, k), g.get(k)) for at, g in groups for k in ("phrases", "loosely")]
        for place, block in blocks:
            for n, line in enumerate(block.splitlines() if isinstance(block, str) else []):
                problems += [((*place, n), what) for what in _wrong(line, known)]
    return problems


def _wrong(line: str, rules: dict[str, Sequence]) -> Iterator[str]:
    if not line.strip():
        return
    wrong = flaw(line, rules)
    if wrong is not None:
        yield wrong
        return
    for slot in sorted(set(re.findall(r"\{[a-z]+\}", line)) - set(SLOTS)):
        yield f"no slot is called {slot}; there are {', '.join(SLOTS)}"
