"""Train the character model: two to three minutes on one core.

Each head is a logistic regression of its own, over the sets that answer it. Where a set only
says "one of these classes", what counts is their joint probability, as in the training of the
encoder. Each text is seen as written and in other spellings, mostly without diacritics. The same
data and versions give the same weights.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from langnghe.classifier.blend import COLUMNS, POST_WIDTH
from langnghe.classifier.characters import RARITY_STEPS, Weights
from langnghe.classifier.features import BUCKETS, count_matrix, text_form, weigh
from langnghe.classifier.heads import POST_HEADS, Head
from langnghe.classifier.training.calibrate import CIVIC, log_sum, no_and_yes
from langnghe.classifier.training.examples import (
    PUBLIC,
    Answer,
    Example,
    read_civic,
    read_public,
)
from langnghe.classifier.training.views import has_marks, other_spelling, strip_marks

ROW_WEIGHTS: Final[Mapping[str, Mapping[str, float]]] = {
    "sentiment": {
        "uit-vsfc": 1.0,
        # With civic the only sets with a real neutral class, and small: else they drown.
        "vlsp2016-sa": 6.0,
        "aivivn-2019": 0.5,
        "uit-vsmec": 0.5,
        CIVIC: 4.0,
    },
    "intent": {"uit-viocd": 1.0, "vicov19qa": 0.2, "gov-questions": 0.2, CIVIC: 2.0},
    "claim": {CIVIC: 1.0},
    "scam": {"vi-sms-smishing": 1.0, "vicov19qa": 0.2, "gov-questions": 0.2, CIVIC: 1.0},
    "toxicity": {"victsd": 2.0, "vihsd": 0.5, "safesense-vi": 0.5, CIVIC: 1.0},
    "answer": {"vicov19qa": 0.2, "gov-questions": 0.2, CIVIC: 1.0},
    "urgent": {CIVIC: 1.0},
}
"""By head, the sets that it is trained on and what one of their rows counts; chosen on dev."""

STRENGTH: Final[Mapping[str, float]] = {
    "sentiment": 1.0,
    "intent": 10.0,
    "claim": 3.0,
    "scam": 10.0,
    "toxicity": 1.0,
    "answer": 3.0,
    "urgent": 10.0,
}
"""By head, how little large weights are held down: scikit-learn's C. Chosen on dev."""

COPIES: Final[Mapping[str, int]] = {CIVIC: 2}
"""How often each text of a set is seen in another spelling; once if not named. With 0.45 copies
a text instead of 1, intent lost 5 points on the civic dev part and 1.5 on stripped ViOCD."""

CLASS_BALANCE: Final = 0.5
"""A class that is k times too rare in its set counts k^0.5 times. At 1 the 4 % of neutral rows
of uit-vsfc cost more accuracy than they gain macro-F1."""

MOST_STEPS: Final = 150
TOLERANCE: Final = 1e-5
"""Relative gain of a step at which the search ends."""

_log = logging.getLogger(__name__)


def train_characters(
    data: Path | None, open_only: bool, seed: int, reviews: Sequence[Example] = ()
) -> Weights:
    """Train all heads.

    Args:
        data: folder of the public sets; None for the civic set alone.
        open_only: whether sets that are for research only are left out.
        seed: of the drawing of other spellings.
        reviews: rows that reviewers decided; they count as civic ones.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    draw = random.Random(seed)
    sets = gathered(data, open_only)
    sets[CIVIC] = [*sets[CIVIC], *reviews]
    forms: list[str] = []
    answers: list[Mapping[str, Answer]] = []
    weights: list[Mapping[str, float]] = []
    for name, rows in sets.items():
        counted = {head.name: answer_weights(rows, head) for head in POST_HEADS}
        for row in rows:
            copies = [text_form(row.title, row.text)]
            for _ in range(COPIES.get(name, 1)):
                text = other_spelling(row.text, draw)
                # A title with diacritics would give away that they are gone from the text.
                title = row.title if has_marks(text) else strip_marks(row.title)
                copies.append(text_form(title, text))
            of_row = {
                head: share * counted[head][row.answers[head]]
                for head, shares in ROW_WEIGHTS.items()
                if (share := shares.get(name)) and head in row.answers
            }
            forms += copies
            answers += [row.answers] * len(copies)
            weights += [of_row] * len(copies)
        _log.info("%s: %d texts", name, len(rows))
    counts = count_matrix(forms)
    rarity = rarity_of(counts)
    features = weigh(counts, rarity)
    del counts
    found = np.zeros((BUCKETS, POST_WIDTH), np.float32)
    bias = np.zeros(POST_WIDTH, np.float32)
    for head in POST_HEADS:
        at = [place for place, of_row in enumerate(weights) if head.name in of_row]
        allowed = np.zeros((len(at), len(head.classes) or 2), np.bool_)
        for line, place in enumerate(at):
            allowed[line, list(answers[place][head.name])] = True
        of_head = np.array([weights[place][head.name] for place in at])
        span = COLUMNS[head.name]
        _log.info("%s: %d texts", head.name, len(at))
        found[:, span], bias[span] = fit(
            features[at], allowed, of_head, head.width, STRENGTH[head.name]
        )
    return Weights(rarity, found, bias)


def gathered(data: Path | None, open_only: bool) -> dict[str, list[Example]]:
    """The training rows by set, civic first; none of a text that a dev part holds too.

    Raises:
        CorpusError: a set is missing or damaged.
    """
    rows = {CIVIC: read_civic("train")}
    measured_on = read_civic("dev")
    if data is not None:
        for name in sorted({name for sets in ROW_WEIGHTS.values() for name in sets} - {CIVIC}):
            if PUBLIC[name].open or not open_only:
                rows[name] = read_public(data, name, "train")
            if (data / name / "dev.jsonl").exists():
                measured_on += read_public(data, name, "dev")
    known = {text_form("", row.text) for row in measured_on}
    return {
        name: [row for row in of_set if text_form("", row.text) not in known]
        for name, of_set in rows.items()
    }


def answer_weights(rows: Sequence[Example], head: Head) -> dict[Answer, float]:
    """What a row with each answer counts within its set: see CLASS_BALANCE."""
    counts = Counter(row.answers[head.name] for row in rows if head.name in row.answers)
    even = counts.total() / max(1, len(counts))
    return {answer: (even / count) ** CLASS_BALANCE for answer, count in counts.items()}


def rarity_of(counts: sparse.csr_matrix) -> NDArray[np.float32]:
    """Inverse document frequency of each feature, in the steps that the file keeps."""
    texts_with = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + counts.shape[0]) / (1 + texts_with)) + 1
    # What occurs in one text alone tells nothing of others.
    rarity = np.where(texts_with > 1, rarity, 0)
    stepped: NDArray[np.float32] = np.minimum(np.rint(rarity * RARITY_STEPS), 255).astype(
        np.float32
    ) / np.float32(RARITY_STEPS)
    return stepped


def fit(
    features: sparse.csr_matrix,
    allowed: NDArray[np.bool_],
    weights: NDArray[np.float64],
    width: int,
    strength: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A logistic regression on answers that may leave several classes open.

    Args:
        features: shape (texts, features).
        allowed: shape (texts, classes): the classes one of which is right.
        weights: what each text counts.
        width: scores wanted: one for each class, or 1 for the log-odds of the second of two.
        strength: scikit-learn's C.

    Returns:
        Coefficients (features, width) and intercepts (width,).
    """
    # Most features of a small set's texts never occur: the search goes without them.
    used, columns = np.unique(features.indices, return_inverse=True)
    held = sparse.csr_matrix(
        (features.data, columns, features.indptr), shape=(features.shape[0], len(used))
    )
    backwards = held.T
    shape = len(used) + 1, width

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        values = flat.reshape(shape)
        scores = no_and_yes(held @ values[:-1].astype(np.float32) + values[-1])
        every, all_shares = log_sum(scores)
        some, own_shares = log_sum(np.where(allowed, scores, -np.inf))
        pull = (weights[:, None] * (all_shares - own_shares))[:, -width:]
        slope = np.empty(shape)
        slope[:-1] = backwards @ pull.astype(np.float32) + values[:-1] / strength
        slope[-1] = pull.sum(axis=0)
        penalty = 0.5 * float((values[:-1] ** 2).sum()) / strength
        return float((weights * (every - some)).sum()) + penalty, slope.ravel()

    options = {"maxiter": MOST_STEPS, "ftol": TOLERANCE}
    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=options)
    _log.info("%d steps, loss %.1f", found.nit, found.fun)
    values = found.x.reshape(shape).astype(np.float32)
    coefficients = np.zeros((features.shape[1], width), np.float32)
    coefficients[used] = values[:-1]
    return coefficients, values[-1]
