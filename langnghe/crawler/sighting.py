"""What one visit saw of a source as a whole: counts that say whether it gives what it used to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import Outcome, TimePrecision
from langnghe.crawler.items import PageKind
from langnghe.crawler.keeping import Kept
from langnghe.crawler.targets import PageRead
from langnghe.store.habits import BINS

_LISTS: Final = frozenset({PageKind.FEED, PageKind.SITEMAP, PageKind.SECTION, PageKind.BOARD})
"""Pages that always list something. A timeline is asked for what is new, which may be nothing."""

_EXACT: Final = frozenset({TimePrecision.SECOND, TimePrecision.MINUTE, TimePrecision.HOUR})


def bin_of(moment: datetime) -> int:
    """The hour of a working day (0 to 23) or of the weekend (24 to 47) in Viet Nam."""
    return bin_of_local(moment.astimezone(LOCAL_ZONE))


def bin_of_local(moment: datetime) -> int:
    """The same of a moment that is told in the time of Viet Nam."""
    return moment.hour + (24 if moment.weekday() >= 5 else 0)


@dataclass(slots=True)
class Sighting:
    """Counts of one visit."""

    since: datetime | None = None
    """When the last visit that succeeded began; None: there was none."""
    rereading: bool = False
    """All pages are read anew, so that what is stored need not be new at its source."""
    items: int = 0
    """New posts of any topic, by their date or because they were not stored yet."""
    links: int = 0
    """Pages that were not known."""
    shape: list[int] = field(default_factory=lambda: [0] * BINS)
    """New posts that say when they were published, by hour."""
    lists: int = 0
    """Lists (feeds, boards…) that were read where reading starts."""
    listed: int = 0
    """Those of them that listed anything."""
    moved: bool = False
    """An address where reading starts led to another one."""

    @classmethod
    def after(cls, since: datetime | None, configured_at: datetime) -> Sighting:
        """A visit to come, after one `since` and with a configuration of that moment."""
        return cls(since, since is None or configured_at > since)

    @property
    def found(self) -> int:
        """What is new. An article counts once, not as a link and as a post."""
        return max(self.items, self.links)

    def add(self, read: PageRead, kept: Kept, seeds: Collection[str]) -> None:
        """Count a page that was kept; `seeds` are the addresses where reading starts."""
        is_seed = read.target.row.url in seeds and read.target.step == 0
        if is_seed and _leads_elsewhere(read.target.url, read.answer.url):
            self.moved = True
        if read.harvest is None:
            return
        fresh = 0
        for item in read.harvest.items:
            published = item.published
            if published is None or published.precision not in _EXACT or self.since is None:
                continue
            if self.since < published.at <= read.answer.fetched_at:
                fresh += 1
                self.shape[bin_of(published.at)] += 1
        stored = 0 if self.rereading else kept.tally[Outcome.STORED, None]
        self.items += max(fresh, stored)
        self.links += kept.new_links
        if is_seed and read.target.kind in _LISTS:
            self.lists += 1
            self.listed += bool(read.harvest.items or read.harvest.links)


def _leads_elsewhere(asked: str, answered: str) -> bool:
    """Whether an address is more than another way of writing the same one."""
    return _place(asked) != _place(answered)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
