"""Opens everything that one home keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import CACHE_MEBIBYTES, Database
from langnghe.store.postgres import FrontierDatabase, PostgresDatabase
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import PostStore
from langnghe.store.transactions import Transactions


@dataclass(frozen=True)
class Stores:
    """A home's stores, over one database unless collectors share one."""

    database: Database
    posts: PostStore
    crawl: CrawlState
    frontier: FrontierDatabase | None = None
    """Where the state of the crawl lies that several collectors share; None: in `database`."""

    def close(self) -> None:
        """Give back all files and connections."""
        self.database.close()
        if self.frontier is not None:
            self.frontier.close()


def connect(home: Home, clock: Clock, cache_mebibytes: int = CACHE_MEBIBYTES) -> Stores:
    """Open the stores of `home`; the caller closes them."""
    database = Database(home.database, cache_mebibytes)
    frontier = frontier_of(home)
    posts = EmbeddedPostStore(database, clock)
    return Stores(database, posts, CrawlState(frontier or database, clock), frontier)


@contextmanager
def open_stores(
    home: Home, clock: Clock, cache_mebibytes: int = CACHE_MEBIBYTES
) -> Iterator[Stores]:
    """The stores of `home`, closed at the end."""
    stores = connect(home, clock, cache_mebibytes)
    try:
        yield stores
    finally:
        stores.close()


def frontier_of(home: Home) -> FrontierDatabase | None:
    """The PostgreSQL that the collectors of `home` share, open; None where there is but one."""
    address = home.settings.crawl.frontier
    # What is made up never gets among what is real, even if an environment variable names it.
    if address is None or home.is_sample():
        return None
    return FrontierDatabase(address.get_secret_value())


def casework_beside(home: Home, database: Database) -> Transactions:
    """Where the accounts, cases and audit log of `home` are: `database` itself, or PostgreSQL."""
    address = home.settings.casework.database
    # What is made up never gets into a real database, even if an environment variable names one.
    if address is None or home.is_sample():
        return database
    return PostgresDatabase(address.get_secret_value())


@contextmanager
def open_casework(home: Home) -> Iterator[Transactions]:
    """The database with the accounts, cases and audit log of `home`, closed at the end."""
    database = Database(home.database)
    casework = casework_beside(home, database)
    try:
        yield casework
    finally:
        casework.close()
        database.close()
