"""Index pages of a site: links to articles, and to the following index page."""

from __future__ import annotations

from itertools import islice

from lxml.html import HtmlElement

from langnghe.crawler.addresses import same_site
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.html import ancestors, parse_page
from langnghe.crawler.readers.links import (
    MAX_LINKS,
    anchors,
    base_of,
    is_article,
    may_be_article,
    next_page,
)
from langnghe.crawler.readers.page import Page

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
_AROUND = 3
"""How far above a link its heading may stand."""


def read_section(page: Page, page_pattern: str | None = None) -> Harvest:
    """Links to the articles that an index page names, and to its following page.

    Without `page_pattern` a link of the same site counts as one to an article when its address
    looks so, or when it stands in a heading or is marked as a permalink.

    Raises:
        ReadError: the page is no HTML.
    """
    tree = parse_page(page)
    found: dict[str, Link] = {}
    for anchor, url in anchors(tree, base_of(tree, page.url)):
        if page_pattern is None and not same_site(url, page.url):
            continue
        if is_article(url, page_pattern) or (
            page_pattern is None and may_be_article(url) and _is_headline(anchor)
        ):
            found.setdefault(url, Link(url, PageKind.ARTICLE))
        if len(found) == MAX_LINKS:
            break
    following = next_page(tree, page.url)
    if following is not None:
        found.pop(following, None)
        return Harvest(links=(*found.values(), Link(following, PageKind.SECTION)))
    return Harvest(links=tuple(found.values()))


def _is_headline(anchor: HtmlElement) -> bool:
    if "bookmark" in anchor.get("rel", "").split() or anchor.get("itemprop") == "url":
        return True
    return any(element.tag in _HEADINGS for element in islice(ancestors(anchor), _AROUND))
