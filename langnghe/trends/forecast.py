"""How many posts each topic is to be expected to have in the next four weeks.

Two methods of statsmodels are tried on every topic: the theta method, and a negative binomial
regression that knows the time of the year. Each goes through a rolling back-test, and so does
"same as in the last four weeks". A forecast is given only where its 80 % intervals were clearly
the better ones (interval score of Gneiting and Raftery 2007: how wide they are, and how far
outside the truth fell); else it is said why there is none. How wide an interval is comes from the
back-test's own errors. docs/trends-forecast.md has the figures.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter
from scipy.stats import t as student

from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.period import Period

Series = NDArray[np.float64]
Method = Callable[[Series], Series]
"""Posts of each week so far → those to be expected of the next `AHEAD`."""

AHEAD: Final = 4
"""Weeks."""
WEEK: Final = 7
LEAST_WEEKS: Final = 52
"""A year: with less, the back-test has too few weeks to judge by."""
MOST_WEEKS: Final = 156
"""What was three years ago says nothing of now."""
LEAST_POSTS: Final = float(SMALLEST_FIGURE)
"""A week, on average over the last quarter: of fewer nothing can be foretold."""
QUARTER: Final = 13
LEARNT: Final = 20
"""Weeks that a method has seen at least when it is tried."""
TRIALS: Final = 40
"""Weeks, the latest ones, from which the next four are foretold."""
LEAST_ERRORS: Final = 8
"""Errors that the width of an interval comes from."""
COVERED: Final = 0.8
"""Share of the weeks that an interval is to hold."""
MARGIN: Final = 0.95
"""What the interval score must come down to, against "same as in the last weeks"."""
LAG: Final = AHEAD - 1
"""Weeks over which the errors of forecasts that overlap hang together."""
YEAR_WEEKS: Final = 365.25 / 7
MOST_RISE: Final = 2.0
"""Times the strongest week of the last quarter: no forecast goes beyond."""


class Basis(StrEnum):
    """What a forecast was made with, or why there is none."""

    THETA = "theta"
    REGRESSION = "regression"
    TOO_SHORT = "too_short"
    TOO_FEW = "too_few"
    NOT_BETTER = "not_better"


NONE_WHY: Final[Mapping[Basis, str]] = {
    Basis.TOO_SHORT: "cần số liệu của ít nhất 52 tuần",
    Basis.TOO_FEW: "mỗi tuần trung bình chưa đến 5 bài, ý kiến",
    Basis.NOT_BETTER: (
        "các cách dự báo chưa đáng tin cậy hơn việc cho rằng bốn tuần tới giống bốn tuần qua"
    ),
}
"""Why there is no forecast, to follow «Chưa có dự báo đáng tin cậy: »."""


@dataclass(frozen=True, slots=True)
class Range:
    """How many posts are to be expected within some days."""

    since: date
    until: date
    expected: int
    low: int
    """With `high` the interval that is to hold the truth four times of five."""
    high: int


@dataclass(frozen=True, slots=True)
class Trial:
    """How a method did in the rolling back-test."""

    times: int
    """How often the next four weeks were foretold."""
    score: float
    """Mean interval score of a week, in posts; lower is better."""
    same_score: float
    """That of "same as in the last four weeks"."""
    covered: float
    """Share of the weeks that its intervals held."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of a topic, or why nothing can be said."""

    topic: str
    last_day: date
    """The Sunday up to which posts were counted."""
    basis: Basis
    weeks: tuple[Range, ...] = ()
    """Empty: there is no reliable forecast."""
    total: Range | None = None
    """Of the four weeks together."""
    trial: Trial | None = None

    @property
    def is_reliable(self) -> bool:
        """Whether there is one to be shown."""
        return self.total is not None


_FORECAST: Final = TypeAdapter(Forecast)


def forecasts(records: TrendRecords) -> dict[str, Forecast]:
    """The newest forecast of each topic that was looked at; made at night, read here."""
    return {topic: _FORECAST.validate_json(body) for topic, body in records.forecasts().items()}


def renew(
    posts: PostStore, records: TrendRecords, topics: Sequence[str], today: date
) -> dict[str, Forecast]:
    """Make the forecasts of this week, unless they are there; gives them.

    Args:
        posts: whose daily counts are read.
        records: where forecasts are kept.
        topics: ids.
        today: the day in Viet Nam. Whole weeks before it are counted, Monday to Sunday.
    """
    last_day = today - timedelta(days=today.isoweekday())
    there = forecasts(records)
    if there.keys() == set(topics) and all(one.last_day == last_day for one in there.values()):
        return there
    first_day = _first_day(posts, last_day)
    made = {
        topic: foretell(topic, weekly(posts, topic, first_day, last_day), last_day)
        for topic in topics
    }
    records.put_forecasts(
        {topic: _FORECAST.dump_json(one).decode("utf-8") for topic, one in made.items()}
    )
    return made


def weekly(posts: PostStore, topic: str, first_day: date | None, last_day: date) -> Series:
    """Posts of each week that ends on the weekday of `last_day`, the earliest first."""
    if first_day is None:
        return np.zeros(0)
    count = ((last_day - first_day).days + 1) // WEEK
    weeks = np.zeros(count)
    filters = Filters(topics=(topic,), since=first_day, until=last_day)
    for (day, _), found in posts.counts(filters).items():
        assert day is not None
        at = count - 1 - (last_day - day).days // WEEK
        if at >= 0:
            weeks[at] += found
    return weeks


def foretell(topic: str, weeks: Series, last_day: date) -> Forecast:
    """The forecast of one topic.

    Args:
        topic: its id.
        weeks: posts of each week since the service reads, the earliest first.
        last_day: of the last week.
    """
    series = weeks[-MOST_WEEKS:]
    if len(series) < LEAST_WEEKS:
        return Forecast(topic, last_day, Basis.TOO_SHORT)
    if series[-QUARTER:].mean() < LEAST_POSTS:
        return Forecast(topic, last_day, Basis.TOO_FEW)
    same = _tried(same_as_before, series)
    best: tuple[Basis, _Tried] | None = None
    for basis, method in METHODS.items():
        tried = _tried(method, series)
        if _is_better(tried, same) and (best is None or tried.score < best[1].score):
            best = basis, tried
    if best is None:
        return Forecast(topic, last_day, Basis.NOT_BETTER)
    basis, tried = best
    starts = [last_day + timedelta(days=1 + WEEK * at) for at in range(AHEAD)]
    days = [Period(start, start + timedelta(days=WEEK - 1)) for start in starts]
    days.append(Period(days[0].since, days[-1].until))
    ranges = [
        # Outward, so that rounding makes no interval too narrow.
        Range(one.since, one.until, round(middle), int(np.floor(low)), int(np.ceil(high)))
        for one, middle, low, high in zip(
            days, tried.middle.tolist(), tried.low.tolist(), tried.high.tolist(), strict=True
        )
    ]
    trial = Trial(
        len(tried.scores), round(tried.score, 2), round(same.score, 2), round(tried.covered, 3)
    )
    return Forecast(topic, last_day, basis, tuple(ranges[:AHEAD]), ranges[AHEAD], trial)


# --- Methods ---------------------------------------------------------------------------------


def same_as_before(weeks: Series) -> Series:
    """What is to be beaten: each week like the mean of the last four."""
    return np.full(AHEAD, weeks[-AHEAD:].mean())


def theta(weeks: Series) -> Series:
    """The theta method (Assimakopoulos and Nikolopoulos 2000): a smoothed level, half the trend."""
    # Here, because it takes seconds to load, and pages only read what was foretold at night.
    from statsmodels.tsa.forecasting.theta import ThetaModel

    model = ThetaModel(_even(weeks), period=None, deseasonalize=False)
    return _counts(np.asarray(model.fit(disp=False).forecast(AHEAD), np.float64))


def regression(weeks: Series) -> Series:
    """Negative binomial: from the last week, month and half year; in a long series the season."""
    import statsmodels.api as sm

    ends = range(12, len(weeks) - AHEAD + 1)
    told = np.array([_told(weeks, end, ahead) for end in ends for ahead in range(AHEAD)])
    truth = np.array([weeks[end + ahead] for end in ends for ahead in range(AHEAD)])
    fit = sm.GLM(truth, told, family=sm.families.NegativeBinomial(alpha=0.1)).fit()
    ahead = np.array([_told(weeks, len(weeks), week) for week in range(AHEAD)])
    foretold: Series = np.exp(np.minimum(ahead @ fit.params, 20.0))
    return foretold


METHODS: Final[Mapping[Basis, Method]] = {Basis.THETA: theta, Basis.REGRESSION: regression}


def _told(weeks: Series, at: int, ahead: int) -> Series:
    """What the regression knows before week `at` of the week `ahead` weeks after it."""
    known = [1.0]
    known += [np.log(weeks[max(0, at - span) : at].mean() + 0.5) for span in (1, AHEAD, 26)]
    if len(weeks) >= 2 * YEAR_WEEKS - 1:
        angle = 2 * np.pi * (at + ahead) / YEAR_WEEKS
        known += [np.sin(angle), np.cos(angle)]
    return np.array(known)


def _even(counts: Series) -> Series:
    """Counts, so that chance moves large and small ones alike (Anscombe 1948)."""
    return 2 * np.sqrt(counts + 0.375)


def _counts(even: Series) -> Series:
    """The way back."""
    return np.maximum((np.maximum(even, 0) / 2) ** 2 - 0.375, 0)


# --- Back-test -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """A method after its back-test. The last of each five figures is of four weeks together."""

    scores: Series
    """Interval score of each trial, the mean of its four weeks."""
    covered: float
    middle: Series
    low: Series
    high: Series

    @property
    def score(self) -> float:
        return float(self.scores.mean())


def _tried(method: Method, series: Series) -> _Tried:
    """Foretell from each of the last weeks with what was known then; from the very last in earnest.

    An interval's width comes from the errors that were known by then, too.
    """
    ends = range(max(LEARNT, len(series) - TRIALS), len(series) + 1)
    foretold = np.array([_made(method, series[:end]) for end in ends])
    middles = _even(np.column_stack([foretold, foretold.sum(axis=1)]))
    errors = np.full(middles.shape, np.nan)
    for at, end in enumerate(ends):
        coming = series[end : end + AHEAD]
        errors[at, : len(coming)] = _even(coming) - middles[at, : len(coming)]
        if len(coming) == AHEAD:
            errors[at, AHEAD] = _even(coming.sum()) - middles[at, AHEAD]
    scores, held = [], []
    for at in range(LEAST_ERRORS + AHEAD, len(ends) - AHEAD):
        low, high = _interval(middles[at], errors[:at], at)
        coming = series[ends[at] : ends[at] + AHEAD]
        scores.append(_interval_score(low[:AHEAD], high[:AHEAD], coming).mean())
        held.append(((coming >= low[:AHEAD]) & (coming <= high[:AHEAD])).mean())
    low, high = _interval(middles[-1], errors[:-1], len(ends) - 1)
    return _Tried(np.array(scores), float(np.mean(held)), _counts(middles[-1]), low, high)


def _made(method: Method, weeks: Series) -> Series:
    """What a method foretells, kept within reason; where it fails, the same as before."""
    # A fit that does not converge foretells badly, and the back-test counts that. Recorded, so that
    # statsmodels' own filters do not print them.
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("ignore")
        try:
            foretold = method(weeks)
        except (ValueError, np.linalg.LinAlgError):
            foretold = same_as_before(weeks)
    most = MOST_RISE * weeks[-QUARTER:].max()
    usable = np.where(np.isfinite(foretold), foretold, same_as_before(weeks))
    kept: Series = np.clip(usable, 0.0, most)
    return kept


def _interval(middle: Series, errors: Series, now: int) -> tuple[Series, Series]:
    """Low and high ends, from the errors that could be known at trial `now`.

    The width of each week is half its own errors' and half that of all: a few errors alone vary
    too much.
    """
    squares, counts = np.zeros(len(middle)), np.zeros(len(middle))
    for column in range(len(middle)):
        # A week that is `column` weeks ahead is over that much later; four together with the last.
        known = errors[: now - min(column, LAG), column]
        squares[column], counts[column] = np.mean(known**2), len(known)
    pooled = squares[:AHEAD].mean()
    squares[:AHEAD] = (squares[:AHEAD] + pooled) / 2
    reach = student.ppf((1 + COVERED) / 2, counts) * np.sqrt(squares)
    return _counts(middle - reach), _counts(middle + reach)


def _interval_score(low: Series, high: Series, truth: Series) -> Series:
    """Gneiting and Raftery (2007), section 6.2."""
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return high - low + 2 / (1 - COVERED) * outside


def _is_better(tried: _Tried, same: _Tried) -> bool:
    """Whether a method beat "same as before" clearly: by the margin, and by a standard error."""
    gains = same.scores - tried.scores
    return tried.score <= MARGIN * same.score and gains.mean() > _standard_error(gains)


def _standard_error(values: Series) -> float:
    """Of the mean of values that hang together over `LAG` steps (Newey and West 1987)."""
    apart = values - values.mean()
    variance = np.mean(apart**2)
    for lag in range(1, LAG + 1):
        variance += 2 * (1 - lag / (LAG + 1)) * np.sum(apart[lag:] * apart[:-lag]) / len(apart)
    return float(np.sqrt(max(variance, 0.0) / len(apart)))


def _first_day(posts: PostStore, last_day: date) -> date | None:
    """The first day of the last `MOST_WEEKS` weeks on which there was any post."""
    since = last_day - timedelta(days=WEEK * MOST_WEEKS - 1)
    counts = posts.counts(Filters(since=since, until=last_day))
    return min((day for day, _ in counts if day is not None), default=None)
