"""The quick looks that spare most texts a costly search never miss what the search would find.

Each is held against the plain form of the same rule, written here without regard for speed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from langnghe.core import encoding, informal, text
from langnghe.core.syllables import LETTERS
from langnghe.core.text import fold
from langnghe.crawler import digits
from langnghe.crawler.knownnames import KnownNames
from langnghe.crawler.masks import VOID, MaskKind, Span, lower_case

unhurried = settings(max_examples=200)
VIETNAMESE = "".join(sorted(LETTERS))
NUMBER_WORDS = ("không", "một", "hai", "Ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "o", "tư")
pieces = st.one_of(
    st.sampled_from(NUMBER_WORDS),
    st.sampled_from(("0", "9", "7", "²", "٣", "①", "2026", "l", "O", "i", "nhé", "gọi", "(", VOID)),
)
gaps = st.sampled_from((" ", " ", ".", ",", "-", " - ", "_", "/", "", "…", "\n"))
spelled_out = st.lists(st.tuples(pieces, gaps), max_size=16).map(
    lambda parts: "".join(piece + gap for piece, gap in parts)
)
anything = st.text(st.sampled_from(VIETNAMESE + " .,?!oOaAeEuUyq0123ùõÙâÂ\u0301\ufffdÄ—😀İ\n"))


@given(st.one_of(anything, st.text()))
@unhurried
def test_folding_by_the_code_page_is_folding_letter_by_letter(written: str) -> None:
    nfc = unicodedata.normalize("NFC", written)
    assert fold(written) == "".join(text._folded(char) for char in nfc)


def test_every_character_of_the_code_page_is_in_nfc_and_there_once() -> None:
    page = text._CODE_PAGE.rstrip("\ufffe")
    assert len(set(page)) == len(page) <= 256
    assert unicodedata.normalize("NFC", page) == page
    assert set(VIETNAMESE) <= set(page)


@given(anything)
@unhurried
def test_a_text_is_suspect_by_its_signs_or_pairs_of_letters(written: str) -> None:
    pairs = "[aeoAEO][âÂ]|[aeouyôAEOUYÔ][ùõÙÕ]|[aA][êéèúÊÉÈÚ]|[eE][áàãÁÀÃ]|\\w\\?\\w"
    plain = re.search(f"[{encoding._SIGNS}]|{pairs}", written)
    assert bool(encoding._SUSPECT.search(written)) == bool(plain)


@given(
    st.lists(
        st.sampled_from(("ko", "dc", "k", "ct", "haha", "quáaaa", "Xã", "www", "4", ","))
    ).flatmap(lambda words: st.sampled_from((" ", ",", "-", "\n", "")).map(lambda g: g.join(words)))
)
@unhurried
def test_pieces_between_spaces_say_as_much_as_their_words(written: str) -> None:
    by_word = max(map(informal._sign, informal._TOKEN.findall(written)), default=0)
    assert max(map(informal._strongest_sign, written.split()), default=0) == by_word


def test_the_coarse_ranges_hold_every_odd_digit_and_no_letter_of_the_language() -> None:
    for point in range(0x80, sys.maxunicode + 1):
        if unicodedata.digit(chr(point), None) is not None:
            assert digits._MAYBE_DIGIT.search(chr(point)), hex(point)
    assert not digits._MAYBE_DIGIT.search(VIETNAMESE + VIETNAMESE.lower() + "–—“”…₫→😀👍")


@given(spelled_out)
@example("gọi (không chín một hai ba bốn năm) nhé")
@example("o9tám7 hai3 bốn5 sáu")
@unhurried
def test_no_number_in_disguise_is_passed_over(written: str) -> None:
    view = written.translate(digits._ODD_DIGITS)
    # The rule before any quick look: enough number words, or one that is glued to a digit.
    tokens = re.sub(f"[{re.escape(digits._GAP_SIGNS)}]", " ", view.lower()).split()
    glued = re.search(rf"[0-9]{digits._WORD}|{digits._WORD}[0-9]", view.lower())
    if sum(token in digits._SPELLED for token in tokens) >= digits.MIN_WORDS or glued:
        view = digits._SPELLED_RUN.sub(digits._without_words, view)
    if re.search("[0-9]", view):
        view = digits._MIXED_TOKEN.sub(digits._without_letters, view)
    assert digits.digit_view(written, lower_case(written)) == view


NAMES = KnownNames({"Lò Thị Mai", "Lò Thị", "Mai Hoa", "hoa_ban88", "Giàng A Páo"})
_LISTED = sorted((tuple(name.split()) for name in NAMES), key=len, reverse=True)


def _word_by_word(written: str) -> list[Span]:
    found, at = [], 0
    words = list(re.finditer(r"[^\W_]+", fold(written)))
    while at < len(words):
        for name in _LISTED:
            here = words[at : at + len(name)]
            near = all(b.start() - a.end() <= 2 for a, b in pairwise(here))
            if tuple(word.group() for word in here) == name and near:
                found.append(Span(here[0].start(), here[-1].end(), MaskKind.NAME))
                at += len(name) - 1
                break
        at += 1
    return found


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                (
                    "Lò",
                    "lo",
                    "Thị",
                    "thi",
                    "Mai",
                    "Hoa",
                    "hoa",
                    "ban88",
                    "a",
                    "giàng",
                    "Páo",
                    "mais",
                    "2",
                    "ở",
                )
            ),
            st.sampled_from((" ", " ", ". ", "-", "_", "", " . ", VOID, "\n")),
        ),
        max_size=12,
    ).map(lambda parts: "".join(word + gap for word, gap in parts))
)
@unhurried
def test_known_names_are_found_as_by_comparing_word_by_word(written: str) -> None:
    assert NAMES.find(written) == _word_by_word(written)
