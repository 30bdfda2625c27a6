from __future__ import annotations

import contextlib
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.encoding import GarbledTextError, decode, repair, vietnamese_share
from langnghe.core.legacy_tables import TCVN3, VNI, from_tcvn3, from_vni
from langnghe.core.syllables import LETTERS, LOWER_LETTERS, TONED

TEXT = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam. Đường lên đèo Ô Quý Hồ bị sạt lở, nhiều người mời mọi "
    "nhà; lúa Séng Cù được mùa, “miến dong” ở Bình Lư. Ưu tiên học phí, ăn uống, ngờ vực. Ý kiến."
)
TO_TCVN3 = {letter: sign for sign, letter in TCVN3.items()}
TO_VNI = {letter: sequence for sequence, letter in VNI.items()}


def tcvn3(text: str) -> str:
    """As a converter writes it: a toned capital is the capital and the toned small letter."""
    signs = dict(TO_TCVN3)
    for letter, (vowel, _) in TONED.items():
        capital = vowel.upper()
        signs[letter.upper()] = TO_TCVN3.get(capital, capital) + TO_TCVN3[letter]
    return "".join(signs.get(char, char) for char in text)


def vni(text: str) -> str:
    return "".join(TO_VNI.get(char, char) for char in text)


def cp1258(text: str) -> bytes:
    """As Windows writes it: the vowel, then its tone."""
    separate = "".join(
        unicodedata.normalize("NFC", vowel) + tone
        for vowel, tone in (TONED.get(char, (char, "")) for char in text.lower())
    )
    return separate.encode("cp1258")


@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_every_letter_survives_the_legacy_encodings(letter: str) -> None:
    assert from_vni(vni(letter)) == letter
    assert from_tcvn3(tcvn3(letter)) == letter
    assert decode(cp1258("đường lên đèo " + letter)) == "đường lên đèo " + letter.lower()


def test_the_tables_are_complete_and_unambiguous() -> None:
    assert len(LETTERS) == 134
    assert set(VNI.values()) == LETTERS
    assert len(set(VNI.values())) == len(VNI)
    assert set(TCVN3.values()) == LOWER_LETTERS | set("ĂÂÊÔƠƯĐ")


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "windows-1258", "no-such"])
@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (TEXT.encode(), TEXT),
        (unicodedata.normalize("NFD", TEXT).encode(), TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), TEXT),
        (TEXT.encode("utf-16"), TEXT),
        (TEXT.encode("utf-16-le"), TEXT),
        (TEXT.encode("utf-16-be"), TEXT),
        (TEXT.encode("utf-32"), TEXT),
        (cp1258(TEXT), TEXT.lower()),
        (tcvn3(TEXT).encode("cp1252"), TEXT),
        (vni(TEXT).encode("cp1252"), TEXT),
        (b"<html><body class='x'>" + tcvn3(TEXT).encode("cp1252") + b"</body>", None),
    ],
    ids=["utf8", "nfd", "bom", "utf16", "le", "be", "utf32", "cp1258", "tcvn3", "vni", "page"],
)
def test_vietnamese_bytes_decode_whatever_the_header_says(
    raw: bytes, text: str | None, declared: str | None
) -> None:
    assert decode(raw, declared) == (text or f"<html><body class='x'>{TEXT}</body>")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Déjà vu à Hanoï, où l'été commence; là-bas, né à Noël", "iso-8859-1"),
        ("Schöne Grüße aus München, Müller hört für über Österreich", "cp1252"),
        ("Привет, как дела", "koi8-r"),
        ("こんにちは世界、元気ですか", "shift_jis"),
    ],
)
def test_other_languages_decode_as_declared(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), encoding) == text


def test_a_page_cut_within_a_letter_loses_only_that_letter() -> None:
    assert decode(TEXT.encode()[:-9]) == TEXT[:-7] + "\ufffd"


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(GarbledTextError):
        decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\0\0\0\x02\0\x08\xff\xfe\0\0\0\0\0")


@settings(max_examples=200)
@given(st.binary(max_size=80), st.sampled_from([None, "utf-8", "latin-1", "big5", "hex"]))
def test_decode_gives_text_or_says_it_cannot(raw: bytes, declared: str | None) -> None:
    try:
        text = decode(raw, declared)
    except GarbledTextError:
        return
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("ViÖt Nam", "Việt Nam"),
        ("Vieät Nam", "Việt Nam"),
        (tcvn3(TEXT), TEXT),
        (vni(TEXT), TEXT),
        (f"{TEXT}\n{tcvn3(TEXT)}", f"{TEXT}\n{TEXT}"),
        ("Tin mới: ViÖt Nam được mùa", "Tin mới: Việt Nam được mùa"),
        ("CéNG HOµ X· HéI CHñ NGHÜA", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA"),
        ("X· B×nh L­", "Xã Bình Lư"),
        (TEXT.encode().decode("latin-1"), TEXT),
        (TEXT.encode().decode("sloppy-windows-1252"), TEXT),
        ("nhiá»u ngÆ°á»i ÄÆ°á»ng", "nhiều người Đường"),
        ("Bà con nói â€œquá khổâ€\x9d rồi ðŸ˜\xad", "Bà con nói “quá khổ” rồi 😭"),
    ],
)
def test_repair_undoes_a_wrong_decoding(broken: str, right: str) -> None:
    assert repair(broken) == right


def test_a_letter_that_cannot_be_told_is_marked_not_guessed() -> None:
    # "mời" and "mọi" lose the same byte.
    assert repair("ÄÆ°á»\x9dng Ã\xb4 má»i nhÃ\xa0") == "Đường ô m\ufffdi nhà"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Ko bik j lun, dc k ad? mk hỏi tí ạ, hok pít =)) 😂❤️",
        "Duong len deo sat lo, ba con can than",
        "là où tu es né, où François va déjà, où ça",
        "Schöne Grüße, Müller hört für über Björk, Straße, ähnlich, größer",
        "São Tomé, Łódź, Ærø, piñata, señor, crème brûlée, Zoë, Gaël",
        "100 m², 37°C, 5 µm, ½ cốc, © 2026 Báo Lai Châu®, «trích dẫn», ¿qué?, £5",
        "Thật không?Sao lại thế?Ai nói?Bao giờ?",
        "https://vi.du/?a=b?c&x?y https://vi.du/?q=á?b",
        "Привет 東京 ภาษาไทย العربية",
        "",
    ],
)
def test_repair_leaves_right_text_alone(text: str) -> None:
    assert repair(text) == text


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([*TEXT.split(), "ko", "dc", "où", "Müller", "😂", "©"]), min_size=1)
)
def test_repair_changes_no_mix_of_right_words(chosen: list[str]) -> None:
    assert repair(" ".join(chosen)) == " ".join(chosen)


@pytest.mark.parametrize(
    "text",
    [
        "Vi?t Nam th?ng b?o k?t qu? h?p",
        "C\ufffdng h\ufffda x\ufffd h\ufffdi",
        "Th\x93ng b\x87o k\x89t qu\x8b h\x94p",
    ],
)
def test_what_cannot_be_repaired_is_refused(text: str) -> None:
    with pytest.raises(GarbledTextError, match="broken by a wrong encoding"):
        repair(text)


@settings(max_examples=200)
@given(st.text(max_size=60))
def test_repair_gives_text_or_says_it_cannot(text: str) -> None:
    try:
        repaired = repair(text)
    except GarbledTextError:
        return
    assert isinstance(repaired, str)


@pytest.mark.parametrize("unit", ["a", "á»", "nhá»u ", "aâ ", "a©", "Ã", "A\xb5", "a?b", "1/"])
def test_repair_takes_time_in_proportion_to_the_length(unit: str) -> None:
    started = time.process_time()
    with contextlib.suppress(GarbledTextError):
        repair(unit * (100_000 // len(unit)) + " ö")
    # Half a second of work; with a quadratic pattern it was more than a minute.
    assert time.process_time() - started < 10


def test_vietnamese_share() -> None:
    assert vietnamese_share(TEXT) == 1
    assert vietnamese_share("duong len deo o quy ho") == 1
    assert vietnamese_share("The quick brown fox jumps over lazy dogs") < 0.3
    assert vietnamese_share("12 :))") == 0
