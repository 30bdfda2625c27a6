"""Some months of the collector, simulated; `python -m benchmarks.collector_year` is the year."""

from __future__ import annotations

import statistics

from benchmarks.collector_year import Fault, Followed, Year, follow, report, simulate, sites


def test_months_of_a_few_sources() -> None:
    year = simulate(number=6, days=150, seed=7)
    befell = year.of(*Fault)
    assert len(befell) > 3
    assert year.late() == []
    assert year.false_a_year() < 2
    median = statistics.median(year.delays)
    assert year.fewer(median) >= 0.4
    assert year.fewer(statistics.fmean(year.delays)) >= 0.4
    assert any("fewer visits" in line for line in report(year))


def test_every_post_is_found_in_time() -> None:
    """What is published when all is well is stored within the longest interval."""
    (site,) = sites(1, 60, 3)
    seen = follow(site, 60, 3)
    assert seen.delays
    assert max(seen.delays) <= 12 * 1.1


def test_what_is_measured_can_fail() -> None:
    (site,) = sites(1, 10, 3)
    often = Year((Followed(site, visits=10 * 24 * 4, delays=[0.5], false=3),), days=10)
    assert often.fewer(0.5) < 0
    assert often.false_a_year() > 100
