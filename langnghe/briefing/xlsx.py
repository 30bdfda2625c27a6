"""The figures as a workbook: a sheet for each table, with numbers that can be counted on with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from langnghe.briefing.cells import NOT_SHOWN, is_share, lines, plain, shown
from langnghe.briefing.content import Table
from langnghe.briefing.zipped import settled

_CONTENTS: Final = "Mục lục"
_FONT: Final = "Times New Roman"
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME: Final = 31
"""Letters of a sheet's name; Excel allows no more."""
_WIDEST: Final = 60
_HEAD: Final = PatternFill("solid", fgColor="E7E6E6")
_SIDE: Final = Side("thin")
_THIN: Final = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
_NO_DAY: Final = date(1980, 1, 1)


def write_xlsx(title: str, tables: Sequence[Table], dated: date | None) -> bytes:
    """A workbook with a list of its tables, then a sheet for each.

    The same tables give the same bytes.

    Args:
        title: of the workbook.
        tables: each becomes a sheet named for its title.
        dated: stands as the day it was made.
    """
    book = Workbook()
    moment = datetime.combine(dated or _NO_DAY, time())
    book.properties.title, book.properties.creator = plain(title), "Lắng Nghe"
    book.properties.created = book.properties.modified = moment
    contents = book.active
    if not isinstance(contents, Worksheet):
        raise TypeError(f"a new workbook begins with {contents}")
    contents.title = _CONTENTS
    names = _names([table.title for table in tables])
    _contents(contents, title, tables, names)
    for name, table in zip(names, tables, strict=True):
        _sheet(book.create_sheet(name), table)
    saved = BytesIO()
    book.save(saved)
    return settled(saved.getvalue(), f"{dated or _NO_DAY}T00:00:00Z")


def _contents(sheet: Worksheet, title: str, tables: Sequence[Table], names: list[str]) -> None:
    _write(sheet.cell(1, 1), plain(title)).font = Font(_FONT, 14, bold=True)
    for row, (name, table) in enumerate(zip(names, tables, strict=True), start=3):
        cell = _write(sheet.cell(row, 1), " ".join(lines(table.title)))
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{name}'!A1")
        cell.font = Font(_FONT, 12, color="0563C1", underline="single")
    sheet.column_dimensions["A"].width = 90


def _sheet(sheet: Worksheet, table: Table) -> None:
    """Title, head, figures, note."""
    _write(sheet.cell(1, 1), " ".join(lines(table.title))).font = Font(_FONT, 13, bold=True)
    for column, name in enumerate(table.columns, start=1):
        cell = _write(sheet.cell(3, column), plain(name))
        cell.font, cell.fill, cell.border = Font(_FONT, 12, bold=True), _HEAD, _THIN
        cell.alignment = Alignment("center", "center", wrap_text=True)
    for row, values in enumerate(table.rows, start=4):
        for column, value in enumerate(values, start=1):
            cell = _write(sheet.cell(row, column), NOT_SHOWN if value is None else value)
            cell.font, cell.border = Font(_FONT, 12), _THIN
            cell.number_format = _format(value, table.columns[column - 1])
            is_text = isinstance(value, str)
            side = "left" if is_text else "right"
            cell.alignment = Alignment(side, "top", wrap_text=is_text)
    for offset, line in enumerate(lines(table.note)):
        row = len(table.rows) + 5 + offset
        _write(sheet.cell(row, 1), line).font = Font(_FONT, 11, italic=True)
    for column, name in enumerate(table.columns):
        texts = [name, *(shown(row[column], name) for row in table.rows)]
        longest = max(len(line) for text in texts for line in text.splitlines() or [""])
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(longest + 4, _WIDEST)
    sheet.freeze_panes = "B4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.page_setup.orientation = "landscape" if len(table.columns) > 5 else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0


def _write(cell: object, value: str | float | date) -> Cell:
    """Put a value into a cell; a text stays one, though it begins like a formula."""
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell} is no single cell")
    if isinstance(value, str):
        cell.value = plain(value)
        cell.data_type = "s"
    else:
        cell.value = value
    return cell


def _format(value: object, column: str) -> str:
    match value:
        case date():
            return "DD/MM/YYYY"
        case float():
            return "0.0%" if is_share(column) else "#,##0.0"
        case int():
            return "#,##0"
    return "General"


def _names(titles: Sequence[str]) -> list[str]:
    """Names of sheets: short, unlike each other, without the signs that Excel forbids."""
    found: list[str] = []
    taken = {_CONTENTS.casefold()}
    for place, title in enumerate(titles, start=1):
        name = " ".join(_FORBIDDEN.sub(" ", plain(title)).split()) or f"Bảng {place}"
        name = name[:_LONGEST_NAME].rstrip()
        if name.casefold() in taken:
            tail = f" ({place})"
            name = name[: _LONGEST_NAME - len(tail)].rstrip() + tail
        taken.add(name.casefold())
        found.append(name)
    return found
