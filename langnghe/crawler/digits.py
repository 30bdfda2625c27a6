"""A view of a text in which numbers that were disguised are plain digits again.

People who want to get past filters write "o9l2…", "không chín một hai…", "0️⃣9️⃣…" or "０９…".
The view has the length of the text, so that what is found in it holds in the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Final

FILLER: Final = "\x02"
"""Stands for the remaining letters of a spelled-out digit; part of a number, but no digit."""

_SPELLED: Final = {
    **dict.fromkeys(("không", "khong", "hông", "zero", "o"), "0"),
    **dict.fromkeys(("một", "mốt", "mot"), "1"),
    **dict.fromkeys(("hai",), "2"),
    **dict.fromkeys(("ba",), "3"),
    **dict.fromkeys(("bốn", "bon", "tư"), "4"),
    **dict.fromkeys(("năm", "nam", "lăm"), "5"),
    **dict.fromkeys(("sáu", "sau"), "6"),
    **dict.fromkeys(("bảy", "bẩy", "bay"), "7"),
    **dict.fromkeys(("tám", "tam"), "8"),
    **dict.fromkeys(("chín", "chin"), "9"),
}
_WORD: Final = "(?:" + "|".join(sorted(_SPELLED, key=len, reverse=True)) + ")"
_GAP_SIGNS: Final = ".,-–_/*|"
_GAP: Final = rf"[ {re.escape(_GAP_SIGNS)}]{{0,3}}"
_SPELLED_WORD: Final = re.compile(_WORD, re.IGNORECASE)
# A run of at least seven digits and words. A word stands alone, or is glued to digits
# ("o9tám"); it is not the beginning or the end of a longer word.
# A year is no digit of a spelled-out number ("hai năm 2021-2022-2023 không").
_ITEM: Final = rf"(?:(?!(?<!\d)(?:19|20)\d\d(?!\d))\d|(?<![^\W\d_]){_WORD}(?![^\W\d_]))"
_SPELLED_RUN: Final = re.compile(rf"{_ITEM}(?:{_GAP}{_ITEM}){{6,}}", re.IGNORECASE)
# The same without its costly conditions, to pass over the many texts that have no such run.
_MAYBE_RUN: Final = re.compile(rf"(?:\d|{_WORD})(?:{_GAP}(?:\d|{_WORD})){{6}}")
_FIGURE: Final = re.compile(r"\d{5}")
# Begins with a digit, so that the search is quick; most digits have no letter beside them.
_BEHIND_WORD: Final = "|".join(rf"(?<={word}\d)" for word in _SPELLED)
_GLUED: Final = re.compile(rf"\d(?:{_WORD}|(?<=[^\W\d_]\d)(?:{_BEHIND_WORD}))")
_HAS_WORD: Final = re.compile(rf"(?<![^\W\d_]){_WORD}(?![^\W\d_])", re.IGNORECASE)
_LETTERS_AS_DIGITS: Final = str.maketrans("oOlIiQ", "001110")
_DIGIT: Final = re.compile("[0-9]")
_MIXED_TOKEN: Final = re.compile(
    # "o9l2345678", "o9.1234"; the first character comes before its condition: quick to search.
    r"[\doOlIiQ](?<![^\W_].)(?:[\doOlIiQ]{2,}(?![^\W_])|(?<=[oO])\d(?=[ .\-]\d{2}))"
)
MIN_FIGURES: Final = 2
"""Of a token that letters are taken for digits in: "10l" is ten litres, "lol" is no number."""
MIN_WORDS: Final = 2
"""A single number word between figures ("năm 2025 2026 2027") is the word, not a digit."""
_MIN_INNER: Final = 5
"""Of a run's seven items, those that stand between gaps on both sides: each is a whole token."""


def _odd_digits() -> dict[int, int]:
    """Every digit of Unicode beyond ASCII (other scripts, circled, raised …), by code point."""
    found = {}
    for point in range(0x80, sys.maxunicode + 1):
        value = unicodedata.digit(chr(point), None)
        if value is not None:
            found[point] = ord(str(value))
    return found


_ODD_DIGITS: Final = _odd_digits()
# Where they may be: coarse ranges, but without what Vietnamese posts are made of.
_ODD_RANGES: Final = "²³¹\u0660-\u1e9f\u2070-\u209f\u2460-\U0001f10f\U0001fb00-\U0010ffff"
_ODD_DIGIT: Final = re.compile(f"[{_ODD_RANGES}]")
_MAYBE_DIGIT: Final = re.compile(f"[0-9{_ODD_RANGES}]")


def digit_view(text: str, lowered: str) -> str:
    """The text with disguised digits made plain; as long as `text`.

    `lowered` is `text` in lower case.
    """
    if not _MAYBE_DIGIT.search(text):
        # The usual case. Letters are taken for digits only beside a digit.
        if _spelled(lowered) < _MIN_INNER or not _MAYBE_RUN.search(lowered):
            return text
        view = _SPELLED_RUN.sub(_without_words, text)
    else:
        view = text
        if _ODD_DIGIT.search(text):
            view, lowered = text.translate(_ODD_DIGITS), lowered.translate(_ODD_DIGITS)
        if _may_spell_out(lowered):
            view = _SPELLED_RUN.sub(_without_words, view)
    if _DIGIT.search(view):
        view = _MIXED_TOKEN.sub(_without_letters, view)
    return view


def _may_spell_out(lowered: str) -> bool:
    """A quick look, before the exact one, whether digits are spelled out beside others."""
    if _spelled(lowered) < MIN_WORDS and not _GLUED.search(lowered):
        return False
    return _MAYBE_RUN.search(lowered) is not None


def _spelled(lowered: str) -> int:
    """How many digits are spelled out, each as a word by itself."""
    for sign in _GAP_SIGNS:
        lowered = lowered.replace(sign, " ")
    return sum(map(_SPELLED.__contains__, lowered.split()))


def _without_words(match: re.Match[str]) -> str:
    run = match.group()
    # "một năm 45000": a figure that is written as one is not spelled out.
    if len(_HAS_WORD.findall(run)) < MIN_WORDS or _FIGURE.search(run):
        return run
    return _SPELLED_WORD.sub(
        lambda word: _SPELLED[word.group().lower()] + FILLER * (len(word.group()) - 1), run
    )


def _without_letters(match: re.Match[str]) -> str:
    token = match.group()
    if len(token) > 2 and sum(char.isdigit() for char in token) < MIN_FIGURES:
        return token
    return token.translate(_LETTERS_AS_DIGITS)
