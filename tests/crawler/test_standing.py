"""What is deleted at its source is deleted here, and nothing else is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import Channel, PostKind, RejectReason, TimePrecision
from langnghe.core.settings import SOURCE, Source
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.standing import GONE_FOR, pages_to_confirm
from langnghe.crawler.targets import Answer, PageFailed, PageRead, Target
from langnghe.crawler.terms import (
    AS_CONFIGURED,
    TEXT_IN_ITS_THREAD,
    WHOLE_POST,
    ChannelTerms,
    Storable,
)
from langnghe.store.crawlstate import Failure
from langnghe.store.opening import Stores, open_stores
from langnghe.store.posts.interface import Query
from tests.crawler.serving import make_home

ROW = "https://dien-dan.example.vn/chu-de/mien-dong.7/"
OTHER = "https://dien-dan.example.vn/chu-de/con-duong.8/"
THREAD = ("page", ROW)
NAMES = "abcdefg"
TERMS = ChannelTerms(
    channel=Channel.FORUM,
    access="x",
    fields=("text",),
    may_store=WHOLE_POST,
    rate=AS_CONFIGURED,
    retention_days=90,
    recheck_days=30,
)


def item(name: str, text: str = "Giá miến dong năm nay thế nào?", **more: Any) -> RawItem:
    """A reply on the page ROW."""
    values: dict[str, Any] = {
        "native": ("comment", name),
        "thread": THREAD,
        "kind": PostKind.REPLY,
        "url": ROW,
        "text": f"{text} ({name})",
    }
    return RawItem(**{**values, **more})


@dataclass
class World:
    """A source, its posts, and a keeper that is handed pages."""

    home: Home
    stores: Stores
    clock: FixedClock
    source: Source
    terms: ChannelTerms = TERMS

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A visit begins, an hour after the one before."""
        self.clock.advance(timedelta(hours=1))
        state = self.stores.crawl
        state.add_pages(
            self.source.name, [Link(ROW, PageKind.THREAD), Link(OTHER, PageKind.THREAD)]
        )
        self.keeper = Keeper(
            self.stores.database,
            self.stores.posts,
            state,
            Preparation.of(self.home),
            self.clock,
            self.source,
            self.terms,
            state.begin_run(self.source.name),
            timedelta(days=30),
        )

    def target(self, row: str = ROW, step: int = 0, kind: PageKind | None = None) -> Target:
        page = self.stores.crawl.page(row, self.source.name)
        assert page is not None
        target = Target.of(page if kind is None else replace(page, kind=kind))
        first = Answer(row, 200, self.clock.now())
        return replace(target, step=step, first=first if step else None)

    def read(
        self,
        items: Sequence[RawItem] | None,
        *,
        row: str = ROW,
        step: int = 0,
        further: bool = False,
        cut: bool = False,
        is_thread: bool = True,
        **harvest: Any,
    ) -> None:
        """Hand the keeper a page; with None for its items one that has not changed."""
        found = None
        if items is not None:
            found = Harvest(items=tuple(items), **harvest)
        target = self.target(row, step)
        answer = Answer(row, 304 if found is None else 200, self.clock.now())
        more = ("https://dien-dan.example.vn/them",) if further else ()
        self.keeper.keep_page(
            PageRead(target, answer, found, more, cut=cut, is_thread=is_thread), ()
        )

    def fail(
        self,
        status: int | None,
        *,
        row: str = ROW,
        step: int = 0,
        kind: PageKind | None = None,
        failure: Failure = Failure.HARD,
    ) -> None:
        """Hand the keeper a page that could not be had."""
        target = self.target(row, step, kind)
        self.keeper.keep_failure(PageFailed(target, "gone", failure, status))

    def there(self) -> set[str]:
        """The names of the posts that are stored, as the last word of their text has them."""
        hits = self.stores.posts.search(Query(size=100)).hits
        return {hit.stored.post.text.rpartition("(")[2].rstrip(")") for hit in hits}

    def audit(self) -> list[tuple[str, int]]:
        """Why posts were deleted, and how many."""
        with self.stores.database.read() as connection:
            rows = connection.execute("SELECT reason, posts FROM purge ORDER BY id").all()
        return [(row.reason, row.posts) for row in rows]


@contextmanager
def worlds(folder: Path, terms: ChannelTerms = TERMS) -> Iterator[World]:
    entry = {"name": "dien-dan", "title": "Diễn đàn", "channel": "forum", "boards": [ROW]}
    home = make_home(folder, [entry])
    clock = FixedClock()
    with open_stores(home, clock) as stores:
        yield World(home, stores, clock, SOURCE.validate_python(entry), terms)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with worlds(tmp_path) as world:
        yield world


def test_what_a_whole_page_no_longer_shows_goes(world: World) -> None:
    world.read([item(name) for name in "abc"], whole=True)
    world.begin()
    world.read([item("a"), item("d")], whole=True)
    assert world.there() == {"a", "d"}
    assert world.keeper.removed == 2
    assert world.audit() == [("deleted_at_source", 2)]
    assert world.stores.posts.check() == []


def test_the_last_answer_that_is_deleted_goes_as_well(world: World) -> None:
    world.read([item("a")], whole=True)
    world.begin()
    world.read([], whole=True)
    assert world.there() == set()


def test_nothing_is_concluded_from_a_page_that_is_not_whole(world: World) -> None:
    world.read([item(name) for name in "abc"])
    faults: tuple[dict[str, Any], ...] = (
        {},
        {"whole": True, "cut": True},
        {"whole": True, "malformed": ("a comment without id",)},
        {"whole": True, "further": True},
    )
    for how in faults:
        world.begin()
        world.read([item("a")], **how)
        assert world.there() == {*"abc"}, how
    world.begin()
    world.read(None)
    assert world.there() == {*"abc"}
    assert world.audit() == []


def test_a_walk_counts_from_its_first_page_to_its_last(world: World) -> None:
    world.read([item("a"), item("b")], whole=True, further=True)
    world.read([item("c")], whole=True, step=1)
    world.begin()
    world.read([item("b")], whole=True, further=True)
    assert world.there() == {*"abc"}, "the walk goes on"
    world.read([item("d")], whole=True, step=1)
    assert world.there() == {"b", "d"}


def test_a_step_that_failed_or_was_not_whole_leaves_all_as_it_was(world: World) -> None:
    world.read([item("a"), item("b")], whole=True)
    world.begin()
    world.read([item("a")], whole=True, further=True)
    world.fail(404, step=1)
    world.read([item("c")], whole=True, step=2)
    assert world.there() == {*"abc"}
    world.begin()
    world.read([item("a")], whole=True, further=True)
    world.read([], step=1)
    assert world.there() == {*"abc"}
    world.begin()
    world.fail(None, failure=Failure.PASSING)
    world.read([], whole=True, step=1)
    assert world.there() == {*"abc"}, "a walk whose beginning nobody saw"


def test_a_whole_thread_within_a_walk_that_is_not(world: World) -> None:
    elsewhere: dict[str, Any] = {"thread": ("page", OTHER), "url": OTHER}
    opening = item("o", kind=PostKind.OPENING)
    world.read([opening, item("a"), item("b"), item("x", **elsewhere)])
    world.begin()
    world.read([opening, item("a")], threads=frozenset({THREAD}), cut=True)
    assert world.there() == {"o", "a", "x"}


def test_a_post_that_moved_to_another_page_stays(world: World) -> None:
    world.read([item("a"), item("b")], whole=True)
    world.begin()
    world.read([item("b")], row=OTHER)
    world.read([item("a")], whole=True)
    assert world.there() == {"a", "b"}


def test_what_is_shown_but_not_kept_counts_as_seen(world: World) -> None:
    world.read([item("a"), item("b")], whole=True)
    (world.home.configs / "topics.yaml").write_text(
        "topics:\n  - id: duong-sa\n    title: Đường sá\n    phrases: [con đường]\n",
        encoding="utf-8",
    )
    world.begin()
    world.read([item("a")], whole=True)
    assert world.there() == {"a"}, "a touches no topic of today, but says what it said"


def test_an_edit_at_the_source_replaces_the_text_or_deletes_it(world: World) -> None:
    world.read([item("a"), item("b")])
    world.begin()
    world.read([item("a", "Miến dong tăng giá rồi"), item("b", "Chào cả nhà")])
    posts = [hit.stored.post for hit in world.stores.posts.search(Query()).hits]
    assert [post.text for post in posts] == ["Miến dong tăng giá rồi (a)"]
    assert world.audit() == [("deleted_at_source", 1)]
    assert world.stores.posts.check() == []


def test_a_reply_read_without_its_thread_is_not_taken_for_an_edit(world: World) -> None:
    opening = item("o", kind=PostKind.OPENING)
    world.read([opening, item("a", "Nhà tôi cũng vậy")])
    assert world.there() == {"o", "a"}
    world.begin()
    world.read([item("a", "Nhà tôi cũng vậy, các bác ạ")], is_thread=False)
    assert world.there() == {"o", "a"}


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_for_a_day_takes_its_posts_along(world: World, status: int) -> None:
    opening = item("o", kind=PostKind.OPENING)
    world.read([opening, item("a")])
    world.read([item("b")], row=OTHER)
    elsewhere: dict[str, Any] = {"thread": ("page", OTHER), "url": OTHER}
    world.read([item("x", **elsewhere)], row=OTHER)
    world.begin()
    world.fail(status)
    world.clock.advance(GONE_FOR - timedelta(minutes=1))
    world.fail(status)
    assert world.there() == {"o", "a", "b", "x"}
    world.clock.advance(timedelta(minutes=1))
    world.fail(status)
    assert world.there() == {"x"}, "what stood in its thread is gone with it"
    assert world.audit() == [("deleted_at_source", 3)]


def test_a_page_that_comes_back_or_fails_otherwise_keeps_its_posts(world: World) -> None:
    world.read([item("a")])
    world.begin()
    world.fail(404)
    world.clock.advance(2 * GONE_FOR)
    world.fail(503, failure=Failure.SOFT)
    world.fail(403)
    assert world.there() == {"a"}
    world.read([item("a")])
    world.fail(404)
    assert world.there() == {"a"}, "gone for the first time since it was read"


def test_an_index_that_is_gone_says_nothing_of_what_it_named(world: World) -> None:
    feed = "https://bao.example.vn/feed"
    world.stores.crawl.add_pages(world.source.name, [Link(feed, PageKind.FEED)])
    world.read([item("a")], row=feed)
    world.begin()
    world.fail(410, row=feed)
    world.clock.advance(2 * GONE_FOR)
    world.fail(410, row=feed)
    assert world.there() == {"a"}


def test_only_what_its_terms_allow_is_stored(tmp_path: Path) -> None:
    terms = replace(TERMS, may_store=TEXT_IN_ITS_THREAD - {Storable.TITLE}, retention_days=20)
    with worlds(tmp_path, terms) as world:
        late = Published(world.clock.now() - timedelta(days=21), TimePrecision.MINUTE)
        world.read([item("a", title="Hỏi về miến dong", reactions=3), item("b", published=late)])
        (hit,) = world.stores.posts.search(Query()).hits
        assert (hit.stored.post.title, hit.stored.post.reactions) == ("", None)
        reasons = {reason: n for (_, reason), n in world.keeper.tally.items()}
        assert reasons == {None: 1, RejectReason.EXPIRED: 1}


def test_posts_near_the_limit_of_their_terms_are_looked_at_again(world: World) -> None:
    def to_confirm(terms: ChannelTerms = TERMS) -> frozenset[str]:
        stores, now = world.stores, world.clock.now()
        return pages_to_confirm(stores.posts, stores.crawl, world.source, terms, now)

    world.read([item("a")])
    world.read([item("b")], row=OTHER)
    assert to_confirm() == frozenset()
    world.clock.advance(timedelta(days=9))
    world.read([item("b")], row=OTHER)
    world.clock.advance(timedelta(days=2))
    assert to_confirm(replace(TERMS, recheck_days=None)) == frozenset()
    page = world.stores.crawl.page(ROW, world.source.name)
    assert page is not None
    assert page.next_visit is not None
    assert to_confirm() == {ROW}
    due = world.stores.crawl.due_pages(world.source.name, world.clock.now(), 10)
    assert ROW in [one.url for one in due]
    assert to_confirm() == frozenset(), "once a day"
    world.clock.advance(timedelta(days=1))
    assert to_confirm() == {ROW}
    world.clock.advance(timedelta(days=20))
    purged = world.stores.posts.purge(world.clock.now(), 90, {}, {Channel.FORUM: 30})
    assert (purged.posts, world.there()) == (1, {"b"})
    assert world.audit() == [("recheck_limit", 1), ("retention", 0)]


# Any sequence of readings


@dataclass(frozen=True)
class Step:
    """One page of a walk: what it shows, and what is wrong with it."""

    shown: frozenset[str]
    fault: str = ""


STEPS = st.builds(
    Step,
    st.frozensets(st.sampled_from(NAMES)),
    st.sampled_from(["", "", "", "cut", "malformed", "partial", "failed", "unchanged"]),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(walks=st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=5))
def test_nothing_that_was_in_the_page_goes_and_no_faulty_reading_deletes(
    walks: list[list[Step]],
) -> None:
    with tempfile.TemporaryDirectory() as folder, worlds(Path(folder)) as world:
        truth: set[str] = set()
        for walk in walks:
            world.begin()
            seen: set[str] = set()
            sound = True
            for number, step in enumerate(walk):
                more = number + 1 < len(walk)
                if step.fault == "failed":
                    world.fail(404 if number else None, step=number, failure=Failure.HARD)
                    sound = False
                    if number == 0:
                        break
                    continue
                if step.fault == "unchanged" and number == 0:
                    world.read(None)
                    sound = False
                    break
                sound &= not step.fault
                seen |= step.shown
                world.read(
                    [item(name) for name in sorted(step.shown)],
                    step=number,
                    further=more,
                    whole=step.fault not in ("partial", "unchanged"),
                    cut=step.fault == "cut",
                    malformed=("a comment without id",) if step.fault == "malformed" else (),
                )
                assert world.there() >= seen
            truth = seen if sound else truth | seen
            assert world.there() == truth
        assert world.stores.posts.check() == []
