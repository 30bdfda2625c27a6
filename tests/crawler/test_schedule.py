"""How often sources are visited follows what they give, within limits."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.clock import LOCAL_ZONE, FixedClock
from langnghe.core.models import Channel
from langnghe.core.settings import CrawlSettings, FeedSource, read_settings, shipped_configs
from langnghe.crawler.due import is_due, limits, next_due
from langnghe.crawler.schedule import (
    LONGER,
    SPREAD,
    after_visit,
    expected,
    interval,
    next_visit,
    rate_of,
    shape_of,
    silence_limit,
)
from langnghe.crawler.sighting import Sighting
from langnghe.store.crawlstate import CrawlState, RunStatus
from langnghe.store.database import Database
from langnghe.store.habits import BINS, Habit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHORTEST, LONGEST = HOUR, 12 * HOUR
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=LOCAL_ZONE)
CRAWL = read_settings(shipped_configs() / "settings.yaml").crawl

counts = st.floats(0, 1e6)
moments = st.floats(0, 400).map(lambda days: datetime(2026, 1, 1, tzinfo=UTC) + days * DAY)
habits = st.builds(
    Habit,
    begun=moments,
    counted_until=moments,
    posts=counts,
    hours=counts,
    shape=st.lists(counts, min_size=BINS, max_size=BINS).map(tuple),
    waited=counts,
    longest=counts,
    failing=st.integers(0, 9),
)


def giving(a_day: float, days: float = 60) -> Habit:
    """What is known of a source that gives so much, at the usual hours."""
    return Habit(MONDAY - days * DAY, MONDAY, MONDAY, a_day * days, 24 * days)


def wait(a_day: float, at: datetime = MONDAY) -> timedelta:
    return interval("bao", giving(a_day), at, timedelta(minutes=1), 30 * DAY)


@given(habits | st.none(), moments, st.text(), st.integers(1, 3000), st.integers(0, 20000))
def test_an_interval_is_within_its_limits(
    habit: Habit | None, at: datetime, name: str, shortest: int, more: int
) -> None:
    least, most = timedelta(minutes=shortest), timedelta(minutes=shortest + more)
    found = interval(name, habit, at, least, most)
    assert least <= found <= max(most, least * (1 + SPREAD))


@given(habits, moments, st.floats(0, 1000))
def test_what_gives_more_is_not_visited_more_rarely(
    habit: Habit, at: datetime, more: float
) -> None:
    richer = replace(habit, posts=habit.posts + more)
    assert interval("bao", richer, at, SHORTEST, LONGEST) <= interval(
        "bao", habit, at, SHORTEST, LONGEST
    )


def test_four_times_as_many_posts_are_twice_as_many_visits() -> None:
    for a_day in (0.5, 0.125):
        # Over days, so that hours and weekdays even out; known so well that nothing is supposed.
        rare, often = (
            interval("bao", giving(a_day / n, 10_000), MONDAY, HOUR, 365 * DAY) for n in (64, 16)
        )
        assert 1.8 < rare / often < 2.2


def test_nights_weekends_and_holidays_can_wait() -> None:
    night = datetime(2026, 11, 17, 0, 0, tzinfo=LOCAL_ZONE)
    assert wait(5, night) > 2 * wait(5, night + 9 * HOUR)
    assert wait(5, MONDAY + 5 * DAY) > 1.1 * wait(5)
    tet = datetime(2026, 2, 17, 9, 0, tzinfo=LOCAL_ZONE)
    assert wait(5, tet) > 1.5 * wait(5, tet + 14 * DAY)


def test_a_source_is_known_by_its_own_hours() -> None:
    by_night = [0.0] * BINS
    by_night[2] = by_night[26] = 300.0
    habit = replace(giving(10), shape=tuple(by_night))
    shape = shape_of(habit)
    assert shape[2] > 5 * shape[10]
    assert sum(shape[:24]) * 5 + sum(shape[24:]) * 2 == pytest.approx(168)
    evening = MONDAY.replace(hour=21)
    assert interval("bao", habit, evening, SHORTEST, 3 * DAY) > 4 * HOUR


def test_those_read_at_once_are_spread_over_the_hour() -> None:
    minutes: Counter[int] = Counter()
    for n in range(200):
        at = MONDAY
        while at < MONDAY + 12 * HOUR:
            at = next_visit(f"nguon-{n}", giving(200), at, None, SHORTEST, LONGEST)
        minutes[at.minute // 5] += 1
    assert len(minutes) == 12, "every five minutes has some"
    assert max(minutes.values()) < 200 / 12 * 2.5


def test_a_source_that_fails_is_asked_soon_but_not_before_its_backoff() -> None:
    quiet = giving(0.1)
    assert next_visit("bao", quiet, MONDAY, None, SHORTEST, LONGEST) > MONDAY + 10 * HOUR
    failing = replace(quiet, failing=1)
    soon = next_visit("bao", failing, MONDAY, MONDAY + 0.5 * HOUR, SHORTEST, LONGEST)
    assert MONDAY + HOUR <= soon <= MONDAY + 1.1 * HOUR
    later = MONDAY + 20 * HOUR
    assert next_visit("bao", failing, MONDAY, later, SHORTEST, LONGEST) == later


@given(habits, st.integers(0, 50), st.floats(0.01, 2000))
def test_a_habit_stays_sound(habit: Habit, found: int, hours: float) -> None:
    seen = Sighting(habit.counted_until, items=found)
    after = after_visit(habit, seen, habit.counted_until + hours * HOUR)
    assert after.begun == habit.begun
    assert rate_of(after) > 0
    assert silence_limit(after) >= LONGER * after.longest >= 0
    assert (after.waited == 0) == bool(found) or after.waited == 0.0 == habit.waited
    if found:
        assert after.last_new == after.counted_until


def test_a_rate_is_learnt_and_forgotten() -> None:
    habit = after_visit(None, Sighting(), MONDAY)
    at = MONDAY
    for _ in range(400):
        at += HOUR
        habit = after_visit(habit, Sighting(habit.counted_until, items=1), at)
    assert 24 * rate_of(habit) == pytest.approx(24, rel=0.25)
    for _ in range(4 * 120):
        at += 6 * HOUR
        habit = after_visit(habit, Sighting(habit.counted_until, items=1), at)
    assert 24 * rate_of(habit) == pytest.approx(4, rel=0.15)
    assert expected(habit, at, at + 7 * DAY) == pytest.approx(28, rel=0.2)


def test_what_nobody_could_see_counts_for_nothing() -> None:
    habit = giving(10)
    later = MONDAY + 9 * DAY
    for unseen in (replace(habit, failing=3), replace(habit, hollow=0)):
        seen = Sighting(habit.counted_until, lists=1, listed=unseen.failing, items=0)
        after = after_visit(unseen, seen, later)
        assert (after.posts, after.hours, after.longest) == (habit.posts, habit.hours, 0.0)
    first = after_visit(None, Sighting(items=400), MONDAY)
    assert (first.posts, first.hours, first.begun) == (0.0, 0.0, MONDAY)


def source(**more: object) -> FeedSource:
    return FeedSource.model_validate(
        {
            "name": "bao",
            "title": "Báo",
            "channel": Channel.FEED,
            "feeds": ["https://bao.example.vn/rss"],
            **more,
        }
    )


def test_limits_of_a_source_come_before_those_of_all() -> None:
    assert limits(source(), CRAWL) == (HOUR, 12 * HOUR)
    assert limits(source(every_minutes=15, longest_minutes=90), CRAWL) == (HOUR / 4, 1.5 * HOUR)
    assert limits(source(every_minutes=1440), CRAWL) == (DAY, DAY)
    old = CrawlSettings.model_validate(
        {name: value for name, value in CRAWL.model_dump().items() if name != "longest_minutes"}
    )
    assert old == CRAWL, "a file that was made before has the shipped default"


def test_what_a_visit_had_no_room_for_is_read_next(tmp_path: Path) -> None:
    clock = FixedClock(MONDAY)
    database = Database(tmp_path / "langnghe.db")
    state = CrawlState(database, clock)
    small = source(max_pages_per_visit=5)
    assert next_due(state, small, CRAWL) is None
    state.habits.put("bao", giving(0.1))
    run = state.begin_run("bao")
    state.finish_run(run, requests=4, not_modified=0)
    due = next_due(state, small, CRAWL)
    assert due is not None
    assert due > MONDAY + 10 * HOUR
    run = state.begin_run("bao")
    state.finish_run(run, requests=5, not_modified=0)
    again = next_due(state, small, CRAWL)
    assert again is not None
    assert again < due
    assert not is_due(state, small, CRAWL, MONDAY + 0.9 * HOUR)
    assert is_due(state, small, CRAWL, MONDAY + 1.2 * HOUR)
    run = state.begin_run("bao")
    state.finish_run(run, requests=1, not_modified=0, status=RunStatus.INTERRUPTED)
    assert next_due(state, small, CRAWL) is None, "a visit that was cut off is taken up at once"
    database.close()
