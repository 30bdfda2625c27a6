"""Unusual rises: more posts about a topic in the last days than there should be.

A rise is raised only if the sources were the same all along. What is left out of both sides, of
what was seen and of what was expected:

* a source that was first read less than three weeks before: what it had kept came all at once;
* a source that is read again after days on which it could not be: so did what it had missed;
* files that people bring: they come when they come;
* a source that rose as a whole, with all its topics: an archive that was opened, dates that were
  lost in a new layout. Never for posts that say that life is in danger.

Days on which a source was missing say nothing about what is usual, either. A source that is down
now makes fewer posts, and no alert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.core.models import Channel, Reason
from langnghe.core.settings import Source
from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore, Query
from langnghe.trends.coverage import Coverage
from langnghe.trends.expected import BASELINE_DAYS, LEAST_DAYS, Floats, Judged, judge
from langnghe.trends.period import Period

URGENT: Final = ""
"""In place of a topic: all posts that say that life is in danger."""

WINDOWS: Final = ((2, 0.01), (1, 0.001))
"""Days that are judged together, and how unlikely what was seen has to be. Chosen so that a topic
has less than one false alert in a quarter (docs/trends.md); most of it is spent on two days, over
which posts about one event spread."""

LONGEST: Final = max(days for days, _ in WINDOWS)

LEAST_POSTS: Final = 8
LEAST_URGENT: Final = SMALLEST_FIGURE
"""Fewer are never a rise: of a topic that nobody speaks of, one thread with its answers would be
one. Never under 5: an alert tells of no less than may be told (boundary 5)."""

LEAST_RATIO: Final = 1.8
"""Of seen to expected: where there are many posts, a small rise is no accident and no news."""

LASTING: Final = 0.05
"""A rise goes on as long as what is seen is at least so unlikely."""

MOST_MISSING: Final = 0.1
"""Share of a topic's posts that may be missing on a day that shows what is usual."""

WHOLE_SOURCE_P: Final = 0.001
WHOLE_SOURCE_RATIO: Final = 0.7
"""A source rose as a whole where its other topics did, so unlikely and at least so much in
proportion as this one."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rise:
    """What was seen of a topic in the last days, against what was expected."""

    topic: str
    """Id, or URGENT."""
    period: Period
    seen: int
    expected: float
    p: float
    left_out: tuple[str, ...] = ()
    """Names of the sources that were not counted."""

    @property
    def is_raised(self) -> bool:
        """Whether somebody should be told."""
        limit = dict(WINDOWS)[self.period.days]
        least = LEAST_URGENT if self.topic == URGENT else LEAST_POSTS
        return bool(is_unusual(self.seen, self.expected, self.p, limit, least))

    @property
    def lasts(self) -> bool:
        """Whether a rise that was told of goes on."""
        return self.p < LASTING and self.seen >= SMALLEST_FIGURE


def is_unusual(
    seen: Floats | float,
    expected: Floats | float,
    p: Floats | float,
    limit: float,
    least: int = LEAST_POSTS,
) -> NDArray[np.bool_]:
    """Whether what was seen is a rise that somebody should be told of.

    Args:
        seen: posts of the window, one number or many.
        expected: likewise.
        p: how likely so many are by chance.
        limit: of `p` (`WINDOWS`).
        least: posts.
    """
    enough = np.greater_equal(seen, np.maximum(least, LEAST_RATIO * np.asarray(expected)))
    return np.less(p, limit) & enough


def watched(today: date) -> Period:
    """The days that `rises` looks at: what is usual, and the last days."""
    return Period(today - (BASELINE_DAYS + LONGEST - 1) * _DAY, today)


def rises(
    posts: PostStore,
    cover: Coverage,
    sources: Sequence[Source],
    topics: Sequence[str],
    going_on: Mapping[str, date],
) -> dict[str, Rise]:
    """What was seen of each topic and of URGENT in the last days; of two windows the rarer one.

    Args:
        posts: whose daily counts are used.
        cover: of the days `watched(today)`; its last day is the day that is judged, whole or not.
        sources: as configured.
        topics: ids.
        going_on: when the rises began that still last: their days do not show what is usual.
    """
    steady, out = _steady(cover, sources)
    if not steady:
        return {}
    days = cover.period
    counts = _by_source(posts, steady, topics, days)
    found = _judged(counts, steady, cover, topics, going_on)
    # Whether a source rose as a whole is asked where something rose at all.
    for at, topic in enumerate(topics):
        rise = found.get(topic)
        if rise is None or not rise.is_raised:
            continue
        whole = _risen_as_a_whole(counts, steady, cover, at, rise)
        if whole:
            rest = [name for name in steady if name not in whole]
            kept = {name: counts[name] for name in rest}
            again = _judged(kept, rest, cover, topics, going_on) if rest else {}
            found[topic] = replace(
                again.get(topic, replace(rise, p=1.0)), left_out=tuple(sorted(whole))
            )
    found |= _judged_series(
        _urgent(posts, steady, days)[None, :],
        _usable(np.array([[1.0] * len(steady)]) / len(steady), steady, cover),
        cover,
        [URGENT],
        going_on,
    )
    return {
        topic: replace(rise, left_out=tuple(sorted({*out, *rise.left_out})))
        for topic, rise in found.items()
    }


def _steady(cover: Coverage, sources: Sequence[Source]) -> tuple[list[str], list[str]]:
    """Names of the sources that can be compared with themselves, and of those left out."""
    window = cover.period.until - (LONGEST - 1) * _DAY
    regular = {one.name for one in sources if one.enabled and one.channel is not Channel.FILE}
    steady, out = [], []
    for one in cover.sources:
        is_new = one.first_read is None or one.first_read > window - LEAST_DAYS * _DAY
        is_back = {window - _DAY, window - 2 * _DAY} <= set(one.missed)
        if one.name in regular and not is_new and not is_back:
            steady.append(one.name)
        elif one.posts:
            out.append(one.name)
    return steady, out


def _by_source(
    posts: PostStore, steady: Sequence[str], topics: Sequence[str], days: Period
) -> dict[str, Floats]:
    """Posts of each source by topic and day, (topics + 1, days); the last row has all of them."""
    rows = {topic: at for at, topic in enumerate(topics)}
    counts = {}
    for name in steady:
        table = np.zeros((len(topics) + 1, days.days))
        only = Filters(sources=(name,), since=days.since, until=days.until)
        for (day, topic), seen in posts.counts(only, by="topic").items():
            if day is not None and topic in rows:
                table[rows[topic], (day - days.since).days] = seen
        for (day, _), seen in posts.counts(only).items():
            if day is not None:
                table[-1, (day - days.since).days] = seen
        counts[name] = table
    return counts


def _urgent(posts: PostStore, steady: Sequence[str], days: Period) -> Floats:
    """Posts by day that say that life is in danger. Where they are under 5 in all: none."""
    only = Filters(
        sources=tuple(steady), reasons=(Reason.URGENT,), since=days.since, until=days.until
    )
    series = np.zeros(days.days)
    for day, seen in posts.search(Query(filters=only, size=1, histogram="day")).histogram.items():
        series[(day - days.since).days] = seen
    return series


def _judged(
    counts: Mapping[str, Floats],
    steady: Sequence[str],
    cover: Coverage,
    topics: Sequence[str],
    going_on: Mapping[str, date],
) -> dict[str, Rise]:
    """The rise of each topic, over the given sources together."""
    each = np.stack([counts[name] for name in steady])  # (sources, topics + 1, days)
    # A topic of few posts is thought to come from where posts come from.
    share = each[:, -1].sum(axis=1) + 1.0
    share = share / share.sum()
    weight = each[:, :-1].sum(axis=2).T + SMALLEST_FIGURE * share
    weight = weight / weight.sum(axis=1, keepdims=True)
    usable = _usable(weight, steady, cover)
    return _judged_series(each[:, :-1].sum(axis=0), usable, cover, topics, going_on)


def _usable(weight: Floats, steady: Sequence[str], cover: Coverage) -> NDArray[np.bool_]:
    """Which days show what is usual, (series, days), by each source's share of a series."""
    by_name = {one.name: one for one in cover.sources}
    days = [cover.period.since + at * _DAY for at in range(cover.period.days)]
    missing = np.zeros((len(steady), len(days)))
    for at, name in enumerate(steady):
        one = by_name[name]
        missed = set(one.missed)
        for number, day in enumerate(days):
            missing[at, number] = day in missed or one.first_read is None or day < one.first_read
    return weight @ missing <= MOST_MISSING


def _judged_series(
    series: Floats,
    usable: NDArray[np.bool_],
    cover: Coverage,
    topics: Sequence[str],
    going_on: Mapping[str, date],
) -> dict[str, Rise]:
    """The rarer of the windows of each series; nothing of one that nothing is known of."""
    usable = usable.copy()
    for at, topic in enumerate(topics):
        if topic in going_on:
            usable[at, max(0, (going_on[topic] - cover.period.since).days) :] = False
    found: dict[str, Rise] = {}
    for window, _ in WINDOWS:
        judged = _judge(series, usable, cover, window)
        period = Period(cover.period.until - (window - 1) * _DAY, cover.period.until)
        for at, topic in enumerate(topics):
            if np.isnan(judged.expected[at]):
                continue
            rise = Rise(
                topic,
                period,
                int(judged.seen[at]),
                float(judged.expected[at]),
                float(judged.p[at]),
            )
            known = found.get(topic)
            if known is None or (rise.is_raised and not known.is_raised):
                found[topic] = rise
    return found


def _judge(series: Floats, usable: NDArray[np.bool_], cover: Coverage, window: int) -> Judged:
    skipped = LONGEST - window
    return judge(
        series[:, skipped:], usable[:, skipped:], cover.period.since + skipped * _DAY, window
    )


def _risen_as_a_whole(
    counts: Mapping[str, Floats], steady: Sequence[str], cover: Coverage, at: int, rise: Rise
) -> frozenset[str]:
    """The sources whose other topics rose as much as this one did."""
    others = np.stack([counts[name][-1] - counts[name][at] for name in steady])
    usable = _usable(np.eye(len(steady)), steady, cover)
    judged = _judge(others, usable, cover, rise.period.days)
    by_how_much = WHOLE_SOURCE_RATIO * rise.seen / max(rise.expected, 1e-9)
    return frozenset(
        name
        for number, name in enumerate(steady)
        if judged.p[number] < WHOLE_SOURCE_P
        and judged.seen[number] >= by_how_much * judged.expected[number]
    )
