from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from langnghe.casework.desk import Desk
from langnghe.store.database import Database
from tests.casework.world import make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(tmp_path / "langnghe.db")
    yield make_desk(database)
    database.close()
