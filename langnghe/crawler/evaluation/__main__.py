"""`python -m langnghe.crawler.evaluation`: how well masking works, and the floors it must keep."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from langnghe.core.errors import LangNgheError
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 1 if one is below its floor, 2 if something has to be mended."""
    parser = argparse.ArgumentParser(
        prog="python -m langnghe.crawler.evaluation", description=__doc__
    )
    parser.add_argument("--misses", action="store_true", help="show the slips in the part dev")
    parser.add_argument("--update-floors", action="store_true", help="pin what is measured now")
    parser.add_argument("--reason", help="why a floor may be lowered; kept in floors.json")
    options = parser.parse_args(arguments)
    try:
        return _run(options.misses, options.update_floors, options.reason)
    except LangNgheError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _run(show_misses: bool, update_floors: bool, reason: str | None) -> int:
    lines = []
    sentences = read_sentences()
    for part in PARTS:
        lines += _table(part, [one for one in sentences if one.part == part])
    if show_misses:
        for miss in misses(one for one in sentences if one.part == "dev"):
            lines.append(f"{miss.sentence.id}: {miss.sentence.text}")
            lines += [f"    left: {text}" for text in miss.leaked]
            lines += [f"    too much: {text}" for text in miss.overmasked]
    measured = figures(one for one in sentences if one.part == "test")
    failures = []
    if update_floors:
        update(FLOORS, targets(measured), corpus_hash([SENTENCES]), reason)
        lines.append(f"Pinned in {FLOORS}.")
    else:
        floors = read_floors(FLOORS)
        failures = check(measured, floors)
        lines += [str(failure) for failure in failures]
        if floors.corpus_sha256 != corpus_hash([SENTENCES]):
            raise LangNgheError(
                f"{SENTENCES} has changed since its floors were pinned. Use --update-floors."
            )
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if failures else 0


def _table(part: str, sentences: list[Sentence]) -> list[str]:
    rows = [
        f"{kind:9} {result.recall:8.3f} {result.precision:10.3f} {result.n:4}"
        for kind, result in score(sentences).items()
    ]
    return [
        f"{part}: {len(sentences)} sentences",
        "kind        recall  precision    n",
        *rows,
        f"false alarms in sentences without personal data: {false_alarms(sentences):.3f}",
        "",
    ]


if __name__ == "__main__":
    sys.exit(main())
