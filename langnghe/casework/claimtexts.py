"""What people write about a claim: evidence, the correction's text, and what may not be in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from langnghe.casework.roles import Refused
from langnghe.core.clock import local_day
from langnghe.core.text import clean, fold, match_form, words

LINE_CHARACTERS: Final = 500
"""Of a statement or a reason."""
LINK_CHARACTERS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """Căn cứ: one thing that proves or disproves a claim, so that others can look it up."""

    source: str
    """Who says so: an authority, a newspaper, an office that was asked."""
    dated: date
    """The day of the document, article or reply."""
    primary: bool
    """The authority's own document, not somebody's account of it."""
    document_number: str = ""
    link: str = ""
    quotation: str = ""
    file_name: str = ""
    """Of the file kept with the claim."""
    file: str = ""
    """SHA-256 of that file (`store.files`); "" without one."""


@dataclass(frozen=True, slots=True)
class CorrectionText:
    """The parts of a correction in the order they are read: what is true first.

    The parts are those of real corrections (domain.md §5); the evidence follows of itself.
    """

    title: str
    truth: str
    """Thông tin đúng."""
    circulating: str
    """What goes round, and where; never who said it."""
    finding: str
    """What was verified, with whom, and the conclusion."""
    contact: str
    """Where to ask."""
    advice: str = ""
    """Khuyến cáo."""


_EVIDENCE: Final[Mapping[str, tuple[str, int]]] = {
    "source": ("Nguồn", 300),
    "document_number": ("Số hiệu văn bản", 100),
    "quotation": ("Trích dẫn", 3_000),
    "file_name": ("Tên tệp", 200),
}
_CORRECTION: Final[Mapping[str, tuple[str, int]]] = {
    "title": ("Tiêu đề", 150),
    "truth": ("Thông tin đúng", 3_000),
    "circulating": ("Nội dung đang lan truyền", 1_000),
    "finding": ("Kết quả xác minh", 3_000),
    "contact": ("Nơi liên hệ", 500),
    "advice": ("Khuyến cáo", 1_000),
}
"""By field: its name on screen and the most characters."""

_Record = TypeVar("_Record", Evidence, CorrectionText)


def checked_evidence(evidence: Evidence, now: datetime) -> Evidence:
    """The piece, cleaned.

    Raises:
        Refused: it lacks a source or anything to look up, is dated in the future, its link or
            file name cannot be used, or it names a file that was not handed in.
    """
    piece = _tidied(evidence, _EVIDENCE)
    piece = replace(piece, link=checked_link(piece.link))
    if not piece.source:
        raise Refused("Căn cứ chưa ghi nguồn. Hãy ghi cơ quan hoặc nơi đưa ra căn cứ.")
    if piece.dated > local_day(now):
        raise Refused("Ngày của căn cứ ở trong tương lai. Hãy kiểm tra lại ngày.")
    if "/" in piece.file_name or "\\" in piece.file_name or piece.file_name.startswith("."):
        raise Refused("Tên tệp không hợp lệ. Hãy đổi tên tệp, chỉ gồm chữ, số và dấu gạch nối.")
    if bool(piece.file) is not bool(piece.file_name):
        raise Refused("Tệp đính kèm chưa tải lên xong. Hãy chọn lại tệp rồi thêm căn cứ.")
    findable = piece.document_number or piece.link or piece.file_name
    if piece.primary and not findable:
        raise Refused(
            "Văn bản gốc phải tra cứu lại được. Hãy ghi số hiệu, đường dẫn hoặc đính kèm tệp."
        )
    if not (findable or piece.quotation):
        raise Refused(
            "Căn cứ chưa có nội dung. Hãy ghi số hiệu, đường dẫn, trích dẫn hoặc đính kèm tệp."
        )
    return piece


def checked_correction(text: CorrectionText) -> CorrectionText:
    """The text, cleaned.

    Raises:
        Refused: a part is missing or too long.
    """
    tidied = _tidied(text, _CORRECTION)
    missing = [
        name
        for key, (name, _) in _CORRECTION.items()
        if key != "advice" and not words(getattr(tidied, key))
    ]
    if missing:
        raise Refused(f"Bản đính chính còn thiếu: {', '.join(missing)}. Hãy viết bổ sung.")
    return replace(tidied, title=" ".join(tidied.title.split()))


def checked_line(text: str, name: str) -> str:
    """`text` cleaned, on one line. `name` is what it is called on screen.

    Raises:
        Refused: it has no words, or more than `LINE_CHARACTERS`.
    """
    line = " ".join(clean(text).split())
    if not words(line):
        raise Refused(f"{name} còn trống. Hãy viết một câu ngắn gọn.")
    return bounded(line, name, LINE_CHARACTERS)


def checked_link(link: str) -> str:
    """`link` without space around it; it may be empty.

    Raises:
        Refused: not the address of a public page: it is going to be live on our pages.
    """
    link = bounded(link.strip(), "Đường dẫn", LINK_CHARACTERS)
    try:
        parts = urlsplit(link)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    except ValueError:
        usable = False
    if link and (not usable or clean(link) != link or " " in link):
        raise Refused("Đường dẫn không dùng được. Hãy chép lại, bắt đầu bằng https://.")
    return link


# "Không" by itself is left out: "Xã không thu phí" says what is true.
_DENIAL: Final = re.compile(
    r"\b(không (có (chuyện|việc|thật)|phải|đúng)|tin đồn|tin giả|thông tin|tin|bác bỏ|đính chính"
    r"|cảnh báo|thực hư|sai sự thật|sự thật|sai|giả|về|chuyện|việc|rằng|là)\b"
)


def repeats(title: str, statement: str) -> bool:
    """Whether a headline repeats the statement instead of saying what is true.

    It does if it holds the statement whole, or if but for words of denial every word of it is the
    statement's. Compared without diacritics. It is a help against the plain case: whether a
    headline misleads is for the approver to see.
    """
    stated = _folded(statement)
    if f" {' '.join(stated)} " in f" {' '.join(_folded(title))} ":
        return True
    own = _folded(_DENIAL.sub(" ", match_form(title)))
    return set(own) <= set(stated)


def _folded(text: str) -> list[str]:
    return [fold(word) for word in words(text)]


def _tidied(record: _Record, fields: Mapping[str, tuple[str, int]]) -> _Record:
    """The record with its texts cleaned."""
    texts: dict[str, Any] = {
        key: bounded(clean(getattr(record, key)), name, most)
        for key, (name, most) in fields.items()
    }
    return replace(record, **texts)


def bounded(text: str, name: str, most: int) -> str:
    """`text`, which is called `name` on screen.

    Raises:
        Refused: it has more than `most` characters.
    """
    if len(text) > most:
        raise Refused(f"{name} dài quá {most} ký tự. Hãy viết ngắn lại.")
    return text
