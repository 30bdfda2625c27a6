"""Keeps what a page gave: the unit of work is one page, in one transaction.

Posts, their outcomes, the links that were found and the page's own state are written together
or not at all. So after `kill -9` a page was either read or it was not, each post is there once,
and the counts say what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from langnghe.core.clock import Clock
from langnghe.core.models import Outcome, Post, PostKind, RejectReason
from langnghe.core.settings import Source
from langnghe.crawler.deidentify import KnownNames
from langnghe.crawler.items import Harvest, Link, RawItem
from langnghe.crawler.preparation import Preparation, Thread
from langnghe.crawler.revisits import next_visit
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.store.crawlstate import CrawlState, Failure, Run
from langnghe.store.database import Database
from langnghe.store.posts.interface import PostStore

Tally = Counter[tuple[Outcome, RejectReason | None]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping a page came to."""

    tally: Tally
    new_links: int
    walk_ended: bool


class Keeper:
    """Keeps the pages of one run of one source."""

    def __init__(
        self,
        database: Database,
        store: PostStore,
        state: CrawlState,
        preparation: Preparation,
        clock: Clock,
        source: Source,
        run: Run,
        window: timedelta = timedelta(0),
    ) -> None:
        self._database = database
        self._store = store
        self._state = state
        self._preparation = preparation
        self._clock = clock
        self._source = source
        self.run = run
        self._window = window
        self.seeds: frozenset[str] = frozenset()
        """The rows that stand in sources.yaml: they are always due."""
        self._new: set[str] = set()
        """Posts that this run stored."""
        self.tally: Tally = Counter()
        """Every item of this run, by what became of it."""

    def keep_rows(self, items: Sequence[RawItem], malformed: int = 0) -> None:
        """Keep rows of an export, and count those that could not be read."""
        posts, tally = self._prepare(items, frozenset(), in_threads=False)
        if malformed:
            tally[Outcome.REJECTED, RejectReason.MALFORMED] += malformed
        with self._database.transaction():
            self._put(posts, tally)
        self.tally += tally

    def keep_page(self, read: PageRead, links: Sequence[Link]) -> Kept:
        """Keep what a page gave; `links` are those of its links that may be followed."""
        harvest = read.harvest or Harvest()
        # Masking and matching take their time: the write lock is not held meanwhile.
        posts, tally = self._prepare(harvest.items, harvest.names, in_threads=read.is_thread)
        if harvest.malformed:
            tally[Outcome.REJECTED, RejectReason.MALFORMED] += len(harvest.malformed)
        with self._database.transaction():
            self._put(posts, tally)
            new_links = self._state.add_pages(self._source.name, links)
            walk_ended = not read.further or (read.only_if_new and not new_links)
            if walk_ended:
                self._finish(read)
            for reason in sorted(
                {reason for (outcome, reason) in tally if outcome is Outcome.REJECTED and reason}
                - {RejectReason.EXPIRED, RejectReason.EMPTY}
            ):
                self._state.quarantine(self._source.name, read.target.row.url, reason)
        self.tally += tally
        return Kept(tally, new_links, walk_ended)

    def keep_failure(self, failed: PageFailed) -> None:
        """Note that a page could not be had; it is tried again later."""
        row = failed.target.row
        with self._database.transaction():
            if failed.reason is not None:
                self._state.count(self.run, Outcome.REJECTED, failed.reason)
            if failed.target.first is not None and failed.failure is Failure.HARD:
                # A later page of a walk that is not there ends it: what came before counts.
                self._finish(PageRead(failed.target, failed.target.first, None))
            else:
                self._state.fail_page(
                    row.url,
                    self._source.name,
                    failure=failed.failure,
                    status=failed.status,
                    retry_at=failed.retry_at,
                )
            if failed.failure is Failure.HARD:
                self._state.quarantine(self._source.name, row.url, failed.reason or failed.problem)
        if failed.reason is not None:
            self.tally[Outcome.REJECTED, failed.reason] += 1

    def _prepare(
        self, items: Sequence[RawItem], names: frozenset[str], *, in_threads: bool
    ) -> tuple[list[Post], Tally]:
        """Posts of items, and what became of the others.

        `in_threads`: a reply that touches no topic takes over those of what it answers. Not so
        in a list by time (a timeline, an export): there it is chance which of both comes first.
        """
        now = self._clock.now()
        known = KnownNames(names)
        posts: list[Post] = []
        tally: Tally = Counter()
        threads = self._stored_threads(items) if in_threads else {}
        for item in items:
            prepared = self._preparation.prepare(
                item, self._source, known, now, threads.get(item.thread)
            )
            if not isinstance(prepared, Post):
                tally[prepared.outcome, prepared.reason] += 1
                continue
            posts.append(prepared)
            if in_threads:
                # Where a server does not say which thread a reply belongs to, its thread is
                # what it answers: so what it answers counts, be it a reply itself.
                threads[item.native] = Thread.of(prepared)
                if item.kind is not PostKind.REPLY:
                    threads[item.thread] = threads[item.native]
        return posts, tally

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
