"""Boundary 5: what rests on fewer than 5 posts is not broken down, nor can it be worked out.

One rule for all that shows or exports figures (pages, briefing, spreadsheet, alert):

* Plain totals (posts of a day, of a topic, of a place) are fine, however small.
* A breakdown says what the posts of a total are like: by sentiment, intent, place within a
  topic, channel within a topic … It exists for whole reporting periods that are over and for
  their 7-day steps, never for days chosen freely: two ranges that differ by a day would tell of
  that day, and so would a running period looked at on two days.
* It goes one way down: all posts → topics → steps of a topic. There is no breakdown of a place
  by topic: it would tell the places of a topic with two posts. All posts by step are not broken
  down beside topics by step, for the same reason.
* A breakdown that may not be shown takes others with it, so that what is shown, subtracted from
  the whole, leaves nothing that is small (`hidden`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from langnghe.store.posts.interface import SMALLEST_FIGURE
from langnghe.trends.period import Period

STEP_DAYS = 7

Key = TypeVar("Key", bound=Hashable)
Part = TypeVar("Part", bound=Hashable)


def is_small(total: int) -> bool:
    """Whether a total rests on posts, but on too few to be broken down."""
    return 0 < total < SMALLEST_FIGURE


def breakdown(total: int, parts: Mapping[Part, int]) -> dict[Part, int] | None:
    """The parts of a total that stands alone; None where there are too few posts.

    Where there are totals beside it that are broken down alike, use `breakdowns`.
    """
    return None if total < SMALLEST_FIGURE else dict(parts)


def hidden(whole: int, totals: Mapping[Key, int]) -> frozenset[Key]:
    """Which of the totals within a whole are not broken down, if the whole itself is.

    Hidden are those of 1 to 4 posts, those that all but 1 to 4 posts of the whole belong to
    (the rest could be worked out), and the next smallest until they are 5 posts together: their
    sum can be worked out, and must not be small. A total of 0 has no
    breakdown to hide. The totals may overlap (a post can have two topics).

    Args:
        whole: posts in all. Under 5: all are hidden.
        totals: such as posts by topic, or by step of one topic.
    """
    if whole < SMALLEST_FIGURE:
        return frozenset(key for key, total in totals.items() if total)
    chosen = {
        key
        for key, total in totals.items()
        if is_small(total) or (total and is_small(whole - total))
    }
    rest = sorted(
        (key for key, total in totals.items() if total and key not in chosen),
        key=lambda key: (totals[key], str(key)),
    )
    for key in rest:
        if not chosen or sum(totals[one] for one in chosen) >= SMALLEST_FIGURE:
            break
        chosen.add(key)
    return frozenset(chosen)


def breakdowns(
    whole: int, groups: Mapping[Key, tuple[int, Mapping[Part, int]]]
) -> dict[Key, dict[Part, int] | None]:
    """The parts of each group within a whole that is itself broken down.

    Args:
        whole: posts in all.
        groups: total and parts of each, such as those of each topic.

    Returns:
        For each group its parts; None where they are not shown. If a group is not shown, nothing
        within it may be either: give its steps a whole of 0.
    """
    secret = hidden(whole, {key: total for key, (total, _) in groups.items()})
    return {key: None if key in secret else dict(parts) for key, (_, parts) in groups.items()}


def is_over(period: Period, today: date) -> bool:
    """Whether its figures may be broken down at all on `today`, a day in Viet Nam."""
    return period.until < today


def steps(period: Period) -> tuple[Period, ...]:
    """The 7-day steps of a reporting period from its first day; the last one may be shorter."""
    found = []
    first = period.since
    while first <= period.until:
        last = min(first + timedelta(days=STEP_DAYS - 1), period.until)
        found.append(Period(first, last))
        first = last + timedelta(days=1)
    return tuple(found)
