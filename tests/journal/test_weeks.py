"""Counting weeks, against the calendar's own arithmetic."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceacu.dialogue.actions import Record
from voiceacu.errors import UserError
from voiceacu.journal.chart import as_lines, draw
from voiceacu.journal.store import Journal, Week, monday_of

from .sessions import practise

ZONES = st.sampled_from(
    [ZoneInfo(z) for z in ("Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC")]
)
MOMENTS = st.datetimes(datetime(2026, 9, 1), datetime(2027, 1, 31), timezones=ZONES)


@given(st.dates())
def test_the_monday_is_that_of_the_iso_week(day: date) -> None:
    if day.isocalendar().year >= 1 and day.toordinal() > 7:
        assert monday_of(day).isocalendar() == (*day.isocalendar()[:2], 1)


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, max_size=25), st.dates(date(2026, 9, 1), date(2027, 1, 31)))
def test_every_session_is_in_the_iso_week_of_its_local_day(
    moments: list[datetime], today: date
) -> None:
    """Across the ends of summer time in both hemispheres and the turn of the year."""
    expected = Counter(m.date().isocalendar()[:2] for m in moments)
    with TemporaryDirectory() as folder, Journal(Path(folder) / "j.sqlite3") as journal:
        for moment in moments:
            journal.record(Record("began", routine="full"), moment)
            journal.record(Record("held", point="BL-40", seconds=60), moment)
        weeks = journal.weeks(30, today)
        assert [w.monday for w in weeks] == sorted({w.monday for w in weeks})
        assert len(weeks) == 30
        assert weeks[-1].monday <= today < weeks[-1].monday + timedelta(days=7)
        for week in weeks:
            assert week.sessions == expected[week.monday.isocalendar()[:2]]
            assert week.seconds == 60 * week.sessions
        since = journal.sessions_this_week(today)
        assert since == sum(m.date() >= monday_of(today) for m in moments)


WEEKS = tuple(
    Week(date(2026, 9, 28) + timedelta(weeks=n), sessions, 600.0 * sessions)
    for n, sessions in enumerate((0, 1, 3, 4, 6, 2))
)


def test_lines_show_what_was_done_and_what_is_missing() -> None:
    lines = as_lines(WEEKS, (3, 4))
    assert "3-4 recommended" in lines[0]
    assert lines[1] == "28 Sep 2026  ○○○      0"
    assert lines[2] == "05 Oct 2026  ●○○      1  10 min"
    assert lines[5] == "26 Oct 2026  ●●●●●●   6  60 min"


@pytest.mark.parametrize("count", [0, 1, 6, 60])
def test_the_chart_is_a_picture(tmp_path: Path, count: int) -> None:
    file = tmp_path / "chart.png"
    numbers = random.Random(1)
    weeks = [
        Week(date(2025, 1, 6) + timedelta(weeks=n), numbers.randrange(6), 900) for n in range(count)
    ]
    draw(weeks, (3, 4), file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 4000


def test_a_chart_that_cannot_be_written_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-folder"):
        draw(WEEKS, (3, 4), tmp_path / "no-folder" / "chart.png")


def test_weeks_of_a_practised_year(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite3") as journal:
        practise(journal, datetime(2026, 12, 31, 22, 0))
        practise(journal, datetime(2027, 1, 2, 22, 0))
        assert journal.weeks(1, date(2027, 1, 3))[0].sessions == 2
        assert journal.sessions_this_week(date(2027, 1, 4)) == 0
