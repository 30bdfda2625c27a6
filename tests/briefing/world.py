"""A home with a month of posts and casework, counted and written about by people of each role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from langnghe.briefing.figures import Material
from langnghe.briefing.work import material_of
from langnghe.casework.desk import Desk
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import (
    Channel,
    Intent,
    Labels,
    Post,
    PostKind,
    Sentiment,
    TimePrecision,
)
from langnghe.dashboard.desk import open_desk
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import Stores, casework_beside, open_stores

MONTH = date(2026, 11, 1)
FIRST, LAST = date(2026, 10, 16), date(2026, 11, 15)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

SENTIMENTS = tuple(Sentiment)
INTENTS = tuple(Intent)
CHANNELS = (Channel.COMMENTS, Channel.FORUM, Channel.FEED)


@dataclass(frozen=True)
class World:
    home: Home
    clock: FixedClock
    stores: Stores
    material: Material
    desk: Desk

    def add(self, posts: list[Post], labels: list[Labels]) -> None:
        self.stores.posts.put(posts)
        self.stores.posts.label(labels)


@contextmanager
def world(root: Path) -> Iterator[World]:
    """An empty home of which the clock stands after the period of November 2026."""
    home, clock = Home(root), FixedClock(NOW)
    init_home(home)
    with open_stores(home, clock) as stores:
        casework = casework_beside(home, stores.database)
        desk = open_desk(home, casework, clock)
        yield World(home, clock, stores, material_of(home, stores, casework), desk)


def post(number: int, day: date, topics: tuple[str, ...], places: tuple[str, ...] = ()) -> Post:
    """A post of its own words; its channel follows from its number."""
    at = datetime(day.year, day.month, day.day, 3, tzinfo=UTC) + timedelta(seconds=number)
    channel = CHANNELS[number % len(CHANNELS)]
    words = " ".join(f"tiếng{number * 7 + step}" for step in range(12))
    return Post(
        id=f"bai-{number}",
        source=f"nguon-{channel.value}",
        channel=channel,
        kind=PostKind.REPLY,
        thread_id=f"chu-de-{number}",
        url="https://example.vn/thread",
        text=f"Ý kiến số {number}: {words}",
        published_at=at,
        precision=TimePrecision.SECOND,
        fetched_at=at,
        topics=topics,
        places=places,
    )


def labelled(number: int, sentiment: Sentiment, intent: Intent, model: str = "m1") -> Labels:
    return Labels(f"bai-{number}", model, sentiment, intent)


def month_of_posts() -> tuple[list[Post], list[Labels]]:
    """Forty posts about four topics, of which one has three posts, and ten in the period before."""
    posts, labels = [], []
    for number in range(50):
        if number < 40:
            day = FIRST + timedelta(days=number % 31)
            topics = ("dat-dai",) if number < 3 else (("duong-sa", "y-te", "giao-duc")[number % 3],)
        else:
            day, topics = FIRST - timedelta(days=number - 39), ("duong-sa",)
        places = ("3390",) if number % 2 else ()
        posts.append(post(number, day, topics, places))
        labels.append(labelled(number, SENTIMENTS[number % 3], INTENTS[number % 6]))
    return posts, labels
