"""Notices about sources as rows: what an administrator should know and do something about.

When one is opened and closed is the business of `crawler.watching`, `crawler.drift` and the
spiders of channels with keys; `dashboard.problems` has the words. A notice is about a source,
never about what somebody wrote.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, select

from langnghe.core.clock import Clock
from langnghe.store.schema import source_notices
from langnghe.store.times import from_micros, optional_micros, optional_moment, to_micros
from langnghe.store.transactions import Row, Transactions


class NoticeKind(StrEnum):
    """What a notice is about; a source has at most one of each kind at a time."""

    NO_DATA = "no_data"
    """It used to give, and gives nothing longer than is usual."""
    PART_FAILS = "part_fails"
    """One of the addresses where reading starts gives nothing any more; others do."""
    LAYOUT_CHANGED = "layout_changed"
    """Pages of a kind give less than they used to and are held back."""
    KEY_EXPIRES = "key_expires"
    """Its key ends soon (`SourceNotice.deadline`)."""


class Cause(StrEnum):
    """What is likely behind it."""

    LAYOUT_CHANGED = "layout_changed"
    """Pages answer, and nothing that we know is on them."""
    FEED_MOVED = "feed_moved"
    """An address leads elsewhere, or to something that is no list of news any more."""
    BLOCKED = "blocked"
    """We are refused, by status or by robots.txt."""
    GONE = "gone"
    """Its address, or its whole host, is no more."""
    CERTIFICATE = "certificate"
    """The server's certificate is not valid."""
    NO_KEY = "no_key"
    """The key that the source names is not there."""
    KEY_REFUSED = "key_refused"
    """The key is not accepted (any more)."""
    KEY_EXPIRES = "key_expires"
    """The key will not be accepted after `SourceNotice.deadline`."""
    UNREACHABLE = "unreachable"
    """The server fails or does not answer."""
    QUIET = "quiet"
    """All answers as ever, but nothing new is among it."""
    FAULT = "fault"
    """A mistake of our own."""


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """Something that an administrator should know of a source."""

    source: str
    kind: NoticeKind
    since: datetime
    until: datetime | None
    """When it was over; None: it still holds."""
    cause: Cause
    deadline: datetime | None = None
    """By when to act, where there is such a moment."""
    told: tuple[str, ...] = ()
    """Recipients of alerts (`mail:…`, `hook:…`) that were told."""


class SourceNotices:
    """The table `source_notices`. Each call joins the transaction that the thread is in."""

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def open(
        self, source: str, kind: NoticeKind, cause: Cause, deadline: datetime | None = None
    ) -> bool:
        """Say that it holds now; gives whether that is new.

        One that is open already keeps its beginning, and takes over cause and deadline.
        """
        values = {"cause": cause.value, "deadline": optional_micros(deadline)}
        with self._database.transaction() as connection:
            known = connection.inner.execute(
                source_notices.update().where(_open(source, kind)).values(values)
            )
            if known.rowcount:
                return False
            connection.inner.execute(
                source_notices.insert().values(
                    source=source,
                    kind=kind.value,
                    since=self._unused(source, kind),
                    until=None,
                    told="[]",
                    **values,
                )
            )
        return True

    def _unused(self, source: str, kind: NoticeKind) -> int:
        """Now, as the key of a new row: one that was closed this very moment has it already."""
        taken = select(source_notices.c.since).where(
            source_notices.c.source == source,
            source_notices.c.kind == kind.value,
            source_notices.c.since >= to_micros(self._clock.now()),
        )
        with self._database.read() as connection:
            since = connection.inner.execute(taken).scalars().all()
        return max((one + 1 for one in since), default=to_micros(self._clock.now()))

    def close(self, source: str, kind: NoticeKind) -> bool:
        """Say that it holds no longer; gives whether it did."""
        with self._database.transaction() as connection:
            closed = connection.inner.execute(
                source_notices.update()
                .where(_open(source, kind))
                .values(until=to_micros(self._clock.now()))
            )
        return bool(closed.rowcount)

    def going_on(self, source: str | None = None) -> list[SourceNotice]:
        """Those that hold, the oldest first; of one source or of all."""
        query = select(source_notices).where(source_notices.c.until.is_(None))
        if source is not None:
            query = query.where(source_notices.c.source == source)
        query = query.order_by(*(source_notices.c[name] for name in ("since", "source", "kind")))
        with self._database.read() as connection:
            return [_notice(row) for row in connection.inner.execute(query)]

    def recent(self, source: str | None = None, limit: int = 50) -> list[SourceNotice]:
        """The last ones, over or not, the newest first."""
        query = select(source_notices)
        if source is not None:
            query = query.where(source_notices.c.source == source)
        query = query.order_by(
            source_notices.c.since.desc(), source_notices.c.source, source_notices.c.kind
        ).limit(limit)
        with self._database.read() as connection:
            return [_notice(row) for row in connection.inner.execute(query)]

    def tell(self, notice: SourceNotice, recipients: Iterable[str]) -> None:
        """Note that these recipients were told of it."""
        with self._database.transaction() as connection:
            this = and_(
                source_notices.c.source == notice.source,
                source_notices.c.kind == notice.kind.value,
                source_notices.c.since == to_micros(notice.since),
            )
            row = connection.inner.execute(select(source_notices.c.told).where(this)).one()
            told = sorted({*json.loads(row.told), *recipients})
            connection.inner.execute(
                source_notices.update().where(this).values(told=json.dumps(told))
            )


def _open(source: str, kind: NoticeKind) -> ColumnElement[bool]:
    return and_(
        source_notices.c.source == source,
        source_notices.c.kind == kind.value,
        source_notices.c.until.is_(None),
    )


def _notice(row: Row) -> SourceNotice:
    return SourceNotice(
        row.source,
        NoticeKind(row.kind),
        from_micros(row.since),
        optional_moment(row.until),
        Cause(row.cause),
        optional_moment(row.deadline),
        tuple(json.loads(row.told)),
    )
