"""A model's published figures: counted right, and only ever shown for the model they are of."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from langnghe.classifier.evaluation.figures import Figure, Quality, measure
from langnghe.classifier.evaluation.published import (
    CRITICISM,
    DETECTIONS,
    Detection,
    held_back_views,
    read_figures,
    write_figures,
)
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.neural import DESCRIPTION, FIGURES, SHIPPED, NeuralClassifier
from langnghe.classifier.training.examples import Example, read_civic
from langnghe.core.models import Labels
from tests.classifier.tinymodel import write_model

TEST = read_civic("test")


def labels(post: Example, yes: bool) -> Labels:
    """The right classes, and the same answer to every yes-or-no question."""
    scores: dict[str, float] = {}
    for head in POST_HEADS:
        right = post.answers.get(head.name, (0,))[0]
        classes = {name: float(at == right) for at, name in enumerate(head.classes)}
        scores |= classes or {head.name: float(yes)}
    return Labels(post.id, "m", scores=scores)


def measured(yes: bool) -> dict[str, Quality]:
    given = [labels(post, yes) for post in TEST]
    return {
        f"civic-test.{form}.{head.name}": measure(TEST, given, head.name)
        for form in ("plain", "bare")
        for head in POST_HEADS
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", ["đường", "hỏng"])


def test_what_was_measured_is_read_again(folder: Path) -> None:
    others = {
        CRITICISM: Figure(0.01, 0.01, 0.01),
        "claims-test.plain.repeats_precision": Figure(0.9, 0.8, 1.0),
        "claims-test.plain.repeats_recall": Figure(0.5, 0.4, 0.6),
    }
    write_figures(folder, measured(yes=True), others)
    found = read_figures(folder)
    assert found is not None
    scams = sum(post.answers["scam"] == (1,) for post in TEST)
    assert found.texts == len(TEST)
    assert found.plain.readings == {"sentiment": 1.0, "intent": 1.0}
    # All are called scams: each scam is found, and few of those that are called one are one.
    share = round(scams / len(TEST), 4)
    assert found.plain.detections["scam"] == Detection(scams, share, 1.0)
    repeats = found.plain.detections["repeats"]
    assert (repeats.precision, repeats.recall) == (0.9, 0.5)
    assert repeats.posts > 100
    assert "repeats" not in found.bare.detections
    assert (found.criticism, found.flagged, found.ceiling) == (len(held_back_views()), 0.01, 0.005)


def test_a_model_that_says_yes_to_nothing_is_right_about_nothing(folder: Path) -> None:
    write_figures(folder, measured(yes=False), {})
    found = read_figures(folder)
    assert found is not None
    assert found.flagged is None
    assert found.plain.detections["urgent"].precision == 0.0
    assert found.plain.detections["urgent"].recall == 0.0


def test_figures_of_another_model_are_none(folder: Path) -> None:
    assert read_figures(folder) is None
    write_figures(folder, measured(yes=True), {})
    description = folder / DESCRIPTION
    description.write_text(description.read_text("utf-8") + "\n", encoding="utf-8")
    assert read_figures(folder) is None
    (folder / FIGURES).write_text("{", encoding="utf-8")
    assert read_figures(folder) is None


def test_they_do_not_make_it_another_model(folder: Path) -> None:
    before = NeuralClassifier.load(folder).version
    write_figures(folder, measured(yes=True), {})
    assert NeuralClassifier.load(folder).version == before


def test_the_shipped_model_has_its_figures() -> None:
    found = read_figures(SHIPPED)
    assert found is not None, "langnghe evaluate --update-floors"
    digest = hashlib.sha256((SHIPPED / DESCRIPTION).read_bytes()).hexdigest()
    assert found.model_sha256 == digest
    assert set(found.plain.detections) == set(found.bare.detections) == set(DETECTIONS)
    assert found.flagged is not None
    assert found.flagged <= found.ceiling == 0.005
