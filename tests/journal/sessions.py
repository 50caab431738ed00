"""Sessions to put into journals."""

from datetime import datetime, timedelta

from voiceacu.dialogue.actions import Record
from voiceacu.journal.store import Journal


def practise(journal: Journal, wall: datetime, routine: str = "full", points: int = 2) -> None:
    """A whole session that began at `wall`, two minutes a point."""
    journal.record(Record("began", routine=routine), wall)
    for n in range(points):
        wall += timedelta(minutes=2)
        journal.record(Record("held", point=f"BL-{40 + n}", seconds=120.0), wall)
    journal.record(Record("ended", outcome="completed"), wall)
