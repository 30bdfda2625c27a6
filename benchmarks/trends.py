"""How soon the page "Xu hướng" shows something, with a million posts over two years.

    python -m benchmarks.trends FOLDER [--posts 1000000]

Fills FOLDER, unless it is there, with a home that has as many posts in its daily counts (the page
reads nothing else of posts), the visits of sixty sources and two thousand petitions, most of them
ended; serves it and opens the page over its WebSocket as a browser does. Prints, in seconds, when
the first figures came and when all of the page was there: at the first look, for another month,
and again. Ends with 1 if the first figures took longer than the limit.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.generate import PLACES, SOURCES
from langnghe.casework.deadlines import Route
from langnghe.casework.desk import NewPetition
from langnghe.casework.kinds import PETITION
from langnghe.casework.petitionrecords import Close, Kind
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import FixedClock, SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Channel, Intent, Sentiment
from langnghe.core.topics import read_topics
from langnghe.dashboard.desk import open_desk
from langnghe.scheduler.setup import init_home
from langnghe.store.crawlstate import RunStatus
from langnghe.store.database import Database
from langnghe.store.opening import connect
from langnghe.store.posts.counts import Counted, Tally
from langnghe.store.posts.names import Names
from langnghe.store.times import to_micros
from tests.dashboard.streamlit_client import stream
from tests.service import dashboard_of, session_of

LIMIT_S = 2.0
DAYS = 730
PETITIONS = 2000
OPEN = timedelta(days=40)
"""Older petitions are ended."""
EVERY = timedelta(minutes=30)
BATCH = 50_000
CHANNELS = (Channel.FEED, Channel.NEWS, Channel.COMMENTS, Channel.FORUM, Channel.MASTODON)
PAGES = {"xu-huong": "bài, ý kiến".encode(), "nguon-tin": "nguồn tin".encode()}
"""What the first figures of a page say."""


def counted(names: Names, database: Database, home: Home, posts: int) -> Iterator[Counted]:
    """Posts as the daily counts have them: topics and sources of unequal weight."""
    chance = np.random.default_rng(1)
    today = local_day(SystemClock().now()).toordinal()
    topics = [topic.id for topic in read_topics(home.configs / "topics.yaml")]
    with database.transaction() as connection:
        topic = [names.enter(connection, "topic", one) for one in topics]
        place = [names.enter(connection, "place", f"{3390 + at}") for at in range(len(PLACES))]
        source = [names.enter(connection, "source", f"nguon-{at:02}") for at in range(SOURCES)]
        channel = [names.enter(connection, "channel", one) for one in CHANNELS]
        mood = [names.enter(connection, "sentiment", one) for one in Sentiment]
        intent = [names.enter(connection, "intent", one) for one in Intent]

    def pick(values: list[int], spread: float) -> int:
        return values[min(int(chance.exponential(len(values) / spread)), len(values) - 1)]

    for number in range(posts):
        at = min(int(chance.exponential(SOURCES / 5)), SOURCES - 1)
        yield Counted(
            today - DAYS + number * DAYS // posts + 1,
            source[at],
            channel[at % len(channel)],
            pick(mood, 1.5),
            pick(intent, 2.0),
            tuple({pick(topic, 3.0) for _ in range(1 if chance.random() < 0.7 else 2)}),
            (pick(place, 4.0),) if chance.random() < 0.5 else (),
        )


def fill(home: Home, posts: int) -> None:
    """Make the home."""
    init_home(home)
    entries = "".join(
        f"  - name: nguon-{at:02}\n    title: Nguồn {at:02}\n    channel: feed\n"
        f"    feeds: [https://nguon-{at:02}.example.vn/feed]\n"
        for at in range(SOURCES)
    )
    (home.configs / "sources.yaml").write_text(f"sources:\n{entries}", encoding="utf-8")
    now = SystemClock().now()
    database = connect(home, SystemClock()).database
    tally = Tally()
    for number, one in enumerate(counted(Names(database), database, home, posts), 1):
        tally.add(one)
        if number % BATCH == 0 or number == posts:
            with database.transaction() as connection:
                tally.write(connection)
            tally = Tally()
    with database.transaction() as connection:
        # The counts of a day are looked up where there are posts of that day.
        connection.execute(
            "INSERT INTO day_span (day, first_no, last_no) SELECT day, 0, 0 FROM daily GROUP BY day"
        )
    _visit(database, now)
    _ask(home, database, now)
    database.close()


def _visit(database: Database, now: datetime) -> None:
    moments = [to_micros(now - EVERY * at) for at in range(timedelta(days=DAYS) // EVERY)]
    with database.transaction() as connection:
        for at in range(SOURCES):
            connection.execute_many(
                "INSERT INTO run (source, started, finished, status, process, seen_alive) "
                "VALUES (?, ?, ?, ?, 0, ?)",
                [
                    (f"nguon-{at:02}", moment, moment, RunStatus.FINISHED, moment)
                    for moment in reversed(moments)
                ],
            )


def _ask(home: Home, database: Database, now: datetime) -> None:
    clock = FixedClock(now)
    desk = open_desk(home, database, clock)
    editor = Actor("bientap", frozenset({Role.EDITOR}))
    approver = Actor("pheduyet", frozenset({Role.APPROVER}))
    for at in range(PETITIONS):
        clock.at = now - timedelta(days=DAYS) * (PETITIONS - at) / PETITIONS
        opened = desk.open_petition(
            NewPetition(
                kind=Kind.PETITION,
                summary=f"Đề nghị trả lời việc thứ {at}.",
                topic="duong-sa",
                route=Route.PUBLIC_PAGE,
                received_on=local_day(clock.at),
            ),
            editor,
        )
        if now - clock.at > OPEN:
            desk.act(PETITION, opened.state.id, Close("Đã xong."), approver, version=opened.version)


def look(address: str, token: str, page: str, query: str = "") -> tuple[float, float]:
    """Open a page; gives the seconds until its first figures, and until all of it was there."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.query_string = query
    with stream(address, token) as connection:
        begin = time.perf_counter()
        connection.send(message.SerializeToString())
        first = None
        while True:
            raw = connection.recv(120)
            if not isinstance(raw, bytes):
                raise TypeError("the pages speak in bytes")
            if first is None and PAGES[page] in raw:
                first = time.perf_counter() - begin
            if ForwardMsg.FromString(raw).WhichOneof("type") == "script_finished":
                if first is None:
                    raise RuntimeError("the page showed no figures")
                return first, time.perf_counter() - begin


def main() -> int:
    """Run the benchmark; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    arguments = parser.parse_args()
    console = Console()
    home = Home(arguments.folder)
    if not home.exists():
        begin = time.perf_counter()
        fill(home, arguments.posts)
        console.print(f"filled in {time.perf_counter() - begin:.0f} s")
    token = session_of(home, Role.LEADER)
    earlier = date.today().replace(day=1) - timedelta(days=100)  # noqa: DTZ011  any month will do
    with dashboard_of(home) as address:
        # Whoever comes first after a start waits for Streamlit itself, whatever the page.
        start = look(address, token, "nguon-tin")
        looks = {
            "first look": look(address, token, "xu-huong"),
            "another month": look(address, token, "xu-huong", f"ky={earlier:%Y-%m}"),
            "again": look(address, token, "xu-huong"),
        }
    table = Table("page", "first figures (s)", "all of it (s)")
    for name, (first, whole) in {"Nguồn tin, just after the start": start, **looks}.items():
        table.add_row(name, f"{first:.2f}", f"{whole:.2f}")
    console.print(table)
    return int(max(first for first, _ in looks.values()) > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
