"""Tag timelines of Mastodon-compatible servers.

https://docs.joinmastodon.org/methods/timelines/#tag. Read are public statuses that are no
reblog. A status's own address holds its author's handle, so the public page of a post is that
of the tag; from `account` only names are taken, to mask them in the texts.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.addresses import canonical
from langnghe.crawler.items import Harvest, Link, PageKind, RawItem
from langnghe.crawler.readers.html import parse_markup, plain_text, select, to_text
from langnghe.crawler.readers.names import MENTION, personal_names, without_handles
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count

PER_PAGE = 40
"""The most that Mastodon gives at once."""
MOST_LEVELS = 20
"""Without an account answers are given down to this depth (docs.joinmastodon.org/methods/statuses,
`context`), and 60 at most: where there are fewer, these are all."""

_MENTIONS = "//a[contains(concat(' ', normalize-space(@class), ' '), ' mention ')]"
_NEXT = re.compile(r"<([^<>]{1,2000})>\s*;[^,<>]{0,200}\brel=\"?next\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of a timeline. `newest_id`: its greatest status id, None on an empty page."""

    harvest: Harvest
    newest_id: str | None


def timeline_url(server: str, tag: str, since_id: str | None = None) -> str:
    """The address of a tag's newest statuses, back to the one with the id `since_id`."""
    query = {"limit": str(PER_PAGE)} | ({"since_id": since_id} if since_id else {})
    parts = urlsplit(server)
    path = f"/api/v1/timelines/tag/{quote(tag, safe='')}"
    return urlunsplit((*parts[:2], path, urlencode(query), ""))


def instance_url(server: str) -> str:
    """The address where a server says what it is and allows."""
    return urlunsplit((*urlsplit(server)[:2], "/api/v2/instance", "", ""))


def is_closed(page: Page) -> bool:
    """Whether a server shows its tag timelines to nobody without an account.

    `configuration.timelines_access.hashtag_feeds` of https://docs.joinmastodon.org/entities/Instance
    (since 4.5): a server that closed them may answer with an empty timeline, which looks like
    silence. Older servers do not say.

    Raises:
        ReadError: no JSON.
    """
    said = page.json()
    for key in ("configuration", "timelines_access", "hashtag_feeds"):
        said = said.get(key) if isinstance(said, dict) else None
    if not isinstance(said, dict):
        return False
    levels = {said.get(key) for key in ("local", "remote") if isinstance(said.get(key), str)}
    return bool(levels) and "public" not in levels


def read_timeline(page: Page, server: str, tag: str) -> Timeline:
    """The statuses of one page, and a link to the older ones; an empty page is the last.

    Raises:
        ReadError: no list of statuses.
    """
    answer = page.json()
    if not isinstance(answer, list):
        problem = answer.get("error") if isinstance(answer, dict) else None
        raise ReadError(page.url, f"no timeline: {str(problem)[:80]}" if problem else "no timeline")
    try:
        home = canonical(server).rstrip("/")
    except ValueError as error:
        raise ReadError(page.url, f"{server}: {error}") from None
    items: list[RawItem] = []
    names: list[object] = []
    malformed: list[str] = []
    ids: list[str] = []
    unanswered: list[str] = []
    for status in answer:
        if not isinstance(status, dict) or not isinstance(status.get("id"), str):
            malformed.append("a status without id")
            continue
        ids.append(status["id"])
        if status.get("visibility") != "public" or status.get("reblog") is not None:
            continue
        names.extend(_names(status))
        item = _item(status, page, home, tag)
        if isinstance(item, str):
            malformed.append(item)
        else:
            items.append(item)
            if count(status.get("replies_count")) == 0:
                unanswered.append(status["id"])
    older = _older(page, server, tag, ids)
    harvest = Harvest(
        items=tuple(items),
        links=(Link(older, PageKind.TIMELINE),) if older else (),
        names=personal_names(names),
        malformed=tuple(malformed),
        threads=frozenset(("status", home, number) for number in unanswered),
    )
    return Timeline(harvest, max(ids, key=_age, default=None))


def read_answers(page: Page, server: str, tag: str, about: str) -> Harvest:
    """The answers to the status with the number `about`, each after what it answers.

    Raises:
        ReadError: no answers to a status.
    """
    context = page.json()
    statuses = context.get("descendants") if isinstance(context, dict) else None
    if not isinstance(statuses, list):
        raise ReadError(page.url, "no answers to a status")
    answers = replace(page, body=json.dumps(statuses).encode())
    harvest = read_timeline(answers, server, tag).harvest
    threads: set[tuple[str, ...]] = {("status", canonical(server).rstrip("/"), about)}
    threads.update(one for item in harvest.items for one in (item.thread, item.native))
    whole = len(statuses) < MOST_LEVELS
    return replace(harvest, links=(), threads=frozenset(threads if whole else ()))


def _item(status: dict[str, Any], page: Page, home: str, tag: str) -> RawItem | str:
    content, created = status.get("content"), status.get("created_at")
    if not isinstance(content, str):
        return "a status without content"
    warning = status.get("spoiler_text")
    text = _text(content)
    if isinstance(warning, str) and warning.strip():
        text = f"{without_handles(plain_text(warning))}\n\n{text}".strip()
    if not text:
        return "a status without text"
    native = ("status", home, status["id"])
    above = status.get("in_reply_to_id")
    parent = ("status", home, above) if isinstance(above, str) and above else None
    return RawItem(
        native=native,
        # The root of a discussion is not told. By the parent alone a status always gets the
        # same thread, whichever page it is read from.
        thread=parent or native,
        kind=PostKind.REPLY if parent else PostKind.OPENING,
        url=f"{home}/tags/{quote(tag, safe='')}",
        text=text,
        parent=parent,
        published=dates.parse(created, page.fetched_at) if isinstance(created, str) else None,
        reactions=count(status.get("favourites_count")),
    )


def _text(content: str) -> str:
    """A status as text, every mentioned handle replaced."""
    tree = parse_markup(f"<div>{content}</div>")
    if tree is None:
        return ""
    for anchor in select(tree, _MENTIONS):
        # Hashtags carry the class as well, and are part of what is said.
        if "hashtag" not in anchor.get("class", "").split():
            anchor.clear(keep_tail=True)
            anchor.text = MENTION
    return without_handles(to_text(tree))


def _names(status: dict[str, Any]) -> list[object]:
    account = status.get("account")
    names: list[object] = []
    if isinstance(account, dict):
        names.extend(account.get(key) for key in ("display_name", "username", "acct"))
    for mention in status.get("mentions") or ():
        if isinstance(mention, dict):
            names.extend(mention.get(key) for key in ("username", "acct"))
    return names


def _older(page: Page, server: str, tag: str, ids: list[str]) -> str | None:
    """The next page: from the Link header, or else from the oldest id on this one.

    The header's address drops `since_id`, so only its `max_id` is taken.
    """
    oldest = min(ids, key=_age, default=None)
    if match := _NEXT.search(page.headers.get("link", "")):
        with suppress(ValueError):
            oldest = parse_qs(urlsplit(match[1]).query).get("max_id", [oldest])[0]
    asked = parse_qs(urlsplit(page.url).query)
    since = asked.get("since_id", [None])[0]
    if oldest is None or oldest == asked.get("max_id", [None])[0]:
        return None
    if since is not None and _age(oldest) <= _age(since):
        return None
    return f"{timeline_url(server, tag, since)}&{urlencode({'max_id': oldest})}"


def _age(status_id: str) -> tuple[int, str]:
    """Ids grow with time: as numbers in Mastodon, as words of one length in Pleroma."""
    return len(status_id), status_id
