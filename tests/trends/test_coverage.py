"""What the figures of a period rest on, from visits as the crawler notes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import LOCAL_ZONE, FixedClock
from langnghe.core.settings import SOURCE, Source
from langnghe.store.crawlstate import CrawlState, RunStatus
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.trends.coverage import Coverage, Standing, coverage
from langnghe.trends.period import Period
from tests.trends.posts import Said, keep

FIRST, LAST = date(2026, 10, 16), date(2026, 11, 15)
PERIOD = Period(FIRST, LAST)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


def source(name: str, **more: object) -> Source:
    web = {} if more.get("channel") == "file" else {"channel": "feed", "feeds": ["https://a.vn/x"]}
    return SOURCE.validate_python({"name": name, "title": name.title()} | web | more)


@dataclass
class World:
    posts: EmbeddedPostStore
    crawl: CrawlState
    clock: FixedClock

    def visit(
        self, name: str, days: Sequence[date], status: RunStatus = RunStatus.FINISHED
    ) -> None:
        for day in days:
            self.clock.at = datetime.combine(day, time(0, 30), LOCAL_ZONE)
            run = self.crawl.begin_run(name)
            self.crawl.finish_run(run, requests=1, not_modified=0, status=status)

    def seen(self, *sources: Source, today: date = TODAY) -> Coverage:
        return coverage(PERIOD, sources, self.crawl, self.posts, today, 30)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    database = Database(tmp_path / "langnghe.db")
    clock = FixedClock()
    yield World(EmbeddedPostStore(database, clock), CrawlState(database, clock), clock)
    database.close()


def days(first: date, last: date) -> list[date]:
    return [first + at * DAY for at in range((last - first).days + 1)]


ALL = days(FIRST - DAY, LAST)


def test_sources_read_each_day_need_no_words(world: World) -> None:
    world.visit("bao", ALL)
    seen = world.seen(source("bao"))
    assert seen.is_steady
    assert seen.words() == ("Cả 1 nguồn tin đều được đọc đủ các ngày trong kỳ.",)
    assert not seen.down(FIRST)
    assert not seen.new(FIRST)


def test_days_on_which_no_visit_succeeded(world: World) -> None:
    gone = {date(2026, 10, 20), date(2026, 11, 5), date(2026, 11, 6), date(2026, 11, 7)}
    world.visit("bao", [day for day in ALL if day not in gone])
    world.visit("bao", sorted(gone), RunStatus.FAILED)
    world.visit("xa", ALL)
    seen = world.seen(source("bao"), source("xa"))
    assert [one.standing for one in seen.sources] == [Standing.DOWN, Standing.STEADY]
    assert set(seen.sources[0].missed) == gone
    assert seen.down(date(2026, 11, 6)) == {"bao"}
    assert "Có ngày không đọc được: «Bao» 4 ngày (20/10, 05/11–07/11)." in seen.words()


def test_today_and_days_to_come_are_not_missed(world: World) -> None:
    world.visit("bao", days(FIRST - DAY, date(2026, 11, 9)))
    assert world.seen(source("bao"), today=date(2026, 11, 10)).is_steady
    assert world.seen(source("bao"), today=date(2026, 11, 11)).sources[0].missed == (
        date(2026, 11, 10),
    )


def test_a_source_that_is_read_every_three_days_misses_nothing_between(world: World) -> None:
    weekly = source("bao", every_minutes=3 * 24 * 60)
    world.visit("bao", ALL[::3])
    assert world.seen(weekly).is_steady
    assert not world.seen(source("bao")).is_steady


def test_a_new_source_has_missed_nothing_before_it_was_there(world: World) -> None:
    world.visit("bao", days(date(2026, 11, 1), LAST))
    seen = world.seen(source("bao"), source("xa", enabled=False))
    assert [(one.name, one.standing, one.missed) for one in seen.sources] == [
        ("bao", Standing.NEW, ())
    ]
    assert seen.new(date(2026, 11, 1)) == {"bao"}
    assert seen.new(date(2026, 11, 2)) == frozenset()
    assert "Bắt đầu đọc ngày 01/11/2026: «Bao»" in seen.words()[1]


def test_never_read_silent_and_switched_off(world: World) -> None:
    world.visit("im", ALL)
    world.visit("tat", ALL)
    keep(world.posts, [Said(FIRST - DAY, source="im")] * 5)
    keep(world.posts, [Said(FIRST, source="tat")] * 2, first=100)
    seen = world.seen(source("moi"), source("im"), source("tat", enabled=False))
    assert [one.standing for one in seen.sources] == [
        Standing.NEVER,
        Standing.SILENT,
        Standing.OFF,
    ]
    assert seen.words()[1:4] == (
        "Chưa đọc được lần nào: «Moi».",
        "Nay đã tắt: «Tat».",
        "Kỳ này không có bài nào từ «Im», kỳ trước 5 bài.",
    )


def test_a_quiet_source_that_never_had_much_is_not_called_silent(world: World) -> None:
    world.visit("im", ALL)
    keep(world.posts, [Said(FIRST - DAY, source="im")] * 4)
    assert world.seen(source("im")).is_steady


def test_files_are_not_missed(world: World) -> None:
    world.visit("tep", [FIRST - DAY])
    columns = {"text": "noi-dung"}
    file = source("tep", channel="file", path="x.csv", columns=columns, public_page="https://a.vn/")
    assert world.seen(file).is_steady


def test_without_sources_there_is_something_to_say(world: World) -> None:
    assert world.seen().words() == ("Chưa có nguồn tin nào đang bật, nên không có số liệu.",)
