"""Boundary 5 as arithmetic: what may be broken down."""

from __future__ import annotations

from datetime import date

import pytest

from langnghe.trends.period import Period
from langnghe.trends.small import breakdown, breakdowns, hidden, is_over, is_small, steps


def test_only_1_to_4_is_small() -> None:
    assert [total for total in range(8) if is_small(total)] == [1, 2, 3, 4]


def test_a_total_alone() -> None:
    assert breakdown(4, {"a": 4}) is None
    assert breakdown(5, {"a": 3, "b": 2}) == {"a": 3, "b": 2}


@pytest.mark.parametrize(
    ("whole", "totals", "secret"),
    [
        (4, {"a": 3, "b": 1, "c": 0}, "ab"),
        (20, {"a": 10, "b": 10}, ""),
        (14, {"a": 10, "b": 4}, "ab"),  # b is a small one, and a's breakdown would tell it
        (20, {"a": 10, "b": 7, "c": 3}, "bc"),  # c alone is the whole less the others
        (20, {"a": 14, "b": 3, "c": 3}, "bc"),  # six together: enough
        (20, {"a": 9, "b": 7, "c": 3, "d": 1}, "bcd"),  # four together: one more
        (10, {"a": 10, "b": 0}, ""),
        (10, {"a": 8, "b": 7}, "ab"),  # topics that overlap: two posts are not in a
        (10, {"a": 8}, "a"),
        (5, {"a": 5}, ""),
    ],
)
def test_what_a_subtraction_would_tell_is_hidden_too(
    whole: int, totals: dict[str, int], secret: str
) -> None:
    assert hidden(whole, totals) == set(secret)


def test_the_smallest_goes_first_and_ties_are_settled_alike_each_time() -> None:
    assert hidden(23, {"b": 10, "a": 10, "c": 3}) == {"a", "c"}


def test_groups_that_are_not_shown_have_no_parts() -> None:
    groups = {"a": (10, {"x": 10}), "b": (7, {"x": 3, "y": 4}), "c": (3, {"y": 3})}
    assert breakdowns(20, groups) == {"a": {"x": 10}, "b": None, "c": None}
    assert breakdowns(0, groups) == {"a": None, "b": None, "c": None}


def test_a_running_period_is_not_over_on_its_last_day() -> None:
    period = Period(date(2026, 10, 16), date(2026, 11, 15))
    assert not is_over(period, date(2026, 11, 15))
    assert is_over(period, date(2026, 11, 16))


def test_steps_are_weeks_from_the_first_day() -> None:
    period = Period(date(2026, 10, 16), date(2026, 11, 15))
    found = steps(period)
    assert [step.days for step in found] == [7, 7, 7, 7, 3]
    assert (found[0].since, found[-1].until) == (period.since, period.until)
    assert steps(Period(period.since, period.since)) == (Period(period.since, period.since),)
