"""Posts of a reporting period by what they are about, from the daily counts.

Figures are by key, as `figures.Figures` has them. A breakdown that may not be shown (boundary 5)
has no key at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from langnghe.store.posts.interface import Dimension, Filters, PostStore
from langnghe.trends.period import Period
from langnghe.trends.small import breakdown, breakdowns

Value = int | float

PLAIN: Final[tuple[Dimension, ...]] = ("topic", "place", "source", "channel")
"""Totals that may be shown however small."""
OF_ALL: Final[tuple[Dimension, ...]] = ("sentiment", "intent")
"""What all posts of a period are broken down by."""
OF_TOPIC: Final[tuple[Dimension, ...]] = ("sentiment", "intent", "place")
"""What the posts of a topic are broken down by."""


def post_figures(
    posts: PostStore, period: Period, before: Period, *, broken_down: bool
) -> dict[str, Value]:
    """Posts of the period, with shares, and against the period before.

    Args:
        posts: where they are counted.
        period: what the figures are about.
        before: the period just before.
        broken_down: whether the period is over, so that breakdowns may be shown at all.
    """
    total, was = _total(posts, period), _total(posts, before)
    values: dict[str, Value] = {"posts.total": total, **_against("posts.total", total, was)}
    for dimension in PLAIN:
        now, then = _by(posts, period, dimension), _by(posts, before, dimension)
        for key, count in now.items() | {(gone, 0) for gone in then.keys() - now.keys()}:
            name = f"posts.{dimension}.{key}"
            values |= {name: count, **_share(name, count, total)}
            values |= _against(name, count, then.get(key, 0))
    if broken_down:
        for dimension in OF_ALL:
            parts = breakdown(total, _by(posts, period, dimension)) or {}
            values |= _parts(f"posts.{dimension}", parts, total)
            earlier = breakdown(was, _by(posts, before, dimension))
            if parts and earlier:
                for key, count in parts.items():
                    name = f"posts.{dimension}.{key}"
                    values |= _against(name, count, earlier.get(key, 0))
        values |= _within_topics(posts, period, total)
    return values


def _within_topics(posts: PostStore, period: Period, total: int) -> dict[str, Value]:
    values: dict[str, Value] = {}
    topics = _by(posts, period, "topic")
    for dimension in OF_TOPIC:
        groups = {
            topic: (count, _by(posts, period, dimension, topic)) for topic, count in topics.items()
        }
        for topic, parts in breakdowns(total, groups).items():
            values |= _parts(f"posts.topic.{topic}.{dimension}", parts or {}, topics[topic])
    return values


def _parts(prefix: str, parts: Mapping[str, int], total: int) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for key, count in parts.items():
        name = f"{prefix}.{key}"
        values |= {name: count, **_share(name, count, total)}
    return values


def _share(name: str, count: int, total: int) -> dict[str, Value]:
    return {f"{name}.share": count / total} if total else {}


def _against(name: str, now: int, was: int) -> dict[str, Value]:
    """Before, the difference without its sign, and the growth where there is something to grow."""
    values: dict[str, Value] = {f"{name}.before": was, f"{name}.change": abs(now - was)}
    if was:
        values[f"{name}.growth"] = abs(now - was) / was
    return values


def _filters(period: Period, topic: str | None = None) -> Filters:
    return Filters(topics=() if topic is None else (topic,), since=period.since, until=period.until)


def _total(posts: PostStore, period: Period) -> int:
    return sum(posts.counts(_filters(period), interval=None).values())


def _by(
    posts: PostStore, period: Period, dimension: Dimension, topic: str | None = None
) -> dict[str, int]:
    counts = posts.counts(_filters(period, topic), by=dimension, interval=None)
    return {key: count for (_, key), count in counts.items() if key is not None and count}
