from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from langnghe.classifier.linear import CLASSES, LinearClassifier
from langnghe.classifier.training.corpora import CORPORA, CorpusError, Example, read_examples
from langnghe.classifier.training.linear import best_temperature, class_weights, gather, main
from langnghe.core.models import Sentiment

TEXTS = {
    Sentiment.POSITIVE: "cảm ơn, món {} này rất ngon",
    Sentiment.NEGATIVE: "bực mình, món {} này dở quá",
    Sentiment.NEUTRAL: "món {} này bán ở đâu vậy?",
}
EMOTIONS = {
    Sentiment.POSITIVE: "enjoyment",
    Sentiment.NEGATIVE: "anger",
    Sentiment.NEUTRAL: "surprise",
}
DISHES = ("phở", "bún", "cơm lam", "xôi", "thắng cố", "miến", "cá suối", "rau rừng", "chè", "bánh")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Small sets of our own, in the form of the public ones."""
    for corpus in CORPORA:
        rows = [
            {
                "text": f"{text.format(dish)} {corpus.name}",
                "sentiment": sentiment,
                "emotion": EMOTIONS[sentiment],
            }
            for dish in DISHES
            for sentiment, text in TEXTS.items()
        ]
        folder = tmp_path / "data" / corpus.name
        folder.mkdir(parents=True)
        write(folder / "train.jsonl", rows)
    return tmp_path / "data"


def write(path: Path, rows: list[dict[str, str]]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_training_gives_a_model_that_has_learnt_and_is_the_same_each_time(
    data: Path, tmp_path: Path
) -> None:
    for name in ("first", "second"):
        assert main(["--data", str(data), "--output", str(tmp_path / name)]) == 0
    model = LinearClassifier.load(tmp_path / "first")
    texts = [text.format("bò") for text in TEXTS.values()]
    labels = model.label([Example("x", text, Sentiment.NEUTRAL) for text in texts])
    assert [label.sentiment for label in labels] == list(TEXTS)
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_a_share_of_the_texts_is_seen_without_diacritics(data: Path) -> None:
    training = gather(data)
    bare = [form for form in training.forms if form.isascii()]
    originals = len(training.forms) - len(bare)
    assert 0.2 < len(bare) / originals < 0.4
    assert {len(training.forms)} == {
        len(training.classes),
        len(training.weights),
        len(training.held_back),
    }


def test_texts_of_the_dev_sets_are_not_trained_on(data: Path) -> None:
    row = json.loads((data / "uit-vsfc" / "train.jsonl").read_text().splitlines()[0])
    write(data / "uit-vsfc" / "dev.jsonl", [{**row, "text": row["text"].upper()}])
    assert row["text"] not in gather(data).forms


def test_feelings_of_no_one_sentiment_are_left_out(data: Path) -> None:
    (corpus,) = (one for one in CORPORA if one.name == "uit-vsmec")
    found = {one.sentiment for one in read_examples(data, corpus, "train")}
    assert found == {Sentiment.POSITIVE, Sentiment.NEGATIVE}


def test_a_rare_class_counts_more(data: Path) -> None:
    examples = [Example("a", "", Sentiment.NEUTRAL)] + [Example("b", "", Sentiment.POSITIVE)] * 9
    weights = class_weights(examples, 2.0)
    neutral, positive = (CLASSES.index(Sentiment(one)) for one in ("neutral", "positive"))
    assert weights[neutral] == pytest.approx(3 * weights[positive])


def test_a_missing_set_is_named(data: Path, caplog: pytest.LogCaptureFixture) -> None:
    (data / "vlsp2016-sa" / "train.jsonl").unlink()
    assert main(["--data", str(data), "--output", str(data / "model")]) == CorpusError.exit_code
    assert "vlsp2016-sa/train.jsonl: the data set is not there" in caplog.text
    assert not (data / "model").exists()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"text": "a", "sentiment": "angry"}', ":1: not a row of uit-vsfc"),
        ('{"text": "a"}', ":1: not a row of uit-vsfc"),
        ("{", "is no JSON"),
    ],
)
def test_a_damaged_set_is_named_with_its_line(data: Path, line: str, problem: str) -> None:
    (data / "uit-vsfc" / "train.jsonl").write_text(line + "\n")
    with pytest.raises(CorpusError, match=problem):
        gather(data)


def test_the_temperature_undoes_too_much_certainty() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(4_000, 3))
    true = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    classes = np.array([rng.choice(3, p=row) for row in true])
    boastful = np.exp(2 * scores) / np.exp(2 * scores).sum(axis=1, keepdims=True)
    assert best_temperature(boastful, classes, np.ones(4_000)) == pytest.approx(2, abs=0.2)
