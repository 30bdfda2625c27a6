"""The audit log: who did what, when and why, each entry chained to the one before.

An entry's hash covers all of it and the hash of its predecessor, so that nothing can be changed,
taken out or put in without the chain breaking there. It also names the digest of the case's row
as it left it: a row that was changed past the log is found, too. What the chain cannot show is
that its end was cut off; for that, keep the last hash elsewhere (`Chain.head`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy import Connection as SqlConnection

from langnghe.store.schema import audit, cases
from langnghe.store.times import from_micros, to_micros
from langnghe.store.transactions import Row, Transactions

Values = Mapping[str, object]
"""What changed: JSON values by the path of a field."""

FIRST: Final = ""
"""`previous` of the first entry."""

STEP = 1000
"""Entries read at a time, so that a long log needs little memory."""

# Named here and not taken from the tables: what was hashed once stays hashed, whatever columns
# a later migration adds.
_SEALED: Final = (
    *("number", "at", "who", "what", "kind", "case_id", "before", "after", "why", "content"),
    "previous",
)
_CONTENT: Final = (
    *("kind", "id", "version", "state", "reason", "topic", "agency", "owner", "urgent", "due_on"),
    *("opened_at", "changed_at", "body"),
)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry. `before` and `after` hold what changed, by the path of the field."""

    number: int
    at: datetime
    who: str
    what: str
    kind: str
    case_id: str
    before: Values
    after: Values
    why: str
    hash: str


@dataclass(frozen=True, slots=True)
class Entries:
    """Which entries are wanted. None: any."""

    kind: str | None = None
    case_id: str | None = None
    who: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    what: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the whole log found."""

    entries: int
    """How many stand in an unbroken chain from the first on."""
    head: str
    """The hash of the last of them; `FIRST` where there is none."""
    broken: int | None
    """Number of the first entry that was changed, or is missing; None: all is whole."""
    unaccounted: tuple[tuple[str, str], ...]
    """Kind and id of the cases that are not as their last entry left them, or are gone; empty
    where the chain is broken, which leaves nothing to compare with."""


class AuditLog:
    """Reads and checks the log. Only `store.cases.Work` appends to it."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def entries(
        self, where: Entries | None = None, limit: int = 100, offset: int = 0
    ) -> list[AuditEntry]:
        """Those that fit, the newest first."""
        query = select(audit).where(*_fitting(where)).order_by(audit.c.number.desc())
        with self._database.read() as connection:
            rows = connection.inner.execute(query.limit(limit).offset(offset))
            return [_to_entry(row) for row in rows]

    def count(self, where: Entries | None = None) -> int:
        """How many entries fit."""
        query = select(func.count()).select_from(audit).where(*_fitting(where))
        with self._database.read() as connection:
            return connection.inner.execute(query).scalar_one()

    def verify(self) -> Chain:
        """Check every entry, and every case against its last one."""
        number, head = 0, FIRST
        contents: dict[tuple[str, str], str] = {}
        with self._database.read() as connection:
            for row in _all(connection.inner):
                if (row.number, row.previous, row.hash) != (number + 1, head, seal(row)):
                    return Chain(number, head, number + 1, ())
                number, head = row.number, row.hash
                if row.content:
                    contents[row.kind, row.case_id] = row.content
            found = {
                (row.kind, row.id): content_of(row)
                for row in connection.inner.execute(select(cases).execution_options(yield_per=STEP))
            }
        keys = contents.keys() | found.keys()
        return Chain(
            number,
            head,
            None,
            tuple(sorted(key for key in keys if contents.get(key) != found.get(key))),
        )


def append(
    connection: SqlConnection,
    at: datetime,
    *,
    who: str,
    what: str,
    kind: str,
    case_id: str,
    before: Values,
    after: Values,
    why: str,
) -> int:
    """Add an entry at the end; gives its number. The caller's transaction has the write lock."""
    last = connection.execute(
        select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
    ).first()
    case = connection.execute(
        select(cases).where(cases.c.kind == kind, cases.c.id == case_id)
    ).first()
    row: dict[str, Any] = {
        "number": 1 if last is None else last.number + 1,
        "at": to_micros(at),
        "who": who,
        "what": what,
        "kind": kind,
        "case_id": case_id,
        "before": canonical(dict(before)),
        "after": canonical(dict(after)),
        "why": why,
        "content": "" if case is None else content_of(case),
        "previous": FIRST if last is None else last.hash,
    }
    connection.execute(audit.insert().values(**row, hash=_digest(row, _SEALED)))
    return int(row["number"])


def canonical(value: object) -> str:
    """The value as JSON in ASCII, the same for the same value: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def seal(row: Row) -> str:
    """The hash that a row of `audit` must have."""
    return _digest(row._asdict(), _SEALED)


def content_of(row: Row) -> str:
    """The digest of a row of `cases`."""
    return _digest(row._asdict(), _CONTENT)


def _digest(row: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    return sha256(canonical([row[column] for column in columns]).encode("ascii")).hexdigest()


def _all(connection: SqlConnection) -> Iterator[Row]:
    """Every entry in order, a few at a time."""
    last = None
    while True:
        query = select(audit).order_by(audit.c.number).limit(STEP)
        rows = connection.execute(query if last is None else query.where(audit.c.number > last))
        batch = rows.all()
        yield from batch
        if len(batch) < STEP:
            return
        last = batch[-1].number


def _fitting(where: Entries | None) -> list[ColumnElement[bool]]:
    if where is None:
        return []
    wanted: list[ColumnElement[bool]] = [
        audit.c[name] == str(value)
        for name in ("kind", "case_id", "who", "what")
        if (value := getattr(where, name)) is not None
    ]
    if where.since is not None:
        wanted.append(audit.c.at >= to_micros(where.since))
    if where.before is not None:
        wanted.append(audit.c.at < to_micros(where.before))
    return wanted


def _to_entry(row: Row) -> AuditEntry:
    return AuditEntry(
        row.number,
        from_micros(row.at),
        row.who,
        row.what,
        row.kind,
        row.case_id,
        json.loads(row.before),
        json.loads(row.after),
        row.why,
        row.hash,
    )
