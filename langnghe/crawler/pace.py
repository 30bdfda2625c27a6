"""One request at a time to each server, and none before its time.

One `Pace` serves all the spiders of a process: two sources on one server share its turns. It
sits where requests leave the process (`handler.py`), so nothing (robots.txt, a redirect, a
second spider) can go round it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from langnghe.crawler.backoff import LONGEST_WAIT


class ServerRestingError(Exception):
    """The server may not be asked again before `wait` is over; that is too long to wait for."""

    def __init__(self, server: str, wait: timedelta) -> None:
        self.server, self.wait = server, wait
        super().__init__(f"{server} rests for {wait.total_seconds():.0f} s")


def server_of(url: str) -> str:
    """What shares one delay: a host, with its port unless that is a standard one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    return host if parts.port in (None, 80, 443) else f"{host}:{parts.port}"


@dataclass(slots=True)
class _Server:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    answered_at: float | None = None
    delay: float = 0.0
    failures: int = 0


class Pace:
    """When each server may be asked next. Times are monotonic seconds within this process."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        longest_wait: timedelta = LONGEST_WAIT,
    ) -> None:
        self._monotonic = monotonic
        self._longest_wait = longest_wait
        self._servers: dict[str, _Server] = {}
        self._stopping = asyncio.Event()

    @property
    def stopping(self) -> bool:
        """Whether the crawl is being ended."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Let nobody wait any longer: the crawl is being ended. What waits goes unasked."""
        self._stopping.set()

    def _server(self, server: str) -> _Server:
        return self._servers.setdefault(server, _Server())

    def slow_down(self, server: str, delay: float) -> None:
        """Leave at least `delay` seconds between requests, as robots.txt asks for."""
        state = self._server(server)
        state.delay = max(state.delay, delay)
        # The answer that said so was a request as well.
        if state.answered_at is not None:
            state.free_at = max(state.free_at, state.answered_at + delay)

    def rest(self, server: str, wait: timedelta) -> None:
        """Let no request go to `server` before `wait` is over."""
        state = self._server(server)
        state.free_at = max(state.free_at, self._monotonic() + wait.total_seconds())

    def failed(self, server: str) -> int:
        """Note one more failure in a row; gives how many there are now."""
        state = self._server(server)
        state.failures += 1
        return state.failures

    def succeeded(self, server: str) -> None:
        """End a row of failures."""
        self._server(server).failures = 0

    def wait(self, server: str) -> timedelta:
        """How long from now until the server may be asked again."""
        return timedelta(seconds=max(0.0, self._server(server).free_at - self._monotonic()))

    def rests_long(self, server: str) -> bool:
        """Whether waiting for the server is left to a later crawl."""
        return self.wait(server) > self._longest_wait

    @asynccontextmanager
    async def turn(self, server: str, delay: float) -> AsyncIterator[None]:
        """Hold the server's turn: for one request, from its sending to the end of its answer.

        `delay` is the source's own; the longer of it and what robots.txt asks for passes
        between the end of one answer and the next request.

        Raises:
            ServerRestingError: the wait is longer than a crawl waits for, or the crawl ends.
        """
        state = self._server(server)
        async with state.turn:
            while wait := self.wait(server):
                if wait > self._longest_wait or self._stopping.is_set():
                    raise ServerRestingError(server, wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait.total_seconds())
            try:
                yield
            finally:
                state.answered_at = self._monotonic()
                self.rest(server, timedelta(seconds=max(delay, state.delay)))
