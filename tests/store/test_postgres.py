"""PostgreSQL: its tables are those described, and a wrong address says what to do."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, inspect

from langnghe.store.postgres import PostgresDatabase
from langnghe.store.schema import CASEWORK, CRAWL, metadata, shared
from langnghe.store.transactions import DatabaseError
from tests import postgres


def described(address: str) -> dict[str, object]:
    """What PostgreSQL says of each table: columns, keys, indexes."""
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    found = inspect(engine)
    tables: dict[str, object] = {
        name: (
            [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns],
            found.get_pk_constraint(name)["constrained_columns"],
            [(f["constrained_columns"], f["referred_table"]) for f in found.get_foreign_keys(name)],
            [u["column_names"] for u in found.get_unique_constraints(name)],
            sorted((i["name"] or "", i["column_names"]) for i in found.get_indexes(name)),
        )
        for name in found.get_table_names()
        if name != "alembic_version"
        for columns in [found.get_columns(name)]
    }
    engine.dispose()
    return tables


def test_migrated_and_described_tables_are_the_same(postgresql: Path) -> None:
    one, two = postgres.empty(postgresql, "migrated"), postgres.empty(postgresql, "made")
    PostgresDatabase(one).close()
    engine = create_engine(two.replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine, tables=(*CASEWORK, *CRAWL))
    shared.create_all(engine)
    engine.dispose()
    migrated = described(one)
    assert migrated == described(two)
    assert set(migrated) == {table.name for table in (*CASEWORK, *CRAWL, *shared.tables.values())}


@pytest.mark.parametrize("address", ["chẳng phải địa chỉ", "postgresql://a:bí-mật@h:cổng/x"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(DatabaseError, match="postgresql://tên") as refused:
        PostgresDatabase(address)
    assert "bí-mật" not in str(refused.value)


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="Hãy kiểm tra máy chủ") as refused:
        PostgresDatabase(f"postgresql://hoa:mat-khau@/x?host={tmp_path}")
    assert "mat-khau" not in str(refused.value)


def test_an_encoding_that_cannot_hold_vietnamese(postgresql: Path) -> None:
    with psycopg.connect(host=str(postgresql), user=postgres.OWNER, autocommit=True) as server:
        server.execute("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        with pytest.raises(DatabaseError, match="LATIN1"):
            PostgresDatabase(f"postgresql://{postgres.OWNER}@/narrow?host={postgresql}")
        server.execute("DROP DATABASE narrow WITH (FORCE)")


def test_a_server_that_restarted_costs_no_error(postgresql: Path) -> None:
    database = PostgresDatabase(postgres.empty(postgresql, "dropped"))
    with psycopg.connect(host=str(postgresql), user=postgres.OWNER) as server:
        ended = server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'dropped'"
        ).fetchall()
    assert ended
    assert database.version() is not None
    database.close()
