"""Posts over time, against counting them one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.models import Channel, Sentiment
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import UNLABELLED
from langnghe.trends.period import Period
from langnghe.trends.series import by_step, daily, daily_by, topic_steps
from tests.trends.posts import Said, keep

FIRST = date(2026, 10, 16)
PERIOD = Period(FIRST, date(2026, 11, 15))
AFTER = date(2026, 11, 16)
NEGATIVE, NEUTRAL = Sentiment.NEGATIVE, Sentiment.NEUTRAL


def on(day: int, count: int, *topics: str, sentiment: Sentiment | None = NEUTRAL) -> list[Said]:
    return [Said(FIRST + timedelta(days=day), topics or ("che",), sentiment)] * count


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedPostStore]:
    database = Database(tmp_path / "langnghe.db")
    yield EmbeddedPostStore(database, FixedClock(datetime(2026, 11, 20, tzinfo=UTC)))
    database.close()


def test_days_without_posts_are_there_and_others_are_not(store: EmbeddedPostStore) -> None:
    keep(store, [*on(-1, 9), *on(0, 3), *on(30, 2), *on(31, 9), *on(5, 1, "dat")])
    days = daily(store, PERIOD)
    assert list(days) == [FIRST + timedelta(days=at) for at in range(31)]
    assert {day: count for day, count in days.items() if count} == {
        FIRST: 3,
        FIRST + timedelta(days=5): 1,
        FIRST + timedelta(days=30): 2,
    }
    assert sum(daily(store, PERIOD, topic="dat").values()) == 1
    assert sum(daily(store, PERIOD, topic="khong-co").values()) == 0


def test_the_largest_comes_first(store: EmbeddedPostStore) -> None:
    keep(store, [*on(0, 2, "dat"), *on(3, 5, "che", "dat"), Said(FIRST, channel=Channel.FORUM)])
    by_topic = daily_by(store, PERIOD, "topic")
    assert list(by_topic) == ["dat", "che"]
    assert by_step(by_topic["che"], PERIOD) == (6, 0, 0, 0, 0)
    by_channel = daily_by(store, PERIOD, "channel")
    assert {name: sum(days.values()) for name, days in by_channel.items()} == {
        "comments": 7,
        "forum": 1,
    }


def test_steps_are_broken_down_with_what_has_no_label(store: EmbeddedPostStore) -> None:
    keep(
        store,
        [
            *on(0, 4, sentiment=NEGATIVE),
            *on(6, 3),
            *on(7, 6, sentiment=None),
            *on(8, 2, sentiment=NEGATIVE),
            *on(20, 50, "dat"),
        ],
    )
    steps = topic_steps(store, PERIOD, "che", "sentiment", AFTER)
    assert [(step.total, step.parts) for step in steps] == [
        (7, {"negative": 4, "neutral": 3}),
        (8, {"negative": 2, UNLABELLED: 6}),
        (0, {}),
        (0, {}),
        (0, {}),
    ]


def test_a_small_step_takes_another_with_it(store: EmbeddedPostStore) -> None:
    keep(store, [*on(0, 10), *on(7, 6), *on(14, 2), *on(1, 30, "dat")])
    steps = topic_steps(store, PERIOD, "che", "intent", AFTER)
    assert [(step.total, step.parts is None) for step in steps[:3]] == [
        (10, False),
        (6, True),
        (2, True),
    ]


def test_a_topic_that_is_hidden_is_hidden_in_its_steps(store: EmbeddedPostStore) -> None:
    # Two topics in all, one of them small: the other's figures would tell it.
    keep(store, [*on(0, 10), *on(7, 9), *on(1, 3, "dat")])
    for topic in ("che", "dat"):
        steps = topic_steps(store, PERIOD, topic, "sentiment", AFTER)
        assert all(step.parts is None for step in steps if step.total)


def test_a_running_period_is_not_broken_down(store: EmbeddedPostStore) -> None:
    keep(store, [*on(0, 10), *on(7, 9)])
    steps = topic_steps(store, PERIOD, "che", "sentiment", PERIOD.until)
    assert [step.total for step in steps] == [10, 9, 0, 0, 0]
    assert all(step.parts is None for step in steps if step.total)
