"""What one visit to one source is told, and what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from langnghe.core.clock import Clock
from langnghe.core.ids import KeyedIds
from langnghe.core.settings import (
    BlueskySource,
    CommentsSource,
    DiscourseSource,
    FacebookSource,
    FeedSource,
    ForumSource,
    MastodonSource,
    NewsSource,
    TelegramSource,
    YouTubeSettings,
    YouTubeSource,
)
from langnghe.crawler.guard import Fence, Refusal
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.pace import Pace
from langnghe.crawler.redirects import Origin
from langnghe.crawler.sighting import Sighting
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.store.crawlstate import CrawlState

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HttpSource = (
    FeedSource
    | NewsSource
    | CommentsSource
    | ForumSource
    | DiscourseSource
    | TelegramSource
    | MastodonSource
    | FacebookSource
    | BlueskySource
    | YouTubeSource
)
"""A source that is read over HTTP."""

Progress = Callable[[str, PageRead | PageFailed], None]
"""Told the source's name and each page as it was kept, or failed."""

_CONFIGURATION = "configuration"
_SINCE = "since"


@dataclass
class Allowance:
    """How many requests the sources of a channel may still make today, all together.

    None: its terms name no number.
    """

    left: int | None = None

    def take(self) -> None:
        """Count one request."""
        if self.left is not None:
            self.left -= 1

    def is_used_up(self) -> bool:
        """Whether nothing more may be asked today."""
        return self.left is not None and self.left <= 0


@dataclass
class Trip:
    """What binds whoever goes out: nothing leaves this process but within it."""

    clock: Clock
    pace: Pace
    fence: Fence
    delay: float
    """Seconds between two requests to one server, where robots.txt asks for no more."""
    robots_exempt: frozenset[Origin | None] = field(default=frozenset(), kw_only=True)
    """Where robots.txt has no say: the hosts of documented APIs (`ChannelTerms.robots_exempt`)."""


@dataclass
class Visit(Trip):
    """One visit to one source."""

    source: HttpSource
    keeper: Keeper
    state: CrawlState
    ids: KeyedIds
    progress: Progress
    max_pages: int
    horizon: timedelta
    """How far ahead of their time pages are visited: none when the visit is by schedule."""
    retention: timedelta
    configuration: str
    """A digest of what decides how a page is read (`Preparation.configuration`)."""
    configured_at: datetime
    """When it was last changed: what was read before is read anew."""
    keys: Mapping[str, SecretStr] = field(default_factory=dict)
    """The source's secrets by name; what it names and is not here is missing."""
    youtube: YouTubeSettings = field(default_factory=YouTubeSettings)
    to_confirm: frozenset[str] = frozenset()
    """Rows to be read whole, whatever their validators say (`standing.pages_to_confirm`)."""
    allowance: Allowance = field(default_factory=Allowance)

    sighting: Sighting = field(init=False)
    """What it sees of the source as a whole."""
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
    rest_until: tuple[datetime, str] | None = None
    """Until when this source is left alone and why, where its channel's allowance is used up."""
    interrupted: bool = False

    def __post_init__(self) -> None:
        habit = self.state.habits.get(self.source.name)
        last = None if habit is None else habit.counted_until
        self.sighting = Sighting.after(last, self.configured_at)


def trip_of(crawler: Crawler) -> Trip:
    """The visit, or trial, that a Scrapy crawler is about.

    It hangs on the spider: settings would give each component a copy of its own.
    """
    visit = getattr(crawler.spider, "visit", None)
    assert isinstance(visit, Trip)
    return visit


def configured_at(state: CrawlState, source: str, configuration: str, now: datetime) -> datetime:
    """Since when a source is read with this configuration; kept in its cursor."""
    since = state.noted_moment(source, _SINCE)
    if since is not None and state.noted(source).get(_CONFIGURATION) == configuration:
        return since
    state.note(source, {_CONFIGURATION: configuration, _SINCE: now})
    return now


def restart_reading(visit: Visit, now: datetime) -> None:
    """Read every page of a source anew from now on, whatever its validators say."""
    visit.state.note(visit.source.name, {_SINCE: now})
    visit.configured_at = now
