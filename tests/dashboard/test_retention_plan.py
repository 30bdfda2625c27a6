"""What is said to be deleted is what the purge deletes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Channel, Post, PostKind, TimePrecision
from langnghe.dashboard.components.administration_storage import plan_html
from langnghe.dashboard.components.retentionplan import plan
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import Stores, open_stores

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def post(number: int, source: str, days_ago: int) -> Post:
    return Post(
        id=f"{number:032x}",
        source=source,
        channel=Channel.COMMENTS,
        kind=PostKind.REPLY,
        thread_id="b" * 32,
        url="https://xa.example/tin",
        text=f"Đường hỏng chỗ số {number}",
        published_at=NOON - timedelta(days=days_ago),
        precision=TimePrecision.MINUTE,
        fetched_at=NOON,
    )


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    home = Home(tmp_path / "home")
    init_home(home)
    with open_stores(home, FixedClock(NOON)) as stores:
        ages = [*range(40), 89, 89, 90, 91]
        posts = [post(number, "bao", age) for number, age in enumerate(ages)]
        posts += [post(100 + age, "hop", age) for age in (0, 3, 29)]
        stores.posts.put(posts)
        yield stores


@pytest.mark.parametrize("days", [90, 35, 30, 7, 1])
@pytest.mark.parametrize("shorter", [{}, {"hop": 2}, {"hop": 2, "chua-doc": 5}])
def test_each_night_goes_what_was_said(stores: Stores, days: int, shorter: dict[str, int]) -> None:
    said = plan(stores.posts, days, shorter, TODAY)
    assert said.kept == 47
    went = {}
    for ahead in range(1, 15):
        night = NOON + timedelta(days=ahead - 1, hours=14, minutes=30)  # 02:30 in Viet Nam
        went[local_day(night)] = stores.posts.purge(night, days, shorter).posts
    assert went == said.nights
    assert said.next_night == went[TODAY + timedelta(days=1)]
    assert said.first == next((night for night, count in went.items() if count), said.first)


def test_it_is_said_in_words(stores: Stores) -> None:
    shown = plan_html(plan(stores.posts, 90, {}, TODAY))
    assert "Đêm rạng sáng 22/11/2026</th><td>2</td>" in shown
    assert "Đêm rạng sáng 23/11/2026</th><td>2</td>" in shown
    assert "Sau đó</th><td>43</td>" in shown
    stores.posts.purge(NOON + timedelta(days=5), 90, {})
    assert "Lần xóa đầu tiên: đêm rạng sáng 12/01/2027" in plan_html(
        plan(stores.posts, 90, {}, TODAY)
    )
    stores.posts.purge(NOON + timedelta(days=5), 6, {})
    assert "không chia theo ngày" in plan_html(plan(stores.posts, 90, {}, TODAY))
    stores.posts.purge(NOON + timedelta(days=99), 6, {})
    assert "Chưa có bài nào" in plan_html(plan(stores.posts, 90, {}, TODAY))
