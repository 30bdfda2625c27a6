"""Finding rises, tried on simulated topics with planted ones.

A simulated topic has a level, an own week (of half of them the weekend is quieter), growth or
decline over the months, days that wander slowly about all this, and posts that come in threads:
their number by chance, each of one post or more. Into its quarter one rise of two days is planted.
What looks for it is what runs, `expected.judge` and the rules of `spikes` and `alerts`, day by day
as time goes on; a false alert is any that begins on other days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from langnghe.trends.alerts import MOST_DAYS, QUIET_DAYS
from langnghe.trends.expected import BASELINE_DAYS, Floats, judge
from langnghe.trends.spikes import LASTING, LONGEST, WINDOWS, is_unusual

QUARTER: Final = 91
BEFORE: Final = BASELINE_DAYS + LONGEST
FIRST_DAY: Final = date(2026, 1, 5)
SPIKE_DAYS: Final = 2

WEEKDAY_SD: Final = 0.2
QUIET_WEEKEND: Final = 0.7
GROWTH: Final = (0.7, 1.5)
"""Over all the days; chosen evenly between, as logarithms."""
WANDER_SD: Final = 0.2
WANDER_KEEPS: Final = 0.7
"""Of a day's deviation so much is left the day after."""


@dataclass(frozen=True, slots=True)
class Topics:
    """A kind of simulated topics."""

    rate: float
    """Posts a day."""
    thread: float
    """Posts of a thread on a day, on average: 1.0 is posts that have nothing to do with each
    other."""
    factor: float = 3.0
    """What the planted rise multiplies."""


@dataclass(frozen=True, slots=True)
class Found:
    """How the search went."""

    recall: float
    """Share of planted rises that were told of on one of their two days."""
    false_alerts: float
    """Of a topic in a quarter."""


def measure(
    topics: Topics,
    series: int,
    seed: int,
    windows: Sequence[tuple[int, float]] = WINDOWS,
) -> Found:
    """Plant one rise in each of so many series, and look for them.

    Args:
        topics: what is simulated.
        series: how many.
        seed: of the random numbers: the same gives the same.
        windows: as `spikes.WINDOWS`.
    """
    draw = np.random.default_rng(seed)
    days = BEFORE + QUARTER
    planted = draw.integers(BEFORE + 3, days - SPIKE_DAYS, series)
    counts = simulate(topics, planted, days, draw)
    began = np.full(series, -1)
    last = np.full(series, -1)
    hits, misses = np.zeros(series, bool), 0
    for today in range(BEFORE, days):
        usable = np.ones_like(counts, dtype=bool)
        for one in np.flatnonzero(began >= 0):
            usable[one, began[one] :] = False
        raised = np.zeros(series, bool)
        lasts = np.zeros(series, bool)
        window_of = np.zeros(series, int)
        for window, limit in windows:
            past = slice(today + 1 - BASELINE_DAYS - window, today + 1)
            first_day = FIRST_DAY + timedelta(days=past.start)
            judged = judge(counts[:, past], usable[:, past], first_day, window)
            rare = is_unusual(judged.seen, judged.expected, judged.p, limit)
            window_of[rare & ~raised] = window
            raised |= rare
            if window == LONGEST:
                lasts = judged.p < LASTING
        last[(began >= 0) & (raised | lasts)] = today
        over = (began >= 0) & ((today - last > QUIET_DAYS) | (today - began >= MOST_DAYS))
        free = began < 0
        began[over] = -1
        for one in np.flatnonzero(raised & free):
            began[one], last[one] = today - window_of[one] + 1, today
            if planted[one] <= today < planted[one] + SPIKE_DAYS:
                hits[one] = True
            elif today != planted[one] + SPIKE_DAYS:
                # The day after is late, but not wrong: its window still holds a planted day.
                misses += 1
    return Found(float(hits.mean()), misses / series)


def simulate(
    topics: Topics,
    planted: np.ndarray[tuple[int], np.dtype[np.int64]],
    days: int,
    draw: np.random.Generator,
) -> Floats:
    """Posts of each day, (series, days); `planted` has the first day of each series' rise."""
    series = len(planted)
    week = np.exp(draw.normal(0.0, WEEKDAY_SD, (series, 7)))
    week[:, 5:] *= np.where(draw.random((series, 1)) < 0.5, QUIET_WEEKEND, 1.0)
    week /= week.mean(axis=1, keepdims=True)
    at = np.arange(days)
    growth = draw.uniform(np.log(GROWTH[0]), np.log(GROWTH[1]), (series, 1)) * at / days
    wander = np.zeros((series, days))
    step = WANDER_SD * np.sqrt(1.0 - WANDER_KEEPS**2)
    for day in range(1, days):
        wander[:, day] = WANDER_KEEPS * wander[:, day - 1] + draw.normal(0.0, step, series)
    rate = topics.rate * week[:, at % 7] * np.exp(growth + wander)
    is_planted = (at >= planted[:, None]) & (at < planted[:, None] + SPIKE_DAYS)
    rate = np.where(is_planted, topics.factor * rate, rate)
    threads = draw.poisson(rate / topics.thread)
    if topics.thread == 1.0:
        return threads.astype(np.float64)
    answers = draw.negative_binomial(np.maximum(threads, 1), 1.0 / topics.thread)
    return np.where(threads > 0, threads + answers, 0).astype(np.float64)
