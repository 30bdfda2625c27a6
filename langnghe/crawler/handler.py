"""The last station before the network: every request of a crawl goes through here.

Here each waits for its server's turn, is told which addresses it may connect to, and what the
server answers about its load is noted. What is done here cannot be gone round by a middleware,
a redirect or a spider.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Headers, Request, Response

from langnghe.crawler.backoff import asked_wait, next_wait, used_up
from langnghe.crawler.guard import Refusal, RefusedError, resolving
from langnghe.crawler.pace import server_of
from langnghe.crawler.visit import trip_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

OVERLOADED = frozenset({429, 503})
"""RFC 6585 §4 and RFC 9110 §15.6.4: the server asks for fewer requests."""


def plain_headers(headers: Headers) -> dict[str, str]:
    """Response headers by lower-case name; of a repeated one the last."""
    return {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in headers.items()
        if values
    }


class PoliteDownloadHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler behind the pace and the guard."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # A request whose connection broke is made again by the spider, in its server's turn;
        # Twisted would do so at once, out of the pace's and the guard's sight.
        self._pool.retryAutomatically = False
        trip = trip_of(crawler)
        self._pace, self._clock, self._delay = trip.pace, trip.clock, trip.delay
        self._private_allowed = trip.fence.private_allowed

    async def download_request(self, request: Request) -> Response:
        server = server_of(request.url)
        async with self._pace.turn(server, self._delay):
            # Connections that are kept open belong to this crawler alone, so one that another
            # source was allowed to make is never taken up here.
            with resolving(private_allowed=self._private_allowed) as resolution:
                try:
                    response = await super().download_request(request)
                except Exception:
                    if resolution.refused:
                        raise RefusedError(Refusal.PRIVATE_ADDRESS) from None
                    # No answer is noted as a failure of the server, to be asked more rarely.
                    self._pace.rest(server, next_wait(self._pace.failed(server)))
                    raise
            self._note(server, response)
            return response

    def _note(self, server: str, response: Response) -> None:
        headers = plain_headers(response.headers)
        wish = asked_wait(headers, self._clock.now())
        if response.status in OVERLOADED or response.status >= 500:
            wait = next_wait(self._pace.failed(server))
            if wish is not None:
                wait = wish
            self._pace.rest(server, wait)
            logger.info(
                "%s answers %d: waiting %.0f s", server, response.status, wait.total_seconds()
            )
            return
        self._pace.succeeded(server)
        if used_up(headers) and wish is not None:
            self._pace.rest(server, wish)
