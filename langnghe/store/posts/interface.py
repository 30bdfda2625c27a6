"""What any engine that keeps posts can do.

The one conformance suite, `tests/store/conformance.py`, holds every engine to what is said
here. No method takes or gives anything about who wrote a post.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Literal, Protocol

from langnghe.core.models import Channel, Intent, Labels, Outcome, Post, Reason, Sentiment

Dimension = Literal["topic", "place", "source", "channel", "sentiment", "intent", "reason"]
Interval = Literal["day", "week", "month"]

UNLABELLED = "unlabelled"
"""The key of the `sentiment` and `intent` facets for posts that no model has given one."""

SMALLEST_FIGURE = 5
"""Boundary 5: a figure that rests on fewer posts is not broken down."""


class Order(StrEnum):
    """How hits are sorted."""

    NEWEST = "newest"
    RELEVANCE = "relevance"
    """Best match first (BM25), the best 500; without a text query the same as NEWEST."""


class Match(StrEnum):
    """What words that stand side by side, without quotation marks, mean."""

    PHRASE = "phrase"
    ALL_WORDS = "all_words"


@dataclass(frozen=True, slots=True)
class Filters:
    """Narrows a search. Within one field OR, between fields AND; an empty field does not narrow.

    Days are those of Viet Nam, both ends included.
    """

    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    sentiments: tuple[Sentiment, ...] = ()
    intents: tuple[Intent, ...] = ()
    reasons: tuple[Reason, ...] = ()
    cluster: str | None = None
    thread: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A search.

    `text` is in the query language of `query.parse`: "quoted phrases", AND, OR, NOT,
    parentheses. A term written with diacritics finds only texts with the same diacritics or
    with none at all, the former first; one without finds both.
    """

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    match: Match = Match.PHRASE
    order: Order = Order.NEWEST
    size: int = 20
    cursor: str | None = None
    """From `Page.next`; opaque. Paging is stable: posts that come in meanwhile do not shift it."""
    facets: tuple[Dimension, ...] = ()
    histogram: Interval | None = None
    collapse_clusters: bool = False
    """One hit per cluster of near-duplicates (the newest that matches); totals count posts."""


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post as the store holds it."""

    post: Post
    cluster_id: str
    cluster_size: int
    labels: Labels | None = None
    """Without the embedding, which only `unmatched` and `labelled` read."""


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """What finding groups among posts needs of each."""

    id: str
    source: str
    thread_id: str
    cluster_id: str
    """Of near-duplicates."""
    published_at: datetime
    title: str
    text: str
    labels: Labels
    """With the embedding."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found.

    `title` and `excerpt` are plain text with matches between `HIGHLIGHT_START` and
    `HIGHLIGHT_END`; the page escapes them.
    """

    stored: StoredPost
    title: str
    excerpt: str
    score: float


HIGHLIGHT_START, HIGHLIGHT_END = "\ue000", "\ue001"
"""Private-use characters: they occur in no stored text (`core.text` takes them out)."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of hits.

    `facets` and `histogram` are empty where `total` is under `SMALLEST_FIGURE`. `histogram` has
    the first day of each interval; intervals with no post are left out.
    """

    hits: tuple[Hit, ...]
    total: int
    next: str | None
    facets: Mapping[Dimension, Mapping[str, int]] = field(default_factory=dict)
    histogram: Mapping[date, int] = field(default_factory=dict)


class PurgeReason(StrEnum):
    """Why posts were deleted; stands in the audit of purges."""

    RETENTION = "retention"
    RECHECK_LIMIT = "recheck_limit"
    """They were not seen at their source within the days that its terms allow."""
    DELETED_AT_SOURCE = "deleted_at_source"
    """They, or what they said, are no longer there."""


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge deleted. Counts only."""

    posts: int
    by_source: Mapping[str, int]
    unconfirmed: int = 0
    """Those of them that went because they were not seen at their source in time."""


def page_mark(page: str) -> int:
    """What stands in a store for a page of the frontier: a positive number of 63 bits.

    Addresses are long, and nothing is asked of them here but whether they are the same.
    """
    return int.from_bytes(blake2b(page.encode(), digest_size=8).digest()) >> 1 or 1


class QueryError(ValueError):
    """The query text cannot be understood; `position` counts characters from 0."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


class PostSink(Protocol):
    """Where a crawl puts posts: a store of them, or what carries them to one (`store.outbox`).

    Each method is that of `PostStore`; what `get` gives may be without its text.
    """

    def put(self, posts: Sequence[Post]) -> list[Outcome]: ...
    def get(self, ids: Sequence[str]) -> list[StoredPost]: ...
    def differing(self, texts: Mapping[str, str]) -> list[str]: ...
    def see(self, source: str, page: str, ids: Collection[str]) -> None: ...
    def missed(
        self, source: str, page: str, before: datetime, threads: Collection[str] = ()
    ) -> list[str]: ...
    def unconfirmed(self, channel: Channel, source: str, before: datetime) -> frozenset[int]: ...
    def forget(self, ids: Collection[str]) -> int: ...


class PostStore(Protocol):
    """Keeps posts: one writer and many readers at once, from any number of processes."""

    def transaction(self) -> AbstractContextManager[None]:
        """All writes inside are kept together or not at all. May be nested (joins the outer)."""
        ...

    def put(self, posts: Sequence[Post]) -> list[Outcome]:
        """Store posts; gives STORED, UNCHANGED or DUPLICATE for each, in order.

        A post whose id is stored under the same source with the same text and title is
        UNCHANGED, and takes over the topics and places given now, since those follow the
        configuration; under another source, or a second time in `posts`, DUPLICATE (nothing
        changes); with another text it replaces the stored one, loses its labels and counts as
        STORED. Near-duplicates are linked to one cluster (see `cluster`). Daily counts are kept
        in the same transaction.
        """
        ...

    def get(self, ids: Sequence[str]) -> list[StoredPost]:
        """The posts with these ids, in this order; those that are not there are left out."""
        ...

    def differing(self, texts: Mapping[str, str]) -> list[str]:
        """Of these posts (text by id) the stored ones whose text is another."""
        ...

    def search(self, query: Query) -> Page:
        """Find posts.

        Raises:
            QueryError: `query.text` or `query.cursor` cannot be understood.
        """
        ...

    def counts(
        self, filters: Filters, by: Dimension | None = None, interval: Interval | None = "day"
    ) -> Mapping[tuple[date | None, str | None], int]:
        """Posts by interval and dimension from the daily counts, purged posts included.

        `filters` may name at most one value per field (`reasons`, `cluster` and `thread` none).
        Keys are (first day or None, value or None).

        Raises:
            ValueError: more is asked for than is counted; by reasons nothing is.
        """
        ...

    def similar(self, post_id: str, size: int = 10) -> list[Hit]:
        """Posts that share most with this one ("more like this"), best first, without itself."""
        ...

    def unlabelled(self, model: str, size: int, part: tuple[int, int] = (0, 1)) -> list[StoredPost]:
        """The work list: posts not yet labelled by `model`, oldest in first; slice i of n."""
        ...

    def label(self, labels: Sequence[Labels]) -> int:
        """Keep labels; gives how many posts were still there and the same. Counts follow."""
        ...

    def unmatched(
        self,
        model: str,
        register: str,
        size: int,
        part: tuple[int, int] = (0, 1),
        after: str | None = None,
    ) -> list[StoredPost]:
        """The second work list: posts labelled by `model`, but matched against another register.

        Oldest in first, with their labels and embeddings; slice i of n. `after` is the id of
        the last post of the batch before: the list goes on behind it, so that a pass over the
        list ends even while another process matches against a register of its own.
        """
        ...

    def match(self, labels: Sequence[Labels]) -> int:
        """Keep matches, register and reasons of posts that stay labelled as they are.

        Gives how many posts were still there, the same, and labelled by the same model.
        """
        ...

    def labelled(
        self, model: str, filters: Filters, *, least_claim: float = 0.0
    ) -> Iterator[LabelledPost]:
        """All posts labelled by `model` that the filters let through, oldest first.

        `least_claim`: only those whose score for `claim` is that high. Read bit by bit, each bit
        as it is at that moment: any number takes little memory and keeps no writer waiting.
        Posts that come, change or go meanwhile may be in it or not.
        """
        ...

    def see(self, source: str, page: str, ids: Collection[str], at: datetime | None = None) -> None:
        """Note that these posts of a source stood on a page of it at a moment, or do so now.

        Ids that are not stored, or stored under another source, are passed over. `page` is the
        address of a page of the frontier. A post that is stored was seen when it was fetched.
        """
        ...

    def missed(
        self, source: str, page: str, before: datetime, threads: Collection[str] = ()
    ) -> list[str]:
        """Posts of a source that should have been seen and were not since `before`.

        Those that were last seen on `page`; with `threads` (values of `Post.thread_id`) only
        those in one of these that were, or that are replies (wherever they were seen).
        """
        ...

    def unconfirmed(self, channel: Channel, source: str, before: datetime) -> frozenset[int]:
        """The marks (`page_mark`) of pages with posts of a source not seen since `before`."""
        ...

    def forget(self, ids: Collection[str]) -> int:
        """Delete posts that are no longer at their source; gives how many were there.

        As `purge` does: all that was made of their text goes, counts stay, an audit row with
        counts (`DELETED_AT_SOURCE`) is written. Their words are
        taken out of the index by the next `optimise`.
        """
        ...

    def purge(
        self,
        now: datetime,
        days: int,
        by_source: Mapping[str, int],
        recheck: Mapping[Channel, int] | None = None,
    ) -> Purged:
        """Delete the text of posts older than `days` (or than their source's own days).

        No period is longer than `MAX_RETENTION_DAYS`, whatever is handed in. Age counts from
        `published_at`. Posts of a channel in `recheck` also go when they were not seen at their
        source for so many days. Counts stay. An audit row with counts is written.
        """
        ...

    def optimise(self) -> None:
        """Do what keeps the engine fast; harmless at any time."""
        ...

    def check(self) -> list[str]:
        """Problems found by a whole check of integrity; empty when sound."""
        ...
