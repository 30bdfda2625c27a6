"""Rows back into posts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TypeVar

from langnghe.core.models import Channel, Labels, Post, PostKind, Sentiment, TimePrecision
from langnghe.store.database import Connection, Row
from langnghe.store.posts import clusters
from langnghe.store.posts.interface import UNLABELLED, StoredPost
from langnghe.store.posts.names import Names
from langnghe.store.times import from_micros

AT_A_TIME = 500

ItemT = TypeVar("ItemT")

_SELECT = """
    SELECT p.*, f.published, f.source, f.channel, f.sentiment, f.topics, f.places, f.cluster,
        f.model, l.scores,
        (SELECT count(*) FROM facet AS g WHERE g.cluster = f.cluster) AS cluster_size
    FROM post AS p JOIN facet AS f ON f.no = p.no LEFT JOIN label AS l ON l.no = p.no
"""


def chunks(items: Sequence[ItemT], size: int) -> Iterator[Sequence[ItemT]]:
    """The items in order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def marks(items: Sequence[object]) -> str:
    """As many question marks as there are items."""
    return ", ".join("?" * len(items))


def by_ids(connection: Connection, names: Names, ids: Sequence[str]) -> list[StoredPost]:
    """The posts with these ids, in this order; those that are not there are left out."""
    found = {}
    for chunk in chunks(list(dict.fromkeys(ids)), AT_A_TIME):
        for row in connection.execute(f"{_SELECT} WHERE p.id IN ({marks(chunk)})", chunk):
            found[row.id] = _stored(connection, names, row)
    return [found[post_id] for post_id in ids if post_id in found]


def by_numbers(connection: Connection, names: Names, numbers: Sequence[int]) -> list[StoredPost]:
    """The posts with these numbers, in this order; those that are not there are left out."""
    return [stored for _, stored in numbered(connection, names, numbers)]


def numbered(
    connection: Connection, names: Names, numbers: Sequence[int]
) -> list[tuple[int, StoredPost]]:
    """As `by_numbers`, each with its number."""
    found = {}
    for chunk in chunks(numbers, AT_A_TIME):
        for row in connection.execute(f"{_SELECT} WHERE p.no IN ({marks(chunk)})", chunk):
            found[row.no] = _stored(connection, names, row)
    return [(no, found[no]) for no in numbers if no in found]


def _stored(connection: Connection, names: Names, row: Row) -> StoredPost:
    post = Post(
        id=row.id,
        source=names.value(connection, row.source),
        channel=Channel(names.value(connection, row.channel)),
        kind=PostKind(row.kind),
        thread_id=row.thread_id,
        url=row.url,
        text=row.text,
        published_at=from_micros(row.published),
        precision=TimePrecision(row.precision),
        fetched_at=from_micros(row.fetched),
        title=row.title,
        parent_id=row.parent_id,
        topics=names.set_values(connection, row.topics),
        places=names.set_values(connection, row.places),
        masked=json.loads(row.masked),
        reactions=row.reactions,
    )
    labels = None
    if row.model:
        sentiment = names.value(connection, row.sentiment)
        labels = Labels(
            post_id=row.id,
            model=names.value(connection, row.model),
            sentiment=None if sentiment == UNLABELLED else Sentiment(sentiment),
            scores=json.loads(row.scores),
        )
    return StoredPost(post, clusters.public_id(row.cluster), row.cluster_size, labels)
