"""What the crawler must remember between visits: pages, sources, runs and outcomes.

On one machine all of it lies in the same file as the posts and joins `Database.transaction()`, so
that a page is marked as read in the very transaction that stores its posts: after a crash both are
there or neither is, and the page is simply read again. Where several collectors share the work it
lies in PostgreSQL beside the posts on their way (`store.outbox`); each statement here is one that
both engines take.

Failures are weighed (a hard one 1, a soft one 0.5, a passing one 0.25, after Media Cloud's
rss-fetcher) and only ever postpone: no page and no source is dropped for good.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from langnghe.core.clock import Clock, local_day
from langnghe.core.models import Outcome, RejectReason
from langnghe.store.apiuse import ApiUse
from langnghe.store.crawlrecords import (
    Failure,
    FoundLink,
    FrontierPage,
    Run,
    RunStatus,
    SourceOverview,
    SourceState,
    to_page,
    to_run,
    to_state,
)
from langnghe.store.habits import Habits
from langnghe.store.layouts import Layouts
from langnghe.store.sourcenotices import Cause, NoticeKind, SourceNotices
from langnghe.store.times import (
    day_start,
    from_micros,
    optional_micros,
    optional_moment,
    to_micros,
)
from langnghe.store.transactions import Transactions

__all__ = [
    "CrawlState",
    "Failure",
    "FoundLink",
    "FrontierPage",
    "Run",
    "RunStatus",
    "SourceOverview",
    "SourceState",
    "retry_delay",
]

MAX_BACKOFF = timedelta(hours=24)
"""A source that failed is asked again within a day: many come back."""

LONGEST_WISH = timedelta(days=7)
"""What a server asks for (Retry-After) is kept up to a week; a longer one is taken for a mistake
(often milliseconds for seconds): no source is dropped for good."""

FIRST_RETRY = timedelta(minutes=15)
"""Wait after failures worth one hard failure; doubles with each more, up to MAX_BACKOFF."""

SILENT_AFTER = timedelta(hours=1)
"""A run that shows no sign of life for so long is dead, even if its process number lives on
(numbers are used again after a restart of the machine). A visit of 500 pages at one a second
reports after each page."""

_DAY_MICROS = timedelta(days=1) // timedelta(microseconds=1)


def retry_delay(failures: float) -> timedelta:
    """How long to wait after failures of this total weight in a row; at most MAX_BACKOFF."""
    # 2**20 quarters of an hour are 30 years: the bound only keeps the power from overflowing.
    doublings = min(max(failures - 1.0, -2.0), 20.0)
    return min(FIRST_RETRY * math.pow(2.0, doublings), MAX_BACKOFF)


class CrawlState:
    """The crawler's memory. Safe to use from several processes; one run per source at a time."""

    def __init__(self, database: Transactions, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.habits = Habits(database)
        """What each source usually gives."""
        self.notices = SourceNotices(database, clock)
        """What an administrator should know of sources."""
        self.layouts = Layouts(database)
        """What their pages usually give, and which kinds of them have changed."""

    @property
    def api_use(self) -> ApiUse:
        """What was used of the platforms' daily allowances."""
        return ApiUse(self._database)

    # Runs

    def begin_run(self, source: str) -> Run:
        """Note that a visit begins."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            row = connection.execute(
                "INSERT INTO run (source, started, status, process, seen_alive) "
                "VALUES (?, ?, ?, ?, ?) RETURNING *",
                (source, to_micros(now), RunStatus.RUNNING, os.getpid(), to_micros(now)),
            ).one()
            connection.execute(
                "INSERT INTO source_state (source, last_attempt) VALUES (?, ?) "
                "ON CONFLICT (source) DO UPDATE SET last_attempt = excluded.last_attempt",
                (source, to_micros(now)),
            )
        return to_run(row)

    def finish_run(
        self,
        run: Run,
        *,
        requests: int,
        not_modified: int,
        status: RunStatus = RunStatus.FINISHED,
        problem: str | None = None,
        failure: Failure = Failure.HARD,
    ) -> Run:
        """Note how a visit ended.

        FINISHED clears the source's failures, its problem and its backoff. FAILED adds
        `failure` to them and backs the source off, longer each time (`retry_delay`).
        INTERRUPTED (asked to stop) changes neither.
        """
        now = to_micros(self._clock.now())
        with self._database.transaction() as connection:
            row = connection.execute(
                "UPDATE run SET finished = ?, seen_alive = ?, status = ?, requests = ?, "
                "not_modified = ?, problem = ? WHERE id = ? RETURNING *",
                (now, now, status, requests, not_modified, problem, run.id),
            ).one()
            if status is RunStatus.FINISHED:
                connection.execute(
                    "UPDATE source_state SET last_success = ?, failures = 0, "
                    "backoff_until = NULL, last_problem = NULL, last_yield = (SELECT "
                    "coalesce(sum(items), 0) FROM outcome WHERE source = ? AND run = ? AND "
                    "outcome = ?) WHERE source = ?",
                    (now, run.source, run.id, Outcome.STORED, run.source),
                )
            elif status is RunStatus.FAILED:
                failures = self.source_state(run.source).failures + failure.value
                until = to_micros(self._clock.now() + retry_delay(failures))
                connection.execute(
                    "UPDATE source_state SET failures = ?, last_problem = ?, backoff_until = "
                    "CASE WHEN backoff_until > ? THEN backoff_until ELSE ? END WHERE source = ?",
                    (failures, problem, until, until, run.source),
                )
        return to_run(row)

    def interrupted(self) -> list[Run]:
        """Mark the runs whose process died; gives them."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            dead = [
                row.id
                for row in connection.execute(
                    "SELECT id, process, seen_alive FROM run WHERE status = ?",
                    (RunStatus.RUNNING,),
                )
                if not _is_alive(row.process) or now - from_micros(row.seen_alive) > SILENT_AFTER
            ]
            return [
                to_run(
                    connection.execute(
                        "UPDATE run SET status = ?, finished = seen_alive WHERE id = ? RETURNING *",
                        (RunStatus.INTERRUPTED, run_id),
                    ).one()
                )
                for run_id in dead
            ]

    def interrupt(self, source: str) -> None:
        """Mark what runs of a source are still open: their collector lost it, so it is dead."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE run SET status = ?, finished = seen_alive WHERE source = ? AND status = ?",
                (RunStatus.INTERRUPTED, source, RunStatus.RUNNING),
            )

    def recent_runs(self, source: str | None = None, limit: int = 20) -> list[Run]:
        """The last runs, newest first; of one source or of all."""
        with self._database.read() as connection:
            return [
                to_run(row)
                for row in connection.execute(
                    # One condition for both would read all runs there ever were.
                    f"SELECT * FROM run {'' if source is None else 'WHERE source = ?'} "  # noqa: S608
                    "ORDER BY started DESC, id DESC LIMIT ?",
                    (limit,) if source is None else (source, limit),
                )
            ]

    def read_days(
        self, sources: Iterable[str], since: date, until: date
    ) -> dict[str, frozenset[date]]:
        """By source, the days in Viet Nam (both ends included) on which a visit succeeded."""
        first, after = day_start(since), day_start(until + timedelta(days=1))
        with self._database.read() as connection:
            return {
                source: frozenset(
                    since + timedelta(days=row.day)
                    for row in connection.execute(
                        # Viet Nam has no summer time: each of its days has as many microseconds.
                        "SELECT DISTINCT (started - ?) / ? AS day FROM run "
                        "WHERE source = ? AND started >= ? AND started < ? AND status = ?",
                        (first, _DAY_MICROS, source, first, after, RunStatus.FINISHED),
                    )
                )
                for source in sources
            }

    def first_read(self, sources: Iterable[str]) -> dict[str, date]:
        """By source, the day in Viet Nam of the first visit that succeeded, if one did."""
        found = {}
        with self._database.read() as connection:
            for source in sources:
                row = connection.execute(
                    "SELECT started FROM run WHERE source = ? AND status = ? "
                    "ORDER BY started LIMIT 1",
                    (source, RunStatus.FINISHED),
                ).first()
                if row is not None:
                    found[source] = local_day(from_micros(row.started))
        return found

    def requests_on(self, day: date, sources: Iterable[str]) -> int:
        """Requests of all visits that began on a day in Viet Nam and have ended."""
        first, after = day_start(day), day_start(day + timedelta(days=1))
        with self._database.read() as connection:
            return sum(
                int(
                    connection.execute(
                        "SELECT CAST(coalesce(sum(requests), 0) AS BIGINT) FROM run "
                        "WHERE source = ? AND started >= ? AND started < ?",
                        (source, first, after),
                    ).scalar_one()
                )
                for source in sources
            )

    # Outcomes

    def count(
        self,
        run: Run,
        outcome: Outcome,
        reason: RejectReason | str | None = None,
        n: int = 1,
    ) -> None:
        """Count items that a run read, by what became of them. `reason` only where rejected."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO outcome (source, day, run, outcome, reason, items) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, day, run, outcome, reason) "
                "DO UPDATE SET items = outcome.items + excluded.items",
                (run.source, local_day(now).toordinal(), run.id, outcome, reason or "", n),
            )
            connection.execute(
                "UPDATE run SET seen_alive = ? WHERE id = ?", (to_micros(now), run.id)
            )

    def outcomes(self, run: Run) -> dict[tuple[Outcome, str], int]:
        """What a run gave: items by outcome and reason (empty unless rejected)."""
        with self._database.read() as connection:
            return {
                (Outcome(row.outcome), row.reason): row.items
                for row in connection.execute(
                    "SELECT outcome, reason, CAST(sum(items) AS BIGINT) AS items FROM outcome "
                    "WHERE source = ? AND run = ? GROUP BY outcome, reason",
                    (run.source, run.id),
                )
            }

    # The frontier

    def add_pages(self, source: str, links: Iterable[FoundLink]) -> int:
        """Add pages that were found; gives how many were new.

        A known page whose `changed` is later than its last visit becomes due at once; else
        nothing about it changes.

        Raises:
            ValueError: an address holds a user name or is not one of http or https.
        """
        now = to_micros(self._clock.now())
        new = 0
        with self._database.transaction() as connection:
            for link in links:
                _check_public(link.url)
                changed = optional_micros(link.changed)
                added = connection.execute(
                    "INSERT INTO page (source, url, kind, discovered, changed, next_visit) "
                    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (source, link.url, str(link.kind), now, changed, now),
                ).rowcount
                new += added
                if not added and changed is not None:
                    connection.execute(
                        "UPDATE page SET changed = ?, next_visit = "
                        "CASE WHEN next_visit < ? THEN next_visit ELSE ? END "
                        "WHERE source = ? AND url = ? AND ? > coalesce(changed, 0) "
                        "AND ? > coalesce(last_visit, 0) AND failures = 0",
                        (changed, now, now, source, link.url, changed, changed),
                    )
        return new

    def due_pages(self, source: str, now: datetime, limit: int) -> list[FrontierPage]:
        """Pages to visit by now, the longest due first."""
        with self._database.read() as connection:
            return [
                to_page(row)
                for row in connection.execute(
                    "SELECT * FROM page WHERE source = ? AND next_visit <= ? "
                    "ORDER BY next_visit, discovered, url LIMIT ?",
                    (source, to_micros(now), limit),
                )
            ]

    def page(self, url: str, source: str) -> FrontierPage | None:
        """What is known of a page."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM page WHERE source = ? AND url = ?", (source, url)
            ).first()
        return None if row is None else to_page(row)

    def finish_page(
        self,
        url: str,
        source: str,
        *,
        status: int | None,
        next_visit: datetime | None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> None:
        """Note that a page was read (or had not changed).

        `next_visit` None: not again. Validators that are None are kept after a 304 and
        forgotten after any other answer.

        Raises:
            LookupError: the page is not in the frontier.
        """
        now = to_micros(self._clock.now())
        validators = (
            "etag = coalesce(?, etag), last_modified = coalesce(?, last_modified) "
            if status == HTTPStatus.NOT_MODIFIED
            else "etag = ?, last_modified = ? "
        )
        with self._database.transaction() as connection:
            found = connection.execute(
                "UPDATE page SET visits = visits + 1, failures = 0, gone_since = NULL, "  # noqa: S608  one of two texts above
                "last_problem = NULL, "
                f"last_visit = ?, last_status = ?, next_visit = ?, {validators}"
                "WHERE source = ? AND url = ?",
                (now, status, optional_micros(next_visit), etag, last_modified, source, url),
            ).rowcount
        if not found:
            raise LookupError(f"{url} is no page of the source {source}")

    def fail_page(
        self,
        url: str,
        source: str,
        *,
        failure: Failure,
        problem: str | None = None,
        status: int | None = None,
        retry_at: datetime | None = None,
    ) -> FrontierPage:
        """Note that a page could not be read, and why (a text key); gives it with its next visit.

        It is tried again at `retry_at` (what the server asked for) or after `retry_delay`,
        whichever is later; a wish counts up to LONGEST_WISH.

        Raises:
            LookupError: the page is not in the frontier.
        """
        now = self._clock.now()
        with self._database.transaction() as connection:
            known = self.page(url, source)
            if known is None:
                raise LookupError(f"{url} is no page of the source {source}")
            failures = known.failures + failure.value
            at = now + retry_delay(failures)
            gone_since = known.gone_since
            if gone_since is None and status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
                gone_since = now
            if retry_at is not None:
                at = max(at, min(retry_at, now + LONGEST_WISH))
            row = connection.execute(
                "UPDATE page SET failures = ?, last_problem = ?, last_status = ?, next_visit = ?, "
                "gone_since = ? WHERE source = ? AND url = ? RETURNING *",
                (
                    *(failures, problem, status, to_micros(at), optional_micros(gone_since)),
                    *(source, url),
                ),
            ).one()
        return to_page(row)

    def page_addresses(self, source: str) -> list[str]:
        """The addresses of all pages of a source."""
        with self._database.read() as connection:
            return [
                row.url
                for row in connection.execute("SELECT url FROM page WHERE source = ?", (source,))
            ]

    def make_due(self, source: str, urls: Iterable[str]) -> None:
        """Let pages be visited now, except those that failed: they wait as they do."""
        now = to_micros(self._clock.now())
        with self._database.transaction() as connection:
            connection.execute_many(
                "UPDATE page SET next_visit = ? WHERE source = ? AND url = ? AND failures = 0 "
                "AND (next_visit IS NULL OR next_visit > ?)",
                [(now, source, url, now) for url in sorted(urls)],
            )

    def read_anew(self, source: str, urls: Iterable[str]) -> None:
        """Let pages be visited now as if for the first time: an answer 304 would tell nothing.

        Those that failed wait as they do, and are then read so.
        """
        pages = sorted(urls)
        with self._database.transaction() as connection:
            connection.execute_many(
                # Without a last visit a timeline, too, is walked back to the end of retention.
                "UPDATE page SET etag = NULL, last_modified = NULL, last_visit = NULL "
                "WHERE source = ? AND url = ?",
                [(source, url) for url in pages],
            )
            self.make_due(source, pages)

    # Sources

    def source_state(self, source: str) -> SourceState:
        """What is remembered of a source; all empty for one never visited."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT * FROM source_state WHERE source = ?", (source,)
            ).first()
        return SourceState(source) if row is None else to_state(row)

    def back_off(self, source: str, until: datetime, why: str) -> datetime:
        """Leave a source alone until then, at most LONGEST_WISH from now; gives the moment.

        `why` is a text key, never a text from outside.
        """
        at = min(until, self._clock.now() + LONGEST_WISH)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO source_state (source, backoff_until, last_problem) VALUES (?, ?, ?) "
                "ON CONFLICT (source) DO UPDATE SET backoff_until = excluded.backoff_until, "
                "last_problem = excluded.last_problem",
                (source, to_micros(at), why),
            )
        return at

    def noted(self, source: str) -> dict[str, Any]:
        """What was noted of a source, so that its next visit goes on where the last one stopped."""
        return dict(self.source_state(source).cursor)

    def noted_moment(self, source: str, name: str) -> datetime | None:
        """A moment that was noted (`note` writes it as ISO 8601); None where none is."""
        written = self.noted(source).get(name)
        return None if written is None else datetime.fromisoformat(written)

    def note(self, source: str, values: Mapping[str, Any]) -> None:
        """Note these besides what is noted already (JSON values or moments; nothing personal)."""
        with self._database.transaction() as connection:
            noted = json.dumps(
                self.noted(source) | dict(values),
                ensure_ascii=False,
                sort_keys=True,
                default=datetime.isoformat,
            )
            connection.execute(
                "INSERT INTO source_state (source, cursor) VALUES (?, ?) "
                "ON CONFLICT (source) DO UPDATE SET cursor = excluded.cursor",
                (source, noted),
            )

    def settle_layout_notice(self, source: str) -> None:
        """Open or close the notice that pages of a source have changed, as it is now."""
        if self.layouts.changed(source):
            self.notices.open(source, NoticeKind.LAYOUT_CHANGED, Cause.LAYOUT_CHANGED)
        else:
            self.notices.close(source, NoticeKind.LAYOUT_CHANGED)

    def quarantine(self, source: str, url: str, reason: RejectReason | str) -> None:
        """Note that a public page had something that could not be used, and why."""
        _check_public(url)
        now = to_micros(self._clock.now())
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO quarantine (source, url, reason, first_seen, last_seen, times) "
                "VALUES (?, ?, ?, ?, ?, 1) ON CONFLICT (source, url, reason) DO UPDATE SET "
                "last_seen = excluded.last_seen, times = quarantine.times + 1",
                (source, url, str(reason), now, now),
            )

    def source_overview(self, sources: Sequence[str] | None = None) -> list[SourceOverview]:
        """Each source as the dashboard shows it: those named, in order, or all ever visited."""
        today = local_day(self._clock.now()).toordinal()
        with self._database.read() as connection:
            if sources is None:
                sources = [
                    row.source
                    for row in connection.execute("SELECT source FROM source_state ORDER BY source")
                ]
            overviews = []
            for source in sources:
                month = list(
                    connection.execute(
                        "SELECT outcome, reason, CAST(sum(items) AS BIGINT) AS month, CAST(sum("
                        "CASE WHEN day > ? THEN items ELSE 0 END) AS BIGINT) AS week FROM outcome "
                        "WHERE source = ? AND day > ? GROUP BY outcome, reason",
                        (today - 7, source, today - 30),
                    )
                )
                pages = connection.execute(
                    "SELECT count(*) AS n, count(CASE WHEN failures > 0 THEN 1 END) AS failing, "
                    "min(next_visit) AS next_visit FROM page WHERE source = ?",
                    (source,),
                ).one()
                runs = self.recent_runs(source, 1)
                overviews.append(
                    SourceOverview(
                        state=self.source_state(source),
                        last_7_days=_totals((row.outcome, row.week) for row in month),
                        last_30_days=_totals((row.outcome, row.month) for row in month),
                        rejected_30_days={
                            row.reason: row.month
                            for row in month
                            if row.outcome == Outcome.REJECTED
                        },
                        pages=pages.n,
                        failing_pages=pages.failing,
                        next_visit=optional_moment(pages.next_visit),
                        last_run=runs[0] if runs else None,
                    )
                )
        return overviews


def _totals(rows: Iterable[tuple[str, int]]) -> dict[Outcome, int]:
    totals: dict[Outcome, int] = {}
    for outcome, items in rows:
        if items:
            totals[Outcome(outcome)] = totals.get(Outcome(outcome), 0) + items
    return totals


def _check_public(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"no address of a public page: {parts.scheme}:")
    if "@" in parts.netloc:
        # The address itself is left out of the message: it holds a credential or a name.
        raise ValueError(f"an address on {parts.hostname} holds a user name")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
