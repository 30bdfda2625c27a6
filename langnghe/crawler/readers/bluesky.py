"""Posts of Bluesky: what its search finds, and the answers to a post.

The lexicons of @atproto/api, `app.bsky.feed.searchPosts` and `app.bsky.feed.getPostThread`. A
post's own address holds its author's identifier, so the public page of a post is that of the
hashtag or of the search that found it; from `author` only names are taken, to mask them in the
texts. A post that is shown to account holders only is not public: it is counted, not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from w3lib.url import add_or_replace_parameter, url_query_parameter

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.readers.html import plain_text
from langnghe.crawler.readers.names import MENTION, personal_names, without_handles
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count

PER_PAGE = 100
"""The most that a search gives at once."""
DEPTH = 100
"""How many levels of answers are asked for; deeper ones are a quarrel of two."""

_PUBLIC = "https://bsky.app"
_WITHHELD = frozenset({"!no-unauthenticated", "!hide", "!takedown", "!suspend"})
"""Labels by which a writer (the first) or the platform keeps a post from those without account:
https://docs.bsky.app/docs/advanced-guides/moderation."""

_ACCOUNT = re.compile(
    r"(?:at://)?\bdid:[a-z]+:[\w.:%-]+(?:/[\w./~:-]*)?|(?<![\w/@])[\w-]+\.bsky\.social\b",
    re.IGNORECASE,
)
"""An account by its number or handle, as it also stands in texts without a facet."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what a search found. `answered`: the openings on it that have answers."""

    harvest: Harvest
    answered: tuple[str, ...]


def method_url(service: str, name: str, **query: object) -> str:
    """The address of one of a server's methods."""
    parts = urlsplit(service)
    return urlunsplit((*parts[:2], f"/xrpc/{name}", urlencode(query), ""))


def search_url(service: str, query: str) -> str:
    """The address of what a search finds, newest first."""
    return method_url(service, "app.bsky.feed.searchPosts", q=query, sort="latest", limit=PER_PAGE)


def thread_url(service: str, uri: str) -> str:
    """The address of the answers to a post. It holds the number of who wrote it: never kept."""
    return method_url(service, "app.bsky.feed.getPostThread", uri=uri, depth=DEPTH, parentHeight=0)


def since_url(url: str, moment: datetime) -> str:
    """A search's address, narrowed to what is not older than `moment` (aware)."""
    since = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(add_or_replace_parameter(url, "since", since))


def public_url(query: str) -> str:
    """The page on which anyone sees what a search for a `#hashtag` or a phrase finds."""
    if query.startswith("#"):
        return f"{_PUBLIC}/hashtag/{quote(query[1:], safe='')}"
    return f"{_PUBLIC}/search?{urlencode({'q': query})}"


def read_search(page: Page, query: str) -> Found:
    """The posts of one page, and a link to the older ones; a page without a cursor is the last.

    Raises:
        ReadError: no answer to a search.
    """
    answer = page.json()
    posts = answer.get("posts") if isinstance(answer, dict) else None
    if not isinstance(posts, list):
        raise ReadError(page.url, "no posts")
    cursor = answer.get("cursor")
    asked = url_query_parameter(page.url, "cursor")
    links: tuple[Link, ...] = ()
    # A cursor that leads to where we are would lead round for ever.
    if posts and isinstance(cursor, str) and cursor and cursor != asked:
        links = (Link(add_or_replace_parameter(page.url, "cursor", cursor), PageKind.TIMELINE),)
    harvest = _harvest(page, posts, query, links)
    # An opening without answers is a whole thread by itself.
    alone = frozenset(
        ("bluesky", post["uri"])
        for post in posts
        if isinstance(post, dict) and post.get("replyCount") == 0 and _reference(post)
    )
    threads = alone.intersection(item.native for item in harvest.items)
    answered = tuple(filter(None, map(_answered, posts)))
    return Found(replace(harvest, threads=threads), answered)


def read_thread(page: Page, query: str) -> Harvest:
    """The answers to a post, each after what it answers; none where it is no longer shown.

    Raises:
        ReadError: no answer about a thread.
    """
    answer = page.json()
    thread = answer.get("thread") if isinstance(answer, dict) else None
    if not isinstance(thread, dict):
        raise ReadError(page.url, "no thread")
    if _is_hidden(thread):
        return Harvest()
    if not isinstance(thread.get("post"), dict):
        raise ReadError(page.url, "a thread without its opening")
    posts: list[object] = []
    whole = _shows_all(thread)
    rest = _replies(thread)
    while rest:
        view = rest.pop()
        if isinstance(view, dict) and not _is_hidden(view):
            posts.append(view.get("post"))
            rest += _replies(view)
            whole &= _shows_all(view)
    opening = _reference(thread["post"])
    threads = frozenset([opening] if whole and opening else [])
    return replace(_harvest(page, posts, query), threads=threads)


def _is_hidden(view: dict[str, Any]) -> bool:
    """Whether only a word stands here about a post that was deleted, or that we may not see."""
    return bool(view.get("notFound") or view.get("blocked"))


def _shows_all(view: dict[str, Any]) -> bool:
    """Whether all direct answers to a post stand here, deleted ones that still count included."""
    post = view.get("post")
    answers = count(post.get("replyCount")) if isinstance(post, dict) else None
    return answers is not None and len(_replies(view)) >= answers


def _replies(view: dict[str, Any]) -> list[object]:
    """What answers a post directly, the first last: it is taken from a stack."""
    replies = view.get("replies")
    return replies[::-1] if isinstance(replies, list) else []


def _harvest(page: Page, posts: list[object], query: str, links: tuple[Link, ...] = ()) -> Harvest:
    items: list[RawItem] = []
    names: list[object] = []
    malformed: list[str] = []
    withheld = 0
    for post in posts:
        if not isinstance(post, dict):
            malformed.append("no post")
            continue
        names.extend(_names(post))
        if _is_withheld(post):
            withheld += 1
            continue
        item = _item(post, page, query)
        if isinstance(item, str):
            malformed.append(item)
        else:
            items.append(item)
    return Harvest(tuple(items), links, personal_names(names), tuple(malformed), withheld)


def _item(post: dict[str, Any], page: Page, query: str) -> RawItem | str:
    uri, record = post.get("uri"), post.get("record")
    if not isinstance(uri, str) or not uri:
        return "a post without uri"
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        return "a post without text"
    native = ("bluesky", uri)
    root, parent = _answers(record)
    return RawItem(
        native=native,
        thread=root or native,
        kind=PostKind.REPLY if parent else PostKind.OPENING,
        url=public_url(query),
        # A post of pictures has an empty text: it is counted as that.
        text=_text(record),
        parent=parent,
        published=_published(record.get("createdAt"), post.get("indexedAt"), page.fetched_at),
        reactions=count(post.get("likeCount")),
    )


def _answers(record: dict[str, Any]) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The opening of the thread that a post belongs to, and what it answers."""
    reply = record.get("reply")
    if not isinstance(reply, dict):
        return None, None
    root, parent = (_reference(reply.get(key)) for key in ("root", "parent"))
    return root or parent, parent or root


def _reference(strong: object) -> tuple[str, str] | None:
    uri = strong.get("uri") if isinstance(strong, dict) else None
    return ("bluesky", uri) if isinstance(uri, str) and uri else None


def _text(record: dict[str, Any]) -> str:
    """What was written, every mentioned account replaced.

    Facets count bytes of UTF-8; the text of a mention may be anything, only its facet says so.
    """
    raw = record["text"].encode("utf-8", "surrogatepass")
    facets = record.get("facets")
    spans = sorted(filter(None, map(_mention, facets if isinstance(facets, list) else ())))
    end = len(raw)
    for start, stop in reversed(spans):
        if stop <= end:
            raw = raw[:start] + MENTION.encode() + raw[stop:]
            end = start
    text = without_handles(plain_text(raw.decode("utf-8", "ignore")))
    return _ACCOUNT.sub(MENTION, text)


def _mention(facet: object) -> tuple[int, int] | None:
    """Where an account is mentioned, in bytes; None for links and hashtags."""
    if not isinstance(facet, dict) or not isinstance(facet.get("index"), dict):
        return None
    features = facet.get("features")
    start, stop = (count(facet["index"].get(key)) for key in ("byteStart", "byteEnd"))
    if start is None or stop is None or start >= stop or not isinstance(features, list):
        return None
    mentions = any(isinstance(one, dict) and "did" in one for one in features)
    return (start, stop) if mentions else None


def _published(created: object, indexed: object, fetched_at: datetime) -> Published | None:
    """When a post was written: not later than the platform first saw it.

    `createdAt` is the writer's own clock and may be anything; the platform sorts by the earlier
    of both as well.
    """
    moments = [
        found
        for raw in (created, indexed)
        if isinstance(raw, str) and (found := dates.parse(raw, fetched_at)) is not None
    ]
    return min(moments, key=lambda one: one.at, default=None)


def _is_withheld(post: dict[str, Any]) -> bool:
    author, record = post.get("author"), post.get("record")
    own = record.get("labels") if isinstance(record, dict) else None
    return any(
        label.get("val") in _WITHHELD and label.get("neg") is not True
        for labels in (
            author.get("labels") if isinstance(author, dict) else None,
            post.get("labels"),
            own.get("values") if isinstance(own, dict) else None,
        )
        if isinstance(labels, list)
        for label in labels
        if isinstance(label, dict) and isinstance(label.get("val"), str)
    )


def _names(post: dict[str, Any]) -> list[object]:
    author = post.get("author")
    if not isinstance(author, dict):
        return []
    handle = author.get("handle")
    label = handle.partition(".")[0] if isinstance(handle, str) else None
    return [author.get("displayName"), handle, label]


def _answered(post: object) -> str | None:
    """The number of a public opening that has answers."""
    if not isinstance(post, dict) or not isinstance(post.get("record"), dict):
        return None
    uri = post.get("uri")
    if not count(post.get("replyCount")) or _answers(post["record"])[1] or _is_withheld(post):
        return None
    return uri if isinstance(uri, str) and uri else None
