"""Takes who wrote an article out of its text: bylines, sources and photo credits.

Vietnamese newspapers put the writer's name in a line of its own below the text, sometimes
above it, with or without a label, and the photographer's at the end of a caption.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_EDGE_LINES = 3
"""How many lines from the beginning and the end may be a byline."""
_LONGEST = 90

_LABEL = (
    r"(?:tác giả|người viết|phóng viên|pv|p\.v|ctv|cộng tác viên|biên tập|thực hiện|nguồn|nguồn tin"
    r"|theo|by|author|written by|(?:tin|bài)?(?:\s*(?:,|và|&|-)?\s*(?:bài|ảnh|clip|video|đồ họa))*)"
)
_LABELLED = re.compile(rf"\W*{_LABEL}\s*[:\-–]\s*(?P<who>.+)", re.IGNORECASE)
_LABELLED_BARE = re.compile(
    r"\W*(?:pv|phóng viên|ctv|cộng tác viên|theo|by)\s+(?P<who>.+)", re.IGNORECASE
)
_CREDIT = re.compile(
    r"\s*[(\[|–-]?\s*(?:nguồn\s+)?(?:ảnh|photo|clip|video|đồ họa|tư liệu)(?:\s+minh họa)?\s*:\s*"
    r"(?P<who>[^.\n()\[\]:]{2,60}?)\s*[)\]]?\s*\.?$",
    re.IGNORECASE,
)
_JOINING = frozenset({"và", "-", "–", "&", "tổng", "hợp", "(tổng", "hợp)", "thực", "hiện"})
_SURNAMES = frozenset((
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ",
    "hồ", "ngô", "dương", "lý", "đinh", "đoàn", "trịnh", "mai", "trương", "lâm", "phùng", "tô",
    "đào", "lương", "vương", "tạ", "hà", "thái", "cao", "châu", "quách", "giàng", "sùng",
    "vàng", "lò", "lường", "tẩn", "lù", "phàn", "chẻo", "mùa", "thào", "hạng", "cứ", "lầu",
    "vừ", "má", "ly", "hảng", "tao", "điêu", "cà", "quàng", "tòng", "hoả", "lại", "chu", "kiều",
    "từ", "nghiêm", "triệu", "la", "ma", "nông", "hứa", "bế", "thạch", "sầm", "tống", "viên",
    "bạch", "cù", "khổng", "khuất", "tăng", "ông", "âu",
))  # fmt: skip


def without_bylines(text: str, title: str, names: Collection[str]) -> str:
    """The article's text without its title, bylines and photo credits.

    `names` are the authors that the page itself names.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if lines and _same(lines[0], title):
        lines.pop(0)
    authors = {_bare(name) for name in names}
    for position in (0, -1):
        for _ in range(_EDGE_LINES):
            if len(lines) > 1 and _is_byline(lines[position], authors):
                lines.pop(position)
    if len(lines) == 1 and _bare(lines[0]) in authors:
        return ""
    return "\n".join(kept for line in lines if (kept := _without_credit(line)))


def _is_byline(line: str, authors: set[str]) -> bool:
    line = line.strip()
    if not line or len(line) > _LONGEST:
        return False
    if _bare(line) in authors:
        return True
    if (match := _LABELLED.fullmatch(line)) or (match := _LABELLED_BARE.fullmatch(line)):
        return _like_names(match["who"])
    words = line.strip(".()*- ").split()
    return (
        2 <= len(words) <= 5
        and words[0].casefold() in _SURNAMES
        and not line.endswith((".", "!", "?", ":", ";"))
        and all(word[0].isupper() and word.isalpha() for word in words)
    )


def _like_names(text: str) -> bool:
    """Whether a text is made of names: every word begins with a capital letter."""
    words = text.strip(" .()*").replace(",", " ").replace("/", " ").split()
    return 0 < len(words) <= 10 and all(
        word[0].isupper() or word.casefold() in _JOINING or not word[0].isalpha() for word in words
    )


def _without_credit(line: str) -> str:
    match = _CREDIT.search(line)
    if match is None or not _like_names(match["who"]):
        return line
    return line[: match.start()].rstrip()


def _same(one: str, other: str) -> bool:
    return bool(other) and _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
