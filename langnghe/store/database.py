"""The one SQLite file: opened, migrated, written in transactions, read in snapshots.

Write-ahead logging lets any number of processes read while one writes; writers queue. A commit
is synchronous (`synchronous = FULL`): what was committed survives `kill -9` and a power cut. It
costs one flush to disk per transaction, which for a batch of posts is nothing.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, event
from sqlalchemy import create_engine as create_sql_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from langnghe.core.errors import NotReadyError
from langnghe.store.posts.forms import exact_form, plain_form
from langnghe.store.transactions import BEGIN, Connection, DatabaseError, Row, Transactions

__all__ = ["Connection", "Database", "DatabaseError", "Row"]

MIN_SQLITE = (3, 37)
"""STRICT tables; Debian 12 and all later systems have more."""

BUSY_SECONDS = 60
"""How long a writer waits for another. Batches take milliseconds; a purge of a large file or a
migration takes seconds."""

CHECKPOINT_SECONDS = 5
"""How long emptying the log waits for readers. A page is read in less."""

CACHE_MEBIBYTES = 128
"""Per connection that is in use, at most; holds the narrow tables of a million posts. Measured
against mapping the file into memory: a third faster where many rows are looked up one by one."""

WRITING_MEBIBYTES = 16
"""The same for who writes page by page and looks up little: a crawl of 100,000 posts took no longer
with it (388 s against 402 s), and its memory stays as it is once all sources are at work."""


class Database(Transactions):
    """One file, for any number of threads and processes.

    Making one creates the file (readable by its owner alone) and brings its tables up to date;
    several processes may do so at once.

    Raises:
        DatabaseError: the file is no database, is newer than this program, or SQLite is too
            old or lacks FTS5.
    """

    def __init__(self, path: Path, cache_mebibytes: int = CACHE_MEBIBYTES) -> None:
        check_sqlite()
        _create_private(path)
        super().__init__(_create_engine(path, cache_mebibytes), str(path))
        self.path = path
        try:
            self._use_wal()
            self._migrate()
        except sqlite3.DatabaseError as error:
            self.close()
            raise _unusable(path, error) from error
        except BaseException:
            self.close()
            raise

    @classmethod
    def open_existing(cls, path: Path) -> Database:
        """Open a database that must be there already.

        Raises:
            NotReadyError: it is not there.
        """
        if not path.is_file():
            raise NotReadyError(f"Chưa có {path}. Hãy chạy `langnghe init`.")
        return cls(path)

    def exclusive(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Run work that SQLite allows outside a transaction only (checkpoint, backup)."""
        raw = self._engine.raw_connection()
        try:
            connection = raw.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            work(connection)
        finally:
            raw.close()

    def checkpoint(self) -> bool:
        """Bring the write-ahead log into the file and cut it to nothing.

        False inside a transaction of this thread, and where a reader still needs the log: the
        next call then does it. Waits a few seconds for readers, and keeps writers waiting.
        """
        if getattr(self._local, "connection", None) is not None:
            return False
        blocked = 1

        def run(connection: sqlite3.Connection) -> None:
            nonlocal blocked
            connection.execute(f"PRAGMA busy_timeout = {1000 * CHECKPOINT_SECONDS}")
            blocked = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            connection.execute(f"PRAGMA busy_timeout = {1000 * BUSY_SECONDS}")

        self.exclusive(run)
        return blocked == 0

    def _use_wal(self) -> None:
        # The switch needs the file for itself and does not wait by itself; another process that
        # opens the same new file may be at it.
        give_up = time.monotonic() + BUSY_SECONDS

        def switch(connection: sqlite3.Connection) -> None:
            while True:
                try:
                    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
                except sqlite3.OperationalError as error:
                    if "locked" not in str(error) or time.monotonic() > give_up:
                        raise
                else:
                    if mode == "wal":
                        return
                    if time.monotonic() > give_up:
                        raise DatabaseError(
                            f"{self.path}: ổ đĩa này không giữ được cơ sở dữ liệu dùng chung. "
                            "Hãy đặt thư mục dữ liệu trên ổ đĩa của máy."
                        )
                time.sleep(0.02)

        self.exclusive(switch)

    def _migrate(self) -> None:
        try:
            self.version()
        except OperationalError as error:
            raise _unusable(self.path, error.orig or error) from error
        super()._migrate()


def check_sqlite() -> None:
    """Check that SQLite can do what is needed.

    Raises:
        DatabaseError: it cannot.
    """
    if sqlite3.sqlite_version_info < MIN_SQLITE:
        raise DatabaseError(
            f"SQLite {sqlite3.sqlite_version} quá cũ, cần từ "
            f"{'.'.join(map(str, MIN_SQLITE))} trở lên. Hãy dùng Python hoặc hệ điều hành mới hơn."
        )
    try:
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        connection.close()
    except sqlite3.OperationalError:
        raise DatabaseError(
            f"SQLite {sqlite3.sqlite_version} của Python này không có tìm kiếm toàn văn (FTS5). "
            "Hãy dùng Python của hệ điều hành, hoặc bản có FTS5."
        ) from None


def _create_private(path: Path) -> None:
    """Make the file, if there is none, for its owner alone: log files take over its mode.

    One that is there is not even opened: closing it again would drop the locks that this process
    holds on it through another `Database`, and the log be deleted under it (SQLite, "How To
    Corrupt An SQLite Database File", 2.2).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _create_engine(path: Path, cache_mebibytes: int) -> Engine:
    engine = create_sql_engine(
        URL.create("sqlite", database=str(path)),
        # Transactions are begun by `_begin` below; the driver must not begin its own.
        connect_args={
            "isolation_level": None,
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,
        },
        pool_size=8,
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "foreign_keys = ON",
            "synchronous = FULL",
            # What is deleted is overwritten: purged text must not linger in free pages.
            "secure_delete = ON",
            # Temporary tables may hold text: never on disk.
            "temp_store = MEMORY",
            f"cache_size = -{cache_mebibytes * 1024}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        for name, function in (("exact_form", exact_form), ("plain_form", plain_form)):
            connection.create_function(name, 2, function, deterministic=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: SqlConnection) -> None:
        kind = "IMMEDIATE" if connection.get_execution_options().get(BEGIN) else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def _unusable(path: Path, error: BaseException) -> DatabaseError:
    return DatabaseError(
        f"Không đọc được cơ sở dữ liệu {path} ({error}). Hãy khôi phục bản sao lưu bằng "
        "`langnghe restore`."
    )
