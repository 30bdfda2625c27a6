from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.casework.roles import Actor, Refused, Role
from langnghe.core.clock import FixedClock
from langnghe.core.models import Intent, Sentiment
from langnghe.store.cases import Cases, Conflict
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.monthstreams import (
    Course,
    MonthStreams,
    history,
    month_streams,
    rename,
    shown_mixes,
)
from langnghe.trends.period import Period
from langnghe.trends.streamfinding import Finder
from tests.trends.streamworld import LIKENESS, MODEL, TOPICS, relabel, say

OCTOBER = Period(date(2026, 9, 16), date(2026, 10, 15))
NOVEMBER = Period(date(2026, 10, 16), date(2026, 11, 15))
TODAY = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
EDITOR = Actor("lan", frozenset({Role.EDITOR}))


class World:
    """A home's database with what finds streams in it."""

    def __init__(self, path: Path) -> None:
        self.clock = FixedClock(TODAY)
        self.database = Database(path)
        self.posts = EmbeddedPostStore(self.database, self.clock)
        self.records = TrendRecords(self.database)

    def find(self, model: str = MODEL) -> int:
        finder = Finder(self.posts, self.records, model, LIKENESS, TOPICS, 16)
        return finder.run(self.clock).changed

    def streams(self, period: Period, topic: str = "dien-nuoc") -> MonthStreams:
        return month_streams(self.records, period)[topic]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "langnghe.db")
    yield made
    made.database.close()


def told(streams: MonthStreams) -> dict[str, tuple[int, Course | None]]:
    return {one.heading: (one.posts, one.course) for one in streams.found.streams}


def test_streams_are_followed_from_one_period_to_the_next(world: World) -> None:
    say(world.posts, date(2026, 10, 1), {"water": 12, "light": 20, "cut": 10})
    say(world.posts, date(2026, 11, 1), {"water": 40, "light": 22, "praise": 9})
    world.find()
    october, november = world.streams(OCTOBER), world.streams(NOVEMBER)
    # Nobody was listening before: what was said then is neither new nor old.
    assert {course for _, course in told(october).values()} == {None}
    assert told(november) == {
        "Bể nước": (40, Course.GROWING),
        "Đèn đường": (22, Course.STEADY),
        "Chưa đặt tên (3)": (9, Course.NEW),
    }
    gone = {one.number: one.heading for one in october.found.streams}
    assert [gone[number] for number in november.found.gone] == ["Cắt điện"]
    water = november.found.streams[0]
    assert history(world.records, "dien-nuoc", NOVEMBER, water.number) == [
        (OCTOBER, 12),
        (NOVEMBER, 40),
    ]
    assert water.sentiments == {Sentiment.NEGATIVE: 40}
    assert water.intents == {Intent.COMPLAINT: 40}


def test_a_stream_can_fade_and_a_topic_that_was_silent_has_only_new_ones(world: World) -> None:
    say(world.posts, date(2026, 10, 1), {"water": 40, "light": 10})
    say(world.posts, date(2026, 11, 1), {"water": 12, "light": 11})
    say(world.posts, date(2026, 11, 2), {"cut": 8}, topics=("cho",))
    world.find()
    assert told(world.streams(NOVEMBER)) == {
        "Bể nước": (12, Course.FADING),
        "Đèn đường": (11, Course.STEADY),
    }
    assert world.streams(OCTOBER, "cho").found.posts == 0
    courses = [one.course for one in world.streams(NOVEMBER, "cho").found.streams]
    assert courses == [Course.NEW]


def test_nothing_is_found_anew_where_nothing_changed(world: World) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 12, "light": 20})
    assert world.find() == len(TOPICS)  # of the one period that has posts
    before = world.streams(NOVEMBER)
    assert world.find() == 0
    assert world.streams(NOVEMBER) == before


@pytest.mark.parametrize("more", [SMALLEST_FIGURE - 1, SMALLEST_FIGURE])
def test_two_versions_never_differ_by_fewer_posts_than_may_be_told(world: World, more: int) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 12, "light": 20})
    world.find()
    say(world.posts, date(2026, 11, 2), {"water": more})
    world.find()
    added = more if more >= SMALLEST_FIGURE else 0
    assert world.streams(NOVEMBER).found.posts == 32 + added


def test_streams_outlive_their_posts(world: World) -> None:
    say(world.posts, date(2026, 10, 1), {"water": 12, "light": 20})
    world.find()
    kept = world.streams(OCTOBER)
    world.clock.advance(timedelta(days=45))
    assert world.posts.purge(world.clock.now(), 60, {}).posts == 32
    say(world.posts, date(2026, 11, 1), {"water": 30, "cut": 9})
    world.find()
    assert world.streams(OCTOBER).found.streams == kept.found.streams
    # And the month after is still held against them.
    assert told(world.streams(NOVEMBER)) == {
        "Bể nước": (30, Course.GROWING),
        "Cắt điện": (9, Course.NEW),
    }


def test_a_new_model_finds_them_anew_and_never_compares_with_another(world: World) -> None:
    say(world.posts, date(2026, 10, 1), {"water": 12, "light": 20})
    world.find()
    world.clock.advance(timedelta(days=45))
    world.posts.purge(world.clock.now(), 60, {})
    say(world.posts, date(2026, 11, 1), {"water": 30, "cut": 9})
    world.find()
    relabel(world.posts, "m2")
    world.find("m2")
    november = world.streams(NOVEMBER)
    assert november.found.model == "m2"
    assert told(november) == {"Bể nước": (30, None), "Cắt điện": (9, None)}


def test_an_editors_title_stays_when_the_streams_are_found_anew(world: World) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 12, "light": 20})
    world.find()
    seen = world.streams(NOVEMBER)
    water = next(one for one in seen.found.streams if one.posts == 12)
    cases = Cases(world.database)
    title = "  Nước máy ở bản Chu Va 12\n có mùi lạ "
    rename(cases, world.records, EDITOR, seen, water.number, title, TODAY)
    with pytest.raises(Conflict):
        rename(cases, world.records, EDITOR, seen, water.number, "khác", TODAY)
    say(world.posts, date(2026, 11, 3), {"water": 30, "cut": 9})
    world.find()
    found = {one.posts: one for one in world.streams(NOVEMBER).found.streams}
    assert found[42].heading == "Nước máy ở bản Chu Va 12 có mùi lạ"
    assert found[42].number == water.number
    assert len({one.number for one in found.values()}) == 3
    entry = cases.audit.entries()[0]
    assert (entry.who, entry.what, entry.kind) == ("lan", "rename_stream", "streams")
    assert entry.case_id == f"dien-nuoc.20261016.{water.number}"
    assert cases.audit.verify().unaccounted == ()


def test_only_who_drafts_may_rename_and_not_beyond_a_line(world: World) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 12})
    world.find()
    seen, cases = world.streams(NOVEMBER), Cases(world.database)
    for role in (Role.LEADER, Role.APPROVER, Role.COLLABORATOR, Role.ADMINISTRATOR):
        actor = Actor("x", frozenset({role}))
        with pytest.raises(Refused):
            rename(cases, world.records, actor, seen, 1, "khác", TODAY)
    with pytest.raises(Refused, match="121 ký tự"):
        rename(cases, world.records, EDITOR, seen, 1, "n" * 121, TODAY)
    with pytest.raises(Refused, match="Không có luồng"):
        rename(cases, world.records, EDITOR, seen, 9, "khác", TODAY)
    assert world.streams(NOVEMBER) == seen


def test_what_is_small_is_never_broken_down_nor_can_it_be_worked_out(world: World) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 20, "light": 12, "cut": 3})
    world.find()
    streams = world.streams(NOVEMBER)
    assert streams.found.rest == 3
    shown = shown_mixes(streams, date(2026, 11, 20))
    # The smallest is hidden with the rest: the whole less the larger one tells of 15 posts.
    assert {number: sum(mix[0].values()) for number, mix in shown.items()} == {1: 20}
    assert shown_mixes(streams, NOVEMBER.until) == {}
    whole = replace(streams, found=replace(streams.found, posts=32))
    assert set(shown_mixes(whole, date(2026, 11, 20))) == {1, 2}


def test_what_is_kept_holds_no_text(world: World) -> None:
    say(world.posts, date(2026, 11, 1), {"water": 12})
    say(world.posts, date(2026, 11, 2), {"praise": 2})
    world.find()
    (record,) = (
        one
        for one in world.records.streams(NOVEMBER.since, NOVEMBER.until).values()
        if one.topic == "dien-nuoc"
    )
    assert "số1x1" not in record.body  # said once
    assert "sua ngay" not in record.body  # said by two
    assert "tre nho dau bung" not in record.body  # two words at most stand together
