"""Checks the whole file: its structure, its index, and that the counts agree with the posts."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from sqlalchemy.exc import DBAPIError

from langnghe.store.database import Connection, Database
from langnghe.store.posts.counts import Counted, Key
from langnghe.store.posts.names import Names
from langnghe.store.times import day_start


def problems(database: Database, names: Names) -> list[str]:
    """What is wrong; empty when all is sound. Reads everything, so it takes its time."""
    try:
        return _problems(database, names)
    except DBAPIError as error:
        return [f"the file is damaged: {error.orig}"]


def _problems(database: Database, names: Names) -> list[str]:
    with database.read() as connection:
        found = [
            f"the file is damaged: {row[0]}"
            for row in connection.execute("PRAGMA integrity_check(20)")
            if row[0] != "ok"
        ]
        if found:
            return found  # what follows would only fail upon the same damage
        found += [
            f"a row of {row[0]} points to one of {row[2]} that is not there"
            for row in connection.execute("PRAGMA foreign_key_check")
        ]
        found += _without_partner(connection)
        found += _wrong_counts(connection, names)
    return found + _wrong_index(database)


def _without_partner(connection: Connection) -> list[str]:
    lonely = connection.execute(
        "SELECT (SELECT count(*) FROM post WHERE no NOT IN (SELECT no FROM facet)) AS posts, "
        "(SELECT count(*) FROM facet WHERE no NOT IN (SELECT no FROM post)) AS facets, "
        "(SELECT count(*) FROM facet AS f LEFT JOIN label AS l ON l.no = f.no "
        "WHERE (f.model > 0) <> (l.no IS NOT NULL)) AS labels, "
        "(SELECT count(*) FROM embedding WHERE no NOT IN (SELECT no FROM label)) AS vectors, "
        "(SELECT count(*) FROM (SELECT count(l.no) AS leaders FROM facet AS f "
        "LEFT JOIN leader AS l ON l.no = f.no GROUP BY f.cluster) WHERE leaders <> 1) AS clusters"
    ).one()
    found = []
    if lonely.posts or lonely.facets:
        found.append(
            f"{lonely.posts} posts cannot be filtered, {lonely.facets} entries lack a post"
        )
    if lonely.labels or lonely.vectors:
        found.append(
            f"{lonely.labels} posts lack their labels or have those of nobody, "
            f"{lonely.vectors} embeddings belong to no label"
        )
    if lonely.clusters:
        found.append(f"{lonely.clusters} clusters do not have exactly one leader")
    return found


def _wrong_counts(connection: Connection, names: Names) -> list[str]:
    """Count every post anew, one day after the other."""
    wrong: list[int] = []
    days = [row.day for row in connection.execute("SELECT DISTINCT day FROM daily ORDER BY day")]
    for day in days:
        recount: Counter[Key] = Counter()
        first = date.fromordinal(day)
        for row in connection.execute(
            "SELECT * FROM facet INDEXED BY facet_time WHERE published >= ? AND published < ?",
            (day_start(first), day_start(first + timedelta(days=1))),
        ):
            counted = Counted(
                row.day,
                row.source,
                row.channel,
                row.sentiment,
                row.intent,
                names.members(connection, row.topics),
                names.members(connection, row.places),
            )
            recount.update(counted.keys())
        kept: Counter[Key] = Counter()
        for row in connection.execute(
            "SELECT day, source, channel, place, topic, sentiment, intent, posts, kept FROM daily "
            "WHERE day = ?",
            (day,),
        ):
            kept[row[0], row[1], row[2], row[3], row[4], row[5], row[6]] = row.kept
            if row.kept > row.posts:
                wrong.append(day)
        if +kept != recount:
            wrong.append(day)
    found = []
    if wrong:
        found.append(f"the daily counts of {len(set(wrong))} days do not agree with the posts")
    totals = connection.execute(
        "SELECT (SELECT count(*) FROM facet) AS stored, coalesce(sum(kept), 0) AS kept, "
        "coalesce(sum(posts), 0) AS posts, (SELECT coalesce(sum(posts), 0) FROM purge) AS purged "
        "FROM daily WHERE source = 0 AND channel = 0 AND place = 0 AND topic = 0"
    ).one()
    if totals.kept != totals.stored:
        found.append(f"{totals.stored} posts are stored, but {totals.kept} are counted")
    if totals.posts - totals.kept != totals.purged:
        found.append(
            f"{totals.posts - totals.kept} posts were purged, but the audit has {totals.purged}"
        )
    return found


def _wrong_index(database: Database) -> list[str]:
    """FTS5's own check; it is written as an INSERT, so it needs the write lock."""
    try:
        with database.transaction() as connection:
            connection.execute(
                "INSERT INTO post_index (post_index, rank) VALUES ('integrity-check', 1)"
            )
    except DBAPIError as error:
        return [f"the index does not agree with the posts: {error.orig}"]
    return []
