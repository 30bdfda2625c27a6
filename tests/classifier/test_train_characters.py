from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from langnghe.classifier.blend import COLUMNS
from langnghe.classifier.characters import RARITY_STEPS, Characters, Weights, save
from langnghe.classifier.features import BUCKETS
from langnghe.classifier.heads import BY_NAME
from langnghe.classifier.training import characters as training
from langnghe.classifier.training.calibrate import CIVIC
from langnghe.classifier.training.characters import (
    ROW_WEIGHTS,
    answer_weights,
    fit,
    gathered,
    train_characters,
)
from langnghe.classifier.training.examples import PUBLIC, CorpusError, Example
from langnghe.classifier.training.views import strip_marks
from langnghe.core.models import Intent, Sentiment

DISHES = ("phở", "bún", "cơm lam", "xôi", "thắng cố", "miến", "cá suối", "rau rừng", "chè", "bánh")
PUBLIC_NAMES = {name for sets in ROW_WEIGHTS.values() for name in sets} - {CIVIC}

LIKED, HATED, ASKED = (
    "cảm ơn, món {} này rất ngon",
    "đồ ngu, món {} này dở quá",
    "món {} này bán ở đâu vậy?",
)
CHEATED = "trúng thưởng {}, bấm vào link nhận quà ngay"


def public_row(text: str, at: int) -> dict[str, Any]:
    """A row with the fields of every public set at once."""
    return {
        "text": text,
        "sentiment": ("positive", "negative", "neutral", "neutral")[at],
        "emotion": ("enjoyment", "anger", "surprise", "other")[at],
        "complaint": at == 1,
        "toxic": at == 1,
        "label": "hate" if at == 1 else "clean",
        "scam": at == 3,
    }


def civic_row(text: str, at: int) -> Example:
    intent = (Intent.PRAISE, Intent.COMPLAINT, Intent.QUESTION, Intent.INFORMATION)[at]
    sentiment = (Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.NEUTRAL)[at]
    return Example(
        text,
        text,
        answers={
            "sentiment": (BY_NAME["sentiment"].classes.index(sentiment),),
            "intent": (BY_NAME["intent"].classes.index(intent),),
            "claim": (int(at == 3),),
            "scam": (int(at == 3),),
            "toxicity": (int(at == 1),),
            "answer": (int(at == 2),),
            "urgent": (int(at == 1),),
        },
    )


KINDS = LIKED, HATED, ASKED, CHEATED
TEXTS = [(kind.format(dish), at) for dish in DISHES for at, kind in enumerate(KINDS)]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small sets of our own, in the form of the public ones and of the civic one."""
    for name in PUBLIC_NAMES:
        write(
            tmp_path / name / "train.jsonl",
            [public_row(f"{text} {name.replace('-', ' ')}", at) for text, at in TEXTS],
        )
    civic = {"train": [civic_row(*one) for one in TEXTS], "dev": [civic_row("món mới", 0)]}
    monkeypatch.setattr(training, "read_civic", civic.__getitem__)
    return tmp_path


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")


def kept(weights: Weights, path: Path) -> Characters:
    save(path, weights)
    return Characters.load(path)


@pytest.mark.parametrize("diacritics", [True, False])
def test_what_is_kept_has_learnt_every_head(data: Path, tmp_path: Path, diacritics: bool) -> None:
    model = kept(train_characters(data, False, 1), tmp_path / "model" / "characters.npz")
    texts = [kind.format("bò") for kind in KINDS]
    if not diacritics:
        texts = [strip_marks(text) for text in texts]
    found = model.scores([("", text) for text in texts])
    assert found[:, COLUMNS["sentiment"]].argmax(axis=1).tolist() == [2, 0, 1, 1]
    intents = [BY_NAME["intent"].classes[at] for at in found[:, COLUMNS["intent"]].argmax(axis=1)]
    assert intents == [Intent.PRAISE, Intent.COMPLAINT, Intent.QUESTION, Intent.INFORMATION]
    for head, yes in (("scam", 3), ("claim", 3), ("toxicity", 1), ("urgent", 1), ("answer", 2)):
        assert found[:, COLUMNS[head]].ravel().argmax() == yes


def test_the_same_seed_gives_the_same_file(data: Path, tmp_path: Path) -> None:
    first, second, other = (tmp_path / f"{name}.npz" for name in ("first", "second", "other"))
    for path, seed in ((first, 1), (second, 1), (other, 2)):
        save(path, train_characters(None, False, seed))
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()


def test_without_public_sets_the_civic_one_is_enough(data: Path, tmp_path: Path) -> None:
    model = kept(train_characters(None, False, 1), tmp_path / "characters.npz")
    found = model.scores([("", ASKED.format("bò"))])[0, COLUMNS["intent"]]
    assert BY_NAME["intent"].classes[found.argmax()] == Intent.QUESTION


def test_open_sets_only(data: Path) -> None:
    names = {name for name in PUBLIC_NAMES if PUBLIC[name].open}
    assert set(gathered(data, True)) == {CIVIC, *names}
    assert set(gathered(data, False)) == {CIVIC, *PUBLIC_NAMES}
    assert set(gathered(None, False)) == {CIVIC}


def test_texts_of_the_dev_parts_are_not_trained_on(data: Path) -> None:
    text = TEXTS[0][0]
    assert any(row.text == text for row in gathered(data, False)[CIVIC])
    write(data / "uit-vsfc" / "dev.jsonl", [public_row(text.upper(), 0)])
    found = gathered(data, False)
    assert not any(row.text == text for rows in found.values() for row in rows)
    assert len(found[CIVIC]) == len(TEXTS) - 1


def test_what_reviewers_decided_is_learnt(data: Path, tmp_path: Path) -> None:
    word = "hẻm núi xanh"
    reviews = [
        Example(f"r{n}", f"{word} {dish}", answers={"scam": (1,)}) for n, dish in enumerate(DISHES)
    ]
    before, after = (
        Characters(train_characters(None, False, 1, rows)).scores([("", word)])[0, COLUMNS["scam"]]
        for rows in ((), reviews)
    )
    assert after > before + 1


def test_a_rare_answer_counts_more() -> None:
    rows = [Example("a", "", answers={"scam": (1,)})] + 9 * [
        Example("b", "", answers={"scam": (0,)})
    ]
    weights = answer_weights([*rows, Example("c", "")], BY_NAME["scam"])
    assert weights[1,] == pytest.approx(3 * weights[0,])


def test_answers_that_leave_classes_open_still_teach() -> None:
    # Two words; one set says which of three classes, the other only "not the first".
    features = sparse.csr_matrix(np.array([[1, 0], [0, 1], [0, 1], [1, 0]] * 20, np.float32))
    exact = [[True, False, False], [False, True, False], [False, True, True], [True, False, False]]
    allowed = np.array(exact * 20)
    coefficients, bias = fit(features, allowed, np.ones(80), 3, 10.0)
    assert (coefficients + bias).argmax(axis=1).tolist() == [0, 1]
    # What no text has keeps no weight.
    wider = sparse.csr_matrix((features.data, features.indices, features.indptr), shape=(80, 5))
    coefficients, _ = fit(wider, allowed, np.ones(80), 3, 10.0)
    assert not coefficients[2:].any()


def test_a_yes_or_no_head_is_a_plain_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(1)
    features = sparse.csr_matrix(rng.normal(size=(200, 5)).astype(np.float32))
    yes = (features @ rng.normal(size=5) + rng.normal(size=200)) > 0
    weights = rng.uniform(0.5, 2, size=200)
    coefficients, bias = fit(features, np.stack([~yes, yes], axis=1), weights, 1, 0.5)
    known = LogisticRegression(C=0.5, tol=1e-8).fit(features, yes, weights)
    assert coefficients[:, 0] == pytest.approx(known.coef_[0], abs=0.02)
    assert bias[0] == pytest.approx(known.intercept_[0], abs=0.02)


def test_a_missing_set_is_named(data: Path) -> None:
    (data / "vlsp2016-sa" / "train.jsonl").unlink()
    with pytest.raises(CorpusError, match=r"vlsp2016-sa/train\.jsonl: the data set is not there"):
        train_characters(data, False, 1)


def test_rarity_fits_into_its_byte(data: Path) -> None:
    weights = train_characters(None, False, 1)
    assert weights.rarity.shape == (BUCKETS,)
    steps = weights.rarity * RARITY_STEPS
    assert np.abs(steps - np.rint(steps)).max() < 1e-3
    assert 20 < steps.max() < 256
