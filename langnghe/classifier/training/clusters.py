"""Fits what `classifier.clusters` goes by, for one encoder, on the project's own sets.

The posts that repeat one claim say the same. Everything else does not: the near misses, which
share place, matter and many words with the claim and state another fact, and the check-worthy
posts of the civic set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from langnghe.classifier.clusters import LEAST_POSTS, average_tree, parts
from langnghe.classifier.likeness import SIGNALS, Background, Likeness, Posts, Signals, Vectors
from langnghe.classifier.training.examples import ClaimExamples, Example
from langnghe.core.models import Stance

NEAREST: Final = 20
"""Unlike posts nearest to each one: the negatives that matter."""
PENALTY: Final = 1e-3
"""L2 penalty; seven weights on thousands of pairs need little."""
AGAINST: Final = frozenset({"no_number_shared", "no_name_shared"})
"""Signals that speak against likeness; all others speak for it."""
KEPT: Final = 0.99
"""Share of the pairs above the cut that the floor must let through."""
CUTS: Final = tuple(round(float(cut), 2) for cut in np.arange(-4.0, 4.01, 0.25))

BETA: Final = 2.0
"""Recall counts twice as much as precision: what is put together here is asked about once more,
and what is not is lost."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and which fact it states: texts with the same `fact` say the same."""

    text: str
    title: str
    fact: str
    matter: str
    """The claim it was written for, also as a near miss; "" for a post of the civic set."""
    criticism: bool = False


def sayings(claims: Sequence[ClaimExamples], civic: Sequence[Example]) -> list[Said]:
    """What clusters are fitted on and measured on.

    Repeats and near misses of `claims`; of `civic` what is marked as a checkable fact, and
    criticism. Posts that doubt or deny are left out: whether they belong to a cluster is moot.
    """
    found = []
    for claim in claims:
        for number, (text, stance) in enumerate(claim.posts):
            if stance is Stance.REPEATS:
                found.append(Said(text, "", claim.id, claim.id))
            elif stance is Stance.UNRELATED:
                found.append(Said(text, "", f"{claim.id}/{number}", claim.id))
    found += [
        Said(row.text, row.title, row.id, "", bool(row.criticism))
        for row in civic
        if row.criticism or row.answers["claim"] == (1,)
    ]
    return found


def fit_clusters(said: Sequence[Said], vectors: Vectors, posts: Sequence[str]) -> Likeness:
    """Fit the weights of the signals, then the cut and the floor.

    Two posts of one claim that state different facts (a repeat and a near miss) count neither
    way: to tell them apart is asked of the stance head, which reads both texts at once.

    Args:
        said: see `sayings`. Not what the encoder was taught to bring together, if it can be
            helped: there its likeness promises too much.
        vectors: their embeddings, (texts, size), rows of unit length.
        posts: citizens' posts, for how common words are.
    """
    centre = vectors.mean(axis=0).astype(np.float32)
    draft = Likeness(dict.fromkeys(SIGNALS, 0.0), 0.0, 0.0, -1.0, centre, Background.of(posts))
    ready = draft.prepare([one.text for one in said], vectors)
    facts = np.unique([one.fact for one in said], return_inverse=True)[1]
    matters = np.unique([one.matter or one.fact for one in said], return_inverse=True)[1]
    first, second = _taught(ready, facts, matters)
    same = facts[first] == facts[second]
    signals = ready.signals(first, second)
    weights, bias = _weights(signals, same)
    fitted = replace(draft, weights=weights, bias=bias)
    tree = average_tree(fitted.scores_within(ready, np.arange(len(said))))
    quality = {cut: _quality(tree, cut, facts, matters) for cut in CUTS}
    # Of equal ones the middle, which is farthest from both slopes.
    best = [cut for cut, found in quality.items() if found >= max(quality.values()) - 1e-9]
    cut = best[len(best) // 2]
    linked = same & (fitted.scores(ready, first, second) >= cut)
    floor = round(float(np.quantile(signals[linked, 0], 1 - KEPT)), 3) if linked.any() else -1.0
    return replace(fitted, cut=cut, floor=floor)


def _taught(
    posts: Posts, facts: NDArray[np.int64], matters: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs to learn from: of one fact, and each post with the nearest ones of other matters.

    Nearest by embedding, and nearest by words.
    """
    own = matters[:, None] == matters[None, :]
    one, other = np.nonzero(np.triu(facts[:, None] == facts[None, :], 1))
    pairs = [one * len(posts) + other]
    for near in (posts.vectors @ posts.vectors.T, (posts.words @ posts.words.T).toarray()):
        near[own] = -2.0
        column = np.argsort(-near, axis=1, kind="stable")[:, :NEAREST]
        row = np.broadcast_to(np.arange(len(posts))[:, None], column.shape)
        unlike = matters[row] != matters[column]
        low, high = np.minimum(row, column)[unlike], np.maximum(row, column)[unlike]
        pairs.append(low * len(posts) + high)
    first, second = np.divmod(np.unique(np.concatenate(pairs)), len(posts))
    return first, second


def _weights(signals: Signals, same: NDArray[np.bool_]) -> tuple[dict[str, float], float]:
    """Weights and bias of a logistic regression in which no signal counts against its meaning.

    The pairs that say the same and the others weigh alike.
    """
    weight = np.where(same, 0.5 / max(same.sum(), 1), 0.5 / max((~same).sum(), 1))
    sign = np.where(same, 1.0, -1.0)
    columns = np.column_stack([signals.astype(np.float64), np.ones(len(signals))])

    def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (columns @ values)
        penalty = np.append(PENALTY * values[:-1], 0.0)
        total = float((weight * np.logaddexp(0, -margin)).sum() + values @ penalty / 2)
        return total, columns.T @ (-sign * weight * expit(-margin)) + penalty

    bounds = [(None, 0) if name in AGAINST else (0, None) for name in SIGNALS]
    start = np.zeros(columns.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    rounded = [round(float(value), 4) for value in found.x]
    return dict(zip(SIGNALS, rounded[:-1], strict=True)), rounded[-1]


def _quality(
    tree: NDArray[np.float64],
    cut: float,
    facts: NDArray[np.int64],
    matters: NDArray[np.int64],
) -> float:
    """F-measure of the pairs that stand together in groups large enough to be shown."""
    groups = [members for members in parts(tree, cut) if len(members) >= LEAST_POSTS]
    together = sum(_pairs(np.array([len(members)])) for members in groups)
    of_matter = sum(_pairs(np.bincount(matters[members])) for members in groups)
    right = sum(_pairs(np.bincount(facts[members])) for members in groups)
    wanted = _pairs(np.bincount(facts))
    precision = right / max(right + together - of_matter, 1)
    recall = right / max(wanted, 1)
    return (1 + BETA**2) * precision * recall / max(BETA**2 * precision + recall, 1e-9)


def _pairs(counts: NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) // 2).sum())
