"""Opens everything that one home keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import CACHE_MEBIBYTES, Database
from langnghe.store.postgres import FrontierDatabase, PostgresDatabase
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import PostStore
from langnghe.store.transactions import Transactions


class Stores:
    """A home's stores, over one database unless collectors share one.

    What they share is opened where it is first used: posts can be read, labelled and deleted in
    time while its server is down.
    """

    def __init__(self, home: Home, clock: Clock, cache_mebibytes: int = CACHE_MEBIBYTES) -> None:
        self._home = home
        self._clock = clock
        self.database = Database(home.database, cache_mebibytes)
        self.posts: PostStore = EmbeddedPostStore(self.database, clock)
        self._opening = Lock()
        self._frontier: FrontierDatabase | None = None

    @property
    def frontier(self) -> FrontierDatabase | None:
        """Where the state of the crawl lies that several collectors share; None: in `database`.

        Raises:
            DatabaseError: its server does not answer; it may the next time.
        """
        # Pages are made by several threads.
        with self._opening:
            if self._frontier is None:
                self._frontier = frontier_of(self._home)
            return self._frontier

    @cached_property
    def crawl(self) -> CrawlState:
        """What the crawler remembers, which lies in `frontier` where there is one.

        Raises:
            DatabaseError: as there.
        """
        return CrawlState(self.frontier or self.database, self._clock)

    def close(self) -> None:
        """Give back all files and connections."""
        self.database.close()
        if self._frontier is not None:
            self._frontier.close()


def connect(home: Home, clock: Clock, cache_mebibytes: int = CACHE_MEBIBYTES) -> Stores:
    """Open the stores of `home`; the caller closes them."""
    return Stores(home, clock, cache_mebibytes)


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
