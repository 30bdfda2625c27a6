"""Parts of a Word file that python-docx has no name for: rules, boxes, fields, plain grids."""

# ruff: noqa: SLF001 -- python-docx opens its XML only under names with an underscore
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from docx.document import Document as WordFile
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from langnghe.briefing.wordstyles import RULE

_BOX_ROOM: Final = 10.0
"""Points between a box's text and its sides, both together."""


class Stack:
    """Paragraphs of a cell, one under the other: a cell is born with an empty one."""

    def __init__(self, cell: _Cell) -> None:
        self._cell = cell
        self._used = False

    def add(self, text: str, style: str) -> Paragraph:
        """Put one below."""
        paragraph: Paragraph = (
            self._cell.add_paragraph() if self._used else self._cell.paragraphs[0]
        )
        self._used = True
        paragraph.style = style
        if text:
            paragraph.add_run(text)
        return paragraph


def grid(file: WordFile, widths: Sequence[float], rows: int) -> Table:
    """A table without lines, to put texts side by side; each row stays on one page.

    Args:
        file: it is added at its end.
        widths: of the columns, in points.
        rows: how many.
    """
    table: Table = file.add_table(rows, len(widths))
    fix_widths(table, widths)
    margins = (
        f'<w:tblCellMar {nsdecls("w")}><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
    )
    properties = table._tbl.tblPr
    properties.insert_element_before(parse_xml(margins), "w:tblLook")
    for row in table.rows:
        whole(row._tr)
    return table


def fix_widths(table: Table, widths: Sequence[float]) -> None:
    """Let the columns have these widths in points, whatever stands in them."""
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Pt(width)
    total = table._tbl.tblPr.find(qn("w:tblW"))
    if total is not None:
        total.set(qn("w:type"), "dxa")
        total.set(qn("w:w"), str(round(20 * sum(widths))))


def whole(row: BaseOxmlElement) -> None:
    """Keep a table's row on one page."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]  # CT_Row


def repeated(row: BaseOxmlElement) -> None:
    """Let a row stand again at the top of each page that its table goes on to."""
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]  # CT_Row


def narrow(paragraph: Paragraph, length: float, room: float) -> None:
    """Give a centred paragraph only so many of the points that there are."""
    side = Pt(max(0.0, (room - length) / 2))
    paragraph.paragraph_format.left_indent = side
    paragraph.paragraph_format.right_indent = side


def rule(paragraph: Paragraph, length: float, room: float) -> None:
    """Make an empty paragraph a centred line.

    Args:
        paragraph: is empty.
        length: of the line, in points.
        room: between the sides of what it stands in, in points.
    """
    paragraph.style = RULE
    narrow(paragraph, length, room)


def box(paragraph: Paragraph, length: float, room: float) -> None:
    """Put a line around a paragraph whose text is `length` points long."""
    narrow(paragraph, length + _BOX_ROOM, room)
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="1" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right")
    )
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"),
        *("w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr", "w:sectPr"),
    )


def field(paragraph: Paragraph, code: str, shown: str) -> Run:
    """Add something that Word works out itself, such as a page number.

    Args:
        paragraph: where it stands.
        code: `PAGE`.
        shown: until Word works it out.
    """
    run = paragraph.add_run(shown)
    simple: Any = OxmlElement("w:fldSimple")
    simple.set(qn("w:instr"), code)
    run._r.addprevious(simple)
    simple.append(run._r)
    return run


def describe(run: Run, name: str, alt: str) -> None:
    """Say what a picture shows, for who cannot see it, and let nothing lie around it."""
    for inline in run._r.iter(qn("wp:inline")):
        # LibreOffice takes an eighth of an inch where nothing is said.
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
    for properties in run._r.iter(qn("wp:docPr")):
        properties.set("name", name)
        properties.set("descr", alt)


def unnumber(paragraph: Paragraph) -> None:
    """Take the number away that a paragraph has from its style."""
    numbers = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # type: ignore[attr-defined]
    numbers.get_or_add_ilvl().val = 0
    numbers.get_or_add_numId().val = 0


def count_pages(section: Section, *, anew: bool) -> None:
    """Count a section's pages from 1, or on from the section before.

    python-docx makes a section like the one before, which may count anew.
    """
    properties = section._sectPr
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    if anew:
        start: Any = OxmlElement("w:pgNumType")
        start.set(qn("w:start"), "1")
        properties.insert_element_before(
            start, "w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg", "w:docGrid"
        )


def shade(cell: _Cell, colour: str) -> None:
    """Colour a cell's ground."""
    ground: Any = parse_xml(
        f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>'
    )
    cell._tc.get_or_add_tcPr().append(ground)
