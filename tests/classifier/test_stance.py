from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.likeness import terms_of
from langnghe.classifier.stance import FILE, SIGNALS, Matching, Near, Wording, phrases, signals
from langnghe.core.errors import NotReadyError
from langnghe.core.models import Stance
from langnghe.core.text import fold
from tests.classifier.pairmodel import trusting


def test_wording_is_the_same_with_and_without_diacritics_and_whatever_the_number() -> None:
    assert phrases("Có phải 14 nhà bị trôi không?") == phrases("co phai 3 nha bi troi khong?")
    assert {"co phai", "0 nha bi", "?"} <= phrases("Có phải 14 nhà bị trôi không?")


@given(st.text(max_size=60))
def test_phrases_never_fail(text: str) -> None:
    assert all(phrase == fold(phrase) for phrase in phrases(text))
    assert all(1 <= len(phrase.split(" ")) <= 3 for phrase in phrases(text))


def test_a_text_of_known_phrases_is_scored_by_direction_not_by_length() -> None:
    wording = Wording(
        {"tin don": 2.0, "?": 1.0},
        {"tin don": (-1.0, 0.0, 3.0), "?": (0.0, 2.0, 0.0)},
        (0.5, 0.0, 0.0),
    )
    neither, rumour, asked = wording.scores(["vỡ đập", "Tin đồn thôi tin đồn thôi", "vỡ à?"])
    assert neither.tolist() == [0.5, 0.0, 0.0]
    assert rumour.tolist() == [-0.5, 0.0, 3.0]
    assert asked.tolist() == [0.5, 2.0, 0.0]
    assert wording.scores([]).shape == (0, 3)


def row(post: str, claim: str) -> dict[str, float]:
    found = signals(
        np.array([[0.7, 0.1, 0.1, 0.1]]),
        np.array([[1.0, 2.0, 3.0]]),
        [Near(0.5, 0.8, 0.3)],
        [(terms_of(post), terms_of(claim))],
    )
    return dict(zip(SIGNALS, found[0].tolist(), strict=True))


def test_numbers_and_names_that_are_shared_or_not_are_told() -> None:
    claim = "Hồ Trại Sim mở 5 cửa làm ngập 100 nhà."
    same = row("Trại Sim mở 5 cửa, 100 nhà ngập", claim)
    other = row("Hồ Nậm Mu mở 2 cửa, ngập 31 nhà, bà con Khau Vạc chạy", claim)
    assert same["numbers"] == 1
    assert same["other_numbers"] == 0
    assert same["names"] > other["names"]
    assert other["numbers"] == 0
    assert other["other_numbers"] == pytest.approx(np.log1p(2))
    assert other["other_names"] > same["other_names"] == 0
    assert same["encoder_repeats"] == pytest.approx(np.log(7))
    assert (same["share"], same["cosine"], same["lead"]) == (0.5, 0.8, 0.3)


def test_the_encoders_certainty_is_bounded() -> None:
    found = signals(
        np.array([[1.0, 0.0, 0.0, 0.0]]),
        np.zeros((1, 3)),
        [Near(0.5, 0.8, 0.3)],
        [(terms_of("a"), terms_of("b"))],
    )
    assert np.isfinite(found).all()
    assert found[0, 0] == 6


def test_only_from_the_threshold_on_a_text_repeats() -> None:
    careful = trusting(threshold=0.8)
    assert careful.decide(np.array([0.85, 0.05, 0.05, 0.05])) == (Stance.REPEATS, 0.85)
    # Not sure enough: the next best stance, although repeating is likelier.
    assert careful.decide(np.array([0.7, 0.2, 0.06, 0.04])) == (Stance.DOUBTS, 0.2)
    assert careful.decide(np.array([0.1, 0.2, 0.3, 0.4])) == (Stance.UNRELATED, 0.4)


@given(st.lists(st.floats(-50, 50), min_size=len(SIGNALS), max_size=len(SIGNALS)))
def test_probabilities_add_to_one(values: list[float]) -> None:
    found = trusting().probabilities(np.array([values]))
    assert found.shape == (1, 4)
    assert found.sum() == pytest.approx(1)


def test_nearer_is_never_less_alike() -> None:
    matching = trusting()
    grid = np.linspace(0, 1, 11)
    alike = matching.alike(grid, grid)
    assert (np.diff(alike) > 0).all()
    assert ((alike > 0) & (alike < 1)).all()


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    matching = replace(
        trusting(),
        wording=Wording({"tin đồn": 1.5}, {"tin đồn": (0.1, -0.2, 3.0)}, (0.0, 1.0, 2.0)),
    )
    matching.save(tmp_path)
    assert Matching.load(tmp_path) == matching
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"stance": {}},
        {"bias": [1, 2]},
        {"wording": {"a": []}},
        {"wording": []},
        {"likeness": [1, 2, float("nan")]},
        {"floor": None},
    ],
)
def test_a_damaged_file_is_refused_with_its_cure(tmp_path: Path, change: dict[str, object]) -> None:
    trusting().save(tmp_path)
    path = tmp_path / FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(NotReadyError, match="langnghe train"):
        Matching.load(tmp_path)


def test_a_missing_or_broken_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError):
        Matching.load(tmp_path)
    (tmp_path / FILE).write_text("[]")
    with pytest.raises(NotReadyError):
        Matching.load(tmp_path)
    (tmp_path / FILE).write_text('{"format"')
    with pytest.raises(NotReadyError):
        Matching.load(tmp_path)
