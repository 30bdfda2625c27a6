"""What the markup of a page says of its site: feeds, and what its comments are kept by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from langnghe.crawler.addresses import resolve
from langnghe.crawler.readers.html import line, parse_page, select
from langnghe.crawler.readers.links import is_article
from langnghe.crawler.readers.page import Page
from langnghe.crawler.readers.schema_org import read_markup

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_COMMENT_FEED = re.compile(r"/comments/(?:feed|atom)|bình luận|comments? feed", re.IGNORECASE)
_TITLE_PARTS = re.compile(r"\s+[-–—|·»]\s+")
_TAG_PAGE = re.compile(r"/tags/([^/]+)/?")
MAX_FEEDS = 5


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page says of its site. All addresses are canonical."""

    site: str
    """The site's name, as the page says it."""
    feeds: tuple[str, ...]
    wordpress: str | None
    """Where WordPress answers (`api:` of a source), if it is one."""
    isso: str | None
    """Where Isso answers."""
    discourse: bool
    mastodon_tag: str | None
    """The tag, where the page is that of a tag on a Mastodon server."""
    discussion: bool
    """Whether the page is a thread of a forum that is marked up by schema.org."""
    article: bool
    """Whether the page calls itself an article."""


def signs_of(page: Page) -> Signs:
    """Read the signs of a page.

    Raises:
        ReadError: it is no HTML.
    """
    tree = parse_page(page)
    generator = _meta(tree, "generator").lower()
    mastodon = bool(select(tree, "//*[@id='mastodon' or @id='initial-state']"))
    tag = _TAG_PAGE.fullmatch(unquote(urlsplit(page.url).path)) if mastodon else None
    markup = read_markup(tree)
    return Signs(
        site=_site(tree, page),
        feeds=tuple(dict.fromkeys(_feeds(tree, page)))[:MAX_FEEDS],
        wordpress=_wordpress(tree, page, generator),
        isso=_isso(tree, page),
        discourse=generator.startswith("discourse"),
        mastodon_tag=tag[1] if tag else None,
        discussion=any(posting.opening for posting in markup.postings),
        article=_is_article(tree, page),
    )


def _feeds(tree: HtmlElement, page: Page) -> list[str]:
    found = []
    for element in select(tree, "//link[@href and @type] | //a[@href and @type]"):
        says = f"{element.get('title', '')} {element.get('href', '')}"
        if element.get("type", "").lower() in _FEED_TYPES and not _COMMENT_FEED.search(says):
            url = resolve(page.url, element.get("href", ""))
            found += [url] if url else []
    return found


def _wordpress(tree: HtmlElement, page: Page, generator: str) -> str | None:
    for element in select(tree, "//link[@rel='https://api.w.org/'][@href]"):
        return urljoin(page.url, element.get("href", ""))
    own = select(tree, "//*[contains(@src, '/wp-content/') or contains(@href, '/wp-content/')]")
    return urljoin(page.url, "/") if generator.startswith("wordpress") or own else None


def _isso(tree: HtmlElement, page: Page) -> str | None:
    for element in select(tree, "//*[@data-isso]"):
        return urljoin(page.url, element.get("data-isso", ""))
    return None


def _is_article(tree: HtmlElement, page: Page) -> bool:
    if urlsplit(page.url).path in ("", "/"):
        return False
    said = _meta(tree, "og:type").lower() == "article" or bool(
        _meta(tree, "article:published_time")
    )
    marked = bool(select(tree, "//*[@itemprop='articleBody']"))
    lists = len(select(tree, "//article")) > 1
    return said or marked or (is_article(page.url, None) and not lists)


def _site(tree: HtmlElement, page: Page) -> str:
    """What the site calls itself; titles of articles often end in it."""
    said = line(_meta(tree, "og:site_name") or _meta(tree, "application-name"))
    titles = [line("".join(title.itertext())) for title in select(tree, "//head/title")]
    parts = _TITLE_PARTS.split(titles[0]) if titles and not said else []
    if parts and not _is_article(tree, page):
        said = " | ".join(dict.fromkeys(parts))
    elif len(parts) > 1:
        said = parts[-1]
    return said or (urlsplit(page.url).hostname or "").removeprefix("www.")


def _meta(tree: HtmlElement, name: str) -> str:
    for element in select(tree, "//meta[@content]"):
        if name in (element.get("property", "").lower(), element.get("name", "").lower()):
            return element.get("content", "").strip()
    return ""
