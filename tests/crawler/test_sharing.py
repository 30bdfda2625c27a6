"""Several collectors on one PostgreSQL: kill one with -9, and nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from langnghe.core.clock import SystemClock
from langnghe.core.errors import NotReadyError
from langnghe.core.home import Home
from langnghe.core.settings import CrawlSettings, FeedSource, Source
from langnghe.crawler.pace import Pace, server_of
from langnghe.crawler.rests import rest_of
from langnghe.crawler.sharing import Share, open_collecting
from langnghe.crawler.spiders.base import MAX_IN_FLIGHT
from langnghe.scheduler.collector import Collector
from langnghe.scheduler.jobs import Jobs
from langnghe.store.opening import frontier_of, open_stores
from langnghe.store.outbox import waiting
from tests import postgres
from tests.crawler.serving import (
    Reply,
    Seen,
    Server,
    article,
    collector_home,
    feed,
    make_home,
    serving,
    source,
    stored_posts,
)
from tests.reaper import MARK, reaped
from tests.service import langnghe, wait_until
from tests.store.conformance import make_post

if TYPE_CHECKING:
    from langnghe.scheduler.jobs import CommandRunner
    from langnghe.store.postgres import FrontierDatabase

COLLECTORS = 4
SITES = 12
ARTICLES = 8
ANSWER_SECONDS = 0.15
"""Slow enough that a kill comes in the middle of visits."""

SITE = "https://bao.example.vn"


class Watched(Server):
    """A site that answers slowly and counts how many ask it at once."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._asking = 0
        self._lock = threading.Lock()
        self.most_at_once = 0
        pages = {f"/bai-{n}-mien-dong.html": f"Tin {number}.{n}" for n in range(ARTICLES)}
        self.routes["/feed.xml"] = Reply(feed(self, pages), type="application/rss+xml")
        for path, title in pages.items():
            text = f"Bà con bản {number} trồng miến dong ở thửa ruộng số {path[5:7]} rất tốt. " * 4
            self.routes[path] = self._slowly(Reply(article(title, text)))

    def _slowly(self, reply: Reply) -> Any:
        def answer(_seen: Seen) -> Reply:
            with self._lock:
                self._asking += 1
                self.most_at_once = max(self.most_at_once, self._asking)
            time.sleep(ANSWER_SECONDS)
            with self._lock:
                self._asking -= 1
            return reply

        return answer


def make_homes(root: Path, address: str, sites: list[Watched], lease: int) -> list[Home]:
    """The homes of the main service and of each collector: alike, each with a folder of its own."""
    sources = [source(f"trang-{n}", site) for n, site in enumerate(sites)]
    main = make_home(root / "chinh", sources, frontier=address, lease_seconds=lease)
    return [main, *(collector_home(main, root / f"may-{n}") for n in range(COLLECTORS))]


@contextmanager
def collector(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """`langnghe collect`, in a process group of its own with all that it starts."""
    with reaped() as marked, (home.root / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "langnghe", "--home", str(home.root), "collect"],
            env=os.environ | {MARK: marked[MARK]},
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)


def kill_one_of_four(root: Path, postgresql: Path, lease: int) -> float:
    """Kill the first collector that reads; gives after how many seconds its sources went on."""
    sites = [Watched(number) for number in range(SITES)]
    address = postgres.empty(postgresql, "frontier")
    homes = make_homes(root, address, sites, lease)
    main = homes[0]
    with ExitStack() as stack:
        stack.enter_context(serving(*sites))
        stores = stack.enter_context(open_stores(main, SystemClock()))
        assert stores.frontier is not None
        database = stores.frontier

        def asked(sql: str) -> list[Any]:
            with database.read() as connection:
                return [tuple(row) for row in connection.execute(sql)]

        # The first has a head start, and no site answers for an article before it is killed: so it
        # surely holds sources then.
        held = stack.enter_context(ExitStack())
        for site in sites:
            held.enter_context(site.held(after=2))
        first = stack.enter_context(collector(homes[1]))
        wait_until(lambda: sum(len(site.paths()) for site in sites) > SITES, "nothing is read")
        for home in homes[2:]:
            stack.enter_context(collector(home))
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        killed = time.time()
        held.close()
        cut_off = {name for (name,) in asked("SELECT source FROM run WHERE status = 'running'")}
        assert cut_off, "the kill came in the middle of visits"

        def finished() -> set[str]:
            return {row[0] for row in asked("SELECT source FROM run WHERE status = 'finished'")}

        wait_until(lambda: len(finished()) == SITES, "not every source was read")
        # Once: the others then have nothing left to send.
        assert waiting(database) > 0
        assert langnghe(main.root, "arrivals").returncode == 0
        assert waiting(database) == 0

        outcomes: Counter[str] = Counter()
        for outcome, items in asked("SELECT outcome, items FROM outcome"):
            outcomes[outcome] += items
        assert outcomes == {"stored": SITES * ARTICLES}, "each post counts exactly once"
        runs = asked("SELECT source, status, started FROM run ORDER BY id")
        assert {name for name, status, _ in runs if status == "interrupted"} == cut_off
        assert Counter(name for name, status, _ in runs if status == "finished") == dict.fromkeys(
            (f"trang-{n}" for n in range(SITES)), 1
        )
        gone_on: float = max(
            float(started) / 1e6
            for name, status, started in runs
            if status == "finished" and name in cut_off
        )
    posts = stored_posts(main)
    assert len({post.id for post in posts}) == len(posts) == SITES * ARTICLES
    assert {post.title for post in posts} == {
        f"Tin {number}.{n}" for number in range(SITES) for n in range(ARTICLES)
    }
    for site in sites:
        assert site.most_at_once == 1, "no host is asked by two at once"
        asked_for = Counter(path for path in site.paths() if path != "/feed.xml")
        # A page that was answered and not kept, when its collector died, is asked for again.
        assert sum(asked_for.values()) <= ARTICLES + 4
    return gone_on - killed


@pytest.mark.proof
def test_the_sources_of_a_killed_collector_go_on_elsewhere(
    tmp_path: Path, postgresql: Path
) -> None:
    kill_one_of_four(tmp_path, postgresql, lease=15)


@pytest.mark.proof
def test_with_the_shipped_length_of_a_lease_they_go_on_within_two_minutes(
    tmp_path: Path, postgresql: Path
) -> None:
    shipped = CrawlSettings.model_fields["lease_seconds"].default
    assert kill_one_of_four(tmp_path, postgresql, shipped) < 120


@pytest.mark.proof
def test_who_lost_a_source_asks_its_server_no_more(tmp_path: Path, postgresql: Path) -> None:
    site = Watched(0)
    with one_collector(tmp_path, postgresql, [site]) as (home, frontier):
        first_page = site.routes["/bai-0-mien-dong.html"]

        def taken(seen: Seen) -> Reply:
            with frontier.transaction() as connection:
                connection.execute("UPDATE lease SET holder = 'other'")
            assert callable(first_page)
            return first_page(seen)

        site.routes["/bai-0-mien-dong.html"] = taken
        ended = langnghe(home.root, "--json", "collect", "--once")
        assert '"interrupted"' in ended.stdout
        # Its page was not kept; what was under way by then may still have been asked for.
        assert "/bai-0-mien-dong.html" in site.paths()
        assert len(site.paths()) <= 1 + 1 + MAX_IN_FLIGHT < 1 + ARTICLES


@pytest.mark.proof
def test_a_collector_that_is_asked_to_end_gives_everything_back(
    tmp_path: Path, postgresql: Path
) -> None:
    sites = [Watched(number) for number in range(SITES)]
    with one_collector(tmp_path, postgresql, sites) as (home, frontier):
        with collector(home) as process, ExitStack() as held:
            for site in sites:
                held.enter_context(site.held(after=2))
            wait_until(lambda: sum(len(site.seen) > 2 for site in sites) > 1, "nothing is read")
            process.send_signal(signal.SIGTERM)
            time.sleep(1)
        with frontier.read() as connection:
            left = connection.execute("SELECT name FROM lease WHERE holder <> ''").all()
    assert left == [], "others need not wait until the lease runs out"


@contextmanager
def one_collector(
    root: Path, postgresql: Path, sites: list[Watched]
) -> Iterator[tuple[Home, FrontierDatabase]]:
    """The home of a collector, and the database that it would share with others."""
    with serving(*sites):
        _, home, *_ = make_homes(root, postgres.empty(postgresql, "frontier"), sites, 60)
        frontier = frontier_of(home)
        assert frontier is not None
        try:
            yield home, frontier
        finally:
            frontier.close()


def test_a_home_that_differs_is_refused_and_the_main_ones_files_hold(
    tmp_path: Path, postgresql: Path
) -> None:
    main, other, *_ = make_homes(tmp_path, postgres.empty(postgresql, "differing"), [], 60)
    with (other.configs / "topics.yaml").open("a", encoding="utf-8") as topics:
        topics.write("# thêm một dòng\n")
    ran: list[str] = []

    class Runner:
        def run(self, job: str, _arguments: Sequence[str]) -> bool:
            ran.append(job)
            return True

    Jobs(main, SystemClock(), cast("CommandRunner", Runner())).arrivals()
    assert ran == [], "nothing has arrived"
    with (
        pytest.raises(NotReadyError, match=r"topics\.yaml"),
        open_collecting(other, SystemClock()),
    ):
        pass
    with pytest.raises(NotReadyError, match="langnghe collect"):
        Jobs(other, SystemClock(), cast("CommandRunner", Runner())).arrivals()

    shutil.copy(main.configs / "topics.yaml", other.configs / "topics.yaml")
    with open_collecting(Home(other.root), SystemClock()) as collecting:
        collecting.posts.put([make_post("p1", "miến dong")])
    Jobs(main, SystemClock(), cast("CommandRunner", Runner())).arrivals()
    assert ran[0] == "arrivals"


def test_without_a_shared_database_there_is_nothing_to_share(tmp_path: Path) -> None:
    home = make_home(tmp_path / "mot-may", [])
    with pytest.raises(NotReadyError, match=r"crawl\.frontier"):
        Collector(home, SystemClock(), print).run()


def test_what_a_server_asked_of_one_collector_holds_for_all(
    tmp_path: Path, postgresql: Path
) -> None:
    home = make_home(
        tmp_path / "may",
        [
            {"name": name, "channel": "feed", "title": name, "feeds": [f"{SITE}/{name}.xml"]}
            for name in ("mot", "hai")
        ],
        frontier=postgres.empty(postgresql, "resting"),
    )
    clock, hour = SystemClock(), timedelta(hours=1)
    one, two = (source for source in home.sources if isinstance(source, FeedSource))

    def is_due(source: Source) -> bool:
        return rest_of(second.crawl, source, clock.now()) is None

    with open_collecting(home, clock) as first, open_collecting(home, clock) as second:
        asked, knows_nothing = Pace(), Pace()
        share = Share(first, [one], is_due, asked)
        assert share.take() == one
        asked.rest(server_of(SITE), hour)
        share.give_back(one)
        in_mid_round = Share(second, [two], is_due, knows_nothing)
        assert in_mid_round.take() is None
        rest = rest_of(second.crawl, two, clock.now())
        assert rest is not None
        assert hour - timedelta(minutes=1) < rest <= hour, "nobody looks for it meanwhile"
