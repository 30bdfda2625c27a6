"""What a crawl writes into, and which sources are its own where several collectors share the work.

On one machine that is the home's file, and every source that is due. With `crawl.frontier` it is
PostgreSQL: the crawl takes one source after the other from what is left, as leases allow, and
what it reads goes on its way to the main service.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.core.logs import describe_error
from langnghe.core.settings import Source
from langnghe.crawler.backoff import LONGEST_WAIT
from langnghe.crawler.channelterms import RECHECK_DAYS
from langnghe.crawler.pace import Pace, server_of
from langnghe.crawler.rests import RATE_LIMITED
from langnghe.crawler.visit import HttpSource
from langnghe.store.agreed import KEY, check_agreed
from langnghe.store.crawlstate import LONGEST_WISH, CrawlState
from langnghe.store.database import WRITING_MEBIBYTES
from langnghe.store.leases import LeaseLostError, Leases
from langnghe.store.opening import frontier_of, open_stores
from langnghe.store.outbox import Outbox, forget_expired
from langnghe.store.posts.interface import PostSink
from langnghe.store.transactions import Transactions

logger = logging.getLogger(__name__)

AT_ONCE = 8
"""Sources that one collector reads side by side: what more it took, another could not have."""

RENEWALS = 3
"""How often a lease is renewed within its length: two may fail."""


@dataclass(frozen=True)
class Collecting:
    """What a crawl writes into: posts and the state of the crawl in one database."""

    database: Transactions
    posts: PostSink
    crawl: CrawlState
    leases: Leases | None = None
    """None: no other collector can be at work."""

    def close_dead_runs(self) -> None:
        """Mark the runs whose process died: their sources are due at once."""
        if self.leases is None:
            self.crawl.interrupted()
            return
        for source in self.leases.abandoned():
            self.crawl.interrupt(source)


@contextmanager
def open_collecting(home: Home, clock: Clock) -> Iterator[Collecting]:
    """What a crawl of `home` writes into, closed at the end.

    Raises:
        NotReadyError: other collectors have another key or configuration.
    """
    frontier = frontier_of(home)
    if frontier is None:
        with open_stores(home, clock, WRITING_MEBIBYTES) as stores:
            yield Collecting(stores.database, stores.posts, stores.crawl)
        return
    try:
        check_agreed(frontier, digests(home))
        settings = home.settings
        days = settings.retention_days
        forget_expired(frontier, clock)
        outbox = Outbox(frontier, clock, days, home.shorter_retention(days), RECHECK_DAYS)
        holder = f"{socket.gethostname()} {secrets.token_hex(8)}"
        length = timedelta(seconds=settings.crawl.lease_seconds)
        leases = Leases(frontier, holder, length)
        yield Collecting(frontier, outbox, CrawlState(frontier, clock), leases)
    finally:
        frontier.close()


def digests(home: Home) -> dict[str, str]:
    """What all collectors must have alike, by file."""
    files = ("sources.yaml", "topics.yaml", "places.yaml")
    return {KEY: home.ids.of("frontier")} | {
        name: sha256((home.configs / name).read_bytes()).hexdigest() for name in files
    }


def name_of(home: Home) -> str:
    """This machine and this home, as people know them."""
    return f"{socket.gethostname()}:{home.root}"


class Share:
    """The sources that this crawl is to read, as far as other collectors leave them to it."""

    def __init__(
        self,
        stores: Collecting,
        sources: Sequence[HttpSource],
        is_due: Callable[[Source], bool],
        pace: Pace,
    ) -> None:
        self._stores = stores
        self._left = [*sources]
        self._is_due = is_due
        self._pace = pace
        self.at_once = len(self._left) if stores.leases is None else AT_ONCE

    def take(self) -> HttpSource | None:
        """The next source to read; None where none is left that can be had now."""
        leases = self._stores.leases
        if leases is None:
            return self._left.pop(0) if self._left else None
        self._stores.close_dead_runs()
        for source in [*self._left]:
            # Another collector may have read it since this crawl began.
            if not self._is_due(source):
                self._left.remove(source)
            elif leases.claim(source.name, servers(source)):
                self._left.remove(source)
                if self._is_due(source):
                    return source
                self.give_back(source)
            elif self._rests_long(leases, source):
                self._left.remove(source)
        return None

    def _rests_long(self, leases: Leases, source: HttpSource) -> bool:
        """Whether a host of a source rests for longer than a crawl waits; it is then due after."""
        until = leases.rest_until(servers(source), LONGEST_WAIT)
        if until is None:
            return False
        known = self._stores.crawl.source_state(source.name).backoff_until
        if known is None or until > known:
            # Else collectors would begin one crawl after the other in which it cannot be had.
            self._stores.crawl.back_off(source.name, until, RATE_LIMITED)
        return True

    def give_back(self, source: HttpSource) -> None:
        """Let others have a source that was read, and its hosts when their time has come."""
        if self._stores.leases is not None:
            # A longer one than this crawl waits for itself holds for the others as well.
            rests = {
                server: min(self._pace.wait(server), LONGEST_WISH) for server in servers(source)
            }
            self._stores.leases.release(source.name, rests)

    def hold(self, source: str) -> None:
        """Within a transaction: see to it that a source stays ours to its end.

        Raises:
            LeaseLostError: it is another collector's by now.
        """
        if self._stores.leases is not None:
            self._stores.leases.hold(source)

    def lost(self, source: str) -> bool:
        """Whether a source is another collector's by now."""
        try:
            self.hold(source)
        except LeaseLostError:
            return True
        return False

    async def keep_alive(self) -> None:
        """Renew the leases until cancelled."""
        leases = self._stores.leases
        while leases is not None:
            await asyncio.sleep(leases.length.total_seconds() / RENEWALS)
            try:
                leases.renew()
            except Exception as error:  # noqa: BLE001  the server may be back the next time
                logger.error(  # noqa: TRY400  a message may hold an address
                    "leases not renewed: %s", describe_error(error)
                )


def servers(source: HttpSource) -> list[str]:
    """What may be asked for a source, as its pace knows it."""
    own = {server_of(url) for url in source.urls()}
    return sorted(own | {domain.lower() for domain in source.allowed_domains})
