"""One conversation with everything around it: journal, typed lines, terminal."""

import sys
from contextlib import closing
from datetime import datetime

from voiceacu.app.assistant import Assistant, Ears, Mouth
from voiceacu.app.knowledge import Knowledge
from voiceacu.app.terminal import Terminal
from voiceacu.app.typed import TypedLines
from voiceacu.audio.port import Device
from voiceacu.dialogue.events import Started
from voiceacu.journal.store import Journal
from voiceacu.settings import Settings


def converse(
    settings: Settings, knowledge: Knowledge, device: Device, mouth: Mouth, ears: Ears | None
) -> None:
    """Greet the person and converse until somebody leaves."""
    today = datetime.now()
    with closing(Journal(settings.journal)) as journal:
        assistant = Assistant(
            knowledge.coach(),
            knowledge.table,
            device,
            ears=ears,
            mouth=mouth,
            typed=TypedLines(sys.stdin),
            diary=journal,
            observer=Terminal(sys.stdout, show_speech=mouth.sounds, show_unknown=ears is None),
        )
        known = (
            journal.sessions_this_week(today.date()),
            journal.last_routine(),
            journal.pregnant(),
        )
        # Nobody who can only type is asleep for not saying a word.
        listens = ears is not None or not mouth.sounds
        assistant.greet(Started(today, *known, listens=listens))
        assistant.run()
