"""Posts and comments of a Facebook page, as the Graph API gives them.

https://developers.facebook.com/docs/graph-api/reference/page/feed and `…/object/comments`. Only
the fields named here are asked for: who wrote something (`from`) is not even sent. Tagged people
are (by name alone), because Facebook writes them into the text without any mark: each is taken
out where it stands.

A post of the page has a public address of its own, that of the institution's thread. What a
visitor wrote on the page is known by the page's address only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from w3lib.url import url_query_parameter

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.items import Harvest, Published, RawItem
from langnghe.crawler.readers.names import MENTION, personal_names
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count, object_in

VERSION = "v26.0"
"""Answers keep their form for two years after a version came out; a newer one is tried first
against its contract (tests/crawler/channels/contracts)."""

PER_PAGE = 100
"""The most that these edges give at once."""

OWN_POSTS, VISITOR_POSTS = "posts", "visitor_posts"
"""What the page says, and what citizens wrote on it. Not `feed` nor `tagged`: those also hold
posts on people's own profiles that name the page."""

POST_FIELDS = (
    "id,message,created_time,updated_time,message_tags{name,type},is_published,is_hidden,"
    "is_expired,privacy{value},reactions.limit(0).summary(total_count),"
    "comments.limit(0).summary(total_count)"
)
COMMENT_FIELDS = (
    "id,message,created_time,message_tags{name,type},is_hidden,is_private,like_count,"
    "parent{id,is_hidden,is_private}"
)

_SITE = "https://www.facebook.com"
_POST_ID = re.compile(r"(\d{1,30})_(\d{1,30})")
_COMMENT_ID = re.compile(r"\d{1,30}(?:_\d{1,30}){0,2}")
_COMMENTS_PATH = re.compile(r"/v[\d.]+/(\d{1,30}_\d{1,30})/comments")
_NOT_PEOPLE = frozenset({"page", "group", "event", "application"})
_EVERYONE = "EVERYONE"


@dataclass(frozen=True, slots=True)
class TalkedOf:
    """A post whose comments can be read. `changed`: when it was last changed or commented."""

    post: str
    comments: int | None
    changed: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of posts, or of the comments of one. `following`: the next page, None at the end."""

    harvest: Harvest
    following: str | None
    talked_of: tuple[TalkedOf, ...] = ()
    """Posts alone."""
    thread: tuple[str, ...] = ()
    """Comments alone: what they belong to, as in `RawItem.thread`."""


def posts_url(server: str, page: str, edge: str) -> str:
    """The address of a page's newest posts (`OWN_POSTS` or `VISITOR_POSTS`)."""
    query = urlencode({"fields": POST_FIELDS, "limit": PER_PAGE})
    return f"{server.rstrip('/')}/{VERSION}/{page}/{edge}?{query}"


def comments_url(server: str, post: str) -> str:
    """The address of all comments beneath a post, answers included, newest first.

    Their total stands on the first page, so that it changes with whatever is written or deleted.
    """
    query = urlencode(
        {
            "fields": COMMENT_FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "summary": "total_count",
            "limit": PER_PAGE,
        }
    )
    return f"{server.rstrip('/')}/{VERSION}/{post}/comments?{query}"


def post_of(address: str) -> str | None:
    """The post that comments at this address belong to; None where it is no such address."""
    match = _COMMENTS_PATH.fullmatch(urlsplit(address).path)
    return match[1] if match else None


def page_address(page: str) -> str:
    """The public address of a page."""
    return f"{_SITE}/{page}"


def thread_address(post: str) -> str:
    """The public address of a post of the page itself."""
    page, _, number = post.partition("_")
    return f"{_SITE}/{page}/posts/{number}"


def read_posts(page: Page, first: str, public_page: str | None = None) -> Listing:
    """The posts on one page of a list, which begins at the address `first`.

    Withheld are posts that not everyone can see. `public_page` is the address that visitors'
    posts are known by; without it each post has its own.

    Raises:
        ReadError: no list of posts.
    """
    items: list[RawItem] = []
    names: list[object] = []
    malformed: list[str] = []
    talked_of: list[TalkedOf] = []
    withheld = 0
    for entry in _entries(page):
        number = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(number, str) or not _POST_ID.fullmatch(number):
            malformed.append("a post without id")
            continue
        if not _is_public_post(entry):
            withheld += 1
            continue
        names.extend(_names(entry))
        message = _message(entry)
        if message is None:
            malformed.append("a post whose text is no text")
            continue
        native = ("post", "facebook", number)
        items.append(
            RawItem(
                native=native,
                thread=native,
                kind=PostKind.OPENING if public_page else PostKind.ARTICLE,
                url=public_page or thread_address(number),
                text=message,
                published=_published(entry.get("created_time"), page),
                reactions=_total(entry.get("reactions")),
            )
        )
        updated = _published(entry.get("updated_time"), page)
        changed = None if updated is None else updated.at
        talked_of.append(TalkedOf(number, _total(entry.get("comments")), changed))
    harvest = Harvest(
        items=tuple(items),
        names=personal_names(names),
        malformed=tuple(malformed),
        withheld=withheld,
    )
    return Listing(harvest, _following(page, first), talked_of=tuple(talked_of))


def read_comments(page: Page, first: str, public_page: str) -> Listing:
    """The comments on one page of a post's, whose list begins at the address `first`.

    Withheld are those that the page has hidden and those between two people, with what answers
    them.

    Raises:
        ReadError: no list of comments, or `first` is not the address of one.
    """
    post = post_of(first)
    if post is None:
        raise ReadError(page.url, "not the address of comments")
    thread = ("post", "facebook", post)
    items: list[RawItem] = []
    names: list[object] = []
    malformed: list[str] = []
    withheld = 0
    for entry in _entries(page):
        number = _comment_id(entry)
        if number is None:
            malformed.append("a comment without id")
            continue
        parent = entry.get("parent")
        if _is_closed(entry) or _is_closed(parent):
            withheld += 1
            continue
        names.extend(_names(entry))
        message = _message(entry)
        if message is None:
            malformed.append("a comment whose text is no text")
            continue
        above = _comment_id(parent)
        items.append(
            RawItem(
                native=("comment", "facebook", number),
                thread=thread,
                kind=PostKind.REPLY,
                url=public_page,
                text=message,
                parent=("comment", "facebook", above) if above else thread,
                published=_published(entry.get("created_time"), page),
                reactions=count(entry.get("like_count")),
            )
        )
    if not (items or withheld or malformed) and _is_kept_back(page):
        malformed.append("comments that are counted and not given")
    harvest = Harvest(
        items=tuple(items),
        names=personal_names(names),
        malformed=tuple(malformed),
        withheld=withheld,
    )
    return Listing(harvest, _following(page, first), thread=thread)


def _is_kept_back(page: Page) -> bool:
    """Whether a first page has no comments although there are some.

    So Facebook answers whom a permission was taken from: it must not be read as "all deleted".
    """
    is_first = url_query_parameter(page.url, "after") is None
    return is_first and bool(_total(page.json()))


def _entries(page: Page) -> list[Any]:
    answer = page.json()
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list):
        raise ReadError(page.url, "no list of the Graph API")
    return data


def _following(page: Page, first: str) -> str | None:
    """The next page of a list.

    `paging.next` would be its address with the access token in it: only the cursor is taken.
    Where there is no `next`, this is the last page, although it may name a cursor.
    """
    paging = page.json().get("paging")
    if not isinstance(paging, dict) or not isinstance(paging.get("next"), str):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if not isinstance(after, str) or not after or len(after) > 1000:
        return None
    # A cursor that leads back to this very page would never end.
    if url_query_parameter(page.url, "after") == after:
        return None
    return f"{first}&{urlencode({'after': after})}"


def _is_public_post(entry: dict[str, Any]) -> bool:
    """Whether everyone can see a post; what the answer does not say is as usual."""
    privacy = entry.get("privacy")
    value = privacy.get("value") if isinstance(privacy, dict) else None
    return (
        entry.get("is_published") is not False
        and entry.get("is_hidden") is not True
        and entry.get("is_expired") is not True
        and value in (None, "", _EVERYONE)
    )


def _is_closed(comment: object) -> bool:
    return isinstance(comment, dict) and (
        comment.get("is_hidden") is True or comment.get("is_private") is True
    )


def _comment_id(comment: object) -> str | None:
    number = comment.get("id") if isinstance(comment, dict) else None
    return number if isinstance(number, str) and _COMMENT_ID.fullmatch(number) else None


def _message(entry: dict[str, Any]) -> str | None:
    """The text with tagged people taken out, empty for a picture alone; None: it is no text."""
    message = entry.get("message", "")
    if not isinstance(message, str):
        return None
    tagged = {name for tag in _tags(entry) if (name := _person(tag))}
    # The longest first: one person's name may be the beginning of another's.
    for name in sorted(tagged, key=len, reverse=True):
        message = message.replace(name, MENTION)
    return message


def _tags(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Who and what is tagged in a text: a list, in older answers lists by their place."""
    tags = entry.get("message_tags")
    lists = tags.values() if isinstance(tags, dict) else [tags]
    for one in lists:
        for tag in one if isinstance(one, list) else ():
            if isinstance(tag, dict):
                yield tag


def _person(tag: dict[str, Any]) -> str | None:
    """The name of a tagged person: of whatever is not said to be something else."""
    name = tag.get("name")
    if not isinstance(name, str) or len(name.strip()) < 2 or tag.get("type") in _NOT_PEOPLE:
        return None
    return name.strip()


def _names(entry: dict[str, Any]) -> Iterator[object]:
    """Names of people, to be masked all over the page.

    `from` is not asked for; should it come all the same, the name in it is at least masked.
    """
    writer = entry.get("from")
    if isinstance(writer, dict):
        yield writer.get("name")
    yield from map(_person, _tags(entry))


def _published(value: object, page: Page) -> Published | None:
    return dates.parse(value, page.fetched_at) if isinstance(value, str) else None


def _total(edge: object) -> int | None:
    return count(object_in(edge, "summary").get("total_count"))
