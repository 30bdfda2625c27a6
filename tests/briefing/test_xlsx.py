from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from langnghe.briefing.content import Table
from langnghe.briefing.xlsx import write_xlsx
from tests.briefing import samples

TABLES = (samples.TOPICS, samples.WEEKS, samples.SHARES, samples.WIDE)


def sheets(*tables: Table) -> list[Worksheet]:
    book = openpyxl.load_workbook(BytesIO(write_xlsx("Số liệu", tables, samples.DATED)))
    return [book[name] for name in book.sheetnames]


def test_each_figure_stands_there_as_a_number() -> None:
    for table, sheet in zip(TABLES, sheets(*TABLES)[1:], strict=True):
        assert sheet["A1"].value == table.title
        head, *rows = sheet.iter_rows(3, 3 + len(table.rows), values_only=True)
        assert head == table.columns
        for row, seen in zip(table.rows, rows, strict=True):
            wanted = tuple(
                "–"
                if value is None
                else datetime(value.year, value.month, value.day)  # noqa: DTZ001  as openpyxl reads it
                if isinstance(value, date)
                else value
                for value in row
            )
            assert seen == wanted


def test_shares_and_days_are_written_as_such() -> None:
    _, weeks, shares = sheets(samples.WEEKS, samples.SHARES)
    assert weeks["A4"].number_format == "DD/MM/YYYY"
    assert shares["C4"].number_format == "0.0%"
    assert shares["B4"].number_format == "#,##0"


def test_a_list_leads_to_each_sheet() -> None:
    contents, *_ = sheets(*TABLES)
    links = [contents.cell(row, 1).hyperlink for row in range(3, 7)]
    assert [link.location if link else None for link in links] == [
        "'Bài, ý kiến thu thập được theo'!A1",
        "'Số bài, ý kiến theo tuần'!A1",
        "'Phản ánh, kiến nghị'!A1",
        "'Bài, ý kiến theo địa bàn, loại'!A1",
    ]


def test_no_text_becomes_a_formula_or_breaks_the_book() -> None:
    hostile = replace(
        samples.SHARES,
        title="'=[Bảng]:*?/\\" * 5,
        rows=(
            ('=HYPERLINK("http://a.example")', 1, 0.5),
            ("\x00\x08-1+1", 2, 0.5),
            ("@x", 3, None),
        ),
    )
    _, first, second = sheets(hostile, hostile)
    assert first["A4"].value == '=HYPERLINK("http://a.example")'
    assert first["A4"].data_type == "s"
    assert first["A5"].value == "-1+1"
    assert first.title != second.title


def test_the_same_tables_give_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_xlsx("Số liệu", TABLES, samples.DATED)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert write_xlsx("Số liệu", TABLES, samples.DATED) == first
    assert write_xlsx("Số liệu", TABLES, None) != first
