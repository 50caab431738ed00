"""Everything that is read from files of one language."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from voiceacu.content.loader import load_library
from voiceacu.content.model import Library
from voiceacu.dialogue.coach import Coach
from voiceacu.dialogue.replies import Replies, load_replies
from voiceacu.nlu.phrases import PhraseTable, load_phrases
from voiceacu.nlu.slots import unreadable_names
from voiceacu.settings import Settings


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What it knows, understands and can say."""

    library: Library
    table: PhraseTable
    replies: Replies

    def coach(self) -> Coach:
        """A dialogue over this knowledge."""
        return Coach(self.library, self.table, self.replies)


@contextmanager
def _lasting() -> Iterator[None]:
    """What is made inside lasts to the end: the garbage collector passes over it, now and later.

    A hundred thousand objects and more: to look at them all halts the sound for a tenth of a
    second.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()


@_lasting()
def load_knowledge(settings: Settings) -> Knowledge:
    """Read and check the files of one language; raises UserError with all their errors."""
    library = load_library(settings.points_file, unreadable_names)
    table = load_table(settings, library)
    return Knowledge(library, table, load_replies(settings.language))


def load_table(settings: Settings, library: Library) -> PhraseTable:
    """The phrases about this library's points; raises UserError with all errors of the files."""
    return load_phrases(settings.language, library, settings.phrases)
