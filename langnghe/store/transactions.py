"""What the SQLite file and a PostgreSQL database have in common: transactions and migrations.

On both, one writer at a time: a transaction has the write lock from its beginning, so that what
it reads still holds when it writes, and two of them never lock each other out half-way. Writes
take milliseconds, and there are tens of users, not thousands.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import CursorResult, Engine, inspect
from sqlalchemy import Row as SqlRow

from langnghe.core.errors import LangNgheError
from langnghe.store.migrations import HEAD

Row = SqlRow[*tuple[Any, ...]]
Parameters = Sequence[Any]

BEGIN: Final = "langnghe_writes"
"""Execution option of a connection whose transaction is going to write: each engine's listener
for `begin` then takes the write lock, and else begins a snapshot."""


class DatabaseError(LangNgheError):
    """The database, or the program that is to open it, cannot be used."""


class Connection:
    """Runs SQL within one transaction or snapshot."""

    __slots__ = ("_inner", "_marks")

    def __init__(self, inner: SqlConnection) -> None:
        self._inner = inner
        self._marks = inner.dialect.name == "sqlite"

    @property
    def inner(self) -> SqlConnection:
        """The connection as SQLAlchemy knows it, for tables of `store.schema`."""
        return self._inner

    def execute(self, sql: str, parameters: Parameters = ()) -> CursorResult[*tuple[Any, ...]]:
        """Run one statement, with `?` parameters: of SQLite's, or one that both engines take."""
        return self._inner.exec_driver_sql(self._marked(sql), tuple(parameters))

    def execute_many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run one statement, as `execute` takes it, for each row; nothing where there is none."""
        if rows:
            self._inner.exec_driver_sql(self._marked(sql), list(rows))

    def _marked(self, sql: str) -> str:
        # psycopg has marks of its own; no statement of ours has a question mark for another use.
        return sql if self._marks else sql.replace("%", "%%").replace("?", "%s")


class Transactions:
    """A database for any number of threads and processes.

    Args:
        engine: its listener for `begin` heeds BEGIN.
        shown: how messages to the user name the database; without a password.
    """

    def __init__(self, engine: Engine, shown: str) -> None:
        self.rollbacks = 0
        """How many transactions were undone: what was cached from inside one is then void."""
        self._engine = engine
        self._shown = shown
        self._local = threading.local()

    def close(self) -> None:
        """Give back all files and connections. The object may be used again."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All writes inside are kept together, or none of them.

        Takes the write lock at once, so that what is read inside still holds when writing.
        Inside another transaction of the same thread it becomes a part of that one; if it
        fails, its own writes alone are undone. Do not await inside: another coroutine of the
        same thread would join in.
        """
        outer: Connection | None = getattr(self._local, "connection", None)
        if outer is not None:
            try:
                with outer.inner.begin_nested():
                    yield outer
            except BaseException:
                self.rollbacks += 1
                raise
            return
        with self._engine.connect().execution_options(**{BEGIN: True}) as inner:
            try:
                with inner.begin():
                    self._local.connection = Connection(inner)
                    yield self._local.connection
            except BaseException:
                self.rollbacks += 1
                raise
            finally:
                self._local.connection = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """All reads inside see one state of the database, whatever is written meanwhile.

        Inside another read of the same thread it is that one's state; inside a transaction
        they see its own writes.
        """
        outer: Connection | None = getattr(self._local, "connection", None) or getattr(
            self._local, "snapshot", None
        )
        if outer is not None:
            yield outer
            return
        with self._engine.connect() as inner, inner.begin():
            self._local.snapshot = Connection(inner)
            try:
                yield self._local.snapshot
            finally:
                self._local.snapshot = None

    def version(self) -> str | None:
        """The migration that the tables are at; None where there are none."""
        with self.read() as connection:
            if not inspect(connection.inner).has_table("alembic_version"):
                return None
            row = connection.inner.exec_driver_sql("SELECT version_num FROM alembic_version")
            return row.scalar()

    def _migrate(self) -> None:
        """Bring the tables up to date; several processes may do so at once.

        Raises:
            DatabaseError: they are newer than this program.
        """
        if self.version() == HEAD:
            return
        from langnghe.store.migrations.upgrade import is_known, upgrade

        with self.transaction() as connection:
            # Read again: now that the write lock is ours, no other process can be migrating.
            at = self.version()
            if at is not None and not is_known(at):
                raise DatabaseError(
                    f"{self._shown} do một bản Lắng Nghe mới hơn ghi (bảng ở mức {at}, bản này "
                    f"chỉ biết {HEAD}). Hãy cài lại bản mới, hoặc khôi phục bản sao lưu."
                )
            if at != HEAD:
                upgrade(connection.inner, HEAD)
