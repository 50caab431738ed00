"""The phrase table that ships, read once."""

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.nlu.phrases import PhraseTable, load_phrases


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(data_folder() / "points.yaml")


@pytest.fixture(scope="session")
def table(library: Library) -> PhraseTable:
    return load_phrases(data_folder(), library)
