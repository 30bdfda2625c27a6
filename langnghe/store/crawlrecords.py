"""What `CrawlState` takes and gives: runs, pages, sources as plain records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any, Protocol

from langnghe.core.models import Outcome
from langnghe.store.database import Row
from langnghe.store.times import from_micros, optional_moment


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """Its process died; what it stored is kept, the rest is read by the next run."""


class Failure(Enum):
    """How grave a failure is; the value is its weight."""

    HARD = 1.0
    """Gone, forbidden, not what was expected."""
    SOFT = 0.5
    """The server's own trouble (5xx)."""
    PASSING = 0.25
    """Timeouts, dropped connections, too many requests."""


class FoundLink(Protocol):
    """A page to look at; `crawler.items.Link` is one."""

    @property
    def url(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def changed(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class FrontierPage:
    """A page of the frontier. `next_visit` None: it is not to be visited again."""

    source: str
    url: str
    kind: str
    discovered_at: datetime
    changed: datetime | None
    next_visit: datetime | None
    last_visit: datetime | None
    visits: int
    failures: float
    last_status: int | None
    etag: str | None
    last_modified: str | None
    gone_since: datetime | None = None
    """When 404 or 410 was first answered since it was last read."""
    last_problem: str | None = None
    """Text key of what went wrong last; None after it was read."""


@dataclass(frozen=True, slots=True)
class Run:
    """One visit to one source."""

    id: int
    source: str
    started: datetime
    finished: datetime | None
    status: RunStatus
    requests: int
    not_modified: int
    """Answers 304 to conditional requests."""
    problem: str | None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is remembered of a source as a whole."""

    source: str
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_yield: int | None = None
    """Posts that the last finished run stored; None before the first."""
    failures: float = 0.0
    backoff_until: datetime | None = None
    last_problem: str | None = None
    """Text key of what went wrong last; None after a success."""
    cursor: Mapping[str, Any] = field(default_factory=dict)
    """What the spider keeps to go on where it stopped (`note`)."""


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """A source as the page "Nguồn tin" shows it. Totals count items by `Outcome`."""

    state: SourceState
    last_7_days: Mapping[Outcome, int]
    last_30_days: Mapping[Outcome, int]
    rejected_30_days: Mapping[str, int]
    """By `RejectReason`."""
    pages: int
    failing_pages: int
    next_visit: datetime | None
    """When its next page is due; None: no page is."""
    last_run: Run | None


def to_run(row: Row) -> Run:
    """A row of `run`."""
    return Run(
        id=row.id,
        source=row.source,
        started=from_micros(row.started),
        finished=optional_moment(row.finished),
        status=RunStatus(row.status),
        requests=row.requests,
        not_modified=row.not_modified,
        problem=row.problem,
    )


def to_page(row: Row) -> FrontierPage:
    """A row of `page`."""
    return FrontierPage(
        source=row.source,
        url=row.url,
        kind=row.kind,
        discovered_at=from_micros(row.discovered),
        changed=optional_moment(row.changed),
        next_visit=optional_moment(row.next_visit),
        last_visit=optional_moment(row.last_visit),
        visits=row.visits,
        failures=row.failures,
        last_status=row.last_status,
        etag=row.etag,
        last_modified=row.last_modified,
        gone_since=optional_moment(row.gone_since),
        last_problem=row.last_problem,
    )


def to_state(row: Row) -> SourceState:
    """A row of `source_state`."""
    return SourceState(
        source=row.source,
        last_attempt=optional_moment(row.last_attempt),
        last_success=optional_moment(row.last_success),
        last_yield=row.last_yield,
        failures=row.failures,
        backoff_until=optional_moment(row.backoff_until),
        last_problem=row.last_problem,
        cursor=json.loads(row.cursor),
    )
