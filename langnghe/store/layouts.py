"""How much the pages of a source usually give, and which of its kinds of page have changed.

A page whose layout was changed is mostly still an answer 200: it only gives nothing any more, or
rubbish. So for each source and kind of page it is kept how often a page gave what it should
(`Share`), and what such a page is made of (`sketch`: counts of elements, never a word of it).
While a kind of page is in quarantine its pages are not stored; they stay in the frontier.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from langnghe.store.times import optional_micros, optional_moment, to_micros
from langnghe.store.transactions import Row, Transactions

LAYOUT_CHANGED = "layout_changed"
"""The problem of a page that is held back, and its reason in `quarantine`."""

_Mark = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Share:
    """How often pages gave one field. `seen` and `found` fade with each further page."""

    seen: float = 0.0
    found: float = 0.0
    recent: str = ""
    """The last pages, the newest last: 1 gave it, 0 did not."""

    @property
    def usual(self) -> float:
        """The share of pages that usually give it, 0 to 1."""
        return self.found / self.seen if self.seen else 0.0

    @property
    def lately(self) -> float:
        """The share of the last pages that gave it, 0 to 1."""
        return self.recent.count("1") / len(self.recent) if self.recent else 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """What one kind of page of one source gives."""

    source: str
    kind: str
    """`crawler.items.PageKind`."""
    shares: Mapping[str, Share] = field(default_factory=dict)
    """By field: text, date, comments…"""
    usual: _Mark = field(default_factory=dict)
    """The sketch of the last page that gave everything."""
    changed_at: datetime | None = None
    """Since when too little is given; None: all is as usual."""
    fallen: tuple[str, ...] = ()
    """The fields that are given less often than usual."""
    now: _Mark = field(default_factory=dict)
    """The sketch of the last page that did not give them."""
    holds: bool = False
    """Whether pages are held back meanwhile: what is left of them would be rubbish."""


class Layouts:
    """The tables `page_yield` and `page_layout`. Each call joins the thread's transaction."""

    def __init__(self, database: Transactions) -> None:
        self._database = database

    def get(self, source: str, kind: str) -> Layout:
        """What is known of a kind of page; all empty where nothing is."""
        with self._database.read() as connection:
            shares = connection.execute(
                "SELECT field, seen, found, recent FROM page_yield "
                "WHERE source = ? AND kind = ? ORDER BY field",
                (source, kind),
            )
            known = {row.field: Share(row.seen, row.found, row.recent) for row in shares}
            row = connection.execute(
                "SELECT * FROM page_layout WHERE source = ? AND kind = ?", (source, kind)
            ).first()
        return Layout(source, kind, known) if row is None else _to_layout(row, known)

    def put(self, layout: Layout) -> None:
        """Keep what is known of a kind of page."""
        key = (layout.source, layout.kind)
        with self._database.transaction() as connection:
            for name, share in sorted(layout.shares.items()):
                connection.execute(
                    "INSERT INTO page_yield (source, kind, field, seen, found, recent) "
                    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, kind, field) DO UPDATE SET "
                    "seen = excluded.seen, found = excluded.found, recent = excluded.recent",
                    (*key, name, share.seen, share.found, share.recent),
                )
            connection.execute(
                "INSERT INTO page_layout (source, kind, usual, changed, fallen, now, holds) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, kind) DO UPDATE SET "
                "usual = excluded.usual, changed = excluded.changed, fallen = excluded.fallen, "
                "now = excluded.now, holds = excluded.holds",
                (
                    *key,
                    json.dumps(dict(layout.usual)),
                    optional_micros(layout.changed_at),
                    json.dumps(layout.fallen),
                    json.dumps(dict(layout.now)),
                    int(layout.holds),
                ),
            )

    def changed(self, source: str | None = None) -> list[Layout]:
        """The kinds of page that give too little, of one source or of all; longest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT source, kind FROM page_layout WHERE changed IS NOT NULL "
                "ORDER BY changed, source, kind"
            ).all()
            return [self.get(row.source, row.kind) for row in rows if source in (None, row.source)]

    def held(self, layout: Layout) -> int:
        """How many pages are held back."""
        return len(self._held(layout))

    def release(self, layout: Layout, at: datetime) -> int:
        """Make the pages that were held back due at `at`; gives how many there were."""
        with self._database.transaction() as connection:
            urls = self._held(layout)
            for url in urls:
                connection.execute(
                    "UPDATE page SET next_visit = ?, failures = 0, last_problem = NULL "
                    "WHERE source = ? AND url = ?",
                    (to_micros(at), layout.source, url),
                )
                connection.execute(
                    "DELETE FROM quarantine WHERE source = ? AND url = ? AND reason = ?",
                    (layout.source, url, LAYOUT_CHANGED),
                )
        return len(urls)

    def accept(self, source: str, kind: str, at: datetime) -> int:
        """Read pages as they are now: what was usual is forgotten, and learnt anew.

        Gives how many pages had been held back; they are due at `at`.
        """
        with self._database.transaction() as connection:
            released = self.release(Layout(source, kind), at)
            for table in ("page_yield", "page_layout"):
                connection.execute(
                    f"DELETE FROM {table} WHERE source = ? AND kind = ?",  # noqa: S608
                    (source, kind),
                )
        return released

    def _held(self, layout: Layout) -> list[str]:
        with self._database.read() as connection:
            return [
                row.url
                for row in connection.execute(
                    "SELECT p.url FROM quarantine AS q "
                    "JOIN page AS p ON p.source = q.source AND p.url = q.url "
                    "WHERE q.source = ? AND q.reason = ? AND p.kind = ?",
                    (layout.source, LAYOUT_CHANGED, layout.kind),
                )
            ]


def _to_layout(row: Row, shares: Mapping[str, Share]) -> Layout:
    return Layout(
        source=row.source,
        kind=row.kind,
        shares=shares,
        usual=json.loads(row.usual),
        changed_at=optional_moment(row.changed),
        fallen=tuple(json.loads(row.fallen)),
        now=json.loads(row.now),
        holds=bool(row.holds),
    )
