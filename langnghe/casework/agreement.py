"""How far first and second reviewers agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

FEWEST_PAIRS: Final = 5
"""Fewer pairs of opinions give no kappa: it would rest on single posts (boundary 5)."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far first and second reviewers agree on whether a reason holds."""

    pairs: int
    same: int
    """Pairs that agree."""
    kappa: float | None
    """Agreement beyond chance (Cohen 1960), at most 1; None under `FEWEST_PAIRS` pairs."""


def agreement(pairs: Sequence[tuple[bool, bool]]) -> Agreement:
    """Of pairs of opinions, first and second reviewer's: whether the reason holds."""
    total = len(pairs)
    same = sum(first == second for first, second in pairs)
    if total < FEWEST_PAIRS:
        return Agreement(total, same, None)
    firsts = Counter(first for first, _ in pairs)
    seconds = Counter(second for _, second in pairs)
    chance = sum(firsts[opinion] * seconds[opinion] for opinion in firsts) / total**2
    kappa = 1.0 if chance == 1 else (same / total - chance) / (1 - chance)
    return Agreement(total, same, kappa)
