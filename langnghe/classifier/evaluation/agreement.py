"""How far two annotators agree who worked by docs/annotation.md without seeing each other.

Cohen's kappa (Cohen 1960): agreement beyond what chance would give, 0 to 1. The passes stand in
`civic/passes.jsonl`: a fifth of each part of the civic set, one line a post.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langnghe.classifier.training.examples import OWN

PASSES: Final = OWN / "passes.jsonl"
QUESTIONS: Final = ("intent", "sentiment", "claim", "scam", "toxic", "answer", "urgent")


@dataclass(frozen=True, slots=True)
class Agreement:
    """On one question."""

    posts: int
    kappa: float
    same: float
    """Share of posts with the same answer."""


def kappa(first: Sequence[object], second: Sequence[object]) -> float:
    """Cohen's kappa of two equally long rows of answers; 1 if both are one and the same answer.

    Raises:
        ValueError: there is nothing to compare, or the rows are not equally long.
    """
    if not first:
        raise ValueError("no answers to compare")
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    one, other = Counter(first), Counter(second)
    chance = sum(one[answer] * other[answer] for answer in one) / len(first) ** 2
    return 1.0 if chance == 1 else (same - chance) / (1 - chance)


def agreements(path: Path = PASSES) -> Mapping[tuple[str, str], Mapping[str, Agreement]]:
    """By pair of passes (`first`, `second`, and `set` for the labels in the set) and question."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {
        pair: {question: _agreement(rows, pair, question) for question in QUESTIONS}
        for pair in (("first", "second"), ("first", "set"), ("second", "set"))
    }


def _agreement(
    rows: Sequence[Mapping[str, Mapping[str, object]]], pair: tuple[str, str], question: str
) -> Agreement:
    first, second = ([row[side][question] for row in rows] for side in pair)
    same = sum(a == b for a, b in zip(first, second, strict=True)) / len(rows)
    return Agreement(len(rows), kappa(first, second), same)
