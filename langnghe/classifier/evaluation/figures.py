"""Quality of a classifier on marked texts, with how sure each figure is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from langnghe.classifier.heads import BY_NAME
from langnghe.classifier.training.examples import Answer, Example
from langnghe.core.models import Labels

DRAWS: Final = 1_000
"""Samples of the bootstrap: enough for two digits of a 95 % interval."""
SEED: Final = 7

Matrix = NDArray[np.int64]
"""Confusion counts, shape (..., classes, classes): row the marked class, column the given one."""
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
    """What a classifier does on one set, at one head."""

    texts: int
    macro_f1: Figure
    weighted_f1: Figure
    accuracy: Figure
    yes_f1: Figure | None
    """F1 of "yes"; None for a head with classes."""
    calibration_error: float
    """Mean distance of stated from true certainty, 0 to 1, in ten bins of equal width."""
    confusion: tuple[tuple[int, ...], ...]
    """Rows the marked class, columns the given one."""


def answered(examples: Sequence[Example], head: str) -> list[int]:
    """Where in `examples` the head's answer is known."""
    return [at for at, one in enumerate(examples) if head in one.answers]


def measure(examples: Sequence[Example], labels: Sequence[Labels], head: str) -> Quality:
    """Compare `labels` with what is known of `examples`, at one head that some of them answer.

    Where a set knows only that one of several classes is right, the classes are taken together:
    the group whose probabilities add up to most is the given one.
    """
    at = answered(examples, head)
    answers = [examples[one].answers[head] for one in at]
    shares = _shares([labels[one] for one in at], head)
    groups = _groups(answers, shares.shape[1])
    joint = np.stack([shares[:, list(group)].sum(axis=1) for group in groups], axis=1)
    marked = np.array([groups.index(answer) for answer in answers])
    given = joint.argmax(axis=1)
    size = len(groups)
    cells = marked * size + given
    draws = np.random.default_rng(SEED).integers(len(cells), size=(DRAWS, len(cells)))
    sampled = np.stack([_confusion(cells[draw], size) for draw in draws])
    whole = _confusion(cells, size)
    return Quality(
        texts=len(at),
        macro_f1=_figure(macro_f1, whole, sampled),
        weighted_f1=_figure(weighted_f1, whole, sampled),
        accuracy=_figure(accuracy, whole, sampled),
        yes_f1=None if BY_NAME[head].classes else _figure(yes_f1, whole, sampled),
        calibration_error=_calibration_error(joint.max(axis=1), given == marked),
        confusion=tuple(tuple(row) for row in whole.tolist()),
    )


def _shares(labels: Sequence[Labels], head: str) -> NDArray[np.float64]:
    """Probability of each class, or of no and yes: shape (labels, classes)."""
    classes = BY_NAME[head].classes
    if classes:
        return np.array([[label.scores[name] for name in classes] for label in labels])
    yes = np.array([label.scores[head] for label in labels])
    shares: NDArray[np.float64] = np.stack([1 - yes, yes], axis=1)
    # From exactly one half on it is a yes, as everywhere; argmax takes the first of equals.
    shares[yes == 0.5, 0] = np.nextafter(0.5, 0)
    return shares


def _groups(answers: Sequence[Answer], classes: int) -> list[Answer]:
    """The answers of a set, when it always says a group; else each class by itself."""
    if any(len(answer) > 1 for answer in answers):
        return sorted(set(answers))
    return [(column,) for column in range(classes)]


def _confusion(cells: NDArray[np.int64], size: int) -> Matrix:
    return np.bincount(cells, minlength=size * size).reshape(size, size)


def _f1_by_class(confusion: Matrix) -> NDArray[np.float64]:
    right = np.diagonal(confusion, axis1=-2, axis2=-1)
    both = confusion.sum(axis=-1) + confusion.sum(axis=-2)
    # A class that is neither marked nor given counts as 0, as scikit-learn has it.
    return np.where(both > 0, 2 * right / np.maximum(both, 1), 0.0)


def macro_f1(confusion: Matrix) -> NDArray[np.float64]:
    """Mean F1 of the classes, for each matrix."""
    means: NDArray[np.float64] = _f1_by_class(confusion).mean(axis=-1)
    return means


def yes_f1(confusion: Matrix) -> NDArray[np.float64]:
    """F1 of the last class, for each matrix."""
    shares: NDArray[np.float64] = _f1_by_class(confusion)[..., -1]
    return shares


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
