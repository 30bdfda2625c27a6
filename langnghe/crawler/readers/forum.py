"""Forums as their servers print them: boards to threads, threads to posts."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from langnghe.core.settings import ForumSource
from langnghe.crawler.addresses import canonical, first_page, is_personal, resolve
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.html import has_class, parse_page, select
from langnghe.crawler.readers.links import MAX_LINKS, anchors, base_of, next_page, page_address
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.schema_org import (
    MAX_POSTINGS,
    Markup,
    read_markup,
    stated_comments,
    to_harvest,
)
from langnghe.crawler.readers.selectors import Profile

_THREAD_ADDRESS = re.compile(
    r"/(?:threads?|topics?|t|d|chu-de|thao-luan|discussions?)/[^/]*[\w%-]*\d[^/]*(?:/|$)"
    r"|/(?:threads?|topics?|t|d|chu-de|thao-luan|discussions?)/[^/?]+"
    r"|/(?:viewtopic|showthread)\.php|/[\w%-]+[-.](?:t|thread|topic)?\d+(?:\.html?|/)?$"
)
_THREAD_LINKS = (
    f"//a[{has_class('topictitle', 'raw-topic-link', 'thread-title')} or @data-preview-url]"
)


def read_board(page: Page, source: ForumSource) -> Harvest:
    """Links to the threads a board page lists, and to its following page.

    Threads are found by the source's selectors, else by its `thread_pattern`, else by how
    forum software names them.

    Raises:
        ReadError: the page is no HTML.
    """
    tree = parse_page(page)
    found: dict[str, Link] = {}
    for url in _thread_addresses(page, tree, source):
        address = first_page(url)
        if source.thread_pattern and not re.search(source.thread_pattern, address):
            continue
        found.setdefault(address, Link(address, PageKind.THREAD))
        if len(found) == MAX_LINKS:
            break
    following = _following(page, tree, source)
    if following is None:
        return Harvest(links=tuple(found.values()))
    found.pop(first_page(following), None)
    return Harvest(links=(*found.values(), Link(following, PageKind.BOARD)))


def read_thread(page: Page, source: ForumSource, thread: str | None = None) -> Harvest:
    """The posts on a thread page, and a link to the following page.

    Args:
        page: any page of the thread.
        source: its selectors, if it has any, come before schema.org markup.
        thread: the address of the thread's first page, where it is known.

    Raises:
        ReadError: the page is no HTML, or a selector is wrong.
    """
    tree = parse_page(page)
    try:
        address = first_page(thread or page_address(tree, page.url))
        is_first = first_page(page.url) == canonical(page.url)
    except ValueError as error:
        raise ReadError(page.url, str(error)) from None
    if is_personal(address):
        raise ReadError("(not shown)", "a person's page, which is not read")
    if source.selectors is not None:
        markup = Profile(source.selectors, page, tree).markup(is_first)
    else:
        markup = read_markup(tree)
        if not is_first:
            # What a following page says of the opening is often only its beginning.
            kept = [posting for posting in markup.postings if not posting.opening]
            markup = replace(markup, postings=kept)
    harvest = to_harvest(markup, page, ("page", address), address)
    following = _following(page, tree, source)
    links = (Link(following, PageKind.THREAD),) if following else ()
    whole = is_first and following is None and _is_all(markup, tree)
    return replace(harvest, links=links, whole=whole)


def _is_all(markup: Markup, tree: HtmlElement) -> bool:
    """Whether a thread that stands on one page is all there; a page that says nothing may be."""
    replies = sum(not posting.opening for posting in markup.postings)
    return 0 < len(markup.postings) < MAX_POSTINGS and stated_comments(tree) in (None, replies)


def _thread_addresses(page: Page, tree: HtmlElement, source: ForumSource) -> list[str]:
    base = base_of(tree, page.url)
    if source.selectors is not None:
        written = Profile(source.selectors, page, tree).thread_links()
        return [url for href in written if (url := resolve(base, href))]
    if source.thread_pattern is not None:
        return [url for _, url in anchors(tree, base)]
    marked = [link.get("href", "") for link in select(tree, _THREAD_LINKS)]
    found = [url for href in marked if (url := resolve(base, href))]
    if found:
        return found
    return [url for _, url in anchors(tree, base) if _THREAD_ADDRESS.search(urlsplit(url).path)]


def _following(page: Page, tree: HtmlElement, source: ForumSource) -> str | None:
    if source.selectors is not None and source.selectors.next_page is not None:
        written = Profile(source.selectors, page, tree).next_page()
        found = resolve(urljoin(page.url, base_of(tree, page.url)), written) if written else None
        return None if found == canonical(page.url) else found
    return next_page(tree, page.url)
