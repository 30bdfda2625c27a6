from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.diacritics import TABLE, Restorer, levels, save, slots
from langnghe.classifier.training.diacritics import LEAST, count, train_diacritics
from langnghe.classifier.training.examples import read_civic
from langnghe.classifier.training.views import strip_marks
from langnghe.core.errors import NotReadyError
from langnghe.core.text import fold, match_form, words

TEXTS = [
    "Đường xấu quá, đề nghị xã sửa đường",
    "Cảm ơn cán bộ xã",
    "Cho hỏi thủ tục làm căn cước",
    "Đường làng đã sửa, cảm ơn xã",
] * LEAST


@pytest.fixture(scope="module")
def small() -> Restorer:
    return Restorer(count(TEXTS))


@pytest.fixture(scope="module")
def own() -> Restorer:
    """As trained on the project's own texts."""
    return Restorer(train_diacritics(None, False))


@pytest.mark.parametrize("text", TEXTS[:4])
def test_what_was_counted_is_put_back(small: Restorer, text: str) -> None:
    assert small.restore(strip_marks(text)) == text


@pytest.mark.parametrize(
    ("text", "restored"),
    [
        ("", ""),
        ("DUONG XAU QUA!!! (de nghi sua)", "ĐƯỜNG XẤU QUÁ!!! (đề nghị sửa)"),
        ("Duong lang da sua 2km/h, ok", "Đường làng đã sửa 2km/h, ok"),
        ("duong xấu, [SĐT] 👍", "đường xấu, [SĐT] 👍"),
        ("facebook.com", "facebook.com"),
        ("đưởng xau", "đưởng xấu"),
    ],
)
def test_only_what_lacks_diacritics_changes(small: Restorer, text: str, restored: str) -> None:
    assert small.restore(text) == restored


def test_the_neighbour_decides() -> None:
    texts = ["con ma đêm", "cái má hồng", "con ma đêm", "cái má hồng", "con ma đêm", "cái má hồng"]
    restorer = Restorer(count(texts))
    assert restorer.restore("con ma, cai ma") == "con ma, cái má"


@given(st.text(max_size=80))
def test_nothing_but_diacritics_changes(text: str) -> None:
    restored = once().restore(text)
    assert len(restored) == len(text)
    assert fold(unicodedata.normalize("NFC", restored)) == fold(unicodedata.normalize("NFC", text))
    assert [one.isupper() for one in restored if one.isascii()] == [
        old.isupper() for old, new in zip(text, restored, strict=True) if new.isascii()
    ]


@given(st.lists(st.sampled_from(" ".join(TEXTS[:4]).split()), max_size=12))
def test_a_text_with_diacritics_stays(chosen: list[str]) -> None:
    text = " ".join(word for word in chosen if not word.isascii())
    assert once().restore(text) == text
    assert once().restore(once().restore(strip_marks(text))) == once().restore(strip_marks(text))


def once(cache: list[Restorer] = []) -> Restorer:  # noqa: B006 (a cache)
    if not cache:
        cache.append(Restorer(count(TEXTS)))
    return cache[0]


def test_most_syllables_of_unseen_posts_are_right(own: Restorer) -> None:
    right = total = left = 0
    for post in read_civic("dev"):
        written = [match_form(word) for word in words(post.text)]
        if all(word.isascii() for word in written):
            continue
        bare = strip_marks(post.text)
        found = [match_form(word) for word in words(own.restore(bare))]
        assert len(found) == len(written)
        total += len(written)
        right += sum(map(str.__eq__, written, found))
        left += sum(map(str.__eq__, written, map(match_form, words(bare))))
    assert right / total > 0.65 > 0.3 > left / total


def test_what_was_kept_restores_the_same(own: Restorer, tmp_path: Path) -> None:
    counts = train_diacritics(None, False)
    for name in ("first", "second"):
        save(tmp_path / f"{name}.npz", counts)
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()
    read = Restorer.load(tmp_path / "first.npz")
    posts = [strip_marks(post.text) for post in read_civic("dev")[:100]]
    assert list(map(read.restore, posts)) == list(map(own.restore, posts))


def test_no_word_of_another_language_and_no_slip_is_kept() -> None:
    counts = count(["xin chào facebook đc nhé"] * LEAST + ["hiếm thấy"])
    assert counts.forms == ["chào", "nhé", "xin"]


def test_bare_texts_teach_nothing() -> None:
    assert count(["xin chao"] * 9).forms == []
    assert Restorer(count([])).restore("xin chao") == "xin chao"


def test_slots_of_one_pair_and_of_many_agree() -> None:
    first, second = np.array([3, 3, 5_000]), np.array([3, 4, 1])
    at, marks = slots(first, second)
    for row in range(3):
        alone, mark = slots(first[row : row + 1], second[row : row + 1])
        assert (alone[0], mark[0]) == (at[row], marks[row])
    assert len({*zip(at.tolist(), marks.tolist(), strict=True)}) == 3
    assert ((at >= 0) & (at < TABLE)).all()


def test_levels_are_nearly_the_counts() -> None:
    counts = np.array([0, 1, 2, 10, 1_000, 10**6])
    found = levels(counts)
    assert found[0] == 0
    assert found[1] == 1
    assert (np.diff(found.astype(int)) > 0).all()


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotReadyError, match="không có tệp"):
        Restorer.load(tmp_path / "diacritics.npz")
    np.savez(tmp_path / "diacritics.npz", kind=np.array("characters 2"))
    with pytest.raises(NotReadyError, match="phiên bản khác"):
        Restorer.load(tmp_path / "diacritics.npz")


def test_only_texts_without_diacritics_are_restored_for_reading(small: Restorer) -> None:
    assert small.reading("Duong xau qua") == "Đường xấu quá"
    assert small.reading("Đường xau qua") == "Đường xau qua"


def test_an_address_keeps_its_letters(small: Restorer) -> None:
    assert small.reading("sua duong link sua-duong.can.bo") == "sửa đường link sua-duong.can.bo"
    assert small.reading("link sua duong") == "link sửa đường"
