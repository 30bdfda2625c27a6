"""The end of a key is told a week ahead, and no longer when there is a new one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from langnghe.core.clock import FixedClock
from langnghe.crawler.keylife import expiry, note_expiry, should_ask
from langnghe.store.crawlstate import CrawlState
from langnghe.store.sourcenotices import Cause, NoticeKind
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def state(casebase: Transactions) -> CrawlState:
    return CrawlState(casebase, FixedClock(NOW))


def test_the_platform_is_asked_once_a_day(state: CrawlState) -> None:
    assert should_ask(state, "trang-xa", NOW)
    state.note("trang-xa", {"since": "x"})
    note_expiry(state, "trang-xa", NOW, NOW + 60 * DAY)
    assert not should_ask(state, "trang-xa", NOW + 0.9 * DAY)
    assert should_ask(state, "trang-xa", NOW + DAY)
    assert expiry(state, "trang-xa") == NOW + 60 * DAY
    assert state.noted("trang-xa")["since"] == "x"


def test_a_week_ahead_there_is_a_notice_until_there_is_a_new_key(state: CrawlState) -> None:
    note_expiry(state, "trang-xa", NOW, NOW + 8 * DAY)
    assert state.notices.going_on() == []
    note_expiry(state, "trang-xa", NOW + DAY, NOW + 8 * DAY)
    (notice,) = state.notices.going_on()
    assert (notice.source, notice.kind) == ("trang-xa", NoticeKind.KEY_EXPIRES)
    assert (notice.cause, notice.deadline) == (Cause.KEY_EXPIRES, NOW + 8 * DAY)
    note_expiry(state, "trang-xa", NOW + 2 * DAY, NOW + 62 * DAY)
    assert state.notices.going_on() == []


def test_a_key_that_does_not_end_is_no_matter(state: CrawlState) -> None:
    note_expiry(state, "trang-xa", NOW, None)
    assert expiry(state, "trang-xa") is None
    assert state.notices.going_on() == []
