"""The gate: figures against the floors that are pinned beside this file.

`floors.json` holds the bars for the sets that are part of the project, which every test run
checks; `floors_public.json` those for the public sets, which need `--data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from langnghe.classifier.claims import ClaimMatcher, attach
from langnghe.classifier.evaluation.claims import measure_matching, register_of
from langnghe.classifier.evaluation.claims import stripped as bare_claims
from langnghe.classifier.evaluation.figures import Figure, Quality, measure
from langnghe.classifier.evaluation.published import (
    CRITICISM,
    MOST_FLAGGED,
    held_back_views,
    write_figures,
)
from langnghe.classifier.evaluation.sets import Sets, committed_sets, fingerprint, public_sets
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.likeness import Likeness
from langnghe.classifier.model import Classifier, load_classifier
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.stance import FILE as MATCHING_FILE
from langnghe.classifier.stance import Matching
from langnghe.classifier.training.examples import read_claims
from langnghe.classifier.training.recipe import stripped
from langnghe.core.floors import CEILING, check, read_floors
from langnghe.core.floors import update as pin_floors
from langnghe.core.models import Reason

HERE: Final = Path(__file__).parent
COMMITTED_FLOORS: Final = HERE / "floors.json"
PUBLIC_FLOORS: Final = HERE / "floors_public.json"

FLAGS: Final = frozenset({Reason.REPEATS_CHECKED_CLAIM, Reason.SCAM_WARNING})
"""What a single post can be flagged for; `tests/boundaries/test_criticism.py` adds clusters."""

SLACK: Final = 0.01
"""Floors are pinned this far below the figure: a mended spelling rule may tip a text or two."""


HEADS_MEASURED: Final = tuple(head.name for head in POST_HEADS)


@dataclass(frozen=True, slots=True)
class Measured:
    """One head on one set, in one form."""

    name: str
    """Set, form and head: `civic-test.bare.intent`."""
    quality: Quality


@dataclass(frozen=True, slots=True)
class Report:
    """What one group of sets gave: figures, and where they miss their floors."""

    floors: Path
    corpus_sha256: str
    measured: tuple[Measured, ...]
    others: Mapping[str, Figure]
    """Figures that are no head's, by name; a ceiling's name ends in `.ceiling`."""
    problems: tuple[str, ...]
    """Empty when the gate is passed."""

    def figures(self) -> dict[str, float]:
        """The figures that have floors, by name; shares from 0 to 1."""
        found = {name: figure.value for name, figure in self.others.items()}
        for one in self.measured:
            quality = one.quality
            found[f"{one.name}.macro_f1"] = quality.macro_f1.value
            if quality.yes_f1 is None:
                found[f"{one.name}.weighted_f1"] = quality.weighted_f1.value
            else:
                found[f"{one.name}.yes_f1"] = quality.yes_f1.value
        return found


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
    others: Mapping[str, Figure] = {}
    # One that cannot match claims leaves those figures unmeasured, which the floors refuse.
    if isinstance(model, NeuralClassifier) and (model.folder / MATCHING_FILE).is_file():
        others = _matching(model)
    reports = [_report(model, committed_sets(), COMMITTED_FLOORS, others)]
    if data is not None:
        reports.append(_report(model, public_sets(data), PUBLIC_FLOORS, {}))
    return reports


def _matching(model: NeuralClassifier) -> dict[str, Figure]:
    """What matching does with the claims and the criticism that it was not fitted on."""
    claims, others = read_claims("test"), read_claims("train")
    matching, background = Matching.load(model.folder), Likeness.load(model.folder).background
    figures = {}
    for form, posts in (("plain", claims), ("bare", bare_claims(claims))):
        found = measure_matching(model, matching, background, posts, others)
        figures[f"claims-test.{form}.recall_at_5"] = found.recall_at_5
        figures[f"claims-test.{form}.repeats_precision"] = found.precision
        figures[f"claims-test.{form}.repeats_recall"] = found.recall
    matcher = ClaimMatcher(model, register_of([*claims, *others]), matching, background)
    views = held_back_views()
    labels = attach(model.label(views), matcher, views)
    flagged = sum(bool(FLAGS & set(one.reasons)) for one in labels) / len(views)
    figures[CRITICISM] = Figure(flagged, flagged, flagged)
    return figures


def _report(
    classifier: Classifier, sets: Sets, floors: Path, others: Mapping[str, Figure]
) -> Report:
    measured = tuple(_measured(classifier, sets))
    report = Report(floors, fingerprint(sets), measured, others, ())
    problems: list[str] = []
    if floors.exists():
        pinned = read_floors(floors)
        if pinned.corpus_sha256 != report.corpus_sha256:
            problems.append(
                f"{floors.name}: văn bản đo đã đổi; hãy đặt lại mức sàn (--update-floors)"
            )
        problems += [str(failure) for failure in check(report.figures(), pinned)]
    else:
        problems.append(f"{floors.name}: chưa đặt mức sàn (--update-floors)")
    return replace(report, problems=tuple(problems))


def _measured(classifier: Classifier, sets: Sets) -> Iterator[Measured]:
    for name, examples in sets.items():
        for form, texts in (("plain", examples), ("bare", [stripped(one) for one in examples])):
            labels = classifier.label(texts)
            for head in HEADS_MEASURED:
                if any(head in one.answers for one in texts):
                    yield Measured(f"{name}.{form}.{head}", measure(texts, labels, head))


def pin(report: Report, reason: str | None) -> None:
    """Raise the floors to what was measured, less the slack.

    A floor that the figure still passes stays where it is. Floors that were pinned on other
    texts are not compared: a changed set needs a reason as well.

    Raises:
        FloorsError: a floor would be lowered and there is no reason.
    """
    bars = {
        name: MOST_FLAGGED if name.endswith(CEILING) else max(figure - SLACK, 0.0)
        for name, figure in report.figures().items()
    }
    if report.floors.exists():
        for name, pinned in read_floors(report.floors).floors.items():
            if name in bars and not name.endswith(CEILING) and pinned <= report.figures()[name]:
                bars[name] = max(bars[name], pinned)
    pin_floors(report.floors, bars, report.corpus_sha256, reason)


def publish(folder: Path, report: Report) -> None:
    """Keep what `report` says of the project's own sets beside the model in `folder`."""
    write_figures(folder, {one.name: one.quality for one in report.measured}, report.others)


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
        publish(SHIPPED, reports[0])
        return 0
    problems = [problem for report in reports for problem in report.problems]
    for problem in problems:
        console.print(problem, style="red", markup=False)
    return 1 if problems else 0


def _table(report: Report) -> Table:
    table = Table("tập, dạng chữ, nhãn", "bài", "macro-F1", "weighted-F1 / F1 «có»", "lệch")
    for one in report.measured:
        quality = one.quality
        table.add_row(
            one.name,
            str(quality.texts),
            str(quality.macro_f1),
            str(quality.yes_f1 or quality.weighted_f1),
            f"{quality.calibration_error:.1%}",
        )
    for name, figure in report.others.items():
        table.add_row(name, "", str(figure), "", "")
    return table
