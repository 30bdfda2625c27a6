"""Opens everything that one home keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import PostStore


@dataclass(frozen=True)
class Stores:
    """A home's stores, over one database."""

    database: Database
    posts: PostStore
    crawl: CrawlState


def connect(home: Home, clock: Clock) -> Stores:
    """Open the stores of `home`; the caller closes `Stores.database`."""
    database = Database(home.database)
    return Stores(database, EmbeddedPostStore(database, clock), CrawlState(database, clock))


@contextmanager
def open_stores(home: Home, clock: Clock) -> Iterator[Stores]:
    """The stores of `home`, closed at the end."""
    stores = connect(home, clock)
    try:
        yield stores
    finally:
        stores.database.close()
