"""Alerts: one for each unusual rise, for as long as it lasts; who has seen it, and its closing.

An alert holds figures and no texts. Three examples are looked up when somebody opens it who may
read posts, and the log says so (`examples`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from langnghe.casework.audit import record
from langnghe.casework.formalchannel import kept_out
from langnghe.casework.reading import log_reading
from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, require
from langnghe.classifier.reasons import is_kept_apart
from langnghe.core.clock import Clock, local_day
from langnghe.core.models import Reason
from langnghe.store.alerts import AlertRow, Alerts
from langnghe.store.cases import Cases, Conflict
from langnghe.store.posts.interface import Filters, PostStore, Query, StoredPost
from langnghe.store.transactions import Transactions
from langnghe.trends.alertsettings import AlertSettings
from langnghe.trends.period import Period
from langnghe.trends.spikes import URGENT, Rise

KIND: Final = "alert"
"""In the audit log."""

QUIET_DAYS: Final = 2
"""Days without a rise after which an event is over: what comes later is another."""

MOST_DAYS: Final = 14
"""An event that lasts longer is no event any more, but what is usual now."""

EXAMPLES: Final = 3
LOOKED_AT: Final = 60
"""Posts among which the examples are chosen."""

MOST_WHY: Final = 500


class AlertState(StrEnum):
    """What people have done about an alert."""

    OPEN = "open"
    SEEN = "seen"
    CLOSED = "closed"


STATE_NAMES: Final[Mapping[AlertState, str]] = {
    AlertState.OPEN: "Mới",
    AlertState.SEEN: "Đã xem",
    AlertState.CLOSED: "Đã khép lại",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in some days, against what was expected."""

    since: date
    until: date
    count: int
    expected: float


@dataclass(frozen=True, slots=True)
class Alert:
    """An unusual rise that somebody should know of."""

    id: str
    topic: str
    """Id, or `spikes.URGENT`."""
    opened_at: datetime
    began_on: date
    last_on: date
    """The last day on which the rise was seen."""
    going_on: bool
    first: Seen
    """What it was raised for."""
    peak: Seen
    """What it was when most posts were seen."""
    left_out: tuple[str, ...]
    """Names of the sources that were not counted."""
    state: AlertState = AlertState.OPEN
    seen_by: str = ""
    seen_at: datetime | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    why_closed: str = ""
    version: int = 1

    @property
    def period(self) -> Period:
        """The days of the rise so far."""
        return Period(self.began_on, self.last_on)

    @property
    def is_urgent(self) -> bool:
        """Whether it says that life is in danger."""
        return self.topic == URGENT


_BODIES: Final = TypeAdapter(Alert)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the alerts with a look at the last days. Ids."""

    opened: tuple[str, ...]
    lasting: tuple[str, ...]
    ended: tuple[str, ...]


def going_on(database: Transactions) -> dict[str, date]:
    """The topics whose rise still lasts, and the day on which each began."""
    return {row.topic: row.began_on for row in Alerts(database).going_on()}


def follow(
    database: Transactions, found: Mapping[str, Rise], settings: AlertSettings, now: datetime
) -> Followed:
    """Bring the alerts up to date with what `spikes.rises` found; new ones are to be told of.

    May be run any number of times a day, and by two processes at once.

    Args:
        database: where the alerts are.
        found: by topic; the last day of each is today.
        settings: who is told, and when.
        now: the present.
    """
    store, today = Alerts(database), local_day(now)
    opened: list[str] = []
    lasting: list[str] = []
    ended: list[str] = []
    with Cases(database).transaction(now) as work:
        known = {row.topic: _alert(row) for row in store.going_on()}
        for topic, alert in known.items():
            rise = found.get(topic)
            lasts = rise is not None and (rise.is_raised or rise.lasts)
            after = _grown(alert, rise) if lasts and rise is not None else alert
            is_old = (today - alert.began_on).days >= MOST_DAYS
            if is_old or (today - after.last_on).days > QUIET_DAYS:
                after = replace(after, going_on=False)
            if after != alert:
                # Not logged: nobody did anything. The log has what was told, and what people did.
                store.put(_row(after))
            (lasting if after.going_on else ended).append(alert.id)
        for topic, rise in found.items():
            if topic in known or not rise.is_raised:
                continue
            day = f"CB.{today:%Y%m%d}"
            seen = _seen(rise)
            alert = Alert(
                f"{day}.{work.next_number(day):04}",
                topic,
                now,
                rise.period.since,
                rise.period.until,
                going_on=True,
                first=seen,
                peak=seen,
                left_out=rise.left_out,
            )
            store.add(_row(alert))
            record(work, SYSTEM, "open", kind=KIND, case_id=alert.id, after=alert)
            at_once = alert.is_urgent and settings.urgent_at_once
            at = now if at_once else settings.quiet_hours.end_after(now)
            store.tell(alert.id, settings.recipients(), at)
            opened.append(alert.id)
    return Followed(tuple(opened), tuple(lasting), tuple(ended))


def alerts_of(
    database: Transactions,
    actor: Actor,
    period: Period | None = None,
    *,
    states: Sequence[AlertState] | None = None,
    limit: int = 50,
) -> list[Alert]:
    """The alerts that began in a period, the newest first.

    Raises:
        Refused: the actor may not see figures.
    """
    require(actor, Permission.SEE_FIGURES)
    since, until = (None, None) if period is None else (period.since, period.until)
    found = Alerts(database).find(since, until, states=states, limit=limit)
    return [_alert(row) for row in found]


def alert_of(store: Alerts, alert_id: str) -> Alert:
    """One alert, for the service itself.

    Raises:
        LookupError: there is none.
    """
    row = store.get(alert_id)
    if row is None:
        raise LookupError(f"there is no alert {alert_id}")
    return _alert(row)


def read_alert(database: Transactions, alert_id: str, actor: Actor) -> Alert:
    """One alert.

    Raises:
        Refused: there is none, or the actor may not see figures.
    """
    require(actor, Permission.SEE_FIGURES)
    row = Alerts(database).get(alert_id)
    if row is None:
        raise Refused(f"Không có cảnh báo {alert_id}. Hãy tải lại danh sách.")
    return _alert(row)


def mark_seen(database: Transactions, alert_id: str, actor: Actor, clock: Clock) -> Alert:
    """Say that somebody has seen it; the first who does counts.

    Raises:
        Refused: as `read_alert`.
    """
    now = clock.now()
    with Cases(database).transaction(now):
        alert = read_alert(database, alert_id, actor)
        if alert.state is not AlertState.OPEN:
            return alert
        seen = replace(alert, state=AlertState.SEEN, seen_by=actor.account, seen_at=now)
        return _changed(database, alert, seen, actor, "see", now)


def close(
    database: Transactions,
    alert_id: str,
    why: str,
    actor: Actor,
    clock: Clock,
    *,
    version: int,
) -> Alert:
    """Say that nothing more is to be done about it, and why. The rise itself may go on.

    Args:
        database: where it is.
        alert_id: its id.
        why: in the actor's words, without personal data: it stands in the list.
        actor: somebody who drafts or approves.
        clock: tells the time.
        version: the alert's, as the actor saw it.

    Raises:
        Refused: the actor may not, it is closed already, or no reason is given.
        Conflict: somebody else changed it meanwhile.
    """
    now = clock.now()
    with Cases(database).transaction(now):
        alert = read_alert(database, alert_id, actor)
        if not actor.may(Permission.APPROVE):
            require(actor, Permission.DRAFT)
        if alert.state is AlertState.CLOSED:
            raise Refused("Cảnh báo này đã được khép lại.")
        if alert.version != version:
            raise Conflict
        if not why.strip():
            raise Refused("Hãy ghi ngắn gọn vì sao khép lại, ví dụ «đã có báo cáo nhanh».")
        if len(why) > MOST_WHY:
            raise Refused(f"Lý do dài quá {MOST_WHY} ký tự. Hãy viết ngắn hơn.")
        closed = replace(
            alert,
            state=AlertState.CLOSED,
            closed_by=actor.account,
            closed_at=now,
            why_closed=why.strip(),
        )
        return _changed(database, alert, closed, actor, "close", now)


def examples(
    posts: PostStore, database: Transactions, alert: Alert, actor: Actor, now: datetime
) -> list[StoredPost]:
    """Up to three of its posts, as kept (de-identified): those most repeated, then the newest.

    Those that report wrongdoing by officials are not among them. That they were shown is logged.

    Raises:
        Refused: the actor reads no posts.
    """
    require(actor, Permission.READ_POSTS)
    cases = Cases(database)
    about = Filters(reasons=(Reason.URGENT,)) if alert.is_urgent else Filters(topics=(alert.topic,))
    query = Query(
        filters=replace(about, since=alert.began_on, until=alert.last_on),
        size=LOOKED_AT,
        collapse_clusters=True,
    )
    apart = kept_out(cases)
    found = [
        hit.stored
        for hit in posts.search(query).hits
        if hit.stored.post.id not in apart
        and not (hit.stored.labels is not None and is_kept_apart(hit.stored.labels.marks))
    ]
    found.sort(key=lambda stored: stored.cluster_size, reverse=True)
    if found:
        log_reading(cases, KIND, alert.id, actor, now)
    return found[:EXAMPLES]


def _changed(
    database: Transactions, before: Alert, after: Alert, actor: Actor, what: str, now: datetime
) -> Alert:
    with Cases(database).transaction(now) as work:
        version = Alerts(database).put(_row(after))
        record(work, actor, what, kind=KIND, case_id=after.id, before=before, after=after)
    return replace(after, version=version)


def _grown(alert: Alert, rise: Rise) -> Alert:
    seen = _seen(rise)
    return replace(
        alert,
        last_on=max(alert.last_on, rise.period.until),
        peak=seen if seen.count > alert.peak.count else alert.peak,
    )


def _seen(rise: Rise) -> Seen:
    return Seen(rise.period.since, rise.period.until, rise.seen, round(rise.expected, 2))


def _row(alert: Alert) -> AlertRow:
    return AlertRow(
        alert.id,
        alert.version,
        alert.state,
        "urgent" if alert.is_urgent else "topic",
        alert.topic,
        alert.began_on,
        alert.going_on,
        _BODIES.dump_json(alert).decode(),
    )


def _alert(row: AlertRow) -> Alert:
    # The row knows its version before the body does.
    return replace(_BODIES.validate_json(row.body), version=row.version)
