"""Several processes on one file, some of them killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.models import (
    ClaimMatch,
    Intent,
    Labels,
    Mark,
    Outcome,
    Reason,
    Sentiment,
    Stance,
)
from langnghe.store.crawlstate import CrawlState, FrontierPage
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import Filters, Order, Query, StoredPost
from tests.store.conformance import NOW, make_post

ROOT = Path(__file__).parents[2]
BATCH = 20
PAGES = 40
KILLS = 3
LABELLED = 600
SLICES = 3

# Reads one page after the other: its posts and the page's state in one transaction.
WRITER = """
import sys
from pathlib import Path
from tests.store.test_processes import crawl
crawl(Path(sys.argv[1]), int(sys.argv[2]))
"""
LABELLER = """
import sys
from pathlib import Path
from tests.store.test_processes import work_off
work_off(Path(sys.argv[1]), int(sys.argv[2]))
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


def labels_for(post_id: str, register: str) -> Labels:
    """Labels with all there is, that follow from the post alone."""
    n = int(post_id[1:])
    return Labels(
        post_id,
        "m",
        list(Sentiment)[n % 3],
        list(Intent)[n % 5],
        {"claim": n / LABELLED},
        (Mark("fee", f"nộp {n} đồng"),) * (n % 2),
        (ClaimMatch(f"{register}-{n % 4}", 0.5, Stance.REPEATS, 0.75, ("mưa", str(n))),),
        register,
        (Reason.URGENT, Reason.REPEATS_CHECKED_CLAIM)[: len(register) % 3],
        n.to_bytes(4) * 96,
    )


def work_off(path: Path, slice_: int) -> None:
    """Label a slice, then match it against the next register; a line for each batch kept."""
    store = EmbeddedPostStore(Database(path), FixedClock(NOW))

    def given(posts: list[StoredPost], register: str) -> list[Labels]:
        return [labels_for(stored.post.id, register) for stored in posts]

    part = slice_, SLICES
    while posts := store.unlabelled("m", 10, part):
        assert store.label(given(posts, "r1")) == len(posts)
        print(*(stored.post.id for stored in posts), flush=True)  # noqa: T201  read by the test
    while posts := store.unmatched("m", "r1+", 10, part):
        assert store.match(given(posts, "r1+")) == len(posts)
        print("matched", flush=True)  # noqa: T201  read by the test


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


@pytest.mark.proof
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


@pytest.mark.proof
def test_labellers_that_are_killed_lose_and_double_nothing(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    database = Database(path)
    store = EmbeddedPostStore(database, FixedClock(NOW))
    ids = [f"p{n:03}" for n in range(LABELLED)]
    store.put([make_post(post_id, f"bài {post_id}", int(post_id[1:])) for post_id in ids])
    chance = random.Random(3)
    kept: list[str] = []
    for kill in (True, True, False):
        workers = [start(LABELLER, path, slice_) for slice_ in range(SLICES)]
        for worker in workers if kill else ():
            assert worker.stdout is not None
            for _ in range(chance.randrange(1, 6)):
                kept += worker.stdout.readline().split()
            worker.send_signal(signal.SIGKILL)
        for worker in workers:
            output, errors = worker.communicate(timeout=300)
            kept += output.split()
            assert kill or worker.returncode == 0, errors
        kept = [post_id for post_id in kept if post_id != "matched"]
        # What was kept is there, and nobody labelled it again.
        assert len(set(kept)) == len(kept)
        labelled = {one.id: one.labels for one in store.labelled("m", Filters())}
        assert set(kept) <= set(labelled)
        for post_id, labels in labelled.items():
            assert labels in (labels_for(post_id, "r1"), labels_for(post_id, "r1+"))
        assert store.check() == []
    assert labelled == {post_id: labels_for(post_id, "r1+") for post_id in ids}
    for dimension, kinds in (("sentiment", list(Sentiment)), ("intent", list(Intent)[:5])):
        counted = store.counts(Filters(), by=dimension, interval=None)  # type: ignore[arg-type]
        assert counted == {(None, str(kind)): LABELLED // len(kinds) for kind in kinds}
    database.close()
