from __future__ import annotations

import io

import pytest
from rich.console import Console

from langnghe.classifier.evaluation.unpinned import clusters, evidence
from langnghe.classifier.neural import SHIPPED, NeuralClassifier
from langnghe.classifier.training.clusters import sayings
from langnghe.classifier.training.examples import read_civic, read_claims
from tests.classifier.test_evidence_figures import ROWS


@pytest.fixture(scope="module")
def model() -> NeuralClassifier:
    return NeuralClassifier.load(SHIPPED)


def test_clusters_of_the_shipped_model_are_shown_with_their_counts(
    model: NeuralClassifier,
) -> None:
    said = sayings(read_claims("test")[:3], read_civic("test")[:30])
    out = io.StringIO()
    Console(file=out, width=120).print(clusters(model, said))
    criticism = sum(one.criticism for one in said)
    assert "3 tin cần tìm" in out.getvalue()
    assert f"(trong {criticism} bài)" in out.getvalue()
    assert out.getvalue().count("%") == 7


def test_the_evidence_check_stands_beside_itself_with_the_evidence_hidden(
    model: NeuralClassifier,
) -> None:
    name, pairs, *figures = evidence(model, "own", ROWS)
    assert (name, pairs) == ("own", "3")
    assert all(figure.endswith("%)") for figure in figures)
    assert len(figures) == 3
