from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.informal import _CLEAR, _LOOSE, PROTECTED, expand, is_informal
from langnghe.core.text import words

CHAT = st.lists(
    st.one_of(
        st.sampled_from([*_CLEAR, *_LOOSE, *PROTECTED]),
        st.sampled_from(
            [
                "ct",
                "ca",
                "xa",
                "xã",
                "tt",
                "Tam",
                "xaaa",
                "quáaaaa",
                "KOOO",
                "koooo",
                "wá",
                "fải",
                "khôg",
                "vâyj",
                "đii",
                "zậyyy",
                "kkkk",
                "hahaha",
                "fan",
                "blog",
                "www",
                "XIII",
                "III",
                ":))",
                "!!",
                ".",
                "\n",
                "đẹpppp",
                "ơơơi",
                "W",
                "F",
                "Z",
                "đƯờg",
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=12,
).map(" ".join)


@settings(max_examples=200)
@given(CHAT)
def test_expand_is_idempotent(text: str) -> None:
    assert expand(expand(text)) == expand(text)


@settings(max_examples=200)
@given(st.text())
def test_expand_takes_any_text(text: str) -> None:
    assert expand(expand(text)) == expand(text)
    assert is_informal(text) in (True, False)


@settings(max_examples=100)
@given(st.lists(st.sampled_from(sorted(PROTECTED)), min_size=1), st.booleans())
def test_official_abbreviations_survive_among_teencode(chosen: list[str], capitals: bool) -> None:
    official = [word.upper() if capitals else word for word in chosen]
    text = "ko bik " + " dc ".join(official) + " =))"
    assert [word for word in words(expand(text)) if word.lower() in PROTECTED] == official


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Ko dc trả lời, mk ko bik ntn", "Không được trả lời, mình không biết như thế nào"),
        ("đường xấu wá, khôg đi đc", "đường xấu quá, không đi được"),
        ("Đẹpppp quáaaaa luôn", "Đẹp quá luôn"),
        ("fải sửa ngay r =))", "phải sửa ngay rồi =))"),
        ("nhìu ng hỏi mà k thấy ub xa tl", "nhiều người hỏi mà không thấy ủy ban xã trả lời"),
        ("ct xã vs ca xã ko nói j", "chủ tịch xã với công an xã không nói gì"),
        (
            "ra tt Tam Đường hd làm cccd đc ko ad",
            "ra thị trấn Tam Đường hướng dẫn làm cccd được không quản trị viên",
        ),
        ("koooo đii", "không đi"),
        ("ủa zậy hả, vângg", "ủa vậy hả, vâng"),
    ],
)
def test_teencode_is_written_out(written: str, plain: str) -> None:
    assert is_informal(written)
    assert expand(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Thực hiện kh số 12 của ct UBND xã, tt Tam Đường hd các hộ về hd điện tử.",
        "Căn cứ Luật Đất đai; ct ubnd xã ban hành kh, ko thu phí dc duyệt !!",
        "Kế hoạch số 45/KH-UBND: cb, kh, hd ko thay đổi =))",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM: hd, kh, ko, dc",
        "Bà con thu hoạch dong riềng, giá miến ổn định.",
        "The blog of a fan: we will see what to do next.",
        "Quốc lộ XIII, chương III, www.laichau.gov.vn",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert expand(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "đường xa quá mà ca mổ gấp, đi hok kịp",
        "tt là gì zậy",
        "kkkk buồn cười, nghe blog của fan đi :))",
        "xem www.vidu.vn chương xiii nha =))",
    ],
)
def test_words_with_another_meaning_are_left(text: str) -> None:
    kept = {"xa", "ca", "tt", "kkkk", "blog", "fan", "www", "xiii"} & set(words(text))
    assert kept
    assert kept <= set(words(expand(text)))


def test_full_words_are_final() -> None:
    for full in (*_CLEAR.values(), *_LOOSE.values()):
        assert expand(f"ko {full} =))") == f"không {full} =))"
    assert not PROTECTED & (_CLEAR.keys() | _LOOSE.keys())
