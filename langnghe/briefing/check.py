"""Whether a Word file keeps the rules of a layout: read back, as it is after people edited it.

An element of the layout is known by its style; what has no style of the layout counts as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Final
from zipfile import BadZipFile

import docx
from docx.document import Document as WordFile
from docx.opc.exceptions import OpcError
from docx.text.paragraph import Paragraph

from langnghe.briefing.checking import MM, Check, marks_of, name_of, span, style_of
from langnghe.briefing.checktext import (
    check_ending,
    check_numbers,
    check_page_numbers,
    check_text,
)
from langnghe.briefing.layout import Item, Layout, Limits, Rule, StyleName, within
from langnghe.briefing.measure import balanced, width, wrapped
from langnghe.briefing.wordheader import face_of
from langnghe.briefing.wordreading import fonts, in_table, look, paragraphs, shape
from langnghe.briefing.wordstyles import APPENDIX_HEADING, RULE, STYLE_NAMES
from langnghe.core.errors import LangNgheError

_DATE: Final = re.compile(
    r"[^,]+, ngày(?: (?P<day>\d\d) |\s+)tháng(?: (?P<month>\d\d?) |\s+)năm (?:\d{4}|20\s+)"
)
_MIXED: Final[frozenset[StyleName]] = frozenset(("text", "addressees"))
_SIDES: Final = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}
_SHARE_TOLERANCE: Final = 0.04


class NoWordFile(LangNgheError):  # noqa: N818  what is so, not a fault of who asks
    """A file that was to be checked is no Word file."""

    def __init__(self) -> None:
        super().__init__(
            "Tệp này không phải tệp DOCX. Hãy mở tệp bằng Word, lưu lại dạng .docx rồi kiểm tra."
        )


def check_docx(content: bytes, layout: Layout) -> list[Check]:
    """Every rule of the layout that a Word file can be held to.

    Raises:
        NoWordFile: it is something else.
    """
    try:
        file = docx.Document(BytesIO(content))
    except (BadZipFile, KeyError, ValueError, OpcError):
        raise NoWordFile from None
    return [
        *_page(file, layout),
        *_looks(file, layout),
        *_header(file, layout),
        *check_text(file, layout),
        *check_numbers(file, layout),
        *check_page_numbers(file, layout),
        *check_ending(file, layout),
    ]


def _page(file: WordFile, layout: Layout) -> Iterator[Check]:
    page = layout.page
    for side in ("top", "bottom", "left", "right"):
        limits: Limits = getattr(page, side).limits
        found = sorted({getattr(one, f"{side}_margin") / MM for one in file.sections})
        yield Check(
            f"Lề {_SIDES[side]} {span(limits)} mm",
            all(within(one, limits, 0.1) for one in found),
            ", ".join(f"{one:.1f}" for one in found),
        )
    sheets = {(_mm(one.page_width), _mm(one.page_height)) for one in file.sections}
    wanted = (page.width, page.height)
    yield Check(
        f"Khổ giấy {page.width:.0f} × {page.height:.0f} mm",
        all(abs(one[0] - wanted[0]) < 0.5 and abs(one[1] - wanted[1]) < 0.5 for one in sheets),
        ", ".join(f"{one[0]:.0f} × {one[1]:.0f}" for one in sheets),
    )


def _looks(file: WordFile, layout: Layout) -> Iterator[Check]:
    """One font everywhere; each element's size and weight."""
    found: dict[StyleName, set[tuple[float, bool, bool, bool]]] = {}
    used: set[str] = set()
    for paragraph in paragraphs(file):
        name = name_of(paragraph)
        for run in paragraph.runs:
            if not run.text.strip():
                continue
            used |= fonts(run, paragraph)
            # Tables are as small as they need; headings of appendices are under no rule.
            if name != "table" and style_of(paragraph) != APPENDIX_HEADING:
                seen = look(run, paragraph)
                kept = (seen.size, seen.bold, seen.italic, seen.underline)
                found.setdefault(name, set()).add(kept)
    yield Check(f"Phông chữ {layout.font}", used == {layout.font}, ", ".join(sorted(used)))
    for name, seen_looks in found.items():
        style = layout.styles.get(name)
        if style is None:
            yield Check(f"Không dùng kiểu «{STYLE_NAMES[name]}»", holds=False, found="có dùng")
            continue
        marks = (style.bold, style.italic, style.underline)
        yield Check(
            f"{STYLE_NAMES[name]}: cỡ {span(style.limits)}, {marks_of(*marks)}",
            all(
                # Within text and names single words may be set off.
                within(size, style.limits) and (name in _MIXED or tuple(rest) == marks)
                for size, *rest in seen_looks
            ),
            "; ".join(f"{size:g}, {marks_of(*rest)}" for size, *rest in sorted(seen_looks)),
        )


def _header(file: WordFile, layout: Layout) -> Iterator[Check]:
    """Who issues it, number, place and date: in their order, with lines of the right length."""
    if not file.tables:
        yield Check("Phần đầu văn bản", holds=False, found="không có")
        return
    head = file.tables[0]
    for side, which in (("left", 0), ("right", 1)):
        wanted = [item for row in layout.header for item in getattr(row, side)]
        seen = [
            paragraph
            for row in head.rows
            for paragraph in row.cells[which].paragraphs
            if paragraph.text.strip() or style_of(paragraph) == RULE
        ]
        optional = {"circulation"}
        order = [_kind(item) for item in wanted]
        found = [RULE if style_of(one) == RULE else style_of(one) for one in seen]
        least = [_kind(item) for item in wanted if item not in optional]
        yield Check(
            f"Phần đầu, bên {'trái' if which == 0 else 'phải'}: {', '.join(order)}",
            found in (order, least),
            ", ".join(found),
        )
        room = sum(cell.width or 0 for cell in head.rows[0].cells[which : which + 1]) / 12_700
        yield from _rules(seen, wanted, layout, room)
    texts = {name_of(one): one.text for one in in_table(head)}
    yield from _fixed(texts, layout)
    block = [
        one for one in file.paragraphs if name_of(one) in _kinds(layout) or style_of(one) == RULE
    ]
    room = layout.page.text_width * 72 / 25.4
    yield from _rules(block, list(layout.heading_block), layout, room)


def _fixed(texts: dict[StyleName, str], layout: Layout) -> Iterator[Check]:
    """Number and date as the layout writes them."""
    pattern = re.escape(layout.styles["number"].text)
    pattern = pattern.replace(re.escape("{number}"), rf"(?:\d{{{layout.number_digits},}}|\s+)")
    pattern = pattern.replace(re.escape("{symbol}"), r"\S+")
    number = texts.get("number", "")
    yield Check(
        f"Số và ký hiệu dạng «{layout.styles['number'].text}»",
        bool(re.fullmatch(pattern, number)),
        number,
    )
    dated = texts.get("place_date", "")
    match = _DATE.fullmatch(dated)
    month = match.group("month") if match else None
    yield Check(
        "Ngày dưới 10 và tháng 1, 2 có số 0 ở trước",
        bool(match) and (month is None or (len(month) == 2) == (int(month) < 3 or int(month) > 9)),
        dated,
    )


def _rules(
    seen: list[Paragraph], wanted: list[Item], layout: Layout, room: float
) -> Iterator[Check]:
    """The lines under texts, against the longest line of their text."""
    lines = [one for one in seen if style_of(one) == RULE]
    rules = [item for item in wanted if isinstance(item, Rule)]
    for line, rule in zip(lines, rules, strict=False):
        over = next((one.text for one in seen if name_of(one) == rule.rule), "")
        style = layout.styles[rule.rule]
        face = face_of(style)
        narrowed = balanced(over, face, style.size, room)
        longest = max(
            (width(one, face, style.size) for one in wrapped(over, face, style.size, narrowed)),
            default=0.0,
        )
        indents = shape(line, "left_indent") or 0, shape(line, "right_indent") or 0
        length = room - sum(indents) / 12_700
        share = length / longest if longest else 0.0
        yield Check(
            f"Đường kẻ dưới «{STYLE_NAMES[rule.rule]}» dài {_share(rule.limits)} dòng chữ",
            within(share, rule.limits, _SHARE_TOLERANCE),
            f"{share:.2f}",
        )


def _kind(item: Item) -> str:
    return RULE if isinstance(item, Rule) else STYLE_NAMES[item]


def _kinds(layout: Layout) -> set[StyleName]:
    return {item for item in layout.heading_block if not isinstance(item, Rule)}


def _mm(length: int | None) -> float:
    return (length or 0) / MM


def _share(limits: Limits) -> str:
    return "bằng" if limits == (1, 1) else "1/3–1/2"
