"""Exports whose columns are known by name, so that nobody has to write them down.

- `sheet`: a table that people keep by hand, as `docs/sources.md` sets it out: comments copied
  from where nothing can be exported (beneath a Zalo OA's articles, in a commune's open group).
- `facebook`: "Content" of Meta Business Suite, in English: the page's own posts.
- `form`: answers to a form of the institution's own; its question is named in `columns`.

Columns that a source names itself come before these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from langnghe.core.settings import ExportKindName, FileSource
from langnghe.crawler import dates
from langnghe.crawler.items import Published

_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d).*", re.DOTALL)
_PRIVATE = frozenset(
    {
        "conversation id", "conversation", "recipient", "recipient id", "to user", "inbox",
        "người nhận", "hội thoại", "mã hội thoại", "cuộc hội thoại", "tin nhắn đến",
        "tin nhắn đi", "số điện thoại người nhận",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportKind:
    """What the columns of one kind of export are called, by field of `FileColumns`."""

    names: Mapping[str, tuple[str, ...]]
    month_first: bool = False
    """Dates are written `11/20/2026`, in a time zone that nobody names: only the day is taken."""


KINDS: Mapping[ExportKindName, ExportKind] = MappingProxyType(
    {
        "sheet": ExportKind(
            {
                "text": ("Nội dung", "Nội dung bình luận", "Bình luận", "Ý kiến"),
                "native_id": ("Mã", "Mã bình luận"),
                "title": ("Bài viết", "Tiêu đề", "Tiêu đề bài viết"),
                "url": ("Địa chỉ bài viết", "Đường dẫn", "Liên kết"),
                "published_at": ("Thời gian", "Ngày đăng", "Ngày bình luận", "Ngày"),
                "parent_id": ("Trả lời cho", "Trả lời mã"),
                "reactions": ("Lượt thích", "Lượt bày tỏ cảm xúc", "Cảm xúc"),
            }
        ),
        "facebook": ExportKind(
            {
                "text": ("Description", "Post Message"),
                "native_id": ("Post ID",),
                "url": ("Permalink",),
                "published_at": ("Publish time", "Posted"),
                "reactions": ("Reactions",),
            },
            month_first=True,
        ),
        "form": ExportKind({"published_at": ("Dấu thời gian",)}),
    }
)


def wanted_columns(source: FileSource) -> dict[str, tuple[str, ...]]:
    """Field of `FileColumns` to the names that its column may have."""
    kind = KINDS[source.export].names if source.export is not None else {}
    own = source.columns.model_dump() if source.columns is not None else {}
    return {**kind, **{field: (name,) for field, name in own.items() if name is not None}}


def is_required(source: FileSource, field: str) -> bool:
    """Whether a file without such a column is no file of this source."""
    named = source.columns is not None and getattr(source.columns, field) is not None
    return named or field == "text"


def find_column(header: Iterable[str], names: tuple[str, ...]) -> str | None:
    """The column that has one of the names, as written or else in other letters."""
    columns = list(header)
    for name in names:
        if name in columns:
            return name
    folded = {_fold(column): column for column in reversed(columns)}
    return next((folded[_fold(name)] for name in names if _fold(name) in folded), None)


def is_private(header: Iterable[str]) -> bool:
    """Whether these are the columns of messages between people, which are not public."""
    return any(_fold(column) in _PRIVATE for column in header)


def day_of(written: str, fetched_at: datetime) -> Published | None:
    """The day of a date with its month first; None for what is none."""
    match = _MONTH_FIRST.fullmatch(written)
    if match is None:
        return None
    month, day, year = match.groups()
    return dates.parse(f"{year}-{month}-{day}", fetched_at)


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
