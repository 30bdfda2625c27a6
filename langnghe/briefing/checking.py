"""What a check of a document is, and how its findings are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from docx.text.paragraph import Paragraph

from langnghe.briefing.layout import Limits, StyleName
from langnghe.briefing.wordstyles import STYLE_NAMES

MM: Final = 36_000
"""Of Word's smallest unit in a millimetre."""
_NAMES: Final = {word: name for name, word in STYLE_NAMES.items()}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, and what was found."""

    rule: str
    holds: bool
    found: str


def style_of(paragraph: Paragraph) -> str:
    """The name of a paragraph's style."""
    style = paragraph.style
    return "" if style is None else style.name or ""


def name_of(paragraph: Paragraph) -> StyleName:
    """Which element of a layout a paragraph is."""
    return _NAMES.get(style_of(paragraph), "text")


def span(limits: Limits) -> str:
    """`14–15`; `14` where nothing else is allowed."""
    low, high = (f"{one:g}".replace(".", ",") for one in limits)
    return low if low == high else f"{low}–{high}"


def listed(values: set[float]) -> str:
    """Figures that were found, in order."""
    return ", ".join(f"{one:g}".replace(".", ",") for one in sorted(values))


def marks_of(bold: bool, italic: bool, underline: bool) -> str:
    """How letters stand, in words."""
    found = ["đậm"] * bold + ["nghiêng"] * italic + ["gạch chân"] * underline
    return ", ".join(found) or "đứng"
