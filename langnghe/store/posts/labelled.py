"""Labelled posts by the thousand, for what looks for groups among them.

First the numbers of all posts that the filters let through, from an index alone (8 bytes each);
then their rows, some at a time, each time in a snapshot of its own: a reader that takes minutes
neither fills the memory nor keeps the write-ahead log from being emptied.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from langnghe.store.database import Database
from langnghe.store.posts import clusters, reading, searching
from langnghe.store.posts.interface import Filters, LabelledPost
from langnghe.store.posts.names import Names
from langnghe.store.times import from_micros

_ROWS = f"""
    SELECT f.no, f.published, f.source, f.cluster, p.id, p.thread_id, p.title, p.text,
        {reading.LABELS}, e.vector
    FROM facet AS f JOIN label AS l ON l.no = f.no JOIN post AS p ON p.no = f.no
        LEFT JOIN embedding AS e ON e.no = f.no
"""  # noqa: S608  constants only

_CLAIM = "coalesce(json_extract(l.scores, '$.claim'), 0)"


def read(
    database: Database, names: Names, model: str, filters: Filters, least_claim: float
) -> Iterator[LabelledPost]:
    """As `PostStore.labelled`."""
    with database.read() as connection:
        known = names.find(connection, "model", model)
        where = searching.filtering(connection, names, filters)
        if known is None or where is None:
            return
        numbers = array(
            "q",
            (
                row.no
                for row in connection.execute(
                    f"SELECT f.no FROM {searching.table(filters)} WHERE {where.sql} "  # noqa: S608
                    "ORDER BY f.published, f.no",
                    where.parameters,
                )
            ),
        )
    for chunk in reading.chunks(numbers, reading.AT_A_TIME):
        with database.read() as connection:
            rows = {
                row.no: row
                for row in connection.execute(
                    f"{_ROWS} WHERE f.no IN ({reading.marks(chunk)}) AND f.model = ? "
                    f"AND (? <= 0 OR {_CLAIM} >= ?)",
                    (*chunk, known, least_claim, least_claim),
                )
            }
            found = [
                LabelledPost(
                    id=row.id,
                    source=names.value(connection, row.source),
                    thread_id=row.thread_id,
                    cluster_id=clusters.public_id(row.cluster),
                    published_at=from_micros(row.published),
                    title=row.title,
                    text=row.text,
                    labels=reading.labels_of(connection, names, row, row.vector),
                )
                for no in chunk
                if (row := rows.get(no)) is not None
            ]
        yield from found
