"""The promise about alerts, on a small simulation; `langnghe evaluate` runs the whole of it."""

from __future__ import annotations

import numpy as np
import pytest

from langnghe.core.floors import corpus_hash, read_floors
from langnghe.trends.evaluation.gate import FLOORS, SIMULATION
from langnghe.trends.evaluation.spikes import BEFORE, QUARTER, Topics, measure, simulate

SERIES, SEED = 60, 7


@pytest.mark.parametrize("thread", [1.0, 1.5])
def test_a_tripling_is_found_with_at_most_one_false_alert_a_quarter(thread: float) -> None:
    found = measure(Topics(20.0, thread), SERIES, SEED)
    assert found.recall >= 0.9 - 0.05  # of 60, against a pinned figure of more
    assert found.false_alerts <= 1.0


def test_topics_of_few_posts_have_no_more_false_alerts() -> None:
    assert measure(Topics(2.0, 2.0), SERIES, SEED).false_alerts <= 1.0


def test_a_limit_that_lets_all_pass_is_found_out() -> None:
    assert measure(Topics(5.0, 1.5), SERIES, SEED, ((2, 0.2),)).false_alerts > 1.0


def test_what_is_simulated_is_as_scattered_as_it_says() -> None:
    draw = np.random.default_rng(1)
    planted = np.full(100, BEFORE + 10)
    counts = simulate(Topics(20.0, 1.5), planted, BEFORE + QUARTER, draw)
    usual = np.delete(counts, [BEFORE + 10, BEFORE + 11], axis=1)
    assert usual.mean() == pytest.approx(22.0, rel=0.1)
    ratio = counts[:, BEFORE + 10 : BEFORE + 12].mean() / usual.mean()
    assert ratio == pytest.approx(3.0, rel=0.15)
    assert usual.var(axis=1).mean() / usual.mean() > 2.0


def test_the_pinned_figures_keep_the_promise_and_belong_to_this_simulation() -> None:
    floors = read_floors(FLOORS)
    assert floors.corpus_sha256 == corpus_hash([SIMULATION])
    assert floors.floors["tripling.recall"] >= 0.9
    assert floors.floors["false_alerts_per_quarter.ceiling"] <= 1.0
