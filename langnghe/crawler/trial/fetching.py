"""Asks for the pages of a trial, with the manners of every crawl: robots.txt, pace, fence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from langnghe.crawler.answers import is_text, meaning_of_error, meaning_of_status
from langnghe.crawler.guard import Refusal
from langnghe.crawler.handler import plain_headers
from langnghe.crawler.items import PageKind
from langnghe.crawler.pace import ServerRestingError
from langnghe.crawler.readers.page import Page
from langnghe.crawler.robots import RobotsMiddleware, RobotsUnreachableError
from langnghe.crawler.visit import Trip

MAX_HOPS = 5
"""Redirects that are followed, as in a crawl."""

_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for a page."""

    page: Page | None
    problem: str | None = None
    """Why there is none, one of `targets.PROBLEMS`."""
    moved: tuple[str, ...] = ()
    """Where it was redirected to, each in turn; the last may not have been asked."""


class TrialSpider(Spider):
    """Runs a trial: `look` asks for pages through it, and is done when it returns."""

    name = "trial"

    def __init__(
        self, visit: Trip, look: Callable[[TrialSpider], Awaitable[None]], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.visit = visit
        self._look = look

    async def start(self) -> AsyncIterator[Request]:
        await self._look(self)
        nothing_more: tuple[Request, ...] = ()
        for request in nothing_more:
            yield request

    async def robots(self, url: str) -> Protego | None:
        """The rules of an address's origin, None where it has none.

        Raises:
            RobotsUnreachableError: they cannot be had, so nothing may be asked.
            RefusedError: the origin lies within the own network.
        """
        middleware = cast(
            "RobotsMiddleware", self.crawler.get_downloader_middleware(RobotsMiddleware)
        )
        return await middleware.rules_for(url)

    async def fetch(self, url: str, kind: PageKind = PageKind.ARTICLE) -> Fetched:
        """Ask for a page, and follow where it leads within the own hosts."""
        moved: list[str] = []
        while True:
            try:
                response = await self._ask(moved[-1] if moved else url)
            except Exception as error:  # noqa: BLE001  whatever it is, it is what we tell
                return Fetched(None, _problem_of(error), tuple(moved))
            location = response.headers.get("Location")
            if response.status not in _MOVED or location is None:
                return self._judge(response, kind, tuple(moved))
            moved.append(urljoin(response.url, location.decode("latin-1")))
            refusal = self.visit.fence.refusal(moved[-1])
            if refusal is not None or len(moved) > MAX_HOPS:
                problem = "too_many_redirects" if refusal is None else f"refused_{refusal}"
                shown = moved[:-1] if refusal is Refusal.PERSONAL_PAGE else moved
                return Fetched(None, problem, tuple(shown))

    async def _ask(self, url: str) -> Response:
        request = Request(url, callback=NO_CALLBACK, dont_filter=True, meta={"dont_redirect": True})
        assert self.crawler.engine is not None
        return await self.crawler.engine.download_async(request)

    def _judge(self, response: Response, kind: PageKind, moved: tuple[str, ...]) -> Fetched:
        meaning = meaning_of_status(response.status)
        if meaning is not None:
            return Fetched(None, meaning[0], moved)
        headers = plain_headers(response.headers)
        if not is_text(headers.get("content-type", ""), response.body, kind):
            return Fetched(None, "not_text", moved)
        now = self.visit.clock.now()
        return Fetched(
            Page(response.url, response.body, now, response.status, headers), None, moved
        )


def _problem_of(error: Exception) -> str:
    if isinstance(error, ServerRestingError):
        return "rate_limited"
    if isinstance(error, RobotsUnreachableError):
        return error.problem
    return meaning_of_error(error)[0]


def origin(url: str) -> str:
    """The scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
