"""Alerts as rows, and the messages that tell of them; the rules are those of `trends.alerts`.

They lie with the cases, because people act on them and the audit log says so. Each call joins the
transaction that the thread is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Update, func, select

from langnghe.store.cases import Conflict
from langnghe.store.schema import alert_messages, alerts
from langnghe.store.times import from_micros, to_micros
from langnghe.store.transactions import Row, Transactions


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """It was tried often enough."""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as it is kept."""

    id: str
    version: int
    state: str
    kind: str
    topic: str
    began_on: date
    going_on: bool
    body: str
    """JSON object."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is to be told of, or has been."""

    alert: str
    recipient: str
    state: MessageState
    attempts: int
    next_at: datetime
    problem: str
    """Text key, or empty."""


class Alerts:
    """The tables `alerts` and `alert_messages`."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def get(self, alert_id: str) -> AlertRow | None:
        """One alert."""
        with self._database.read() as connection:
            query = select(alerts).where(alerts.c.id == alert_id)
            row = connection.inner.execute(query).first()
        return None if row is None else _alert(row)

    def going_on(self) -> list[AlertRow]:
        """Those whose rise still lasts."""
        with self._database.read() as connection:
            query = select(alerts).where(alerts.c.going_on == 1).order_by(alerts.c.id)
            return [_alert(row) for row in connection.inner.execute(query)]

    def find(
        self,
        since: date | None = None,
        until: date | None = None,
        *,
        states: Iterable[str] | None = None,
        limit: int = 50,
    ) -> list[AlertRow]:
        """Those that began in these days (both included), the newest first."""
        query = select(alerts).order_by(alerts.c.began_on.desc(), alerts.c.id.desc()).limit(limit)
        if since is not None:
            query = query.where(alerts.c.began_on >= since.toordinal())
        if until is not None:
            query = query.where(alerts.c.began_on <= until.toordinal())
        if states is not None:
            query = query.where(alerts.c.state.in_([str(state) for state in states]))
        with self._database.read() as connection:
            return [_alert(row) for row in connection.inner.execute(query)]

    def add(self, row: AlertRow) -> None:
        """Keep a new one, as version 1."""
        with self._database.transaction() as connection:
            connection.inner.execute(alerts.insert().values(id=row.id, version=1, **_values(row)))

    def put(self, row: AlertRow) -> int:
        """Keep one as it is now; gives its new version.

        Raises:
            Conflict: it is not at `row.version` any more.
        """
        with self._database.transaction() as connection:
            changed = connection.inner.execute(
                alerts.update()
                .where(alerts.c.id == row.id, alerts.c.version == row.version)
                .values(version=row.version + 1, **_values(row))
            )
            if changed.rowcount != 1:
                raise Conflict
        return row.version + 1

    # Messages

    def tell(self, alert: str, recipients: Iterable[str], at: datetime) -> None:
        """Let each recipient be told, from then on."""
        rows = [
            {
                "alert": alert,
                "recipient": recipient,
                "state": MessageState.WAITING.value,
                "attempts": 0,
                "next_at": to_micros(at),
                "problem": "",
            }
            for recipient in recipients
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.inner.execute(alert_messages.insert(), rows)

    def messages(self, alert: str) -> list[Message]:
        """Who is told of an alert."""
        query = select(alert_messages).where(alert_messages.c.alert == alert)
        with self._database.read() as connection:
            rows = connection.inner.execute(query.order_by(alert_messages.c.recipient))
            return [_message(row) for row in rows]

    def is_due(self, now: datetime) -> bool:
        """Whether a message is to be sent by now."""
        query = select(func.count()).where(
            alert_messages.c.state == MessageState.WAITING.value,
            alert_messages.c.next_at <= to_micros(now),
        )
        with self._database.read() as connection:
            return connection.inner.execute(query).scalar_one() > 0

    def take(self, now: datetime, lease: timedelta) -> Message | None:
        """The message that is due longest; nobody else gets it until the lease has run out."""
        query = (
            select(alert_messages)
            .where(
                alert_messages.c.state == MessageState.WAITING.value,
                alert_messages.c.next_at <= to_micros(now),
            )
            .order_by(alert_messages.c.next_at, alert_messages.c.alert, alert_messages.c.recipient)
            .limit(1)
        )
        with self._database.transaction() as connection:
            row = connection.inner.execute(query).first()
            if row is None:
                return None
            message = _message(row)
            connection.inner.execute(
                _one(message).values(attempts=message.attempts + 1, next_at=to_micros(now + lease))
            )
        return Message(
            message.alert,
            message.recipient,
            message.state,
            message.attempts + 1,
            now + lease,
            message.problem,
        )

    def settle(
        self,
        message: Message,
        state: MessageState,
        problem: str = "",
        next_at: datetime | None = None,
    ) -> None:
        """Note what became of a message that was taken."""
        values: dict[str, object] = {"state": state.value, "problem": problem}
        if next_at is not None:
            values["next_at"] = to_micros(next_at)
        with self._database.transaction() as connection:
            connection.inner.execute(_one(message).values(values))


def _one(message: Message) -> Update:
    return alert_messages.update().where(
        alert_messages.c.alert == message.alert, alert_messages.c.recipient == message.recipient
    )


def _values(row: AlertRow) -> dict[str, object]:
    return {
        "state": str(row.state),
        "kind": str(row.kind),
        "topic": row.topic,
        "began_on": row.began_on.toordinal(),
        "going_on": int(row.going_on),
        "body": row.body,
    }


def _alert(row: Row) -> AlertRow:
    return AlertRow(
        row.id,
        row.version,
        row.state,
        row.kind,
        row.topic,
        date.fromordinal(row.began_on),
        bool(row.going_on),
        row.body,
    )


def _message(row: Row) -> Message:
    return Message(
        row.alert,
        row.recipient,
        MessageState(row.state),
        row.attempts,
        from_micros(row.next_at),
        row.problem,
    )
