from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from langnghe.classifier.blend import COLUMNS, POST_WIDTH
from langnghe.classifier.heads import PAIR_HEADS, POST_HEADS
from langnghe.classifier.training.calibrate import (
    Sample,
    cross_fitted,
    figures,
    fit_blend,
    fit_temperature,
    measured,
    shortfalls,
)
from langnghe.classifier.training.examples import Answer, Example

PAIRS = {head.name: 1.5 for head in PAIR_HEADS}


def samples(
    texts: int, *, encoder: float = 2.0, characters: float = 2.0, bare: bool = False, seed: int = 5
) -> list[Sample]:
    """Civic rows whose scores point at the answer as strongly as said, with noise of 1."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(texts):
        row = np.zeros(POST_WIDTH)
        answers: dict[str, Answer] = {}
        for head in POST_HEADS:
            at = COLUMNS[head.name].start
            if head.classes:
                answer = int(rng.integers(head.width))
                row[at + answer] = 1
            else:
                answer = int(rng.random() < 0.2)
                row[at] = 1 if answer else -1
            answers[head.name] = (answer,)
        found.append(
            Sample(
                "civic",
                Example(str(number), "", answers=answers),
                noisy(row * encoder, rng),
                noisy(row * characters, rng),
                bare,
                stripped=bare,
            )
        )
    return found


def noisy(row: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    return (row + rng.normal(size=len(row))).astype(np.float32)


def mean_f1(found: Sequence[Sample], **parts: bool) -> float:
    blend = fit_blend(found, PAIRS, **parts)
    others = samples(600, seed=99)
    return float(np.mean([one.macro_f1 for one in measured(blend, others).values()]))


def test_both_models_together_are_better_than_either() -> None:
    found = samples(600)
    together = mean_f1(found)
    assert together > mean_f1(found, encoder=False) + 0.01
    assert together > mean_f1(found, characters=False) + 0.01


def test_the_better_model_counts_more_in_each_kind_of_text() -> None:
    blend = fit_blend(
        samples(400, encoder=2, characters=0.5)
        + samples(400, encoder=0.5, characters=2, bare=True),
        PAIRS,
    )
    for head in POST_HEADS:
        plain, bare = blend.plain[head.name], blend.bare[head.name]
        assert plain.encoder > 1.5 * plain.characters
        assert bare.characters > 1.5 * bare.encoder


def test_a_model_that_points_the_wrong_way_is_left_out() -> None:
    blend = fit_blend(samples(400, characters=-1), PAIRS)
    assert all(join.characters == 0 for join in blend.plain.values())


def test_probabilities_are_as_often_right_as_they_say() -> None:
    found = [replace(one, encoder=3 * one.encoder) for one in samples(1_500)]
    blend = fit_blend(found, PAIRS)
    others = [replace(one, encoder=3 * one.encoder) for one in samples(1_500, seed=8)]
    given = blend.probabilities(
        np.stack([one.encoder for one in others]),
        np.stack([one.characters for one in others]),
        np.zeros(len(others), np.bool_),
    )[:, COLUMNS["intent"]]
    marked = np.array([one.example.answers["intent"][0] for one in others])
    right = given.argmax(axis=1) == marked
    assert given.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.04)


def test_a_half_is_where_yes_is_decided_best() -> None:
    # Scores that are shifted by as much as one would never say yes.
    shifted = [replace(one, encoder=one.encoder - 4) for one in samples(600)]
    blend = fit_blend(shifted, PAIRS, characters=False)
    others = [replace(one, encoder=one.encoder - 4) for one in samples(600, seed=6)]
    found = measured(blend, others)
    assert found["civic", "claim", False].macro_f1 > 0.9


def test_answers_that_leave_several_classes_open_are_fitted_jointly() -> None:
    told = (0, 2), (1, 3, 4, 5)
    civic = samples(300)
    group = [
        replace(
            one,
            corpus="uit-viocd",
            example=replace(
                one.example,
                answers={"intent": next(a for a in told if one.example.answers["intent"][0] in a)},
            ),
        )
        for one in samples(300, seed=4)
    ]
    found = measured(fit_blend(civic + group, PAIRS), group)
    assert set(found) == {("uit-viocd", "intent", False)}
    assert found["uit-viocd", "intent", False].macro_f1 > 0.9


def test_bare_texts_without_samples_are_joined_like_the_others() -> None:
    blend = fit_blend(samples(100), PAIRS)
    assert blend.bare == blend.plain
    assert blend.pairs == PAIRS


def test_a_head_that_no_row_answers_is_named() -> None:
    rows = [
        replace(one, example=replace(one.example, answers={"scam": (0,)})) for one in samples(5)
    ]
    with pytest.raises(ValueError, match="sentiment"):
        fit_blend(rows, PAIRS)
    with pytest.raises(ValueError, match="nothing to join"):
        fit_blend(samples(5), PAIRS, encoder=False, characters=False)


def test_rows_are_judged_by_what_others_taught() -> None:
    # Where answers are chance, what was fitted on the rows themselves looks too good.
    chance = samples(120, encoder=0, characters=0)
    own = measured(fit_blend(chance, PAIRS), chance)
    crossed = cross_fitted(chance)
    assert set(own) == set(crossed)
    assert {at.texts for at in crossed.values()} == {120}
    honest, flattered = (
        np.mean([one.macro_f1 for one in found.values()]) for found in (crossed, own)
    )
    assert honest < flattered


def test_figures_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    marked, given = rng.integers(3, size=100), rng.integers(3, size=100)
    found = figures(marked, given, 3)
    assert found.macro_f1 == pytest.approx(f1_score(marked, given, average="macro"))
    assert found.weighted_f1 == pytest.approx(f1_score(marked, given, average="weighted"))
    assert found.yes_f1 == pytest.approx(f1_score(marked, given, average=None)[1])


def test_what_misses_a_floor_is_said() -> None:
    chance = samples(200, encoder=0, characters=0)
    found = measured(fit_blend(chance, PAIRS), chance)
    assert [line.split(":")[0] for line in shortfalls(found)] == ["civic intent"]
    good = samples(200, encoder=9)
    assert shortfalls(measured(fit_blend(good, PAIRS), good)) == []


def test_the_temperature_undoes_too_much_certainty() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(4_000, 4))
    true = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    answers = [int(rng.choice(4, p=row)) for row in true]
    assert fit_temperature(2 * scores, answers) == pytest.approx(2, abs=0.2)
