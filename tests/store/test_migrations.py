"""The migrations add up to the tables that `store.schema` describes."""

from __future__ import annotations

import ast
import gzip
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from langnghe.core.clock import FixedClock
from langnghe.core.models import Intent, Labels, Outcome, Sentiment
from langnghe.store import schema
from langnghe.store.database import Database, DatabaseError
from langnghe.store.migrations import HEAD
from langnghe.store.migrations.upgrade import scripts
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import UNLABELLED, Filters, Query
from tests.store.conformance import NOODLES, NOW, ROAD, make_post

FIRST_VERSION = Path(__file__).parent / "langnghe-0.1.db.gz"
"""A database as version 0.1 wrote it: 12 posts, 9 of them labelled, and one that was purged."""

OWN_TABLES = {"alembic_version"}


def described(path: Path) -> dict[str, object]:
    """What SQLite says of each table: columns, keys, indexes, kind of table."""
    connection = sqlite3.connect(path)
    found: dict[str, object] = {}
    for _, table, kind, _, without_rowid, strict in connection.execute(
        "PRAGMA table_list"
    ).fetchall():
        if kind != "table" or table.startswith(("sqlite_", "post_index")) or table in OWN_TABLES:
            continue
        indexes = {
            name if origin == "c" else origin: (
                unique,
                partial,
                [row[2] for row in connection.execute(f"PRAGMA index_xinfo({name})") if row[5]],
            )
            for _, name, unique, origin, partial in connection.execute(
                f"PRAGMA index_list({table})"
            )
        }
        found[table] = (
            without_rowid,
            strict,
            connection.execute(f"PRAGMA table_xinfo({table})").fetchall(),
            sorted(connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()),
            indexes,
        )
    sql = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'post'").fetchone()[0]
    connection.close()
    found["autoincrement"] = "AUTOINCREMENT" in sql
    return found


def test_migrated_and_described_tables_are_the_same(tmp_path: Path) -> None:
    Database(tmp_path / "migrated.db").close()
    engine = create_engine(f"sqlite:///{tmp_path / 'fresh.db'}")
    schema.metadata.create_all(engine)
    engine.dispose()
    migrated, fresh = described(tmp_path / "migrated.db"), described(tmp_path / "fresh.db")
    assert migrated == fresh
    assert len(fresh) > 10


def test_the_newest_step_is_the_one_that_is_run() -> None:
    assert scripts().get_heads() == [HEAD]


def test_every_table_and_odd_column_is_described() -> None:
    source = Path(schema.__file__).read_text(encoding="utf-8")
    body = ast.parse(source).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            if getattr(statement.value.func, "id", "") != "Table":
                continue
            assert isinstance(following, ast.Expr), ast.unparse(statement.targets[0])
    for table in (*schema.metadata.tables.values(), *schema.shared.tables.values()):
        for column in table.columns:
            if (
                str(column.type) in {"INTEGER", "BIGINT"}
                and not column.foreign_keys
                and column.name != "id"
            ):
                told = column.doc or column.name in {"day", "visits", "requests", "first_no"}
                assert told or column.name in {"last_no", "items", "posts", "times"}, column


def test_nothing_in_the_tables_speaks_of_authors() -> None:
    names = {"author", "user", "username", "handle", "profile", "avatar", "account"}
    spoken_of = {
        (table.name, column.name)
        for table in (*schema.metadata.tables.values(), *schema.shared.tables.values())
        for column in table.columns
        if column.name in names
    }
    # The accounts are of those who work with the service, and no table of posts leads to them.
    assert spoken_of == {("sessions", "account")}
    accounts = schema.accounts
    pointing = {
        key.parent
        for t in schema.metadata.tables.values()
        for key in t.foreign_keys
        if key.references(accounts)
    }
    assert pointing == {schema.sessions.c.account}


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    Database(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseError, match="mới hơn"):
        Database(path)
    assert path.read_bytes() == before


def test_a_database_of_the_first_version_is_kept_and_relabelled(tmp_path: Path) -> None:
    path = tmp_path / "langnghe.db"
    path.write_bytes(gzip.decompress(FIRST_VERSION.read_bytes()))
    database = Database(path)
    assert database.version() == HEAD
    Database(tmp_path / "new.db").close()
    assert described(path) == described(tmp_path / "new.db")
    store = EmbeddedPostStore(database, FixedClock(NOW))
    assert store.check() == []

    posts = store.get([f"p{n}" for n in range(12)])
    assert [s.post.text for s in posts] == [f"{(ROAD, NOODLES)[n % 2]} {n}" for n in range(12)]
    assert posts[4].post.topics == ("mien-dong", "duong-sa")
    share = {0: 0.5, 1: 0.25, 2: 0.25}
    assert [s.labels for s in posts] == [
        Labels(
            f"p{n}",
            "sentiment-0.1",
            list(Sentiment)[n % 3],
            scores={kind: share[(at - n) % 3] for at, kind in enumerate(Sentiment)},
        )
        if n < 9
        else None
        for n in range(12)
    ]
    assert store.counts(Filters(), by="sentiment", interval=None) == {
        (None, "negative"): 3,
        (None, "neutral"): 3,
        (None, "positive"): 3,
        (None, UNLABELLED): 4,
    }
    assert store.counts(Filters(), by="intent", interval=None) == {(None, UNLABELLED): 13}
    page = store.search(Query("miến dong", Filters(topics=("duong-sa",)), facets=("intent",)))
    assert {hit.stored.post.id for hit in page.hits} == {"p1", "p3", "p7", "p9"}
    assert len({s.cluster_id for s in posts}) == 2

    # The new model takes all of them; the crawl goes on as if nothing had been.
    assert [s.post.id for s in store.unlabelled("new", 99)] == [f"p{n}" for n in range(12)]
    new = [Labels(f"p{n}", "new", Sentiment.NEUTRAL, Intent.PRAISE) for n in range(12)]
    assert store.label(new) == 12
    assert store.counts(Filters(), by="intent", interval=None) == {
        (None, "praise"): 12,
        (None, UNLABELLED): 1,
    }
    assert store.put([make_post("p0", "khác"), make_post("p12")]) == [
        Outcome.DUPLICATE,
        Outcome.STORED,
    ]
    assert store.purge(NOW, 10, {}).posts > 0
    assert store.check() == []
    database.close()


def test_of_pages_that_failed_it_is_known_why_as_far_as_their_status_proves_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "langnghe.db"
    path.write_bytes(gzip.decompress(FIRST_VERSION.read_bytes()))
    connection = sqlite3.connect(path)
    for status, failures in (
        (404, 1.0),
        (403, 1.0),
        (503, 0.5),
        (200, 0.25),
        (None, 0.25),
        (410, 0),
    ):
        connection.execute(
            "INSERT INTO page (source, url, kind, discovered, failures, last_status) "
            "VALUES ('bao', ?, 'article', 1, ?, ?)",
            (f"https://bao.example/{status}", failures, status),
        )
    connection.commit()
    connection.close()
    Database(path).close()
    connection = sqlite3.connect(path)
    known = dict(connection.execute("SELECT last_status, last_problem FROM page").fetchall())
    connection.close()
    assert known == {
        404: "gone",
        403: "forbidden",
        503: "server_error",
        200: None,
        None: None,
        410: None,
    }
