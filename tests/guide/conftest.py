import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.guide.drawing import Drawing, load_drawings
from voiceacu.guide.words import Words, load_words
from voiceacu.nlu.phrases import PhraseTable, load_phrases


@pytest.fixture(scope="session")
def library() -> Library:
    return load_library(data_folder() / "points.yaml")


@pytest.fixture(scope="session")
def table(library: Library) -> PhraseTable:
    return load_phrases(data_folder(), library)


@pytest.fixture(scope="session")
def words() -> Words:
    return load_words(data_folder() / "guide.yaml")


@pytest.fixture(scope="session")
def drawings() -> tuple[Drawing, ...]:
    return load_drawings(data_folder() / "drawings.yaml")
