"""Cases: review items, claims, petitions, field reports, and the log of what became of them.

What a case is, and what may be done with it, is the business of `casework`; here it is a JSON
text with what it is found by. Two promises are kept here, on SQLite and PostgreSQL alike: nobody
overwrites in silence what another changed meanwhile (`Conflict`), and no case is changed without
an entry in the audit log, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy import Connection as SqlConnection

from langnghe.core.errors import LangNgheError
from langnghe.store import auditlog
from langnghe.store.auditlog import AuditLog, Values
from langnghe.store.schema import case_posts, cases
from langnghe.store.times import from_micros, to_micros
from langnghe.store.transactions import Row, Transactions

MOST_PARAMETERS = 500
"""Ids named in one statement; SQLite takes 32,766, PostgreSQL 65,535."""

Facet = Literal["state", "reason", "topic", "agency", "owner"]


class Conflict(LangNgheError):  # noqa: N818  what happens, not a fault
    """Somebody else changed the case since it was read; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Mục này vừa được người khác thay đổi, nên thay đổi của bạn chưa được ghi. "
            "Hãy tải lại trang, xem bản mới rồi làm lại."
        )


@dataclass(frozen=True, slots=True)
class Facets:
    """What a case is found, sorted and counted by. Empty: it has none."""

    state: str
    reason: str = ""
    topic: str = ""
    agency: str = ""
    owner: str = ""
    urgent: bool = False
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it is kept."""

    kind: str
    id: str
    version: int
    facets: Facets
    opened_at: datetime
    changed_at: datetime
    body: str
    """JSON object."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which cases are wanted. None: any; "" of a facet: those that have none."""

    states: Collection[str] | None = None
    reason: str | None = None
    topic: str | None = None
    agency: str | None = None
    owner: str | None = None
    urgent: bool | None = None
    due_before: date | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None


class Order(Enum):
    """In which order; cases that are equal in it come by id."""

    URGENT = (cases.c.urgent.desc(), cases.c.opened_at)
    """Urgent ones first, then the longest open."""
    NEWEST = (cases.c.opened_at.desc(),)
    CHANGED = (cases.c.changed_at.desc(),)
    """Last changed first."""
    DUE = (cases.c.due_on.is_(None), cases.c.due_on, cases.c.opened_at)
    """The nearest deadline first, those without one last."""


class Cases:
    """All cases. Inside a transaction of the same thread it sees that one's writes."""

    def __init__(self, database: Transactions) -> None:
        self._database = database
        self.audit = AuditLog(database)

    @contextmanager
    def transaction(self, now: datetime) -> Iterator[Work]:
        """All writes inside are kept together with their audit entries, or none of them.

        Joins a transaction of the database that the thread is in. `now` is the time of all that
        is done in it.

        Raises:
            RuntimeError: at the end, a case was changed and no audit entry says so.
        """
        with self._database.transaction() as connection:
            work = Work(connection.inner, now)
            yield work
            if work.unaudited:
                raise RuntimeError(f"changed without an audit entry: {sorted(work.unaudited)}")

    def get(self, kind: str, case_id: str) -> Case | None:
        """One case."""
        return self.get_many(kind, [case_id]).get(case_id)

    def get_many(self, kind: str, ids: Iterable[str]) -> dict[str, Case]:
        """Those of the cases that there are, by id."""
        found: dict[str, Case] = {}
        with self._database.read() as connection:
            for some in _parts(ids):
                query = select(cases).where(cases.c.kind == str(kind), cases.c.id.in_(some))
                found |= {row.id: _to_case(row) for row in connection.inner.execute(query)}
        return found

    def find(
        self,
        kind: str,
        where: Where | None = None,
        order: Order = Order.URGENT,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Case]:
        """Cases that fit, a page of them."""
        query = select(cases).where(*_fitting(kind, where)).order_by(*order.value, cases.c.id)
        with self._database.read() as connection:
            rows = connection.inner.execute(query.limit(limit).offset(offset))
            return [_to_case(row) for row in rows]

    def count(self, kind: str, where: Where | None = None) -> int:
        """How many cases fit."""
        query = select(func.count()).select_from(cases).where(*_fitting(kind, where))
        with self._database.read() as connection:
            return connection.inner.execute(query).scalar_one()

    def counts(self, kind: str, by: Facet, where: Where | None = None) -> dict[str, int]:
        """How many cases fit, by a facet; values that do not occur are left out."""
        column = cases.c[by]
        query = select(column, func.count()).where(*_fitting(kind, where)).group_by(column)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.inner.execute(query)}

    def posts_of(self, kind: str, case_id: str) -> tuple[str, ...]:
        """Ids of the posts that a case is about, in order."""
        query = select(case_posts.c.post_id).where(_of(kind, case_id))
        with self._database.read() as connection:
            return tuple(sorted(connection.inner.execute(query).scalars()))

    def about(self, kind: str, posts: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Ids of the cases of a kind that are about each post; posts without one are left out."""
        found: dict[str, tuple[str, ...]] = {}
        columns = (case_posts.c.post_id, case_posts.c.case_id)
        with self._database.read() as connection:
            for some in _parts(posts):
                query = select(*columns).where(
                    case_posts.c.kind == str(kind), case_posts.c.post_id.in_(some)
                )
                for post, case_id in connection.inner.execute(query.order_by(*columns)):
                    found[post] = (*found.get(post, ()), case_id)
        return found


class Work:
    """The writes of one transaction; `Cases.transaction` gives it."""

    def __init__(self, connection: SqlConnection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        self.unaudited: set[tuple[str, str]] = set()
        """Kind and id of what was written since its last audit entry."""

    def add(
        self, kind: str, case_id: str, facets: Facets, body: str, posts: Collection[str] = ()
    ) -> None:
        """Keep a new case, as version 1.

        Raises:
            Conflict: there is one with that id.
        """
        there = select(cases.c.id).where(cases.c.kind == str(kind), cases.c.id == case_id)
        if self._connection.execute(there).first() is not None:
            raise Conflict
        row = _row(facets, body) | {"opened_at": to_micros(self.now)}
        self._connection.execute(
            cases.insert().values(
                kind=str(kind), id=case_id, version=1, changed_at=to_micros(self.now), **row
            )
        )
        self._link(kind, case_id, posts)

    def put(
        self,
        kind: str,
        case_id: str,
        expected_version: int,
        facets: Facets,
        body: str,
        posts: Collection[str] = (),
    ) -> int:
        """Keep a case as it is now, with the posts it is about; gives its new version.

        Raises:
            Conflict: it is not at the expected version any more.
        """
        changed = self._connection.execute(
            cases.update()
            .where(
                cases.c.kind == str(kind),
                cases.c.id == case_id,
                cases.c.version == expected_version,
            )
            .values(
                version=expected_version + 1, changed_at=to_micros(self.now), **_row(facets, body)
            )
        )
        if changed.rowcount != 1:
            raise Conflict
        self._link(kind, case_id, posts)
        return expected_version + 1

    def next_number(self, name: str) -> int:
        """The next number of a counter, from 1; given again if the transaction fails."""
        return int(
            self._connection.execute(
                text(
                    "INSERT INTO counters (name, value) VALUES (:name, 1) "
                    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
                ),
                {"name": name},
            ).scalar_one()
        )

    def append_audit(
        self,
        *,
        who: str,
        what: str,
        kind: str,
        case_id: str,
        before: Values,
        after: Values,
        why: str = "",
    ) -> int:
        """Say in the log what was done; after the change itself. Gives the entry's number."""
        self.unaudited.discard((str(kind), case_id))
        return auditlog.append(
            self._connection,
            self.now,
            who=who,
            what=str(what),
            kind=str(kind),
            case_id=case_id,
            before=before,
            after=after,
            why=why,
        )

    def _link(self, kind: str, case_id: str, posts: Collection[str]) -> None:
        self.unaudited.add((str(kind), case_id))
        wanted = set(posts)
        query = select(case_posts.c.post_id).where(_of(kind, case_id))
        there = set(self._connection.execute(query).scalars())
        for some in _parts(sorted(there - wanted)):
            self._connection.execute(
                case_posts.delete().where(_of(kind, case_id), case_posts.c.post_id.in_(some))
            )
        new = [
            {"kind": str(kind), "case_id": case_id, "post_id": post}
            for post in sorted(wanted - there)
        ]
        if new:
            self._connection.execute(case_posts.insert(), new)


def _parts(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, as many at a time as one statement may name."""
    every = list(ids)
    for start in range(0, len(every), MOST_PARAMETERS):
        yield every[start : start + MOST_PARAMETERS]


def _of(kind: str, case_id: str) -> ColumnElement[bool]:
    return and_(case_posts.c.kind == str(kind), case_posts.c.case_id == case_id)


def _fitting(kind: str, where: Where | None) -> list[ColumnElement[bool]]:
    of_kind = cases.c.kind == str(kind)
    if where is None:
        return [of_kind]
    wanted: list[ColumnElement[bool]] = [of_kind]
    wanted += [
        cases.c[facet] == str(value)
        for facet in ("reason", "topic", "agency", "owner")
        if (value := getattr(where, facet)) is not None
    ]
    if where.states is not None:
        wanted.append(cases.c.state.in_([str(state) for state in where.states]))
    if where.urgent is not None:
        wanted.append(cases.c.urgent == int(where.urgent))
    if where.due_before is not None:
        wanted.append(cases.c.due_on < where.due_before.toordinal())
    if where.opened_from is not None:
        wanted.append(cases.c.opened_at >= to_micros(where.opened_from))
    if where.opened_before is not None:
        wanted.append(cases.c.opened_at < to_micros(where.opened_before))
    return wanted


def _row(facets: Facets, body: str) -> dict[str, Any]:
    return {
        "state": str(facets.state),
        "reason": str(facets.reason),
        "topic": facets.topic,
        "agency": facets.agency,
        "owner": facets.owner,
        "urgent": int(facets.urgent),
        "due_on": None if facets.due_on is None else facets.due_on.toordinal(),
        "body": body,
    }


def _to_case(row: Row) -> Case:
    return Case(
        row.kind,
        row.id,
        row.version,
        Facets(
            row.state,
            row.reason,
            row.topic,
            row.agency,
            row.owner,
            bool(row.urgent),
            None if row.due_on is None else date.fromordinal(row.due_on),
        ),
        from_micros(row.opened_at),
        from_micros(row.changed_at),
        row.body,
    )
