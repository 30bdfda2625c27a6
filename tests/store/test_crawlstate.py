"""The crawler's memory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.clock import FixedClock
from langnghe.core.models import Outcome, RejectReason
from langnghe.store.crawlstate import (
    LONGEST_WISH,
    MAX_BACKOFF,
    SILENT_AFTER,
    CrawlState,
    Failure,
    RunStatus,
    retry_delay,
)
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://bao.example.vn/bai-1"


@dataclass(frozen=True)
class Found:
    url: str
    kind: str = "article"
    changed: datetime | None = None


@pytest.fixture
def database(casebase: Transactions) -> Transactions:
    """The home's file, and the PostgreSQL that collectors share."""
    return casebase


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def state(database: Transactions, clock: FixedClock) -> CrawlState:
    return CrawlState(database, clock)


def due(state: CrawlState, at: datetime = NOW, limit: int = 10) -> list[str]:
    return [page.url for page in state.due_pages("bao", at, limit)]


class TestFrontier:
    def test_found_pages_are_due_once(self, state: CrawlState) -> None:
        assert state.add_pages("bao", [Found(URL), Found(URL), Found(URL + "0")]) == 2
        assert state.add_pages("bao", [Found(URL)]) == 0
        assert state.add_pages("other", [Found(URL)]) == 1
        assert due(state) == [URL, URL + "0"]
        assert due(state, limit=1) == [URL]
        page = state.page(URL, "bao")
        assert page is not None
        assert (page.kind, page.discovered_at, page.visits) == ("article", NOW, 0)
        assert state.page("https://bao.example.vn/none", "bao") is None

    def test_a_read_page_waits_for_its_next_visit(self, state: CrawlState) -> None:
        state.add_pages("bao", [Found(URL)])
        state.finish_page(
            URL, "bao", status=200, next_visit=NOW + HOUR, etag='"a"', last_modified="Sat"
        )
        assert due(state) == []
        assert due(state, NOW + HOUR) == [URL]
        state.finish_page(URL, "bao", status=304, next_visit=NOW + 2 * HOUR)
        page = state.page(URL, "bao")
        assert page is not None
        assert (page.etag, page.last_modified, page.visits, page.last_status) == (
            '"a"',
            "Sat",
            2,
            304,
        )
        state.finish_page(URL, "bao", status=200, next_visit=None)
        page = state.page(URL, "bao")
        assert page is not None
        assert (page.etag, page.last_modified, page.next_visit) == (None, None, None)
        assert due(state, NOW + timedelta(days=999)) == []

    def test_a_page_that_changed_since_is_due_again(
        self, state: CrawlState, clock: FixedClock
    ) -> None:
        state.add_pages("bao", [Found(URL, changed=NOW - HOUR)])
        state.finish_page(URL, "bao", status=200, next_visit=None)
        clock.advance(HOUR)
        state.add_pages("bao", [Found(URL, changed=NOW - HOUR), Found(URL)])
        assert due(state, clock.now()) == []
        state.add_pages("bao", [Found(URL, changed=NOW + HOUR / 2)])
        assert due(state, clock.now()) == [URL]

    def test_failures_postpone_longer_each_time_and_never_for_good(
        self, state: CrawlState, clock: FixedClock
    ) -> None:
        state.add_pages("bao", [Found(URL)])
        waits = []
        for _ in range(12):
            page = state.fail_page(URL, "bao", failure=Failure.HARD, status=404)
            assert page.next_visit is not None
            waits.append(page.next_visit - clock.now())
        assert waits == sorted(waits)
        assert waits[0] == timedelta(minutes=15)
        assert waits[-1] == MAX_BACKOFF
        assert page.failures == 12
        # A site map that names it again does not cut the wait short.
        state.add_pages("bao", [Found(URL, changed=NOW + timedelta(seconds=1))])
        assert due(state) == []
        state.finish_page(URL, "bao", status=200, next_visit=NOW)
        page = state.page(URL, "bao") or page
        assert page.failures == 0

    def test_why_a_page_failed_is_known_until_it_is_read(self, state: CrawlState) -> None:
        state.add_pages("bao", [Found(URL)])
        page = state.fail_page(URL, "bao", failure=Failure.SOFT, problem="unreadable", status=200)
        assert page.last_problem == "unreadable"
        page = state.fail_page(URL, "bao", failure=Failure.PASSING, problem="timeout")
        assert (page.last_problem, page.last_status) == ("timeout", None)
        state.finish_page(URL, "bao", status=200, next_visit=NOW)
        read = state.page(URL, "bao")
        assert read is not None
        assert read.last_problem is None

    def test_the_server_may_ask_for_more_patience(self, state: CrawlState) -> None:
        state.add_pages("bao", [Found(URL)])
        page = state.fail_page(
            URL, "bao", failure=Failure.PASSING, status=429, retry_at=NOW + 5 * HOUR
        )
        assert page.next_visit == NOW + 5 * HOUR
        assert page.failures == 0.25
        page = state.fail_page(
            URL, "bao", failure=Failure.PASSING, status=429, retry_at=NOW + 500 * HOUR
        )
        assert page.next_visit == NOW + LONGEST_WISH

    def test_an_unknown_page_is_an_error(self, state: CrawlState) -> None:
        with pytest.raises(LookupError, match="no page"):
            state.finish_page(URL, "bao", status=200, next_visit=None)
        with pytest.raises(LookupError, match="no page"):
            state.fail_page(URL, "bao", failure=Failure.SOFT)

    @pytest.mark.parametrize(
        "url",
        ["https://lan:secret@bao.example.vn/", "https://lan@bao.example.vn/", "ftp://x.vn/", "x"],
    )
    def test_no_address_with_a_user_name_is_kept(self, state: CrawlState, url: str) -> None:
        with pytest.raises(ValueError, match="address") as caught:
            state.add_pages("bao", [Found(URL), Found(url)])
        assert "lan" not in str(caught.value).replace("langnghe", "")
        assert due(state) == []
        with pytest.raises(ValueError, match="address"):
            state.quarantine("bao", url, RejectReason.EMPTY)


class TestRuns:
    def test_a_finished_run_clears_the_sources_trouble(
        self, state: CrawlState, clock: FixedClock
    ) -> None:
        run = state.begin_run("bao")
        failed = state.finish_run(
            run, requests=1, not_modified=0, status=RunStatus.FAILED, problem="timeout"
        )
        assert (failed.status, failed.problem) == (RunStatus.FAILED, "timeout")
        after = state.source_state("bao")
        assert (after.failures, after.last_problem) == (1.0, "timeout")
        assert after.backoff_until == NOW + timedelta(minutes=15)
        assert (after.last_success, after.last_yield) == (None, None)

        clock.advance(HOUR)
        run = state.begin_run("bao")
        state.count(run, Outcome.STORED, n=3)
        state.count(run, Outcome.STORED)
        state.count(run, Outcome.REJECTED, RejectReason.EMPTY, 2)
        state.finish_run(run, requests=9, not_modified=4)
        after = state.source_state("bao")
        assert (after.failures, after.last_problem, after.backoff_until) == (0.0, None, None)
        assert (after.last_attempt, after.last_success, after.last_yield) == (
            NOW + HOUR,
            NOW + HOUR,
            4,
        )
        assert state.outcomes(run) == {(Outcome.STORED, ""): 4, (Outcome.REJECTED, "empty"): 2}
        newest, oldest = state.recent_runs("bao")
        assert (newest.requests, newest.not_modified, newest.finished) == (9, 4, NOW + HOUR)
        assert oldest.id == failed.id

    def test_backing_off_ends_within_a_week(self, state: CrawlState) -> None:
        assert state.back_off("bao", NOW + HOUR, "robots_unreachable") == NOW + HOUR
        assert state.source_state("bao").last_problem == "robots_unreachable"
        assert state.back_off("bao", NOW + timedelta(days=9), "x") == NOW + LONGEST_WISH

    def test_the_run_of_a_dead_process_is_interrupted(
        self, state: CrawlState, case_address: str
    ) -> None:
        mine = state.begin_run("bao")
        script = (
            "import sys\n"
            "from langnghe.core.clock import SystemClock, FixedClock\n"
            "from langnghe.store.crawlstate import CrawlState\n"
            "from tests.postgres import open_either\n"
            "CrawlState(open_either(sys.argv[1]), FixedClock()).begin_run('dead')\n"
        )
        subprocess.run([sys.executable, "-c", script, case_address], check=True, cwd=Path.cwd())
        assert [run.source for run in state.interrupted()] == ["dead"]
        assert [(run.source, run.status) for run in state.recent_runs()] == [
            ("dead", RunStatus.INTERRUPTED),
            ("bao", RunStatus.RUNNING),
        ]
        assert state.interrupted() == []
        assert mine.status is RunStatus.RUNNING

    def test_a_run_that_is_silent_for_long_is_interrupted(
        self, state: CrawlState, clock: FixedClock
    ) -> None:
        run = state.begin_run("bao")
        clock.advance(SILENT_AFTER)
        state.count(run, Outcome.OFF_TOPIC)
        clock.advance(SILENT_AFTER)
        assert state.interrupted() == []
        clock.advance(timedelta(seconds=1))
        (dead,) = state.interrupted()
        assert (dead.id, dead.finished) == (run.id, NOW + SILENT_AFTER)
        assert os.getpid()

    def test_what_is_noted_comes_back_beside_what_was(self, state: CrawlState) -> None:
        assert state.noted("bao") == {}
        assert state.noted_moment("bao", "whole_at") is None
        state.note("bao", {"since_id": "12", "thẻ": ["a"]})
        state.note("bao", {"since_id": "13", "whole_at": NOW})
        assert state.noted("bao").items() >= {"since_id": "13", "thẻ": ["a"]}.items()
        assert state.noted_moment("bao", "whole_at") == NOW
        assert state.noted("khac") == {}

    def test_quarantine_counts_and_keeps_no_text(
        self, database: Transactions, state: CrawlState
    ) -> None:
        for _ in range(3):
            state.quarantine("bao", URL, RejectReason.GARBLED)
        state.quarantine("khac", URL, RejectReason.EMPTY)
        with database.read() as connection:
            found = connection.execute(
                "SELECT source, url, reason, times FROM quarantine ORDER BY source"
            ).fetchall()
        assert [*map(tuple, found)] == [("bao", URL, "garbled", 3), ("khac", URL, "empty", 1)]

    def test_everything_joins_one_transaction(
        self, database: Transactions, state: CrawlState
    ) -> None:
        run = state.begin_run("bao")
        state.add_pages("bao", [Found(URL)])

        def crash() -> None:
            with database.transaction():
                state.count(run, Outcome.STORED)
                state.finish_page(URL, "bao", status=200, next_visit=None)
                raise RuntimeError("stop")

        with pytest.raises(RuntimeError, match="stop"):
            crash()
        assert due(state) == [URL]
        assert state.outcomes(run) == {}


def test_the_overview_has_what_the_page_shows(state: CrawlState, clock: FixedClock) -> None:
    for days, outcome, n in (
        (40, Outcome.STORED, 9),
        (20, Outcome.STORED, 5),
        (20, Outcome.UNCHANGED, 1),
    ):
        clock.at = NOW - timedelta(days=days)
        state.count(state.begin_run("bao"), outcome, n=n)
    clock.at = NOW
    run = state.begin_run("bao")
    state.count(run, Outcome.STORED, n=2)
    state.count(run, Outcome.REJECTED, RejectReason.TOO_LONG, 3)
    state.count(run, Outcome.REJECTED, RejectReason.EMPTY)
    state.add_pages("bao", [Found(URL), Found(URL + "0")])
    state.fail_page(URL, "bao", failure=Failure.SOFT, status=503)
    state.finish_run(run, requests=7, not_modified=1)
    bao, never = state.source_overview(["bao", "chua-bao-gio"])
    assert bao.last_7_days == {Outcome.STORED: 2, Outcome.REJECTED: 4}
    assert bao.last_30_days == {Outcome.STORED: 7, Outcome.UNCHANGED: 1, Outcome.REJECTED: 4}
    assert bao.rejected_30_days == {"too_long": 3, "empty": 1}
    assert (bao.pages, bao.failing_pages, bao.next_visit) == (2, 1, NOW)
    assert bao.state.last_yield == 2
    assert bao.last_run is not None
    assert bao.last_run.requests == 7
    assert (never.state.last_attempt, never.last_7_days, never.pages) == (None, {}, 0)
    assert never.last_run is None
    assert [overview.state.source for overview in state.source_overview()] == ["bao"]


@given(st.floats(0, 1e9), st.floats(0, 10))
def test_more_failures_never_wait_less_and_never_over_a_day(failures: float, more: float) -> None:
    assert timedelta(0) < retry_delay(failures) <= retry_delay(failures + more) <= MAX_BACKOFF


class TestDaysRead:
    def test_days_are_those_of_viet_nam_on_which_a_visit_succeeded(
        self, state: CrawlState, clock: FixedClock
    ) -> None:
        # 21/11/2026 08:00 in Viet Nam, then 23:59 and 00:00 there.
        for at, status in (
            (NOW, RunStatus.FINISHED),
            (NOW + 2 * HOUR, RunStatus.FAILED),
            (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), RunStatus.FINISHED),
            (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), RunStatus.FINISHED),
            (datetime(2026, 11, 24, 17, 0, tzinfo=UTC), RunStatus.INTERRUPTED),
        ):
            clock.at = at
            state.finish_run(state.begin_run("bao"), requests=1, not_modified=0, status=status)
        clock.at = NOW
        state.begin_run("xa")
        day = date(2026, 11, 21)
        assert state.read_days(["bao"], day, date(2026, 11, 30)) == {
            "bao": {day, date(2026, 11, 22), date(2026, 11, 23)}
        }
        assert state.read_days(["bao"], date(2026, 11, 22), date(2026, 11, 22)) == {
            "bao": {date(2026, 11, 22)}
        }
        assert state.first_read(["bao", "xa"]) == {"bao": day}
