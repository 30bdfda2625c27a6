"""Rows back into posts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from langnghe.core.models import (
    Channel,
    ClaimMatch,
    Intent,
    Labels,
    Mark,
    Post,
    PostKind,
    Reason,
    Sentiment,
    Stance,
    TimePrecision,
)
from langnghe.store.database import Connection, Row
from langnghe.store.posts import clusters
from langnghe.store.posts.interface import UNLABELLED, StoredPost
from langnghe.store.posts.names import Names
from langnghe.store.times import from_micros

AT_A_TIME = 500

ItemT = TypeVar("ItemT")

LABELS = "f.sentiment, f.intent, f.reasons, f.model, f.register, l.scores, l.marks, l.matches"
"""What `labels_of` needs of `facet AS f` and `label AS l`."""

_SELECT = f"""
    SELECT p.*, f.published, f.source, f.channel, f.topics, f.places, f.cluster, {LABELS},
        (SELECT count(*) FROM facet AS g WHERE g.cluster = f.cluster) AS cluster_size
    FROM post AS p JOIN facet AS f ON f.no = p.no LEFT JOIN label AS l ON l.no = p.no
"""  # noqa: S608  constants only


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


def with_embeddings(
    connection: Connection, names: Names, numbers: Sequence[int]
) -> list[StoredPost]:
    """As `by_numbers`, their labels with the embeddings."""
    vectors = {
        row.no: row.vector
        for chunk in chunks(numbers, AT_A_TIME)
        for row in connection.execute(
            f"SELECT no, vector FROM embedding WHERE no IN ({marks(chunk)})",  # noqa: S608
            chunk,
        )
    }
    return [
        replace(stored, labels=replace(stored.labels, embedding=vectors.get(no, b"")))
        if stored.labels is not None
        else stored
        for no, stored in numbered(connection, names, numbers)
    ]


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
    labels = labels_of(connection, names, row) if row.model else None
    return StoredPost(post, clusters.public_id(row.cluster), row.cluster_size, labels)


def labels_of(
    connection: Connection, names: Names, row: Row, embedding: bytes | None = None
) -> Labels:
    """The labels of a post that has some; the row has its id and `LABELS`."""
    sentiment = names.value(connection, row.sentiment)
    intent = names.value(connection, row.intent)
    return Labels(
        post_id=row.id,
        model=names.value(connection, row.model),
        sentiment=None if sentiment == UNLABELLED else Sentiment(sentiment),
        intent=None if intent == UNLABELLED else Intent(intent),
        scores=json.loads(row.scores),
        marks=tuple(Mark(kind, words) for kind, words in json.loads(row.marks)),
        matches=tuple(
            ClaimMatch(
                **{**match, "stance": Stance(match["stance"]), "words": tuple(match["words"])}
            )
            for match in json.loads(row.matches)
        ),
        register=names.value(connection, row.register) if row.register else "",
        reasons=tuple(Reason(value) for value in names.set_values(connection, row.reasons)),
        embedding=embedding or b"",
    )
