"""`langnghe arrivals` killed with -9 in its middle: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Post
from langnghe.crawler.sharing import open_collecting
from langnghe.store.outbox import AT_A_TIME
from langnghe.store.posts.interface import Filters, PostSink
from tests import postgres, service
from tests.crawler.serving import Crawl, make_home, stored_posts, stores
from tests.store.conformance import make_post

PAGES = 12
ON_A_PAGE = 220
CHANGED = slice(0, 50)
GONE = slice(50, 70)
KILLS = 3
"""At random moments, after two at chosen ones."""

WAITS_FOR_A_LOCK = "wait_event_type = 'Lock'"
WAITS_FOR_THE_STORE = "state = 'idle in transaction'"
PATIENCE = 120.0


class Arrivals(Crawl):
    """`langnghe arrivals`, in a process of its own."""

    command = ("arrivals",)


@dataclass(frozen=True)
class Queue:
    """What waits in PostgreSQL, as seen past the program."""

    address: str

    def waiting(self) -> int:
        return int(self._one("SELECT count(*) FROM arriving"))

    def texts(self) -> set[tuple[str, str]]:
        """The posts that wait, and the text that each is to have."""
        with psycopg.connect(self.address) as connection:
            rows = connection.execute("SELECT body FROM arriving WHERE kind = 'post'").fetchall()
        posts = [json.loads(body) for (body,) in rows]
        return {(post["id"], post["text"]) for post in posts}

    def somebody(self, does: str) -> bool:
        """Whether a connection is in that state."""
        return bool(
            self._one(
                "SELECT count(*) FROM pg_stat_activity "
                f"WHERE datname = current_database() AND {does}"
            )
        )

    @contextmanager
    def blocked(self) -> Iterator[None]:
        """Whoever takes in comes past one transaction and cannot end a later one, until the end."""
        with psycopg.connect(self.address) as connection:
            connection.execute(
                "SELECT 1 FROM arriving WHERE number = "
                "(SELECT number FROM arriving ORDER BY number LIMIT 1 OFFSET %s) FOR UPDATE",
                (AT_A_TIME,),
            )
            yield
            connection.rollback()

    def _one(self, sql: str) -> int:
        with psycopg.connect(self.address, autocommit=True) as connection:
            row = connection.execute(sql.encode()).fetchone()
        assert row is not None
        return int(row[0])


def collect(sink: PostSink, now: datetime) -> None:
    """What collectors find: new posts, changed ones, and some that are gone again."""

    def page_of(number: int, text: str) -> list[Post]:
        return [
            make_post(
                f"{number}-{n}",
                f"{text} {number} gặp thửa ruộng {n} của bản {number * n}",
                topics=("mien-dong",),
                published_at=now - timedelta(minutes=number * ON_A_PAGE + n),
                fetched_at=now,
            )
            for n in range(ON_A_PAGE)
        ]

    for number in range(PAGES):
        page = page_of(number, "miến dong")
        url = f"https://bao.example.vn/trang-{number}"
        sink.put(page)
        sink.see(page[0].source, url, [post.id for post in page])
        sink.put(page_of(number, "miến dong sửa lại")[CHANGED])
        sink.forget([post.id for post in page[GONE]])


def wait_until(holds: Callable[[], bool]) -> None:
    service.wait_until(holds, "it is not where it was to be killed", PATIENCE, every=0.002)


def killed(run: Arrivals) -> None:
    run.kill()
    assert run.wait() == -signal.SIGKILL, run.output()


def stored_texts(home: Home) -> set[tuple[str, str]]:
    return {(post.id, post.text) for post in stored_posts(home)}


def everything(home: Home) -> tuple[dict[str, Post], object, object]:
    """The posts, and how many there have been, by day and by topic."""
    posts = stored_posts(home)
    found = {post.id: post for post in posts}
    assert len(found) == len(posts), "each stands there once"
    with stores(home) as opened:
        assert opened.posts.check() == []
        counts = opened.posts.counts
        return found, counts(Filters()), counts(Filters(), "topic", None)


def kill_between_the_store_and_postgresql(home: Home, queue: Queue) -> None:
    """What the store has just got is not yet deleted where it came from."""
    before = queue.waiting()
    with queue.blocked():
        run = Arrivals(home)
        wait_until(lambda: queue.somebody(WAITS_FOR_A_LOCK))
        killed(run)
    assert 0 < queue.waiting() < before
    assert stored_texts(home) & queue.texts(), "the next one meets them again"


def kill_before_the_store(home: Home, queue: Queue) -> None:
    """What was read in PostgreSQL is not yet in the store."""
    with ExitStack() as writing:
        with queue.blocked():
            run = Arrivals(home)
            wait_until(lambda: queue.somebody(WAITS_FOR_A_LOCK))
            database = writing.enter_context(stores(home)).database
            writing.enter_context(database.transaction())
            before = queue.waiting()
        wait_until(lambda: queue.waiting() < before and queue.somebody(WAITS_FOR_THE_STORE))
        killed(run)
    assert 0 < queue.waiting() < before
    assert not stored_texts(home) & queue.texts()


def kill_somewhere(home: Home, queue: Queue, chance: random.Random) -> None:
    """At a random moment, once something was taken and before all is."""
    before = queue.waiting()
    with queue.blocked():
        run = Arrivals(home)
        wait_until(lambda: queue.waiting() < before)
        time.sleep(chance.random() * 0.3)
        killed(run)
    assert 0 < queue.waiting() < before


@pytest.mark.proof
def test_arrivals_that_are_killed_lose_nothing_and_double_nothing(
    tmp_path: Path, postgresql: Path
) -> None:
    now, chance = SystemClock().now(), random.Random(20261122)
    queue = Queue(postgres.empty(postgresql, "arriving"))
    straight = make_home(tmp_path / "mot-may", [])
    home = make_home(tmp_path / "chinh", [], frontier=queue.address)
    with stores(straight) as opened:
        collect(opened.posts, now)
    with open_collecting(home, SystemClock()) as collecting:
        collect(collecting.posts, now)

    kill_between_the_store_and_postgresql(home, queue)
    kill_before_the_store(home, queue)
    for _ in range(KILLS):
        kill_somewhere(home, queue, chance)

    left = queue.waiting()
    ended = service.langnghe(home.root, "--json", "arrivals")
    assert json.loads(ended.stdout) == {"taken": left}
    assert queue.waiting() == 0
    assert everything(home) == everything(straight)
