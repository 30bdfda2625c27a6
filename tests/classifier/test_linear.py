from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.classifier.evaluation.figures import stripped
from langnghe.classifier.evaluation.sets import committed_sets
from langnghe.classifier.linear import CLASSES, SHIPPED, LinearClassifier
from langnghe.classifier.model import Classifier, load_classifier
from langnghe.classifier.training.corpora import Example
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Sentiment

MOST_BYTES = 12_000_000


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load_classifier()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def documents(*texts: str) -> list[Example]:
    return [Example(f"post{n}", text, Sentiment.NEUTRAL) for n, text in enumerate(texts)]


def sentiments(classifier: Classifier, *texts: str) -> list[Sentiment | None]:
    return [label.sentiment for label in classifier.label(documents(*texts))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cán bộ nhiệt tình, làm việc rất nhanh, cảm ơn nhiều!", Sentiment.POSITIVE),
        ("can bo nhiet tinh, lam viec rat nhanh, cam on nhieu", Sentiment.POSITIVE),
        ("Đường xấu quá, bụi bẩn, dân bức xúc lắm rồi.", Sentiment.NEGATIVE),
        ("duong xau qua, bui ban, that vong", Sentiment.NEGATIVE),
        ("Cho em hỏi làm thẻ căn cước cần giấy tờ gì ạ?", Sentiment.NEUTRAL),
    ],
)
def test_plain_cases(classifier: Classifier, text: str, expected: Sentiment) -> None:
    assert sentiments(classifier, text) == [expected]


def test_one_label_for_each_text_in_order(classifier: Classifier) -> None:
    texts = [one.text for one in committed_sets()["commune"]] * 14  # more than one inner batch
    labels = classifier.label(documents(*texts))
    assert [label.post_id for label in labels] == [f"post{n}" for n in range(len(texts))]
    assert {label.model for label in labels} == {classifier.version}


def test_no_texts_give_no_labels(classifier: Classifier) -> None:
    assert classifier.label([]) == []


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=300), max_size=5))
def test_any_text_gets_probabilities(texts: Sequence[str]) -> None:
    for label in load_classifier_once().label(documents(*texts)):
        assert set(label.scores) == set(CLASSES)
        assert sum(label.scores.values()) == pytest.approx(1, abs=1e-9)
        assert all(0 <= share <= 1 for share in label.scores.values())
        assert label.sentiment is not None
        assert label.scores[label.sentiment] == max(label.scores.values())


def load_classifier_once(kept: list[Classifier] = []) -> Classifier:  # noqa: B006 (a cache)
    if not kept:
        kept.append(load_classifier())
    return kept[0]


def test_neighbours_in_a_batch_change_nothing(classifier: Classifier) -> None:
    examples = committed_sets()["commune"]
    together = classifier.label(examples)
    for one, label in zip(examples, together, strict=True):
        (alone,) = classifier.label([one])
        assert alone.sentiment == label.sentiment
        assert alone.scores == pytest.approx(label.scores, abs=1e-6)


def test_the_title_is_read(classifier: Classifier) -> None:
    text = "Hôm qua ở bản."
    happy = Example("a", text, Sentiment.NEUTRAL, title="Tuyệt vời quá, cảm ơn, rất hài lòng")
    angry = Example("b", text, Sentiment.NEUTRAL, title="Quá tệ, thất vọng, bức xúc")
    labels = classifier.label([happy, angry])
    assert [label.sentiment for label in labels] == [Sentiment.POSITIVE, Sentiment.NEGATIVE]


def test_spelling_does_not_matter(classifier: Classifier) -> None:
    first, second = classifier.label(documents("Thủ tục hòa giải tốt", "THỦ TỤC HOÀ GIẢI TỐT"))
    assert first.scores == second.scores


def test_lost_diacritics_rarely_change_the_sentiment(classifier: Classifier) -> None:
    examples = [one for texts in committed_sets().values() for one in texts]
    plain = classifier.label(examples)
    bare = classifier.label(stripped(examples))
    same = sum(a.sentiment == b.sentiment for a, b in zip(plain, bare, strict=True))
    assert same / len(examples) >= 0.75


def test_the_shipped_model_is_small_and_holds_no_code() -> None:
    files = sorted(path.name for path in SHIPPED.iterdir())
    assert files == ["model.json", "weights.npz"]
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= MOST_BYTES


def test_the_version_follows_the_content(copy: Path) -> None:
    assert LinearClassifier.load(copy).version == LinearClassifier.load(SHIPPED).version
    description = json.loads((copy / "model.json").read_text())
    description["temperature"] *= 1.5
    (copy / "model.json").write_text(json.dumps(description))
    assert LinearClassifier.load(copy).version != LinearClassifier.load(SHIPPED).version


def test_damaged_weights_are_refused(copy: Path) -> None:
    weights = bytearray((copy / "weights.npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    (copy / "weights.npz").write_bytes(weights)
    with pytest.raises(NotReadyError, match=r"weights\.npz is not the file"):
        LinearClassifier.load(copy)


@pytest.mark.parametrize("name", ["model.json", "weights.npz"])
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(NotReadyError, match=f"{name} is missing"):
        LinearClassifier.load(copy)


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}', '{"format": 99}'])
def test_a_description_of_another_kind_is_refused(copy: Path, content: str) -> None:
    (copy / "model.json").write_text(content)
    with pytest.raises(NotReadyError, match="huấn luyện lại"):
        LinearClassifier.load(copy)
