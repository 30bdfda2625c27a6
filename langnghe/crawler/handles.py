"""Finds what leads to a person on the net: e-mail addresses, links to profiles, @mentions."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from langnghe.crawler.masks import MaskKind, Span, blanked
from langnghe.crawler.wordlists import lines

# --- Links -----------------------------------------------------------------------------------

# The lookbehinds let a match begin only where a run begins: without them a long run without an
# end would be scanned anew from each of its characters.
_LINK: Final = re.compile(
    r"(?:https?://|(?<![\w@.\-/])www\.)[^\s<>\"'\x1f]+"
    r"|(?<![\w@.\-/])(?:[a-z0-9\-]{1,63}\.)+[a-z]{2,18}/[^\s<>\"'\x1f]*",
    re.IGNORECASE,
)
_TRAILING: Final = ".,;:!?)]}…\"'”’"

_PLATFORMS: Final = lines("platforms.txt")
"""Where nearly every address belongs to somebody: a profile, a video or a post leads to who made
it in one click, and a page cannot be told from a profile."""
_IMPERSONAL: Final = re.compile(
    r"/?|/groups/[^/]+/?|/hashtag/[^/]+/?|/events/\d+/?|/search/?|/tag/[^/]+/?|/explore/tags/[^/]+/?",
    re.IGNORECASE,
)
"""Paths on those platforms that belong to nobody. A post within a group is somebody's."""
_PERSONAL_PATH: Final = re.compile(
    r"/(?:users?|u|authors?|profiles?|members?|people|nguoi-dung|thanh-vien|tac-gia|ca-nhan|nick)"
    r"(?:/|\.|$)|/~|/@|profile\.php",
    re.IGNORECASE,
)
_PERSONAL_QUERY: Final = re.compile(
    r"(?:^|[&;])(?:u|uid|user|userid|user_id|username|author|member|profile|email|mail|phone|tel"
    r"|sdt|name|ten|token|session|sid|fbclid|fbid|zid|cccd|cmnd)=",
    re.IGNORECASE,
)


def find_links(text: str, lowered: str) -> tuple[list[Span], list[Span]]:
    """The links to persons, and the rest: links that stay (their kind says nothing).

    Of a link that stays, a query that names somebody is masked alone. `lowered` is `text` in
    lower case, here as in the other finders.
    """
    personal: list[Span] = []
    others: list[Span] = []
    if "/" not in text and "www." not in lowered:
        return personal, others
    for match in _LINK.finditer(text):
        link = match.group().rstrip(_TRAILING)
        start, end = match.start(), match.start() + len(link)
        keep = _length_to_keep(link)
        if keep < len(link):
            personal.append(Span(start + keep, end, MaskKind.PROFILE))
        if keep:
            others.append(Span(start, start + keep, MaskKind.PROFILE))
    return personal, others


def _length_to_keep(link: str) -> int:
    """How many of the first characters of `link` lead to nobody: 0 if it must go as a whole."""
    full = link if link[:4].lower() == "http" else f"https://{link}"
    try:
        parts = urlsplit(full)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return 0  # "http://[" and the like: nobody needs it
    if "@" in parts.netloc or _PERSONAL_PATH.search(parts.path):
        return 0
    if ".".join(host.split(".")[-2:]) in _PLATFORMS:
        return len(link) if _IMPERSONAL.fullmatch(parts.path) and not parts.query else 0
    if _PERSONAL_QUERY.search(parts.query) or "@" in parts.query or "%40" in parts.query:
        return link.index("?")
    return len(link)


def _has_any(hints: tuple[str, ...], lowered: str) -> bool:
    # A loop takes a third of the time of any() with a generator, and every text comes by.
    for hint in hints:  # noqa: SIM110
        if hint in lowered:
            return True
    return False


# --- E-mail ----------------------------------------------------------------------------------

_DOMAIN: Final = r"[\w\-]+(?:\.[\w\-]+)+"
_EMAIL: Final = re.compile(
    # With a space before the @ it is an address only if the rest looks like a mail domain:
    # "nhờ @admin.hung" is a mention.
    rf"(?<![\w.+\-@])[\w.+\-]+(?:@ ?{_DOMAIN}|"
    rf" @ ?(?=[\w.\-]+\.(?:com|vn|net|org|edu|gov|me|info)(?![\w.])){_DOMAIN})",
    re.IGNORECASE,
)
_AT: Final = (
    r"(?: ?[(\[{] ?(?:at|a|@|a còng|a cong) ?[)\]}] ?| (?:a còng|a cong|acong|a móc|a-còng) |@)"
)
_DOT: Final = r"(?: ?[(\[{] ?(?:dot|chấm|cham) ?[)\]}] ?| (?:chấm|cham|dot) |\.)"
# A domain spelled with words counts only behind a spelled-out @, or the other way round; the
# usual mail houses need no ending ("a còng gmail").
_SPELLED: Final = re.compile(
    rf"(?<![\w.+\-@])[\w.+\-]+{_AT}"
    rf"(?:(?:gmail|yahoo|hotmail|outlook|icloud|ymail)(?:{_DOT}(?:com|vn|net)){{0,2}}"
    rf"|[\w\-]+(?:{_DOT}[a-z]{{2,6}}(?!\w)){{1,3}})",
    re.IGNORECASE,
)
_SPELLED_HINTS: Final = (
    "mail",
    "yahoo",
    "(at)",
    "[at]",
    "còng",
    "cong",
    "(a)",
    "[a]",
    "(@)",
    "dot",
)


def find_emails(text: str, lowered: str) -> list[Span]:
    """E-mail addresses, also with spaces around @ or with @ and the dots written out."""
    spans = []
    if "@" in text:
        spans = [Span(*match.span(), MaskKind.EMAIL) for match in _EMAIL.finditer(text)]
    if _has_any(_SPELLED_HINTS, lowered):
        rest = blanked(text, spans)
        spans += [Span(*match.span(), MaskKind.EMAIL) for match in _SPELLED.finditer(rest)]
    return spans


# --- Mentions --------------------------------------------------------------------------------

_UPPER: Final = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
_MENTION: Final = re.compile(
    r"(?<![\w@])@"
    r"(?!\d+(?:[.,]\d+)? ?(?:k|đ|tr|nghìn|ngàn|triệu|/|%|$|\s))"  # "bán @25k/kg" is a price
    r"(?!(?:all|everyone|mọi người|moi nguoi|tất cả|followers|channel|here)(?!\w))"
    rf"(?:(?=[{_UPPER}])[^\W\d_]+(?: [{_UPPER}][^\W\d_]*){{1,4}}(?![\w@])"
    r"|\w+(?:[.\-]\w+)*(?:@\w[\w\-]*(?:\.[\w\-]+)+)?)"
)
_NICK: Final = re.compile(
    r"(?<!\w)(?:nick|fb|face|facebook|zalo|tiktok|tele|telegram|ig|insta|instagram)"
    r"(?: (?:là|tên|của em|của mình|em|mình))?:? "
    r"((?=[\w.]*[._\d])[a-z][\w.]*[a-z0-9])(?![\w@])",
    re.IGNORECASE,
)
_NICK_HINTS: Final = ("nick", "fb", "face", "zalo", "tiktok", "tele", "ig ", "insta")


def find_mentions(text: str, lowered: str) -> list[Span]:
    """@mentions (of one network or across networks), and handles named with their network."""
    spans = []
    if "@" in text:
        spans = [Span(*match.span(), MaskKind.MENTION) for match in _MENTION.finditer(text)]
    if _has_any(_NICK_HINTS, lowered):
        rest = blanked(text, spans)
        spans += [Span(*match.span(1), MaskKind.MENTION) for match in _NICK.finditer(rest)]
    return spans
