"""Boundary 2: no label, score or field for what somebody thinks, believes or belongs to."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest

from langnghe.classifier.evaluation.sets import COMMUNE, committed_sets
from langnghe.classifier.heads import HEADS
from langnghe.classifier.model import Document, load_classifier
from langnghe.classifier.neural import SHIPPED
from langnghe.classifier.training.examples import Example
from langnghe.core.models import CheckedClaim, ClaimMatch, Labels, Mark, Sentiment

VIEWS = re.compile(
    "politic|ideolog|loyal|hostil|patriot|dissent|dissid|religi|belief|view|party|regime|enemy"
    "|extrem|propaganda|opponent|reaction|subver|threat|fake|author|user|person"
)


@pytest.mark.parametrize("kind", [Labels, Mark, ClaimMatch, CheckedClaim])
def test_labels_have_no_field_for_views(kind: type) -> None:
    names = [field.name for field in fields(kind)]
    assert names
    assert [name for name in names if VIEWS.search(name)] == []


def test_sentiment_is_how_a_text_sounds_and_nothing_else() -> None:
    assert set(Sentiment) == {"negative", "neutral", "positive"}


def test_the_shipped_model_answers_no_other_question() -> None:
    description = json.loads((SHIPPED / "model.json").read_text(encoding="utf-8"))
    assert description["heads"] == {head.name: list(head.classes) or ["yes"] for head in HEADS}
    names = [name for head, classes in description["heads"].items() for name in (head, *classes)]
    assert [name for name in names if VIEWS.search(name)] == []
    assert description["data"]
    assert [name for name in description["data"] if VIEWS.search(name)] == []


def criticism() -> list[Document]:
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
    given = {frozenset(one.scores) for one in critical + plain}
    assert len(given) == 1
    assert next(iter(given)) >= set(Sentiment)
    assert [name for name in next(iter(given)) if VIEWS.search(name)] == []
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
        [Example("a", about_officials), Example("b", about_a_shop)]
    )
    assert first.sentiment == second.sentiment == Sentiment.NEGATIVE
