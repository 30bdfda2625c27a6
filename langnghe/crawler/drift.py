"""Holds back the pages of a site whose layout has changed, before anything of them is stored."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

from langnghe.core.clock import Clock
from langnghe.core.models import PostKind
from langnghe.crawler.items import Harvest, PageKind
from langnghe.crawler.layout import TEXT, is_odd, judge
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.store.crawlstate import LONGEST_WISH, CrawlState, Failure
from langnghe.store.layouts import LAYOUT_CHANGED, Layout

ODD_PAGE = "odd_page"
"""The problem of a page that is to be looked at a second time."""

SECOND_LOOK = timedelta(hours=6)
"""Long enough for a few more pages of most sites, short enough for an odd page's own news."""


class Drift:
    """Watches the pages of one run of one source."""

    def __init__(self, state: CrawlState, source: str, clock: Clock) -> None:
        self._state = state
        self._source = source
        self._clock = clock
        self._texts: dict[bytes, str] = {}
        self._before: Layout | None = None
        self._after: Layout | None = None

    def sift(self, read: PageRead) -> PageRead | PageFailed:
        """The page; or, while its kind gives too little, that it failed and stays due.

        New pages show whether the site has come back, so those held back are not asked again
        until it has, or for a week; a timeline is its own next page. A page that is odd by
        itself is looked at a second time: by then it is known whether others are as well.
        """
        self._before = self._after = None
        if not read.found or read.harvest is None:
            return read
        found = dict(read.found)
        kind = read.target.kind
        if kind is PageKind.ARTICLE and found.get(TEXT):
            found[TEXT] = self._is_own(read.harvest, read.target.row.url)
        now = self._clock.now()
        self._before = self._state.layouts.get(self._source, kind)
        counted = read.target.row.last_problem == ODD_PAGE
        if counted and self._before.changed_at is None:
            # This is its second look. What failed otherwise, as while its site was down and made
            # over, was never looked at.
            return read
        self._after = judge(self._before, found, read.sketch, now)
        if not self._after.holds:
            if kind is PageKind.TIMELINE or not is_odd(self._before, found):
                return read
            again = now + SECOND_LOOK
            return PageFailed(
                read.target, ODD_PAGE, Failure.PASSING, read.answer.status, retry_at=again
            )
        retry_at = None if kind is PageKind.TIMELINE else now + LONGEST_WISH
        return PageFailed(
            read.target, LAYOUT_CHANGED, Failure.SOFT, read.answer.status, retry_at=retry_at
        )

    def save(self) -> None:
        """Keep what was learnt of the page that was sifted last, in the caller's transaction."""
        before, after = self._before, self._after
        self._before = self._after = None
        if before is None or after is None:
            return
        self._state.layouts.put(after)
        if before.holds and not after.holds:
            self._state.layouts.release(after, self._clock.now())
        if (before.changed_at is None) is not (after.changed_at is None):
            self._state.settle_layout_notice(self._source)

    def _is_own(self, harvest: Harvest, url: str) -> bool:
        """Whether a text is the page's own: a notice about cookies stands on all of them."""
        text = next(item.text for item in harvest.items if item.kind is PostKind.ARTICLE)
        digest = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        return self._texts.setdefault(digest, url) == url
