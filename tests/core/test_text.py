from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.syllables import LETTERS, is_bare_syllable, is_syllable
from langnghe.core.text import clean, fold, match_form, words

# Characters that clean, fold and match_form treat specially, with plain neighbours.
TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "aoeuyiquýhòâđĐÐðƉßİıςΣK\u1e9e ǰŉﬁ\n\r\t\v\x00\x85\u00a0\u00ad\u200b\u200c\u200d\u200e"
            "\u202e\u2028\u2060\ufeff\ufe0f\ufe0e\u0300\u0301\u0302\u0309\u031b\u0323\u0335\u0336"
            "\u20e3\u0e31\u0e49\u0338=аеоΑονƣᴠᴀɴⓥ𝐯Ａ１，\ue000\ue001\U000f0000\ud800\uffff1#👩❤🏽🏴"
            "\U000e0067\U000e0062\U000e007f한か\u3099नم葛\U000e0100"
        ),
        st.characters(),
    ),
    max_size=40,
)
EXAMPLES = settings(max_examples=200)


@EXAMPLES
@given(TRICKY)
def test_clean_is_idempotent_and_gives_storable_nfc(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")
    assert not {"Cc", "Co", "Cs"} & {unicodedata.category(c) for c in cleaned if c != "\n"}


@EXAMPLES
@given(TRICKY)
def test_matching_forms_keep_every_character_in_its_place(text: str) -> None:
    cleaned = clean(text)
    assert len(fold(cleaned)) == len(cleaned)
    assert len(match_form(cleaned)) == len(cleaned)


@EXAMPLES
@given(TRICKY)
def test_matching_forms_are_idempotent_and_blind_to_normal_forms(text: str) -> None:
    for form in (fold, match_form):
        assert form(unicodedata.normalize("NFD", text)) == form(unicodedata.normalize("NFC", text))
    assert fold(fold(text)) == fold(text)
    assert match_form(match_form(text)) == match_form(text)


@EXAMPLES
@given(st.text(max_size=60))
def test_words_are_pieces_of_the_text_in_order(text: str) -> None:
    at = 0
    for word in words(text):
        at = text.index(word, at) + len(word)
        assert word[0].isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "Mk ko bik j lun, ntn r ad oi!!! :)) ^^ =)) <3",
        "Duong len deo O Quy Ho sat lo roi, ba con can than nhe",
        "The committee's “naïve” plan – Café Noël, garçon, où, señor, Müller, Ærø, Łódź, São Tomé",
        "Guðmundur Þórðarson og Hafþór Júlíus, GUÐMUNDUR",
        "TNFα, 5 µm, 3 kΩ, H₂O, 10 m², x² ≠ y, 50°C, ½, №",
        "Собака и кот, Αθήνα, 東京、全角カナ，！, 한국어, ภาษาไทยก็ดี, हिन्दी क्\u200dष, می\u200cخواهم",
        "שָׁלוֹם, العربيّة",
        "👩‍👩‍👧‍👦 ❤️ 👍🏽 🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇻🇳 1️⃣ ☎︎ ©️",
        "dòng một\ndòng hai\n\ndòng ba",
        "hoà hòa thuỷ thủy Krông Nô, Đắk Lắk, H'Mông, Séng Cù",
    ],
)
def test_clean_leaves_right_text_alone(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("given_text", "cleaned"),
    [
        (unicodedata.normalize("NFD", "Đường lên Ô Quý Hồ"), "Đường lên Ô Quý Hồ"),
        ("Ðường, UBNÐ, HÐND, QÐ, ðất", "Đường, UBNĐ, HĐND, QĐ, đất"),
        ("đƣợc hƣởng", "được hưởng"),
        ("l\u200bừ\u2060a đ\u00adảo\ufeff \u202exấu\u202c", "lừa đảo xấu"),
        ("lừα đảο, \u0441hính, v\u0430\u0443 vốn", "lừa đảo, chính, vay vốn"),
        ("𝐯𝐚𝐲 𝘷ố𝘯 𝟎𝟗𝟏", "vay vốn 091"),
        ("ᴠᴀʏ ⓥⓞⓝ Ｖａｙ０９", "vay von Vay09"),
        ("g\u0336i\u0336a\u0336\u0301", "giá"),
        ("a" + "\u0301\u0316\u0317" * 30, "á\u0301\u0301"),
        ("x\ue000y\ue001z\x00\x07", "xyz"),
        ("  a \u00a0\t b\u3000c \r\n \r\n\r\n\r\n d  ", "a b c\n\nd"),
        ("a\u2028b\x0bc", "a\nb\nc"),
        ("a\u200d\u200cb\ufe0f", "ab"),
        ("\ud800bài\udfff", "bài"),
    ],
)
def test_clean_mends(given_text: str, cleaned: str) -> None:
    assert clean(given_text) == cleaned


def test_fold_takes_off_every_vietnamese_mark() -> None:
    folded = fold("".join(sorted(LETTERS)))
    assert set(folded) == set("adeiouy")
    assert fold("Đường đèo Ô Quý Hồ — KHOẺ, Café") == "duong deo o quy ho — khoe, cafe"


def test_every_spelling_folds_alike() -> None:
    assert len({fold(form) for form in ("hoà", "hòa", unicodedata.normalize("NFD", "HOÀ"))}) == 1


@pytest.mark.parametrize(
    ("written", "matched"),
    [
        ("Hoà bình, thuỷ điện, uỷ ban, uý, khoẻ", "hòa bình, thủy điện, ủy ban, úy, khỏe"),
        ("THUÝ loè xoã hoạ", "thúy lòe xõa họa"),
        (
            "quý quỷ quà quẻ hoán toàn thuyền khuỷu xoáy",
            "quý quỷ quà quẻ hoán toàn thuyền khuỷu xoáy",
        ),
        ("hòa thủy", "hòa thủy"),
        ("canoé", "canoé"),
    ],
)
def test_match_form_has_one_tone_placement(written: str, matched: str) -> None:
    assert match_form(written) == matched


def test_words() -> None:
    assert words("QL 4D: 2/3 ở Tam_Đường, H'Mông!") == [
        *("QL", "4D", "2", "3", "ở", "Tam", "Đường", "H", "Mông")
    ]


def test_syllables() -> None:
    text = (
        "Đường quốc lộ nghiêng nghỉ gì giếng gìn giữa khuỷu khuya quýt quyển yêu thuở oăn xoong "
        "Lự Mông Thái Dao Giáy Séng Cù Kạn Đắk Lắk uỷ ủy Quỳnh huếch quệt loẹt ngoằn ngoèo"
    )
    assert [word for word in words(text) if not is_syllable(word)] == []
    wrong = "viet ViÖt cà̀ café ngê cế fải giầyy ghà Stệ bột̀ Müller học̀ tấpp hóặc"
    assert [word for word in wrong.split() if is_syllable(word)] == []
    assert is_bare_syllable("Viet")
    assert not is_bare_syllable("street")
