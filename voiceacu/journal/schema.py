"""The tables of the journal, by version. `PRAGMA user_version` says which one a file has."""

import sqlite3

MIGRATIONS = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        began TEXT NOT NULL,          -- local time with offset, ISO 8601
        day TEXT NOT NULL,            -- local calendar day of `began`, as the person lived it
        routine TEXT NOT NULL,
        ended TEXT,
        outcome TEXT                  -- completed, stopped, fell_asleep, interrupted
    );
    CREATE TABLE hold (
        session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        ended TEXT NOT NULL,
        point TEXT NOT NULL,
        seconds REAL NOT NULL
    );
    CREATE INDEX hold_of_session ON hold(session);
    CREATE INDEX session_by_day ON session(day);
    """,
    """
    CREATE TABLE answer (             -- at most one row, and only on request
        pregnant INTEGER NOT NULL,    -- 0 or 1
        day TEXT NOT NULL             -- local calendar day of the request
    );
    """,
)
"""Script `n` brings a file from version `n` to `n + 1`. Only ever append."""

VERSION = len(MIGRATIONS)


def version_of(db: sqlite3.Connection) -> int:
    """The version of the tables in `db`; 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: tuple[str, ...] = MIGRATIONS) -> None:
    """Bring `db` to the newest version, each step whole or not at all."""
    for version in range(version_of(db), len(migrations)):
        script = f"BEGIN IMMEDIATE; {migrations[version]}; PRAGMA user_version = {version + 1};"
        try:
            db.executescript(script + " COMMIT;")
        except BaseException:
            if db.in_transaction:
                db.rollback()
            raise
