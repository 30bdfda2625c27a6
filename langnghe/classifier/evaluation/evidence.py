"""How well the evidence check reads, and how far it only looks at the claim.

A set whose claims give themselves away teaches a model to judge a claim without reading what is
put beside it. So each figure stands beside that of the same model with the evidence hidden: what
is not lost then was never read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.claims import PairModel
from langnghe.classifier.evaluation.figures import Figure
from langnghe.classifier.evidence import check_evidence
from langnghe.classifier.heads import EVIDENCE_CLASSES
from langnghe.classifier.training.examples import Example, read_public

SETS: Final = (("vihallu-2025", "dev"), ("xnli-vi", "train"))
"""Set and part. xnli-vi has no dev part: the model has seen it, its figures say only how much of
it was learnt by the claim alone."""

HIDDEN: Final = "."
"""In place of the evidence."""

DRAWS: Final = 1_000
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class EvidenceQuality:
    """What the check does on one set."""

    name: str
    pairs: int
    macro_f1: Figure
    """Of the three classes."""
    claim_alone: Figure
    """The same with the evidence hidden."""
    swapped: Figure
    """Share of pairs judged "not enough" when a claim stands beside another pair's evidence."""


def read_sets(data: Path) -> dict[str, list[Example]]:
    """The sets of `data`, by name and part.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    return {f"{name}/{part}": read_public(data, name, part) for name, part in SETS}


def measure_evidence(model: PairModel, name: str, rows: Sequence[Example]) -> EvidenceQuality:
    """Check every claim of `rows` (at least two) with its evidence, without, and with another."""
    truth = np.array([row.answers["evidence"][0] for row in rows])
    given = _labels(model, [(row.text, row.second) for row in rows])
    alone = model.pair_scores([(row.text, HIDDEN) for row in rows], "evidence").argmax(axis=1)
    moved = [*rows[1:], rows[0]]
    # Rows of one text often follow each other: their evidence would be no other evidence.
    apart = [
        (row.text, other.second)
        for row, other in zip(rows, moved, strict=True)
        if row.second != other.second
    ]
    swapped = _labels(model, apart) == EVIDENCE_CLASSES.index("not_enough_info")
    return EvidenceQuality(
        name,
        len(rows),
        _macro_f1(truth, given),
        _macro_f1(truth, alone.astype(np.int64)),
        _mean(swapped),
    )


def _labels(model: PairModel, pairs: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    return np.array(
        [
            EVIDENCE_CLASSES.index(check_evidence(model, claim, evidence).label)
            for claim, evidence in pairs
        ],
        np.int64,
    )


def _macro_f1(truth: NDArray[np.int64], given: NDArray[np.int64]) -> Figure:
    size = len(EVIDENCE_CLASSES)
    cells = truth * size + given

    def f1(drawn: NDArray[np.int64]) -> float:
        confusion = np.bincount(drawn, minlength=size * size).reshape(size, size)
        both = confusion.sum(axis=0) + confusion.sum(axis=1)
        return float((2 * np.diagonal(confusion) / np.maximum(both, 1)).mean())

    draws = np.random.default_rng(SEED).integers(len(cells), size=(DRAWS, len(cells)))
    low, high = np.quantile([f1(cells[draw]) for draw in draws], (0.025, 0.975))
    return Figure(f1(cells), float(low), float(high))


def _mean(values: NDArray[np.bool_]) -> Figure:
    if not len(values):
        return Figure(0.0, 0.0, 1.0)
    draws = np.random.default_rng(SEED).integers(len(values), size=(DRAWS, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), (0.025, 0.975))
    return Figure(float(values.mean()), float(low), float(high))
