"""One head fitted anew: what people decided is to hold, and what it said before as well.

Plain arrays in, plain arrays out: numpy and L-BFGS, nothing of the encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax

REVIEW_WEIGHT: Final = 2.0
"""What a decision counts beside a training text: it is about the very posts that come in here.
More teaches hardly faster, and lets wrong decisions do more harm (docs/decisions.md)."""

STRENGTH: Final = 100.0
"""Pull towards the old numbers, beside a summed log loss (docs/decisions.md)."""

MOST_STEPS: Final = 200
TOLERANCE: Final = 1e-6
LEAST_SPREAD: Final = 0.1
"""Of the mean spread of all features."""
TINY: Final = np.float32(1e-12)


@dataclass(frozen=True, slots=True)
class Linear:
    """One head: scores are `features @ weights + bias`."""

    weights: NDArray[np.float32]
    """Shape (features, width)."""
    bias: NDArray[np.float32]
    """Shape (width,)."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts as one head sees them. The score shown is `scale · head's score + offset`."""

    features: NDArray[np.float32]
    """Shape (rows, features)."""
    scale: NDArray[np.float64]
    """Shape (rows,): what the encoder counts in the join."""
    offset: NDArray[np.float64]
    """Shape (rows, width): what the characters and the bias of the join add."""
    weights: NDArray[np.float64]
    """Shape (rows,): what a row counts."""

    def scores(self, head: Linear) -> NDArray[np.float64]:
        """The scores shown: shape (rows, width)."""
        own = (self.features @ head.weights + head.bias).astype(np.float64)
        return self.scale[:, None] * own + self.offset

    def taken(self, rows: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(self.features[rows], self.scale[rows], self.offset[rows], self.weights[rows])


def refit(anchor: Rows, reviews: Rows, answers: NDArray[np.int64], old: Linear) -> Linear:
    """The head that says of `reviews` what was decided, and of `anchor` what it said before.

    Args:
        anchor: the project's own training texts.
        reviews: the texts decided on; at least one.
        answers: shape (reviews,): the class decided, or 0 for no and 1 for yes.
        old: the head as it is.
    """
    held = np.exp(_log_shares(anchor.scores(old)))
    classes = held.shape[1]
    aims = np.concatenate([held, np.eye(classes)[answers]])
    weights = np.concatenate([anchor.weights, _counted(reviews.weights, answers, anchor, held)])
    start = np.concatenate([anchor.scores(old), reviews.scores(old)])
    scale = np.concatenate([anchor.scale, reviews.scale])[:, None]
    # Features of one spread, seen from their middle: then one pull is right for all of them.
    middle = anchor.features.mean(axis=0)
    spread = anchor.features.std(axis=0)
    # One that hardly ever moves would else be a lever for the few texts in which it does.
    spread = np.maximum(spread, LEAST_SPREAD * spread.mean()) + TINY
    features = (np.concatenate([anchor.features, reviews.features]) - middle) / spread
    shape = features.shape[1] + 1, len(old.bias)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        moved = flat.reshape(shape)
        moves = features @ moved[:-1].astype(np.float32) + moved[-1]
        logs = _log_shares(start + scale * moves)
        pull = weights[:, None] * scale * (np.exp(logs) - aims)[:, -shape[1] :]
        slope = STRENGTH * moved
        slope[:-1] += features.T @ pull.astype(np.float32)
        slope[-1] += pull.sum(axis=0)
        off = -float((weights[:, None] * aims * logs).sum())
        return off + STRENGTH / 2 * float((moved**2).sum()), slope.ravel()

    found = minimize(
        loss,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": MOST_STEPS, "ftol": TOLERANCE},
    )
    moved = found.x.reshape(shape)
    by_feature = moved[:-1] / spread[:, None]
    return Linear(
        (old.weights + by_feature).astype(np.float32),
        (old.bias + moved[-1] - middle @ by_feature).astype(np.float32),
    )


def _counted(
    weights: NDArray[np.float64],
    answers: NDArray[np.int64],
    anchor: Rows,
    held: NDArray[np.float64],
) -> NDArray[np.float64]:
    """What each decision counts.

    However many say one thing, together they count at most as much as the training texts with
    that answer: a flood of one kind cannot make the head see it everywhere.
    """
    most = anchor.weights @ held
    wanted = REVIEW_WEIGHT * np.bincount(answers, weights, len(most))
    capped = np.minimum(1.0, most / np.maximum(wanted, 1e-9))
    counted: NDArray[np.float64] = REVIEW_WEIGHT * weights * capped[answers]
    return counted


def _log_shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logs of the probabilities of a head's classes, or of no and yes: (rows, classes)."""
    if scores.shape[1] == 1:
        scores = np.pad(scores, ((0, 0), (1, 0)))
    logs: NDArray[np.float64] = log_softmax(scores, axis=1)
    return logs


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the decisions on one head taught it. Shares and losses are of texts held out."""

    head: str
    decisions: int
    agreed_before: float
    """Share of the decisions that the old head would have made."""
    agreed_after: float
    loss_before: float
    """Mean log loss: how surprised the head is by what was decided."""
    loss_after: float

    @property
    def learned(self) -> bool:
        """Whether the head is the better for it; if not, it stays as it is.

        This catches decisions that contradict each other, not those that are wrong all alike:
        what a decision counts at most, and the floors, are there for them.
        """
        return self.loss_after < self.loss_before and self.agreed_after >= self.agreed_before


def learn(
    head: str,
    anchor: Rows,
    reviews: Rows,
    answers: NDArray[np.int64],
    folds: NDArray[np.int64],
    old: Linear,
) -> tuple[Lesson, Linear]:
    """What decisions teach a head, and the head that is to be used: the old one if nothing.

    Args:
        head: its name.
        anchor: the project's own training texts.
        reviews: the texts decided on.
        answers: shape (reviews,): the class decided, or 0 for no and 1 for yes.
        folds: shape (reviews,): texts of one number are held out together.
        old: the head as it is.
    """
    before = _log_shares(reviews.scores(old))
    after = before.copy()
    for fold_ in np.unique(folds):
        out = folds == fold_
        if out.all():
            break
        kept = refit(anchor, reviews.taken(~out), answers[~out], old)
        after[out] = _log_shares(reviews.taken(out).scores(kept))
    at = np.arange(len(answers))

    def mean(values: NDArray[Any]) -> float:
        return float(np.average(values, weights=reviews.weights))

    lesson = Lesson(
        head,
        round(float(reviews.weights.sum())),
        mean(before.argmax(axis=1) == answers),
        mean(after.argmax(axis=1) == answers),
        mean(-before[at, answers]),
        mean(-after[at, answers]),
    )
    return lesson, refit(anchor, reviews, answers, old) if lesson.learned else old
