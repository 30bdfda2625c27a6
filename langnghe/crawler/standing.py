"""Deleted at the source means deleted here: which stored posts no longer stand where they stood.

A post goes when it is certain that it is gone:

- its page was read whole (`Harvest.whole`, `Harvest.threads`), to the end of its walk and with no
  step failed, and the post was not in it;
- its own page (an article, a thread) is not there: 404 or 410, twice, `GONE_FOR` apart;
- it was read, and what it says now touches no topic: the text that we have is said no more.

Where completeness cannot be known (timelines, searches, lists that load more by script) nothing is
concluded from a post's absence: the recheck limit of the channel's terms decides, or retention.
Posts near that limit have their pages read whole again (`pages_to_confirm`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from langnghe.core.clock import Clock
from langnghe.core.ids import KeyedIds
from langnghe.core.models import PostKind
from langnghe.core.settings import Source
from langnghe.crawler.items import PageKind, RawItem
from langnghe.crawler.targets import PageRead
from langnghe.crawler.terms import ChannelTerms
from langnghe.store.crawlrecords import FrontierPage
from langnghe.store.crawlstate import CrawlState
from langnghe.store.posts.interface import PostSink, page_mark

GONE_FOR = timedelta(days=1)
"""A page that is missing may be a mistake of a moment (a move, a restored backup)."""

_OWN_PAGES = frozenset({PageKind.ARTICLE, PageKind.THREAD})
"""Pages that are there for what stands on them. A feed or an index that is gone says nothing of
the articles that it named."""

_RECHECKED = "rechecked"


@dataclass(slots=True)
class _Walk:
    began: datetime
    whole: bool = True
    broken: bool = False
    """A step failed: nothing is concluded from what was not seen."""
    threads: set[str] = field(default_factory=set)


class Standing:
    """What one visit to one source sees of the posts that are stored of it.

    Called by the keeper within the transaction of the page, so that what is deleted goes together
    with what was read.
    """

    def __init__(
        self, store: PostSink, ids: KeyedIds, clock: Clock, source: Source, retention: timedelta
    ) -> None:
        self._store = store
        self._ids = ids
        self._clock = clock
        self._source = source
        self._retention = retention
        self._walks: dict[str, _Walk] = {}

    def saw(self, read: PageRead, said_no_more: Iterable[str] = ()) -> int:
        """Note what stands on a page; gives how many posts were deleted.

        `said_no_more`: ids of posts whose text, as it is now, is not kept.
        """
        url = read.target.row.url
        if read.target.step == 0:
            self._walks[url] = _Walk(self._clock.now())
        walk = self._walks.get(url)
        harvest = read.harvest
        if walk is not None:
            # An unchanged first page says nothing of those behind it.
            walk.whole &= harvest is not None and harvest.whole and not read.cut
            walk.broken |= harvest is not None and bool(harvest.malformed)
        if harvest is None:
            return 0
        if walk is not None:
            walk.threads.update(self._ids.of("thread", *one) for one in harvest.threads)
        self._store.see(self._source.name, url, self._ids_of(harvest.items))
        return self._forget(said_no_more)

    def ended(self, read: PageRead) -> int:
        """Conclude from a walk that came to its end; gives how many posts were deleted."""
        url = read.target.row.url
        walk = self._walks.pop(url, None)
        if walk is None or walk.broken:
            return 0
        gone: list[str] = []
        if walk.whole:
            gone += self._store.missed(self._source.name, url, walk.began)
        if walk.threads:
            gone += self._store.missed(self._source.name, url, walk.began, walk.threads)
        # No walk goes back behind what is kept: that is left to the purge.
        oldest = self._clock.now() - self._retention
        return self._forget(
            found.post.id
            for found in (self._store.get(gone) if gone else ())
            if found.post.published_at > oldest
        )

    def broke(self, url: str) -> None:
        """A step of a walk failed, or its page was not kept."""
        if (walk := self._walks.get(url)) is not None:
            walk.broken = True

    def failed(self, page: FrontierPage) -> int:
        """Note a page as it is after it failed; gives how many posts were deleted."""
        now = self._clock.now()
        if (
            page.kind not in _OWN_PAGES
            or page.gone_since is None
            or page.last_status not in (404, 410)
            or now - page.gone_since < GONE_FOR
        ):
            return 0
        source = self._source.name
        after = now + timedelta(microseconds=1)
        gone = self._store.missed(source, page.url, after)
        # What readers wrote beneath it stood on the same page, wherever it was read.
        beneath = {
            found.post.thread_id
            for found in self._store.get(gone)
            if found.post.kind is not PostKind.REPLY
        }
        if beneath:
            gone += self._store.missed(source, page.url, after, beneath)
        return self._forget(gone)

    def _ids_of(self, items: Iterable[RawItem]) -> set[str]:
        return {self._ids.of("post", *item.native) for item in items}

    def _forget(self, ids: Iterable[str]) -> int:
        gone = set(ids)
        return self._store.forget(gone) if gone else 0


def pages_to_confirm(
    store: PostSink, state: CrawlState, source: Source, terms: ChannelTerms, now: datetime
) -> frozenset[str]:
    """Pages to read whole in this visit, since posts on them near the limit of their terms.

    From a third of the limit on, which leaves room for readings that fail; once a day at most, so
    that what is not to be found is not looked for at each visit. They become due at once.
    """
    if terms.recheck_days is None:
        return frozenset()
    last = state.noted_moment(source.name, _RECHECKED)
    if last is not None and now - last < timedelta(days=1):
        return frozenset()
    marks = store.unconfirmed(
        source.channel, source.name, now - timedelta(days=terms.recheck_days) / 3
    )
    pages = frozenset(url for url in state.page_addresses(source.name) if page_mark(url) in marks)
    if pages:
        state.note(source.name, {_RECHECKED: now})
        state.make_due(source.name, pages)
    return pages
