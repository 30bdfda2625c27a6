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
from langnghe.classifier.evaluation.figures import (
    accuracy,
    macro_f1,
    measure,
    weighted_f1,
    yes_f1,
)
from langnghe.classifier.evaluation.published import MOST_FLAGGED
from langnghe.classifier.evaluation.sets import committed_sets, fingerprint, public_sets
from langnghe.classifier.heads import POST_HEADS
from langnghe.classifier.model import Document
from langnghe.classifier.training.examples import CorpusError, Example, column
from langnghe.core.floors import CEILING, FloorsError, read_floors
from langnghe.core.models import Intent, Labels, Sentiment

ALL_NEGATIVE: dict[str, float] = dict(zip(Sentiment, (0.8, 0.1, 0.1), strict=True))


class AlwaysTheSame:
    """What a useless model does."""

    version = "always-the-same"

    def label(self, documents: Sequence[Document]) -> list[Labels]:
        scores: dict[str, float] = {**ALL_NEGATIVE, **dict.fromkeys(Intent, 1 / 6)}
        scores |= {head.name: 0.1 for head in POST_HEADS if not head.classes}
        return [Labels(one.id, self.version, scores=scores) for one in documents]


@pytest.fixture(scope="module")
def shipped() -> gate.Report:
    (report,) = gate.evaluate(None)
    return report


@pytest.fixture(scope="module")
def useless() -> gate.Report:
    (report,) = gate.evaluate(None, AlwaysTheSame())
    return report


def marked(*sentiments: Sentiment) -> list[Example]:
    return [
        Example(str(number), "văn bản", answers={"sentiment": column("sentiment", one)})
        for number, one in enumerate(sentiments)
    ]


def labels_of(shares: Sequence[dict[str, float]]) -> list[Labels]:
    return [Labels(str(number), "m", scores=one) for number, one in enumerate(shares)]


@pytest.mark.proof
def test_the_shipped_model_passes_its_gate(shipped: gate.Report) -> None:
    assert shipped.problems == ()


@pytest.mark.proof
def test_every_figure_of_the_shipped_model_has_a_floor(shipped: gate.Report) -> None:
    assert set(shipped.figures()) == set(read_floors(gate.COMMITTED_FLOORS).floors)


@pytest.mark.proof
def test_criticism_has_a_ceiling_that_no_update_raises(shipped: gate.Report) -> None:
    bar = read_floors(gate.COMMITTED_FLOORS).floors["criticism.flagged" + CEILING]
    assert bar == MOST_FLAGGED == 0.005
    assert shipped.figures()["criticism.flagged" + CEILING] <= bar


def test_a_useless_model_does_not_pass(useless: gate.Report) -> None:
    floors = read_floors(gate.COMMITTED_FLOORS).floors
    assert len(useless.problems) > 0.9 * len(floors)


def test_scores_are_those_of_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    truth, given = rng.integers(3, size=200), rng.integers(3, size=200)
    confusion = np.zeros((3, 3), np.int64)
    np.add.at(confusion, (truth, given), 1)
    assert macro_f1(confusion) == pytest.approx(f1_score(truth, given, average="macro"))
    assert weighted_f1(confusion) == pytest.approx(f1_score(truth, given, average="weighted"))
    assert accuracy(confusion) == pytest.approx(accuracy_score(truth, given))
    assert yes_f1(confusion[1:, 1:]) == pytest.approx(
        f1_score(truth[(truth > 0) & (given > 0)] == 2, given[(truth > 0) & (given > 0)] == 2)
    )


def test_intervals_hold_the_figure_and_narrow_with_more_texts() -> None:
    examples = marked(*(list(Sentiment)[number % 2] for number in range(400)))
    labels = labels_of([ALL_NEGATIVE] * 400)
    few, many = (measure(examples[:n], labels[:n], "sentiment").accuracy for n in (40, 400))
    assert few.value == many.value == 0.5
    assert few.low < many.low < 0.5 < many.high < few.high


def test_the_calibration_error_is_the_distance_from_what_was_stated() -> None:
    found = measure(marked(*[Sentiment.NEGATIVE] * 10), labels_of([ALL_NEGATIVE] * 10), "sentiment")
    assert found.calibration_error == pytest.approx(0.2)


def test_an_answer_of_several_classes_is_right_by_their_joint_share() -> None:
    fault = (*column("intent", Intent.COMPLAINT), *column("intent", Intent.SUGGESTION))
    rest = tuple(at for at in range(len(Intent)) if at not in fault)
    examples = [
        Example("0", "a", answers={"intent": fault}),
        Example("1", "b", answers={"intent": rest}),
    ]
    # Neither is the likeliest class by itself, together they are.
    divided: dict[str, float] = {
        **dict.fromkeys(Intent, 0.05),
        Intent.COMPLAINT: 0.3,
        Intent.SUGGESTION: 0.25,
    }
    divided[Intent.QUESTION] = 0.32
    found = measure(examples, labels_of([divided, divided]), "intent")
    assert found.confusion == ((1, 0), (1, 0))


def test_one_half_is_a_yes() -> None:
    examples = [
        Example("0", "a", answers={"scam": (1,)}),
        Example("1", "b", answers={"scam": (0,)}),
    ]
    found = measure(examples, labels_of([{"scam": 0.5}, {"scam": 0.499999}]), "scam")
    assert found.yes_f1 is not None
    assert found.yes_f1.value == 1


def test_rows_without_an_answer_do_not_count() -> None:
    examples = [*marked(Sentiment.NEGATIVE), Example("1", "b", answers={"scam": (0,)})]
    found = measure(examples, labels_of([ALL_NEGATIVE, {"scam": 0.1}]), "sentiment")
    assert found.texts == 1


@pytest.mark.proof
def test_the_shipped_probabilities_are_near_the_truth_on_our_own_texts(
    shipped: gate.Report,
) -> None:
    found = {one.name: one.quality for one in shipped.measured}
    for head in POST_HEADS:
        assert found[f"civic-dev.plain.{head.name}"].calibration_error < 0.15, head.name


def test_the_fingerprint_follows_texts_and_answers() -> None:
    sets = committed_sets()
    first = sets["commune"][0]
    for other in (replace(first, text="khác"), replace(first, answers={"scam": (1,)})):
        changed = {**sets, "commune": [other, *sets["commune"][1:]]}
        assert fingerprint(changed) != fingerprint(sets)


def test_every_set_has_every_sentiment_and_no_text_twice() -> None:
    for examples in committed_sets().values():
        assert len({one.answers["sentiment"] for one in examples}) == len(Sentiment)
        assert len({(one.title, one.text) for one in examples}) > 0.9 * len(examples)


@pytest.mark.proof
def test_pinning_raises_floors_and_lowers_none_without_a_reason(
    tmp_path: Path, shipped: gate.Report, useless: gate.Report
) -> None:
    good, bad = (
        replace(report, floors=tmp_path / "floors.json", others={}) for report in (shipped, useless)
    )
    gate.pin(bad, None)
    low = read_floors(tmp_path / "floors.json").floors
    gate.pin(good, None)
    high = read_floors(tmp_path / "floors.json").floors
    assert all(high[name] >= bar for name, bar in low.items())
    assert sum(high[name] > bar for name, bar in low.items()) > 0.9 * len(low)
    with pytest.raises(FloorsError, match="would lower"):
        gate.pin(bad, None)
    assert read_floors(tmp_path / "floors.json").floors == high
    gate.pin(bad, "measured with another model")
    assert read_floors(tmp_path / "floors.json").floors == low


@pytest.mark.proof
def test_the_table_names_every_set_and_form(
    shipped: gate.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "evaluate", lambda _: [shipped])
    out = io.StringIO()
    assert gate.run_evaluation(None, False, None, Console(file=out, width=200)) == 0
    for name in ("civic-test.plain.intent", "civic-test.bare.intent", "claims-test.bare"):
        assert name in out.getvalue()


def test_changed_texts_ask_for_new_floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned = json.loads(gate.COMMITTED_FLOORS.read_text(encoding="utf-8"))
    pinned["corpus_sha256"] = "0" * 64
    stale = tmp_path / "floors.json"
    stale.write_text(json.dumps(pinned), encoding="utf-8")
    monkeypatch.setattr(gate, "COMMITTED_FLOORS", stale)
    monkeypatch.setattr(gate, "committed_sets", lambda: {"commune": committed_sets()["commune"]})
    out = io.StringIO()
    model = AlwaysTheSame()
    monkeypatch.setattr(gate, "load_classifier", lambda: model)
    assert gate.run_evaluation(None, False, None, Console(file=out, width=200)) == 1
    assert "văn bản đo đã đổi" in out.getvalue()


def test_missing_public_sets_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--data"):
        public_sets(tmp_path)
