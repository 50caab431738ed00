"""The README promises only what is so."""

import re
from pathlib import Path

import pytest

from voiceacu.app.knowledge import load_knowledge
from voiceacu.cli import COMMANDS
from voiceacu.nlu.phrases import PhraseTable
from voiceacu.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


SAID = re.findall(r'"([^"]+)"', section("What can be said"))
NOT_COMMANDS = {"um"}


@pytest.fixture(scope="module")
def table() -> PhraseTable:
    return load_knowledge(Settings()).table


@pytest.mark.parametrize("phrase", [p for p in SAID if p not in NOT_COMMANDS])
def test_what_the_readme_says_can_be_said_is_understood(table: PhraseTable, phrase: str) -> None:
    assert table.understand(phrase).accepted


def test_every_command_is_in_the_readme() -> None:
    listed = section("Commands")
    assert [c for c in COMMANDS if f"`voiceacu {c}" not in listed] == []


def test_every_file_the_readme_links_to_is_there() -> None:
    root = Path(__file__).parent.parent
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (root / target).exists(), target
