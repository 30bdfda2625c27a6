"""What is expected of a day follows weekday and growth, and an old outbreak does not spoil it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.trends.expected import BASELINE_DAYS, LEAST_DAYS, Floats, judge

MONDAY = date(2026, 9, 7)


def one(counts: Floats, window: int = 2, usable: Floats | None = None) -> tuple[float, float]:
    """Expected posts and p of the last days of one series."""
    fits = np.ones(counts.shape, dtype=bool) if usable is None else usable.astype(bool)
    judged = judge(counts[None, :], fits[None, :], MONDAY, window)
    return float(judged.expected[0]), float(judged.p[0])


def even(level: float, window: int = 2) -> Floats:
    return np.full(BASELINE_DAYS + window, level)


def test_what_is_as_always_is_expected() -> None:
    expected, p = one(even(10.0))
    assert expected == pytest.approx(20.0, rel=0.05)
    assert p > 0.3


def test_a_tripling_is_rare() -> None:
    counts = even(10.0)
    counts[-2:] = 30.0
    assert one(counts)[1] < 1e-4


def test_a_quiet_weekend_is_expected_to_be_quiet() -> None:
    counts = np.array([4.0 if day % 7 >= 5 else 20.0 for day in range(BASELINE_DAYS + 1)])
    # The first column is a Monday, and so is the last one.
    counts[-1] = 20.0
    monday = one(counts, window=1)[0]
    sunday = one(counts[:-1][-BASELINE_DAYS:].copy(), window=1)[0]
    assert monday > 15.0
    assert sunday < monday


def test_growth_is_carried_on() -> None:
    counts = 10.0 * np.exp(np.log(2.0) * np.arange(BASELINE_DAYS + 2) / BASELINE_DAYS)
    expected, p = one(counts)
    assert expected > 2 * counts[:-2].mean()
    assert p > 0.05


def test_an_outbreak_of_weeks_ago_does_not_raise_what_is_expected() -> None:
    counts = even(10.0)
    counts[20:23] = 60.0
    assert one(counts)[0] == pytest.approx(20.0, rel=0.25)
    counts[-2:] = 50.0
    assert one(counts)[1] < 0.01


def test_days_that_say_nothing_are_not_heard() -> None:
    counts, usable = even(10.0), np.ones(BASELINE_DAYS + 2)
    counts[10:30], usable[10:30] = 0.0, 0.0
    assert one(counts, usable=usable)[0] == pytest.approx(20.0, rel=0.1)
    assert one(counts)[0] < 17.0


def test_too_few_days_tell_nothing() -> None:
    usable = np.zeros(BASELINE_DAYS + 2)
    usable[: LEAST_DAYS - 1] = 1.0
    expected, p = one(even(10.0), usable=usable)
    assert np.isnan(expected)
    assert p == 1.0


def test_a_topic_that_nobody_spoke_of_may_rise() -> None:
    counts = even(0.0)
    counts[-2:] = (6.0, 6.0)
    expected, p = one(counts)
    assert expected < 1.0
    assert p < 0.001


@settings(max_examples=60)
@given(
    counts=st.lists(st.integers(0, 500), min_size=BASELINE_DAYS + 2, max_size=BASELINE_DAYS + 2),
    more=st.integers(1, 300),
)
def test_whatever_was_seen_more_is_rarer_and_nothing_overflows(
    counts: list[int], more: int
) -> None:
    series = np.array(counts, dtype=float)
    expected, p = one(series)
    assert np.isfinite(expected)
    assert 0.0 <= p <= 1.0
    series[-1] += more
    assert one(series)[1] <= p
