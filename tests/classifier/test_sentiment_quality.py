from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from sklearn.metrics import accuracy_score, f1_score

from langnghe.classifier.evaluation import gate
from langnghe.classifier.evaluation.figures import accuracy, macro_f1, measure, weighted_f1
from langnghe.classifier.evaluation.sets import committed_sets, fingerprint, public_sets
from langnghe.classifier.linear import CLASSES
from langnghe.classifier.model import Document, load_classifier
from langnghe.classifier.training.corpora import CorpusError, Example
from langnghe.core.floors import FloorsError, read_floors
from langnghe.core.models import Labels, Sentiment


class AlwaysNegative:
    """What a useless model does."""

    version = "always-negative"

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        scores: dict[str, float] = dict(zip(CLASSES, (0.8, 0.1, 0.1), strict=True))
        return [
            Labels(one.id, self.version, sentiment=CLASSES[0], scores=scores) for one in documents
        ]


def test_the_shipped_model_passes_its_gate() -> None:
    (report,) = gate.evaluate(None)
    assert report.problems == ()


def test_a_useless_model_does_not_pass() -> None:
    (report,) = gate.evaluate(None, AlwaysNegative())
    floors = read_floors(gate.COMMITTED_FLOORS).floors
    assert len(report.problems) == len(floors) == 8


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    marked, given = rng.integers(3, size=200), rng.integers(3, size=200)
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (marked, given), 1)
    assert macro_f1(confusion) == pytest.approx(f1_score(marked, given, average="macro"))
    assert weighted_f1(confusion) == pytest.approx(f1_score(marked, given, average="weighted"))
    assert accuracy(confusion) == pytest.approx(accuracy_score(marked, given))


def test_intervals_hold_the_figure_and_narrow_with_more_texts() -> None:
    examples = [
        Example(str(number), "văn bản", CLASSES[number % 2], title="") for number in range(400)
    ]
    few, many = (measure(AlwaysNegative(), examples[:size]).accuracy for size in (40, 400))
    assert few.value == many.value == 0.5
    assert few.low < many.low < 0.5 < many.high < few.high


def test_the_calibration_error_is_the_distance_from_what_was_stated() -> None:
    examples = [Example(str(number), "x", Sentiment.NEGATIVE) for number in range(10)]
    assert measure(AlwaysNegative(), examples).calibration_error == pytest.approx(0.2)


def test_the_shipped_probabilities_are_near_the_truth_on_our_own_texts() -> None:
    examples = [one for texts in committed_sets().values() for one in texts]
    assert measure(load_classifier(), examples).calibration_error < 0.15


def test_the_fingerprint_follows_texts_and_marks() -> None:
    sets = committed_sets()
    first = sets["commune"][0]
    for other in (replace(first, text="khác"), replace(first, sentiment=Sentiment.NEGATIVE)):
        changed = {**sets, "commune": [other, *sets["commune"][1:]]}
        assert fingerprint(changed) != fingerprint(sets)


def test_every_set_has_every_class_and_no_text_twice() -> None:
    for examples in committed_sets().values():
        assert {one.sentiment for one in examples} == set(Sentiment)
        assert len({(one.title, one.text) for one in examples}) > 0.9 * len(examples)


def test_pinning_raises_floors_and_lowers_none_without_a_reason(tmp_path: Path) -> None:
    good, bad = (
        replace(gate.evaluate(None, model)[0], floors=tmp_path / "floors.json")
        for model in (None, AlwaysNegative())
    )
    gate.pin(bad, None)
    low = read_floors(tmp_path / "floors.json").floors
    gate.pin(good, None)
    high = read_floors(tmp_path / "floors.json").floors
    assert all(high[name] > bar for name, bar in low.items())
    with pytest.raises(FloorsError, match="would lower"):
        gate.pin(bad, None)
    assert read_floors(tmp_path / "floors.json").floors == high
    gate.pin(bad, "measured with another model")
    assert read_floors(tmp_path / "floors.json").floors == low


def test_the_table_names_every_set_and_the_exit_code_says_passed() -> None:
    out = io.StringIO()
    assert gate.run_evaluation(None, False, None, Console(file=out, width=200)) == 0
    for name in ("commune.plain", "commune.stripped", "sample-site.plain", "sample-site.stripped"):
        assert name in out.getvalue()


def test_changed_texts_ask_for_new_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = json.loads(gate.COMMITTED_FLOORS.read_text(encoding="utf-8"))
    pinned["corpus_sha256"] = "0" * 64
    stale = tmp_path / "floors.json"
    stale.write_text(json.dumps(pinned), encoding="utf-8")
    monkeypatch.setattr(gate, "COMMITTED_FLOORS", stale)
    out = io.StringIO()
    assert gate.run_evaluation(None, False, None, Console(file=out, width=200)) == 1
    assert "the texts have changed" in out.getvalue()


def test_missing_public_sets_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--data"):
        public_sets(tmp_path)
