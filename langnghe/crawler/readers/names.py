"""Display names seen on a page, for masking them in its texts.

They never go into an item. Names of institutions are left out: they are not private, and to
mask "Báo Lai Châu" wherever it stands would spoil the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from langnghe.crawler.readers.html import line

MENTION = "@ai_đó"
"""Stands for whoever was mentioned: the handle itself is not read."""

_HANDLE = re.compile(r"(?<![\w/])@[\w.-]+(?:@[\w-]+(?:\.[\w-]+)+)?")
_LONGEST = 80
_SIGNS = " \t,;:.|·•–—-()[]\"'“”"
_INSTITUTION = re.compile(
    r"\b(?:admin\w*|administrator|webmaster|root|editor|guest|anonymous|unknown|user|khách"
    r"|ẩn danh|người dùng|ban biên tập|ban quản trị|quản trị(?: viên)?|biên tập(?: viên)?|bientap"
    r"|toà soạn|tòa soạn|toasoan|tổng hợp|báo|tạp chí|đài|cổng thông tin|trang tin|ủy ban|uỷ ban"
    r"|ubnd|hđnd|đảng ủy|đảng uỷ|sở|phòng|công an|trung tâm|trường|bệnh viện|công ty|hợp tác xã|htx"
    r"|hội nông dân|hội phụ nữ|đoàn thanh niên|mttq|ttxvn|vov|vtv|vnexpress|news|media)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"^(?:tác giả|người viết|phóng viên|pv|ctv|(?:đăng )?bởi|theo|(?:written )?by|author)"
    r"\s*[:–-]?\s+",
    re.IGNORECASE,
)


def personal_names(seen: Iterable[object]) -> frozenset[str]:
    """The names of people among what a page shows as authors."""
    names = set()
    for raw in seen:
        if not isinstance(raw, str):
            continue
        name = _BEFORE.sub("", line(raw)).strip(_SIGNS)
        # One letter would be masked all over the text.
        if 1 < len(name) <= _LONGEST and "://" not in name and not _INSTITUTION.search(name):
            names.add(name)
    return frozenset(names)


def without_handles(text: str) -> str:
    """A text with `MENTION` for each handle that somebody is addressed by in it."""
    return _HANDLE.sub(MENTION, text)


def json_ld_names(author: Any) -> list[str]:
    """The names within an `author` of JSON-LD: a string, a person, or a list of such."""
    names: list[str] = []
    for one in author if isinstance(author, list) else [author]:
        if isinstance(one, str):
            names.append(one)
        elif isinstance(one, dict) and "Organization" not in str(one.get("@type", "")):
            names.extend(
                one[key] for key in ("name", "alternateName") if isinstance(one.get(key), str)
            )
    return names
