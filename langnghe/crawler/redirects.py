"""Redirects, without a word on where we came from."""

from __future__ import annotations

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Request, Response


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's own, whose targets pass the fence and robots.txt like any other request."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer: it would tell a third site what we read."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """There is no Referer middleware to look for."""
