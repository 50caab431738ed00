"""Reads a points file into a `Library`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from voiceacu.content.model import Library
from voiceacu.content.yaml_file import Place, Problem, entries, read_yaml, strings, validate


def load_library(path: Path, *further: Callable[[Any], list[Problem]]) -> Library:
    """The points, routines and tips of a points file; `further` checks look at its raw tree.

    Raises:
        UserError: all errors of the file, one per line as
            `points.yaml:LINE: key: what is wrong; what to do`.
    """
    checks = (_doubles, _unknown_points, _unknown_sources, *further)
    return validate(read_yaml(path), Library, path, checks)


def _ids(tree: Any, key: str) -> set[str]:
    return {entry["id"] for _, entry in entries(tree, key) if isinstance(entry.get("id"), str)}


def _doubles(tree: Any) -> list[Problem]:
    """An id or a name that stands for two things."""
    problems: list[Problem] = []
    for kinds, keys in (
        (("points", "foreign"), ("id",)),
        (("points", "foreign"), ("name", "plain", "names")),
        (("routines",), ("id",)),
        (("routines",), ("names",)),
    ):
        owner: dict[str, Place] = {}
        for kind in kinds:
            for place, entry in entries(tree, kind):
                for key in keys:
                    for inner, text in strings(entry, key):
                        first = owner.setdefault(text.strip().lower(), place)
                        if first != place:
                            what = f"'{text}' already names {'.'.join(map(str, first))}; change one"
                            problems.append((place + inner, what))
    return problems


def _unknown_points(tree: Any) -> list[Problem]:
    known = _ids(tree, "points")
    return [
        (place + inner, f"no point has the id '{text}'; correct it or add the point")
        for place, entry in entries(tree, "routines")
        for inner, text in strings(entry, "points")
        if text not in known
    ]


def _unknown_sources(tree: Any) -> list[Problem]:
    known = _ids(tree, "sources")
    return [
        ((*place, *inner, "source"), f"no source has the id '{claim['source']}'; add it above")
        for place, entry in entries(tree, "points")
        for inner, claim in entries(entry, "claims")
        if isinstance(claim.get("source"), str) and claim["source"] not in known
    ]
