"""Whether the pages of a site still give what they usually do. Pure functions.

A site that was made over mostly goes on answering 200: the article is there, but its text, its
date or the comments stand elsewhere, or what is read is the notice about cookies. Each field is
watched for itself: how many of the last pages gave it, against its usual share. The test is the
chance of so few under that share (beta-binomial, so that a share known from few pages counts for
less); only what is as good as impossible counts as a change, since every page is one more try.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from langnghe.core.models import PostKind
from langnghe.crawler.items import Harvest, PageKind
from langnghe.crawler.readers.page import Page
from langnghe.store.layouts import Layout, Share

TEXT, DATE, POSTS, COMMENTS, LINKS = "text", "date", "posts", "comments", "links"

EXPECTED: Final[Mapping[PageKind, frozenset[str]]] = {
    PageKind.ARTICLE: frozenset({TEXT, DATE}),
    PageKind.THREAD: frozenset({POSTS, DATE}),
    PageKind.SECTION: frozenset({LINKS}),
    PageKind.BOARD: frozenset({LINKS}),
}
"""What pages of a kind usually give. Feeds, sitemaps and interfaces have no layout."""

HOLDING: Final = frozenset({TEXT, DATE, POSTS})
"""Without these what a page gives is rubbish, or would stand at the wrong date. A page whose
comments or links are not found any more is still a good article, so it is stored."""

WINDOWS: Final = (5, 10, 20, 50)
"""The last pages that are looked at. Five are enough where every page used to give a field; what
one in three gives needs fifty."""

MIN_USUAL: Final = 20.0
"""Pages before a share counts as usual."""

FADING: Final = 0.5 ** (1 / 100)
"""What is usual is what the last 150 pages gave: half of each weight goes with 100 pages."""

UNLIKELY: Final = 1e-6
"""200 sources of 40 pages a day make 3 million pages a year, each tried in four windows; pages of
one day are more alike than chance has it."""

SHARES_RETURN: Final = 0.05
"""Pages are as usual again when so few of the last would not be strange (one in twenty)."""

ALMOST_ALWAYS: Final = 0.8
"""From this share on a page without the field is odd, and looked at a second time. Where all pages
gave it, the first six in a row that do not still leave this much."""

_TAG = re.compile(rb"<([a-z][a-z0-9]{0,9})[\s>/]", re.IGNORECASE)
_TAGS: Final = frozenset((
    "article", "main", "section", "aside", "h1", "h2", "h3", "p", "div", "span", "table", "time",
    "figure", "img", "video", "iframe", "script", "noscript", "form", "blockquote", "ul", "li", "a",
))  # fmt: skip
_MARKS: Final = {
    "articleBody": re.compile(rb"articleBody"),
    "datePublished": re.compile(rb"datePublished"),
    "article:published_time": re.compile(rb"article:published_time"),
    "NewsArticle": re.compile(rb"NewsArticle"),
    "DiscussionForumPosting": re.compile(rb"DiscussionForumPosting"),
    "captcha": re.compile(rb"captcha", re.IGNORECASE),
}


def sketch_of(page: Page) -> dict[str, int]:
    """What a page is made of: known elements and marks, counted. Never a word of it.

    Class names are left out: some systems write the name of who commented into them.
    """
    tags = Counter(match[1].decode("ascii").lower() for match in _TAG.finditer(page.body))
    counts = {tag: n for tag, n in tags.items() if tag in _TAGS}
    marks = {name: len(mark.findall(page.body)) for name, mark in _MARKS.items()}
    return dict(sorted((counts | {name: n for name, n in marks.items() if n}).items()))


def found_in(harvest: Harvest, kind: PageKind, expected: Collection[str]) -> dict[str, bool]:
    """Which of the fields that are expected of a page it gave; a date only where there is text."""
    items = harvest.items
    if kind is PageKind.ARTICLE:
        texts = [item for item in items if item.kind is PostKind.ARTICLE]
    else:
        texts = list(items)
    dated = sum(item.published is not None for item in texts)
    found = {
        TEXT: bool(texts),
        POSTS: bool(texts),
        COMMENTS: any(item.kind is PostKind.REPLY for item in items),
        # A link of the page's own kind leads to the next page of the list.
        LINKS: any(link.kind is not kind for link in harvest.links),
    }
    if texts:
        found[DATE] = 2 * dated >= len(texts)
    return {name: gave for name, gave in found.items() if name in expected}


def judge(
    layout: Layout, found: Mapping[str, bool], sketch: Mapping[str, int], now: datetime
) -> Layout:
    """What is known of a kind of page after one more of them.

    While it is in quarantine what is usual stays as it was, and only the pages since count.
    """
    frozen = layout.changed_at is not None
    shares = dict(layout.shares)
    for name, gave in found.items():
        shares[name] = _added(shares.get(name, Share()), gave, frozen)
    layout = replace(layout, shares=shares)
    if all(found.values()):
        if not frozen:
            layout = replace(layout, usual=sketch)
    else:
        layout = replace(layout, now=sketch)
    if frozen:
        if all(has_returned(shares[name]) for name in layout.fallen):
            return replace(layout, changed_at=None, fallen=(), now={}, holds=False)
        return layout
    fallen = {name: n for name in sorted(found) if (n := fallen_for(shares[name]))}
    if not fallen:
        return layout
    # The pages that showed the change are no part of what is usual.
    shares = {name: _without_last(share, fallen.get(name, 0)) for name, share in shares.items()}
    holds = not HOLDING.isdisjoint(fallen)
    return replace(layout, shares=shares, changed_at=now, fallen=tuple(fallen), holds=holds)


def is_odd(layout: Layout, found: Mapping[str, bool]) -> bool:
    """Whether a page lacks what almost every page of its kind gives: it may be a change's first."""
    known = {name: layout.shares.get(name, Share()) for name, gave in found.items() if not gave}
    return any(
        name in HOLDING and share.seen >= MIN_USUAL and share.usual >= ALMOST_ALWAYS
        for name, share in known.items()
    )


def fallen_for(share: Share) -> int:
    """The number of last pages that gave a field so rarely that it cannot be chance, or 0."""
    for window in WINDOWS:
        before = _without_last(share, window)
        if len(share.recent) < window or before.seen < MIN_USUAL:
            return 0
        found = share.recent[-window:].count("1")
        fewer = found < window * before.usual
        if fewer and chance_of_so_few(found, window, before.found, before.seen) < UNLIKELY:
            return window
    return 0


def has_returned(share: Share) -> bool:
    """Whether the pages since a change give a field as they used to."""
    for window in WINDOWS:
        last = share.recent[-window:]
        if len(last) < window:
            return False
        # In a window where none at all would not be strange, nothing can be seen to return.
        if chance_of_so_few(0, window, share.found, share.seen) < SHARES_RETURN:
            found = last.count("1")
            return chance_of_so_few(found, window, share.found, share.seen) >= SHARES_RETURN
    return True


def chance_of_so_few(found: int, of: int, usually: float, seen: float) -> float:
    """The chance that at most `found` of `of` pages give what `usually` of `seen` pages gave."""
    # Half a page more of each kind (Jeffreys): what was never missed can still be.
    gave, missed = max(usually, 0.0) + 0.5, max(seen - usually, 0.0) + 0.5
    return min(1.0, sum(math.exp(_log_chance(n, of, gave, missed)) for n in range(found + 1)))


def _log_chance(n: int, of: int, gave: float, missed: float) -> float:
    ways = math.lgamma(of + 1) - math.lgamma(n + 1) - math.lgamma(of - n + 1)
    return ways + _log_beta(n + gave, of - n + missed) - _log_beta(gave, missed)


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)


def _without_last(share: Share, pages: int) -> Share:
    """What was usual before the last pages, with none of them in sight."""
    last = share.recent[-pages:] if pages else ""
    return Share(max(share.seen - len(last), 0.0), max(share.found - last.count("1"), 0.0))


def _added(share: Share, gave: bool, frozen: bool) -> Share:
    recent = (share.recent + str(int(gave)))[-WINDOWS[-1] :]
    if frozen:
        return replace(share, recent=recent)
    return Share(share.seen * FADING + 1, share.found * FADING + gave, recent)
