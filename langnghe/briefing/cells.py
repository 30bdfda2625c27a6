"""Texts and figures on their way into a document."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Final

from langnghe.core.vietnamese import day, number, percent, short_decimal

Cell = str | int | float | date | None
NOT_SHOWN: Final = "–"
"""Stands where a figure is kept back because it rests on too few posts."""


def is_share(column: str) -> bool:
    """Whether a column's fractions are shares: 0.125 is shown as 12,5 %.

    Such a column has `%` in its name, or begins with «Tỷ lệ».
    """
    return "%" in column or column.startswith("Tỷ lệ")


def shown(value: Cell, column: str) -> str:
    """A table's raw value as a Vietnamese reader expects it.

    Args:
        value: what stands in the table.
        column: the name of its column; says whether a fraction is a share.
    """
    match value:
        case None:
            return NOT_SHOWN
        case str():
            return plain(value)
        case date():
            return day(value)
        case int():
            return number(value)
        case float() if is_share(column):
            # The column's name has the sign already.
            share = percent(value)
            return share.removesuffix(" %") if "%" in column else share
    return short_decimal(value)


def plain(text: str) -> str:
    """A text as office formats can hold it: composed letters, no control characters.

    Line breaks stay.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(each for each in composed if each == "\n" or not _unprintable(each))


def lines(text: str) -> list[str]:
    """The lines of a text that have something in them."""
    return [line.strip() for line in plain(text).splitlines() if line.strip()]


def _unprintable(each: str) -> bool:
    # XML holds none of these: control characters (a tab becomes nothing as well), halves of
    # surrogate pairs, and the two code points that are no characters.
    return unicodedata.category(each) in {"Cc", "Cs"} or each in "\ufffe\uffff"
