"""Notices about sources and their habits come back as they were kept, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from langnghe.core.clock import FixedClock
from langnghe.store.habits import BINS, Habit, Habits
from langnghe.store.sourcenotices import Cause, NoticeKind, SourceNotice, SourceNotices
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 22, 1, 0, 0, 123456, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def notices(casebase: Transactions, clock: FixedClock) -> SourceNotices:
    return SourceNotices(casebase, clock)


def test_a_notice_holds_until_it_is_closed(notices: SourceNotices, clock: FixedClock) -> None:
    assert notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
    clock.advance(DAY)
    assert not notices.open("bao", NoticeKind.NO_DATA, Cause.BLOCKED), "it is open already"
    told = SourceNotice("bao", NoticeKind.NO_DATA, NOW, None, Cause.BLOCKED)
    assert notices.going_on() == notices.going_on("bao") == [told]
    assert notices.going_on("dien-dan") == []
    clock.advance(DAY)
    assert notices.close("bao", NoticeKind.NO_DATA)
    assert not notices.close("bao", NoticeKind.NO_DATA)
    assert notices.going_on() == []
    assert notices.recent("bao") == [replace(told, until=NOW + 2 * DAY)]


def test_each_kind_stands_by_itself(notices: SourceNotices, clock: FixedClock) -> None:
    notices.open("trang", NoticeKind.KEY_EXPIRES, Cause.KEY_EXPIRES, NOW + 7 * DAY)
    clock.advance(DAY)
    notices.open("trang", NoticeKind.NO_DATA, Cause.KEY_REFUSED)
    notices.open("bao", NoticeKind.NO_DATA, Cause.QUIET)
    assert [(one.source, one.kind) for one in notices.going_on()] == [
        ("trang", NoticeKind.KEY_EXPIRES),
        ("bao", NoticeKind.NO_DATA),
        ("trang", NoticeKind.NO_DATA),
    ]
    assert notices.going_on("trang")[0].deadline == NOW + 7 * DAY
    assert [one.source for one in notices.recent(limit=2)] == ["bao", "trang"]


def test_it_may_come_again_in_the_very_moment_it_was_over(notices: SourceNotices) -> None:
    for _ in range(3):
        assert notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
        assert notices.close("bao", NoticeKind.NO_DATA)
    assert len(notices.recent()) == 3


def test_who_was_told_is_remembered(notices: SourceNotices) -> None:
    notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
    (notice,) = notices.going_on()
    notices.tell(notice, ["mail:a@b.example"])
    notices.tell(notice, ["hook:so", "mail:a@b.example"])
    assert notices.going_on()[0].told == ("hook:so", "mail:a@b.example")


def test_a_habit_is_kept_whole(casebase: Transactions) -> None:
    habits = Habits(casebase)
    assert habits.get("bao") is None
    shape = tuple(at / 7 for at in range(BINS))
    habit = Habit(NOW - DAY, NOW, NOW, 1 / 3, 24.5, shape, 0.1, 7.25, 1, 2)
    habits.put("bao", habit)
    habits.put("dien-dan", Habit(NOW, NOW))
    assert habits.get("bao") == habit
    habits.put("bao", replace(habit, failing=0, last_new=None))
    assert habits.get("bao") == replace(habit, failing=0, last_new=None)
