"""Fits how posts are matched with checked claims, for one trained encoder: writes `claims.json`.

Three parts, each on what it did not see before:

- how stances are worded, on the train claims (words alone, so the encoder has no part in it);
- how near a post must lie to a claim, and how ranks are joined, on the dev claims;
- how the encoder's word, the wording and what can be counted make up a stance, and from which
  probability a post is said to repeat a claim, on the dev claims as well: on the train claims,
  which the encoder has learnt by heart, it would be trusted too much.

A post is read as it stands and without diacritics. Posts of the civic set stand for the many that
speak of no claim at all.
"""

from __future__ import annotations

import logging
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from langnghe.classifier.claims import CANDIDATES, ClaimMatcher, PairModel
from langnghe.classifier.evaluation.claims import register_of
from langnghe.classifier.likeness import Background, terms_of
from langnghe.classifier.register import Register
from langnghe.classifier.stance import (
    SIGNALS,
    SPOKEN,
    TERMS,
    Matching,
    Near,
    Wording,
    phrases,
    terms_of_decision,
)
from langnghe.classifier.training.examples import ClaimExamples, Example
from langnghe.classifier.training.views import strip_marks
from langnghe.core.models import Stance

log = logging.getLogger(__name__)

STANCES: Final = tuple(Stance)
LEAST_TEXTS: Final = 3
"""A phrase in fewer texts says nothing of others."""
WORDING_STRENGTH: Final = 3.0
"""scikit-learn's C for the wording, and below for the joined decision: chosen on dev."""
STANCE_STRENGTH: Final = 0.01
DENSE_STEPS: Final = tuple(round(float(step), 2) for step in np.arange(0, 0.65, 0.05))
"""Weights of the ranks by embedding that are tried; BM25 is the better half in any case."""
LET_THROUGH: Final = 0.995
"""Share of dev posts whose own claim must pass the floor."""
PRECISION: Final = 0.9
"""Of dev posts that are said to repeat a claim. Five of fifteen dev posts a claim are near misses
made to be mistaken: what people post is easier."""
LEAST_RECALL: Final = 0.4
"""The threshold is not raised to where fewer repeats are found, however pure the rest is."""
FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A post, the claim it was written for ("" for none), and what it does with it."""

    text: str
    claim: str
    stance: Stance
    bare: bool


def rows_of(claims: Sequence[ClaimExamples], others: Sequence[Example] = ()) -> list[Row]:
    """Every post as it stands and without diacritics; `others` speak of no claim."""
    told = [Row(text, one.id, stance, False) for one in claims for text, stance in one.posts]
    told += [Row(one.text, "", Stance.UNRELATED, False) for one in others]
    return told + [replace(row, text=strip_marks(row.text), bare=True) for row in told]


def fit_stance(
    model: PairModel,
    train: Sequence[ClaimExamples],
    dev: Sequence[ClaimExamples],
    civic: Sequence[Example],
    background: Background,
) -> Matching:
    """Fit everything; `Matching.save` writes it into the model's folder.

    Args:
        model: the trained encoder with its pair heads.
        train: claims for the wording; beside `dev` they fill the register.
        dev: claims that `model` was not taught.
        civic: posts that `model` was not taught (the dev part of the civic set).
        background: that of the same model's clusters.
    """
    draft = Matching(
        dense={False: 0.3, True: 0.0},
        likeness=(1.0, 0.0, 0.0),
        floor=0.0,
        scale=dict.fromkeys(SIGNALS, (0.0, 1.0)),
        stance=dict.fromkeys(TERMS, (0.0,) * len(SPOKEN)),
        bias=(0.0,) * len(SPOKEN),
        threshold=1.0,
        wording=fit_wording(train),
    )
    model = _Remembering(model)
    register = register_of([*dev, *train])
    rows = rows_of(dev, civic)
    texts = [row.text for row in rows]
    vectors = model.embed(texts)
    matching = _fit_nearness(model, register, draft, background, rows, vectors)
    matcher = ClaimMatcher(model, register, matching, background)
    terms = [terms_of(text) for text in texts]
    pairs = matcher.close_pairs(texts, terms, vectors)
    log.info("%d posts, %d pairs read closely", len(rows), len(pairs))
    found = matcher.signals(texts, terms, pairs)
    places = {claim.id: place for place, claim in enumerate(register.claims)}
    truth = np.array(
        [
            STANCES.index(
                rows[post].stance if places.get(rows[post].claim) == claim else Stance.UNRELATED
            )
            for post, claim, _ in pairs
        ]
    )
    half = len(rows) // 2  # a post and its stripped copy are judged by the same fold
    owners = np.array([rows[post].claim or f"#{post % half}" for post, _, _ in pairs])
    lost = sum(row.stance is Stance.REPEATS for row in rows) - int((truth == 0).sum())
    threshold = _threshold(matching, found, truth, owners, lost)
    return replace(_decided(matching, found, truth), threshold=threshold)


class _Remembering:
    """A model that reads no text twice: the register is indexed anew for each thing tried."""

    def __init__(self, model: PairModel) -> None:
        self._model = model
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        if new:
            self._known.update(zip(new, self._model.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])

    def pair_scores(self, pairs: Sequence[tuple[str, str]], head: str) -> NDArray[np.floating]:
        return self._model.pair_scores(pairs, head)


def fit_wording(claims: Sequence[ClaimExamples]) -> Wording:
    """How posts of each stance are worded."""
    posts = [(phrases(text), stance) for claim in claims for text, stance in claim.posts]
    holders = Counter(phrase for found, _ in posts for phrase in found)
    vocabulary = sorted(phrase for phrase, count in holders.items() if count >= LEAST_TEXTS)
    rarity = {
        phrase: round(math.log((1 + len(posts)) / (1 + holders[phrase])) + 1, 3)
        for phrase in vocabulary
    }
    columns = {phrase: column for column, phrase in enumerate(vocabulary)}
    cells = [
        (row, columns[phrase], rarity[phrase])
        for row, (found, _) in enumerate(posts)
        for phrase in sorted(found & rarity.keys())
    ]
    of, at, data = (np.array(values) for values in zip(*cells, strict=True))
    lengths = np.sqrt(np.bincount(of, data**2, minlength=len(posts)))
    matrix = sparse.csr_matrix((data / lengths[of], (of, at)), shape=(len(posts), len(vocabulary)))
    truth = np.array([STANCES.index(stance) for _, stance in posts])
    fitted = LogisticRegression(C=WORDING_STRENGTH, max_iter=500).fit(matrix, truth)
    coefficients, bias = _against_unrelated(fitted)
    return Wording(
        rarity,
        {
            phrase: tuple(round(float(value), 3) for value in coefficients[:, column])
            for phrase, column in columns.items()
        },
        bias,
    )


def _against_unrelated(
    fitted: LogisticRegression,
) -> tuple[NDArray[np.float64], tuple[float, ...]]:
    """Coefficients (3, features) and biases of `SPOKEN`, less those of `UNRELATED`."""
    if len(fitted.classes_) < len(STANCES):
        raise ValueError("some stance does not occur among the posts to learn from")
    by_class = dict(zip(fitted.classes_.tolist(), range(len(fitted.classes_)), strict=True))
    last = by_class[STANCES.index(Stance.UNRELATED)]
    own = [by_class[STANCES.index(stance)] for stance in SPOKEN]
    coefficients = fitted.coef_[own] - fitted.coef_[last]
    bias = fitted.intercept_[own] - fitted.intercept_[last]
    return coefficients, tuple(round(float(value), 4) for value in bias)


def _fit_nearness(
    model: PairModel,
    register: Register,
    draft: Matching,
    background: Background,
    rows: Sequence[Row],
    vectors: NDArray[np.float32],
) -> Matching:
    """The weights of the ranks, the likeness, and its floor."""
    texts = [row.text for row in rows]
    terms = [terms_of(text) for text in texts]
    best: dict[bool, tuple[float, float]] = {}
    for dense in DENSE_STEPS:
        tried = replace(draft, dense={False: dense, True: dense})
        matcher = ClaimMatcher(model, register, tried, background)
        found = list(matcher.candidates(texts, terms, vectors))
        for bare in (False, True):
            worth = float(
                np.mean(
                    [
                        _worth(register, found[at], row.claim)
                        for at, row in enumerate(rows)
                        if row.bare is bare and row.stance is Stance.REPEATS
                    ]
                )
            )
            # Of equal ones the least: words are shown to the reviewer, embeddings are not.
            if bare not in best or worth > best[bare][0] + 1e-9:
                best[bare] = worth, dense
    log.info("worth and weight of ranks by embedding: %s", best)
    chosen = replace(draft, dense={bare: dense for bare, (_, dense) in best.items()})
    matcher = ClaimMatcher(model, register, chosen, background)
    pairs = [
        (rows[post], register.claims[claim].id, near)
        for post, found in enumerate(matcher.candidates(texts, terms, vectors))
        for claim, near in found
    ]
    near = np.array([(one.share, one.cosine) for _, _, one in pairs])
    same = np.array([row.claim == claim for row, claim, _ in pairs])
    fitted = LogisticRegression(C=100.0, max_iter=500).fit(near, same)
    of_share, of_cosine = (round(float(value), 4) for value in fitted.coef_[0])
    likeness = (of_share, of_cosine, round(float(fitted.intercept_[0]), 4))
    chosen = replace(chosen, likeness=likeness)
    speaking = np.array([row.stance is not Stance.UNRELATED for row, _, _ in pairs]) & same
    floor = float(np.quantile(chosen.alike(*near[speaking].T), 1 - LET_THROUGH))
    return replace(chosen, floor=round(floor * 0.9, 5))


def _worth(register: Register, found: Sequence[tuple[int, Near]], own: str) -> float:
    """1 for the own claim among the candidates, and a little more the higher it stands."""
    for place, (claim, _) in enumerate(found):
        if register.claims[claim].id == own:
            return 1 + 0.2 * (1 - place / CANDIDATES)
    return 0.0


def _decided(matching: Matching, found: NDArray[np.float64], truth: NDArray[np.int64]) -> Matching:
    """The matching with a joined decision that is fitted on these pairs."""
    deviation = found.std(axis=0)
    scale = np.stack([found.mean(axis=0), np.where(deviation > 0, deviation, 1.0)], axis=1)
    terms = terms_of_decision(found, scale)
    scaler = StandardScaler().fit(terms)
    fitted = LogisticRegression(C=STANCE_STRENGTH, max_iter=1_000)
    fitted.fit(scaler.transform(terms), truth)
    coefficients, bias = _against_unrelated(fitted)
    coefficients = coefficients / scaler.scale_
    moved = np.array(bias) - coefficients @ scaler.mean_
    return replace(
        matching,
        scale={
            signal: (round(float(mean), 5), round(float(width), 5))
            for signal, (mean, width) in zip(SIGNALS, scale, strict=True)
        },
        stance={
            term: tuple(round(float(value), 5) for value in coefficients[:, column])
            for column, term in enumerate(TERMS)
        },
        bias=tuple(round(float(value), 5) for value in moved),
    )


def _threshold(
    matching: Matching,
    found: NDArray[np.float64],
    truth: NDArray[np.int64],
    owners: NDArray[np.str_],
    lost: int,
) -> float:
    """The lowest probability from which `PRECISION` of the posts truly repeat.

    Each pair is judged by a decision fitted on other claims' posts. `lost` repeats never came
    near their claim.
    """
    names = sorted(set(owners.tolist()))
    fold_of = dict(zip(names, (at % FOLDS for at in range(len(names))), strict=True))
    folds = np.array([fold_of[owner] for owner in owners.tolist()])
    chances = np.empty(len(found))
    for fold in range(FOLDS):
        judge = _decided(matching, found[folds != fold], truth[folds != fold])
        chances[folds == fold] = judge.probabilities(found[folds == fold])[:, 0]
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(truth[order] == STANCES.index(Stance.REPEATS))
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / (hits[-1] + lost)
    good = np.flatnonzero((precision >= PRECISION) & (recall >= LEAST_RECALL))
    # Too impure everywhere: then where both are best together.
    place = (
        int(good[-1]) if len(good) else int((precision * recall / (precision + recall)).argmax())
    )
    log.info(
        "repeats on dev, cross-fitted: precision %.3f, recall %.3f", precision[place], recall[place]
    )
    return round(float(chances[order[place]]), 4)
