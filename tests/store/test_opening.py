"""What a home keeps is opened where it is used."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock
from langnghe.core.models import Outcome
from langnghe.store.opening import open_stores
from langnghe.store.transactions import DatabaseError
from tests.crawler.serving import make_home
from tests.service import langnghe
from tests.store.conformance import NOW, make_post


@pytest.fixture
def nobody() -> str:
    """The address of a PostgreSQL that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    return f"postgresql://langnghe@127.0.0.1:{port}/langnghe"


def test_posts_are_there_while_the_database_that_collectors_share_is_down(
    tmp_path: Path, nobody: str
) -> None:
    home = make_home(tmp_path / "may", [], frontier=nobody)
    with open_stores(home, FixedClock(NOW)) as stores:
        assert stores.posts.put([make_post("p1")]) == [Outcome.STORED]
        for _ in range(2):
            with pytest.raises(DatabaseError, match="127"):
                stores.crawl.source_overview()
        assert stores.posts.get(["p1"])
    assert langnghe(home.root, "purge").returncode == 0, "texts go when their time is over"


def test_without_one_the_state_of_the_crawl_lies_beside_the_posts(tmp_path: Path) -> None:
    with open_stores(make_home(tmp_path / "may", []), FixedClock(NOW)) as stores:
        assert stores.frontier is None
        with stores.database.transaction():
            stores.crawl.begin_run("bao")
        [state] = stores.crawl.source_overview()
        assert state.state.last_attempt == NOW
