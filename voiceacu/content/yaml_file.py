"""YAML in, validated objects out: all that is wrong with a file at once, with line numbers."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import LiteralScalarString

from voiceacu.errors import UserError

Model = TypeVar("Model", bound=BaseModel)
Place: TypeAlias = tuple[int | str, ...]
Problem: TypeAlias = tuple[Place, str]
"""Where in the tree (keys and indices from the root), and what is wrong and what to do."""

_ADVICE = {
    "missing": "is missing; add it",
    "extra_forbidden": "is no key here; correct its spelling or remove it",
    "too_short": "is empty; give at least one",
    "string_type": "is no text; write one, in quotes if need be",
}

_OF_KEY = "[key]"
"""How pydantic ends the place of a mapping's key that is none of those allowed."""


def read_yaml(path: Path) -> Any:
    """The tree of a YAML file.

    Raises:
        UserError: the file cannot be read, or is no YAML.
    """
    text = _text(path)
    try:
        return YAML(typ="safe").load(text)
    except YAMLError:
        return _with_lines(text, path)


def validate(
    tree: Any,
    model: type[Model],
    path: Path,
    cross_checks: Sequence[Callable[[Any], list[Problem]]] = (),
) -> Model:
    """The tree of the file at `path` as a `model`; `cross_checks` look at the raw tree for what
    spans several places.

    Raises:
        UserError: one line per problem, in the order of the file.
    """
    problems: list[Problem] = []
    result: Model | None = None
    try:
        result = model.model_validate(tree)
    except ValidationError as error:
        problems = [_problem(e["loc"], e["type"], e["msg"]) for e in _apart(error.errors())]
    for check in cross_checks:
        problems += check(tree)
    if problems or result is None:
        raise UserError(report(path, problems))
    return result


def entries(tree: Any, key: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    """The mappings listed under a key, with their places; whatever is no mapping is left out."""
    entries = tree.get(key) if isinstance(tree, dict) else None
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield (key, i), entry


def strings(entry: dict[str, Any], key: str) -> Iterator[tuple[Place, str]]:
    """The text under a key, or the texts of the list under it."""
    value = entry.get(key)
    if isinstance(value, str):
        yield (key,), value
    for i, text in enumerate(value if isinstance(value, list) else []):
        if isinstance(text, str):
            yield (key, i), text


def report(path: Path, problems: Sequence[Problem]) -> str:
    """The problems of a file as lines `points.yaml:LINE: key: what is wrong; what to do`."""
    tree = _with_lines(_text(path), path)
    lines = sorted({(line_of(tree, place), _dotted(place), what) for place, what in problems})
    return "\n".join(
        f"{path.name}:{line}: {where}: {what}" if where else f"{path.name}:{line}: {what}"
        for line, where, what in lines
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8 text; save it as UTF-8") from error


def _with_lines(text: str, path: Path) -> Any:
    """The tree, whose mappings and lists know their lines: ten times slower to read, so only
    where a line is to be named."""
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise UserError(
            f"{path.name}:{line}: not valid YAML: {error.problem}; correct it here or just above"
        ) from error
    except YAMLError as error:
        first = str(error).splitlines()[0]
        raise UserError(f"{path.name}:1: not valid YAML: {first}; correct it") from error


def line_of(tree: Any, place: Place) -> int:
    """The line, from 1, where this place stands, or the nearest place around it that is there.

    A number after a block of text is a line in it.
    """
    line = 0
    node = tree
    for step in place:
        if isinstance(node, LiteralScalarString) and isinstance(step, int):
            return line + 2 + step
        try:
            line = node.lc.key(step)[0] if isinstance(step, str) else node.lc.item(step)[0]
            node = node[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line + 1


def _apart(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """The errors, without lists that are only too short because their entries are wrong."""
    places = [e["loc"] for e in errors]
    return [
        e
        for e in errors
        if e["type"] != "too_short"
        or all(e["loc"] != place[: len(e["loc"])] or e["loc"] == place for place in places)
    ]


def _problem(place: Place, kind: str, message: str) -> Problem:
    if place and place[-1] == _OF_KEY:
        return place[:-1], _ADVICE["extra_forbidden"]
    return place, _ADVICE.get(kind) or message.removeprefix("Value error, ")


def _dotted(place: Place) -> str:
    return ".".join(str(step) for step in place)
