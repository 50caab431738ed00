"""The journal with real files: what was practised is there again, whatever happens between."""

import contextlib
import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from voiceacu.dialogue.actions import Record
from voiceacu.errors import UserError
from voiceacu.journal.schema import MIGRATIONS, VERSION, migrate, version_of
from voiceacu.journal.store import Journal

from .sessions import practise

MONDAY = datetime(2026, 11, 16, 21, 0, tzinfo=timezone(timedelta(hours=1)))
TODAY = date(2026, 11, 22)
"""The Sunday of the same week."""


def test_what_was_practised_is_there_after_closing(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY, "full")
        practise(journal, MONDAY + timedelta(days=2), "feet")
    with Journal(path) as journal:
        assert journal.sessions_this_week(TODAY) == 2
        assert journal.sessions_since(date(2026, 11, 17)) == 1
        assert journal.last_routine() == "feet"
        assert [(w.sessions, w.seconds) for w in journal.weeks(2, TODAY)] == [(0, 0), (2, 480)]


def test_a_new_journal_is_empty(path: Path) -> None:
    with Journal(path) as journal:
        assert journal.sessions_this_week(TODAY) == 0
        assert journal.last_routine() is None
        assert json.loads(journal.export("json")) == []


def test_a_session_in_which_nothing_was_held_is_no_practice(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY, "full")
        practise(journal, MONDAY + timedelta(hours=1), "back", points=0)
        assert journal.sessions_this_week(TODAY) == 1
        assert journal.last_routine() == "full"


def test_the_session_under_way_counts_from_its_first_hold(path: Path) -> None:
    with Journal(path) as journal:
        journal.record(Record("began", routine="full"), MONDAY)
        assert journal.sessions_this_week(TODAY) == 0
        journal.record(Record("held", point="BL-40", seconds=60), MONDAY)
        assert journal.sessions_this_week(TODAY) == 1


def test_the_day_is_the_one_the_person_lived(path: Path) -> None:
    """Half past midnight on Monday in Sydney is still Sunday in Greenwich."""
    sydney = timezone(timedelta(hours=11))
    with Journal(path) as journal:
        practise(journal, datetime(2026, 11, 16, 0, 30, tzinfo=sydney))
        assert journal.sessions_this_week(TODAY) == 1


def test_a_time_without_offset_is_local(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, datetime(2026, 11, 18, 23, 59))
        (session,) = json.loads(journal.export("json"))
        assert datetime.fromisoformat(session["began"]).utcoffset() is not None
        assert session["began"].startswith("2026-11-18T23:59")


def test_csv_and_json_say_the_same(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY, "full")
        journal.record(Record("began", routine="a, b"), MONDAY)
        rows = list(csv.DictReader(io.StringIO(journal.export("csv"))))
        objects = json.loads(journal.export("json"))
    assert rows[0] == {
        "began": "2026-11-16T21:00:00+01:00",
        "ended": "2026-11-16T21:04:00+01:00",
        "routine": "full",
        "outcome": "completed",
        "points": "BL-40 BL-41",
        "seconds": "240",
    }
    assert [o["routine"] for o in objects] == [r["routine"] for r in rows] == ["full", "a, b"]
    assert [h["point"] for h in objects[0]["holds"]] == ["BL-40", "BL-41"]
    assert (rows[1]["ended"], objects[1]["ended"]) == ("", None)


def test_an_answer_is_remembered_only_from_request_to_request(path: Path) -> None:
    with Journal(path) as journal:
        assert journal.pregnant() is None
        journal.record(Record("remembered", pregnant=False), MONDAY)
        journal.record(Record("remembered", pregnant=True), MONDAY)
    with Journal(path) as journal:
        assert journal.pregnant() is True
        journal.record(Record("forgotten"), MONDAY)
        assert journal.pregnant() is None
        journal.record(Record("remembered", pregnant=False), MONDAY)
        assert journal.pregnant() is False
        journal.forget()
    with Journal(path, read_only=True) as journal:
        assert journal.pregnant() is None


def test_a_journal_of_the_first_version_grows(path: Path) -> None:
    """Its sessions stay, and it remembers no answer."""
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as old:
        migrate(old, MIGRATIONS[:1])
        old.execute("INSERT INTO session (began, day, routine) VALUES ('t', '2026-11-17', 'feet')")
        old.execute("INSERT INTO hold VALUES (1, 't', 'GB-41', 60)")
        old.commit()
    with Journal(path, read_only=True) as reader:
        assert (reader.last_routine(), reader.pregnant()) == ("feet", None)
    with Journal(path) as journal:
        journal.record(Record("remembered", pregnant=True), MONDAY)
        assert (journal.last_routine(), journal.pregnant()) == ("feet", True)


def test_forgetting_leaves_no_byte_of_it(path: Path) -> None:
    with Journal(path) as journal:
        for day in range(50):
            practise(journal, MONDAY + timedelta(days=day), "the_secret_routine")
        journal.forget()
        assert journal.last_routine() is None
        practise(journal, MONDAY, "feet")
        assert journal.sessions_this_week(TODAY) == 1
    for file in path.parent.iterdir():
        assert b"secret" not in file.read_bytes(), file.name


def test_one_writer_and_any_reader(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY)
        with pytest.raises(UserError, match="another voiceacu"):
            Journal(path)
        journal.record(Record("began", routine="feet"), MONDAY)
        journal.record(Record("held", point="GB-41", seconds=60), MONDAY)
        with Journal(path, read_only=True) as reader:
            assert reader.sessions_this_week(TODAY) == 2
            assert json.loads(reader.export("json"))[1]["outcome"] is None
        practise(journal, MONDAY)
    with Journal(path) as journal:
        assert journal.sessions_this_week(TODAY) == 3


def test_reading_makes_and_changes_no_file(path: Path) -> None:
    with Journal(path, read_only=True) as reader:
        assert reader.weeks(3, TODAY)[-1].sessions == 0
    assert not path.parent.exists()
    with Journal(path) as journal:
        practise(journal, MONDAY)
    before = path.read_bytes()
    with Journal(path, read_only=True) as reader:
        assert reader.sessions_this_week(TODAY) == 1
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a POSIX matter")
def test_a_kill_loses_nothing_recorded(path: Path) -> None:
    script = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from voiceacu.dialogue.actions import Record
from voiceacu.journal.store import Journal
journal = Journal(Path(sys.argv[1]))
wall = datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
journal.record(Record("began", routine="full"), wall)
n = 0
while True:
    journal.record(Record("held", point="BL-40", seconds=60), wall)
    n += 1
    print(n, flush=True)
"""
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            told = [process.stdout.readline() for _ in range(20)]
            os.kill(process.pid, signal.SIGKILL)
            told += process.stdout.readlines()
        with Journal(path) as journal:  # the dead writer's lock is gone
            session = json.loads(journal.export("json"))[-1]
            assert session["outcome"] == "interrupted"
            assert session["ended"] == "2026-11-18T21:00:00+00:00"
            assert len(session["holds"]) >= len([line for line in told if line.endswith("\n")])
    with Journal(path) as journal:
        assert journal.sessions_this_week(TODAY) == 3


def test_a_damaged_file_is_reported_and_kept(path: Path) -> None:
    with Journal(path) as journal:
        for day in range(200):
            practise(journal, MONDAY + timedelta(days=day))
    whole = path.read_bytes()
    torn = whole[: len(whole) // 2]
    scribbled = whole[:4096] + b"\xaa" * 8192 + whole[12288:]
    for broken in (b"this is no database at all" * 100, torn, scribbled):
        path.write_bytes(broken)
        for read_only in (False, True):
            with pytest.raises(UserError, match=r"damaged.*move the file away"):
                Journal(path, read_only=read_only)
        assert path.read_bytes() == broken


def test_a_journal_of_a_newer_program_is_left_alone(path: Path) -> None:
    with Journal(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    for read_only in (False, True):
        with pytest.raises(UserError, match="newer voiceacu"):
            Journal(path, read_only=read_only)


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "old.sqlite3")
    migrate(db)
    db.execute("INSERT INTO session (began, day, routine) VALUES ('x', 'x', 'full')")
    db.commit()
    later = (*MIGRATIONS, "ALTER TABLE session ADD COLUMN mood TEXT DEFAULT 'calm'")
    migrate(db, later)
    migrate(db, later)
    assert version_of(db) == VERSION + 1
    assert db.execute("SELECT routine, mood FROM session").fetchall() == [("full", "calm")]
    with pytest.raises(sqlite3.OperationalError):
        migrate(db, (*later, "CREATE TABLE half (x); ALTER TABLE nowhere ADD COLUMN y"))
    assert version_of(db) == VERSION + 1
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half'").fetchone() == (0,)
    db.close()


def test_reading_an_older_file_does_not_touch_it(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 0")
    db.execute("VACUUM")
    db.close()
    before = path.read_bytes()
    with Journal(path, read_only=True) as reader:
        assert reader.sessions_this_week(TODAY) == 0
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said_clearly(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(UserError, match=r"journal cannot be opened"):
        Journal(tmp_path / "data" / "journal.sqlite3")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file size limit")
def test_a_full_disk_is_said_clearly_and_loses_nothing(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY)
    script = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from voiceacu.dialogue.actions import Record
from voiceacu.errors import UserError
from voiceacu.journal.store import Journal
journal = Journal(Path(sys.argv[1]))
wall = datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
journal.record(Record("began", routine="full"), wall)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
kept = 0
try:
    while True:
        journal.record(Record("held", point="BL-40", seconds=60), wall)
        kept += 1
except UserError as error:
    print(kept, error)
print(journal.sessions_this_week(wall.date()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    kept, message = first.split(" ", 1)
    assert "journal cannot be written" in message and "free space" in message
    assert second == "2"
    with Journal(path) as journal:
        assert len(json.loads(journal.export("json"))[-1]["holds"]) == int(kept)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a file size limit")
def test_a_session_that_began_on_a_full_disk_is_there_once_there_is_room(path: Path) -> None:
    with Journal(path) as journal:
        practise(journal, MONDAY, "feet")
    script = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from voiceacu.dialogue.actions import Record
from voiceacu.errors import UserError
from voiceacu.journal.store import Journal
journal = Journal(Path(sys.argv[1]))
wall = datetime(2026, 11, 18, 21, 0, tzinfo=UTC)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, unlimited[1]))
for fact in (Record("began", routine="back"), Record("held", point="BL-23", seconds=60)):
    try:
        journal.record(fact, wall)
    except UserError as error:
        assert "cannot be written" in str(error), error
resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
journal.record(Record("held", point="BL-25", seconds=60), wall)
journal.record(Record("ended", routine="back", outcome="completed"), wall)
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)
    with Journal(path) as journal:
        first, second = json.loads(journal.export("json"))
    assert (first["routine"], len(first["holds"])) == ("feet", 2)
    assert (second["routine"], second["outcome"]) == ("back", "completed")
    assert [hold["point"] for hold in second["holds"]] == ["BL-25"]


def test_nothing_spoken_is_stored(path: Path) -> None:
    with Journal(path):
        pass
    db = sqlite3.connect(path)
    columns = {
        (table, column[1])
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for column in db.execute(f"PRAGMA table_info({table})")
    }
    db.close()
    assert columns == {
        *(("session", c) for c in ("id", "began", "day", "routine", "ended", "outcome")),
        *(("hold", c) for c in ("session", "ended", "point", "seconds")),
        *(("answer", c) for c in ("pregnant", "day")),
    }


def test_a_second_beginning_closes_the_first_as_interrupted(path: Path) -> None:
    with Journal(path) as journal:
        journal.record(Record("began", routine="full"), MONDAY.astimezone(UTC))
        practise(journal, MONDAY, "feet")
        outcomes = [s["outcome"] for s in json.loads(journal.export("json"))]
    assert outcomes == ["interrupted", "completed"]


def test_an_end_that_is_taken_back_leaves_one_session(path: Path) -> None:
    with Journal(path) as journal:
        journal.record(Record("began", routine="full"), MONDAY)
        journal.record(Record("held", point="BL-40", seconds=60), MONDAY)
        journal.record(Record("ended", outcome="stopped"), MONDAY)
        journal.record(Record("reopened", routine="full"), MONDAY)
        journal.record(Record("held", point="BL-23", seconds=120), MONDAY)
        journal.record(Record("ended", outcome="completed"), MONDAY)
        (session,) = json.loads(journal.export("json"))
        assert session["outcome"] == "completed"
        assert [hold["point"] for hold in session["holds"]] == ["BL-40", "BL-23"]
