"""Addresses of pages: one spelling for each page, and which ones belong to a person.

A page is known by its canonical address, so the same page must always get the same one. A page
about a person (a profile, everything by one author) is neither followed nor kept (boundary 1).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

MAX_LENGTH = 2000
"""Longer addresses are traps made by scripts; browsers and servers cut them at about 2,000."""

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|zanpid|igshid|mc_[ce]id|_ga|_gl|ref_src"
    r"|phpsessid|jsessionid|aspsessionid\w*|sid|replytocom",
    re.IGNORECASE,
)
_SEMICOLON = re.compile(r";(?=\w+=)")
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)

_PERSONAL_FOLDERS = frozenset((
    "author", "authors", "user", "users", "member", "members", "membres", "profile", "profiles",
    "people", "person", "u", "account", "accounts", "memberlist", "tac-gia", "thanh-vien",
    "nguoi-dung", "ca-nhan", "trang-ca-nhan", "ho-so-ca-nhan", "viewprofile", "space",
    "home.php", "avatar", "avatars", "bloggers", "contributor", "contributors",
))  # fmt: skip
_PERSONAL_SCRIPTS = re.compile(
    r"(?:profile|memberlist|member|members|user|userinfo|viewprofile|author)\.(?:php|aspx?|jsp|html?)"
)
_PERSONAL_SLUG = re.compile(
    r"(?:author|tac-gia|thanh-vien|member|user|profile)[-_.]?\d+(?:[-_.].*)?"
)
_PERSONAL_HOSTS = re.compile(r"(?:[\w-]+\.)?gravatar\.com")
_PERSONAL_QUERY = frozenset({"author", "author_name", "user", "username", "userid", "user_id"})
SAME_PAGE = 256
"""Addresses that are remembered: an item's own is asked for several times while it is read."""

_PERSONAL_MODES = frozenset({"viewprofile", "profile"})

_PAGE_FOLDER = re.compile(r"/(?:comment-page-|page/|trang[-/]?)\d+(?P<slash>/?)$", re.IGNORECASE)
_XENFORO_FOLDER = re.compile(r"/(?:page-\d+|unread|latest|post-\d+)/?$", re.IGNORECASE)
_SMF_TOPIC = re.compile(r"(?<![\w])(topic=\d+)\.\w+")
_PAGE_KEYS = frozenset({"page", "trang", "start", "pagenumber", "cpage"})


@lru_cache(SAME_PAGE)
def canonical(url: str) -> str:
    """The one spelling of a page's address.

    Host in lower case, no default port, no fragment, no tracking or session parameters, the
    others sorted, percent-encoding in one style.

    Raises:
        ValueError: not the http(s) address of a page, or it carries a user name or password.
    """
    url = url.strip()
    if len(url) > MAX_LENGTH:
        raise ValueError(f"an address of {len(url)} characters")
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not the address of a web page")
    if parts.username is not None or parts.password is not None:
        raise ValueError("the address holds a user name")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.rstrip(".")
    if parts.port is not None and parts.port != {"http": 80, "https": 443}[scheme]:
        host = f"{host}:{parts.port}"
    # SMF puts semicolons between its parameters, and takes the usual sign as well.
    query = _without(_SEMICOLON.sub("&", parts.query), _TRACKING.fullmatch)
    path = _SESSION_IN_PATH.sub("", parts.path)
    return canonicalize_url(urlunsplit((scheme, host, path, query, "")))


def resolve(base: str, href: str) -> str | None:
    """The canonical address that a link on the page `base` leads to.

    None where it leads to no web page, within the same page, or to a person.
    """
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        url = canonical(urljoin(base, href))
    except ValueError:
        return None
    return None if is_personal(url) else url


def is_personal(url: str) -> bool:
    """Whether the address is of a page about a person, by the ways such pages are named.

    Also true for what is no address at all: nothing is lost by not following it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return True
    if _PERSONAL_HOSTS.fullmatch(host):
        return True
    for segment in parts.path.lower().split("/"):
        if segment.startswith(("@", "%40", "~", "%7e")):
            return True
        if (
            segment in _PERSONAL_FOLDERS
            or _PERSONAL_SCRIPTS.fullmatch(segment)
            or _PERSONAL_SLUG.fullmatch(segment)
        ):
            return True
    query = _SEMICOLON.sub("&", parts.query)
    for key, value in parse_qsl(query, keep_blank_values=True):
        if key.lower() in _PERSONAL_QUERY:
            return True
        if key.lower() in {"mode", "action", "do"} and value.lower() in _PERSONAL_MODES:
            return True
    return False


def public_page(url: str, fallback: str) -> str:
    """The canonical address of a public page: that of `url`, or of `fallback` if it is personal.

    Raises:
        ValueError: `fallback` is needed and is no address of a page.
    """
    try:
        page = canonical(url)
    except ValueError:
        return canonical(fallback)
    return canonical(fallback) if is_personal(page) else page


def first_page(url: str) -> str:
    """The canonical address of the first page of a thread or of a page's comments.

    Raises:
        ValueError: as `canonical`.
    """
    parts = urlsplit(canonical(url))
    # XenForo's threads end in a slash, their pages do not; WordPress's end alike.
    path = _PAGE_FOLDER.sub(r"\g<slash>", _XENFORO_FOLDER.sub("/", parts.path))
    query = _without(parts.query, lambda key: key.lower() in _PAGE_KEYS)
    query = _SMF_TOPIC.sub(r"\1.0", query)
    return urlunsplit((parts.scheme, parts.netloc, path or "/", query, ""))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses have the same host, `www.` or not."""
    try:
        hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    except ValueError:
        return False
    return bool(hosts[0]) and hosts[0] == hosts[1]


def _without(query: str, unwanted: Callable[[str], object]) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(unwanted(key) for key, _ in pairs):
        return query
    return urlencode([(key, value) for key, value in pairs if not unwanted(key)])
