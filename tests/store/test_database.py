"""The file: opened by many at once, read in snapshots, refused with a reason."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from langnghe.core.errors import NotReadyError
from langnghe.store import database as module
from langnghe.store.database import Database, DatabaseError
from langnghe.store.migrations import HEAD


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "langnghe.db")
    yield database
    database.close()


def add(database: Database, value: str) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO name (kind, value) VALUES ('topic', ?)", (value,))


def values(database: Database) -> list[str]:
    with database.read() as connection:
        return [row.value for row in connection.execute("SELECT value FROM name ORDER BY id")]


def test_a_read_sees_one_state(database: Database) -> None:
    add(database, "one")
    with database.read() as connection:
        count = "SELECT count(*) FROM name"
        assert connection.execute(count).scalar_one() == 1
        writer = threading.Thread(target=add, args=(database, "two"))
        writer.start()
        writer.join()
        assert connection.execute(count).scalar_one() == 1
    assert values(database) == ["one", "two"]


ANOTHER_PROCESS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA busy_timeout = 10000")
connection.execute("INSERT INTO name (kind, value) VALUES ('topic', ?)", (sys.argv[2],))
connection.close()
"""


def test_opening_it_once_more_loses_no_writes_of_this_or_another_process(
    database: Database,
) -> None:
    expected = []
    for turn in range(3):
        Database(database.path).close()
        subprocess.run(
            [sys.executable, "-c", ANOTHER_PROCESS, str(database.path), f"other{turn}"], check=True
        )
        add(database, f"own{turn}")
        expected += [f"other{turn}", f"own{turn}"]
    database.close()
    with contextlib.closing(sqlite3.connect(database.path)) as fresh:
        found = [value for (value,) in fresh.execute("SELECT value FROM name ORDER BY id")]
        assert fresh.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert found == expected


def test_threads_write_one_after_the_other(database: Database) -> None:
    def count_up(_: int) -> None:
        for _ in range(20):
            with database.transaction() as connection:
                (row,) = connection.execute("SELECT count(*) AS n FROM name").all()
                connection.execute("INSERT INTO name (kind, value) VALUES ('n', ?)", (str(row.n),))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(4)))
    assert values(database) == [str(n) for n in range(80)]


def test_what_is_read_inside_a_transaction_is_its_own(database: Database) -> None:
    with database.transaction():
        add(database, "one")
        assert values(database) == ["one"]
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(values, database).result() == []


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "new" / "langnghe.db"
    with ThreadPoolExecutor(6) as pool:
        for opened in pool.map(lambda _: Database(path), range(6)):
            assert opened.version() == HEAD
            opened.close()


def test_the_file_is_its_owners_alone(database: Database) -> None:
    add(database, "one")
    for file in database.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_committed_is_on_the_disk(database: Database) -> None:
    with database.read() as connection:
        assert connection.execute("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.execute("PRAGMA synchronous").scalar_one() == 2
        assert connection.execute("PRAGMA secure_delete").scalar_one() == 1


def test_the_log_is_emptied_unless_somebody_needs_it(database: Database) -> None:
    log = database.path.with_name(f"{database.path.name}-wal")
    add(database, "one")
    assert log.stat().st_size > 0
    with database.transaction():
        assert not database.checkpoint()
    assert database.checkpoint()
    assert log.stat().st_size == 0


def test_a_file_that_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="langnghe init"):
        Database.open_existing(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    path.write_bytes(b"this is not a database at all " * 400)
    with pytest.raises(DatabaseError, match="langnghe restore"):
        Database(path)


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 1))
    with pytest.raises(DatabaseError, match="quá cũ"):
        module.check_sqlite()
