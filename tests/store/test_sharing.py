"""What several collectors share on PostgreSQL: leases, what must be alike, posts on their way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.clock import FixedClock
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Channel, Outcome
from langnghe.crawler.items import Link, PageKind
from langnghe.store import outbox
from langnghe.store.agreed import KEY, check_agreed, lead
from langnghe.store.crawlstate import CrawlState, Failure
from langnghe.store.database import Database
from langnghe.store.leases import LeaseLostError, Leases
from langnghe.store.outbox import Outbox, forget_expired, take_in, waiting
from langnghe.store.postgres import FrontierDatabase
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import Filters, Query
from tests import postgres
from tests.store.conformance import NOW, make_post

LONG, NONE = timedelta(minutes=5), timedelta(0)
ITEMS = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["một", "hai"]), st.sampled_from(["bao", "dien-dan"])
)
PAGE = "https://bao.example.vn/bai"
OTHER_PAGE = "https://bao.example.vn/bai-khac"


@pytest.fixture(scope="module")
def address(postgresql: Path) -> str:
    return postgres.empty(postgresql, "shared")


@pytest.fixture
def frontier(address: str) -> Iterator[FrontierDatabase]:
    """The shared database, empty."""
    database = FrontierDatabase(address)
    with database.transaction() as connection:
        for table in ("lease", "agreed", "arriving", "sent", "outcome", "run", "page"):
            connection.execute(f"DELETE FROM {table}")
    yield database
    database.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def let_run_out(frontier: FrontierDatabase) -> None:
    """As if the time of every lease were over."""
    with frontier.transaction() as connection:
        connection.execute("UPDATE lease SET until = 0")


class TestLeases:
    @pytest.fixture
    def both(self, frontier: FrontierDatabase) -> tuple[Leases, Leases]:
        return Leases(frontier, "a", LONG), Leases(frontier, "b", LONG)

    def test_a_source_is_one_collectors_with_all_of_its_hosts(
        self, both: tuple[Leases, Leases]
    ) -> None:
        one, two = both
        assert one.claim("bao", ["bao.vn", "anh.vn"])
        assert not two.claim("bao", ["bao.vn", "anh.vn"])
        assert not two.claim("khac", ["khac.vn", "anh.vn"]), "one of its hosts is being asked"
        assert two.claim("khac", ["khac.vn"]), "what could not be had whole was not taken in part"
        assert one.claim("bao-anh", ["anh.vn"]), "its own hosts a collector may ask for two sources"
        assert not one.claim("bao", ["bao.vn"]), "but it visits a source once"

    def test_a_host_is_free_when_no_source_needs_it_and_its_pace_allows(
        self, both: tuple[Leases, Leases], frontier: FrontierDatabase
    ) -> None:
        one, two = both
        assert one.claim("bao", ["bao.vn"])
        assert one.claim("bao-anh", ["bao.vn"])
        one.release("bao", {"bao.vn": NONE})
        assert not two.claim("khac", ["bao.vn"])
        one.release("bao-anh", {"bao.vn": LONG})
        assert not two.claim("khac", ["bao.vn"])
        let_run_out(frontier)
        assert two.claim("khac", ["bao.vn"])

    def test_what_a_dead_collector_held_is_free_after_its_lease(
        self, frontier: FrontierDatabase, clock: FixedClock
    ) -> None:
        dead = Leases(frontier, "dead", LONG)
        alive = Leases(frontier, "alive", LONG)
        state = CrawlState(frontier, clock)
        assert dead.claim("bao", ["bao.vn"])
        state.begin_run("bao")
        assert alive.abandoned() == []
        dead.renew()
        assert not alive.claim("bao", ["bao.vn"])
        let_run_out(frontier)
        assert alive.abandoned() == ["bao"]
        dead.hold("bao")
        assert alive.claim("bao", ["bao.vn"])
        assert alive.abandoned() == []
        dead.renew()
        with pytest.raises(LeaseLostError):
            dead.hold("bao")
        dead.release("bao", {"bao.vn": NONE})
        alive.hold("bao")

    def test_who_writes_of_a_source_keeps_it_until_the_end_of_the_transaction(
        self, frontier: FrontierDatabase
    ) -> None:
        slow = Leases(frontier, "slow", NONE)
        quick = Leases(frontier, "quick", LONG)
        assert slow.claim("bao", ["bao.vn"])
        taken: list[bool] = []
        with frontier.transaction():
            slow.hold("bao")
            thread = threading.Thread(
                target=lambda: taken.append(quick.claim("bao", ["bao.vn"])), daemon=True
            )
            thread.start()
            thread.join()
        assert taken == [False], "its lease had run out, but its page was being written"
        assert quick.claim("bao", ["bao.vn"])

    def test_of_many_who_claim_at_once_each_source_goes_to_one(
        self, frontier: FrontierDatabase
    ) -> None:
        names = [f"nguon-{n}" for n in range(12)]
        won: dict[str, list[str]] = {name: [] for name in names}

        def claim_all(holder: str) -> None:
            leases = Leases(frontier, holder, LONG)
            for name in names:
                if leases.claim(name, [f"{name}.vn", "chung.vn" if name == "nguon-3" else name]):
                    won[name].append(holder)

        threads = [threading.Thread(target=claim_all, args=(f"h{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(len(holders) == 1 for holders in won.values()), won


DIGESTS = {KEY: "k", "sources.yaml": "s", "topics.yaml": "t"}


class TestAgreed:
    def test_the_first_sets_and_another_is_refused(self, frontier: FrontierDatabase) -> None:
        check_agreed(frontier, DIGESTS)
        check_agreed(frontier, DIGESTS)
        with pytest.raises(NotReadyError, match=r"topics\.yaml"):
            check_agreed(frontier, DIGESTS | {"topics.yaml": "other"})
        with pytest.raises(NotReadyError, match=r"id\.key"):
            check_agreed(frontier, DIGESTS | {KEY: "other"})

    def test_what_the_main_service_has_holds_for_all(self, frontier: FrontierDatabase) -> None:
        check_agreed(frontier, DIGESTS)
        new = DIGESTS | {"sources.yaml": "new"}
        lead(frontier, "máy-1:/srv", new, move=False)
        check_agreed(frontier, new)
        with pytest.raises(NotReadyError, match=r"sources\.yaml"):
            check_agreed(frontier, DIGESTS)
        with pytest.raises(NotReadyError, match="máy-1:/srv"):
            lead(frontier, "máy-2:/srv", new, move=False)
        with pytest.raises(NotReadyError, match=r"id\.key"):
            lead(frontier, "máy-2:/srv", new | {KEY: "other"}, move=True)
        lead(frontier, "máy-2:/srv", new, move=True)
        with pytest.raises(NotReadyError, match="máy-2:/srv"):
            lead(frontier, "máy-1:/srv", new, move=False)


@dataclass(frozen=True)
class Way:
    """The way of posts: a collector puts them into the outbox, the main service into its store."""

    outbox: Outbox
    frontier: FrontierDatabase
    store: EmbeddedPostStore
    clock: FixedClock

    def take_in(self) -> int:
        return take_in(self.frontier, self.store, self.clock)

    def waiting(self) -> int:
        return waiting(self.frontier)

    def forget_expired(self) -> None:
        forget_expired(self.frontier, self.clock)

    def texts(self) -> dict[str, str]:
        """Every stored post."""
        hits = self.store.search(Query(size=200)).hits
        return {hit.stored.post.id: hit.stored.post.text for hit in hits}


@pytest.fixture
def way(frontier: FrontierDatabase, clock: FixedClock, tmp_path: Path) -> Iterator[Way]:
    database = Database(tmp_path / "langnghe.db")
    yield Way(
        Outbox(frontier, clock, 90, {"dien-dan": 30}, {Channel.YOUTUBE: 30}),
        frontier,
        EmbeddedPostStore(database, clock),
        clock,
    )
    database.close()


class TestOutbox:
    def test_a_post_arrives_once_and_only_when_it_is_new(self, way: Way) -> None:
        first = [make_post("p1", "một"), make_post("p2", "hai"), make_post("p1", "một")]
        assert way.outbox.put(first) == [Outcome.STORED, Outcome.STORED, Outcome.DUPLICATE]
        assert way.waiting() == 2
        assert way.take_in() == 2
        assert way.outbox.put([make_post("p2", "hai"), make_post("p1", "khác")]) == [
            Outcome.UNCHANGED,
            Outcome.STORED,
        ]
        elsewhere = replace(make_post("p1", "khác"), source="dien-dan")
        assert way.outbox.put([elsewhere]) == [Outcome.DUPLICATE]
        assert way.waiting() == 1
        way.take_in()
        assert way.texts() == {"p1": "khác", "p2": "hai"}

    def test_new_topics_arrive_and_count_as_unchanged(self, way: Way) -> None:
        way.outbox.put([make_post("p1", "một")])
        post = replace(make_post("p1", "một"), topics=("mien-dong", "duong-sa"))
        assert way.outbox.put([post]) == [Outcome.UNCHANGED]
        assert way.outbox.get(["p0", "p1"])[0].post.topics == ("mien-dong", "duong-sa")
        assert way.outbox.get(["p1"])[0].post.text == "", "the text is not kept twice"
        way.take_in()
        assert way.store.get(["p1"])[0].post.topics == ("mien-dong", "duong-sa")
        assert way.outbox.differing({"p1": "một", "p9": "x"}) == []
        assert way.outbox.differing({"p1": "khác"}) == ["p1"] == way.store.differing({"p1": "khác"})

    def test_what_was_put_but_not_deleted_when_the_service_died_is_put_again(
        self, way: Way
    ) -> None:
        way.outbox.put([make_post("p1", "một")])
        way.outbox.put([make_post("p1", "hai")])

        def die() -> None:
            with way.frontier.transaction():
                way.take_in()
                raise RuntimeError("kill -9")

        with pytest.raises(RuntimeError):
            die()
        assert way.texts() == {"p1": "hai"}
        assert way.waiting() == 2
        way.take_in()
        assert way.texts() == {"p1": "hai"}
        assert way.waiting() == 0
        assert way.store.check() == []

    def test_what_came_and_went_counts_once_however_often_the_service_died(
        self, way: Way, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asks, times = outbox._ask_again, count()

        def die_each_other_time(*arguments: Any) -> None:
            if next(times) % 2 == 0:
                raise RuntimeError("kill -9")
            asks(*arguments)

        monkeypatch.setattr(outbox, "_ask_again", die_each_other_time)
        way.outbox.put([make_post("p1", "một"), make_post("p2", "hai")])
        way.outbox.put([make_post("p2", "khác")])
        way.outbox.forget(["p1"])
        while way.waiting():
            with suppress(RuntimeError):
                way.take_in()
        assert way.texts() == {"p2": "khác"}
        assert sum(way.store.counts(Filters(), interval=None).values()) == 2
        assert way.store.check() == []

    def test_what_went_and_came_back_is_not_sent_twice(self, way: Way) -> None:
        post = make_post("p1", "một")
        way.outbox.put([post])
        way.outbox.see(post.source, PAGE, ["p1"])
        way.outbox.forget(["p1"])
        assert way.outbox.put([post]) == [Outcome.STORED]
        assert way.take_in() == 4
        assert way.texts() == {"p1": "một"}
        assert way.outbox.put([post]) == [Outcome.UNCHANGED]

    def test_nothing_outlives_its_retention_period(self, way: Way) -> None:
        way.outbox.put([make_post("p1", "một"), replace(make_post("p2", "hai"), source="dien-dan")])
        way.clock.advance(timedelta(days=31))
        way.forget_expired()
        assert way.waiting() == 1
        way.clock.advance(timedelta(days=60))
        way.take_in()
        assert way.texts() == {}
        way.forget_expired()
        assert way.outbox.get(["p1", "p2"]) == []

    def test_nothing_outlives_the_days_within_which_it_must_be_seen_again(self, way: Way) -> None:
        video, article = replace(make_post("p1"), channel=Channel.YOUTUBE), make_post("p2")
        way.outbox.put([video, article])
        way.clock.advance(timedelta(days=20))
        way.outbox.see(video.source, PAGE, ["p1", "p2"])
        way.clock.advance(timedelta(days=11))
        way.forget_expired()
        assert way.waiting() == 2, "its text had to be taken in within the limit"
        assert len(way.outbox.get(["p1", "p2"])) == 2, "it was seen again"
        way.clock.advance(timedelta(days=20))
        way.forget_expired()
        assert [found.post.id for found in way.outbox.get(["p1", "p2"])] == ["p2"]

    def test_a_post_was_seen_when_a_collector_saw_it(self, way: Way) -> None:
        post = replace(make_post("p1"), channel=Channel.YOUTUBE)
        way.outbox.put([post])
        way.take_in()
        way.clock.advance(timedelta(days=20))
        way.outbox.see(post.source, PAGE, ["p1"])
        way.clock.advance(timedelta(days=20))
        way.take_in()
        way.clock.advance(timedelta(days=9))
        assert way.store.purge(way.clock.now(), 90, {}, {Channel.YOUTUBE: 30}).posts == 0
        way.clock.advance(timedelta(days=2))
        assert way.store.purge(way.clock.now(), 90, {}, {Channel.YOUTUBE: 30}).unconfirmed == 1

    def test_what_is_gone_at_its_source_goes_here_as_well(self, way: Way) -> None:
        posts = [make_post("p1", "một"), make_post("p2", "hai")]
        way.outbox.put(posts)
        way.outbox.see(posts[0].source, PAGE, ["p1", "p2"])
        way.clock.advance(timedelta(days=1))
        way.outbox.see(posts[0].source, PAGE, ["p1"])
        assert way.outbox.missed(posts[0].source, PAGE, way.clock.now()) == ["p2"]
        assert way.outbox.forget(["p2", "p3"]) == 1
        way.take_in()
        assert way.texts() == {"p1": "một"}
        assert way.store.missed(posts[0].source, PAGE, way.clock.now() + timedelta(days=1)) == [
            "p1"
        ]

    def test_what_the_store_lost_is_sent_anew(self, way: Way) -> None:
        post = make_post("p1", "một")
        way.outbox.put([post])
        way.outbox.see(post.source, PAGE, ["p1"])
        way.take_in()
        way.store.forget(["p1"])
        assert way.outbox.put([post]) == [Outcome.UNCHANGED]
        way.outbox.see(post.source, PAGE, ["p1"])
        way.take_in()
        assert way.outbox.put([post]) == [Outcome.STORED]
        way.take_in()
        assert way.texts() == {"p1": "một"}

    def test_the_page_of_what_the_store_lost_is_read_whatever_its_validators_say(
        self, way: Way
    ) -> None:
        post, state = make_post("p1", "một"), CrawlState(way.frontier, way.clock)
        later = way.clock.now() + timedelta(days=1)

        def read(url: str, ids: list[str]) -> None:
            state.add_pages(post.source, [Link(url, PageKind.TIMELINE)])
            way.outbox.see(post.source, url, ids)
            state.finish_page(
                url, post.source, status=200, next_visit=later, etag='"v1"', last_modified="hôm nay"
            )

        way.outbox.put([post, make_post("p2", "hai")])
        read(PAGE, ["p1"])
        read(OTHER_PAGE, ["p2"])
        way.take_in()
        way.store.forget(["p1"])
        read(PAGE, ["p1"])
        read(OTHER_PAGE, ["p2"])
        way.take_in()
        (page,) = state.due_pages(post.source, way.clock.now(), 10)
        assert page.url == PAGE, "what stood on the other one is still here"
        assert (page.etag, page.last_modified, page.last_visit) == (None, None, None)
        other = state.page(OTHER_PAGE, post.source)
        assert other is not None
        assert (other.etag, other.next_visit) == ('"v1"', later)

        read(OTHER_PAGE, ["p2"])
        way.outbox.forget(["p2"])
        way.take_in()
        other = state.page(OTHER_PAGE, post.source)
        assert other is not None
        assert other.etag == '"v1"', "what is gone was not lost"

        state.fail_page(PAGE, post.source, failure=Failure.HARD)
        state.read_anew(post.source, [PAGE])
        assert state.due_pages(post.source, way.clock.now(), 10) == [], "what failed waits"

    def test_the_way_round_ends_where_the_straight_one_does(self, way: Way, tmp_path: Path) -> None:
        database = Database(tmp_path / "straight.db")
        straight = EmbeddedPostStore(database, way.clock)
        numbers = iter(range(10_000))

        @settings(max_examples=40)
        @given(st.lists(st.lists(ITEMS, max_size=4), max_size=5))
        def same(pages: list[list[tuple[str, str, str]]]) -> None:
            number = next(numbers)
            for page in pages:
                posts = [
                    make_post(f"{number}-{name}", text, source=source)
                    for name, text, source in page
                ]
                assert way.outbox.put(posts) == straight.put(posts)
            way.take_in()
            ids = [f"{number}-{name}" for name in "abc"]
            assert [one.post for one in way.store.get(ids)] == [
                one.post for one in straight.get(ids)
            ]

        same()
        database.close()
