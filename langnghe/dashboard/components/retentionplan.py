"""What the retention period will delete, and when: counted by day, no text is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from langnghe.core.clock import local_day
from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore, Query

NIGHTS: Final = 14
"""Nights that are shown; what comes after is summed up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Posts by the night in which their text is deleted."""

    kept: int
    """Posts whose text is there now."""
    nights: Mapping[date, int]
    """By the day on which the night ends, in order; the first has all that is due by then."""
    first: date | None
    """The night in which the first of them go; None: there is none."""

    @property
    def next_night(self) -> int:
        """Posts that go at the next deletion."""
        return next(iter(self.nights.values()), 0)


def plan(posts: PostStore, days: int, shorter: Mapping[str, int], today: date) -> Plan:
    """When the posts that there are will go.

    A post goes in the first night after its time is over; here a day counts as a whole, so that
    one from before dawn may go a night earlier than is said.

    Args:
        posts: where they are.
        days: that a text is kept.
        shorter: days by source, where it is less.
        today: the day in Viet Nam.
    """
    general = Counter(_by_day(posts, Filters()))
    nights = Counter[date]()
    for source, own in shorter.items():
        found = _by_day(posts, Filters(sources=(source,)))
        general.subtract(found)
        _add(nights, found, own, today)
    _add(nights, general, days, today)
    wanted = [today + timedelta(days=ahead) for ahead in range(1, NIGHTS + 1)]
    first = min((night for night, count in nights.items() if count), default=None)
    return Plan(nights.total(), {night: nights[night] for night in wanted}, first)


def _by_day(posts: PostStore, filters: Filters) -> Mapping[date, int]:
    """The posts that there are, by the day of publication."""
    page = posts.search(Query(filters=filters, size=SMALLEST_FIGURE, histogram="day"))
    if page.histogram:
        return page.histogram
    return Counter(local_day(hit.stored.post.published_at) for hit in page.hits)


def _add(nights: Counter[date], found: Mapping[date, int], days: int, today: date) -> None:
    first = today + timedelta(days=1)
    for day, count in found.items():
        nights[max(first, day + timedelta(days=days + 1))] += count
