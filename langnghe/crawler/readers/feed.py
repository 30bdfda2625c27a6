"""RSS and Atom by feedparser, and the comment feeds of WordPress."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import urljoin

import feedparser

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.addresses import resolve
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.readers.bylines import without_bylines
from langnghe.crawler.readers.html import fragment_text, line, parse_markup, select, to_text
from langnghe.crawler.readers.links import is_article
from langnghe.crawler.readers.names import personal_names
from langnghe.crawler.readers.page import Page, ReadError, guarded
from langnghe.crawler.readers.wordpress import comment_item, comment_number

MAX_ENTRIES = 1000
"""Feeds hold 10 to 200 entries; more is an archive, which the sitemap serves better."""

MAX_DEPTH = 500
"""Feeds nest 6 deep, XHTML within them perhaps 50. feedparser's time grows with the square."""

_HEAD = 20_000
"""Within so many characters a feed says that it is one, after whatever comments."""
_FEED = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_TAG = re.compile(r"<(/?)[A-Za-z][\w:.-]*(?:\s[^<>]*?)?(/?)>")
_IN_REPLY = re.compile(r"[^\n]{0,40}?\{parent\}\s*\.?\s*")


def read_feed(page: Page, follow: bool = True, page_pattern: str | None = None) -> Harvest:
    """Links to the articles a feed names, or with `follow=False` its entries as articles.

    Raises:
        ReadError: the page is no feed.
    """
    links: dict[str, Link] = {}
    items: dict[str, RawItem] = {}
    names: list[str] = []
    malformed: list[str] = []
    for entry in _entries(page):
        names.extend(_authors(entry))
        href = _text(entry, "link")
        if not href:
            malformed.append("an entry without a link")
            continue
        url = resolve(page.url, href)
        if url is None or (page_pattern is not None and not is_article(url, page_pattern)):
            continue
        if follow:
            changed = _moment(entry, page, "updated", "published")
            links.setdefault(url, Link(url, PageKind.ARTICLE, changed.at if changed else None))
            continue
        title = line(fragment_text(_text(entry, "title")))
        text = without_bylines(_content(entry), title, personal_names(_authors(entry)))
        if not text and not title:
            malformed.append("an entry without text")
            continue
        items.setdefault(
            url,
            RawItem(
                native=("page", url),
                thread=("page", url),
                kind=PostKind.ARTICLE,
                url=url,
                # Some feeds give headlines only: then that is what was said.
                text=text or title,
                title=title,
                published=_moment(entry, page, "published", "updated"),
            ),
        )
    return Harvest(
        items=tuple(items.values()),
        links=tuple(links.values()),
        names=personal_names(names),
        malformed=tuple(malformed),
    )


def read_comment_feed(page: Page, api: str) -> Harvest:
    """The comments in a WordPress comment feed, RSS or Atom. `api` is the site's `api:` setting.

    Raises:
        ReadError: the page is no feed.
    """
    items: dict[tuple[str, ...], RawItem] = {}
    names: list[str] = []
    malformed: list[str] = []
    for entry in _entries(page):
        names.extend(_authors(entry))
        link = urljoin(page.url, _text(entry, "link") or _text(entry, "id"))
        number = comment_number(link) or comment_number(_text(entry, "id"))
        text, parent, answered = _reply(_markup(entry))
        names.extend(answered)
        parent = parent or comment_number(_answered_address(entry))
        item = comment_item(
            api,
            number=number,
            page_url=link,
            text=text,
            parent=parent,
            published=_moment(entry, page, "published", "updated"),
        )
        if isinstance(item, str):
            malformed.append(item)
        else:
            items.setdefault(item.native, item)
    return Harvest(
        items=tuple(items.values()), names=personal_names(names), malformed=tuple(malformed)
    )


def _entries(page: Page) -> list[Any]:
    markup = page.markup()
    if not _FEED.search(markup[:_HEAD]) or _depth(markup) > MAX_DEPTH:
        raise ReadError(page.url, "no feed")
    # As a stream of UTF-8: feedparser takes a string for a file name or an address to fetch.
    stream = io.BytesIO(markup.encode("utf-8"))
    with guarded(page.url, "the feed"):
        feed = feedparser.parse(
            stream,
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        if not feed.entries and not feed.get("version"):
            raise ReadError(page.url, "no feed")
        return list(feed.entries[:MAX_ENTRIES])


def _depth(markup: str) -> int:
    """How deeply elements are nested; what a feed quotes as CDATA does not count."""
    depth = deepest = 0
    for match in _TAG.finditer(_CDATA.sub("", markup)):
        if match[1]:
            depth = max(0, depth - 1)
        elif not match[2]:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _text(entry: Any, key: str) -> str:
    # Asked for `updated` where there is none, feedparser warns and gives `published`.
    if key not in entry:
        return ""
    value = entry[key]
    return value.strip() if isinstance(value, str) else ""


def _markup(entry: Any) -> str:
    for content in entry.get("content") or ():
        value = content.get("value")
        if isinstance(value, str) and value.strip():
            return value
    return _text(entry, "summary")


def _content(entry: Any) -> str:
    return fragment_text(_markup(entry))


def _moment(entry: Any, page: Page, *keys: str) -> Published | None:
    """From the feed's own string: feedparser calls a time without a zone UTC."""
    for key in keys:
        if (raw := _text(entry, key)) and (found := dates.parse(raw, page.fetched_at)):
            return found
    return None


def _authors(entry: Any) -> list[str]:
    named = (author.get("name") for author in entry.get("authors") or ())
    return [_text(entry, "author"), *(name for name in named if isinstance(name, str))]


def _answered_address(entry: Any) -> str:
    """Atom's `thr:in-reply-to` (RFC 4685)."""
    reference = entry.get("thr_in-reply-to")
    return str(reference.get("ref", "")) if isinstance(reference, dict) else ""


def _reply(markup: str) -> tuple[str, str | None, list[str]]:
    """Text, number of the comment answered, and who was answered.

    In its comment feeds WordPress begins an answer with a sentence of its own, "In reply to
    <a href="…#comment-8">name</a>.", in the site's language.
    """
    tree = parse_markup(f"<div>{markup}</div>")
    if tree is None:
        return "", None, []
    for anchor in select(tree, "//a[contains(@href, '#comment-')]")[:1]:
        number = comment_number(anchor.get("href", ""))
        name = to_text(anchor)
        anchor.clear(keep_tail=True)
        anchor.text = "{parent}"
        text = to_text(tree)
        if match := _IN_REPLY.match(text):
            return text[match.end() :].strip(), number, [name]
    return fragment_text(markup), None, []
