"""What casework is kept in: each test that asks for `casebase` runs on both engines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from langnghe.store.transactions import Transactions
from tests import postgres

# How long an example takes says more about the machine than about the code.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Path]:
    """The folder of the socket of a running server; skipped where PostgreSQL is not installed."""
    programs = postgres.programs()
    if programs is None:
        why = f"PostgreSQL is not installed below {postgres.PROGRAMS}"
        if os.environ.get("LANGNGHE_REQUIRE_POSTGRESQL"):
            pytest.fail(why)
        pytest.skip(why)
    with postgres.server(programs) as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def case_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new database is to be: a path, or an address of PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "langnghe.db")
    return postgres.empty(request.getfixturevalue("postgresql"), "casework")


@pytest.fixture
def casebase(case_address: str) -> Iterator[Transactions]:
    """An empty database with its tables."""
    database = postgres.open_either(case_address)
    yield database
    database.close()
