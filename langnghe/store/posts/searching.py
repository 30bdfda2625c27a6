"""Searches the embedded engine.

Three ways, by what is asked:

- With a text query, FTS5 finds, the narrow table `facet` filters; what is found is kept aside
  once, and total, facets, histogram and page are all taken from that.
- Without one, the daily counts have the figures ready, and tell on which days the newest hits
  lie: only those days are read.
- What the daily counts cannot know (a cluster, a thread, two topics at once) is found through
  the index of `facet` made for it, and then goes the first way.

The user's text reaches SQLite only as a parameter (see `fts`); the statements are put together
from the constants in this module.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from langnghe.core.clock import local_day
from langnghe.core.text import fold, words
from langnghe.store.database import Connection
from langnghe.store.posts import clusters, counts, cursor, fts, highlight, reading
from langnghe.store.posts.cursor import Cursor
from langnghe.store.posts.forms import together
from langnghe.store.posts.interface import (
    SMALLEST_FIGURE,
    Dimension,
    Filters,
    Hit,
    Order,
    Page,
    Query,
    QueryError,
)
from langnghe.store.posts.names import Names
from langnghe.store.posts.query import Node, Phrase, parse, wanted_phrases
from langnghe.store.times import day_start, from_micros

MOST_RELEVANT = 500
"""Hits listed by relevance; nobody reads on, and the cursor has to carry them."""

MAX_SIZE = 1000
"""Hits on one page."""

SIMILAR_WORDS = 25
SIMILAR_POSTS = 20_000
"""A search for similar posts looks for the rarest words, as many as occur in about so many posts
together."""
SIMILAR_READ = 100
"""Words of a post that are considered: an article says at its head what it is about."""
SIMILAR_SAMPLE = 20_000
"""The newest posts, in which it is counted how rare a word is. To count in all posts takes as
long as the search itself."""

_COLUMNS = {
    "topic": "topics",
    "place": "places",
    "source": "source",
    "channel": "channel",
    "sentiment": "sentiment",
    "intent": "intent",
    "reason": "reasons",
}
_IN_SETS = ("topic", "place", "reason")
"""A post has several of these: their column in `facet` holds a combination."""


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions joined by AND, with their parameters."""

    conditions: tuple[str, ...] = ()
    parameters: tuple[object, ...] = ()

    def __and__(self, other: Where) -> Where:
        return Where(self.conditions + other.conditions, (*self.parameters, *other.parameters))

    @property
    def sql(self) -> str:
        return " AND ".join(self.conditions) or "TRUE"


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search gave, before posts are read."""

    hits: list[tuple[int, int]]
    """(published, no), at most one more than the page holds."""
    total: int
    days: dict[int, int] = field(default_factory=dict)
    facets: dict[Dimension, dict[int, int]] = field(default_factory=dict)


def search(connection: Connection, names: Names, query: Query) -> Page:
    """As `PostStore.search`."""
    if not 0 <= query.size <= MAX_SIZE:
        raise QueryError(f"mỗi trang có nhiều nhất {MAX_SIZE} bài")
    node = parse(query.text, query.match)
    at = cursor.decode(query)
    where = filtering(connection, names, query.filters)
    if where is None:
        return Page(hits=(), total=0, next=None)
    ranked = query.order is Order.RELEVANCE and node is not None
    if ranked == (at.after is not None) and query.cursor is not None:
        raise QueryError("dấu trang này không thuộc câu tìm này; hãy xem lại từ trang đầu")
    if node is None and counts.answers(query.filters):
        found = _from_counts(connection, names, query, where, at)
    else:
        found = _from_scan(connection, names, query, node, where, at)
    if ranked:
        assert node is not None
        rest = at.rest if at.rest is not None else _ranking(connection, query, node, where)
        scored, left = rest[: query.size], rest[query.size :]
        following = Cursor(rest=left) if left else None
    else:
        scored = tuple((no, 0) for _, no in found.hits[: query.size])
        more = len(found.hits) > query.size > 0
        following = Cursor(after=found.hits[query.size - 1]) if more else None
    shown = found.total >= SMALLEST_FIGURE
    return Page(
        hits=_hits(connection, names, scored, wanted_phrases(node)),
        total=found.total,
        next=cursor.encode(query, following) if following else None,
        facets=_named(connection, names, found.facets) if shown else {},
        histogram=(
            counts.by_interval(found.days, query.histogram)
            if shown and query.histogram is not None
            else {}
        ),
    )


def similar(connection: Connection, names: Names, post_id: str, size: int) -> list[Hit]:
    """As `PostStore.similar`."""
    row = connection.execute("SELECT no, title, text FROM post WHERE id = ?", (post_id,)).first()
    if row is None or size < 1:
        return []
    last = int(connection.execute("SELECT max(no) FROM facet").scalar_one())
    first = max(last - SIMILAR_SAMPLE, 0)
    spread = []
    for word in list(dict.fromkeys(words(fold(together(row.title, row.text)))))[:SIMILAR_READ]:
        occurs = int(
            connection.execute(
                "SELECT count(*) FROM post_index WHERE post_index MATCH ? AND rowid > ?",
                (fts.any_of([word]), first),
            ).scalar_one()
        )
        # A word of this post alone finds nothing; whether it is, only a sample of all can tell.
        if occurs > 1 or first > 0:
            spread.append((occurs, word))
    scale = max(last / SIMILAR_SAMPLE, 1.0)
    telling: list[str] = []
    posts = 0.0
    for occurs, word in sorted(spread)[:SIMILAR_WORDS]:
        posts += occurs * scale
        if telling and posts > SIMILAR_POSTS:
            break
        telling.append(word)
    if not telling:
        return []
    best = connection.execute(
        "SELECT rowid AS no, bm25(post_index) AS score FROM post_index "
        "WHERE post_index MATCH ? AND rowid <> ? ORDER BY score, rowid DESC LIMIT ?",
        (fts.any_of(telling), row.no, size),
    )
    scored = [(found.no, round(-1000 * found.score)) for found in best]
    return list(_hits(connection, names, scored, [Phrase((word,)) for word in telling]))


def filtering(connection: Connection, names: Names, filters: Filters) -> Where | None:
    """Conditions on `facet AS f`; None where a filter names what no post has."""
    where = Where()
    for column, kind, values in (
        ("source", "source", filters.sources),
        ("channel", "channel", filters.channels),
        ("sentiment", "sentiment", filters.sentiments),
        ("intent", "intent", filters.intents),
        ("topics", "topic", filters.topics),
        ("places", "place", filters.places),
        ("reasons", "reason", filters.reasons),
    ):
        if not values:
            continue
        numbers = names.known(connection, kind, values)
        if not numbers:
            return None
        wanted = reading.marks(numbers)
        if kind in _IN_SETS:
            wanted = f"SELECT set_id FROM name_set_member WHERE name_id IN ({wanted})"  # noqa: S608
        where &= Where((f"f.{column} IN ({wanted})",), tuple(numbers))
    if filters.reasons:
        where &= Where(("f.reasons > 0",))  # what the index of reasons holds
    if filters.cluster is not None:
        cluster = clusters.number(filters.cluster)
        if cluster is None:
            return None
        where &= Where(("f.cluster = ?",), (cluster,))
    if filters.thread is not None:
        where &= Where(("f.no IN (SELECT no FROM post WHERE thread_id = ?)",), (filters.thread,))
    if filters.since is not None:
        where &= Where(("f.published >= ?",), (day_start(filters.since),))
    if filters.until is not None and filters.until < date.max:
        where &= Where(("f.published < ?",), (day_start(filters.until + timedelta(days=1)),))
    return where


def _matching(connection: Connection, filters: Filters, expression: str) -> Where:
    """Conditions on `post_index`: the expression, within the numbers that the days allow."""
    where = Where(("post_index MATCH ?",), (expression,))
    if filters.since is None and filters.until is None:
        return where
    span = connection.execute(
        "SELECT min(first_no) AS first_no, max(last_no) AS last_no FROM day_span "
        "WHERE day BETWEEN ? AND ?",
        (
            filters.since.toordinal() if filters.since else counts.FIRST_DAY,
            filters.until.toordinal() if filters.until else counts.LAST_DAY,
        ),
    ).one()
    # No post on those days: an empty span.
    first, last = (span.first_no, span.last_no) if span.first_no is not None else (1, 0)
    return where & Where(("post_index.rowid BETWEEN ? AND ?",), (first, last))


def _scan(
    connection: Connection, query: Query, node: Node | None, where: Where
) -> tuple[str, Where]:
    """Where the hits come from, and on what conditions."""
    if node is not None:
        # CROSS JOIN holds SQLite to this order: first the index, then the filters.
        return (
            "post_index CROSS JOIN facet AS f ON f.no = post_index.rowid",
            _matching(connection, query.filters, fts.expression(node)) & where,
        )
    return table(query.filters), where


def table(filters: Filters) -> str:
    """`facet AS f`, with the index by which these filters read least of it."""
    if filters.cluster is not None:
        return "facet AS f INDEXED BY facet_cluster"
    if filters.thread is not None:
        return "facet AS f"
    for column in ("topics", "places", "reasons"):
        if getattr(filters, column):
            return f"facet AS f INDEXED BY facet_{column}"
    return "facet AS f INDEXED BY facet_time"


def _from_scan(
    connection: Connection,
    names: Names,
    query: Query,
    node: Node | None,
    where: Where,
    at: Cursor,
) -> _Found:
    base, where = _scan(connection, query, node, where)
    wanted: list[tuple[str, str]] = [
        (dimension, _COLUMNS[dimension]) for dimension in dict.fromkeys(query.facets)
    ]
    if query.histogram is not None:
        wanted.append(("day", "day"))
    parts = ["SELECT 'total' AS part, count(*) AS a, 0 AS b FROM found"]
    parts += [
        f"SELECT '{part}', {column}, count(*) FROM found GROUP BY {column}"  # noqa: S608
        for part, column in wanted
    ]
    parameters: list[object] = list(where.parameters)
    ranked = node is not None and query.order is Order.RELEVANCE
    if query.size and not ranked:
        newest, after = "found", "TRUE"
        if query.collapse_clusters:
            newest = (
                "(SELECT no, published, row_number() OVER (PARTITION BY cluster "
                "ORDER BY published DESC, no DESC) AS nth FROM found)"
            )
            after = "nth = 1"
        if at.after is not None:
            after += " AND (published, no) < (?, ?)"
            parameters += at.after
        parts.append(
            f"SELECT * FROM (SELECT 'hit', published, no FROM {newest} WHERE {after} "  # noqa: S608
            "ORDER BY published DESC, no DESC LIMIT ?)"
        )
        parameters.append(query.size + 1)
    columns = ["no", "published", *(column for _, column in wanted)]
    if query.collapse_clusters:
        columns.append("cluster")
    rows = connection.execute(
        f"WITH found AS MATERIALIZED (SELECT {', '.join(f'f.{c}' for c in columns)} "  # noqa: S608
        f"FROM {base} WHERE {where.sql}) " + " UNION ALL ".join(parts),
        parameters,
    ).all()
    by_part: dict[str, list[tuple[int, int]]] = {}
    for part, a, b in rows:
        by_part.setdefault(part, []).append((a, b))
    return _Found(
        hits=sorted(by_part.get("hit", ()), reverse=True),
        total=by_part["total"][0][0],
        days=dict(by_part.get("day", ())),
        facets={
            dimension: (
                _members(connection, names, by_part.get(dimension, ()))
                if dimension in _IN_SETS
                else dict(by_part.get(dimension, ()))
            )
            for dimension in query.facets
        },
    )


def _from_counts(
    connection: Connection, names: Names, query: Query, where: Where, at: Cursor
) -> _Found:
    days = {
        day: posts
        for day, _, posts in counts.read(connection, names, query.filters, kept=True)
        if day is not None
    }
    return _Found(
        hits=_newest(connection, query, where, days, at),
        total=sum(days.values()),
        days=days,
        facets={
            dimension: (
                {
                    value: posts
                    for _, value, posts in counts.read(
                        connection, names, query.filters, by=dimension, daily=False, kept=True
                    )
                    if value is not None
                }
                if counts.answers(query.filters, dimension)
                else _together(connection, names, dimension, where)
            )
            for dimension in query.facets
        },
    )


def _together(
    connection: Connection, names: Names, dimension: Dimension, where: Where
) -> dict[int, int]:
    """What reasons, or what other topics (or places), posts have."""
    column = _COLUMNS[dimension]
    if dimension == "reason":
        where &= Where(("f.reasons > 0",))
    # The index has all that is asked for, in the order in which it is grouped.
    rows = connection.execute(
        f"SELECT f.{column}, count(*) FROM facet AS f INDEXED BY facet_{column} "  # noqa: S608
        f"WHERE {where.sql} GROUP BY f.{column}",
        where.parameters,
    )
    return _members(connection, names, [(row[0], row[1]) for row in rows])


def _newest(
    connection: Connection, query: Query, where: Where, days: dict[int, int], at: Cursor
) -> list[tuple[int, int]]:
    """The newest hits, one more than the page holds, from the days that have any."""
    wanted = query.size + 1 if query.size else 0
    conditions = where
    if at.after is not None:
        last = local_day(from_micros(at.after[0])).toordinal()
        days = {day: posts for day, posts in days.items() if day <= last}
        conditions &= Where(("(f.published, f.no) < (?, ?)",), at.after)
    if query.collapse_clusters:
        later = replace(where, conditions=tuple(c.replace("f.", "g.") for c in where.conditions))
        conditions &= Where(
            (
                (
                    "NOT EXISTS (SELECT 1 FROM facet AS g INDEXED BY facet_cluster "  # noqa: S608
                    "WHERE g.cluster = f.cluster AND (g.published, g.no) > (f.published, f.no) "
                    f"AND {later.sql})"
                ),
            ),
            later.parameters,
        )
    hits: list[tuple[int, int]] = []
    left = sorted(days, reverse=True)
    while left and len(hits) < wanted:
        spans: list[tuple[int, int]] = []
        expected = 0
        while left and expected < wanted - len(hits):
            day = left.pop(0)
            expected += days[day]
            spans.append(
                (
                    day_start(date.fromordinal(day)),
                    day_start(date.fromordinal(day) + timedelta(days=1)),
                )
            )
        hits += [
            (row.published, row.no)
            for row in connection.execute(
                "SELECT f.published, f.no FROM json_each(?) AS span CROSS JOIN facet AS f "  # noqa: S608
                "INDEXED BY facet_time ON f.published >= json_extract(span.value, '$[0]') "
                "AND f.published < json_extract(span.value, '$[1]') "
                f"WHERE {conditions.sql} ORDER BY f.published DESC, f.no DESC LIMIT ?",
                (json.dumps(spans), *conditions.parameters, wanted - len(hits)),
            )
        ]
    return hits


def _ranking(
    connection: Connection, query: Query, node: Node, where: Where
) -> tuple[tuple[int, int], ...]:
    """The best hits: those with the diacritics asked for first, then by BM25, then the newest.

    Scores, in thousandths: 1000 to 2000 with the diacritics asked for, below 1000 without.
    """
    exact = fts.expression(node, exact_only=True)
    base, where = _scan(connection, query, node, where)
    one_each = (
        "SELECT *, row_number() OVER (PARTITION BY cluster ORDER BY published DESC, no DESC) "
        "AS nth FROM found"
        if query.collapse_clusters
        else "SELECT *, 1 AS nth FROM found"
    )
    rows = connection.execute(
        "WITH found AS MATERIALIZED (SELECT f.no, f.published, f.cluster, "  # noqa: S608
        f"-bm25(post_index) AS score FROM {base} WHERE {where.sql}), "
        "exact AS MATERIALIZED (SELECT rowid AS no FROM post_index WHERE post_index MATCH ?) "
        "SELECT no, no IN (SELECT no FROM exact) AS is_exact, score "
        f"FROM ({one_each}) WHERE nth = 1 "
        "ORDER BY is_exact DESC, score DESC, published DESC, no DESC LIMIT ?",
        (*where.parameters, exact, MOST_RELEVANT),
    )
    return tuple((row.no, 1000 * row.is_exact + _squashed(row.score)) for row in rows)


def _squashed(score: float) -> int:
    """A BM25 score, which has no upper end, as 0 to 999."""
    score = max(score, 0.0)
    return int(999 * score / (1 + score))


def _hits(
    connection: Connection,
    names: Names,
    scored: Sequence[tuple[int, int]],
    phrases: Sequence[Phrase],
) -> tuple[Hit, ...]:
    scores = dict(scored)
    numbers = list(scores)
    hits = []
    for no, stored in reading.numbered(connection, names, numbers):
        post = stored.post
        hits.append(
            Hit(
                stored,
                highlight.marked(post.title, highlight.spans(post.title, phrases)),
                highlight.excerpt(post.text, phrases),
                scores[no] / 1000,
            )
        )
    return tuple(hits)


def _members(
    connection: Connection, names: Names, sets: Iterable[tuple[int, int]]
) -> dict[int, int]:
    """Figures by combination as figures by each topic, place or reason in them."""
    totals: Counter[int] = Counter()
    for set_id, posts in sets:
        for number in dict.fromkeys(names.members(connection, set_id)):
            totals[number] += posts
    return dict(totals)


def _named(
    connection: Connection, names: Names, facets: dict[Dimension, dict[int, int]]
) -> dict[Dimension, dict[str, int]]:
    """Facets by word, the most frequent first."""
    return {
        dimension: {
            names.value(connection, number): posts
            for number, posts in sorted(figures.items(), key=lambda item: (-item[1], item[0]))
        }
        for dimension, figures in facets.items()
    }
