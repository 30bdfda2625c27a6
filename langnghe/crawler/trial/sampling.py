"""How one page would be read: masked, as it would be stored."""

from __future__ import annotations

from typing import Final

from langnghe.core.encoding import GarbledTextError, repair
from langnghe.core.models import Channel, Post, TimePrecision
from langnghe.core.settings import FeedSource
from langnghe.core.text import clean
from langnghe.crawler.deidentify import deidentify
from langnghe.crawler.items import Harvest
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.readers.page import Page
from langnghe.crawler.trial.records import Reading

BEGINNING: Final = 300
"""Characters of a text that are shown."""

_SOURCE = FeedSource(name="thu", title="thử", channel=Channel.FEED, feeds=("https://thu.example/",))
"""Stands for the source that is not there yet."""


def reading_of(
    preparation: Preparation, page: Page, harvest: Harvest, comments: int | None
) -> Reading:
    """How the first item of a page reads; `comments` is how many it shows, where that is known."""
    nothing = Reading(page.url, "", None, TimePrecision.UNKNOWN, "", 0, comments)
    if not harvest.items:
        return nothing
    item = harvest.items[0]
    try:
        text = clean(repair(item.text))
        title = " ".join(clean(repair(item.title)).split())
    except GarbledTextError:
        return nothing
    shown, head = deidentify(text, harvest.names), deidentify(title, harvest.names)
    post = preparation.prepare(item, _SOURCE, harvest.names, page.fetched_at)
    published = item.published
    return Reading(
        url=page.url,
        title=head.text,
        published_at=None if published is None else published.at,
        precision=TimePrecision.UNKNOWN if published is None else published.precision,
        beginning=_cut(" ".join(shown.text.split())),
        characters=len(text),
        comments=comments,
        masked={
            kind: shown.counts.get(kind, 0) + head.counts.get(kind, 0)
            for kind in sorted({*shown.counts, *head.counts})
        },
        topics=post.topics if isinstance(post, Post) else (),
    )


def _cut(text: str) -> str:
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING]}…"
