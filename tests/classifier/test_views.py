from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.classifier.inputs import MOST_CHARACTERS, model_text
from langnghe.classifier.training.views import has_marks, other_spelling, shorten, strip_marks
from langnghe.core.text import fold, words

VIETNAMESE = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạấầẩẫậéèẻẽẹộợữ ĐƯỜNG .,!?0123456789", max_size=80
)


@given(VIETNAMESE)
def test_a_stripped_text_keeps_case_and_words(text: str) -> None:
    bare = strip_marks(text)
    assert not has_marks(bare)
    assert strip_marks(bare) == bare
    assert fold(bare) == fold(text)
    assert [word.isupper() for word in bare.split()] == [word.isupper() for word in text.split()]


@given(VIETNAMESE)
def test_nfc_and_nfd_are_stripped_alike(text: str) -> None:
    assert strip_marks(unicodedata.normalize("NFD", text)) == strip_marks(text)


def test_the_d_with_a_stroke_goes_too() -> None:
    assert strip_marks("Đường đèo Ô Quý Hồ") == "Duong deo O Quy Ho"


def test_teencode_shortens_common_words_and_leaves_the_rest() -> None:
    found = {shorten("Không được đâu", random.Random(seed)) for seed in range(40)}
    assert {one.split()[-1] for one in found} == {"đâu"}
    assert {"ko", "k", "kh"} <= {one.split()[0] for one in found}


def test_spellings_are_drawn_by_the_seed_and_mostly_bare() -> None:
    text = "Đường vào bản lầy lội, đề nghị xã sửa sớm"
    drawn = [other_spelling(text, random.Random(seed)) for seed in range(300)]
    assert drawn == [other_spelling(text, random.Random(seed)) for seed in range(300)]
    bare = sum(not has_marks(one) for one in drawn) / len(drawn)
    assert 0.55 < bare < 0.75
    assert all(len(words(one)) == len(words(text)) for one in drawn)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("gọi 0912 345 678 nhé", "gọi [SĐT] nhé"),
        ("gọi +84912345678", "gọi [SĐT]"),
        ("CCCD 012345678901", "CCCD [SỐ]"),
        ("stk 19034567890123 VCB", "stk [SỐ] VCB"),
        ("bấm https://vneid-gov.top/xac-nhan?id=7 ngay", "bấm link vneid-gov.top ngay"),
        ("viết a.b@example.com", "viết [EMAIL]"),
        ("năm 2026 thu 1.200.000 đồng, 35 hộ", "năm 2026 thu 1.200.000 đồng, 35 hộ"),
        ("dòng\n\n hai   chữ", "dòng hai chữ"),
    ],
)
def test_the_model_reads_no_numbers_of_people(text: str, read: str) -> None:
    assert model_text(text) == read


@given(st.text(max_size=200))
def test_the_model_text_is_one_line_and_settles(text: str) -> None:
    read = model_text(text)
    assert "\n" not in read
    assert read == " ".join(read.split())
    assert len(model_text(text * 50)) <= 3 * MOST_CHARACTERS
