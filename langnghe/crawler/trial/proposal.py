"""An entry for sources.yaml out of what was found. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import yaml

from langnghe.core.settings import Source, parse_sources
from langnghe.core.vietnamese import CHANNELS
from langnghe.crawler.deidentify import deidentify

_MOST_LETTERS: Final = 50
_CHANNEL_ID: Final = re.compile(r"/channel/(UC[\w-]{22})/?")

FACEBOOK_ADVICE: Final = (
    "Facebook chỉ được đọc qua giao diện chính thức, và chỉ với trang do cơ quan quản lý. Cần mã "
    "số trang và khóa của trang: làm theo mục Facebook trong docs/channels.md."
)
BLUESKY_ADVICE: Final = (
    "Bluesky được đọc qua ô tìm kiếm, bằng tài khoản của cơ quan. Cần mật khẩu ứng dụng: làm theo "
    "mục Bluesky trong docs/channels.md."
)
HANDLE_ADVICE: Final = (
    "Địa chỉ này có tên kênh, còn giao diện của YouTube cần mã kênh bắt đầu bằng UC. Mục YouTube "
    "trong docs/channels.md chỉ cách tìm mã; sau đó thử lại với "
    "https://www.youtube.com/channel/UC…"
)
EXPORT_ADVICE: Final = (
    "Mạng này không có giao diện công khai cho dịch vụ. Hãy nhập tệp do quản trị viên của trang "
    "xuất ra: xem mục Tệp xuất trong docs/sources.md."
)


def platform(url: str) -> tuple[dict[str, Any] | None, str] | None:
    """What an address on one of the big platforms comes to: an entry, and what to do.

    These are read through their own interfaces with a key, so their pages are not asked for.
    None for every other address.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    if host == "youtu.be" or host == "youtube.com":
        return _youtube(url)
    if host in ("facebook.com", "fb.com", "graph.facebook.com"):
        return None, FACEBOOK_ADVICE
    if host in ("bsky.app", "bsky.social"):
        return None, BLUESKY_ADVICE
    if host in ("tiktok.com", "zalo.me", "oa.zalo.me", "x.com", "twitter.com", "instagram.com"):
        return None, EXPORT_ADVICE
    return None


def _youtube(url: str) -> tuple[dict[str, Any] | None, str]:
    parts = urlsplit(url)
    entry: dict[str, Any] = {"channel": "youtube", "key": "youtube-key"}
    advice = (
        "Trước khi lưu: xin khóa theo docs/channels.md rồi chạy `langnghe secrets set youtube-key`."
    )
    if match := _CHANNEL_ID.match(parts.path):
        return entry | {"channels": [match[1]]}, advice
    number = parse_qs(parts.query).get("v", [""])[0]
    if (parts.hostname or "").endswith("youtu.be"):
        number = parts.path.strip("/")
    if re.fullmatch(r"[\w-]{11}", number):
        return entry | {"videos": [f"https://www.youtube.com/watch?v={number}"]}, advice
    return None, HANDLE_ADVICE


def entry_text(
    url: str,
    site: str,
    found: Mapping[str, Any],
    *,
    taken: Collection[str],
    private: bool,
    hosts: Iterable[str] = (),
) -> str:
    """An entry as an item of the list in sources.yaml, checked as that file is.

    Args:
        url: the address that was tried; the source is named after its host.
        site: what the site calls itself; masked here.
        found: channel, addresses and what else the channel needs.
        taken: the names of sources that are there already.
        private: whether the address lies in the own network.
        hosts: hosts of the pages to be read, besides those of the entry's own addresses.

    Raises:
        ConfigError: what was found is not enough for a source.
    """
    title = " ".join(deidentify(site).text.split())[:80] or urlsplit(url).netloc
    entry = {"name": _free_name(url, taken), "title": title, **found}
    source = _check(entry)
    foreign = sorted(set(hosts) - getattr(source, "hosts", frozenset)())
    if foreign:
        entry["allowed_domains"] = foreign
    if private:
        entry["allow_private_network"] = True
    _check(entry)
    return _dumped(entry)


def said(found: Mapping[str, Any]) -> str:
    """What kind of source is proposed, in words."""
    return next(words for channel, words in CHANNELS.items() if channel == found["channel"])


def _dumped(entry: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(
        [dict(entry)], allow_unicode=True, sort_keys=False, default_flow_style=None, width=10_000
    )
    # An entry that is a flat mapping would be put on one line.
    if text.startswith("- {"):
        text = yaml.safe_dump(
            [dict(entry)], allow_unicode=True, sort_keys=False, default_flow_style=False
        )
    return text.rstrip("\n") + "\n"


def _check(entry: Mapping[str, Any]) -> Source:
    text = yaml.safe_dump({"sources": [dict(entry)]}, allow_unicode=True)
    [source] = parse_sources(text, Path("sources.yaml"))
    return source


def _free_name(url: str, taken: Collection[str]) -> str:
    host = (urlsplit(url).hostname or "").lower().removeprefix("www.")
    base = re.sub(r"[^a-z0-9]+", "-", host)[:_MOST_LETTERS].strip("-") or "nguon"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name
