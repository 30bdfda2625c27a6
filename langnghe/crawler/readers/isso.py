"""Comments of Isso (https://isso-comments.de/docs/reference/server-api/): a tree in JSON.

Isso answers two levels: comments, and the replies to each. Neither author, e-mail, website nor
the hash made of them is read into an item.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from langnghe.core.models import PostKind, TimePrecision
from langnghe.crawler.addresses import canonical, first_page
from langnghe.crawler.items import Harvest, Link, PageKind, Published, RawItem
from langnghe.crawler.readers.html import first, fragment_text, parse_page, plain_text
from langnghe.crawler.readers.names import personal_names
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.values import count

PER_PAGE = 200
"""Comments, and replies to each, in one answer. Few pages have more; the rest is asked for."""

_VISIBLE = 1
"""`mode` of a comment that everybody sees; 2 waits for approval, 4 is deleted."""


def thread_url(page: Page, api: str) -> str | None:
    """The address of the comments of an article's page, None if it has no place for them.

    Isso knows a page by `data-isso-id`, or else by its path.

    Raises:
        ReadError: the page is no HTML.
    """
    place = first(parse_page(page), "//*[@id='isso-thread']")
    if place is None:
        return None
    uri = place.get("data-isso-id") or unquote(urlsplit(page.url).path)
    return _ask(api, {"uri": uri})


def read_thread(page: Page, about: str, api: str) -> Harvest:
    """The comments in one answer, and links to those that it left out.

    Args:
        page: Isso's answer.
        about: the address of the page that the comments stand beneath.
        api: where Isso answers.

    Raises:
        ReadError: no answer of Isso.
    """
    answer = page.json()
    if not isinstance(answer, dict) or not isinstance(answer.get("replies"), list):
        raise ReadError(page.url, "no answer of Isso")
    try:
        reading = _Reading(page, answer, first_page(about), canonical(api))
    except ValueError as error:
        raise ReadError(page.url, str(error)) from None
    reading.all()
    return Harvest(
        items=tuple(reading.items),
        links=tuple(Link(url, PageKind.COMMENTS) for url in reading.links),
        names=personal_names(reading.names),
        malformed=tuple(reading.malformed),
        whole=reading.whole,
    )


class _Reading:
    """Collects what one answer gives."""

    def __init__(self, page: Page, answer: dict[str, Any], address: str, api: str) -> None:
        self.page, self.answer, self.address, self.api = page, answer, address, api
        self.asked = dict(parse_qsl(urlsplit(page.url).query))
        self.items: list[RawItem] = []
        self.links: list[str] = []
        self.names: list[object] = []
        self.malformed: list[str] = []
        self.whole = True

    def all(self) -> None:
        """Take in the replies, those beneath them, and what is hidden at each place."""
        waiting = [(self.answer, count(self.answer.get("id")))]
        while waiting:
            holder, number = waiting.pop()
            replies = [reply for reply in holder.get("replies") or () if isinstance(reply, dict)]
            for reply in replies:
                self.comment(reply, number)
                if isinstance(reply.get("replies"), list):
                    waiting.append((reply, count(reply.get("id"))))
            self.rest(holder, number, replies)

    def comment(self, reply: dict[str, Any], above: int | None) -> None:
        """Take in one comment."""
        self.names.append(reply.get("author"))
        number, text, mode = count(reply.get("id")), reply.get("text"), reply.get("mode")
        if mode not in {None, _VISIBLE}:
            return
        if number is None or not isinstance(text, str):
            self.malformed.append("a comment without id or text")
            return
        parent = count(reply.get("parent")) or above
        self.items.append(
            RawItem(
                native=("comment", "isso", self.api, str(number)),
                thread=("page", self.address),
                kind=PostKind.REPLY,
                url=self.address,
                text=plain_text(text) if "plain" in self.asked else fragment_text(text),
                parent=("comment", "isso", self.api, str(parent)) if parent else None,
                published=self.moment(reply.get("created")),
                reactions=count(reply.get("likes")),
            )
        )

    def moment(self, created: object) -> Published | None:
        """Seconds since 1970, with fractions."""
        if not isinstance(created, int | float) or isinstance(created, bool):
            return None
        try:
            at = datetime.fromtimestamp(int(created), UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return Published(at, TimePrecision.SECOND) if at <= self.page.fetched_at else None

    def rest(
        self, holder: dict[str, Any], number: int | None, replies: list[dict[str, Any]]
    ) -> None:
        """Ask for the replies that this answer hides: those after the last one it shows.

        `hidden_replies` also counts the ones before `after`, so it alone never ends.
        """
        limit = self.asked.get("limit" if holder is self.answer else "nested_limit", "")
        times = [t for reply in replies if isinstance(t := reply.get("created"), int | float)]
        full = not limit.isdecimal() or len(replies) >= int(limit)
        if not count(holder.get("hidden_replies")):
            return
        if not times or not full:
            # Behind the last of them nothing is hidden; on a first answer that is a riddle.
            self.whole &= "after" in self.asked
            return
        query = {"uri": self.asked.get("uri", ""), "after": repr(max(times))}
        if number is not None:
            query["parent"] = str(number)
        self.links.append(_ask(self.api, query))


def _ask(api: str, query: dict[str, str]) -> str:
    limits = {"limit": str(PER_PAGE), "nested_limit": str(PER_PAGE), "plain": "1"}
    parts = urlsplit(api)
    return urlunsplit((*parts[:2], parts.path or "/", urlencode(query | limits), ""))
