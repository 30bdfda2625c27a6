"""Topics of Discourse forums, from the public JSON behind their pages.

https://docs.discourse.org: `/latest.json` and `/c/{slug}/{id}.json` list topics, `/t/{id}.json`
gives a topic's first twenty posts and the numbers of all, `/t/{id}/posts.json` those that are
asked for. Read are ordinary posts that anyone sees. A post's public page is its topic; of its
writer only names are taken, to mask them in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.addresses import canonical
from langnghe.crawler.items import Harvest, Link, PageKind, RawItem
from langnghe.crawler.readers.html import has_class, line, parse_markup, select, to_text
from langnghe.crawler.readers.names import MENTION, personal_names
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count

PER_PAGE = 20
"""Posts asked for at once: as many as Discourse's own pages load at a time (`chunk_size`)."""

_PLACE = re.compile(r"(.*?)/(?:latest|c/.+|tag/.+|t/(\d+)(?:/posts)?)(?:\.json)?")
_REGULAR = 1
"""Of `post_type`; the others are notices of moderators and of the software, and whispers."""
_LIKE = 2
"""Of `actions_summary`: how many found a post good."""
_MENTIONS = f"//*[{has_class('mention')}]"
_NOT_SAID = (
    f"descendant::aside[{has_class('quote', 'onebox')}]"
    f" | descendant::*[{has_class('lightbox-wrapper')}]//*[{has_class('meta')}]"
)
"""XPath: earlier posts that are quoted, previews of linked pages, captions of pictures' files."""


def place_of(url: str) -> tuple[str, str | None]:
    """The forum's own address, and the number of the topic where the address is that of one.

    Raises:
        ValueError: neither a list of topics nor a topic.
    """
    parts = urlsplit(url)
    match = _PLACE.fullmatch(parts.path)
    if match is None:
        raise ValueError("neither a list of topics nor a topic")
    return f"{parts.scheme}://{parts.netloc}{match[1]}", match[2]


def list_url(board: str) -> str:
    """The address of a list of topics as JSON: that of its page in a browser, and an ending."""
    parts = urlsplit(board)
    return urlunsplit((*parts[:2], f"{parts.path.rstrip('/')}.json", parts.query, ""))


def read_list(page: Page, home: str) -> Harvest:
    """Links to the topics on a list, and to its following page.

    Args:
        page: the answer.
        home: the forum's own address, without a slash at its end.

    Raises:
        ReadError: no list of topics.
    """
    answer = page.json()
    listed = answer.get("topic_list") if isinstance(answer, dict) else None
    topics = listed.get("topics") if isinstance(listed, dict) else None
    if not isinstance(listed, dict) or not isinstance(topics, list):
        raise ReadError(page.url, "no list of topics")
    found: list[Link] = []
    malformed: list[str] = []
    for topic in topics:
        number = _number(topic.get("id")) if isinstance(topic, dict) else None
        if number is None:
            malformed.append("a topic without number")
        elif topic.get("archetype", "regular") == "regular" and topic.get("visible") is not False:
            url = f"{home}/t/{number}.json"
            found.append(Link(url, PageKind.THREAD, _changed(topic, page.fetched_at)))
    following = _following(page, listed.get("more_topics_url"))
    if following is not None and found:
        found.append(Link(following, PageKind.BOARD))
    return Harvest(links=tuple(found), malformed=tuple(malformed))


def read_topic(page: Page, home: str, number: str) -> Harvest:
    """The posts of a topic that one answer holds, and links to the answers with the others.

    Those that are read next are the newest. Only the first answer (`/t/{id}.json`) names them.

    Args:
        page: the first answer, or one with further posts of the same topic.
        home: the forum's own address, without a slash at its end.
        number: the topic's.

    Raises:
        ReadError: no topic.
    """
    answer = page.json()
    stream = answer.get("post_stream") if isinstance(answer, dict) else None
    posts = stream.get("posts") if isinstance(stream, dict) else None
    if not isinstance(stream, dict) or not isinstance(posts, list):
        raise ReadError(page.url, "no topic")
    title = answer.get("title")
    items: dict[tuple[str, ...], RawItem] = {}
    names: list[object] = []
    malformed: list[str] = []
    for post in posts:
        if not isinstance(post, dict):
            malformed.append("a post that is none")
            continue
        names.extend(_names(post))
        if not _is_shown(post):
            continue
        item = _item(post, page, home, number, line(title) if isinstance(title, str) else "")
        if isinstance(item, str):
            malformed.append(item)
        elif item is not None:
            items.setdefault(item.native, item)
    here = {_number(post.get("id")) for post in posts if isinstance(post, dict)}
    further = _further(home, number, stream.get("stream"), here)
    asked = {value for _, value in parse_qsl(urlsplit(page.url).query)}
    return Harvest(
        items=tuple(items.values()),
        links=tuple(further or ()),
        names=personal_names(names),
        malformed=tuple(malformed),
        # The first answer names all posts; a later one has those that it was asked for.
        whole=asked <= here if asked else further is not None,
    )


def _item(
    post: dict[str, Any], page: Page, home: str, topic: str, title: str
) -> RawItem | str | None:
    """A post as an item, what is wrong with it, or None where it says nothing in words."""
    number, cooked, created = (
        _number(post.get("post_number")),
        post.get("cooked"),
        post.get("created_at"),
    )
    if number is None:
        return "a post without number"
    if not isinstance(cooked, str):
        return "a post without text"
    text = _text(cooked)
    if not text:
        return None
    opening = ("discourse", home, topic, "1")
    above = _number(post.get("reply_to_post_number"))
    is_opening = number == "1"
    return RawItem(
        native=("discourse", home, topic, number),
        thread=opening,
        kind=PostKind.OPENING if is_opening else PostKind.REPLY,
        # Without the words of the title, which may name someone: it leads to the same page.
        url=f"{home}/t/{topic}",
        text=text,
        title=title if is_opening else "",
        parent=None if is_opening or above is None else ("discourse", home, topic, above),
        published=dates.parse(created, page.fetched_at) if isinstance(created, str) else None,
        reactions=_likes(post.get("actions_summary")),
    )


def _is_shown(post: dict[str, Any]) -> bool:
    """Whether a post is one that people wrote and that still stands for anyone to read."""
    return (
        post.get("post_type", _REGULAR) == _REGULAR
        and not post.get("hidden")
        and not post.get("user_deleted")
        and post.get("deleted_at") is None
    )


def _text(cooked: str) -> str:
    tree = parse_markup(f"<div>{cooked}</div>")
    if tree is None:
        return ""
    for mention in select(tree, _MENTIONS):
        mention.clear(keep_tail=True)
        mention.text = MENTION
    return to_text(tree, without=select(tree, _NOT_SAID))


def _names(post: dict[str, Any]) -> Iterable[object]:
    answered = post.get("reply_to_user")
    for who in (post, answered if isinstance(answered, dict) else {}):
        yield from (who.get(key) for key in ("name", "username", "display_username"))


def _further(
    home: str, topic: str, stream: object, here: Collection[str | None]
) -> list[Link] | None:
    """Where the posts are that a topic's first answer only counts, the newest first.

    None where it does not count them.
    """
    if not isinstance(stream, list):
        return None
    numbers = [_number(one) for one in reversed(stream)]
    if None in numbers:
        return None
    missing = [number for number in dict.fromkeys(numbers) if number not in here]
    chunks = (missing[start : start + PER_PAGE] for start in range(0, len(missing), PER_PAGE))
    return [
        Link(
            f"{home}/t/{topic}/posts.json?{urlencode([('post_ids[]', one) for one in chunk])}",
            PageKind.THREAD,
        )
        for chunk in chunks
    ]


def _following(page: Page, more: object) -> str | None:
    """The list's following page. Its address is that of a page in a browser."""
    if not isinstance(more, str) or not more:
        return None
    try:
        parts = urlsplit(urljoin(page.url, more))
        path = parts.path if parts.path.endswith(".json") else f"{parts.path.rstrip('/')}.json"
        found = canonical(urlunsplit((*parts[:2], path, parts.query, "")))
    except ValueError:
        return None
    return None if found == canonical(page.url) else found


def _changed(topic: dict[str, Any], fetched_at: datetime) -> datetime | None:
    """When a topic was last posted in, or its last post edited."""
    written = [topic.get(key) for key in ("last_posted_at", "bumped_at")]
    found = [dates.parse(one, fetched_at) for one in written if isinstance(one, str)]
    moments = [one.at for one in found if one is not None]
    return max(moments, default=None)


def _likes(actions: object) -> int | None:
    if not isinstance(actions, list):
        return None
    counts = [
        count(action.get("count"))
        for action in actions
        if isinstance(action, dict) and action.get("id") == _LIKE
    ]
    return next((n for n in counts if n is not None), None)


def _number(value: object) -> str | None:
    """A number of Discourse as text; it comes as one or the other."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if value >= 0 else None
    return str(int(value)) if isinstance(value, str) and _is_digits(value) else None


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18
