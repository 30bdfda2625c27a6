"""A rise is raised, and one that the sources explain is not; on real counts in SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.models import Channel, Labels, Reason
from langnghe.core.settings import SOURCE, Source
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.trends.coverage import coverage
from langnghe.trends.spikes import URGENT, Rise, rises, watched
from tests.trends.posts import MODEL, Said, keep

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TOPICS = ("che", "duong-sa", "dat-dai")


def feed(name: str) -> Source:
    return SOURCE.validate_python(
        {
            "name": name,
            "title": f"Nguồn {name}",
            "channel": "feed",
            "feeds": [f"https://{name}.example.vn/rss"],
        }
    )


def zalo(name: str) -> Source:
    return SOURCE.validate_python(
        {
            "name": name,
            "title": f"Nguồn {name}",
            "channel": "file",
            "path": "import/*.csv",
            "columns": {"text": "text"},
            "public_page": "https://zalo.example.vn/nhom",
        }
    )


class World:
    """A home's stores, in which posts and visits are put by day."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.posts = EmbeddedPostStore(self.database, FixedClock(NOW))
        self.crawl = CrawlState(self.database, FixedClock(NOW))
        self.sources: list[Source] = []
        self._number = 0

    def source(self, one: Source, *, since: int = 70, down: range = range(0)) -> None:
        """A source that is read each day since so many days ago, but for the days `down`."""
        self.sources.append(one)
        with self.database.transaction():
            for back in range(since, -1, -1):
                if back not in down:
                    crawl = CrawlState(self.database, FixedClock(NOW - timedelta(days=back)))
                    crawl.finish_run(crawl.begin_run(one.name), requests=1, not_modified=0)

    def say(self, source: str, topic: str, backs: range, each: int) -> None:
        """So many posts on each of these days back."""
        said = [
            Said(TODAY - timedelta(days=back), (topic,), source=source, channel=Channel.FEED)
            for back in backs
            for _ in range(each)
        ]
        keep(self.posts, said, self._number)
        self._number += len(said)

    def rises(self, going_on: dict[str, date] | None = None) -> dict[str, Rise]:
        cover = coverage(watched(TODAY), self.sources, self.crawl, self.posts, TODAY, 60)
        return rises(self.posts, cover, self.sources, TOPICS, going_on or {})

    def raised(self) -> set[str]:
        return {topic for topic, rise in self.rises().items() if rise.is_raised}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "langnghe.db")
    yield made
    made.database.close()


MONTHS, LAST = range(2, 60), range(2)


def test_a_tripling_over_two_days_is_raised_and_the_rest_is_not(world: World) -> None:
    world.source(feed("bao"))
    world.say("bao", "che", MONTHS, 4)
    world.say("bao", "duong-sa", range(60), 4)
    world.say("bao", "che", LAST, 12)
    found = world.rises()
    assert found["che"].is_raised
    assert found["che"].seen == 24
    assert found["che"].expected == pytest.approx(8.0, rel=0.15)
    assert found["che"].left_out == ()
    assert not found["duong-sa"].is_raised


def test_few_posts_are_no_rise_even_where_there_were_none(world: World) -> None:
    world.source(feed("bao"))
    world.say("bao", "duong-sa", range(60), 4)
    world.say("bao", "che", LAST, 3)
    assert world.raised() == set()


def test_the_first_reading_of_a_new_source_is_no_rise(world: World) -> None:
    world.source(feed("bao"))
    world.source(feed("moi"), since=1)
    world.say("bao", "che", range(60), 4)
    world.say("moi", "che", range(5), 20)
    found = world.rises()["che"]
    assert not found.is_raised
    assert found.left_out == ("moi",)
    assert found.seen == 8


def test_where_all_sources_are_new_nothing_is_said(world: World) -> None:
    world.source(feed("moi"), since=1)
    world.say("moi", "che", LAST, 30)
    assert world.rises() == {}


def test_a_source_that_is_back_after_an_outage_is_no_rise(world: World) -> None:
    world.source(feed("bao"))
    world.source(feed("hong"), down=range(1, 12))
    world.say("bao", "che", range(60), 4)
    world.say("hong", "che", range(12, 60), 4)
    world.say("hong", "che", range(1), 40)
    found = world.rises()["che"]
    assert not found.is_raised
    assert found.left_out == ("hong",)


def test_weeks_without_a_source_do_not_make_its_usual_posts_a_rise(world: World) -> None:
    world.source(feed("bao"))
    world.source(feed("hong"), down=range(8, 40))
    world.say("bao", "che", range(60), 2)
    world.say("hong", "che", range(40, 60), 10)
    world.say("hong", "che", range(8), 10)
    assert world.raised() == set()


def test_a_source_that_is_down_now_makes_no_rise_elsewhere(world: World) -> None:
    world.source(feed("bao"))
    world.source(feed("hong"), down=range(4))
    world.say("bao", "che", range(60), 6)
    world.say("hong", "che", range(4, 60), 6)
    assert world.raised() == set()


def test_files_that_people_bring_are_no_rise(world: World) -> None:
    world.source(feed("bao"))
    world.source(zalo("tep"))
    world.say("bao", "che", range(60), 4)
    world.say("tep", "che", LAST, 40)
    found = world.rises()["che"]
    assert not found.is_raised
    assert found.left_out == ("tep",)


def test_a_source_that_rose_with_all_its_topics_is_no_rise(world: World) -> None:
    world.source(feed("bao"))
    world.source(feed("dien-dan"))
    world.say("bao", "che", range(60), 2)
    for topic in TOPICS:
        world.say("dien-dan", topic, MONTHS, 4)
        world.say("dien-dan", topic, LAST, 20)
    found = world.rises()
    assert not any(rise.is_raised for rise in found.values())
    assert found["che"].left_out == ("dien-dan",)


def test_a_disaster_that_draws_other_topics_along_is_one(world: World) -> None:
    world.source(feed("dien-dan"))
    world.say("dien-dan", "che", MONTHS, 4)
    world.say("dien-dan", "dat-dai", MONTHS, 4)
    world.say("dien-dan", "duong-sa", MONTHS, 1)
    world.say("dien-dan", "duong-sa", LAST, 40)
    world.say("dien-dan", "che", LAST, 8)
    world.say("dien-dan", "dat-dai", LAST, 4)
    assert "duong-sa" in world.raised()


def test_days_of_a_rise_that_lasts_do_not_become_what_is_usual(world: World) -> None:
    world.source(feed("bao"))
    world.say("bao", "che", range(8, 60), 3)
    world.say("bao", "che", range(8), 12)
    began = TODAY - timedelta(days=7)
    kept_out, let_in = world.rises({"che": began})["che"], world.rises()["che"]
    assert kept_out.lasts
    assert kept_out.expected < let_in.expected


def test_few_posts_that_say_that_life_is_in_danger_are_enough(world: World) -> None:
    world.source(feed("bao"))
    world.say("bao", "che", range(60), 2)
    world.say("bao", "duong-sa", range(1), 5)
    with world.database.read() as connection:
        rows = connection.execute(
            "SELECT p.id FROM post p JOIN facet f ON f.no = p.no WHERE f.day = ? "
            "ORDER BY p.no DESC LIMIT 5",
            (TODAY.toordinal(),),
        )
        ids = [row.id for row in rows]
    world.posts.label([Labels(id_, MODEL, reasons=(Reason.URGENT,)) for id_ in ids])
    assert world.raised() == {URGENT}
    assert world.rises()[URGENT].seen == 5
