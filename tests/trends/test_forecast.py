from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from langnghe.core.clock import FixedClock
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.evaluation.forecasts import figures, outcomes
from langnghe.trends.forecast import (
    AHEAD,
    LEAST_WEEKS,
    NONE_WHY,
    Basis,
    Forecast,
    Range,
    Trial,
    forecasts,
    foretell,
    regression,
    renew,
    same_as_before,
    theta,
    weekly,
)
from tests.trends.posts import Said, keep

SUNDAY = date(2026, 11, 15)
MONDAY = SUNDAY + timedelta(days=1)


def seasonal(weeks: int = 156, seed: int = 3) -> np.ndarray:
    draw = np.random.default_rng(seed)
    level = 40 * np.exp(0.8 * np.sin(2 * np.pi * np.arange(weeks) / 52.18))
    drawn: np.ndarray = draw.negative_binomial(12, 12 / (12 + level)).astype(np.float64)
    return drawn


def test_a_season_is_foretold_better_than_last_weeks() -> None:
    counts = seasonal()
    made = foretell("lua", counts, SUNDAY)
    assert made.basis is Basis.REGRESSION
    assert made.is_reliable
    assert made.total is not None
    assert made.trial is not None
    assert made.trial.score < made.trial.same_score
    assert 0.6 <= made.trial.covered <= 1
    assert [one.since for one in made.weeks] == [
        MONDAY + timedelta(days=7 * at) for at in range(AHEAD)
    ]
    assert (made.total.since, made.total.until) == (MONDAY, MONDAY + timedelta(days=27))
    for one in (*made.weeks, made.total):
        assert 0 <= one.low <= one.expected <= one.high
    # Four weeks together are better known than each of them alone.
    assert made.total.high - made.total.low < sum(one.high - one.low for one in made.weeks)


def test_what_cannot_be_foretold_is_not() -> None:
    draw = np.random.default_rng(8)
    wandering = 40 * np.exp(np.cumsum(draw.normal(0, 0.5, 104)).clip(-1.5, 1.5))
    made = foretell("x", np.round(wandering), SUNDAY)
    assert made.basis is Basis.NOT_BETTER
    assert not made.weeks
    assert made.total is None


def test_a_short_or_small_series_is_not_tried() -> None:
    assert foretell("x", seasonal(LEAST_WEEKS - 1), SUNDAY).basis is Basis.TOO_SHORT
    assert foretell("x", np.full(104, 4.0), SUNDAY).basis is Basis.TOO_FEW
    assert foretell("x", np.zeros(104), SUNDAY).basis is Basis.TOO_FEW
    assert foretell("x", np.zeros(0), SUNDAY).basis is Basis.TOO_SHORT
    none = set(Basis) - {Basis.THETA, Basis.REGRESSION}
    assert none == set(NONE_WHY)


@pytest.mark.parametrize("counts", [np.full(60, 20.0), np.r_[np.zeros(52), np.full(20, 30.0)]])
def test_odd_series_give_no_error_and_no_nonsense(counts: np.ndarray) -> None:
    made = foretell("x", counts, SUNDAY)
    assert all(0 <= one.low <= one.high <= 200 for one in made.weeks)


def test_the_methods_foretell_what_is_plain() -> None:
    even = np.random.default_rng(4).poisson(100, 80).astype(np.float64)
    for method in (theta, regression, same_as_before):
        assert method(even) == pytest.approx(np.full(AHEAD, 100.0), rel=0.2)


@pytest.fixture
def home(tmp_path: Path) -> tuple[EmbeddedPostStore, TrendRecords]:
    database = Database(tmp_path / "langnghe.db")
    return EmbeddedPostStore(database, FixedClock()), TrendRecords(database)


def test_whole_weeks_are_counted_monday_to_sunday(
    home: tuple[EmbeddedPostStore, TrendRecords],
) -> None:
    posts, _ = home
    first = SUNDAY - timedelta(days=20)  # a Monday
    keep(posts, [Said(first - timedelta(days=2)), Said(first), Said(first + timedelta(days=6))])
    keep(posts, [Said(SUNDAY), Said(SUNDAY, ("khac",)), Said(MONDAY)], 10)
    # A week that began before anything was read is not whole.
    assert weekly(posts, "che", first - timedelta(days=2), SUNDAY).tolist() == [2, 0, 1]
    assert weekly(posts, "che", None, SUNDAY).tolist() == []


def test_forecasts_are_made_once_a_week_and_read_from_the_table(
    home: tuple[EmbeddedPostStore, TrendRecords],
) -> None:
    posts, records = home
    weeks = 40
    keep(posts, [Said(SUNDAY - timedelta(days=7 * back)) for back in range(weeks)])
    made = renew(posts, records, ["che", "khac"], MONDAY + timedelta(days=2))
    assert made["che"] == Forecast("che", SUNDAY, Basis.TOO_SHORT)
    assert forecasts(records) == made
    # Nothing is made anew within the week, even if a post came late.
    keep(posts, [Said(SUNDAY)] * 1, 90_000)
    assert renew(posts, records, ["che", "khac"], SUNDAY + timedelta(days=7)) == made
    later = renew(posts, records, ["che", "khac"], SUNDAY + timedelta(days=8))
    assert later["che"].last_day == SUNDAY + timedelta(days=7)
    # A topic that is no longer configured leaves no forecast behind.
    assert set(renew(posts, records, ["che"], SUNDAY + timedelta(days=8))) == {"che"}
    assert set(forecasts(records)) == {"che"}


def test_a_forecast_comes_back_as_it_was_kept(
    home: tuple[EmbeddedPostStore, TrendRecords],
) -> None:
    posts, records = home
    week = Range(MONDAY, MONDAY + timedelta(days=6), 10, 7, 14)
    trial = Trial(25, 12.5, 14.0, 0.81)
    made = Forecast("che", SUNDAY, Basis.THETA, (week,), week, trial)
    body = TypeAdapter(Forecast).dump_json(made).decode()
    records.put_forecasts({"che": body})
    assert forecasts(records) == {"che": made}
    # What was made this week is what is shown all week.
    assert renew(posts, records, ["che"], MONDAY) == {"che": made}


@pytest.mark.proof
def test_floors_of_made_up_series() -> None:
    """A small part of what docs/trends-forecast.md tells."""
    found = figures(outcomes(2))
    assert found.given >= found.series / 4
    assert 0.65 <= found.held <= 0.95
    assert found.total_held >= 0.6
    assert found.error <= 1.0
