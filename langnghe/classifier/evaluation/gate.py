"""The gate: figures against the floors that are pinned beside this file.

`floors.json` holds the bars for the sets that are part of the project, which every test run
checks; `floors_public.json` those for the public sets, which need `--data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from langnghe.classifier.evaluation.figures import Quality, measure, stripped
from langnghe.classifier.evaluation.sets import Sets, committed_sets, fingerprint, public_sets
from langnghe.classifier.model import Classifier, load_classifier
from langnghe.core.floors import check, read_floors
from langnghe.core.floors import update as pin_floors

HERE: Final = Path(__file__).parent
COMMITTED_FLOORS: Final = HERE / "floors.json"
PUBLIC_FLOORS: Final = HERE / "floors_public.json"

SLACK: Final = 0.01
"""Floors are pinned this far below the figure: a mended spelling rule may tip a text or two."""


@dataclass(frozen=True, slots=True)
class Report:
    """What one group of sets gave: figures, and where they miss their floors."""

    floors: Path
    corpus_sha256: str
    qualities: Mapping[str, Quality]
    """By set and form: `commune.plain`, `commune.stripped`."""
    problems: tuple[str, ...]
    """Empty when the gate is passed."""

    def figures(self) -> dict[str, float]:
        """The figures that have floors, by name; shares from 0 to 1."""
        return {
            f"{name}.{figure}": value
            for name, quality in self.qualities.items()
            for figure, value in (
                ("macro_f1", quality.macro_f1.value),
                ("accuracy", quality.accuracy.value),
            )
        }


def evaluate(data: Path | None, classifier: Classifier | None = None) -> list[Report]:
    """Measure the shipped model (or `classifier`) and compare with the floors.

    Args:
        data: folder of the public data sets; None measures the project's own sets alone.
        classifier: the model to measure.

    Raises:
        CorpusError: a data set is missing or damaged.
        FloorsError: a floors file is damaged.
        NotReadyError: the shipped model cannot be used.
    """
    model = classifier or load_classifier()
    reports = [_report(model, committed_sets(), COMMITTED_FLOORS)]
    if data is not None:
        reports.append(_report(model, public_sets(data), PUBLIC_FLOORS))
    return reports


def _report(classifier: Classifier, sets: Sets, floors: Path) -> Report:
    qualities = dict(_qualities(classifier, sets))
    report = Report(floors, fingerprint(sets), qualities, ())
    problems: list[str] = []
    if floors.exists():
        pinned = read_floors(floors)
        if pinned.corpus_sha256 != report.corpus_sha256:
            problems.append(f"{floors.name}: the texts have changed; pin anew (--update-floors)")
        problems += [str(failure) for failure in check(report.figures(), pinned)]
    else:
        problems.append(f"{floors.name}: no floors are pinned yet (--update-floors)")
    return Report(floors, report.corpus_sha256, qualities, tuple(problems))


def _qualities(classifier: Classifier, sets: Sets) -> Iterator[tuple[str, Quality]]:
    for name, examples in sets.items():
        yield f"{name}.plain", measure(classifier, examples)
        yield f"{name}.stripped", measure(classifier, stripped(examples))


def pin(report: Report, reason: str | None) -> None:
    """Raise the floors to what was measured, less the slack.

    A floor that the figure still passes stays where it is. Floors that were pinned on other
    texts are not compared: a changed set needs a reason as well.

    Raises:
        FloorsError: a floor would be lowered and there is no reason.
    """
    bars = {name: figure - SLACK for name, figure in report.figures().items()}
    if report.floors.exists():
        for name, pinned in read_floors(report.floors).floors.items():
            if name in bars and pinned <= report.figures()[name]:
                bars[name] = max(bars[name], pinned)
    pin_floors(report.floors, bars, report.corpus_sha256, reason)


def run_evaluation(data: Path | None, update: bool, reason: str | None, console: Console) -> int:
    """Measure, show, and check or pin; gives the exit code: 0 passed, 1 below a floor.

    Raises:
        LangNgheError: as `evaluate` and `pin`.
    """
    reports = evaluate(data)
    for report in reports:
        console.print(_table(report))
    if update:
        for report in reports:
            pin(report, reason)
        return 0
    problems = [problem for report in reports for problem in report.problems]
    for problem in problems:
        console.print(problem, style="red", markup=False)
    return 1 if problems else 0


def _table(report: Report) -> Table:
    table = Table("tập", "bài", "macro-F1", "weighted-F1", "đúng", "lệch độ chắc chắn")
    for name, quality in report.qualities.items():
        table.add_row(
            name,
            str(quality.texts),
            str(quality.macro_f1),
            str(quality.weighted_f1),
            str(quality.accuracy),
            f"{quality.calibration_error:.1%}",
        )
    return table
