"""The table of what is answered to every command in every phase.

`phase_intent.md` is generated: `python -m tests.dialogue.test_table` writes it anew.
"""

from pathlib import Path

from voiceacu.app.knowledge import Knowledge
from voiceacu.dialogue.coach import HANDLERS
from voiceacu.nlu.types import Phase
from voiceacu.replay.table import answer_table

from .conftest import shipped

TABLE = Path(__file__).parent / "phase_intent.md"


def test_every_command_is_answered_in_every_phase(knowledge: Knowledge) -> None:
    header, _, *rows = answer_table(knowledge).splitlines()
    assert header.count("|") == len(Phase) + 2
    assert len(rows) == len(HANDLERS)
    empty = [row for row in rows if any(not cell.strip() for cell in row.split("|")[1:-1])]
    assert empty == []


def test_the_written_table_is_what_the_dialogue_does(knowledge: Knowledge) -> None:
    assert TABLE.read_text(encoding="utf-8") == answer_table(knowledge)


def test_every_command_has_an_answer_and_every_answer_a_command(knowledge: Knowledge) -> None:
    assert {command.intent for command in knowledge.table.commands} == set(HANDLERS)


if __name__ == "__main__":
    TABLE.write_text(answer_table(shipped()), encoding="utf-8")
