"""Several processes on one file, some of them killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from langnghe.core.clock import FixedClock
from langnghe.core.models import Outcome
from langnghe.store.crawlstate import CrawlState, FrontierPage
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import Filters, Order, Query
from tests.store.conformance import NOW, make_post

ROOT = Path(__file__).parents[2]
BATCH = 20
PAGES = 40
KILLS = 3

# Reads one page after the other: its posts and the page's state in one transaction.
WRITER = """
import sys
from pathlib import Path
from tests.store.test_processes import crawl
crawl(Path(sys.argv[1]), int(sys.argv[2]))
"""
READER = """
import sys
from pathlib import Path
from tests.store.test_processes import watch
watch(Path(sys.argv[1]), int(sys.argv[2]))
"""


def page_url(number: int) -> str:
    return f"https://bao.example.vn/bai-{number:03}"


def page_posts(page: FrontierPage) -> list[str]:
    return [f"{page.url}#{n}" for n in range(BATCH)]


def crawl(path: Path, pause: int) -> None:
    """Read all pages that are due; print a line for each that is committed."""
    database, clock = Database(path), FixedClock(NOW)
    store, state = EmbeddedPostStore(database, clock), CrawlState(database, clock)
    state.interrupted()
    run = state.begin_run("bao")
    while due := state.due_pages("bao", NOW, 1):
        page = due[0]
        with database.transaction():
            outcomes = store.put(
                [
                    make_post(post_id, f"bài {post_id}", topics=("x",))
                    for post_id in page_posts(page)
                ]
            )
            for outcome in outcomes:
                state.count(run, outcome)
            state.finish_page(page.url, "bao", status=200, next_visit=None)
        print(page.url, flush=True)  # noqa: T201  read by the test
        time.sleep(pause / 1000)
    state.finish_run(run, requests=PAGES, not_modified=0)
    database.close()


def watch(path: Path, rounds: int) -> None:
    """Search while others write: every answer must fit itself."""
    database = Database(path)
    store = EmbeddedPostStore(database, FixedClock(NOW))
    for _ in range(rounds):
        with database.read():
            page = store.search(Query("bài", size=5, facets=("topic",), order=Order.NEWEST))
            counted = sum(store.counts(Filters(topics=("x",)), interval=None).values())
        assert page.total % BATCH == 0, page.total
        assert counted == page.total
        assert page.facets.get("topic", {}).get("x", 0) == page.total
    database.close()


def start(script: str, path: Path, argument: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, str(path), str(argument)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fill(path: Path) -> None:
    database = Database(path)

    class Link:
        kind = "article"
        changed = None

        def __init__(self, url: str) -> None:
            self.url = url

    CrawlState(database, FixedClock(NOW)).add_pages(
        "bao", [Link(page_url(n)) for n in range(PAGES)]
    )
    database.close()


def test_readers_and_writers_in_several_processes(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    fill(path)
    processes = [start(WRITER, path, 1), start(WRITER, path, 1)]
    processes += [start(READER, path, 30) for _ in range(2)]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    database = Database(path)
    store = EmbeddedPostStore(database, FixedClock(NOW))
    assert store.search(Query()).total == PAGES * BATCH
    assert store.check() == []
    database.close()


def test_a_writer_that_is_killed_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    fill(path)
    chance = random.Random(20)
    committed: set[str] = set()
    for kill in [True] * KILLS + [False]:
        writer = start(WRITER, path, 2)
        assert writer.stdout is not None
        if kill:
            for _ in range(chance.randrange(1, 8)):
                if line := writer.stdout.readline():
                    committed.add(line.strip())
            time.sleep(chance.random() / 200)
            writer.send_signal(signal.SIGKILL)
        output, errors = writer.communicate(timeout=120)
        committed |= set(output.split())
        assert kill or writer.returncode == 0, errors
        database = Database(path)
        store = EmbeddedPostStore(database, FixedClock(NOW))
        posts = [f"{url}#{n}" for url in committed for n in range(BATCH)]
        assert len(store.get(posts)) == len(posts)
        assert store.check() == []
        database.close()
    database = Database(path)
    store = EmbeddedPostStore(database, FixedClock(NOW))
    state = CrawlState(database, FixedClock(NOW))
    assert store.search(Query()).total == PAGES * BATCH
    (overview,) = state.source_overview(["bao"])
    # A page whose posts were stored is never read again: nothing was met twice.
    assert overview.last_7_days == {Outcome.STORED: PAGES * BATCH}
    assert [run.status.value for run in state.recent_runs("bao")].count("interrupted") == KILLS
    database.close()
