"""The top of a document: who issues it, its number, place and date, its title and subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from langnghe.briefing.cells import lines, plain
from langnghe.briefing.content import Document
from langnghe.briefing.layout import HeaderRow, Item, Layout, Listing, Rule, Style, StyleName
from langnghe.briefing.measure import Face, balanced, width, wrapped
from langnghe.briefing.wordparts import Stack, box, grid, narrow, rule
from langnghe.briefing.wordstyles import STYLE_NAMES

_POINTS_PER_MM: Final = 72 / 25.4
_GAP: Final = 8.0
"""Points at least between the stacks of a row."""
_ROOM: Final = "\u00a0" * 5
"""Left open, to be written in by hand."""
_INDENT: Final = 25
"""Millimetres before the names of several addressees."""
Add = Callable[[str, str], Paragraph]


def texts_of(document: Document, layout: Layout) -> dict[StyleName, str]:
    """What stands in each element of the header; one that is not there is missing or empty."""
    number = document.number.strip()
    if number.isdecimal():
        number = number.zfill(layout.number_digits)
    found: dict[StyleName, str] = {
        name: style.text for name, style in layout.styles.items() if "{" not in style.text
    }
    found["parent_body"] = _line(document.parent_body)
    found["body"] = _line(document.body)
    found["number"] = layout.styles["number"].text.format(
        number=plain(number) or _ROOM, symbol=plain(document.symbol)
    )
    found["place_date"] = f"{plain(document.place)}, {day_in_words(document.dated)}"
    found["document_title"] = _line(document.title)
    found["subject"] = _line(document.subject)
    if not document.internal:
        del found["circulation"]
    return {
        name: text.upper() if layout.styles[name].capitals else text for name, text in found.items()
    }


def day_in_words(dated: date | None) -> str:
    """`ngày 05 tháng 01 năm 2026`: days under 10 and the months 1 and 2 have a zero before them."""
    if dated is None:
        return f"ngày{_ROOM}tháng{_ROOM}năm 20{_ROOM[:2]}"
    month = f"{dated.month:02}" if dated.month < 3 else f"{dated.month}"
    return f"ngày {dated.day:02} tháng {month} năm {dated.year}"


def write_header(file: WordFile, document: Document, layout: Layout) -> None:
    """Add everything that stands above the text."""
    texts = texts_of(document, layout)
    full = layout.page.text_width * _POINTS_PER_MM
    right = _right_width(layout, texts, full)
    rows = [row for row in layout.header if _filled(row, texts)]
    table = grid(file, (full - right, right), len(rows))
    for row, cells in zip(rows, table.rows, strict=True):
        for items, cell, room in zip(
            (row.left, row.right), cells.cells, (full - right, right), strict=True
        ):
            _stacked(Stack(cell).add, items, texts, layout, room)
    _stacked(file.add_paragraph, layout.heading_block, texts, layout, full)
    _addressees(file, document.addressees, layout)


def named(paragraphs: Sequence[str], listing: Listing) -> list[str]:
    """Names of a list, each with a dash before it and its sign after it."""
    shown = [text.rstrip(" .;,") for name in paragraphs for text in lines(name)]
    ends = [listing.between] * (len(shown) - 1) + [listing.last]
    return [f"- {text}{end}" for text, end in zip(shown, ends, strict=True)] if shown else []


def _addressees(file: WordFile, names: tuple[str, ...], layout: Layout) -> None:
    if not names:
        return
    label, style = layout.addressees.label, STYLE_NAMES["addressees"]
    italic = layout.styles["addressees_label"].italic
    if len(names) == 1:
        paragraph = file.add_paragraph(style=style)
        paragraph.add_run(label).italic = italic
        paragraph.add_run(f" {_line(names[0])}")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return
    shown = [file.add_paragraph(label, style=STYLE_NAMES["addressees_label"])]
    shown += [file.add_paragraph(text, style=style) for text in named(names, layout.addressees)]
    for paragraph in shown:
        paragraph.paragraph_format.left_indent = Mm(_INDENT)


def _stacked(
    add: Add, items: Sequence[Item], texts: dict[StyleName, str], layout: Layout, room: float
) -> None:
    """Put elements one under the other, each as narrow as its lines allow.

    Args:
        add: puts one below.
        items: which, from above.
        texts: what stands in them.
        layout: how they look.
        room: points from side to side.
    """
    usable = room - _GAP
    for item in items:
        if isinstance(item, Rule):
            over = texts.get(item.rule, "")
            if over:
                style = layout.styles[item.rule]
                length = _longest(over, style, usable) * item.share
                rule(add("", STYLE_NAMES[item.rule]), length, room)
            continue
        text = texts.get(item, "")
        if not text:
            continue
        style = layout.styles[item]
        paragraph = add(text, STYLE_NAMES[item])
        if item == "circulation":
            box(paragraph, width(text, face_of(style), style.size), room)
        elif width(text, face_of(style), style.size) > usable:
            # A point more than measured: a printer's own font may be a trace wider.
            narrow(paragraph, balanced(text, face_of(style), style.size, usable) + 1, room)


def _longest(text: str, style: Style, room: float) -> float:
    """Points of the longest line of a text."""
    face = face_of(style)
    narrowed = balanced(text, face, style.size, room)
    return max(width(line, face, style.size) for line in wrapped(text, face, style.size, narrowed))


def face_of(style: Style) -> Face:
    """Which widths an element's letters have."""
    return "serif-bold" if style.bold else "serif-italic" if style.italic else "serif"


def _right_width(layout: Layout, texts: dict[StyleName, str], full: float) -> float:
    """Points for the right stacks: enough for their lines, and no less than half."""
    needed = [
        width(texts[item], face_of(layout.styles[item]), layout.styles[item].size)
        for row in layout.header
        for item in row.right
        if not isinstance(item, Rule) and item in texts
    ]
    return min(max(full / 2, *(one + 2 * _GAP for one in needed)), full * 0.6)


def _filled(row: HeaderRow, texts: dict[StyleName, str]) -> bool:
    return any(not isinstance(item, Rule) and texts.get(item) for item in (*row.left, *row.right))


def _line(text: str) -> str:
    return " ".join(lines(text))
