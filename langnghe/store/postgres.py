"""PostgreSQL, where one machine is too small for all who work, or for all that is read.

Posts stay in the SQLite file. Here lie the tables of `store.schema.CASEWORK`, or those of
`store.schema.CRAWL` with what several collectors share, or both in one database.
"""

from __future__ import annotations

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from langnghe.store.transactions import BEGIN, DatabaseError, Transactions

WRITE_LOCK = 0x4C4E_6768_65
"""Number of the advisory lock that a writer holds until it commits; any number would do."""

BUSY_SECONDS = 60
"""How long a writer waits for another, as with the SQLite file."""

CONNECT_SECONDS = 10
"""A server in one's own network answers in milliseconds, or not at all."""


class PostgresDatabase(Transactions):
    """One PostgreSQL database, by an address such as `postgresql://who:password@host/langnghe`.

    Making one brings its tables up to date.

    Raises:
        DatabaseError: the address is none, the server does not answer or does not let us in,
            the database is not in UTF-8, or it is newer than this program.
    """

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
        except (ArgumentError, ValueError):
            # The address itself is left out of the message: it may hold a password.
            raise DatabaseError(
                "Địa chỉ PostgreSQL không đúng dạng. Hãy viết như "
                "postgresql://tên:mật-khẩu@máy-chủ/langnghe."
            ) from None
        self._one_writer = True
        super().__init__(_create_engine(url), url.render_as_string(hide_password=True))
        event.listen(self._engine, "begin", self._begin)
        try:
            self._check_encoding()
            self._migrate()
        except OperationalError as error:
            self.close()
            raise DatabaseError(
                f"Không dùng được {self._shown} ({str(error.orig).strip()}). Hãy kiểm tra máy chủ "
                "PostgreSQL có đang chạy không, và tên, mật khẩu trong địa chỉ."
            ) from error
        except BaseException:
            self.close()
            raise

    def _begin(self, connection: SqlConnection) -> None:
        if not connection.get_execution_options().get(BEGIN):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        elif self._one_writer:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITE_LOCK})")

    def _check_encoding(self) -> None:
        with self.read() as connection:
            encoding = connection.inner.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise DatabaseError(
                f"{self._shown} dùng bảng mã {encoding}, không ghi được tiếng Việt. Hãy tạo cơ sở "
                "dữ liệu với ENCODING 'UTF8'."
            )


def _create_engine(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        # Parameters hold texts: none may get into a message.
        hide_parameters=True,
        # A server that was restarted meanwhile costs nobody an error.
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=-1,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": f"-c lock_timeout={BUSY_SECONDS}s",
        },
    )


class FrontierDatabase(PostgresDatabase):
    """The PostgreSQL database that collectors share.

    They write side by side. Most rows are a source's, and a source is one collector's
    (`store.leases`). Two may want the same row of `sent`, since a post can be found at two sources,
    and of `api_use`, since sources share a key: one waits for the other. What is read outside of
    its source's lease may have changed when it is written; statements that add to a figure do so
    in the database.
    """

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._one_writer = False
