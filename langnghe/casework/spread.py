"""How far a claim spread before and after its correction was published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from langnghe.store.posts.interface import SMALLEST_FIGURE


@dataclass(frozen=True, slots=True)
class Spread:
    """Posts a day that state a claim; None where there is no whole day or too few posts."""

    before: float | None
    after: float | None


def spread(days: Mapping[date, int], published: date | None) -> Spread:
    """Posts a day before and after the day of publication, which counts for neither.

    Args:
        days: posts by day (in Viet Nam), from the first day counted to the last; days between
            them that are missing had none. Give the last day even if it had none: how long it has
            been quiet is what the figure is to show.
        published: when the correction came out; None: it has not.
    """
    # Boundary 5: what rests on fewer posts is not broken down.
    if sum(days.values()) < SMALLEST_FIGURE:
        return Spread(None, None)
    first, last = min(days), max(days)
    if published is None:
        return Spread(sum(days.values()) / ((last - first).days + 1), None)
    before = sum(count for day, count in days.items() if day < published)
    after = sum(count for day, count in days.items() if day > published)
    return Spread(_a_day(before, (published - first).days), _a_day(after, (last - published).days))


def _a_day(posts: int, days: int) -> float | None:
    return posts / days if days > 0 else None
