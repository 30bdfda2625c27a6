"""The gate for masking: figures against the floors that are pinned beside this file."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from langnghe.core.floors import check, corpus_hash, read_floors, update
from langnghe.crawler.evaluation import (
    FLOORS,
    PARTS,
    SENTENCES,
    Sentence,
    false_alarms,
    figures,
    misses,
    read_sentences,
    score,
    targets,
)


def run_evaluation(
    update_floors: bool, reason: str | None, console: Console, *, show_misses: bool = False
) -> int:
    """Measure, show, and check or pin; gives the exit code: 0 passed, 1 below a floor.

    `show_misses` prints the slips in the part dev; those in the part test stay unseen, so that
    nobody tunes on them.

    Raises:
        LangNgheError: the sentences or floors cannot be read, or a floor would be lowered
            without a reason.
    """
    sentences = read_sentences()
    for part in PARTS:
        console.print(_table(part, [one for one in sentences if one.part == part]))
    if show_misses:
        for miss in misses(one for one in sentences if one.part == "dev"):
            console.print(f"{miss.sentence.id}: {miss.sentence.text}", markup=False)
            for text in miss.leaked:
                console.print(f"    sót: {text}", markup=False)
            for text in miss.overmasked:
                console.print(f"    che thừa: {text}", markup=False)
    measured = figures(one for one in sentences if one.part == "test")
    if update_floors:
        update(FLOORS, targets(measured), corpus_hash([SENTENCES]), reason)
        return 0
    floors = read_floors(FLOORS)
    problems = [str(failure) for failure in check(measured, floors)]
    if floors.corpus_sha256 != corpus_hash([SENTENCES]):
        problems.append(
            f"{SENTENCES.name}: các câu đã thay đổi; hãy ghi lại mức sàn (--update-floors)"
        )
    for problem in problems:
        console.print(problem, style="red", markup=False)
    return 1 if problems else 0


def _table(part: str, sentences: list[Sentence]) -> Table:
    table = Table(
        "loại",
        "recall",
        "precision",
        "số chỗ",
        title=f"Che thông tin cá nhân, phần {part}: {len(sentences)} câu",
        caption=f"che nhầm trong câu không có thông tin cá nhân: {false_alarms(sentences):.1%}",
    )
    for kind, result in score(sentences).items():
        table.add_row(str(kind), f"{result.recall:.3f}", f"{result.precision:.3f}", str(result.n))
    return table
