"""Opens everything that one home keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.postgres import PostgresDatabase
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import PostStore
from langnghe.store.transactions import Transactions


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
