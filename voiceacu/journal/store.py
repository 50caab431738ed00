"""The journal on disk: one SQLite file, written by one process at a time.

Each fact is its own committed transaction in write-ahead mode with full synchronisation, so a
kill at any moment loses nothing that was recorded. The writer holds a lock that the operating
system releases with the process. Readers work on a copy in memory and hold up nobody.
"""

import contextlib
import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, Self

import platformdirs

from voiceacu.dialogue.actions import Record
from voiceacu.errors import UserError
from voiceacu.journal.schema import VERSION, migrate, version_of

INTERRUPTED = "interrupted"
"""The outcome of a session that nobody closed: the process was killed."""

PRACTISED = "EXISTS (SELECT 1 FROM hold WHERE hold.session = session.id)"
"""A session counts as practice once a point was held in it."""


@dataclass(frozen=True, slots=True)
class Week:
    """One week of practice: its Monday, the sessions in it, the seconds held."""

    monday: date
    sessions: int
    seconds: float


def default_path() -> Path:
    """Where this user's journal is."""
    return platformdirs.user_data_path("voiceacu") / "journal.sqlite3"


def monday_of(day: date) -> date:
    """The first day of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


class Journal:
    """The sessions in the file `path`, which is made where there is none.

    A writer closes sessions left open by a crash; a second writer is refused. With
    `read_only` nothing is locked, made or changed, and the state at opening is seen.

    Raises UserError where the file is damaged, newer than this program, out of reach, or being
    written by another process. A damaged file is left as it is.
    """

    def __init__(self, path: Path, read_only: bool = False) -> None:
        self._path = path
        self._lock: sqlite3.Connection | None = None
        self._session: int | None = None
        self._beginning: tuple[str, str, str] | None = None
        self._db = _memory()
        try:
            with self._explained("opened"):
                if read_only:
                    self._copy()
                else:
                    self._open()
                self._check_version()
                migrate(self._db)
                if not read_only:
                    self._close_interrupted()
        except BaseException:
            self.close()
            raise

    def record(self, action: Record, wall: datetime) -> None:
        """Write down `action` as of `wall`, the local time of day; done when this returns.

        A time without an offset is taken as local. Raises UserError where nothing can be
        written (a full disk); what was recorded before stays.
        """
        when = wall if wall.tzinfo else wall.astimezone()
        with self._explained("written"), self._undone(action), self._db:
            if action.what == "began":
                self._close_interrupted()
                self._beginning = (_text(when), when.date().isoformat(), action.routine)
                self._current(when)
            elif action.what == "held":
                self._db.execute(
                    "INSERT INTO hold (session, ended, point, seconds) VALUES (?, ?, ?, ?)",
                    (self._current(when), _text(when), action.point, action.seconds),
                )
            elif action.what == "reopened":
                self._reopen()
            elif action.what in ("remembered", "forgotten"):
                self._db.execute("DELETE FROM answer")
                if action.what == "remembered":
                    answer = (action.pregnant, when.date().isoformat())
                    self._db.execute("INSERT INTO answer (pregnant, day) VALUES (?, ?)", answer)
            elif self._session is not None:
                self._db.execute(
                    "UPDATE session SET ended = ?, outcome = ? WHERE id = ?",
                    (_text(when), action.outcome, self._session),
                )
                self._session = self._beginning = None

    def sessions_since(self, day: date) -> int:
        """How many sessions were practised on `day` or later."""
        query = f"SELECT count(*) FROM session WHERE day >= ? AND {PRACTISED}"
        with self._explained("read"):
            return int(self._db.execute(query, (day.isoformat(),)).fetchone()[0])

    def sessions_this_week(self, today: date) -> int:
        """How many sessions were practised since the Monday of the week of `today`."""
        return self.sessions_since(monday_of(today))

    def last_routine(self) -> str | None:
        """The id of the routine practised last; None where there is none."""
        query = f"SELECT routine FROM session WHERE {PRACTISED} ORDER BY id DESC LIMIT 1"
        with self._explained("read"):
            row = self._db.execute(query).fetchone()
        return str(row[0]) if row else None

    def pregnant(self) -> bool | None:
        """The answer to the safety question, where the person asked to remember it."""
        with self._explained("read"):
            row = self._db.execute("SELECT pregnant FROM answer").fetchone()
        return bool(row[0]) if row else None

    def weeks(self, count: int, today: date) -> tuple[Week, ...]:
        """The last `count` weeks up to that of `today`, oldest first, empty ones included."""
        mondays = [monday_of(today) - timedelta(weeks=n) for n in reversed(range(count))]
        query = (
            "SELECT count(DISTINCT session.id), coalesce(sum(hold.seconds), 0)"
            " FROM session JOIN hold ON hold.session = session.id"
            " WHERE day >= ? AND day < ?"
        )
        weeks = []
        with self._explained("read"):
            for monday in mondays:
                days = (monday.isoformat(), (monday + timedelta(weeks=1)).isoformat())
                sessions, seconds = self._db.execute(query, days).fetchone()
                weeks.append(Week(monday, int(sessions), float(seconds)))
        return tuple(weeks)

    def export(self, form: Literal["csv", "json"]) -> str:
        """Everything, oldest first: a CSV line or a JSON object for each session."""
        with self._explained("read"):
            sessions = list(self._sessions())
        if form == "json":
            return json.dumps(sessions, indent=2, ensure_ascii=False) + "\n"
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("began", "ended", "routine", "outcome", "points", "seconds"))
        for session in sessions:
            holds = session["holds"]
            assert isinstance(holds, list)
            points = dict.fromkeys(hold["point"] for hold in holds)
            writer.writerow(
                (
                    session["began"],
                    session["ended"] or "",
                    session["routine"],
                    session["outcome"] or "",
                    " ".join(points),
                    f"{sum(hold['seconds'] for hold in holds):g}",
                )
            )
        return out.getvalue()

    def forget(self) -> None:
        """Erase every session and the answer, also from the free space of the file."""
        with self._explained("erased"):
            with self._db:
                self._db.execute("DELETE FROM hold")
                self._db.execute("DELETE FROM session")
                self._db.execute("DELETE FROM answer")
            self._session = None
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Release the file. A session still open counts as interrupted at the next opening."""
        self._db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        """As the only writer."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _take_lock(self._path)
        self._db.close()
        self._db = sqlite3.connect(self._path, check_same_thread=False)
        _check(self._db)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute("PRAGMA foreign_keys = ON")

    def _copy(self) -> None:
        """Into memory, so that old tables can be brought up to date without touching the file."""
        if not self._path.exists():
            return
        # "ro" where the folder may not be written, "immutable" where nothing of the disk may.
        for mode in ("mode=rw", "mode=ro", "immutable=1"):
            uri = f"{self._path.absolute().as_uri()}?{mode}"
            try:
                with contextlib.closing(sqlite3.connect(uri, uri=True)) as disk:
                    _check(disk)
                    disk.backup(self._db)
                return
            except sqlite3.OperationalError:
                if mode == "immutable=1":
                    raise

    def _check_version(self) -> None:
        version = version_of(self._db)
        if version > VERSION:
            raise UserError(
                f"{self._path}: the journal was written by a newer voiceacu (version {version}, "
                f"this one reads up to {VERSION}); update voiceacu"
            )

    def _close_interrupted(self) -> None:
        """Sessions that nobody closed end with their last hold."""
        self._session = None
        with self._db:
            self._db.execute(
                "UPDATE session SET outcome = ?, ended = coalesce("
                " (SELECT max(ended) FROM hold WHERE hold.session = session.id), began)"
                " WHERE outcome IS NULL",
                (INTERRUPTED,),
            )

    def _reopen(self) -> None:
        """The session that ended last goes on, as if it had not ended."""
        row = self._db.execute("SELECT max(id) FROM session").fetchone()
        self._session = row[0]
        self._db.execute(
            "UPDATE session SET ended = NULL, outcome = NULL WHERE id = ?", (self._session,)
        )

    def _current(self, when: datetime) -> int:
        """The open session; one without a routine where a hold comes before any beginning."""
        if self._session is None:
            beginning = self._beginning or (_text(when), when.date().isoformat(), "")
            self._session = self._db.execute(
                "INSERT INTO session (began, day, routine) VALUES (?, ?, ?)", beginning
            ).lastrowid
        assert self._session is not None
        return self._session

    def _sessions(self) -> Iterator[dict[str, object]]:
        query = "SELECT id, began, ended, routine, outcome FROM session ORDER BY id"
        for identity, began, ended, routine, outcome in self._db.execute(query):
            holds = self._db.execute(
                "SELECT ended, point, seconds FROM hold WHERE session = ? ORDER BY rowid",
                (identity,),
            )
            yield {
                "began": began,
                "ended": ended,
                "routine": routine,
                "outcome": outcome,
                "holds": [{"ended": e, "point": p, "seconds": s} for e, p, s in holds],
            }

    @contextlib.contextmanager
    def _undone(self, action: Record) -> Iterator[None]:
        """Where a fact could not be written, forget its effect; a session whose beginning it was
        begins with the next hold."""
        before = None if action.what == "began" else self._session
        try:
            yield
        except BaseException:
            self._session = before
            raise

    @contextlib.contextmanager
    def _explained(self, deed: str) -> Iterator[None]:
        """Turn what SQLite and the file system raise into one line for a person."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise UserError(
                f"{self._path}: the journal cannot be {deed} ({error}); look for free space and "
                "write permission there"
            ) from error
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"{self._path}: the journal is damaged ({error}); it was left as it is: put back "
                "a copy, or move the file away to begin a new journal"
            ) from error
        except OSError as error:
            raise UserError(
                f"{self._path}: the journal cannot be {deed} ({error.strerror or error}); "
                "look at the folder's permissions"
            ) from error


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False)


def _take_lock(path: Path) -> sqlite3.Connection:
    """Held until closed or the process ends, however it ends: SQLite's own lock on a file beside
    the journal, so that it works alike on every platform. Raises UserError where it is taken."""
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode = OFF")
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if "locked" not in str(error):
            raise
        raise UserError(
            f"{path}: another voiceacu is writing this journal; end it first, or look at the "
            "journal with `voiceacu history`"
        ) from error
    return lock


def _check(db: sqlite3.Connection) -> None:
    """Raises sqlite3.DatabaseError for a file that is no database or not whole."""
    finding = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if finding != "ok":
        raise sqlite3.DatabaseError(str(finding).splitlines()[-1])


def _text(when: datetime) -> str:
    return when.isoformat(timespec="seconds")
