"""What one visit to one source is told, and what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.core.ids import KeyedIds
from langnghe.core.settings import (
    CommentsSource,
    FeedSource,
    ForumSource,
    MastodonSource,
    NewsSource,
)
from langnghe.crawler.guard import Fence, Refusal
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.pace import Pace
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.store.crawlstate import CrawlState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HttpSource = FeedSource | NewsSource | CommentsSource | ForumSource | MastodonSource
"""A source that is read over HTTP."""

Progress = Callable[[str, PageRead | PageFailed], None]
"""Told the source's name and each page as it was kept, or failed."""

_CONFIGURATION = "configuration"
_SINCE = "since"


@dataclass
class Visit:
    """One visit to one source."""

    source: HttpSource
    keeper: Keeper
    state: CrawlState
    clock: Clock
    pace: Pace
    fence: Fence
    ids: KeyedIds
    progress: Progress
    delay: float
    """Seconds between two requests to one server, where robots.txt asks for no more."""
    max_pages: int
    horizon: timedelta
    """How far ahead of their time pages are visited: none when the visit is by schedule."""
    retention: timedelta
    configuration: str
    """A digest of what decides how a page is read (`configuration_of`)."""
    configured_at: datetime
    """When it was last changed: what was read before is read anew."""

    requests: int = 0
    not_modified: int = 0
    pages: int = 0
    failed_pages: int = 0
    worst: float = 0.0
    """The weight of the gravest failure."""
    problems: Counter[str] = field(default_factory=Counter)
    refused: Counter[Refusal] = field(default_factory=Counter)
    resting: dict[str, timedelta] = field(default_factory=dict)
    """Servers that are left to a later visit, and for how long from when it was found out."""
    interrupted: bool = False


def visit_of(crawler: Crawler) -> Visit:
    """The visit that a Scrapy crawler is about.

    It hangs on the spider: settings would give each component a copy of its own.
    """
    visit = getattr(crawler.spider, "visit", None)
    assert isinstance(visit, Visit)
    return visit


def configuration_of(home: Home) -> str:
    """A digest of the configuration that decides which posts are kept."""
    digest = blake2b(digest_size=16)
    for name in ("topics.yaml", "places.yaml"):
        digest.update((home.configs / name).read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def configured_at(state: CrawlState, source: str, configuration: str, now: datetime) -> datetime:
    """Since when a source is read with this configuration; kept in its cursor."""
    cursor = dict(state.source_state(source).cursor or {})
    if cursor.get(_CONFIGURATION) != configuration:
        cursor |= {_CONFIGURATION: configuration, _SINCE: now.isoformat()}
        state.set_cursor(source, cursor)
    return datetime.fromisoformat(cursor[_SINCE])


def restart_reading(visit: Visit, now: datetime) -> None:
    """Read every page of a source anew from now on, whatever its validators say."""
    cursor = dict(visit.state.source_state(visit.source.name).cursor or {})
    visit.state.set_cursor(visit.source.name, cursor | {_SINCE: now.isoformat()})
    visit.configured_at = now
