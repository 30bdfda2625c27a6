"""Notices about sources: opened when it is no chance, with the likely cause, and closed again."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.crawler.sighting import Sighting
from langnghe.crawler.targets import PROBLEMS
from langnghe.crawler.watching import CAUSES, watch
from langnghe.store.crawlstate import CrawlState, Failure, RunStatus
from langnghe.store.sourcenotices import Cause, NoticeKind
from langnghe.store.transactions import Transactions
from tests.crawler.serving import (
    Reply,
    feed,
    make_home,
    news_site,
    run_crawl,
    serving,
    source,
    stores,
)
from tests.trends.test_delivery import certificate

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FEED = "https://bao.example.vn/rss"
SEEDS = (FEED,)


class Watched:
    """A source as it is visited, time after time."""

    def __init__(self, database: Transactions) -> None:
        self.clock = FixedClock(NOW)
        self.state = CrawlState(database, self.clock)
        self.visit()

    def visit(self, found: int = 1, *, listed: int = 1, moved: bool = False) -> None:
        """A visit that succeeded, an hour after the one before."""
        self.clock.advance(HOUR)
        habit = self.state.habits.get("bao")
        since = None if habit is None else habit.counted_until
        seen = Sighting(since, items=found, lists=1, listed=listed, moved=moved)
        self._end(RunStatus.FINISHED, None, seen)

    def fail(self, problem: str, status: RunStatus = RunStatus.FAILED) -> None:
        self.clock.advance(HOUR)
        self._end(status, problem, Sighting())

    def _end(self, status: RunStatus, problem: str | None, seen: Sighting) -> None:
        run = self.state.begin_run("bao")
        run = self.state.finish_run(run, requests=1, not_modified=0, status=status, problem=problem)
        watch(self.state, run, seen, SEEDS)

    @property
    def causes(self) -> dict[NoticeKind, Cause]:
        return {one.kind: one.cause for one in self.state.notices.going_on("bao")}


@pytest.fixture
def watched(casebase: Transactions) -> Watched:
    return Watched(casebase)


def test_one_failure_is_chance_and_two_are_not(watched: Watched) -> None:
    watched.fail("forbidden")
    assert watched.causes == {}
    watched.visit()
    watched.fail("forbidden")
    assert watched.causes == {}, "not twice in a row"
    watched.fail("timeout")
    assert watched.causes == {NoticeKind.NO_DATA: Cause.UNREACHABLE}
    watched.fail("gone")
    assert watched.causes == {NoticeKind.NO_DATA: Cause.GONE}
    watched.visit(found=0)
    assert watched.causes == {}, "it answers as ever"
    assert len(watched.state.notices.recent("bao")) == 1


def test_a_visit_that_was_cut_off_says_nothing(watched: Watched) -> None:
    watched.fail("gone")
    watched.fail("gone", RunStatus.INTERRUPTED)
    assert watched.causes == {}
    watched.fail("gone")
    assert watched.causes == {NoticeKind.NO_DATA: Cause.GONE}


def test_a_key_that_is_missing_is_told_at_once(watched: Watched) -> None:
    watched.fail("no_key")
    assert watched.causes == {NoticeKind.NO_DATA: Cause.NO_KEY}


def test_a_quota_that_is_used_up_is_nobodys_fault(watched: Watched) -> None:
    for _ in range(3):
        watched.fail("quota_used_up")
    assert watched.causes == {}


@pytest.mark.parametrize(
    ("moved", "cause"), [(False, Cause.LAYOUT_CHANGED), (True, Cause.FEED_MOVED)]
)
def test_lists_that_hold_nothing_we_know(watched: Watched, moved: bool, cause: Cause) -> None:
    watched.visit()
    watched.visit(0, listed=0, moved=moved)
    assert watched.causes == {}
    watched.visit(0, listed=0, moved=moved)
    assert watched.causes == {NoticeKind.NO_DATA: cause}
    watched.visit(0)
    assert watched.causes == {}


def test_a_list_that_never_held_anything_is_no_news(watched: Watched) -> None:
    for _ in range(5):
        watched.visit(0, listed=0)
    assert watched.causes == {}


def test_an_unusual_silence_is_noticed_and_an_ordinary_one_is_not(watched: Watched) -> None:
    habit = watched.state.habits.get("bao")
    assert habit is not None
    known = replace(habit, begun=NOW - 20 * DAY, last_new=NOW, posts=480.0, hours=480.0)
    watched.state.habits.put("bao", known)
    quiet = 0
    while not watched.causes:
        watched.visit(0)
        quiet += 1
    assert watched.causes == {NoticeKind.NO_DATA: Cause.QUIET}
    assert 5 < quiet < 30, "a post an hour: more than chance, less than two days"
    watched.visit(0)
    assert watched.causes, "it holds until something comes"
    watched.visit()
    assert watched.causes == {}


@pytest.mark.parametrize(
    ("problem", "status", "cause"),
    [
        ("gone", 404, Cause.GONE),
        ("unknown_host", None, Cause.GONE),
        ("forbidden", 403, Cause.BLOCKED),
        ("unauthorised", 401, Cause.BLOCKED),
        ("refused_robots", None, Cause.BLOCKED),
        ("certificate", None, Cause.CERTIFICATE),
        ("not_text", 200, Cause.FEED_MOVED),
        ("unreadable", 200, Cause.FEED_MOVED),
        ("unexpected_answer", 400, Cause.FEED_MOVED),
        ("internal_error", 200, Cause.FAULT),
        ("timeout", None, Cause.UNREACHABLE),
        ("server_error", 503, Cause.UNREACHABLE),
    ],
)
def test_one_address_of_several_that_fails(
    watched: Watched, problem: str, status: int | None, cause: Cause
) -> None:
    watched.state.add_pages("bao", [Sought(FEED)])
    for _ in range(2):
        watched.visit()
        assert watched.causes == {}
        watched.state.fail_page(FEED, "bao", failure=Failure.HARD, problem=problem, status=status)
    watched.visit()
    assert watched.causes == {NoticeKind.PART_FAILS: cause}
    watched.state.finish_page(FEED, "bao", status=200, next_visit=NOW)
    watched.visit()
    assert watched.causes == {}


def test_an_address_that_is_looked_at_once_more_is_no_sign(watched: Watched) -> None:
    watched.state.add_pages("bao", [Sought(FEED)])
    for _ in range(2):
        watched.state.fail_page(FEED, "bao", failure=Failure.HARD, problem="odd_page", status=200)
    watched.visit()
    assert watched.causes == {}


class Sought:
    kind = "feed"
    changed = None

    def __init__(self, url: str) -> None:
        self.url = url


def test_every_problem_has_a_likely_cause() -> None:
    # What is left passes by itself.
    assert CAUSES.keys() == PROBLEMS - {"quota_used_up", "odd_page"}


def test_a_site_that_was_made_over_and_back(tmp_path: Path) -> None:
    """Through real visits: its feed has entries, then none, then entries again."""
    site = news_site()
    full = site.routes["/feed.xml"]
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        run_crawl(home)
        site.routes["/feed.xml"] = Reply(
            feed(site, {"/bai-moi-ve-mien-dong.html": "Tin mới"}), type="application/rss+xml"
        )
        run_crawl(home)
        with stores(home) as opened:
            habit = opened.crawl.habits.get("site")
            assert habit is not None
            assert habit.last_new == habit.counted_until, "a new article was found"
        site.routes["/feed.xml"] = Reply(feed(site, {}), type="application/rss+xml")
        run_crawl(home)
        assert told(home) == []
        site.validators = False
        site.routes["/feed.xml"] = Reply(feed(site, {}) + " ", type="application/rss+xml")
        run_crawl(home)
        assert told(home) == [Cause.LAYOUT_CHANGED]
        log = (home.logs / "crawl.log").read_text(encoding="utf-8")
        assert "site: notice no_data, likely cause layout_changed" in log
        site.routes["/feed.xml"] = full
        run_crawl(home)
    assert told(home) == []


@pytest.mark.parametrize(
    ("path", "reply", "cause"),
    [
        ("/hai.xml", Reply(b"\x00GIF", type="image/gif"), Cause.FEED_MOVED),
        (
            "/robots.txt",
            Reply("User-agent: *\nDisallow: /hai.xml\n", type="text/plain"),
            Cause.BLOCKED,
        ),
    ],
)
def test_the_second_feed_of_a_source_that_is_lost(
    tmp_path: Path, path: str, reply: Reply, cause: Cause
) -> None:
    """Through real visits: the other feed answers as ever."""
    site = news_site()
    site.routes[path] = reply
    with serving(site):
        feeds = [f"{site.url}/feed.xml", f"{site.url}/hai.xml"]
        home = make_home(tmp_path, [source("site", site, feeds=feeds)])
        for _ in range(2):
            assert run_crawl(home)["site"]["status"] == "finished"
    assert told(home) == [cause]


def test_a_certificate_that_proves_nothing_is_told_as_such(tmp_path: Path) -> None:
    site = news_site()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    site._http.socket = context.wrap_socket(site._http.socket, server_side=True)
    site.url = site.url.replace("http:", "https:")
    with serving(site):
        home = make_home(tmp_path / "home", [source("site", site)])
        for _ in range(2):
            assert run_crawl(home)["site"]["problems"] == {"certificate": 1}
    assert told(home) == [Cause.CERTIFICATE]
    assert site.seen == [], "nothing was asked of a server that is not known to be the right one"


def told(home: Home) -> list[Cause]:
    with stores(home) as opened:
        return [one.cause for one in opened.crawl.notices.going_on()]
