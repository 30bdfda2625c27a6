"""When and on which page posts were last seen at their source, and which are missed there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from langnghe.core.models import Channel, PostKind
from langnghe.store.database import Connection
from langnghe.store.posts import reading
from langnghe.store.posts.interface import page_mark
from langnghe.store.posts.names import Names
from langnghe.store.times import to_micros

AT_A_TIME = 500


def see(
    connection: Connection, names: Names, source: str, page: str, ids: Collection[str], at: datetime
) -> None:
    """Note that posts stood on a page at a moment."""
    of_source = names.find(connection, "source", source)
    for chunk in reading.chunks(sorted(ids), AT_A_TIME):
        connection.execute(
            "UPDATE facet SET seen = ?, page = ? WHERE source = ? AND no IN "  # noqa: S608  question marks only
            f"(SELECT no FROM post WHERE id IN ({reading.marks(chunk)}))",
            (to_micros(at), page_mark(page), of_source, *chunk),
        )


def missed(
    connection: Connection,
    names: Names,
    source: str,
    page: str,
    before: datetime,
    threads: Collection[str],
) -> list[str]:
    """Ids of posts that were not seen where they should have been."""
    known = (names.find(connection, "source", source), to_micros(before), page_mark(page))
    if not threads:
        return [
            row.id
            for row in connection.execute(
                "SELECT p.id FROM facet AS f JOIN post AS p ON p.no = f.no "
                "WHERE f.source = ? AND f.seen < ? AND f.page > 0 AND f.page = ? ORDER BY f.no",
                known,
            )
        ]
    return [
        row.id
        for chunk in reading.chunks(sorted(threads), AT_A_TIME)
        for row in connection.execute(
            "SELECT p.id FROM post AS p JOIN facet AS f ON f.no = p.no "  # noqa: S608  question marks only
            "WHERE f.source = ? AND f.seen < ? AND (f.page = ? OR p.kind = ?) "
            f"AND p.thread_id IN ({reading.marks(chunk)}) ORDER BY f.no",
            (*known, PostKind.REPLY.value, *chunk),
        )
    ]


def pages_unconfirmed(
    connection: Connection, names: Names, channel: Channel, source: str, before: datetime
) -> frozenset[int]:
    """Marks of pages whose posts were not seen of late."""
    return frozenset(
        row.page
        for row in connection.execute(
            "SELECT DISTINCT page FROM facet INDEXED BY facet_seen "
            "WHERE channel = ? AND seen < ? AND source = ? AND page > 0",
            (
                names.find(connection, "channel", channel),
                to_micros(before),
                names.find(connection, "source", source),
            ),
        )
    )


def unconfirmed(
    connection: Connection, names: Names, channel: Channel, before: datetime, size: int
) -> list[int]:
    """Numbers of some posts of a channel that were not seen of late, the longest ago first."""
    return [
        row.no
        for row in connection.execute(
            "SELECT no FROM facet INDEXED BY facet_seen "
            "WHERE channel = ? AND seen < ? ORDER BY seen LIMIT ?",
            (names.find(connection, "channel", channel), to_micros(before), size),
        )
    ]
