"""What became of review items in a month: whether each reason held, why not, and who agreed.

A figure that rests on fewer than 5 items is not broken down (boundary 5). So that nothing can be
worked out by taking one figure from another either, reasons that are too rare to be broken down by
themselves are counted together, and no sum is given that holds the others as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from langnghe.casework.agreement import Agreement, agreement
from langnghe.casework.review import Dismissal, ReviewItem
from langnghe.core.clock import local_day
from langnghe.core.models import Reason
from langnghe.store.posts.interface import SMALLEST_FIGURE

Reasons = tuple[Reason, ...]
"""One reason, or several that are too rare to be counted each by itself."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often a reason held."""

    confirmed: int
    dismissed: int

    @property
    def decided(self) -> int:
        return self.confirmed + self.dismissed


@dataclass(frozen=True, slots=True)
class Month:
    """What was decided in one month. Each mapping holds only what may be broken down."""

    decided: Mapping[Reason, int]
    """Items that were decided; empty where there are too few of them in all."""
    total: int
    outcomes: Mapping[Reasons, Outcome]
    dismissals: Mapping[Reasons, Mapping[Dismissal, int]]
    """Why the reason did not hold."""
    agreements: Mapping[Reasons, Agreement]
    """Of first and second reviewers on whether the reason holds. Two people who dismiss an item
    for different reasons agree."""


@dataclass(slots=True)
class _Tally:
    opinions: dict[Reason, list[Dismissal | None]] = field(
        default_factory=lambda: defaultdict(list)
    )
    pairs: dict[Reason, list[tuple[bool, bool]]] = field(default_factory=lambda: defaultdict(list))


def months(items: Iterable[ReviewItem]) -> dict[date, Month]:
    """By month (its first day) of the first reviewer's decision, in Viet Nam; the latest first."""
    tallies: dict[date, _Tally] = defaultdict(_Tally)
    for item in items:
        first, second = item.decision, item.second
        if first is None:
            continue
        tally = tallies[local_day(first.at).replace(day=1)]
        tally.opinions[item.reason].append(first.dismissal)
        if second is not None:
            opinions = (first.dismissal is None, second.dismissal is None)
            tally.pairs[item.reason].append(opinions)
    return {day: _month(tallies[day]) for day in sorted(tallies, reverse=True)}


def _month(tally: _Tally) -> Month:
    decided = {reason: len(opinions) for reason, opinions in tally.opinions.items()}
    total = sum(decided.values())
    dismissals = {
        reason: [why for why in opinions if why is not None]
        for reason, opinions in tally.opinions.items()
    }
    return Month(
        decided if total >= SMALLEST_FIGURE else {},
        total,
        {
            reasons: Outcome(opinions.count(None), len(opinions) - opinions.count(None))
            for reasons, opinions in _grouped(tally.opinions).items()
        },
        {reasons: Counter(whys) for reasons, whys in _grouped(dismissals).items()},
        {reasons: agreement(pairs) for reasons, pairs in _grouped(tally.pairs).items()},
    )


def _grouped(found: Mapping[Reason, list[T]]) -> dict[Reasons, list[T]]:
    """What may be broken down, in the order of `Reason`: the rare together, if enough in all."""
    groups: dict[Reasons, list[T]] = {}
    rare: dict[Reason, list[T]] = {}
    for reason in Reason:
        some = found.get(reason, [])
        if len(some) >= SMALLEST_FIGURE:
            groups[(reason,)] = some
        elif some:
            rare[reason] = some
    together = [one for some in rare.values() for one in some]
    if len(together) >= SMALLEST_FIGURE:
        groups[tuple(rare)] = together
    return groups
