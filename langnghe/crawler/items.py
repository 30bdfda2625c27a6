"""What a reader makes of one fetched page, before anything is de-identified.

These live in memory only: they go from a reader to the pipeline of the same process, and are
neither logged nor written. They have no author field; `Harvest.names` exists so that the
display names seen on a page can be masked where people address each other in the text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from langnghe.core.models import PostKind, TimePrecision


class PageKind(StrEnum):
    """What is expected behind an address, hence which reader gets it."""

    ROBOTS = "robots"
    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    ARTICLE = "article"
    COMMENTS = "comments"
    BOARD = "board"
    THREAD = "thread"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True)
class Published:
    """When something was published: an aware moment in UTC, and how exact it is."""

    at: datetime
    precision: TimePrecision


@dataclass(frozen=True, slots=True)
class RawItem:
    """One article or comment as it stands on the page.

    `native` is what makes it unique for all time (for an article its canonical address; for a
    comment the page's address and the comment's number): it becomes a keyed id and is dropped.
    `thread` is the native address of the thread, by the same rule. `url` is the public page.
    """

    native: tuple[str, ...]
    thread: tuple[str, ...]
    kind: PostKind
    url: str
    text: str
    title: str = ""
    parent: tuple[str, ...] | None = None
    published: Published | None = None
    reactions: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A page to look at next. `changed` is what the site says of its last change."""

    url: str
    kind: PageKind
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Harvest:
    """All that one page gave.

    `malformed` counts elements that had to be left out, by what was wrong with them: each is
    an item with the outcome rejected. `withheld` counts posts that are not shown to
    everyone, by the wish of who wrote them, of their page or of the platform: they are not read.
    """

    items: tuple[RawItem, ...] = ()
    links: tuple[Link, ...] = ()
    names: frozenset[str] = frozenset()
    malformed: tuple[str, ...] = field(default=())
    withheld: int = 0
    whole: bool = False
    """With the other pages of its walk, which all say so, this is everything that stands there:
    what was seen there before and is missing now was deleted (`standing.py`). Only where that is
    certain: not on a page that loads more by script, nor in a search."""
    threads: frozenset[tuple[str, ...]] = frozenset()
    """Threads (as in `RawItem.thread`) that end on this page: with the pages before it in its
    walk, they were read to the end. For walks that are not whole but hold whole threads."""
