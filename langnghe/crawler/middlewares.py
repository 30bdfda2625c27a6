"""The fence, put up before every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from langnghe.crawler.guard import Fence, RefusedError
from langnghe.crawler.visit import trip_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Request


class FenceMiddleware:
    """Checks every request that a spider or a redirect makes, robots.txt included."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(trip_of(crawler).fence)

    def process_request(self, request: Request) -> None:
        refusal = self._fence.refusal(request.url)
        if refusal is not None:
            raise RefusedError(refusal)
