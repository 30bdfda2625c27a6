"""How many posts a day were to be expected, and how unlikely what was seen is.

After Farrington (1996) and Noufaily (2013), who watch counts of diseases for outbreaks: a
regression of the counts of the last eight weeks, with a factor for each weekday and growth, in
which earlier outbreaks weigh little; what it expects of the last days is compared with what was
seen by a negative binomial distribution that is as wide as the counts have been around it.

Two things differ, because a commune's topic has few posts, and they come in threads. Weekdays
and growth are held near "no effect" by a normal prior (ridge), so that five Sundays with one post
each do not make a rule. And how scattered the counts are is told from the series together with
what is usual (`USUAL_SCATTER`), so that a topic that was quiet for weeks is not thought to be
regular.

All series of a call are reckoned at once, and exactly alike: what is simulated (`evaluation`) is
what runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom

BASELINE_DAYS: Final = 56
"""Eight of each weekday: fewer say little about a weekday, more are about another season."""

LEAST_DAYS: Final = 21
"""Days of the baseline that have to be usable for anything to be said."""

WEEKDAY_SD: Final = 0.3
"""Prior of a weekday's factor, as a logarithm: two thirds lie between 0.74 and 1.35."""

GROWTH_SD: Final = 0.4
"""Prior of the growth over the whole baseline, likewise: between 0.67 and 1.5."""

USUAL_LEVEL: Final = 0.2
LEVEL_SD: Final = 2.0
"""Prior of the posts a day, so wide that a few posts settle it; without it a topic that never had
any would be expected to have none for ever."""

USUAL_SCATTER: Final = 1.5
SCATTER_POSTS: Final = 10.0
"""Variance over mean of daily counts as expected beforehand, over 1 because one post draws
answers. It counts as much as the scatter of so many posts."""

OUTLIER: Final = 3.0
"""Days that are more standard deviations above what is expected weigh less, by the square."""

ROUNDS: Final = 3
STEPS: Final = 6
"""Of Newton's method in the first round, half as many in the others, which begin where the last
one ended; each doubles the digits."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was seen in the last days of each series against what was expected; arrays (S,)."""

    seen: Floats
    expected: Floats
    """NaN where there were too few days to expect anything from."""
    p: Floats
    """How likely so many posts or more are, if all is as before; 1 where nothing is known."""


def judge(counts: Floats, usable: NDArray[np.bool_], first_day: date, window: int) -> Judged:
    """Judge the last `window` days of each series by the days before.

    Args:
        counts: shape (S, BASELINE_DAYS + window), posts of each day.
        usable: the same shape: False where a day says nothing about what is usual.
        first_day: the day of the first column.
        window: days at the end that are judged together; 1 or more.
    """
    days = counts.shape[1]
    design = _design(first_day, days)
    past = slice(0, days - window)
    fits: Floats = usable[:, past].astype(np.float64)
    weights = fits
    y, x = counts[:, past], design[past]
    scatter = np.full(len(counts), USUAL_SCATTER)
    effects = _start(y, weights)
    for again in range(ROUNDS):
        steps = STEPS // 2 if again else STEPS
        effects, information = _fit(x, y, weights, scatter, effects, steps)
        mean = np.exp(np.clip(effects @ x.T, -12.0, 12.0))
        scatter = _scatter(y, mean, usable[:, past], 1)
        far = (y - mean) / np.sqrt(scatter[:, None] * mean)
        weights = fits * np.where(far > OUTLIER, (OUTLIER / far.clip(OUTLIER)) ** 2, 1.0)
    ahead = design[days - window :]
    each = np.exp(np.clip(effects @ ahead.T, -12.0, 12.0))
    expected = each.sum(axis=1)
    slope = each @ ahead
    doubt = np.einsum("sp,spq,sq->s", slope, np.linalg.inv(information), slope)
    # Days that follow each other are alike: what they are together may be more scattered.
    scatter = np.maximum(scatter, _scatter(y, mean, usable[:, past], window))
    variance = scatter * expected + doubt
    seen = counts[:, days - window :].sum(axis=1)
    size = expected**2 / (variance - expected)
    p = nbinom.sf(seen - 1, size, expected / variance)
    known = usable[:, past].sum(axis=1) >= LEAST_DAYS
    return Judged(seen, np.where(known, expected, np.nan), np.where(known, p, 1.0))


def _design(first_day: date, days: int) -> Floats:
    """One row for each day: level, growth (0 on the last day), the seven weekdays."""
    at = np.arange(days)
    weekdays = np.eye(7)[(first_day.weekday() + at) % 7]
    return np.column_stack([np.ones(days), (at - days + 1) / BASELINE_DAYS, weekdays])


_PRIOR_MEAN: Final = np.array([np.log(USUAL_LEVEL), 0.0, *[0.0] * 7])
_PRIOR_WEIGHT: Final = np.array([LEVEL_SD**-2, GROWTH_SD**-2, *[WEEKDAY_SD**-2] * 7])


def _start(y: Floats, weights: Floats) -> Floats:
    """Effects (S, P) from which `_fit` may begin: the mean of each series and nothing else."""
    effects = np.tile(_PRIOR_MEAN, (len(y), 1))
    effects[:, 0] = np.log(((weights * y).sum(axis=1) + 0.1) / (weights.sum(axis=1) + 1.0))
    return effects


def _fit(
    x: Floats, y: Floats, weights: Floats, scatter: Floats, start: Floats, steps: int
) -> tuple[Floats, Floats]:
    """Effects (S, P) of a Poisson regression with a normal prior, and its information (S, P, P)."""
    weights = weights / scatter[:, None]
    size = x.shape[1]
    squares = (x[:, :, None] * x[:, None, :]).reshape(len(x), size * size)
    prior = np.diag(_PRIOR_WEIGHT)
    effects = start
    for step in range(steps + 1):
        mean = np.exp(np.clip(effects @ x.T, -12.0, 12.0)) * weights
        information = (mean @ squares).reshape(-1, size, size) + prior
        if step < steps:
            gradient = (weights * y - mean) @ x - (effects - _PRIOR_MEAN) * _PRIOR_WEIGHT
            change = np.linalg.solve(information, gradient[..., None])[..., 0]
            effects = effects + np.clip(change, -2.0, 2.0)
    return effects, information


def _scatter(y: Floats, mean: Floats, usable: NDArray[np.bool_], span: int) -> Floats:
    """Variance over mean of the posts of `span` days, (S,); at least a little over 1.

    Every day counts whole, outbreaks too: of a topic that is spoken of once in a while, then by
    many at once, that is what is usual.
    """
    off = np.where(usable, y - mean, 0.0)
    level = np.where(usable, mean, 0.0)
    sums = np.lib.stride_tricks.sliding_window_view(off, span, axis=1).sum(axis=2)
    levels = np.lib.stride_tricks.sliding_window_view(level, span, axis=1).sum(axis=2)
    posts = levels.sum(axis=1) / span
    found = (sums**2).sum(axis=1) / span
    ratio: Floats = (USUAL_SCATTER * SCATTER_POSTS + found) / (SCATTER_POSTS + posts)
    return np.maximum(ratio, 1.05)
