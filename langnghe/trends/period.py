"""Periods of days: what a figure, a chart or a briefing is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days of Viet Nam, both ends included.

    Raises:
        ValueError: it ends before it begins.
    """

    since: date
    until: date

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError(f"a period cannot end on {self.until}, before {self.since}")

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


def reporting_period(year: int, month: int, first_day: int) -> Period:
    """The period that the briefing of a month is about.

    Args:
        year: of the briefing.
        month: of the briefing, 1 to 12.
        first_day: 1: the calendar month; 2 to 28: from that day of the month before to the day
            before it in this month, such as 16/10 to 15/11 for November (domain.md §2.2).

    Raises:
        ValueError: there is no such month, or `first_day` is not between 1 and 28.
    """
    if not 1 <= first_day <= 28:
        raise ValueError(f"the first day of a period is between 1 and 28, not {first_day}")
    start = date(year, month, first_day)
    if first_day == 1:
        following = date(year + month // 12, month % 12 + 1, 1)
        return Period(start, following - timedelta(days=1))
    before = date(year - (month == 1), (month - 2) % 12 + 1, first_day)
    return Period(before, start - timedelta(days=1))


def period_of(day: date, first_day: int) -> Period:
    """The reporting period that a day belongs to.

    Args:
        day: in Viet Nam.
        first_day: as `reporting_period` takes it.
    """
    if first_day == 1 or day.day < first_day:
        return reporting_period(day.year, day.month, first_day)
    return reporting_period(day.year + day.month // 12, day.month % 12 + 1, first_day)
