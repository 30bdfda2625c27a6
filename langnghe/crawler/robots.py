"""robots.txt, as RFC 9309 has it.

Scrapy's own middleware takes a robots.txt that cannot be had for leave to fetch everything
(measured on 2.19.0). Here:

- 2xx: its rules hold, also for redirects; `Crawl-delay` and `Request-rate` set the pace;
- 4xx, except 429: there are no rules (RFC 9309 §2.3.1.3);
- 429, 5xx, a time-out, a broken connection: nothing is fetched (§2.3.1.4). That is kept for
  this visit alone; the next one asks again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from langnghe.crawler.answers import meaning_of_error
from langnghe.crawler.guard import Refusal, RefusedError
from langnghe.crawler.pace import ServerRestingError, server_of
from langnghe.crawler.redirects import origin_of
from langnghe.crawler.visit import trip_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

MAX_REDIRECTS = 5
"""RFC 9309 §2.3.1.2: at least five are followed; beyond, the file counts as unavailable."""

MAX_BYTES = 512_000
"""RFC 9309 §2.5: at least 500 KiB are read."""

ROBOTS_META = "langnghe_robots"
"""In a request's meta: this is a request for robots.txt itself."""


class RobotsUnreachableError(IgnoreRequest):
    """robots.txt cannot be had just now, so nothing on its server may be fetched."""

    def __init__(self, server: str, problem: str = "robots_unreachable") -> None:
        self.server = server
        self.problem = problem
        """One of `targets.PROBLEMS`: where nothing there can be asked at all, that."""
        super().__init__("robots.txt unreachable")


class RobotsMiddleware:
    """Lets a request pass when its server's robots.txt does."""

    def __init__(self, crawler: Crawler, user_agent: str) -> None:
        self._crawler = crawler
        trip = trip_of(crawler)
        self._pace = trip.pace
        self._exempt = trip.robots_exempt
        self._user_agent = user_agent
        self._rules: dict[str, asyncio.Future[Protego | None]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler, crawler.settings["USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        if ROBOTS_META in request.meta or origin_of(request.url) in self._exempt:
            return
        rules = await self.rules_for(request.url)
        if rules is not None and not rules.can_fetch(request.url, self._user_agent):
            raise RefusedError(Refusal.ROBOTS)

    async def rules_for(self, url: str) -> Protego | None:
        """The rules of this address's origin, None where it has none.

        Raises:
            RobotsUnreachableError: they cannot be had.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        future = self._rules.get(origin)
        if future is None:
            # Pages of one origin that come while its robots.txt is under way share the answer.
            future = self._rules[origin] = asyncio.get_running_loop().create_future()
            try:
                rules = await self._fetch(origin)
            except (RobotsUnreachableError, RefusedError) as error:
                future.set_exception(error)
            except BaseException:
                # A crawl that is being stopped: nobody may take this for an answer.
                future.set_exception(RobotsUnreachableError(server_of(url)))
                future.exception()
                raise
            else:
                future.set_result(rules)
        return await asyncio.shield(future)

    async def _fetch(self, origin: str) -> Protego | None:
        server = server_of(origin)
        request = Request(
            f"{origin}/robots.txt",
            meta={
                ROBOTS_META: True,
                "max_redirect_times": MAX_REDIRECTS,
                # A larger file is an error page or an attack; what is cut off counts as absent.
                "download_maxsize": MAX_BYTES,
            },
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except RefusedError as error:
            # What may not be asked for at all is refused as itself. (Elsewhere than where it
            # should be, as after a redirect to another host, robots.txt cannot be had.)
            if error.refusal is Refusal.PRIVATE_ADDRESS:
                raise
            raise RobotsUnreachableError(server) from error
        except ServerRestingError as error:
            raise RobotsUnreachableError(server, "rate_limited") from error
        except Exception as error:
            problem, _, _ = meaning_of_error(error)
            if problem in {"unknown_host", "certificate"}:
                raise RobotsUnreachableError(server, problem) from error
            raise RobotsUnreachableError(server) from error
        if response.status == 429 or response.status >= 500 or 300 <= response.status < 400:
            raise RobotsUnreachableError(server)
        if response.status >= 400:
            return None
        return self._parse(response, server)

    def _parse(self, response: Response, server: str) -> Protego:
        rules = Protego.parse(response.body.decode("utf-8", "replace").removeprefix("\ufeff"))
        delays = [rules.crawl_delay(self._user_agent) or 0.0]
        rate = rules.request_rate(self._user_agent)
        if rate is not None and rate.requests > 0:
            delays.append(rate.seconds / rate.requests)
        self._pace.slow_down(server, max(delays))
        return rules
