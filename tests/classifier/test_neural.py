from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch")
pytest.importorskip("transformers")

from langnghe.classifier.blend import Blend
from langnghe.classifier.heads import EVIDENCE_CLASSES
from langnghe.classifier.neural import Heads, NeuralClassifier, describe
from langnghe.classifier.packed import write_arrays
from langnghe.classifier.vectors import unpack
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Intent, Labels, Sentiment, Stance
from tests.classifier.tiny import TEXTS, WIDTH, write_checkpoint, write_model

YES_OR_NO = {"claim", "scam", "toxicity", "answer", "urgent"}


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    text: str
    title: str = ""


def notes(*texts: str) -> list[Note]:
    return [Note(f"n{at}", text) for at, text in enumerate(texts)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tiny")
    write_checkpoint(place / "checkpoint")
    write_model(place / "checkpoint", place / "model")
    return place / "model"


@pytest.fixture(scope="module")
def classifier(folder: Path) -> NeuralClassifier:
    return NeuralClassifier.load(folder)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "model"))


def check(label: Labels) -> None:
    sentiments = [label.scores[one] for one in Sentiment]
    intents = [label.scores[one] for one in Intent]
    assert set(label.scores) == {*Sentiment, *Intent, *YES_OR_NO}
    assert sum(sentiments) == pytest.approx(1, abs=1e-5)
    assert sum(intents) == pytest.approx(1, abs=1e-5)
    assert all(0 <= share <= 1 for share in label.scores.values())
    assert label.sentiment is not None
    assert label.intent is not None
    assert label.scores[label.sentiment] == max(sentiments)
    assert label.scores[label.intent] == max(intents)
    assert len(label.embedding) == WIDTH // 2


@settings(max_examples=60)
@given(texts=st.lists(st.text(max_size=200), max_size=4), title=st.text(max_size=60))
def test_any_text_gets_every_label(
    classifier: NeuralClassifier, texts: list[str], title: str
) -> None:
    given_ = [Note(str(at), one, title) for at, one in enumerate(texts)]
    labels = classifier.label(given_)
    assert [one.post_id for one in labels] == [one.id for one in given_]
    for label in labels:
        check(label)


def test_neighbours_change_nothing_at_all(classifier: NeuralClassifier) -> None:
    many = notes(*(TEXTS * 50))  # more than one inner batch
    together = classifier.label(many)
    assert {one.model for one in together} == {classifier.version}
    for note, label in list(zip(many, together, strict=True))[:: len(TEXTS) * 10 + 1]:
        assert classifier.label([note]) == [label]


def test_the_title_is_read_but_gives_no_mark(classifier: NeuralClassifier) -> None:
    title = "Công an xã gọi điện yêu cầu cung cấp mã OTP và chuyển khoản phí 500.000đ"
    bare, titled = classifier.label([Note("a", TEXTS[0]), Note("b", TEXTS[0], title)])
    assert bare.scores != titled.scores
    assert bare.marks == titled.marks
    assert classifier.label([Note("c", title)])[0].marks


def test_a_label_carries_the_embedding_of_its_text(classifier: NeuralClassifier) -> None:
    labels = classifier.label(notes(*TEXTS))
    vectors = classifier.embed(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
    packed = unpack([one.embedding for one in labels])
    assert (packed * vectors).sum(axis=1).min() > 0.999


def test_pairs_are_judged_in_their_order(classifier: NeuralClassifier) -> None:
    pairs = [(TEXTS[0], TEXTS[1]), (TEXTS[1], TEXTS[0]), (TEXTS[2], TEXTS[3])]
    stance = classifier.pair_scores(pairs, "stance")
    assert stance.shape == (3, len(Stance))
    assert classifier.pair_scores(pairs, "evidence").shape == (3, len(EVIDENCE_CLASSES))
    assert stance.sum(axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert (stance[0] != stance[1]).any()
    assert (classifier.pair_scores(pairs[1:2], "stance") == stance[1:2]).all()


def test_the_version_follows_the_content(copy: Path, classifier: NeuralClassifier) -> None:
    assert NeuralClassifier.load(copy).version == classifier.version
    heads = Heads.load(copy)
    Heads(heads.weights * np.float32(1.5), heads.bias).save(copy)
    blend = Blend.from_json(json.loads((copy / "model.json").read_text())["blend"])
    describe(copy, "tiny", blend, {"about": "random weights"})
    assert NeuralClassifier.load(copy).version != classifier.version
    assert classifier.version.startswith("tiny-")


def test_the_model_card_may_change(copy: Path, classifier: NeuralClassifier) -> None:
    (copy / "README.md").write_text("thẻ mô hình")
    assert NeuralClassifier.load(copy).version == classifier.version


FILES = ["encoder.onnx", "tokenizer.json", "heads.npz", "characters.npz"]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(NotReadyError, match=rf"{name} không phải tệp"):
        NeuralClassifier.load(copy)


@pytest.mark.parametrize("name", [*FILES, "model.json"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(NotReadyError, match=rf"không có tệp {name}.*langnghe train"):
        NeuralClassifier.load(copy)


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": 1}', '{"format": 99}', '{"format": 1, "sha256": []}']
)
def test_a_description_of_another_kind_is_refused(copy: Path, content: str) -> None:
    (copy / "model.json").write_text(content)
    with pytest.raises(NotReadyError, match="langnghe train"):
        NeuralClassifier.load(copy)


def test_heads_of_another_encoder_are_refused(copy: Path) -> None:
    heads = Heads.load(copy)
    Heads(heads.weights[:-2], heads.bias).save(copy)
    blend = Blend.from_json(json.loads((copy / "model.json").read_text())["blend"])
    describe(copy, "tiny", blend, {})
    with pytest.raises(NotReadyError, match="không khớp"):
        NeuralClassifier.load(copy)


def test_heads_of_another_layout_are_refused(copy: Path) -> None:
    with pytest.raises(ValueError, match="shapes"):
        Heads(np.zeros((WIDTH, 5), np.float32), np.zeros(5, np.float32))
    heads = Heads.load(copy)
    write_arrays(copy / "heads.npz", "x", {"weights": heads.weights, "bias": heads.bias})
    with pytest.raises(NotReadyError, match=r"heads\.npz.*phiên bản khác"):
        Heads.load(copy)
