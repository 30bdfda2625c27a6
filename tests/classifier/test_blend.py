from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.blend import COLUMNS, POST_WIDTH, Blend, Join, bare
from langnghe.classifier.heads import PAIR_HEADS, POST_HEADS
from langnghe.classifier.training.views import strip_marks


def blend(**kinds: Join) -> Blend:
    """Every head alike: an equal mean, unless a kind of text has a join of its own."""

    def joins(kind: str) -> dict[str, Join]:
        join = kinds.get(kind, Join(0.5, 0.5, (0.0,)))
        return {
            head.name: Join(join.encoder, join.characters, join.bias * head.width)
            for head in POST_HEADS
        }

    return Blend(joins("plain"), joins("bare"), {head.name: 2.0 for head in PAIR_HEADS})


@pytest.mark.parametrize(
    "text",
    ["Duong xau qua, de nghi sua", "ok", "ko dc", "duong o day xau qua, goi so [SĐT]",
     "nop 500.000đ", "hoi 3 cau ma chua ai tra loi, chi Nguyễn o bo phan mot cua noi cho mai"],
)  # fmt: skip
def test_texts_without_diacritics(text: str) -> None:
    assert bare(text)


@pytest.mark.parametrize(
    "text",
    ["Đường xấu quá", "đuong xau", "ờ", "", "👍👍 123", "[SĐT]", "duong xấu wa troi"],
)
def test_other_texts(text: str) -> None:
    assert not bare(text)


@given(st.text(alphabet="aăâbcđdeêghoôơuưế ờạ.,!?1", max_size=60))
def test_a_stripped_text_is_bare_or_has_no_word(text: str) -> None:
    stripped = strip_marks(text)
    assert bare(stripped) == any(len(word) > 1 for word in letters_of(stripped))


def letters_of(text: str) -> list[str]:
    return "".join(char if char.isalpha() else " " for char in text).split()


@given(st.integers(0, 999), st.floats(0, 3_000), st.lists(st.booleans(), min_size=3, max_size=3))
def test_any_scores_give_probabilities(seed: int, reach: float, without: list[bool]) -> None:
    encoder, characters = reach * np.random.default_rng(seed).normal(size=(2, 3, POST_WIDTH))
    found = blend().probabilities(encoder, characters, np.array(without))
    assert found.shape == (3, POST_WIDTH)
    assert ((found >= 0) & (found <= 1)).all()
    for head in POST_HEADS:
        if head.classes:
            assert found[:, COLUMNS[head.name]].sum(axis=1) == pytest.approx(1)


def test_each_kind_of_text_has_its_own_join() -> None:
    joined = blend(plain=Join(1, 0, (0.0,)), bare=Join(0, 1, (0.0,)))
    encoder, characters = np.full((2, POST_WIDTH), 3.0), np.full((2, POST_WIDTH), -3.0)
    found = joined.probabilities(encoder, characters, np.array([False, True]))
    scam = COLUMNS["scam"].start
    assert found[0, scam] == pytest.approx(1 / (1 + np.exp(-3)))
    assert found[1, scam] == pytest.approx(1 / (1 + np.exp(3)))


def test_neighbours_change_nothing() -> None:
    rng = np.random.default_rng(3)
    encoder, characters = rng.normal(size=(2, 9, POST_WIDTH))
    without = rng.random(9) < 0.5
    joined = blend(bare=Join(0.2, 0.9, (0.1,)))
    together = joined.probabilities(encoder, characters, without)
    for row in range(9):
        one = slice(row, row + 1)
        alone = joined.probabilities(encoder[one], characters[one], without[one])
        assert (alone == together[one]).all()


def test_a_bias_moves_the_decision() -> None:
    zero = np.zeros((1, POST_WIDTH))
    found = blend(plain=Join(1, 1, (0.7,))).probabilities(zero, zero, np.array([False]))
    assert found[0, COLUMNS["claim"].start] > 0.5


def test_a_temperature_softens_a_pair_head() -> None:
    scores = np.array([[4.0, 0, 0, 0]])
    found = blend().pair("stance", scores)
    assert found.sum() == pytest.approx(1)
    assert found[0, 0] == pytest.approx(np.exp(2) / (np.exp(2) + 3))


def test_no_texts() -> None:
    none = np.zeros((0, POST_WIDTH))
    found = blend().probabilities(none, none, np.zeros(0, np.bool_))
    assert found.shape == (0, POST_WIDTH)


def test_json_and_back() -> None:
    first = blend(bare=Join(0.25, 0.75, (-0.5,)))
    assert Blend.from_json(json.loads(json.dumps(first.to_json()))) == first


def damaged(*path: str, value: object = None) -> dict[str, Any]:
    document: Any = blend().to_json()
    at = document
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    "document",
    [
        {},
        damaged("bare"),
        damaged("plain", "urgent"),
        damaged("plain", "urgent", "encoder", value="much"),
        damaged("plain", "urgent", "encoder", value=float("nan")),
        damaged("plain", "intent", "bias", value=[0.0]),
        damaged("plain", "intent", "bias", value=0.0),
        damaged("pairs", "stance"),
        damaged("pairs", "stance", value=-1),
    ],
)
def test_a_damaged_document_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each says something else)
        Blend.from_json(document)
