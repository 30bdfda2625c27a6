"""Accounts, sessions and failed log-ins, as rows; the rules are those of `casework.accounts`.

A row is a mapping by column name with plain Python values: aware moments, booleans, sequences
instead of JSON. Each call joins the transaction that the thread is in, so that what is read there
still holds when it is written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Table, select

from langnghe.store.schema import accounts, login_attempts, sessions
from langnghe.store.times import from_micros, optional_micros, optional_moment, to_micros
from langnghe.store.transactions import Row, Transactions

Record = Mapping[str, Any]


class Accounts:
    """The tables `accounts`, `sessions` and `login_attempts`."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def accounts(self) -> list[Record]:
        """All, by id."""
        with self._database.read() as connection:
            rows = connection.inner.execute(select(accounts).order_by(accounts.c.id))
            return [
                {
                    **row._asdict(),
                    "roles": tuple(json.loads(row.roles)),
                    "must_change": bool(row.must_change),
                }
                for row in rows
            ]

    def put_account(self, row: Record) -> None:
        """Insert it, or replace the one with its `id`."""
        values = {
            **row,
            "state": str(row["state"]),
            "roles": json.dumps(sorted(map(str, row["roles"]))),
            "must_change": int(row["must_change"]),
        }
        with self._database.transaction() as connection:
            _put(connection.inner, accounts, "id", values)

    def session(self, token_hash: str) -> Record | None:
        """One session."""
        row = self._one(sessions, "token_hash", token_hash)
        if row is None:
            return None
        return {
            **row._asdict(),
            "started_at": from_micros(row.started_at),
            "seen_at": from_micros(row.seen_at),
        }

    def put_session(self, row: Record) -> None:
        """Insert it, or replace the one with its `token_hash`."""
        times = {name: to_micros(row[name]) for name in ("started_at", "seen_at")}
        with self._database.transaction() as connection:
            _put(connection.inner, sessions, "token_hash", {**row, **times})

    def drop_session(self, token_hash: str) -> None:
        """Remove a session, if it is there."""
        with self._database.transaction() as connection:
            connection.inner.execute(sessions.delete().where(sessions.c.token_hash == token_hash))

    def drop_sessions_before(self, seen_at: datetime) -> None:
        """Remove the sessions that were last seen before then."""
        with self._database.transaction() as connection:
            connection.inner.execute(
                sessions.delete().where(sessions.c.seen_at < to_micros(seen_at))
            )

    def attempts(self, key: str) -> Record | None:
        """The failed log-ins under one key."""
        row = self._one(login_attempts, "key", key)
        if row is None:
            return None
        return {
            **row._asdict(),
            "recent": tuple(from_micros(micros) for micros in json.loads(row.recent)),
            "wait_until": optional_moment(row.wait_until),
        }

    def put_attempts(self, row: Record) -> None:
        """Insert them, or replace those with their `key`."""
        recent: Sequence[datetime] = row["recent"]
        values = {
            **row,
            "recent": json.dumps([to_micros(moment) for moment in recent]),
            "wait_until": optional_micros(row["wait_until"]),
        }
        with self._database.transaction() as connection:
            _put(connection.inner, login_attempts, "key", values)

    def _one(self, table: Table, key: str, value: str) -> Row | None:
        with self._database.read() as connection:
            return connection.inner.execute(select(table).where(table.c[key] == value)).first()


def _put(connection: SqlConnection, table: Table, key: str, values: Record) -> None:
    """Replace the row with this key, or insert it: there is one writer at a time."""
    changed = connection.execute(table.update().where(table.c[key] == values[key]).values(**values))
    if changed.rowcount == 0:
        connection.execute(table.insert().values(**values))
