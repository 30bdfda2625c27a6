"""Boundary 2: no label, score or field for what somebody thinks, believes or belongs to."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest

from langnghe.classifier.evaluation.sets import COMMUNE, committed_sets
from langnghe.classifier.linear import CLASSES, SHIPPED
from langnghe.classifier.model import load_classifier
from langnghe.classifier.training.corpora import CORPORA, Example
from langnghe.core.models import Labels, Sentiment

VIEWS = re.compile(
    "politic|ideolog|loyal|hostil|patriot|dissent|dissid|religi|belief|view|party|regime|enemy"
    "|extrem|propaganda|opponent|reaction|subver|threat|fake|author|user|person"
)


def test_labels_have_no_field_for_views() -> None:
    names = [field.name for field in fields(Labels)]
    assert [name for name in names if VIEWS.search(name)] == []


def test_sentiment_is_how_a_text_sounds_and_nothing_else() -> None:
    assert set(Sentiment) == set(CLASSES) == {"negative", "neutral", "positive"}


def test_the_shipped_model_knows_no_other_class() -> None:
    description = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))
    assert description["classes"] == ["negative", "neutral", "positive"]
    assert set(description["trained_on"]) == {corpus.name for corpus in CORPORA}
    assert [name for name in description["trained_on"] if VIEWS.search(name)] == []


def criticism() -> list[Example]:
    """Our own sentences that criticise officials and policy."""
    rows = map(json.loads, COMMUNE.read_text(encoding="utf-8").splitlines())
    kinds = [row["kind"] for row in rows]
    pairs = zip(kinds, committed_sets()["commune"], strict=True)
    return [example for kind, example in pairs if kind == "criticism"]


def test_criticism_gets_a_sentiment_like_any_other_text() -> None:
    found = criticism()
    assert len(found) >= 10
    others = [one for one in committed_sets()["commune"] if one not in found]
    critical, plain = load_classifier().label(found), load_classifier().label(others)
    assert {frozenset(one.scores) for one in critical + plain} == {frozenset(Sentiment)}
    filled = [
        {field.name for field in fields(Labels) if getattr(one, field.name) is not None}
        for one in critical + plain
    ]
    assert all(names == filled[0] for names in filled)


@pytest.mark.parametrize(
    ("about_officials", "about_a_shop"),
    [
        ("Chủ tịch xã làm việc quá tệ.", "Cửa hàng làm việc quá tệ."),
        ("Chính sách này dở quá, thất vọng.", "Quán này dở quá, thất vọng."),
        ("Đảng ủy xã hứa suông, bực mình.", "Nhà xe hứa suông, bực mình."),
    ],
)
def test_criticism_of_officials_sounds_like_criticism_of_a_shop(
    about_officials: str, about_a_shop: str
) -> None:
    first, second = load_classifier().label(
        [Example("a", about_officials, CLASSES[0]), Example("b", about_a_shop, CLASSES[0])]
    )
    assert first.sentiment == second.sentiment == Sentiment.NEGATIVE
