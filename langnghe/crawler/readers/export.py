"""Exports laid into a folder: CSV, XLSX and JSON Lines, read row by row.

Only the columns that the source names are taken out of a row; the others are never looked at.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.encoding import GarbledTextError, decode
from langnghe.core.errors import ConfigError
from langnghe.core.models import PostKind, TimePrecision
from langnghe.core.settings import FileSource
from langnghe.crawler import dates
from langnghe.crawler.addresses import canonical, is_personal
from langnghe.crawler.items import Published, RawItem
from langnghe.crawler.readers.export_kinds import (
    KINDS,
    day_of,
    find_column,
    is_private,
    is_required,
    wanted_columns,
)
from langnghe.crawler.readers.html import line, plain_text

MAX_LEGACY_BYTES = 64_000_000
"""A file that is not UTF-8 has to be held in memory to tell its encoding."""

_DELIMITERS = ",;\t|"
_KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".jsonl", ".ndjson")
_COUNT = re.compile(r"\d{1,9}|\d{1,3}(?:[.,\s]\d{3})+")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that holds no post. `line` counts from 1, the header included."""

    line: int
    reason: str


def read_file(path: Path, source: FileSource, fetched_at: datetime) -> Iterator[RawItem | BadRow]:
    """The rows of an export as items, in their order, without holding the file in memory.

    Args:
        path: the file; its ending says what it is.
        source: columns, sheet and the public page it was taken from.
        fetched_at: the time of reading, aware.

    Raises:
        ConfigError: the file cannot be read, is of another kind, or lacks a mapped column.
    """
    kind = path.suffix.lower()
    if kind not in _KINDS:
        raise ConfigError(
            path,
            None,
            f"{kind or 'tệp không có đuôi'!r} không phải loại tệp nhập được",
            f"Hãy dùng một trong các loại: {', '.join(_KINDS)}.",
        )
    try:
        if kind in {".xlsx", ".xlsm"}:
            rows = _xlsx_rows(path, source)
        elif kind in {".jsonl", ".ndjson"}:
            rows = _json_rows(path, source)
        else:
            rows = _csv_rows(path, source)
        for number, row in rows:
            yield row if isinstance(row, BadRow) else _item(number, row, source, fetched_at)
    except OSError as error:
        raise ConfigError(
            path, None, f"không đọc được tệp ({error.strerror})", "Hãy kiểm tra tệp và quyền đọc."
        ) from None


# --- kinds of file --------------------------------------------------------------------------


def _csv_rows(path: Path, source: FileSource) -> Iterator[tuple[int, Row | BadRow]]:
    lines = _lines(path)
    header = next(lines, "")
    delimiter = _delimiter(header, source)
    reader = csv.reader(_chain(header, lines), delimiter=delimiter)
    positions: dict[str, int] = {}
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield number, BadRow(number, f"không đúng dạng CSV ({error})")
            continue
        if not positions:
            positions = _positions(path, [cell.strip() for cell in cells], source)
        elif any(cells):
            yield number, {field: cells[at] for field, at in positions.items() if at < len(cells)}
    if not positions:
        raise _no_header(path)


def _xlsx_rows(path: Path, source: FileSource) -> Iterator[tuple[int, Row | BadRow]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ConfigError(
            path,
            None,
            f"không phải tệp XLSX ({type(error).__name__})",
            "Hãy lưu lại thành .xlsx hoặc .csv.",
        ) from None
    try:
        if source.sheet is not None and source.sheet not in book.sheetnames:
            raise ConfigError(
                path,
                None,
                f"không có trang tính {source.sheet!r}",
                f"Các trang tính trong tệp: {', '.join(book.sheetnames)}.",
            )
        sheet = book[source.sheet] if source.sheet is not None else book.worksheets[0]
        positions: dict[str, int] = {}
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            if not positions:
                if any(cell is not None for cell in cells):
                    header = [str(cell).strip() if cell is not None else "" for cell in cells]
                    positions = _positions(path, header, source, number)
            elif any(cell is not None for cell in cells):
                yield (
                    number,
                    {field: cells[at] for field, at in positions.items() if at < len(cells)},
                )
        if not positions:
            raise _no_header(path)
    finally:
        book.close()


def _json_rows(path: Path, source: FileSource) -> Iterator[tuple[int, Row | BadRow]]:
    wanted = wanted_columns(source)
    # Rows mostly have the same keys: columns are looked for where these change.
    keys: list[str] = []
    columns: dict[str, str] = {}
    for number, text in enumerate(_lines(path), start=1):
        if not text.strip():
            continue
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            yield number, BadRow(number, "không đúng dạng JSON")
            continue
        if not isinstance(entry, dict):
            yield number, BadRow(number, "không phải một đối tượng JSON")
            continue
        if list(entry) != keys:
            if is_private(entry):
                raise _private(path, number)
            keys = list(entry)
            found = {field: find_column(keys, names) for field, names in wanted.items()}
            columns = {field: name for field, name in found.items() if name is not None}
        yield number, {field: entry[name] for field, name in columns.items()}


def _positions(
    path: Path, header: list[str], source: FileSource, number: int = 1
) -> dict[str, int]:
    if is_private(header):
        raise _private(path, number)
    wanted = wanted_columns(source)
    found = {field: find_column(header, names) for field, names in wanted.items()}
    missing = [
        wanted[field][0]
        for field, name in found.items()
        if name is None and is_required(source, field)
    ]
    if missing:
        raise ConfigError(
            path,
            number,
            f"không có cột tên {', '.join(map(repr, missing))}",
            f"Các cột trong tệp: {', '.join(name for name in header if name)}. "
            "Hãy sửa `columns:` của nguồn này.",
        )
    return {field: header.index(name) for field, name in found.items() if name is not None}


def _private(path: Path, number: int) -> ConfigError:
    return ConfigError(
        path,
        number,
        "tệp có cột của tin nhắn riêng (người nhận, hội thoại)",
        "Dịch vụ chỉ đọc điều nói công khai: hãy bỏ tệp này ra khỏi thư mục và xóa nó.",
    )


def _no_header(path: Path) -> ConfigError:
    return ConfigError(path, 1, "tệp trống", "Dòng đầu phải là tên các cột.")


def _delimiter(header: str, source: FileSource) -> str:
    """The sign that makes the wanted columns out of the first line, else most columns at all."""
    wanted = wanted_columns(source).values()

    def fitting(sign: str) -> tuple[int, int]:
        try:
            cells = [cell.strip() for cell in next(csv.reader([header], delimiter=sign), [])]
        except csv.Error:
            return 0, 0
        return sum(find_column(cells, names) is not None for names in wanted), len(cells)

    return max(_DELIMITERS, key=fitting)


# --- text -----------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[str]:
    """The lines of a text file in whichever encoding, each with its line break."""
    encoding = _unicode_encoding(path)
    if encoding is not None:
        with path.open(encoding=encoding, newline="") as file:
            yield from file
        return
    if path.stat().st_size > MAX_LEGACY_BYTES:
        raise ConfigError(
            path, None, "tệp quá lớn mà không phải UTF-8", "Hãy lưu với bảng mã UTF-8."
        )
    try:
        text = decode(path.read_bytes(), None)
    except GarbledTextError:
        raise ConfigError(
            path, None, "không nhận ra bảng mã của tệp", "Hãy lưu với bảng mã UTF-8."
        ) from None
    yield from text.splitlines(keepends=True)


def _unicode_encoding(path: Path) -> str | None:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        with path.open(encoding="utf-8") as file:
            while file.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return None
    return "utf-8-sig"


def _chain(header: str, rest: Iterator[str]) -> Iterator[str]:
    if header:
        yield header
    yield from rest


# --- rows to items --------------------------------------------------------------------------


def _item(number: int, row: Row, source: FileSource, fetched_at: datetime) -> RawItem | BadRow:
    text = plain_text(_string(row.get("text")))
    if not text:
        return BadRow(number, "thiếu nội dung")
    page = canonical(source.public_page)
    native_id, parent_id = _string(row.get("native_id")), _string(row.get("parent_id"))
    published = _published(row.get("published_at"), source, fetched_at)
    parent = ("file", page, parent_id) if parent_id else None
    stands_on = _thread_page(_string(row.get("url")))
    if native_id:
        native: tuple[str, ...] = ("file", page, native_id)
    else:
        native = ("file", page, stands_on or "", _string(row.get("published_at")), text)
    if stands_on:
        thread: tuple[str, ...] = ("page", stands_on)
    else:
        thread = parent or (native if native_id else ("page", page))
    return RawItem(
        native=native,
        thread=thread,
        kind=PostKind.REPLY if parent else PostKind.OPENING,
        # A row's own address may be that of one person's post, so it only tells threads apart.
        url=page,
        text=text,
        title=line(_string(row.get("title"))),
        parent=parent,
        published=published,
        reactions=_count(row.get("reactions")),
    )


def _string(value: object) -> str:
    """A cell as text. Whole numbers lose the `.0` that spreadsheets give them."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).strip()


def _thread_page(url: str) -> str | None:
    try:
        address = canonical(url)
    except ValueError:
        return None
    return None if is_personal(address) else address


def _published(value: object, source: FileSource, fetched_at: datetime) -> Published | None:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=LOCAL_ZONE)
        at_midnight = aware.timetz().replace(tzinfo=None) == time()
        precision = TimePrecision.DAY if at_midnight else TimePrecision.SECOND
        found: Published | None = Published(aware.astimezone(UTC), precision)
    elif source.export is not None and KINDS[source.export].month_first:
        found = day_of(_string(value), fetched_at)
    else:
        found = dates.parse(_string(value), fetched_at)
    return found if found and found.at <= fetched_at + dates.MAX_AHEAD else None


def _count(value: Any) -> int | None:
    text = _string(value)
    return int(re.sub(r"\D", "", text)) if _COUNT.fullmatch(text) else None
