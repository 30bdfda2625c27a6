"""Quality of a classifier on marked texts, with how sure each figure is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.linear import CLASSES
from langnghe.classifier.model import Classifier
from langnghe.classifier.training.corpora import Example
from langnghe.core.text import fold

DRAWS: Final = 1_000
"""Samples of the bootstrap: enough for two digits of a 95 % interval."""
SEED: Final = 7

Matrix = NDArray[np.int64]
"""Confusion counts, shape (..., 3, 3): row the marked class, column the given one."""
Score = Callable[[Matrix], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1 with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.1%} ({self.low:.1%} to {self.high:.1%})"


@dataclass(frozen=True, slots=True)
class Quality:
    """What a classifier does on one set."""

    texts: int
    macro_f1: Figure
    weighted_f1: Figure
    accuracy: Figure
    calibration_error: float
    """Mean distance of stated from true certainty, 0 to 1, in ten bins of equal width."""
    confusion: tuple[tuple[int, ...], ...]
    """Rows the marked class, columns the given one, in the order of `CLASSES`."""


def stripped(examples: Sequence[Example]) -> list[Example]:
    """The same texts, lower-case and without diacritics."""
    return [
        Example(one.id, fold(one.text), one.sentiment, title=fold(one.title)) for one in examples
    ]


def measure(classifier: Classifier, examples: Sequence[Example]) -> Quality:
    """Label `examples` (at least one) and compare."""
    labels = classifier.label(examples)
    marked = np.array([CLASSES.index(one.sentiment) for one in examples])
    shares = np.array([[label.scores[name] for name in CLASSES] for label in labels])
    given = shares.argmax(axis=1)
    cells = marked * len(CLASSES) + given
    draws = np.random.default_rng(SEED).integers(len(cells), size=(DRAWS, len(cells)))
    sampled = np.stack([_confusion(cells[draw]) for draw in draws])
    whole = _confusion(cells)
    return Quality(
        texts=len(examples),
        macro_f1=_figure(macro_f1, whole, sampled),
        weighted_f1=_figure(weighted_f1, whole, sampled),
        accuracy=_figure(accuracy, whole, sampled),
        calibration_error=_calibration_error(shares.max(axis=1), given == marked),
        confusion=tuple(tuple(row) for row in whole.tolist()),
    )


def _confusion(cells: NDArray[np.int64]) -> Matrix:
    size = len(CLASSES)
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def _f1_by_class(confusion: Matrix) -> NDArray[np.float64]:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    both = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    # A class that is neither marked nor given counts as 0, as scikit-learn has it.
    return np.where(both > 0, 2 * right / np.maximum(both, 1), 0.0)


def macro_f1(confusion: Matrix) -> NDArray[np.float64]:
    """Mean F1 of the three classes, for each matrix."""
    means: NDArray[np.float64] = _f1_by_class(confusion).mean(axis=-1)
    return means


def weighted_f1(confusion: Matrix) -> NDArray[np.float64]:
    """Mean F1 of the classes by how often they are marked, for each matrix."""
    marked = confusion.sum(axis=-1)
    means: NDArray[np.float64] = (_f1_by_class(confusion) * marked).sum(axis=-1) / marked.sum(
        axis=-1
    )
    return means


def accuracy(confusion: Matrix) -> NDArray[np.float64]:
    """The share of texts with the right class, for each matrix."""
    right = np.trace(confusion, axis1=-2, axis2=-1)
    shares: NDArray[np.float64] = right / confusion.sum(axis=(-2, -1))
    return shares


def _figure(score: Score, whole: Matrix, sampled: Matrix) -> Figure:
    low, high = np.quantile(score(sampled), (0.025, 0.975))
    return Figure(float(score(whole)), float(low), float(high))


def _calibration_error(certainty: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bins = np.minimum((certainty * 10).astype(int), 9)
    return float(
        sum(
            abs(certainty[bins == one].mean() - right[bins == one].mean()) * (bins == one).mean()
            for one in np.unique(bins)
        )
    )
