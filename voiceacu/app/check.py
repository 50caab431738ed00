"""`voiceacu check FILE`: what is wrong or doubtful in a data author's file."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voiceacu.app.knowledge import load_knowledge
from voiceacu.asr.models import find_model, vocabulary
from voiceacu.nlu.check import check_author_file, lacking
from voiceacu.settings import Settings

OF_A_LANGUAGE = frozenset({"commands.yaml", "replies.yaml", "language.yaml"})
"""Files that are checked together with the others of their folder."""


def check(settings: Settings, arguments: Namespace) -> int:
    """Print each finding on its own line; 1 where there is any, 2 where the file is no use."""
    file: Path = arguments.file
    has_word = frozenset(vocabulary(find_model(settings.model))).__contains__
    if file.name in OF_A_LANGUAGE and (file.parent / "points.yaml").exists():
        findings = _check_language(settings, file, has_word)
    else:
        findings = check_author_file(file, settings.language, has_word)
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{file}: nothing to remark")
    return 1 if findings else 0


def _check_language(
    settings: Settings, file: Path, has_word: Callable[[str], bool]
) -> tuple[str, ...]:
    """A whole language's folder; raises UserError with all that is wrong in a file of it."""
    alone = replace(settings, language=file.parent, points=None, phrases=None)
    knowledge = load_knowledge(alone)
    knowledge.coach()
    return lacking(file, knowledge.table, has_word)
