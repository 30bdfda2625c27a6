from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from langnghe.classifier.training.refit import (
    LEAST_SPREAD,
    REVIEW_WEIGHT,
    STRENGTH,
    Linear,
    Rows,
    learn,
    refit,
)

SIZE = 24


def texts(
    rng: np.random.Generator, count: int, width: int, *, marked: float = 0.0, scale: float = 1.0
) -> Rows:
    """Features of which the last is a sign that a share of the texts carries."""
    # Like those of an encoder: of unlike spread, and far from 0.
    features = rng.normal(size=(count, SIZE)) * np.geomspace(0.2, 4, SIZE) + 3
    features[:, -1] = 3 + rng.normal(size=count) + 6 * (rng.random(count) < marked)
    return Rows(
        features.astype(np.float32),
        np.full(count, scale),
        rng.normal(size=(count, width)) * 0.3,
        np.ones(count),
    )


def head(rng: np.random.Generator, width: int) -> Linear:
    """One that has its opinions, and has never seen the sign."""
    weights = rng.normal(size=(SIZE, width)) / np.geomspace(0.2, 4, SIZE)[:, None]
    weights[-1] = 0
    return Linear(weights.astype(np.float32), (-3 * weights.sum(axis=0)).astype(np.float32))


def said(rows: Rows, by: Linear) -> NDArray[np.int64]:
    scores = rows.scores(by)
    found: NDArray[np.int64] = (
        (scores[:, 0] > 0).astype(np.int64) if scores.shape[1] == 1 else scores.argmax(axis=1)
    )
    return found


@pytest.mark.parametrize("width", [1, 3])
def test_decisions_that_agree_change_no_decision(width: int) -> None:
    rng = np.random.default_rng(1)
    anchor, shown, new = (texts(rng, count, width) for count in (400, 40, 400))
    old = head(rng, width)
    fitted = refit(anchor, shown, said(shown, old), old)
    assert (said(new, fitted) == said(new, old)).mean() > 0.97


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_what_reviewers_see_and_the_head_did_not_is_learned(width: int, scale: float) -> None:
    rng = np.random.default_rng(2)
    anchor = texts(rng, 600, width, marked=0.1, scale=scale)
    shown, new = (texts(rng, count, width, marked=0.5, scale=scale) for count in (300, 400))
    old = head(rng, width)

    def truth(rows: Rows) -> NDArray[np.int64]:
        return np.where(rows.features[:, -1] > 6, 1, said(rows, old))

    fitted = refit(anchor, shown, truth(shown), old)
    before, after = (float((said(new, one) == truth(new)).mean()) for one in (old, fitted))
    assert after > before + (1 - before) / 8
    plain = new.features[:, -1] < 4
    assert (said(new, fitted) == said(new, old))[plain].mean() > 0.93


@pytest.mark.parametrize("width", [1, 6])
def test_ten_wrong_decisions_do_not_turn_a_head(width: int) -> None:
    rng = np.random.default_rng(3)
    anchor, shown, new = (texts(rng, count, width) for count in (2_000, 10, 1_000))
    old = head(rng, width)
    wrong = (said(shown, old) + 1) % max(width, 2)
    fitted = refit(anchor, shown, wrong, old)
    assert (said(new, fitted) == said(new, old)).mean() > 0.97


def test_a_flood_of_one_answer_counts_no_more_than_what_is_known_of_it() -> None:
    rng = np.random.default_rng(4)
    anchor, new = texts(rng, 500, 1), texts(rng, 500, 1)
    old = replace(head(rng, 1), bias=head(rng, 1).bias - 6)
    flood = texts(rng, 5_000, 1)
    fitted = refit(anchor, flood, np.ones(5_000, np.int64), old)
    share = said(anchor, old).mean()
    assert said(new, fitted).mean() < 3 * share + 0.05


@pytest.mark.parametrize("width", [1, 4])
def test_the_fit_is_the_best_there_is(width: int) -> None:
    rng = np.random.default_rng(5)
    anchor, shown = texts(rng, 80, width, scale=0.7), texts(rng, 15, width, scale=0.4)
    old = head(rng, width)
    answers = rng.integers(max(width, 2), size=15)
    fitted = refit(anchor, shown, answers, old)
    spread = anchor.features.std(axis=0)
    assert spread.min() > LEAST_SPREAD * spread.mean()

    def shares(rows: Rows, by: Linear) -> NDArray[np.float64]:
        raised = np.exp(rows.scores(by))
        return np.hstack([np.ones((len(raised), 1)), raised]) if width == 1 else raised

    def cost(one: Linear) -> float:
        total = 0.0
        for rows, aims, weight in (
            (anchor, shares(anchor, old), 1.0),
            (shown, np.eye(max(width, 2))[answers], REVIEW_WEIGHT),
        ):
            given = shares(rows, one)
            given = given / given.sum(axis=1, keepdims=True)
            total -= weight * float((aims / aims.sum(axis=1, keepdims=True) * np.log(given)).sum())
        moved = (one.weights - old.weights) * spread[:, None]
        level = one.bias - old.bias + anchor.features.mean(axis=0) @ (one.weights - old.weights)
        return total + STRENGTH / 2 * float((moved**2).sum() + (level**2).sum())

    best = cost(fitted)
    assert best < cost(old)
    for _ in range(30):
        other = Linear(
            fitted.weights + rng.normal(size=fitted.weights.shape).astype(np.float32) * 0.01,
            fitted.bias + rng.normal(size=width).astype(np.float32) * 0.01,
        )
        assert cost(other) > best


def test_where_the_encoder_does_not_count_nothing_moves() -> None:
    rng = np.random.default_rng(6)
    anchor, shown = texts(rng, 100, 3, scale=0), texts(rng, 20, 3, scale=0)
    old = head(rng, 3)
    fitted = refit(anchor, shown, rng.integers(3, size=20), old)
    assert np.array_equal(fitted.weights, old.weights)
    assert np.array_equal(fitted.bias, old.bias)


def folds(count: int) -> NDArray[np.int64]:
    return np.arange(count) % 5


def test_a_lesson_says_what_it_gave_on_texts_held_out() -> None:
    rng = np.random.default_rng(7)
    anchor, shown = texts(rng, 600, 1, marked=0.1), texts(rng, 300, 1, marked=0.5)
    old = head(rng, 1)
    answers = np.where(shown.features[:, -1] > 6, 1, said(shown, old))
    lesson, fitted = learn("claim", anchor, shown, answers, folds(300), old)
    assert lesson.learned
    assert (lesson.head, lesson.decisions) == ("claim", 300)
    assert lesson.agreed_before == pytest.approx((said(shown, old) == answers).mean())
    assert lesson.agreed_before + 0.05 < lesson.agreed_after
    # Held out: it must not be the share that the final head gives on what it has seen.
    assert lesson.agreed_after <= (said(shown, fitted) == answers).mean()


def test_chance_teaches_nothing() -> None:
    rng = np.random.default_rng(8)
    anchor, shown = texts(rng, 600, 1), texts(rng, 60, 1)
    old = Linear(np.zeros((SIZE, 1), np.float32), np.zeros(1, np.float32))
    anchor, shown = (replace(rows, offset=np.zeros_like(rows.offset)) for rows in (anchor, shown))
    lesson, kept = learn("claim", anchor, shown, rng.integers(2, size=60), folds(60), old)
    assert not lesson.learned
    assert kept is old


def test_the_same_decisions_give_the_same_head() -> None:
    def fitted(seed: int) -> Sequence[bytes]:
        rng = np.random.default_rng(seed)
        anchor, shown = texts(rng, 300, 6), texts(rng, 30, 6)
        one = refit(anchor, shown, rng.integers(6, size=30), head(rng, 6))
        return one.weights.tobytes(), one.bias.tobytes()

    assert fitted(9) == fitted(9) != fitted(10)
