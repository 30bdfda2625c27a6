"""Posts on their way from collectors to the main service, which alone has the store of posts.

A collector writes what a page gave into PostgreSQL, in the very transaction that marks the page
as read; the main service takes it into its store and only then deletes it here. After a crash of
either it is still here and is taken in once more, which changes nothing: putting a post that is
there, or deleting one that is not, leaves all as it was.

Whether a post is new is known here, without its text, so that its outcome is counted at once and
an unchanged one is not sent again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter

from langnghe.core.clock import Clock
from langnghe.core.models import Channel, Outcome, Post, PostKind
from langnghe.core.settings import MAX_RETENTION_DAYS
from langnghe.store.crawlstate import CrawlState
from langnghe.store.postgres import FrontierDatabase
from langnghe.store.posts.interface import PostStore, StoredPost, page_mark
from langnghe.store.times import from_micros, to_micros
from langnghe.store.transactions import Connection, Row

AT_A_TIME = 500
"""Posts taken in by one transaction of the store: other writers wait no longer."""

_TAKING = 0x4C4E_7461_6B65
"""Number of the advisory lock of the one who takes in; any number would do."""

_POST = TypeAdapter(Post)


class Kind(StrEnum):
    """What a row of `arriving` holds."""

    POST = "post"
    """A post that is new or was changed; the body is the post."""
    SEEN = "seen"
    """Posts that stand on a page still; the body names source, page, ids and when it was seen."""
    GONE = "gone"
    """Posts that are no longer at their source; the body is their ids."""


class Outbox:
    """Takes posts as `PostStore` does, and hands them on.

    Args:
        days: the retention period of posts.
        by_source: days of sources whose period is shorter.
        recheck: channels whose posts go when they were not seen at their source for so many days.
    """

    def __init__(
        self,
        database: FrontierDatabase,
        clock: Clock,
        days: int,
        by_source: Mapping[str, int],
        recheck: Mapping[Channel, int],
    ) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._by_source = by_source
        self._recheck = recheck

    def put(self, posts: Sequence[Post]) -> list[Outcome]:
        """As `PostStore.put`."""
        if not posts:
            return []
        first = {post.id: place for place, post in reversed([*enumerate(posts)])}
        # In one order always: two collectors that find the same posts never wait in a circle.
        rows = [self._row(posts[first[one]]) for one in sorted(first)]
        outcomes = [Outcome.DUPLICATE] * len(posts)
        update, send = [], []
        with self._database.transaction() as connection:
            known = {
                row.post: row
                for row in connection.execute(
                    "INSERT INTO sent (post, source, channel, thread, kind, content, title, seen, "  # noqa: S608  question marks only
                    "page, expires, body) VALUES "
                    f"{', '.join(['(?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)'] * len(rows))} "
                    "ON CONFLICT (post) DO UPDATE SET post = excluded.post "
                    "RETURNING *, xmax = 0 AS new",
                    [value for row in rows for value in row],
                )
            }
            # Each post counts once: where it comes first from the source that it is known by.
            places = {
                post.id: place
                for place, post in reversed([*enumerate(posts)])
                if post.source == known[post.id].source
            }
            for one, place in sorted(places.items()):
                before = known[one]
                *_, content, title, seen, expires, body = self._row(posts[place])
                changed = before.new or (before.content, before.title) != (content, title)
                outcomes[place] = Outcome.STORED if changed else Outcome.UNCHANGED
                if changed or before.body != body:
                    update.append((content, title, seen, expires, body, one))
                    send.append((Kind.POST, expires, _POST.dump_json(posts[place]).decode()))
            connection.execute_many(
                "UPDATE sent SET content = ?, title = ?, seen = ?, expires = ?, body = ? "
                "WHERE post = ?",
                update,
            )
            _send(connection, send)
        return outcomes

    def differing(self, texts: Mapping[str, str]) -> list[str]:
        """As `PostStore.differing`."""
        with self._database.read() as connection:
            known = connection.execute(
                "SELECT post, content FROM sent WHERE post = ANY(?)", (sorted(texts),)
            )
            return [row.post for row in known if row.content != _content(texts[row.post])]

    def see(self, source: str, page: str, ids: Collection[str]) -> None:
        """As `PostStore.see`."""
        now = self._clock.now()
        with self._database.transaction() as connection:
            seen = connection.execute(
                "UPDATE sent SET seen = ?, page = ? WHERE source = ? AND post = ANY(?) "
                # The body is large, and only needed where a limit begins anew.
                "RETURNING post, CASE WHEN channel = ANY(?) THEN body END AS body",
                (to_micros(now), page_mark(page), source, sorted(ids), sorted(self._recheck)),
            ).fetchall()
            connection.execute_many(
                "UPDATE sent SET expires = ? WHERE post = ?",
                [
                    (self._expires(_POST.validate_json(row.body), now), row.post)
                    for row in seen
                    if row.body is not None
                ],
            )
            there = sorted(row.post for row in seen)
            if there:
                body = json.dumps([source, page, there, to_micros(now)], ensure_ascii=False)
                _send(connection, [(Kind.SEEN, self._end(now), body)])

    def missed(
        self, source: str, page: str, before: datetime, threads: Collection[str] = ()
    ) -> list[str]:
        """As `PostStore.missed`."""
        known = (source, to_micros(before), page_mark(page))
        which, more = (
            ("page = ?", [])
            if not threads
            else (
                "(page = ? OR kind = ?) AND thread = ANY(?)",
                [PostKind.REPLY.value, sorted(threads)],
            )
        )
        with self._database.read() as connection:
            return [
                row.post
                for row in connection.execute(
                    f"SELECT post FROM sent WHERE source = ? AND seen < ? AND {which} "  # noqa: S608  one of two texts above
                    "ORDER BY post",
                    (*known, *more),
                )
            ]

    def unconfirmed(self, channel: Channel, source: str, before: datetime) -> frozenset[int]:
        """As `PostStore.unconfirmed`."""
        with self._database.read() as connection:
            return frozenset(
                row.page
                for row in connection.execute(
                    "SELECT DISTINCT page FROM sent "
                    "WHERE source = ? AND seen < ? AND channel = ? AND page > 0",
                    (source, to_micros(before), channel.value),
                )
            )

    def forget(self, ids: Collection[str]) -> int:
        """As `PostStore.forget`; what is still on its way goes as well, when its turn comes."""
        with self._database.transaction() as connection:
            gone = connection.execute(
                "DELETE FROM sent WHERE post = ANY(?) RETURNING post", (sorted(ids),)
            )
            there = sorted(row.post for row in gone)
            if there:
                end = self._end(self._clock.now())
                _send(connection, [(Kind.GONE, end, json.dumps(there))])
        return len(there)

    def get(self, ids: Sequence[str]) -> list[StoredPost]:
        """Posts that were handed on, in this order, each without its text and alone."""
        with self._database.read() as connection:
            found = {
                row.post: _POST.validate_json(row.body)
                for one in dict.fromkeys(ids)
                for row in connection.execute("SELECT post, body FROM sent WHERE post = ?", (one,))
            }
        return [StoredPost(found[one], one, 1) for one in ids if one in found]

    def _row(self, post: Post) -> tuple[str, str, str, str, str, str, str, int, int, str]:
        """What `sent` is to know of a post."""
        content = _content(post.text)
        # When it was fetched is left out with the text: it changes with each visit.
        body = _POST.dump_json(replace(post, text="", fetched_at=post.published_at)).decode()
        expires = self._expires(post, post.fetched_at)
        return (
            *(post.id, post.source, post.channel.value, post.thread_id, post.kind.value),
            *(content, post.title, to_micros(post.fetched_at), expires, body),
        )

    def _expires(self, post: Post, seen: datetime) -> int:
        """When a post goes that is not seen again."""
        days = min(self._by_source.get(post.source, self._days), MAX_RETENTION_DAYS)
        end = post.published_at + timedelta(days=days)
        recheck = self._recheck.get(post.channel)
        return to_micros(end if recheck is None else min(end, seen + timedelta(days=recheck)))

    def _end(self, now: datetime) -> int:
        """Until when what is no post is kept: by then no post that it is about is there."""
        return to_micros(now + timedelta(days=MAX_RETENTION_DAYS))


def forget_expired(database: FrontierDatabase, clock: Clock) -> None:
    """Delete what is past its time (`Outbox`), even if nobody ever took it in."""
    now = to_micros(clock.now())
    with database.transaction() as connection:
        for table in ("arriving", "sent"):
            connection.execute(f"DELETE FROM {table} WHERE expires <= ?", (now,))  # noqa: S608


def waiting(database: FrontierDatabase) -> int:
    """How much waits to be taken in."""
    with database.read() as connection:
        return int(connection.execute("SELECT count(*) AS n FROM arriving").one().n)


def take_in(database: FrontierDatabase, store: PostStore, clock: Clock) -> int:
    """Bring everything that has arrived into the store; gives how many rows there were.

    May be ended at any moment and run again, or twice at once.
    """
    taken, crawl = 0, CrawlState(database, clock)
    while True:
        with database.transaction() as connection:
            # One at a time and in order: an older text must not replace a newer one.
            connection.execute("SELECT pg_advisory_xact_lock(?)", (_TAKING,))
            rows = connection.execute(
                "SELECT number, kind, expires, body FROM arriving ORDER BY number LIMIT ?",
                (AT_A_TIME,),
            ).fetchall()
            part = [*_each_once(map(_arrived, rows))]
            _bring(part, store, to_micros(clock.now()))
            connection.execute(
                "DELETE FROM arriving WHERE number = ANY(?)", ([one.number for one in part],)
            )
            _ask_again(connection, crawl, store, part)
        taken += len(part)
        if len(part) == len(rows) < AT_A_TIME:
            return taken


@dataclass(frozen=True, slots=True)
class _Arrived:
    number: int
    kind: Kind
    expires: int
    body: Any

    def ids(self) -> list[str]:
        """The posts that it puts or deletes."""
        if self.kind is Kind.SEEN:
            return []
        ids: list[str] = [self.body["id"]] if self.kind is Kind.POST else self.body
        return ids


def _arrived(row: Row) -> _Arrived:
    return _Arrived(row.number, Kind(row.kind), row.expires, json.loads(row.body))


def _each_once(arrived: Iterable[_Arrived]) -> Iterator[_Arrived]:
    """The first ones, as long as none puts or deletes a post that one before it has.

    After a crash they may all be done once more: a post that was put and then deleted would be
    put as a new one, and count twice.
    """
    done: set[str] = set()
    for one in arrived:
        ids = one.ids()
        if not done.isdisjoint(ids):
            return
        done.update(ids)
        yield one


def _bring(arrived: Iterable[_Arrived], store: PostStore, now: int) -> None:
    """Do what they ask of a store, in order; posts that follow each other are put together."""
    with store.transaction():
        for kind, same in groupby(
            (one for one in arrived if one.expires > now), lambda one: one.kind
        ):
            bodies = [one.body for one in same]
            if kind is Kind.POST:
                store.put([_POST.validate_python(body) for body in bodies])
            elif kind is Kind.SEEN:
                # A collector of an older version does not say when.
                for source, page, ids, *when in bodies:
                    store.see(source, page, ids, *map(from_micros, when))
            else:
                for ids in bodies:
                    store.forget(ids)


def _ask_again(
    connection: Connection, crawl: CrawlState, store: PostStore, arrived: Iterable[_Arrived]
) -> None:
    """See to it that posts are sent anew which stand at their source, and no longer in the store.

    It let go of them meanwhile (terms, a backup that was restored). What was sent is forgotten,
    so that they are new to the next reading of their page; and that page is read whatever its
    validators say, since it need not have changed.
    """
    pages: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for one in arrived:
        if one.kind is Kind.SEEN:
            source, page, ids, *_ = one.body
            pages[source, page].update(ids)
    seen = {one for ids in pages.values() for one in ids}
    there = {found.post.id for found in store.get(sorted(seen))}
    # Not those that are gone by now: they are no longer in `sent`, or have come back and are
    # on their way.
    lost = {
        row.post
        for row in connection.execute(
            "DELETE FROM sent WHERE post = ANY(?) AND post NOT IN "
            "(SELECT body::json ->> 'id' FROM arriving WHERE kind = ?) RETURNING post",
            (sorted(seen - there), Kind.POST),
        )
    }
    for (source, page), ids in sorted(pages.items()):
        if not ids.isdisjoint(lost):
            crawl.read_anew(source, [page])


def _content(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _send(connection: Connection, rows: Sequence[tuple[Kind, int, str]]) -> None:
    connection.execute_many("INSERT INTO arriving (kind, expires, body) VALUES (?, ?, ?)", rows)
