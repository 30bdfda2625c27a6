"""Articles: the body by trafilatura, the time and title from what the page declares."""

from __future__ import annotations

import re

import trafilatura
from lxml.html import HtmlElement

from langnghe.core.models import PostKind, RejectReason
from langnghe.crawler import dates
from langnghe.crawler.items import Harvest, Published, RawItem
from langnghe.crawler.readers import json_ld
from langnghe.crawler.readers.bylines import without_bylines
from langnghe.crawler.readers.html import (
    ancestors,
    fragment_text,
    has_class,
    line,
    parse_page,
    plain_text,
    select,
    to_text,
)
from langnghe.crawler.readers.links import page_address
from langnghe.crawler.readers.names import json_ld_names, personal_names
from langnghe.crawler.readers.page import Page, ReadError, guarded

MAX_CHARACTERS = 3_000_000
"""The largest article page in the samples has 1.2 million characters; trafilatura needs about
5 s for 3 million."""

_ARTICLES = frozenset((
    "article", "newsarticle", "blogposting", "report", "reportagenewsarticle",
    "analysisnewsarticle", "webpage", "advertisercontentarticle", "opinionnewsarticle",
    "liveblogposting", "techarticle",
))  # fmt: skip
_COMMENTS = (
    "comments", "comment-list", "commentlist", "comment", "comment-respond", "related", "sidebar",
    "widget", "children",
)  # fmt: skip
_META_TIMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "pubdate", "publishdate", "publish_date", "publish-date", "published_time", "dc.date.issued",
    "dc.date", "dcterms.created", "date", "article:published",
)  # fmt: skip
_META_AUTHORS = ("author", "article:author", "dc.creator", "twitter:creator", "dable:author")
_VISIBLE_TIMES = (
    f"//abbr[{has_class('published')}][@title]",
    f"//*[{has_class('published', 'date', 'time', 'datetime', 'post-date', 'entry-date')}]",
    "//*[contains(@class, 'publish') or contains(@class, 'date') or contains(@class, 'time')]",
)
_AUTHORS = (
    "//a[contains(concat(' ', @rel, ' '), ' author ')]"
    f" | //*[{has_class('author', 'byline', 'tac-gia')}]"
    f" | //*[{has_class('vcard')}]//*[{has_class('fn')}] | //*[@itemprop='author']"
    " | //*[contains(@class, 'author-name') or contains(@class, 'author_name')]"
)
_BODIES = (
    "//*[@itemprop='articleBody']",
    f"//*[{has_class('entry-content', 'article-content', 'post-content', 'detail-content')}]",
    "//article",
    "//main",
)
_TABLE_ROW = re.compile(r"^\|(.*)\|[ \t]*$", re.MULTILINE)
_LONGEST_TIME = 80
_HEAD_LINES = 4
_LONGEST_NAME_ELEMENT = 200


def read_article(page: Page) -> Harvest:
    """One item: the article, without its author and byline.

    An article whose body cannot be found is counted as malformed.

    Raises:
        ReadError: the page is no HTML, broken, or too long.
    """
    markup = page.markup()
    if len(markup) > MAX_CHARACTERS:
        raise ReadError(page.url, f"{len(markup)} characters", RejectReason.TOO_LONG)
    tree = parse_page(page)
    address = page_address(tree, page.url)
    described = [node for node in json_ld.nodes(tree) if json_ld.types(node) & _ARTICLES]
    names = _names(tree, described)
    title = _title(tree, described)
    body = _without_times(_body(page, markup, tree, described), page)
    text = without_bylines(body, title, names)
    if not text:
        return Harvest(names=names, malformed=("an article without text",))
    item = RawItem(
        native=("page", address),
        thread=("page", address),
        kind=PostKind.ARTICLE,
        url=address,
        text=text,
        title=title,
        published=_published(page, tree, described),
    )
    return Harvest(items=(item,), names=names)


def _body(page: Page, markup: str, tree: HtmlElement, described: list[json_ld.Node]) -> str:
    with guarded(page.url, "the article's body"):
        text = trafilatura.extract(
            markup,
            url=page.url,
            favor_precision=True,
            include_comments=False,
            include_formatting=False,
            deduplicate=False,
        )
    if text:
        return plain_text(_TABLE_ROW.sub(_cells, text))
    for node in described:
        if body := json_ld.string(node, "articleBody"):
            return fragment_text(body)
    for xpath in _BODIES:
        for element in select(tree, xpath)[:1]:
            unwanted = select(
                element,
                "descendant::*[self::header or self::footer or self::nav or self::aside"
                f" or {has_class(*_COMMENTS)}]",
            )
            if body := to_text(element, without=unwanted):
                return body
    return ""


def _cells(row: re.Match[str]) -> str:
    """A row of a table, which trafilatura draws with lines, as words."""
    return ", ".join(cell.strip() for cell in row[1].split("|") if cell.strip())


def _without_times(text: str, page: Page) -> str:
    """The text without lines at its beginning that are nothing but its time."""
    lines = text.split("\n")
    head = [line for line in lines[:_HEAD_LINES] if not dates.parse(line, page.fetched_at)]
    return "\n".join([*head, *lines[_HEAD_LINES:]])


def _title(tree: HtmlElement, described: list[json_ld.Node]) -> str:
    for node in described:
        if headline := line(json_ld.string(node, "headline")):
            return headline
    heads = [
        *select(tree, f"//h1[{has_class('entry-title', 'title', 'detail-title', 'post-title')}]"),
        *select(tree, "//*[@itemprop='headline']"),
    ]
    # A single h1 is the title; of several one is the site's name.
    only = select(tree, "//h1[not(ancestor::aside)]")
    heads.extend(only if len(only) == 1 else [])
    for head in heads:
        if title := line(head.get("content") or to_text(head)):
            return title
    return line(
        _meta(tree, "og:title") or next((to_text(t) for t in select(tree, "//h1")), "")
    ) or (line(next(("".join(t.itertext()) for t in select(tree, "//title")), "")))


def _published(page: Page, tree: HtmlElement, described: list[json_ld.Node]) -> Published | None:
    """The first time that can be read for certain, from the most to the least formal place."""
    stated = [json_ld.string(node, "datePublished") for node in described]
    stated.extend(_meta(tree, name) for name in _META_TIMES)
    stated.extend(
        element.get("content") or element.get("datetime") or to_text(element)
        for element in select(tree, "//*[@itemprop='datePublished']")
        if _is_own(element)
    )
    times = [element for element in select(tree, "//time") if _is_own(element)]
    # A page may print the times of other articles too: its own stands in its article or header.
    times.sort(
        key=lambda element: not any(a.tag in {"article", "header"} for a in ancestors(element))
    )
    stated.extend(element.get("datetime") or to_text(element) for element in times)
    for xpath in _VISIBLE_TIMES:
        for element in select(tree, xpath):
            if _is_own(element):
                stated.extend((element.get("title", ""), to_text(element)))
    for raw in stated:
        if raw and len(raw) <= _LONGEST_TIME and (found := dates.parse(raw, page.fetched_at)):
            return found
    return None


def _is_own(element: HtmlElement) -> bool:
    """Whether an element speaks of the article, not of a comment or of another article."""
    around = (element, *ancestors(element))
    return not any(
        e.tag in {"aside", "nav"} or set(e.get("class", "").split()) & set(_COMMENTS)
        for e in around
    )


def _meta(tree: HtmlElement, name: str) -> str:
    for element in select(tree, "//meta[@content]"):
        if name in (element.get("property", "").lower(), element.get("name", "").lower()):
            return element.get("content", "").strip()
    return ""


def _names(tree: HtmlElement, described: list[json_ld.Node]) -> frozenset[str]:
    seen: list[str] = []
    for node in described:
        seen.extend(json_ld_names(node.get("author")))
        seen.extend(json_ld_names(node.get("creator")))
    seen.extend(_meta(tree, name) for name in _META_AUTHORS)
    for element in select(tree, _AUTHORS):
        text = to_text(element) if _is_own(element) else ""
        if len(text) <= _LONGEST_NAME_ELEMENT:
            seen.extend(text.split("\n"))
    return personal_names(seen)
