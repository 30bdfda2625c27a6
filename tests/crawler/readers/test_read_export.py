"""Exports: CSV, XLSX, JSON Lines."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.errors import ConfigError
from langnghe.core.models import Channel, PostKind, TimePrecision
from langnghe.core.settings import FileColumns, FileSource
from langnghe.crawler.items import Published, RawItem
from langnghe.crawler.readers.export import BadRow, read_file

FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PAGE = "https://mang.example/nhom/binh-lu"
COLUMNS = FileColumns(
    text="Nội dung",
    native_id="Mã",
    title="Tiêu đề",
    published_at="Thời gian",
    parent_id="Trả lời cho",
    reactions="Lượt thích",
)
HEADER = ["Người đăng", "Mã", "Tiêu đề", "Nội dung", "Thời gian", "Trả lời cho", "Lượt thích"]
ROWS: list[list[Any]] = [
    ["Ai đó", "17", "Đường", "Đường vào bản lầy lội\nmấy hôm nay", "20/11/2026 09:30", "", "1.204"],
    ["Ai đó", "18", "", "Đúng rồi; chán quá", "hôm qua", "17", ""],
    ["Ai đó", "19", "", "   ", "", "17", "3"],
]
EXPECTED = [
    RawItem(
        native=("file", PAGE, "17"),
        thread=("file", PAGE, "17"),
        kind=PostKind.OPENING,
        url=PAGE,
        text="Đường vào bản lầy lội\nmấy hôm nay",
        title="Đường",
        published=Published(
            datetime(2026, 11, 20, 9, 30, tzinfo=LOCAL_ZONE).astimezone(UTC), TimePrecision.MINUTE
        ),
        reactions=1204,
    ),
    RawItem(
        native=("file", PAGE, "18"),
        thread=("file", PAGE, "17"),
        kind=PostKind.REPLY,
        url=PAGE,
        text="Đúng rồi; chán quá",
        parent=("file", PAGE, "17"),
        published=Published(datetime(2026, 11, 19, 17, 0, tzinfo=UTC), TimePrecision.DAY),
    ),
]


def source(columns: FileColumns = COLUMNS, **settings: Any) -> FileSource:
    return FileSource(
        channel=Channel.FILE,
        name="nhom",
        title="Nhóm",
        path="*.csv",
        columns=columns,
        public_page=PAGE,
        **settings,
    )


def read(path: Path, settings: FileSource | None = None) -> list[RawItem | BadRow]:
    return list(read_file(path, settings or source(), FETCHED_AT))


def as_csv(delimiter: str = ",") -> str:
    def quoted(cell: str) -> str:
        return f'"{cell}"' if any(sign in cell for sign in ',;\n"\t') else cell

    return "".join(f"{delimiter.join(map(quoted, row))}\r\n" for row in [HEADER, *ROWS])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_csv_in_any_dialect_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    path = tmp_path / "a.csv"
    text = as_csv(delimiter)
    if encoding == "cp1258":
        text = for_cp1258(text)
    path.write_bytes(text.encode(encoding))
    # The header is line 1, and the first row takes two lines.
    assert read(path) == [*EXPECTED, BadRow(5, "thiếu nội dung")]


def for_cp1258(text: str) -> str:
    """Windows-1258 has the five tones as combining characters only."""
    kept = []
    for char in unicodedata.normalize("NFC", text):
        try:
            char.encode("cp1258")
            kept.append(char)
        except UnicodeEncodeError:
            base, tone = split_tone(char)
            kept.append(base + tone)
    return "".join(kept)


def split_tone(char: str) -> tuple[str, str]:
    parts = unicodedata.normalize("NFD", char)
    tone = next(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", parts.replace(tone, "")), tone


def test_jsonl(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS]
    path.write_text("\n".join([*rows, "", "{broken", "[1]", "[" * 5000]), encoding="utf-8")
    assert read(path) == [
        *EXPECTED,
        BadRow(3, "thiếu nội dung"),
        BadRow(5, "không đúng dạng JSON"),
        BadRow(6, "không phải một đối tượng JSON"),
        BadRow(7, "không đúng dạng JSON"),
    ]


def test_xlsx(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Bài đăng")
    sheet.append(HEADER)
    moment = datetime(2026, 11, 20, 9, 30)  # noqa: DTZ001  (spreadsheets know no zones)
    sheet.append(["Ai đó", 17, "Đường", ROWS[0][3], moment, None, 1204])
    sheet.append([None] * 7)
    sheet.append(["Ai đó", 18.0, None, ROWS[1][3], datetime(2026, 11, 20), 17])  # noqa: DTZ001
    book.save(path)
    first, second = read(path, source(sheet="Bài đăng"))
    assert isinstance(first, RawItem)
    assert first.native == EXPECTED[0].native
    assert first.reactions == 1204
    assert first.published == Published(
        datetime(2026, 11, 20, 2, 30, tzinfo=UTC), TimePrecision.SECOND
    )
    assert second == EXPECTED[1]
    with pytest.raises(ConfigError, match=r"không có trang tính 'Khác'.*Bài đăng"):
        read(path, source(sheet="Khác"))


def test_rows_without_a_number_are_known_by_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "text,url\nMột,https://f.example/chu-de-5\nMột,https://f.example/chu-de-5\nHai,\n",
        encoding="utf-8",
    )
    first, again, other = read(path, source(FileColumns(text="text", url="url")))
    assert isinstance(first, RawItem)
    assert isinstance(other, RawItem)
    assert first == again
    assert first.native != other.native
    assert first.thread == ("page", "https://f.example/chu-de-5")
    # A row's own address may be that of a private person's post.
    assert first.url == PAGE
    assert other.thread == ("page", PAGE)


def test_a_column_is_found_in_other_letters_too(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("TEXT;mã;Mã\nMột;1;2\n", encoding="utf-8")
    (item,) = read(path, source(FileColumns(text="text", native_id="Mã")))
    assert isinstance(item, RawItem)
    # As written comes first.
    assert (item.text, item.native[-1]) == ("Một", "2")


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text;số\nMột;1\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read(path, source(FileColumns(text="text", native_id="Mã")))
    assert caught.value.line == 1
    assert "không có cột tên 'Mã'" in str(caught.value)
    assert "text, số" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.pdf", b"%PDF"),
        ("a.csv", b""),
        ("a.xlsx", b"no zip"),
        ("b.xlsx", b"PK\x05\x06" + b"\0" * 18),
        ("missing.csv", None),
        ("missing.xlsx", None),
    ],
)
def test_what_is_no_export_is_said(tmp_path: Path, name: str, body: bytes | None) -> None:
    path = tmp_path / name
    if body is not None:
        path.write_bytes(body)
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_rows_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("text\n")
        file.writelines(f"Dòng {number}\n" for number in range(200_000))
    rows = read_file(path, source(FileColumns(text="text")), FETCHED_AT)
    texts = [row.text for row in islice(rows, 3) if isinstance(row, RawItem)]
    assert texts == ["Dòng 0", "Dòng 1", "Dòng 2"]


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ending=st.sampled_from(["csv", "jsonl", "xlsx", "tsv"]),
    body=st.binary(max_size=200) | st.text("text,;\n\"' {}[]:0a\0é", max_size=200).map(str.encode),
)
def test_any_file_gives_rows_or_says_why(tmp_path: Path, ending: str, body: bytes) -> None:
    path = tmp_path / f"any.{ending}"
    path.write_bytes(b"text\n" + body if ending != "xlsx" else body)
    rows: list[RawItem | BadRow] = []
    with suppress(ConfigError):
        rows = read(path, source(FileColumns(text="text")))
    assert all(isinstance(row, RawItem | BadRow) for row in rows)
