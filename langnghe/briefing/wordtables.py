"""Tables and charts in a Word file."""

# ruff: noqa: SLF001 -- as in wordparts
from __future__ import annotations

from io import BytesIO
from typing import Final

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from langnghe.briefing.cells import lines, plain
from langnghe.briefing.charts import draw
from langnghe.briefing.content import Chart, Table
from langnghe.briefing.layout import Layout
from langnghe.briefing.tablefit import figure_columns, fit, written
from langnghe.briefing.wordparts import describe, field, fix_widths, repeated, shade, whole
from langnghe.briefing.wordstyles import STYLE_NAMES

_POINTS_PER_MM: Final = 72 / 25.4
_SIDES: Final = 12.0
"""Points that a cell keeps free, left and right together."""
_SMALLEST: Final = 9
_SHORT: Final = 12
"""Rows, with the head, that are kept on one page."""
_HEAD_COLOUR: Final = "E7E6E6"


class Numbered:
    """Counts the tables and charts of a document, and writes them."""

    def __init__(self, file: WordFile, layout: Layout) -> None:
        self._file, self._layout = file, layout
        self._tables = self._charts = 0

    def table(self, table: Table) -> None:
        """A table with its title above and its note below."""
        self._tables += 1
        self._caption("Bảng", self._tables, table.title, above=True)
        cells, figures = written(table), figure_columns(table)
        room = self._layout.page.text_width * _POINTS_PER_MM
        wanted = self._layout.styles["table"].size
        sizes = [wanted - step for step in range(int(wanted - _SMALLEST) + 1)]
        size, widths = fit(table, "serif-bold", sizes, room, _SIDES)
        made = self._file.add_table(len(cells), len(table.columns), style="Table Grid")
        fix_widths(made, widths)
        style = self._file.styles[STYLE_NAMES["table"]].style_id
        together = _together(len(cells), noted=bool(table.note))
        for row, (texts, line) in enumerate(zip(cells, made.rows, strict=True)):
            whole(line._tr)
            if row == 0:
                repeated(line._tr)
            for column, (text, cell) in enumerate(zip(texts, line.cells, strict=True)):
                paragraph = cell.paragraphs[0]
                # By its id: python-docx looks a name up anew for each of hundreds of cells.
                paragraph._p.style = style
                run = paragraph.add_run(text)
                run.font.size = None if size == wanted else Pt(size)
                if row in together:
                    paragraph.paragraph_format.keep_with_next = True
                if row == 0:
                    run.bold = True
                    shade(cell, _HEAD_COLOUR)
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                elif figures[column]:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        self._note(table.note)

    def chart(self, chart: Chart) -> None:
        """A picture with its title and its note below; of a table without any figure nothing."""
        if all(one is None for row in chart.table.rows for one in row[1:]):
            return
        self._charts += 1
        paragraph = self._file.add_paragraph(style=STYLE_NAMES["table"])
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = Pt(8)
        paragraph.paragraph_format.keep_with_next = True
        run = paragraph.add_run()
        run.add_picture(BytesIO(draw(chart)), width=Mm(self._layout.page.text_width))
        describe(run, f"Biểu đồ {self._charts}", plain(chart.alt))
        self._caption("Biểu đồ", self._charts, chart.table.title, above=False)
        self._note(chart.table.note)

    def _caption(self, label: str, count: int, title: str, *, above: bool) -> None:
        paragraph = self._file.add_paragraph(f"{label} ", style=STYLE_NAMES["caption"])
        # The name of a sequence is one word.
        field(paragraph, f"SEQ {label.replace(' ', '_')} \\* ARABIC", str(count))
        if title:
            paragraph.add_run(f". {' '.join(lines(title))}")
        paragraph.paragraph_format.keep_with_next = above

    def _note(self, note: str) -> None:
        if note:
            self._file.add_paragraph(plain(note), style=STYLE_NAMES["note"])


def _together(rows: int, *, noted: bool) -> set[int]:
    """The rows that stay on one page with what follows them.

    A short table is not parted; of a longer one neither head nor last row stands alone, nor the
    note below it.
    """
    last = rows - 1
    kept = set(range(last)) if rows <= _SHORT else {0, 1, last - 1}
    return kept | {last} if noted else kept
