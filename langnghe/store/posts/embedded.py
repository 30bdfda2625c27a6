"""The embedded engine: posts in SQLite, found by FTS5, counted day by day.

Writing is here; reading back and searching in `reading` and `searching`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from langnghe.core.clock import Clock, local_day
from langnghe.core.models import Channel, Labels, Outcome, Post
from langnghe.core.settings import MAX_RETENTION_DAYS
from langnghe.store.database import Connection, Database, Row
from langnghe.store.posts import (
    checking,
    clusters,
    counts,
    labelled,
    reading,
    searching,
    seeing,
)
from langnghe.store.posts.counts import Counted, Tally
from langnghe.store.posts.forms import exact_form, plain_form, plain_of, plain_words
from langnghe.store.posts.interface import (
    UNLABELLED,
    Dimension,
    Filters,
    Hit,
    Interval,
    LabelledPost,
    Page,
    Purged,
    PurgeReason,
    Query,
    StoredPost,
)
from langnghe.store.posts.names import EMPTY, Names
from langnghe.store.times import to_micros

AT_A_TIME = 500
"""Posts that one statement or one step of a purge handles: other writers wait no longer."""

MERGE_PAGES = 500
"""Pages of the index that one step of merging writes (2 MB)."""

MOST_HANDED_OUT = 100_000
"""Posts of the work list whose text is watched for changes until their labels come."""


NO_REGISTER = 0


class EmbeddedPostStore:
    """Fulfils `PostStore` on one SQLite file."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._names = Names(database)
        self._handed_out: dict[str, int] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._database.transaction():
            yield

    def put(self, posts: Sequence[Post]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with self._database.transaction() as connection:
            stored = self._stored(connection, [post.id for post in posts])
            seen: set[str] = set()
            waiting: list[Post] = []
            unchanged: list[Post] = []
            for post in posts:
                there = stored.get(post.id)
                if post.id in seen or (there is not None and there.source != post.source):
                    outcomes.append(Outcome.DUPLICATE)
                    continue
                seen.add(post.id)
                if there is not None and (there.title, there.text) == (post.title, post.text):
                    unchanged.append(post)
                    outcomes.append(Outcome.UNCHANGED)
                    continue
                if there is not None:
                    # The changed post leaves its cluster just when its turn comes, so that
                    # clusters do not depend on how posts are put into batches.
                    self._insert(connection, waiting)
                    waiting = []
                    self._remove(connection, [there.no], purge=False)
                waiting.append(post)
                outcomes.append(Outcome.STORED)
            self._insert(connection, waiting)
            self._match_anew(connection, unchanged)
        return outcomes

    def get(self, ids: Sequence[str]) -> list[StoredPost]:
        with self._database.read() as connection:
            return reading.by_ids(connection, self._names, ids)

    def differing(self, texts: Mapping[str, str]) -> list[str]:
        with self._database.read() as connection:
            stored = self._stored(connection, list(texts))
        return [one for one, post in stored.items() if post.text != texts[one]]

    def search(self, query: Query) -> Page:
        with self._database.read() as connection:
            return searching.search(connection, self._names, query)

    def similar(self, post_id: str, size: int = 10) -> list[Hit]:
        with self._database.read() as connection:
            return searching.similar(connection, self._names, post_id, size)

    def counts(
        self, filters: Filters, by: Dimension | None = None, interval: Interval | None = "day"
    ) -> Mapping[tuple[date | None, str | None], int]:
        single = (filters.topics, filters.places, filters.sources, filters.channels)
        if any(len(values) > 1 for values in (*single, filters.sentiments, filters.intents)):
            raise ValueError("counts take at most one value for each filter")
        if filters.reasons or by == "reason":
            raise ValueError("counts are not kept by reason")
        if filters.cluster is not None or filters.thread is not None:
            raise ValueError("counts are not kept by cluster or thread")
        totals: Counter[tuple[date | None, str | None]] = Counter()
        with self._database.read() as connection:
            for day, value, posts in counts.read(
                connection, self._names, filters, by=by, daily=interval is not None
            ):
                start = (
                    counts.interval_start(date.fromordinal(day), interval)
                    if day is not None and interval is not None
                    else None
                )
                word = None if value is None else self._names.value(connection, value)
                totals[start, word] += posts
        return dict(totals)

    def unlabelled(self, model: str, size: int, part: tuple[int, int] = (0, 1)) -> list[StoredPost]:
        with self._database.read() as connection:
            known = self._names.find(connection, "model", model)
            others = [pair for pair in _work(connection) if pair[0] != known]
            numbers = _waiting(connection, others, size, part)
            found = reading.by_numbers(connection, self._names, numbers)
        self._hand_out(numbers, found)
        return found

    def label(self, labels: Sequence[Labels]) -> int:
        kept = 0
        with self._database.transaction() as connection:
            tally = Tally()
            facets, rows = [], []
            vectors: dict[int, bytes] = {}
            done: dict[int, Counted] = {}
            for row, given in self._still_the_same(connection, labels):
                kept += 1
                before = done.get(row.no) or self._counted(connection, row)
                after = done[row.no] = replace(
                    before,
                    sentiment=self._names.enter(
                        connection, "sentiment", given.sentiment or UNLABELLED
                    ),
                    intent=self._names.enter(connection, "intent", given.intent or UNLABELLED),
                )
                if after != before:
                    tally.remove(before)
                    tally.add(after)
                model = self._names.enter(connection, "model", given.model)
                facets.append(
                    (
                        after.sentiment,
                        after.intent,
                        model,
                        *self._matched(connection, given),
                        row.no,
                    )
                )
                marks = [[mark.kind, mark.words] for mark in given.marks]
                rows.append((row.no, _json(dict(given.scores)), _json(marks), _matches(given)))
                vectors[row.no] = given.embedding
            connection.execute_many(
                "UPDATE facet SET sentiment = ?, intent = ?, model = ?, reasons = ?, register = ? "
                "WHERE no = ?",
                facets,
            )
            connection.execute_many(
                "INSERT INTO label (no, scores, marks, matches) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (no) DO UPDATE SET scores = excluded.scores, "
                "marks = excluded.marks, matches = excluded.matches",
                rows,
            )
            connection.execute_many(
                "INSERT INTO embedding (no, vector) VALUES (?, ?) "
                "ON CONFLICT (no) DO UPDATE SET vector = excluded.vector",
                [(no, vector) for no, vector in vectors.items() if vector],
            )
            connection.execute_many(
                "DELETE FROM embedding WHERE no = ?",
                [(no,) for no, vector in vectors.items() if not vector],
            )
            tally.write(connection)
        return kept

    def unmatched(
        self,
        model: str,
        register: str,
        size: int,
        part: tuple[int, int] = (0, 1),
        after: str | None = None,
    ) -> list[StoredPost]:
        with self._database.read() as connection:
            of_model = self._names.find(connection, "model", model)
            to = self._names.find(connection, "register", register) if register else NO_REGISTER
            others = [pair for pair in _work(connection) if pair[0] == of_model and pair[1] != to]
            behind = 0 if after is None else self._number(connection, after)
            numbers = _waiting(connection, others, size, part, behind)
            found = reading.with_embeddings(connection, self._names, numbers)
        self._hand_out(numbers, found)
        return found

    def match(self, labels: Sequence[Labels]) -> int:
        facets, rows = [], []
        with self._database.transaction() as connection:
            for row, given in self._still_the_same(connection, labels):
                if row.model != self._names.find(connection, "model", given.model):
                    continue
                facets.append((*self._matched(connection, given), row.no))
                rows.append((_matches(given), row.no))
            connection.execute_many(
                "UPDATE facet SET reasons = ?, register = ? WHERE no = ?", facets
            )
            connection.execute_many("UPDATE label SET matches = ? WHERE no = ?", rows)
        return len(facets)

    def labelled(
        self, model: str, filters: Filters, *, least_claim: float = 0.0
    ) -> Iterator[LabelledPost]:
        return labelled.read(self._database, self._names, model, filters, least_claim)

    def see(self, source: str, page: str, ids: Collection[str], at: datetime | None = None) -> None:
        with self._database.transaction() as connection:
            seeing.see(connection, self._names, source, page, ids, at or self._clock.now())

    def missed(
        self, source: str, page: str, before: datetime, threads: Collection[str] = ()
    ) -> list[str]:
        with self._database.read() as connection:
            return seeing.missed(connection, self._names, source, page, before, threads)

    def unconfirmed(self, channel: Channel, source: str, before: datetime) -> frozenset[int]:
        with self._database.read() as connection:
            return seeing.pages_unconfirmed(connection, self._names, channel, source, before)

    def forget(self, ids: Collection[str]) -> int:
        with self._database.transaction() as connection:
            numbers = [row.no for row in self._facets(connection, sorted(ids))]
            by = self._remove(connection, numbers, purge=True)
            if by:
                audit = self._begin_audit(connection, PurgeReason.DELETED_AT_SOURCE, 0)
                _write_audit(connection, audit, by)
        return by.total()

    def purge(
        self,
        now: datetime,
        days: int,
        by_source: Mapping[str, int],
        recheck: Mapping[Channel, int] | None = None,
    ) -> Purged:
        by, unconfirmed = Counter[str](), 0
        for channel, limit in (recheck or {}).items():
            gone = self._purge_in_steps(
                PurgeReason.RECHECK_LIMIT,
                limit,
                partial(
                    seeing.unconfirmed,
                    names=self._names,
                    channel=channel,
                    before=now - timedelta(days=limit),
                    size=AT_A_TIME,
                ),
            )
            by, unconfirmed = by + gone, unconfirmed + gone.total()
        by += self._purge_in_steps(
            PurgeReason.RETENTION,
            days,
            partial(self._expired, now=now, days=days, by_source=by_source),
        )
        if by:
            self._merge_index()
        self._database.checkpoint()
        return Purged(by.total(), dict(by), unconfirmed)

    def optimise(self) -> None:
        self._merge_index()
        self._database.checkpoint()

    def check(self) -> list[str]:
        return checking.problems(self._database, self._names)

    # Writing

    def _stored(self, connection: Connection, ids: Sequence[str]) -> dict[str, _Stored]:
        found = {}
        for chunk in reading.chunks(list(dict.fromkeys(ids)), AT_A_TIME):
            for row in connection.execute(
                "SELECT p.id, p.no, p.title, p.text, f.source FROM post AS p "  # noqa: S608  question marks only
                f"JOIN facet AS f ON f.no = p.no WHERE p.id IN ({reading.marks(chunk)})",
                chunk,
            ):
                source = self._names.value(connection, row.source)
                found[row.id] = _Stored(row.no, source, row.title, row.text)
        return found

    def _match_anew(self, connection: Connection, posts: Sequence[Post]) -> None:
        """Give stored posts the topics and places of today's configuration, and count so."""
        wanted = {
            post.id: (
                self._names.enter_set(connection, "topic", post.topics),
                self._names.enter_set(connection, "place", post.places),
            )
            for post in posts
        }
        tally, changed = Tally(), []
        for row in list(self._facets(connection, list(wanted))):
            topics, places = wanted[row.id]
            if (row.topics, row.places) == (topics, places):
                continue
            before = self._counted(connection, row)
            tally.remove(before)
            tally.add(
                replace(
                    before,
                    topics=self._names.members(connection, topics),
                    places=self._names.members(connection, places),
                )
            )
            changed.append((topics, places, row.no))
        if changed:
            connection.execute_many("UPDATE facet SET topics = ?, places = ? WHERE no = ?", changed)
            tally.write(connection)

    def _insert(self, connection: Connection, new: Sequence[Post]) -> None:
        if not new:
            return
        last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'post'").first()
        first_no = (last.seq if last else 0) + 1
        plain = [plain_words(post.text) for post in new]
        texts = [
            clusters.compared(post.title, post.text, form)
            for post, form in zip(new, plain, strict=True)
        ]
        signatures = clusters.signatures(
            [(text, post.thread_id) for text, post in zip(texts, new, strict=True)]
        )
        members = [
            clusters.Member(
                first_no + at,
                post.id,
                post.thread_id,
                to_micros(post.published_at),
                texts[at],
                signatures[at],
            )
            for at, post in enumerate(new)
        ]
        connection.execute_many(
            "INSERT INTO post (no, id, kind, thread_id, parent_id, url, title, text, precision, "
            "fetched, masked, reactions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    member.no,
                    post.id,
                    post.kind.value,
                    post.thread_id,
                    post.parent_id,
                    post.url,
                    post.title,
                    post.text,
                    post.precision.value,
                    to_micros(post.fetched_at),
                    json.dumps(dict(post.masked)) if post.masked else "{}",
                    post.reactions,
                )
                for member, post in zip(members, new, strict=True)
            ],
        )
        connection.execute_many(
            "INSERT INTO post_index (rowid, exact, plain) VALUES (?, ?, ?)",
            [
                (
                    member.no,
                    exact_form(post.title, post.text),
                    plain_of(plain_words(post.title), form),
                )
                for member, post, form in zip(members, new, plain, strict=True)
            ],
        )
        placed = clusters.place(connection, members)
        self._insert_facets(connection, new, members, placed)

    def _insert_facets(
        self,
        connection: Connection,
        posts: Sequence[Post],
        members: Sequence[clusters.Member],
        placed: Sequence[int],
    ) -> None:
        names, tally = self._names, Tally()
        unlabelled = (
            names.enter(connection, "sentiment", UNLABELLED),
            names.enter(connection, "intent", UNLABELLED),
        )
        facets, spans = [], dict[int, tuple[int, int]]()
        for post, member, cluster in zip(posts, members, placed, strict=True):
            day = local_day(post.published_at).toordinal()
            topics = names.enter_set(connection, "topic", post.topics)
            places = names.enter_set(connection, "place", post.places)
            counted = Counted(
                day,
                names.enter(connection, "source", post.source),
                names.enter(connection, "channel", post.channel),
                *unlabelled,
                names.members(connection, topics),
                names.members(connection, places),
            )
            tally.add(counted)
            facets.append(
                (
                    member.no,
                    member.published,
                    day,
                    counted.source,
                    counted.channel,
                    *unlabelled,
                    topics,
                    places,
                    EMPTY,
                    cluster,
                    NO_REGISTER,
                    to_micros(post.fetched_at),
                )
            )
            first, _ = spans.get(day, (member.no, member.no))
            spans[day] = (first, member.no)
        connection.execute_many(
            "INSERT INTO facet (no, published, day, source, channel, sentiment, intent, topics, "
            "places, reasons, cluster, register, seen, model, page) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
            facets,
        )
        connection.execute_many(
            "INSERT INTO day_span (day, first_no, last_no) VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
            "SET last_no = max(last_no, excluded.last_no)",
            [(day, *span) for day, span in spans.items()],
        )
        tally.write(connection)

    def _remove(
        self, connection: Connection, numbers: Sequence[int], *, purge: bool
    ) -> Counter[str]:
        """Delete posts with all that was made of their text; gives how many by source.

        After a purge they still count, else they never were.
        """
        by_source, tally = Counter[str](), Tally()
        for chunk in reading.chunks(numbers, AT_A_TIME):
            rows = connection.execute(
                "SELECT f.*, p.id, p.thread_id, p.title, p.text, "  # noqa: S608  question marks only
                "EXISTS (SELECT 1 FROM leader AS l WHERE l.no = f.no) AS leads FROM facet AS f "
                f"JOIN post AS p ON p.no = f.no WHERE f.no IN ({reading.marks(chunk)})",
                chunk,
            ).all()
            leaders = [row for row in rows if row.leads]
            for row in rows:
                counted = self._counted(connection, row)
                by_source[self._names.value(connection, row.source)] += 1
                if purge:
                    tally.purge(counted)
                else:
                    tally.remove(counted)
            connection.execute_many(
                "INSERT INTO post_index (post_index, rowid, exact, plain) "
                "VALUES ('delete', ?, ?, ?)",
                [
                    (row.no, exact_form(row.title, row.text), plain_form(row.title, row.text))
                    for row in rows
                ],
            )
            clusters.forget(connection, clusters.members(leaders))
            gone = [(row.no,) for row in rows]
            connection.execute_many("DELETE FROM embedding WHERE no = ?", gone)
            connection.execute_many("DELETE FROM label WHERE no = ?", gone)
            connection.execute_many("DELETE FROM facet WHERE no = ?", gone)
            connection.execute_many("DELETE FROM post WHERE no = ?", gone)
            clusters.hand_over(connection, [row.cluster for row in leaders])
        tally.write(connection)
        return by_source

    def _purge_in_steps(
        self, reason: PurgeReason, days: int, some: Callable[[Connection], list[int]]
    ) -> Counter[str]:
        """Delete the posts that `some` gives, until it gives no more; how many by source."""
        by = Counter[str]()
        audit: int | None = None
        while True:
            with self._database.transaction() as connection:
                numbers = some(connection)
                by.update(self._remove(connection, numbers, purge=True))
                if audit is None:
                    audit = self._begin_audit(connection, reason, days)
                _write_audit(connection, audit, by)
            if len(numbers) < AT_A_TIME:
                return by

    def _begin_audit(self, connection: Connection, reason: PurgeReason, days: int) -> int:
        row = connection.execute(
            "INSERT INTO purge (at, days, posts, by_source, reason) VALUES (?, ?, 0, '{}', ?) "
            "RETURNING id",
            (to_micros(self._clock.now()), days, reason),
        ).one()
        return int(row.id)

    def _expired(
        self, connection: Connection, now: datetime, days: int, by_source: Mapping[str, int]
    ) -> list[int]:
        """Some posts whose time is over, oldest first."""

        def before(own: int) -> int:
            # Boundary 5: whatever is asked for, text is not kept longer than that.
            return to_micros(now - timedelta(days=min(own, MAX_RETENTION_DAYS)))

        own = {
            number: before(by_source[source])
            for source in by_source
            if (number := self._names.find(connection, "source", source)) is not None
        }
        numbers = [
            row.no
            for row in connection.execute(
                "SELECT no FROM facet INDEXED BY facet_time WHERE published < ? "  # noqa: S608  question marks only
                f"AND source NOT IN ({reading.marks(list(own))}) ORDER BY published LIMIT ?",
                (before(days), *own, AT_A_TIME),
            )
        ]
        for source, limit in own.items():
            numbers += [
                row.no
                for row in connection.execute(
                    "SELECT no FROM facet INDEXED BY facet_time "
                    "WHERE published < ? AND source = ? ORDER BY published LIMIT ?",
                    (limit, source, AT_A_TIME),
                )
            ]
        return numbers[:AT_A_TIME]

    def _hand_out(self, numbers: Sequence[int], found: Sequence[StoredPost]) -> None:
        """Remember which texts these are, for when their labels come."""
        for no, stored in zip(numbers, found, strict=True):
            self._handed_out.pop(stored.post.id, None)
            self._handed_out[stored.post.id] = no
        while len(self._handed_out) > MOST_HANDED_OUT:
            del self._handed_out[next(iter(self._handed_out))]

    def _number(self, connection: Connection, post_id: str) -> int:
        """The number under which a post was handed out last, though it may be gone by now."""
        no = self._handed_out.get(post_id)
        if no is None:
            row = connection.execute("SELECT no FROM post WHERE id = ?", (post_id,)).first()
            no = 0 if row is None else int(row.no)
        return no

    def _still_the_same(
        self, connection: Connection, labels: Sequence[Labels]
    ) -> Iterator[tuple[Row, Labels]]:
        """The labels whose post is there with the text that was handed out."""
        rows = {
            row.id: row for row in self._facets(connection, [given.post_id for given in labels])
        }
        for given in labels:
            row = rows.get(given.post_id)
            # A text that changed after it was handed out has a new number.
            if row is not None and self._handed_out.get(given.post_id, row.no) == row.no:
                yield row, given

    def _matched(self, connection: Connection, given: Labels) -> tuple[int, int]:
        """The numbers of its reasons and of the register of its matches."""
        names = self._names
        reasons = names.enter_set(connection, "reason", given.reasons) if given.reasons else EMPTY
        register = names.enter(connection, "register", given.register) if given.register else None
        return reasons, NO_REGISTER if register is None else register

    def _counted(self, connection: Connection, row: Row) -> Counted:
        return Counted(
            row.day,
            row.source,
            row.channel,
            row.sentiment,
            row.intent,
            self._names.members(connection, row.topics),
            self._names.members(connection, row.places),
        )

    def _facets(self, connection: Connection, ids: Sequence[str]) -> Iterator[Row]:
        for chunk in reading.chunks(ids, AT_A_TIME):
            yield from connection.execute(
                "SELECT p.id, f.* FROM post AS p JOIN facet AS f ON f.no = p.no "  # noqa: S608  question marks only
                f"WHERE p.id IN ({reading.marks(chunk)})",
                chunk,
            )

    def _merge_index(self) -> None:
        """Merge the index into one piece, step by step so that other writers get their turn.

        Only then are the words of deleted texts really gone from it: until their pieces are
        merged, FTS5 merely marks them as deleted.
        """
        # A negative number begins the merge of all pieces, the same positive one goes on.
        pages = -MERGE_PAGES
        while True:
            with self._database.transaction() as connection:
                before = _changes(connection)
                connection.execute(
                    "INSERT INTO post_index (post_index, rank) VALUES ('merge', ?)", (pages,)
                )
                # FTS5 documents a difference below 2 as "nothing was left to do".
                if _changes(connection) - before < 2:
                    return
            pages = MERGE_PAGES


@dataclass(frozen=True, slots=True)
class _Stored:
    no: int
    source: str
    title: str
    text: str


def _write_audit(connection: Connection, audit: int, by: Mapping[str, int]) -> None:
    connection.execute(
        "UPDATE purge SET posts = ?, by_source = ? WHERE id = ?",
        (sum(by.values()), json.dumps(dict(by), ensure_ascii=False), audit),
    )


def _work(connection: Connection) -> list[tuple[int, int]]:
    """The pairs of model and register that some post has."""
    pairs: list[tuple[int, int]] = []
    last = (-1, -1)
    # From one pair to the next, instead of through all posts.
    while (
        row := connection.execute(
            "SELECT model, register FROM facet INDEXED BY facet_work "
            "WHERE (model, register) > (?, ?) ORDER BY model, register LIMIT 1",
            last,
        ).first()
    ) is not None:
        last = (row.model, row.register)
        pairs.append(last)
    return pairs


def _waiting(
    connection: Connection,
    pairs: Sequence[tuple[int, int]],
    size: int,
    part: tuple[int, int],
    after: int = 0,
) -> list[int]:
    """The numbers of the first posts that have one of these pairs of model and register."""
    slice_, slices = part
    if not 0 <= slice_ < slices:
        raise ValueError(f"there is no slice {slice_} of {slices}")
    waiting: list[int] = []
    # With one pair, the posts lie in order in the index: nothing else is read.
    for pair in pairs:
        waiting += [
            row.no
            for row in connection.execute(
                "SELECT no FROM facet INDEXED BY facet_work WHERE model = ? AND register = ? "
                "AND no > ? AND no % ? = ? ORDER BY no LIMIT ?",
                (*pair, after, slices, slice_, size),
            )
        ]
    return sorted(waiting)[:size]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _matches(given: Labels) -> str:
    return _json([asdict(match) for match in given.matches])


def _changes(connection: Connection) -> int:
    return int(connection.execute("SELECT total_changes()").scalar_one())
