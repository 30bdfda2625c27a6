from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.floors import FloorsError, check, corpus_hash, read_floors, update


def test_pinned_floors_are_read_back_and_hold_for_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    figures = {"phone.recall": 0.98765, "wrongly_flagged.ceiling": 0.01234}
    update(path, figures, "abc")
    floors = read_floors(path)
    assert floors.corpus_sha256 == "abc"
    assert floors.floors == {"phone.recall": 0.9876, "wrongly_flagged.ceiling": 0.0124}
    assert check(figures, floors) == []


@given(st.dictionaries(st.from_regex(r"[a-z]+(\.ceiling)?", fullmatch=True), st.floats(0, 1)))
def test_what_was_pinned_never_fails_by_rounding(
    tmp_path_factory: pytest.TempPathFactory, figures: dict[str, float]
) -> None:
    path = tmp_path_factory.mktemp("floors") / "floors.json"
    assert check(figures, update(path, figures, "abc")) == []


def test_a_figure_below_its_floor_fails_and_says_so() -> None:
    failures = check({"a.recall": 0.8, "b.recall": 0.9}, {"a.recall": 0.85, "b.recall": 0.9})
    assert [str(failure) for failure in failures] == [
        "a.recall: 0.8000 is below its floor of 0.8500"
    ]


def test_a_figure_above_its_ceiling_fails() -> None:
    (failure,) = check({"x.ceiling": 0.03}, {"x.ceiling": 0.02})
    assert str(failure) == "x.ceiling: 0.0300 is above its ceiling of 0.0200"


def test_a_figure_that_vanished_or_is_no_number_fails() -> None:
    assert [failure.name for failure in check({"b": float("nan")}, {"a": 0.5, "b": 0.5})] == [
        "a",
        "b",
    ]


def test_lowering_needs_a_reason_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    update(path, {"a": 0.9, "x.ceiling": 0.1}, "abc")
    before = path.read_bytes()
    for weaker in ({"a": 0.8, "x.ceiling": 0.1}, {"a": 0.9, "x.ceiling": 0.2}, {"a": 0.9}):
        with pytest.raises(FloorsError, match="--reason"):
            update(path, weaker, "abc")
        with pytest.raises(FloorsError, match="--reason"):
            update(path, weaker, "abc", reason="  ")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["floors.json"]


def test_a_lowered_floor_is_kept_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    update(path, {"a": 0.9, "b": 0.9}, "abc")
    update(path, {"a": 0.8}, "abc", reason="the set has harder sentences now")
    update(path, {"a": 0.95}, "def")
    floors = read_floors(path)
    assert floors.floors == {"a": 0.95}
    assert floors.corpus_sha256 == "def"
    assert [(one.floor, one.before, one.after, one.reason) for one in floors.lowered] == [
        ("a", 0.9, 0.8, "the set has harder sentences now"),
        ("b", 0.9, None, "the set has harder sentences now"),
    ]


def test_no_number_is_refused_as_a_floor(tmp_path: Path) -> None:
    with pytest.raises(FloorsError, match="no number"):
        update(tmp_path / "floors.json", {"a": float("nan")}, "abc")
    assert not (tmp_path / "floors.json").exists()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[]", "shape"),
        (b'{"floors": {}}', "shape"),
        (b'{"corpus_sha256": "", "floors": {"a": "high"}}', "shape"),
        (b'{"corpus_sha256": "", "floors": {}, "lowered": [1]}', "shape"),
    ],
)
def test_a_broken_file_is_named_with_its_cure(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "floors.json"
    path.write_bytes(content)
    with pytest.raises(FloorsError, match=rf"floors\.json.*{problem}.*version control"):
        read_floors(path)


def test_a_missing_file_is_named_with_its_cure(tmp_path: Path) -> None:
    with pytest.raises(FloorsError, match="--update-floors"):
        read_floors(tmp_path / "floors.json")


def test_vietnamese_reasons_stay_readable_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "floors.json"
    update(path, {"a": 0.9}, "abc")
    update(path, {"a": 0.8}, "abc", reason="câu khó hơn")
    assert "câu khó hơn" in path.read_text(encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["lowered"][0]["to"] == 0.8


def test_the_hash_sees_a_changed_a_moved_and_a_renamed_line(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"

    def hashed(first: str, second: str) -> str:
        one.write_text(first, encoding="utf-8")
        two.write_text(second, encoding="utf-8")
        assert corpus_hash([one, two]) == corpus_hash([two, one])
        return corpus_hash([one, two])

    assert len({hashed("a\n", "b\n"), hashed("a\nb\n", ""), hashed("", "a\nb\n")}) == 3
    assert hashed("a\n", "b\n") == hashed("a\n", "b\n")
