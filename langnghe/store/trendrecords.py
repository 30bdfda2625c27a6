"""Opinion streams by period, and forecasts, as rows; what they say is the business of `trends`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select

from langnghe.store.cases import Conflict
from langnghe.store.schema import forecasts, opinion_streams
from langnghe.store.transactions import Row, Transactions


@dataclass(frozen=True, slots=True)
class StreamsRecord:
    """The streams of one topic and period, as they are kept."""

    topic: str
    since: date
    until: date
    version: int
    body: str
    """JSON object."""


class TrendRecords:
    """The tables `opinion_streams` and `forecasts`.

    Each call joins the transaction that the thread is in.
    """

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def streams(self, since: date, until: date) -> dict[str, StreamsRecord]:
        """What is kept of exactly this period, by topic."""
        query = select(opinion_streams).where(_days(since, until))
        with self._database.read() as connection:
            return {row.topic: _to_record(row) for row in connection.inner.execute(query)}

    def streams_of(self, topic: str) -> list[StreamsRecord]:
        """What is kept of a topic, the earliest period first."""
        query = (
            select(opinion_streams)
            .where(opinion_streams.c.topic == topic)
            .order_by(opinion_streams.c.since, opinion_streams.c.until)
        )
        with self._database.read() as connection:
            return [_to_record(row) for row in connection.inner.execute(query)]

    def put_streams(self, topic: str, since: date, until: date, version: int, body: str) -> int:
        """Keep what was found or edited; gives its new version.

        Args:
            topic: its id.
            since: first day of the period.
            until: last day of the period.
            version: of what it replaces; 0: there is none yet.
            body: JSON object.

        Raises:
            Conflict: it is not at that version any more.
        """
        key = and_(opinion_streams.c.topic == topic, _days(since, until))
        values = {"version": version + 1, "body": body}
        with self._database.transaction() as connection:
            there = connection.inner.execute(
                select(opinion_streams.c.version).where(key)
            ).scalar_one_or_none()
            if (there or 0) != version:
                raise Conflict
            if there is None:
                days = {"since": since.toordinal(), "until": until.toordinal()}
                statement = opinion_streams.insert().values(topic=topic, **days, **values)
                connection.inner.execute(statement)
            else:
                connection.inner.execute(opinion_streams.update().where(key).values(**values))
        return version + 1

    def forecasts(self) -> dict[str, str]:
        """The forecast of each topic that has been looked at, as a JSON object."""
        with self._database.read() as connection:
            return {row.topic: row.body for row in connection.inner.execute(select(forecasts))}

    def put_forecasts(self, bodies: dict[str, str]) -> None:
        """Keep these forecasts, by topic, in place of all that were kept."""
        with self._database.transaction() as connection:
            connection.inner.execute(forecasts.delete())
            if bodies:
                rows = [{"topic": topic, "body": body} for topic, body in bodies.items()]
                connection.inner.execute(forecasts.insert(), rows)


def _days(since: date, until: date) -> ColumnElement[bool]:
    columns = opinion_streams.c
    return and_(columns.since == since.toordinal(), columns.until == until.toordinal())


def _to_record(row: Row) -> StreamsRecord:
    return StreamsRecord(
        row.topic,
        date.fromordinal(row.since),
        date.fromordinal(row.until),
        row.version,
        row.body,
    )
