"""Keeps what a page gave: the unit of work is one page, in one transaction.

Posts, their outcomes, the links that were found and the page's own state are written together
or not at all. So after `kill -9` a page was either read or it was not, each post is there once,
and the counts say what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from langnghe.core.clock import Clock
from langnghe.core.models import Outcome, Post, PostKind, RejectReason
from langnghe.core.settings import Source
from langnghe.crawler.deidentify import KnownNames
from langnghe.crawler.drift import Drift
from langnghe.crawler.items import Harvest, Link, RawItem
from langnghe.crawler.preparation import Preparation, Thread
from langnghe.crawler.revisits import next_visit
from langnghe.crawler.standing import Standing
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.crawler.terms import ChannelTerms, Storable
from langnghe.store.crawlstate import CrawlState, Failure, Run
from langnghe.store.layouts import LAYOUT_CHANGED
from langnghe.store.posts.interface import PostSink
from langnghe.store.transactions import Transactions

Tally = Counter[tuple[Outcome, RejectReason | None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a page came to."""

    tally: Tally
    new_links: int
    walk_ended: bool


class Keeper:
    """Keeps the pages of one run of one source.

    `hold` is called with the source's name within each transaction: it raises where the source
    is another collector's by now, and nothing is written then.
    """

    def __init__(
        self,
        database: Transactions,
        store: PostSink,
        state: CrawlState,
        preparation: Preparation,
        clock: Clock,
        source: Source,
        terms: ChannelTerms,
        run: Run,
        window: timedelta = timedelta(0),
        hold: Callable[[str], None] = lambda _source: None,
    ) -> None:
        self._database = database
        self._store = store
        self._state = state
        self._preparation = replace(
            preparation, retention_days=min(preparation.retention_days, terms.retention_days)
        )
        self._clock = clock
        self._source = source
        self.run = run
        self._window = window
        self._hold = hold
        self._drift = Drift(state, source.name, clock)
        self._terms = terms
        self._standing = Standing(
            store, preparation.ids, clock, source, self._preparation.retention(source)
        )
        self.seeds: frozenset[str] = frozenset()
        """The rows that stand in sources.yaml: they are always due."""
        self._shut: set[str] = set()
        """Rows with a step of their walk that was refused: that is still to be read."""
        self._new: set[str] = set()
        """Posts that this run stored."""
        self.tally: Tally = Counter()
        """Every item of this run, by what became of it."""
        self.removed = 0
        """Posts that this run deleted, since they are no longer at their source."""

    def keep_rows(self, items: Sequence[RawItem], malformed: int = 0) -> None:
        """Keep rows of an export, and count those that could not be read."""
        posts, tally, _ = self._prepare(items, frozenset(), in_threads=False)
        if malformed:
            tally[Outcome.REJECTED, RejectReason.MALFORMED] += malformed
        with self._database.transaction():
            self._put(posts, tally)
        self.tally += tally

    def sift(self, read: PageRead) -> PageRead | PageFailed:
        """The page, or its failure while pages of its kind are held back (`drift.py`)."""
        return self._drift.sift(read)

    def keep_page(self, read: PageRead, links: Sequence[Link]) -> Kept:
        """Keep what a page gave; `links` are those of its links that may be followed."""
        harvest = read.harvest or Harvest()
        # Masking and matching take their time: the write lock is not held meanwhile.
        posts, tally, off_topic = self._prepare(
            harvest.items, harvest.names, in_threads=read.is_thread
        )
        if harvest.malformed:
            tally[Outcome.REJECTED, RejectReason.MALFORMED] += len(harvest.malformed)
        if harvest.withheld:
            tally[Outcome.REJECTED, RejectReason.WITHHELD] += harvest.withheld
        if not read.target.step:
            self._shut.discard(read.target.row.url)
        with self._database.transaction():
            self._hold(self._source.name)
            self._drift.save()
            self._put(posts, tally)
            removed = self._standing.saw(read, self._edited(off_topic))
            new_links = self._state.add_pages(self._source.name, links)
            walk_ended = not read.further or (read.only_if_new and not new_links)
            if walk_ended:
                removed += self._standing.ended(read)
                self._end_walk(read)
            for reason in sorted(
                {reason for (outcome, reason) in tally if outcome is Outcome.REJECTED and reason}
                - {RejectReason.EXPIRED, RejectReason.EMPTY, RejectReason.WITHHELD}
            ):
                self._state.quarantine(self._source.name, read.target.row.url, reason)
        self.tally += tally
        self.removed += removed
        return Kept(tally, new_links, walk_ended)

    def keep_failure(self, failed: PageFailed) -> None:
        """Note that a page could not be had; it is tried again later."""
        row = failed.target.row
        with self._database.transaction():
            self._hold(self._source.name)
            self._drift.save()
            if failed.reason is not None:
                self._state.count(self.run, Outcome.REJECTED, failed.reason)
            self._standing.broke(row.url)
            removed = 0
            first = failed.target.first
            if first is None or failed.failure is not Failure.HARD:
                removed = self._fail(failed)
            elif not failed.is_shut:
                # A later page of a walk that is not there takes nothing from the others.
                if not failed.further:
                    self._end_walk(PageRead(failed.target, first, None))
            elif row.url not in self._shut:
                self._shut.add(row.url)
                # The first page of a list shows what is new: that waits for no older page.
                if not failed.target.is_list:
                    self._fail(failed)
            if failed.failure is Failure.HARD or failed.problem == LAYOUT_CHANGED:
                self._state.quarantine(self._source.name, row.url, failed.reason or failed.problem)
        self.removed += removed
        if failed.reason is not None:
            self.tally[Outcome.REJECTED, failed.reason] += 1

    def _prepare(
        self, items: Sequence[RawItem], names: frozenset[str], *, in_threads: bool
    ) -> tuple[list[Post], Tally, dict[str, str]]:
        """Posts of items, what became of the others, and what those off topic say, by id.

        `in_threads`: a reply that touches no topic takes over those of what it answers. Not so
        in a list by time (a timeline, an export): there it is chance which of both comes first.
        """
        now = self._clock.now()
        known = KnownNames(names)
        posts: list[Post] = []
        tally: Tally = Counter()
        off_topic: dict[str, str] = {}
        threads = self._stored_threads(items) if in_threads else {}
        for item in items:
            prepared = self._preparation.prepare(
                self._storable(item), self._source, known, now, threads.get(item.thread)
            )
            if not isinstance(prepared, Post):
                tally[prepared.outcome, prepared.reason] += 1
                # Without its thread a reply seems to touch no topic that did so with it.
                if prepared.text is not None and (in_threads or item.kind is not PostKind.REPLY):
                    off_topic[self._preparation.ids.of("post", *item.native)] = prepared.text
                continue
            posts.append(prepared)
            if in_threads:
                # Where a server does not say which thread a reply belongs to, its thread is
                # what it answers: so what it answers counts, be it a reply itself.
                threads[item.native] = Thread.of(prepared)
                if item.kind is not PostKind.REPLY:
                    threads[item.thread] = threads[item.native]
        return posts, tally, off_topic

    def _storable(self, item: RawItem) -> RawItem:
        """The item without what its channel's terms do not let us store."""
        allowed = self._terms.may_store
        if Storable.TITLE not in allowed:
            item = replace(item, title="")
        if Storable.REACTIONS not in allowed:
            item = replace(item, reactions=None)
        return item

    def _edited(self, off_topic: Mapping[str, str]) -> list[str]:
        """Stored posts whose text at the source is another one by now, which is not kept.

        Where the text is the same, topics.yaml has changed: that alone deletes nothing.
        """
        return self._store.differing(off_topic) if off_topic else []

    def _stored_threads(self, items: Sequence[RawItem]) -> dict[tuple[str, ...], Thread]:
        """What is known of the threads that these replies belong to."""
        by_id = {
            self._preparation.ids.of("post", *item.thread): item.thread
            for item in items
            if item.kind is PostKind.REPLY
        }
        if not by_id:
            return {}
        return {by_id[found.post.id]: Thread.of(found.post) for found in self._store.get([*by_id])}

    def _put(self, posts: Sequence[Post], tally: Tally) -> None:
        """Store posts, add their outcomes to `tally`, and count everything in it."""
        for post, outcome in zip(posts, self._store.put(posts) if posts else (), strict=True):
            if outcome is Outcome.STORED:
                self._new.add(post.id)
            elif outcome is Outcome.UNCHANGED and post.id in self._new:
                # Found a second time in this very run, as by the other tag of a status.
                outcome = Outcome.DUPLICATE  # noqa: PLW2901
            tally[outcome, None] += 1
        for (outcome, reason), n in sorted(tally.items(), key=str):
            self._state.count(self.run, outcome, reason, n)

    def _fail(self, failed: PageFailed) -> int:
        """Note a row as failed; gives how many posts were deleted."""
        page = self._state.fail_page(
            failed.target.row.url,
            self._source.name,
            failure=failed.failure,
            problem=failed.problem,
            status=failed.status,
            retry_at=failed.retry_at,
        )
        return self._standing.failed(page)

    def _end_walk(self, read: PageRead) -> None:
        """A row is read when its walk has ended and nothing was refused on the way.

        Else the next walk would go back to this one alone, and not to what lies behind it.
        """
        if read.target.row.url not in self._shut:
            self._finish(read)

    def _finish(self, read: PageRead) -> None:
        target: Target = read.target
        answer = target.first or read.answer
        now = self._clock.now()
        self._state.finish_page(
            target.row.url,
            self._source.name,
            status=answer.status,
            next_visit=next_visit(
                target.kind,
                first_seen=target.row.discovered_at,
                changed=target.row.changed,
                now=now,
                window=self._window,
                seed=target.row.url in self.seeds,
                gains_comments=read.gains_comments,
            ),
            etag=answer.etag,
            last_modified=answer.last_modified,
        )
