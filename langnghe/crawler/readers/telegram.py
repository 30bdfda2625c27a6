"""The preview of a public Telegram channel, as anyone sees it at `https://t.me/s/<channel>`.

There is no contract for it; the markup is that of Telegram's own widget, as snscrape and
RSSHub read it too. A page has about twenty messages, the oldest first, and names the page with
older ones. Messages with nothing but pictures have no text, and no message has comments. Who
signed a message, and from whom it was passed on, is only taken to be masked in the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from lxml.html import HtmlElement
from w3lib.url import url_query_parameter

from langnghe.core.models import PostKind
from langnghe.crawler import dates
from langnghe.crawler.items import Harvest, Link, PageKind, RawItem
from langnghe.crawler.readers.html import first, has_class, line, parse_page, select, to_text
from langnghe.crawler.readers.names import MENTION, personal_names, without_handles
from langnghe.crawler.readers.page import Page, ReadError

_PREVIEW = re.compile(r"/s/\w+/?")
_POST = re.compile(r"(\w+)/(\d{1,18})")
_MESSAGES = f"//div[{has_class('tgme_widget_message')} and @data-post]"
_HISTORY = f"//*[{has_class('tgme_channel_history')}]"
_SERVICE = "service_message"
_TEXT = f"descendant::*[{has_class('js-message_text')}]"
_TIME = f"descendant::a[{has_class('tgme_widget_message_date')}]//time[@datetime]"
_ANSWERED = f"descendant::a[{has_class('tgme_widget_message_reply')}]"
_PEOPLE = "descendant::*[" + has_class(
    "tgme_widget_message_from_author",
    "tgme_widget_message_forwarded_from_name",
    "tgme_widget_message_forwarded_from_author",
    "tgme_widget_message_author_name",
) + "]"  # fmt: skip
_OWNER = f"descendant::*[{has_class('tgme_widget_message_owner_name')}]"
_OLDER = f"//a[{has_class('tme_messages_more')} and @data-before]"
_TO_PEOPLE = re.compile(r"(?:https?://)?(?:t|telegram)\.me/\w+/?|tg://(?:user|resolve)\?.*")


def read_channel(page: Page, channel: str) -> Harvest:
    """The messages on a page of a channel, and a link to the older ones.

    Args:
        page: the answer, under the address that gave it in the end.
        channel: the address of the channel's preview, `…/s/name`.

    Raises:
        ReadError: no preview of a channel. Its key is `no_preview` where Telegram has led
            elsewhere: the channel is private, no channel, or none at all.
    """
    if not _PREVIEW.fullmatch(urlsplit(page.url).path):
        raise ReadError(page.url, "no preview", key="no_preview")
    tree = parse_page(page)
    messages = select(tree, _MESSAGES)
    if not messages and first(tree, _HISTORY) is None:
        raise ReadError(page.url, "no messages of a channel")
    items: dict[tuple[str, ...], RawItem] = {}
    names: list[str] = []
    malformed: list[str] = []
    for message in messages:
        names.extend(_names(message))
        if _SERVICE in message.get("class", "").split():
            continue
        item = _item(message, page, channel)
        if isinstance(item, str):
            malformed.append(item)
        elif item is not None:
            items.setdefault(item.native, item)
    older = _older(tree, page, channel)
    return Harvest(
        items=tuple(items.values()),
        links=(Link(older, PageKind.TIMELINE),) if older else (),
        names=personal_names(names),
        malformed=tuple(malformed),
    )


def _item(message: HtmlElement, page: Page, channel: str) -> RawItem | str | None:
    """A message as an item, what is wrong with it, or None where it says nothing in words."""
    native = _native(message.get("data-post", ""))
    if native is None:
        return "a message without number"
    # What a message answers is shown above it as a text of its own, of another class.
    body, time = first(message, _TEXT), first(message, _TIME)
    if time is None:
        return "a message without time"
    text = "" if body is None else _text(body)
    if not text:
        return None
    answered = first(message, _ANSWERED)
    parent = None
    if answered is not None:
        above = _native(urlsplit(answered.get("href", "")).path.strip("/"))
        parent = above if above is not None and above[1] == native[1] else None
    return RawItem(
        native=native,
        thread=parent or native,
        kind=PostKind.REPLY if parent else PostKind.OPENING,
        url=channel,
        text=text,
        parent=parent,
        published=dates.parse(time.get("datetime", ""), page.fetched_at),
    )


def _native(post: str) -> tuple[str, str, str] | None:
    """What makes a message unique: its channel's name and its number there."""
    match = _POST.fullmatch(post)
    return ("telegram", match[1].lower(), match[2]) if match else None


def _text(body: HtmlElement) -> str:
    for anchor in select(body, "descendant::a[@href]"):
        if _TO_PEOPLE.fullmatch(anchor.get("href", "")):
            anchor.clear(keep_tail=True)
            anchor.text = MENTION
    return without_handles(to_text(body))


def _names(message: HtmlElement) -> Iterator[str]:
    owner = first(message, _OWNER)
    channel = "" if owner is None else line(to_text(owner))
    # In an answer to itself a channel is its own author: its name is no person's.
    yield from (
        name for person in select(message, _PEOPLE) if (name := line(to_text(person))) != channel
    )


def _older(tree: HtmlElement, page: Page, channel: str) -> str | None:
    """The page with older messages; it is asked for by the number of the oldest one here."""
    for more in select(tree, _OLDER):
        before = more.get("data-before", "")
        is_number = before.isascii() and before.isdigit() and len(before) <= 18
        if is_number and before not in ("0", "1", url_query_parameter(page.url, "before")):
            return f"{channel}?{urlencode({'before': before})}"
    return None
