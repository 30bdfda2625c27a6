"""How good forecasts are: made-up series of posts, each foretold once and held against the truth.

The truth is the four weeks after those that the forecast saw, so nothing here was used to choose a
method or the width of an interval. `python -m benchmarks.forecasts` prints the figures that stand
in docs/trends-forecast.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from langnghe.trends.forecast import AHEAD, Basis, Series, foretell, same_as_before

WEEKS: Final = (52, 104, 156)
DISPERSION: Final = 0.08
"""Of the negative binomial: a week's variance is its mean and 0.08 times its square."""
SEED: Final = 2026
LAST_DAY: Final = date(2026, 11, 15)

Draw = np.random.Generator
World = Callable[[Draw, int], Series]
"""Draws the logarithm of what is to be expected of each week, around 0."""


def _flat(_: Draw, weeks: int) -> Series:
    return np.zeros(weeks)


def _returning(draw: Draw, weeks: int) -> Series:
    level = np.zeros(weeks)
    for week in range(1, weeks):
        level[week] = 0.85 * level[week - 1] + draw.normal(0, 0.25)
    return level


def _wandering(draw: Draw, weeks: int) -> Series:
    level = np.cumsum(draw.normal(0, 0.15, weeks))
    wandered: Series = level - level.mean()
    return wandered


def _trend(draw: Draw, weeks: int) -> Series:
    sloped: Series = (np.arange(weeks) - weeks / 2) * draw.choice([-0.015, 0.015])
    return sloped


def _seasonal(draw: Draw, weeks: int) -> Series:
    waved: Series = 0.7 * np.sin(2 * np.pi * (np.arange(weeks) + draw.uniform(0, 52)) / 52.18)
    return waved


def _eventful(draw: Draw, weeks: int) -> Series:
    level = np.zeros(weeks)
    for _ in range(draw.poisson(weeks / 20)):
        start = int(draw.integers(0, weeks))
        after = np.arange(min(6, weeks - start))
        level[start : start + 6] += np.log(draw.uniform(2, 4)) * np.exp(-after / 1.5)
    return level


WORLDS: Final[Mapping[str, World]] = {
    "flat": _flat,
    "returning to its level": _returning,
    "wandering": _wandering,
    "trend": _trend,
    "season of the year": _seasonal,
    "events": _eventful,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One series."""

    world: str
    basis: Basis
    held: float
    """Share of the four weeks within their intervals; 0 where none were given."""
    total_held: bool
    error: float
    """Mean absolute error of a week, in posts."""
    same_error: float
    """That of "same as in the last four weeks"."""

    @property
    def is_given(self) -> bool:
        """Whether there is a forecast."""
        return self.basis in {Basis.THETA, Basis.REGRESSION}


def outcomes(each: int, seed: int = SEED) -> Iterator[Outcome]:
    """Foretell `each` series of every world and length."""
    draw = np.random.default_rng(seed)
    for _ in range(each):
        for weeks in WEEKS:
            for world, drawn in WORLDS.items():
                level = draw.uniform(8, 60) * np.exp(drawn(draw, weeks + AHEAD))
                shape = 1 / DISPERSION
                counts = draw.negative_binomial(shape, shape / (shape + level)).astype(np.float64)
                yield _outcome(world, counts)


def _outcome(world: str, counts: Series) -> Outcome:
    seen, truth = counts[:-AHEAD], counts[-AHEAD:]
    made = foretell(world, seen, LAST_DAY)
    same = float(np.abs(same_as_before(seen) - truth).mean())
    if made.total is None:
        return Outcome(world, made.basis, 0.0, total_held=False, error=same, same_error=same)
    low = np.array([one.low for one in made.weeks])
    high = np.array([one.high for one in made.weeks])
    middle = np.array([one.expected for one in made.weeks])
    return Outcome(
        world,
        made.basis,
        float(((truth >= low) & (truth <= high)).mean()),
        total_held=made.total.low <= truth.sum() <= made.total.high,
        error=float(np.abs(middle - truth).mean()),
        same_error=same,
    )


@dataclass(frozen=True, slots=True)
class Figures:
    """Of several series. Shares are of those with a forecast."""

    series: int
    given: int
    held: float
    total_held: float
    error: float
    """Mean absolute error against that of "same as in the last four weeks"; under 1 is better."""


def figures(found: Iterable[Outcome]) -> Figures:
    """Put outcomes together.

    Raises:
        ValueError: there is no forecast among them.
    """
    every = list(found)
    given = [one for one in every if one.is_given]
    if not given:
        raise ValueError("no series has a forecast")
    return Figures(
        len(every),
        len(given),
        sum(one.held for one in given) / len(given),
        sum(one.total_held for one in given) / len(given),
        sum(one.error for one in given) / sum(one.same_error for one in given),
    )
