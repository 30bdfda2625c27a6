"""Comments of WordPress, through its REST interface or as its themes print them.

A comment has one number for the whole site, so it is the same comment however it is read.
REST: https://developer.wordpress.org/rest-api/reference/comments/. Only the fields named in
`FIELDS` are asked for: who wrote a comment is not even sent.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from lxml.html import HtmlElement
from w3lib.url import add_or_replace_parameter, url_query_parameter

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.addresses import canonical, first_page, is_personal, resolve, same_site
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.readers.html import (
    fragment_text,
    has_class,
    parse_page,
    select,
    to_text,
)
from langnghe.crawler.readers.links import page_address
from langnghe.crawler.readers.names import personal_names
from langnghe.crawler.readers.page import Page, ReadError

PER_PAGE = 100
"""The most that WordPress gives at once."""
FIELDS = "id,post,parent,date_gmt,content,link"
PAST_THE_END = "rest_post_invalid_page_number"

_REST_PATH = "/wp/v2/comments"
_NUMBER = re.compile(r"#(?:li-|div-)?comment-(\d+)$")
_ELEMENT_ID = re.compile(r"(?:li-|div-)?comment-(\d+)")
_CONTENT = (
    f"descendant::*[{has_class('comment-content', 'comment-text', 'comment_text')}]",
    f"descendant::*[{has_class('comment-body', 'comment_container')}]",
    ".",
)
_NOT_CONTENT = (
    f"descendant::*[{has_class('comment-author', 'comment-meta', 'comment-metadata')}"
    f" or {has_class('commentmetadata', 'reply', 'says', 'comment-awaiting-moderation')}"
    f" or {has_class('comment-reply-link', 'comment-edit-link', 'edit-link', 'avatar')}"
    f" or {has_class('children', 'vcard', 'meta', 'star-rating')}]"
)
_AUTHOR_NAMES = (
    f"descendant::*[{has_class('fn', 'comment-author-name', 'comment-author-link')}]"
    f" | descendant::*[{has_class('comment-author')}]//a"
    " | descendant::*[@itemprop='author']//*[@itemprop='name']"
    " | descendant::*[@itemprop='author'][not(descendant::*[@itemprop='name'])]"
)
_TIMES = (
    "descendant::time",
    f"descendant::*[{has_class('comment-meta', 'comment-metadata', 'comment-date')}]//a",
    f"descendant::*[{has_class('comment-date', 'comment-time')}]",
)


def comments_url(api: str, after: datetime | None = None) -> str:
    """The address of the first page of a site's comments, oldest first.

    Args:
        api: the site's address, that of its REST root (`…/wp-json/`), or `…?rest_route=/`.
        after: only comments published after this moment.
    """
    query = {"per_page": str(PER_PAGE), "orderby": "date_gmt", "order": "asc", "_fields": FIELDS}
    if after is not None:
        query["after"] = after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    parts = urlsplit(api)
    if "rest_route=" in parts.query:
        query = {"rest_route": _REST_PATH, **query}
        return urlunsplit((*parts[:3], urlencode(query), ""))
    return urlunsplit(
        (*parts[:2], f"{_root(parts.path)}/wp-json{_REST_PATH}", urlencode(query), "")
    )


def read_rest(page: Page, api: str) -> Harvest:
    """Comments from one REST page, and a link to the next.

    Past the end WordPress answers 400: an empty harvest.

    Raises:
        ReadError: no JSON, or an error such as `rest_forbidden`, which it names.
    """
    answer = page.json()
    if isinstance(answer, dict) and "code" in answer:
        if answer["code"] == PAST_THE_END:
            return Harvest()
        raise ReadError(page.url, f"WordPress answers {str(answer['code'])[:60]}")
    if not isinstance(answer, list):
        raise ReadError(page.url, "no list of comments")
    items: list[RawItem] = []
    malformed: list[str] = []
    for entry in answer:
        item = _rest_item(entry, page, api) if isinstance(entry, dict) else "no comment"
        if isinstance(item, str):
            malformed.append(item)
        else:
            items.append(item)
    following = _next_rest(page, len(answer))
    links = (Link(following, PageKind.COMMENTS),) if following else ()
    return Harvest(items=tuple(items), links=links, malformed=tuple(malformed))


def read_html(page: Page, api: str) -> Harvest:
    """Comments printed in an article's page, and links to further ones.

    Raises:
        ReadError: the page is no HTML.
    """
    tree = parse_page(page)
    address = first_page(page_address(tree, page.url))
    elements = _comment_elements(tree)
    above = {element: _owner(element.getparent(), elements) for element in elements}
    items: dict[tuple[str, ...], RawItem] = {}
    names: list[str] = []
    malformed: list[str] = []
    for element, number in elements.items():
        names.extend(
            to_text(name)
            for name in select(element, _AUTHOR_NAMES)
            if _owner(name, elements) is element
        )
        parent = above[element]
        item = comment_item(
            api,
            number=number,
            page_url=address,
            text=_printed_text(element, elements, [e for e in above if above[e] is element]),
            parent=elements[parent] if parent is not None else None,
            published=_printed_time(element, elements, page),
        )
        if isinstance(item, str):
            malformed.append(item)
        else:
            items.setdefault(item.native, item)
    pages = _comment_pages(tree, page.url)
    return Harvest(
        items=tuple(items.values()),
        links=tuple(Link(url, PageKind.COMMENTS) for url in pages),
        names=personal_names(names),
        malformed=tuple(malformed),
        # Where none is printed they may all be gone, or loaded by a script.
        whole=bool(items) and not pages,
    )


def comment_number(address: str) -> str | None:
    """The number in an address that ends in `#comment-<number>`."""
    match = _NUMBER.search(address)
    return match[1] if match else None


def comment_item(
    api: str,
    *,
    number: str | None,
    page_url: str,
    text: str,
    parent: str | None,
    published: Published | None,
) -> RawItem | str:
    """A comment, or what is missing for it to be one.

    `page_url` may be the comment's own address: only the page beneath which it stands is kept.
    """
    if number is None:
        return "a comment without a number"
    if not text:
        return "a comment without text"
    try:
        address = first_page(page_url)
        site = _site(api)
    except ValueError:
        return "a comment without its page's address"
    if is_personal(address):
        return "a comment on a person's page"
    return RawItem(
        native=("comment", "wordpress", site, number),
        thread=("page", address),
        kind=PostKind.REPLY,
        url=address,
        text=text,
        parent=("comment", "wordpress", site, parent) if parent else None,
        published=published,
    )


def _site(api: str) -> str:
    """The WordPress installation that comment numbers belong to."""
    parts = urlsplit(canonical(api))
    return f"{parts.netloc.removeprefix('www.')}{_root(parts.path)}"


def _root(path: str) -> str:
    return re.sub(r"/(?:wp-json(?:/.*)?|index\.php)?$", "", path)


def _rest_item(entry: dict[str, Any], page: Page, api: str) -> RawItem | str:
    number, parent, link = entry.get("id"), entry.get("parent"), entry.get("link")
    content = entry.get("content")
    rendered = content.get("rendered") if isinstance(content, dict) else None
    if not isinstance(number, int) or not isinstance(link, str) or not isinstance(rendered, str):
        return "a comment without id, link or content"
    when = entry.get("date_gmt")
    return comment_item(
        api,
        number=str(number),
        page_url=link,
        text=fragment_text(rendered),
        parent=str(parent) if isinstance(parent, int) and parent > 0 else None,
        published=dates.parse(when, page.fetched_at, UTC) if isinstance(when, str) else None,
    )


def _next_rest(page: Page, count: int) -> str | None:
    asked = url_query_parameter(page.url, "page", "1")
    number = int(asked) if asked.isdecimal() else 1
    total = page.headers.get("x-wp-totalpages", "")
    # Without the header (some proxies drop it) a full page means that there may be another.
    more = number < int(total) if total.isdecimal() else count >= PER_PAGE
    if not more or count == 0:
        return None
    return add_or_replace_parameter(page.url, "page", str(number + 1))


def _comment_elements(tree: HtmlElement) -> dict[HtmlElement, str]:
    """The outermost element of each comment, in the order of the page, with its number."""
    elements: dict[HtmlElement, str] = {}
    numbers: set[str] = set()
    for element in select(tree, "//*[contains(@id, 'comment-')]"):
        match = _ELEMENT_ID.fullmatch(element.get("id", ""))
        classes = element.get("class", "").split()
        if match is None or match[1] in numbers or {"pingback", "trackback"} & set(classes):
            continue
        numbers.add(match[1])
        elements[element] = match[1]
    return elements


def _owner(node: HtmlElement | None, elements: dict[HtmlElement, str]) -> HtmlElement | None:
    """The comment that a node belongs to: the innermost one around it."""
    while node is not None and node not in elements:
        node = node.getparent()
    return node


def _printed_text(
    element: HtmlElement, elements: dict[HtmlElement, str], inner: list[HtmlElement]
) -> str:
    unwanted = [*inner, *select(element, _NOT_CONTENT)]
    for xpath in _CONTENT:
        for content in select(element, xpath):
            if _owner(content, elements) is element and (text := to_text(content, unwanted)):
                return text
    return ""


def _printed_time(
    element: HtmlElement, elements: dict[HtmlElement, str], page: Page
) -> Published | None:
    for node in (node for xpath in _TIMES for node in select(element, xpath)):
        if _owner(node, elements) is not element:
            continue
        raw = node.get("datetime") or to_text(node)
        if found := dates.parse(raw, page.fetched_at):
            return found
    return None


def _comment_pages(tree: HtmlElement, url: str) -> list[str]:
    """Further pages of comments: WordPress names them `comment-page-2` or `?cpage=2`."""
    found: dict[str, None] = {}
    for anchor in select(
        tree, "//a[contains(@href, 'comment-page-') or contains(@href, 'cpage=')]"
    ):
        href = anchor.get("href", "")
        if "#comment-" in href or "replytocom" in href:
            continue
        target = resolve(url, href)
        if target and same_site(target, url) and target != canonical(url):
            found.setdefault(target)
    return list(found)
