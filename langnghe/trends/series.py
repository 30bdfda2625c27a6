"""Posts over time: by day and by 7-day step, of all, of one topic, place or channel.

All of it comes from the daily counts, so it is there when the texts are long deleted. Plain
totals are given for any days; breakdowns only as `trends.small` allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from langnghe.store.posts.interface import UNLABELLED, Filters, PostStore
from langnghe.trends.period import Period
from langnghe.trends.small import breakdowns, hidden, is_over, steps

Total = Literal["topic", "place", "channel"]
"""What posts are counted by, plainly."""
Inner = Literal["sentiment", "intent"]
"""What a topic's posts are broken down by, step by step."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a topic's period."""

    period: Period
    total: int
    parts: Mapping[str, int] | None
    """They add up to `total`, with `UNLABELLED` for the rest; None: not broken down."""


def daily(posts: PostStore, period: Period, *, topic: str | None = None) -> dict[date, int]:
    """Posts on each day of a period, days without any included; of one topic or of all."""
    filters = Filters(
        since=period.since, until=period.until, topics=(topic,) if topic is not None else ()
    )
    return _each_day(
        period, {day: count for (day, _), count in posts.counts(filters).items() if day}
    )


def daily_by(posts: PostStore, period: Period, by: Total) -> dict[str, dict[date, int]]:
    """As `daily`, for each value that has posts in the period, the largest first."""
    found: dict[str, dict[date, int]] = {}
    filters = Filters(since=period.since, until=period.until)
    for (day, value), count in posts.counts(filters, by=by).items():
        if day is not None and value is not None:
            found.setdefault(value, {})[day] = count
    ordered = sorted(found, key=lambda value: (-sum(found[value].values()), value))
    return {value: _each_day(period, found[value]) for value in ordered}


def by_step(days: Mapping[date, int], period: Period) -> tuple[int, ...]:
    """Posts of each 7-day step of a period, from its posts by day."""
    return tuple(sum(count for day, count in days.items() if day in step) for step in steps(period))


def topic_steps(
    posts: PostStore, period: Period, topic: str, inner: Inner, today: date
) -> tuple[Step, ...]:
    """A topic's posts by 7-day step, broken down where that may be shown.

    Args:
        posts: whose daily counts are asked.
        period: a reporting period; no other days may be given.
        topic: its id. If it is not broken down for the period, its steps are not either.
        inner: what the steps are broken down by.
        today: a day in Viet Nam. A period that is not over yet is not broken down.
    """
    days = daily(posts, period, topic=topic)
    sizes = dict(zip(steps(period), by_step(days, period), strict=True))
    whole = 0
    if is_over(period, today) and topic not in _hidden_topics(posts, period):
        whole = sum(days.values())
    inside = _parts(posts, period, topic, inner) if whole else {}
    groups = {}
    for step, size in sizes.items():
        parts: dict[str, int] = {}
        for (day, value), count in inside.items():
            if day in step:
                parts[value] = parts.get(value, 0) + count
        if rest := size - sum(parts.values()):
            parts[UNLABELLED] = rest
        groups[step] = (size, parts)
    shown = breakdowns(whole, groups)
    return tuple(Step(step, size, shown[step]) for step, size in sizes.items())


def _hidden_topics(posts: PostStore, period: Period) -> frozenset[str]:
    """The topics that are not broken down for the period: the same as in its briefing."""
    filters = Filters(since=period.since, until=period.until)
    whole = sum(posts.counts(filters, interval=None).values())
    counted = posts.counts(filters, by="topic", interval=None)
    return hidden(whole, {value: count for (_, value), count in counted.items() if value})


def _parts(
    posts: PostStore, period: Period, topic: str, inner: Inner
) -> dict[tuple[date, str], int]:
    filters = Filters(since=period.since, until=period.until, topics=(topic,))
    return {
        (day, value): count
        for (day, value), count in posts.counts(filters, by=inner).items()
        if day is not None and value is not None
    }


def _each_day(period: Period, found: Mapping[date, int]) -> dict[date, int]:
    each = (period.since + timedelta(days=at) for at in range(period.days))
    return {day: found.get(day, 0) for day in each}
