"""The sentences that the tables are measured with."""

from benchmarks.speech_own import PHRASES
from training.project import phrase_table


def test_each_is_a_command() -> None:
    table = phrase_table()
    sentences = PHRASES.read_text().splitlines()
    assert [text for text in sentences if not table.understand(text).accepted] == []
