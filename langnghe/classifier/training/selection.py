"""Whether a new model is taken: only if it falls below no floor. Then it replaces the old one.

A model folder is put in its place whole: copied beside it, then renamed. Whoever has the old one
open goes on with it; the old folder stays beside the new one as `<name>.previous`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from filelock import FileLock, Timeout

from langnghe.classifier.evaluation.gate import Report, evaluate, publish
from langnghe.classifier.model import Classifier
from langnghe.core.errors import NotReadyError
from langnghe.core.floors import CEILING, check, read_floors

PREVIOUS: Final = ".previous"


@dataclass(frozen=True, slots=True)
class Selection:
    """What became of a new model."""

    version: str
    """Of the new model."""
    problems: tuple[str, ...]
    """Why it was refused, in Vietnamese; empty when it was taken."""
    figures: Mapping[str, tuple[float, float]]
    """By name, the old model's and the new one's; shares from 0 to 1."""

    @property
    def taken(self) -> bool:
        return not self.problems


def accept(
    old: Classifier,
    candidate: Path,
    target: Path,
    load: Callable[[Path], Classifier],
    data: Path | None = None,
) -> Selection:
    """Measure the model in `candidate`, and put it in the place `target` if no floor falls.

    If it is refused, everything stays as it was.

    Args:
        old: the model in use, for comparison.
        candidate: folder of the new model; it is copied. If it is taken, what was measured of it
            is kept in it.
        target: where the service looks for its model; may be missing yet.
        load: reads a model folder.
        data: folder of the public data sets, whose floors are then held as well.

    Raises:
        NotReadyError: the new model cannot be loaded, or another one is being put in place.
        CorpusError: a data set is missing or damaged.
        FloorsError: a floors file is damaged.
    """
    new = load(candidate)
    before = _figures(evaluate(data, old))
    reports = evaluate(data, new)
    problems = tuple(problem for report in reports for problem in _problems(report, before))
    after = _figures(reports)
    if not problems:
        publish(candidate, reports[0])
        install(candidate, target)
    both = {name: (before[name], after[name]) for name in sorted(after) if name in before}
    return Selection(new.version, problems, both)


def install(candidate: Path, target: Path) -> None:
    """Put a copy of the folder `candidate` in the place `target`, whole or not at all.

    What stood there is kept as `<target>.previous`; the one before that is deleted.

    Raises:
        NotReadyError: another process is doing the same.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(target.with_name(f".{target.name}.lock"), timeout=0):
            _install(candidate, target)
    except Timeout:
        raise NotReadyError(
            f"{target}: một lần thay mô hình khác đang chạy. Hãy đợi xong rồi chạy lại."
        ) from None


def _install(candidate: Path, target: Path) -> None:
    previous = target.with_name(target.name + PREVIOUS)
    # What is left in this folder is deleted with it.
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        staged, oldest = Path(folder) / "new", Path(folder) / "oldest"
        shutil.copytree(candidate, staged)
        _flush(staged)
        if target.exists():
            if previous.exists():
                previous.rename(oldest)
            target.rename(previous)
        try:
            staged.rename(target)
        except OSError:
            if previous.exists() and not target.exists():
                previous.rename(target)
            if oldest.exists():
                oldest.rename(previous)
            raise
        _flush(target.parent)


def _flush(folder: Path) -> None:
    """See that files and folder are on the disk before anything is renamed to them."""
    for path in (*folder.iterdir(), folder):
        if path.is_file() or path == folder:
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _figures(reports: list[Report]) -> dict[str, float]:
    return {name: figure for report in reports for name, figure in report.figures().items()}


def _problems(report: Report, before: Mapping[str, float]) -> Iterator[str]:
    """What the gate found, in Vietnamese where it is a figure, with the old model's beside it."""
    failures = check(report.figures(), read_floors(report.floors)) if report.floors.exists() else []
    for failure in failures:
        was = f"{before[failure.name]:.1%} → " if failure.name in before else ""
        now = "không đo được" if failure.figure is None else f"{failure.figure:.1%}"
        side = "trên mức trần" if failure.name.endswith(CEILING) else "dưới mức sàn"
        yield f"{failure.name}: {was}{now}, {side} {failure.floor:.1%}"
    told = {str(failure) for failure in failures}
    yield from (problem for problem in report.problems if problem not in told)
