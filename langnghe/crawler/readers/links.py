"""Links of a page: which lead to articles, and which to the following page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml.html import HtmlElement

from langnghe.crawler.addresses import canonical, is_personal, resolve, same_site
from langnghe.crawler.readers.html import ancestors, has_class, select, to_text
from langnghe.crawler.readers.page import ReadError

MAX_LINKS = 2000
"""Links taken from one page. The longest index pages in the samples have 300."""

_FILES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|pptx?|zip|rar|7z"
    r"|mp[34]|m4a|avi|mov|webm|apk|exe)$",
    re.IGNORECASE,
)
_LISTS = frozenset((
    "category", "categories", "tag", "tags", "chuyen-muc", "danh-muc", "the-loai", "topic",
    "topics", "chu-de", "search", "tim-kiem", "page", "trang", "archive", "archives", "feed",
    "feeds", "rss", "wp-json", "wp-admin", "wp-login.php", "wp-content", "login", "dang-nhap",
    "register", "dang-ky", "logout", "contact", "lien-he", "about", "gioi-thieu", "sitemap",
    "cart", "gio-hang", "privacy", "policy", "dieu-khoan",
))  # fmt: skip
_SLUG = re.compile(r"[\w%]+(?:[-_][\w%]+){3,}")
_NUMBERED = re.compile(r"(?:^|[-_./=])(?:\d{4,}|p\d+|id\d+|c\d+)(?:$|[-_.])")
_PAGES = re.compile(r"\.(?:s?html?|aspx?|php|jsp|epi|tpo|vnp|chn|ldo|vov)$", re.IGNORECASE)
_ID_KEYS = frozenset({"p", "id", "newsid", "news_id", "articleid", "itemid", "nid"})

_NEXT_WORDS = re.compile(
    r"(?:(?:trang|bài)\s+)?(?:tiếp(?: theo)?|sau|kế(?: tiếp)?|cũ hơn)|xem thêm|next(?: page)?"
    r"|older(?: posts| comments| entries)?|bình luận cũ hơn",
    re.IGNORECASE,
)
_NEXT_SIGNS = frozenset((
    "›", "»", ">", ">>", "⟩", "〉", "→", "⟫", "》",
))  # fmt: skip
_NOT_PAGING = frozenset({"post-navigation", "nav-previous-post", "nav-next-post", "breadcrumb"})


def is_article(url: str, page_pattern: str | None) -> bool:
    """Whether an address looks like that of an article.

    With a pattern it alone decides. Without, what is no list, file or profile and has a slug
    of four words, a number, or the ending of a page does.
    """
    if is_personal(url):
        return False
    if page_pattern is not None:
        return re.search(page_pattern, url) is not None
    if not may_be_article(url):
        return False
    parts = urlsplit(url)
    name = unquote(parts.path).rstrip("/").rpartition("/")[2]
    if _SLUG.search(name) or _NUMBERED.search(name) or (_PAGES.search(name) and len(name) > 14):
        return True
    return any(key.lower() in _ID_KEYS and value for key, value in parse_qsl(parts.query))


def may_be_article(url: str) -> bool:
    """Whether an address is at least none of a list, a file, a form or the front page."""
    path = urlsplit(url).path
    if _FILES.search(path):
        return False
    segments = [segment for segment in path.lower().split("/") if segment]
    if not segments:
        return bool(set(dict(parse_qsl(urlsplit(url).query))) & _ID_KEYS)
    if re.fullmatch(r"(?:index|default|home|trang-chu)\d*\.\w+", segments[-1]):
        return bool(urlsplit(url).query)
    return not _LISTS.intersection(segments)


def anchors(tree: HtmlElement, base: str) -> Iterator[tuple[HtmlElement, str]]:
    """Every link to another page, with its canonical address, profiles left out."""
    for anchor in select(tree, "//a[@href]")[: MAX_LINKS * 4]:
        if url := resolve(base, anchor.get("href", "")):
            yield anchor, url


def base_of(tree: HtmlElement, url: str) -> str:
    """The address that the page's links are relative to."""
    for element in select(tree, "//base[@href]")[:1]:
        if base := resolve(url, element.get("href", "")):
            return base
    return url


def page_address(tree: HtmlElement, url: str) -> str:
    """The address a page is known by: the one it declares, if that is on its own site.

    A page that declares the front page as its address is misconfigured and not believed.

    Raises:
        ReadError: `url` is no address of a web page, or that of a person's (a redirect may
            lead to one).
    """
    try:
        own = canonical(url)
    except ValueError as error:
        raise ReadError(url, str(error)) from None
    if is_personal(own):
        raise ReadError("(not shown)", "a person's page, which is not read")
    for element in select(tree, "//link[contains(concat(' ', @rel, ' '), ' canonical ')][@href]"):
        declared = resolve(own, element.get("href", ""))
        if declared and same_site(declared, own) and not _is_front(declared):
            return declared
    return own


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def next_page(tree: HtmlElement, url: str) -> str | None:
    """The address of the following page of a list or thread, None on the last."""
    base, here = base_of(tree, url), canonical(url)
    for element in _next_candidates(tree):
        found = resolve(base, element.get("href", ""))
        if found and found != here and same_site(found, url):
            return found
    return None


def _next_candidates(tree: HtmlElement) -> Iterator[HtmlElement]:
    yield from select(tree, "//link[contains(concat(' ', @rel, ' '), ' next ') and @href]")
    marked = (
        "//a[@href and contains(concat(' ', @rel, ' '), ' next ')]"
        f" | //a[@href and {has_class('next', 'pageNav-jump--next', 'nextpostslink')}]"
        f" | //*[self::li or self::span or self::div][{has_class('next', 'arrow next')}]//a[@href]"
        f" | //*[{has_class('active', 'current')}]/following-sibling::*[1]"
        "/descendant-or-self::a[@href][ancestor::*[contains(@class, 'pag')]]"
        "[number(normalize-space(.)) = number(normalize-space(.))]"
    )
    for anchor in select(tree, marked):
        if not _elsewhere(anchor):
            yield anchor
    for anchor in select(tree, "//a[@href]")[: MAX_LINKS * 4]:
        words = to_text(anchor).strip(" .…").casefold()
        if len(words) > 30:
            continue
        label = words.strip("›»>⟩〉→ ") or words
        if (words in _NEXT_SIGNS or _NEXT_WORDS.fullmatch(label)) and not _elsewhere(anchor):
            yield anchor


def _elsewhere(anchor: HtmlElement) -> bool:
    """Whether a link leads to the next article and not to the next page of this list."""
    return any(
        _NOT_PAGING.intersection(element.get("class", "").split()) for element in ancestors(anchor)
    )
