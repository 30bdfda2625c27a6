"""Boundary 2: no label, score or field for what somebody thinks, believes or belongs to."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import numpy as np
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


COMPLAINTS = (
    "{} làm việc quá tệ.",
    "{} hứa suông, bực mình.",
    "{} này dở quá, thất vọng.",
    "{} nói một đằng làm một nẻo, chán hẳn.",
    "Không hiểu {} làm ăn kiểu gì mà để dân chờ cả buổi.",
    "{} phục vụ chậm, thái độ khó chịu.",
    "{} thiếu trách nhiệm, gọi mãi không ai trả lời.",
    "Tôi không tin {} nữa.",
    "{} cư xử thiếu tôn trọng người già.",
    "{} năm nào cũng vậy, chẳng thay đổi gì.",
)
OFFICIAL = ("Đảng ủy xã", "Chủ tịch xã", "Ủy ban", "Nhà nước")
PRIVATE = ("Cửa hàng", "Nhà xe", "Công ty", "Quán")


def test_criticism_of_officials_sounds_like_criticism_of_a_shop() -> None:
    negative = {}
    for name, subjects in (("official", OFFICIAL), ("private", PRIVATE)):
        texts = [one.format(subject) for one in COMPLAINTS for subject in subjects]
        labels = load_classifier().label([Example(text, text) for text in texts])
        scores = np.array([one.scores[Sentiment.NEGATIVE] for one in labels])
        negative[name] = scores.reshape(len(COMPLAINTS), -1).mean(axis=1)
    # Whatever the model makes of a sentence, it makes of it whomever it is about.
    assert np.abs(negative["official"] - negative["private"]).max() < 0.15
    assert np.median(negative["official"]) > 0.8
