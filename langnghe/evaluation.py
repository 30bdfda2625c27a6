"""`langnghe evaluate`: every quality figure of the service against its floor."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from langnghe.classifier.evaluation import gate as labels
from langnghe.classifier.evaluation import unpinned
from langnghe.core import placeseval
from langnghe.crawler.evaluation import gate as masking
from langnghe.trends.evaluation import gate as alerts

PLACES_TABLE = Path("admin-units") / "old_to_new.csv"
"""Where the table of old and new communes lies among the public data sets."""


def run_evaluation(
    data: Path | None,
    *,
    update_floors: bool,
    reason: str | None,
    console: Console,
    show_misses: bool = False,
) -> int:
    """Measure everything; gives the exit code: 0 all passed, 1 something is below its floor.

    Args:
        data: folder of public data sets outside the project; None measures the committed sets.
        update_floors: pin what is measured now.
        reason: why a floor may be lowered.
        console: where the tables go.
        show_misses: print what masking missed in the sentences that may be looked at.

    Raises:
        LangNgheError: a set or a floors file cannot be read, or a floor would be lowered without
            a reason.
    """
    codes = [
        masking.run_evaluation(update_floors, reason, console, show_misses=show_misses),
        labels.run_evaluation(data, update_floors, reason, console),
        alerts.run_evaluation(update_floors, reason, console),
    ]
    for table in unpinned.tables(data):
        console.print(table)
    if data is not None and (data / PLACES_TABLE).exists():
        console.print(_places(placeseval.evaluate(data / PLACES_TABLE)))
    return max(codes)


def _places(figures: placeseval.Figures) -> Table:
    table = Table(
        "số đo", "tỷ lệ", title=f"Nhận địa bàn: {figures.old_units} đơn vị trước tháng 7/2025"
    )
    for name, share in figures.shares.items():
        table.add_row(name, f"{share:.4f}")
    return table
