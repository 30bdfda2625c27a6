"""The gate for alerts: recall and false alerts on simulated months against pinned floors."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from langnghe.core.floors import check, corpus_hash, read_floors, update
from langnghe.trends.evaluation.spikes import Found, Topics, measure

FLOORS: Final = Path(__file__).with_name("floors.json")
SIMULATION: Final = Path(__file__).with_name("spikes.py")

SERIES: Final = 200
SEED: Final = 20261122

RATES: Final = (2.0, 5.0, 10.0, 20.0, 40.0)
THREADS: Final = (1.0, 1.5, 2.0)

PROMISED: Final = (
    *(Topics(10.0, 1.0), Topics(20.0, 1.0), Topics(40.0, 1.0)),
    *(Topics(20.0, 1.5), Topics(40.0, 1.5)),
)
"""Of these a recall of 0.9 is promised. A topic of fewer posts, or of longer threads, triples by
chance too often for anybody to tell; of those the ceiling of false alerts is promised alone."""

LARGER: Final = (Topics(2.0, 1.5, 8.0), Topics(5.0, 1.5, 5.0), Topics(10.0, 1.5, 4.0))
"""Rises that topics of fewer posts need to be found as well."""


def run_evaluation(update_floors: bool, reason: str | None, console: Console) -> int:
    """Measure, show, and check or pin; gives the exit code: 0 passed, 1 below a floor.

    Raises:
        LangNgheError: the floors cannot be read, or one would be lowered without a reason.
    """
    found = {
        topics: measure(topics, SERIES, SEED)
        for topics in (*(Topics(rate, thread) for rate in RATES for thread in THREADS), *LARGER)
    }
    console.print(_table(found))
    measured = figures(found)
    if update_floors:
        update(FLOORS, measured, corpus_hash([SIMULATION]), reason)
        return 0
    floors = read_floors(FLOORS)
    problems = [str(failure) for failure in check(measured, floors)]
    if floors.corpus_sha256 != corpus_hash([SIMULATION]):
        problems.append(
            f"{SIMULATION.name}: cách mô phỏng đã thay đổi; hãy ghi lại mức sàn (--update-floors)"
        )
    for problem in problems:
        console.print(problem, style="red", markup=False)
    return 1 if problems else 0


def figures(found: dict[Topics, Found]) -> dict[str, float]:
    """What is pinned: the recall of all that is promised, and the most false alerts of any kind."""
    promised = [found[topics].recall for topics in PROMISED]
    return {
        "tripling.recall": sum(promised) / len(promised),
        "false_alerts_per_quarter.ceiling": max(one.false_alerts for one in found.values()),
    }


def _table(found: dict[Topics, Found]) -> Table:
    table = Table(
        "bài/ngày",
        "bài/luồng",
        "tăng gấp",
        "phát hiện trong 2 ngày",
        "báo nhầm/quý",
        title=f"Cảnh báo tăng bất thường: {SERIES} chủ đề mô phỏng mỗi dòng",
    )
    for topics, one in found.items():
        table.add_row(
            f"{topics.rate:g}",
            f"{topics.thread:g}",
            f"{topics.factor:g}",
            f"{one.recall:.3f}",
            f"{one.false_alerts:.3f}",
        )
    return table
