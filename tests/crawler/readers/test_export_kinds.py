"""Exports whose columns need not be written down."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.errors import ConfigError
from langnghe.core.models import Channel, PostKind, TimePrecision
from langnghe.core.settings import FileColumns, FileSource
from langnghe.crawler.items import Published, RawItem
from langnghe.crawler.readers.export import BadRow, read_file

FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
PAGE = "https://zalo.example/oa/binh-lu"
FACEBOOK = [
    *("Post ID", "Page ID", "Page name", "Title", "Description", "Duration (sec)", "Publish time"),
    *("Caption type", "Permalink", "Is crosspost", "Is share", "Post type", "Languages"),
    *("Custom labels", "Funded content status", "Data comment", "Date", "Impressions", "Reach"),
    *("Reactions", "Comments", "Shares"),
]


def source(export: Any, columns: FileColumns | None = None) -> FileSource:
    return FileSource(
        channel=Channel.FILE,
        name="tep",
        title="Tệp",
        path="*.csv",
        export=export,
        columns=columns,
        public_page=PAGE,
    )


def table(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def read(path: Path, of: FileSource) -> list[RawItem | BadRow]:
    return list(read_file(path, of, FETCHED_AT))


def test_a_sheet_of_comments_that_people_copied(tmp_path: Path) -> None:
    path = table(
        tmp_path / "zalo.csv",
        ["STT", "Người bình luận", "NỘI  DUNG", "Thời gian", "Bài viết", "Mã", "Trả lời cho"],
        ["1", "Ai đó", "Đường vào bản lầy", "20/11/2026 09:30", "Sửa đường", "b1", ""],
        ["2", "Ai khác", "Đúng vậy", "05/11/2026", "", "b2", "b1"],
        ["3", "Ai khác", "", "05/11/2026", "", "b3", ""],
    )
    first, second, bad = read(path, source("sheet"))
    assert isinstance(first, RawItem)
    assert isinstance(second, RawItem)
    assert (first.text, first.title, first.url) == ("Đường vào bản lầy", "Sửa đường", PAGE)
    assert first.published == Published(
        datetime(2026, 11, 20, 9, 30, tzinfo=LOCAL_ZONE).astimezone(UTC), TimePrecision.MINUTE
    )
    assert second.parent == first.native
    assert second.kind is PostKind.REPLY
    assert second.published is not None
    assert second.published.at.astimezone(LOCAL_ZONE).month == 11
    assert bad == BadRow(4, "thiếu nội dung")
    assert "Ai" not in repr((first, second))


def test_the_posts_of_a_facebook_page(tmp_path: Path) -> None:
    row = dict.fromkeys(FACEBOOK, "") | {
        "Post ID": "122",
        "Page name": "Xã Bình Lư",
        "Description": "Thông báo lịch họp thôn\nMời bà con",
        "Publish time": "11/05/2026 18:40",
        "Permalink": "https://www.facebook.com/xabinhlu/posts/122",
        "Reactions": "1,204",
        "Comments": "7",
    }
    (item,) = read(
        table(tmp_path / "trang.csv", FACEBOOK, [row[name] for name in FACEBOOK]),
        source("facebook"),
    )
    assert isinstance(item, RawItem)
    assert item.text == "Thông báo lịch họp thôn\nMời bà con"
    # The export's zone is not told: the day, and never the fifth of the eleventh.
    assert item.published is not None
    assert item.published.precision is TimePrecision.DAY
    assert item.published.at.astimezone(LOCAL_ZONE).date().isoformat() == "2026-11-05"
    assert (item.reactions, item.url) == (1204, PAGE)


@pytest.mark.parametrize(
    "written", ["13/20/2026 08:00", "2026-11-05", "", "11/20/20267", "1/1/0001", "12/31/9999"]
)
def test_a_date_that_is_none_is_none(tmp_path: Path, written: str) -> None:
    path = table(tmp_path / "a.csv", ["Description", "Publish time"], ["Họp thôn", written])
    (item,) = read(path, source("facebook"))
    assert isinstance(item, RawItem)
    assert item.published is None


def test_answers_to_a_form(tmp_path: Path) -> None:
    question = "Ông bà có ý kiến gì về đường liên bản?"
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Dấu thời gian", "Họ và tên", "Số điện thoại", question])
    moment = datetime(2026, 11, 20, 8, 15, 30)  # noqa: DTZ001  (spreadsheets know no zones)
    book.worksheets[0].append([moment, "Ai đó", "0912345678", "Đường lầy quá"])
    path = tmp_path / "phieu.xlsx"
    book.save(path)
    (item,) = read(path, source("form", FileColumns(text=question)))
    assert isinstance(item, RawItem)
    assert item.text == "Đường lầy quá"
    assert item.published == Published(
        datetime(2026, 11, 20, 1, 15, 30, tzinfo=UTC), TimePrecision.SECOND
    )
    assert "0912" not in repr(item)


def test_columns_that_a_source_names_come_first(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["Nội dung", "Góp ý"], ["mẫu", "Đường lầy"])
    (item,) = read(path, source("sheet", FileColumns(text="Góp ý")))
    assert isinstance(item, RawItem)
    assert item.text == "Đường lầy"


def test_a_file_without_the_text_says_which_columns_it_has(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", ["Tên", "Lượt thích"], ["x", "3"])
    with pytest.raises(ConfigError, match=r"'Nội dung'.*Tên, Lượt thích"):
        read(path, source("sheet"))


@pytest.mark.parametrize("column", ["Người nhận", "HỘI THOẠI", "Conversation ID"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_messages_between_people_are_refused(tmp_path: Path, column: str, kind: str) -> None:
    path = table(tmp_path / "a.csv", ["Nội dung", column], ["Cho hỏi", "x"])
    if kind == "jsonl":
        path = tmp_path / "a.jsonl"
        path.write_text(f'{{"Nội dung": "Cho hỏi", "{column}": "x"}}\n', encoding="utf-8")
    for of in (source("sheet"), source(None, FileColumns(text="Nội dung"))):
        with pytest.raises(ConfigError, match="tin nhắn riêng"):
            read(path, of)


@pytest.mark.parametrize("export", [None, "form"])
def test_somebody_has_to_say_where_the_text_is(export: str | None) -> None:
    with pytest.raises(ValidationError, match="cần khóa `columns:`"):
        source(export)
