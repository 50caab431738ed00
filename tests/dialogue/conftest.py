"""The real points, phrases and replies."""

from dataclasses import dataclass

import pytest

from voiceacu.content.files import data_folder
from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.dialogue.coach import Coach
from voiceacu.dialogue.replies import Replies, load_replies
from voiceacu.nlu.phrases import PhraseTable, load_phrases


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything a dialogue is played with."""

    library: Library
    table: PhraseTable
    replies: Replies

    def coach(self) -> Coach:
        """A dialogue over it."""
        return Coach(self.library, self.table, self.replies)


def shipped() -> Knowledge:
    """What the product ships with."""
    folder = data_folder()
    library = load_library(folder / "points.yaml")
    return Knowledge(library, load_phrases(folder, library), load_replies(folder))


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What the product ships with, read once."""
    return shipped()
