"""The migrations add up to the tables that `store.schema` describes."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from langnghe.store import schema
from langnghe.store.database import Database, DatabaseError
from langnghe.store.migrations import HEAD
from langnghe.store.migrations.upgrade import scripts

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
    for table in schema.metadata.tables.values():
        for column in table.columns:
            if str(column.type) == "INTEGER" and not column.foreign_keys and column.name != "id":
                told = column.doc or column.name in {"day", "visits", "requests", "first_no"}
                assert told or column.name in {"last_no", "items", "posts", "times"}, column


def test_nothing_in_the_tables_speaks_of_authors() -> None:
    columns = {c.name for table in schema.metadata.tables.values() for c in table.columns}
    assert not columns & {"author", "user", "username", "handle", "profile", "avatar", "account"}


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
