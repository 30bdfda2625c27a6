"""The text of a Word file, its numbers and its end, held against a layout."""

# ruff: noqa: SLF001 -- as in wordparts
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.section import Section
from docx.text.paragraph import Paragraph

from langnghe.briefing.checking import MM, Check, listed, name_of, span, style_of
from langnghe.briefing.layout import Layout, within
from langnghe.briefing.wordreading import in_table, paragraphs, shape
from langnghe.briefing.wordstyles import BULLET, STYLE_NAMES

_FORMATS: Final = {"upperRoman": "roman", "decimal": "decimal", "lowerLetter": "letter"}
_ALIGNED: Final = {
    WD_ALIGN_PARAGRAPH.CENTER: "center",
    WD_ALIGN_PARAGRAPH.JUSTIFY: "justify",
    WD_ALIGN_PARAGRAPH.LEFT: "left",
}


def check_text(file: WordFile, layout: Layout) -> Iterator[Check]:
    """Sides, first line, distances."""
    texts = [one for one in file.paragraphs if style_of(one) == STYLE_NAMES["text"] and one.text]
    aligned = {_ALIGNED.get(shape(one, "alignment"), "left") for one in texts}
    wanted = layout.styles["text"].align
    yield Check("Lời văn canh đều hai lề", aligned <= {wanted}, ", ".join(sorted(aligned)))
    first = {round((shape(one, "first_line_indent") or 0) / MM, 1) for one in texts}
    limits = layout.first_line.limits
    yield Check(
        f"Dòng đầu thụt {span(limits)} mm",
        all(within(one, limits, 0.1) for one in first),
        listed(first),
    )
    before = {
        round(((shape(one, "space_before") or 0) + (shape(one, "space_after") or 0)) / 12_700, 1)
        for one in texts
    }
    least = layout.styles["text"].before
    yield Check(f"Cách đoạn từ {least:g} pt", all(one >= least for one in before), listed(before))
    yield _spacing(texts, layout)


def _spacing(texts: list[Paragraph], layout: Layout) -> Check:
    rule, limits = layout.line_spacing.rule, layout.line_spacing.limits
    found = set()
    holds = True
    for one in texts:
        exact = shape(one, "line_spacing_rule") == WD_LINE_SPACING.EXACTLY
        spacing = shape(one, "line_spacing") or 1.0
        value = float(spacing.pt if hasattr(spacing, "pt") else spacing)
        holds &= exact == (rule == "exact") and within(value, limits, 0.01)
        found.add(round(value, 2))
    unit = "chính xác {} pt" if rule == "exact" else "{} dòng"
    return Check(f"Cách dòng {unit.format(span(limits))}", holds, listed(found))


def check_numbers(file: WordFile, layout: Layout) -> Iterator[Check]:
    """The numbers of headings are Word's own, in the layout's form."""
    numbering: Any = file.part.numbering_part.element
    found = {}
    for level in numbering.iter(qn("w:lvl")):
        style = level.find(qn("w:pStyle"))
        form, text = level.find(qn("w:numFmt")), level.find(qn("w:lvlText"))
        if style is not None and form is not None and text is not None:
            found[style.get(qn("w:val"))] = (form.get(qn("w:val")), text.get(qn("w:val")))
    for place, wanted in enumerate(layout.numbering, start=1):
        form, pattern = found.get(f"Heading{place}", ("", ""))
        yield Check(
            f"Đề mục cấp {place} đánh số {_example(wanted.format, wanted.pattern)}",
            (_FORMATS.get(form), pattern) == (wanted.format, wanted.pattern),
            _example(_FORMATS.get(form, ""), pattern),
        )


def check_page_numbers(file: WordFile, layout: Layout) -> Iterator[Check]:
    """Centred at the top, from the second page on."""
    section = file.sections[0]
    head = section.header
    fields = [one for one in head.paragraphs if "PAGE" in _codes(one)]
    yield Check(
        "Số trang ở giữa lề trên",
        any(shape(one, "alignment") == WD_ALIGN_PARAGRAPH.CENTER for one in fields),
        f"{len(fields)} chỗ ghi số trang",
    )
    first = section.first_page_header
    hidden = section.different_first_page_header_footer and not any(
        "PAGE" in _codes(one) for one in first.paragraphs
    )
    yield Check("Trang đầu không ghi số trang", hidden, "không ghi" if hidden else "có ghi")
    distance = (section.header_distance or 0) / MM
    limit = layout.page.number_from_edge
    yield Check(
        f"Số trang cách mép trên {limit:g} mm", abs(distance - limit) < 0.2, f"{distance:.1f}"
    )
    starts = [_anew(one) for one in file.sections[1:]]
    wanted = [place == 0 or layout.appendix.pages == "each" for place in range(len(starts))]
    if starts:
        rule = "riêng từng phụ lục" if layout.appendix.pages == "each" else "riêng cho phần phụ lục"
        yield Check(f"Số trang phụ lục đánh {rule}", starts == wanted, f"{starts.count(True)} lần")


def check_ending(file: WordFile, layout: Layout) -> Iterator[Check]:
    """Who signs and who gets it; the sign that ends the text."""
    body = [one for one in paragraphs(file) if name_of(one) == "recipients"]
    names = [one.text for one in body]
    between, last = layout.recipients.between, layout.recipients.last
    ends = [between] * (len(names) - 1) + [last]
    yield Check(
        f"Nơi nhận: mỗi dòng «- …{between}», dòng cuối «{last}»",
        all(
            name.startswith("- ") and name.endswith(end)
            for name, end in zip(names, ends, strict=False)
        ),
        "; ".join(name[-1:] for name in names),
    )
    for one in paragraphs(file):
        if name_of(one) == "authority" and re.match(r"T/?M|K/?T|T/?L", one.text):
            sign = r"\w/\w " if layout.signs == "slash" else r"\w\w\. "
            form = "T/M" if layout.signs == "slash" else "TM."
            yield Check(f"Ký thay ghi {form}", bool(re.match(sign, one.text)), one.text)
    texts = [one for one in file.paragraphs if style_of(one) in {STYLE_NAMES["text"], BULLET}]
    # The appendix has paragraphs too: the text ends before the signatures.
    signed = next((one for one in reversed(file.tables) if _signs(one)), None)
    before = [one for one in texts if signed is None or _precedes(one, signed)]
    if before:
        last = before[-1].text
        ended = last.endswith(layout.text_end) and (
            layout.text_end != "." or not last.endswith("./.")
        )
        yield Check(f"Lời văn kết thúc bằng «{layout.text_end}»", ended, last[-12:])


def _signs(table: Any) -> bool:
    return any(name_of(one) in {"position", "authority"} for one in in_table(table))


def _precedes(paragraph: Paragraph, table: Any) -> bool:
    return any(one is table._tbl for one in paragraph._p.itersiblings())


def _anew(section: Section) -> bool:
    properties: Any = section._sectPr
    start = properties.find(qn("w:pgNumType"))
    return start is not None and start.get(qn("w:start")) == "1"


def _codes(paragraph: Paragraph) -> str:
    """What a paragraph's fields work out."""
    element: Any = paragraph._p
    simple = [one.get(qn("w:instr")) for one in element.iter(qn("w:fldSimple"))]
    return " ".join([*simple, *(one.text or "" for one in element.iter(qn("w:instrText")))])


def _example(form: str, pattern: str) -> str:
    first = {"roman": "I", "decimal": "1", "letter": "a"}.get(form, "?")
    return re.sub(r"%\d", lambda match: first if match.end() >= len(pattern) - 1 else "1", pattern)
