"""Discussions and comments marked up by schema.org, as JSON-LD, microdata or RDFa Lite.

Read are DiscussionForumPosting, SocialMediaPosting and Question with the Comment, UserComments
and Answer nodes beneath them (https://schema.org/DiscussionForumPosting). Own code rather than
extruct: the text has to be taken from the element, without the quoted posts and nested replies
that stand within it, and extruct hands out strings (and brings an RDF library along).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.addresses import first_page
from langnghe.crawler.items import Harvest, RawItem
from langnghe.crawler.readers import json_ld
from langnghe.crawler.readers.html import (
    ancestors,
    fragment_text,
    has_class,
    line,
    parse_page,
    select,
    to_text,
)
from langnghe.crawler.readers.links import page_address
from langnghe.crawler.readers.names import json_ld_names, personal_names
from langnghe.crawler.readers.page import Page

_DISCUSSIONS = frozenset({"discussionforumposting", "socialmediaposting", "question"})
_COMMENTS = frozenset({"comment", "usercomments", "answer"})
_TEXT = ("text", "articleBody", "commentText")
_TIME = ("datePublished", "dateCreated", "commentTime")
_REPLIES = ("comment", "comments", "suggestedAnswer", "acceptedAnswer")
_VOTES = ("upvoteCount", "likeCount")

MAX_POSTINGS = 1000
"""Postings taken from one page: forums print 10 to 200, comment pages up to 500."""

QUOTES = (
    f"descendant-or-self::*[{has_class('bbCodeBlock--quote', 'quotecontent', 'quotebox')}"
    f" or {has_class('bbcode_quote', 'ipsQuote')}]"
    f" | descendant::aside[{has_class('quote')}]"
    " | descendant::blockquote[@data-author or @data-username or @data-quote or @data-ipsquote"
    " or cite or div/cite or header]"
)
"""XPath: earlier posts quoted within a post, as XenForo, phpBB, SMF, vBulletin, IPS and Discourse
print them. A quotation without its author named stays: it is part of what is said."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One posting as its markup gives it. `key` is its number on the page, if it has one."""

    opening: bool
    text: str
    key: str
    title: str = ""
    time: str = ""
    parent: str | None = None
    """The key of the posting it answers; None for the thread itself."""
    reactions: int | None = None


@dataclass(frozen=True, slots=True)
class Markup:
    """All postings of a page, outer ones before those beneath them."""

    postings: list[Marked] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    malformed: list[str] = field(default_factory=list)


def read_comments(page: Page) -> Harvest:
    """The comments beneath an article. The article itself is left to its own reader.

    Raises:
        ReadError: the page is no HTML.
    """
    tree = parse_page(page)
    address = page_address(tree, page.url)
    markup = read_markup(tree)
    comments = [posting for posting in markup.postings if not posting.opening]
    harvest = to_harvest(
        replace(markup, postings=comments), page, ("page", first_page(address)), address
    )
    # Newspapers print the first comments and load the others by script.
    return replace(harvest, whole=stated_comments(tree) == len(comments))


def stated_comments(tree: HtmlElement) -> int | None:
    """How many comments a page says that there are; None where it does not say."""
    stated = [_count(node.get("commentCount")) for node in json_ld.nodes(tree)]
    stated += [
        _count(_value([element]))
        for element in select(tree, "//*[@itemprop='commentCount' or @property='commentCount']")
    ]
    # A comment with answers may name their number as well.
    return max((number for number in stated if number is not None), default=None)


def read_markup(tree: HtmlElement) -> Markup:
    """The postings that a page marks up.

    Where it does so in two ways, the one that gives more of them is taken, and elements of the
    page before JSON-LD: the latter often has only the beginning of a text.
    """
    elements, scripts = _from_elements(tree), _from_json_ld(tree)
    best, other = elements, scripts
    if len(scripts.postings) > len(elements.postings):
        best, other = scripts, elements
    postings = best.postings
    if not any(posting.opening for posting in postings):
        # XenForo marks its replies up as elements, and what they answer as JSON-LD.
        postings = [*(posting for posting in other.postings if posting.opening), *postings]
    return replace(best, postings=postings, names=elements.names | scripts.names)


def to_harvest(markup: Markup, page: Page, thread: tuple[str, ...], address: str) -> Harvest:
    """Items out of postings. `thread` is the thread's native address, `address` its page."""
    keys = Counter(posting.key for posting in markup.postings if posting.key)
    items: dict[tuple[str, ...], RawItem] = {}
    malformed = list(markup.malformed)
    for posting in markup.postings:
        if not posting.text:
            # A thread's following pages name its opening without printing it again.
            if not posting.opening:
                malformed.append("a posting without text")
            continue
        if posting.opening:
            native: tuple[str, ...] = ("opening", *thread)
        elif posting.key and keys[posting.key] == 1:
            native = ("comment", *thread, posting.key)
        else:
            # Without a number of its own a comment is known by its time and words.
            native = ("comment", *thread, posting.time, posting.text)
        parent: tuple[str, ...] | None = None
        if posting.parent is not None and keys[posting.parent] == 1:
            parent = ("comment", *thread, posting.parent)
        items.setdefault(
            native,
            RawItem(
                native=native,
                thread=thread,
                kind=PostKind.OPENING if posting.opening else PostKind.REPLY,
                url=address,
                text=posting.text,
                title=posting.title if posting.opening else "",
                parent=parent,
                published=dates.parse(posting.time, page.fetched_at),
                reactions=posting.reactions,
            ),
        )
    return Harvest(
        items=tuple(items.values()),
        names=personal_names(markup.names),
        malformed=tuple(malformed),
    )


def comment_key(address: str, element_id: str = "") -> str:
    """The number of a comment within its page, from its own address or its element's id.

    Only a fragment with a number or the address's last number is taken: the rest of such an
    address may name its author.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    return (
        last_number(parts.fragment)
        or last_number(element_id)
        or last_number(f"{parts.path}?{parts.query}")
    )


def last_number(text: str) -> str:
    """The last run of digits, or nothing."""
    match = re.search(r"(\d+)\D*\Z", text)
    return match[1] if match else ""


# --- JSON-LD --------------------------------------------------------------------------------


def _from_json_ld(tree: HtmlElement) -> Markup:
    markup = Markup()
    done: set[int] = set()
    for node in json_ld.nodes(tree):
        kinds = json_ld.types(node)
        if author := node.get("author") or node.get("creator"):
            markup.names.update(json_ld_names(author))
        if id(node) in done or not kinds & (_DISCUSSIONS | _COMMENTS):
            continue
        waiting: list[tuple[json_ld.Node, str | None]] = [(node, None)]
        while waiting:
            current, parent = waiting.pop()
            if id(current) in done:
                continue
            done.add(id(current))
            posting = _posting(current, parent)
            markup.postings.append(posting)
            beneath = None if posting.opening else posting.key or parent
            waiting.extend((child, beneath) for child in json_ld.children(current, *_REPLIES)[::-1])
    return markup


def _posting(node: json_ld.Node, parent: str | None) -> Marked:
    above = json_ld.children(node, "parentItem")
    if parent is None and above and not json_ld.types(above[0]) & _DISCUSSIONS:
        parent = comment_key(json_ld.string(above[0], "@id", "url")) or None
    return Marked(
        opening=bool(json_ld.types(node) & _DISCUSSIONS),
        text=fragment_text(json_ld.string(node, *_TEXT)),
        key=comment_key(json_ld.string(node, "url", "@id", "identifier")),
        title=line(json_ld.string(node, "headline", "name")),
        time=json_ld.string(node, *_TIME),
        parent=parent,
        reactions=_votes(node),
    )


def _votes(node: json_ld.Node) -> int | None:
    for counter in json_ld.children(node, "interactionStatistic"):
        kind = str(counter.get("interactionType", ""))
        count = counter.get("userInteractionCount")
        if "LikeAction" in kind and (number := _count(count)) is not None:
            return number
    return next((n for key in _VOTES if (n := _count(node.get(key))) is not None), None)


def _count(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value) else None


# --- microdata and RDFa Lite ----------------------------------------------------------------


def _from_elements(tree: HtmlElement) -> Markup:
    markup = Markup()
    keys: dict[HtmlElement, str] = {}
    marked = select(tree, "//*[@itemscope or @typeof]")
    found = [scope for scope in marked if _kinds(scope) & (_DISCUSSIONS | _COMMENTS)]
    scopes = dict.fromkeys(found[:MAX_POSTINGS])
    for scope in scopes:
        properties = _properties(scope)
        texts = _pick(properties, *_TEXT)
        markup.names.update(_authors(properties))
        key = keys[scope] = _key(scope, properties)
        opening = bool(_kinds(scope) & _DISCUSSIONS)
        markup.postings.append(
            Marked(
                opening=opening,
                text=_body(texts[0], scopes) if texts else "",
                key=key,
                title=line(_value(_pick(properties, "headline", "name"))),
                time=_value(_pick(properties, *_TIME)),
                parent=_parent(scope, properties, keys),
                reactions=_reactions(properties),
            )
        )
    return markup


def _kinds(scope: HtmlElement) -> frozenset[str]:
    raw = f"{scope.get('itemtype', '')} {scope.get('typeof', '')}"
    return frozenset(re.split(r"[/#:]", one)[-1].lower() for one in raw.split())


def _properties(scope: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """The scope's own properties: those of the scopes within it belong to them."""
    found: list[tuple[str, HtmlElement]] = []
    for element in select(scope, "descendant::*[@itemprop or @property]"):
        owner = next(
            around
            for around in ancestors(element)
            if around is scope or "itemscope" in around.attrib or "typeof" in around.attrib
        )
        if owner is scope:
            names = f"{element.get('itemprop', '')} {element.get('property', '')}".split()
            found.extend((name.rpartition(":")[2], element) for name in names)
    return found


def _pick(properties: Iterable[tuple[str, HtmlElement]], *names: str) -> list[HtmlElement]:
    return [element for wanted in names for name, element in properties if name == wanted]


def _value(elements: list[HtmlElement]) -> str:
    for element in elements:
        for attribute in ("content", "datetime", "href", "src", "data-value"):
            if value := element.get(attribute):
                return value.strip()
        if value := to_text(element):
            return value
    return ""


def _body(element: HtmlElement, scopes: Collection[HtmlElement]) -> str:
    if content := element.get("content"):
        return fragment_text(content)
    inner = [s for s in select(element, "descendant::*[@itemscope or @typeof]") if s in scopes]
    return to_text(element, without=[*inner, *select(element, QUOTES)])


def _key(scope: HtmlElement, properties: list[tuple[str, HtmlElement]]) -> str:
    address = scope.get("itemid") or scope.get("resource") or ""
    if not address:
        address = next(
            (
                link
                for element in _pick(properties, "url", "mainEntityOfPage", "identifier")
                if (link := _value([element]))
            ),
            "",
        )
    return comment_key(address, scope.get("id", ""))


def _parent(
    scope: HtmlElement, properties: list[tuple[str, HtmlElement]], keys: dict[HtmlElement, str]
) -> str | None:
    for around in ancestors(scope):
        if _kinds(around) & _COMMENTS and keys.get(around):
            return keys[around]
    for element in _pick(properties, "parentItem"):
        if not _kinds(element) & _DISCUSSIONS:
            address = element.get("itemid") or element.get("resource") or element.get("href") or ""
            return comment_key(address) or None
    return None


def _authors(properties: list[tuple[str, HtmlElement]]) -> list[str]:
    names: list[str] = []
    for element in _pick(properties, "author", "creator"):
        if "organization" in _kinds(element):
            continue
        inner = _pick(_properties(element), "name", "alternateName")
        names.extend(to_text(part) or part.get("content", "") for part in inner)
        if not inner:
            names.append(element.get("content") or to_text(element))
    return names


def _reactions(properties: list[tuple[str, HtmlElement]]) -> int | None:
    for element in _pick(properties, "interactionStatistic"):
        inner = _properties(element)
        kinds = [
            part.get("content") or part.get("href") or ""
            for part in _pick(inner, "interactionType")
        ]
        if any("LikeAction" in kind for kind in kinds):
            return _count(_value(_pick(inner, "userInteractionCount")))
    return _count(_value(_pick(properties, *_VOTES)))
