import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.guide.drawing import load_drawings
from voiceacu.guide.words import load_words
from voiceacu.nlu.phrases import load_phrases


@pytest.fixture(scope="session")
def library():
    return load_library(data_folder() / "points.yaml")


@pytest.fixture(scope="session")
def table(library):
    return load_phrases(data_folder(), library)


@pytest.fixture(scope="session")
def words():
    return load_words(data_folder() / "guide.yaml")


@pytest.fixture(scope="session")
def drawings():
    return load_drawings(data_folder() / "drawings.yaml")
