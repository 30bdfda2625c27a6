"""Tells whether a name stands with the office that its bearer holds in a public body.

What an office holder says and does in office is public; such a name stays in the text. Former
holders ("nguyên", "cựu"), officers of firms and cooperatives, and plain staff are private.
"""

from __future__ import annotations

import re
from typing import Final

from langnghe.crawler.wordlists import words

_DEPARTMENT: Final = r"phòng(?! (?:bán|kinh doanh|nhân sự|marketing))"
"""A public office's department; a firm's has other names."""
_TITLE: Final = (
    r"(?:tổng bí thư|bí thư|chủ tịch(?! (?:hội đồng quản trị|hđqt|công ty|tập đoàn|hợp tác|htx))"
    r"|chủ nhiệm ủy ban|bộ trưởng|thứ trưởng|thủ tướng|chủ tịch nước"
    rf"|trưởng (?:công an|{_DEPARTMENT}|ban|thôn|bản|trạm|khu|đoàn|tiểu ban)"
    rf"|phó (?:công an|{_DEPARTMENT}|trưởng|ban|thôn|bản|trạm|giám đốc (?:sở|công an))"
    r"|(?:giám đốc|gđ) (?:sở|công an|bệnh viện|trung tâm|kho bạc|ban|đài|bảo hiểm|bhxh)"
    r"|hiệu trưởng|hiệu phó|trạm trưởng|đồn trưởng|tổ trưởng|xã đội trưởng|chỉ huy trưởng"
    r"|chính trị viên|chánh văn phòng|chánh thanh tra|chánh án|viện trưởng|đại biểu|người phát ngôn"
    r"|cục trưởng|vụ trưởng|chi cục trưởng|hạt trưởng|thường trực)"
)
_BEFORE: Final = re.compile(rf"(?<!\w)(?:(?P<former>nguyên|cựu) )?(?:phó )?{_TITLE}(?!\w)")
_BODY: Final = words("offices.yaml", "body")
_HEADS: Final = words("offices.yaml", "heads")
_NOT_BODY: Final = words("offices.yaml", "not_body")
_LOOK_BACK: Final = 96
"""Characters; "Phó Chủ tịch Thường trực Ủy ban nhân dân phường … thành phố …, ông" has 80."""
_AFTER: Final = re.compile(
    r"(?:,| -| –| —| \(|)(?: (?:hiện |đang )?(?:là|giữ chức|làm))? ?"
    rf"(?:q\. ?)?(?:phó )?{_TITLE}(?!\w)"
)
_WORD: Final = re.compile(r"[^\W\d_]+")


def office_before(lowered: str, text: str, start: int) -> bool:
    """Whether an office stands before the name at `start`, with nothing but its body between."""
    begin = max(0, start - _LOOK_BACK)
    before = lowered[begin:start]
    for stop in (". ", "; ", "\n", "! ", "? ", "\x1f"):
        before = before.rpartition(stop)[2]
    titles = list(_BEFORE.finditer(before))
    if not titles or titles[-1]["former"]:
        return False
    title = titles[-1]
    # The title itself may begin the body's name: "Giám đốc Sở | Khoa học và Công nghệ".
    begin = before.rfind(" ", 0, title.end()) + 1
    return _is_body(before[begin:], text[start - len(before) + begin : start])


def _is_body(between: str, written: str) -> bool:
    """Whether what stands between an office and a name is only the public body it is of."""
    in_body = False
    for word in _WORD.finditer(between):
        if word.group() in _HEADS:
            in_body = True
        elif not word.start() or word.group() in _BODY or written[word.start()].isupper():
            continue
        # Bodies have many names: "Bộ Thương mại", "Sở Khoa học và Công nghệ".
        elif not in_body or word.group() in _NOT_BODY:
            return False
    return True


def office_after(lowered: str, end: int) -> bool:
    """Whether the name that ends at `end` is followed by an office: ", Chủ tịch UBND xã"."""
    return _AFTER.match(lowered, end) is not None
