"""Redirects, without a word on where we came from, and without our keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.http import Request, Response

CREDENTIALS_META = "langnghe_credentials"
"""In a request's meta: the names of the headers that let it in (`SourceSpider.credentials`)."""


Origin = tuple[str, str, int | None]
"""Scheme, host and port."""


def origin_of(url: str) -> Origin | None:
    """What a key is good for: scheme, host and port (RFC 6454 §4); None for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return parts.scheme, (parts.hostname or "").lower(), port


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's own, whose targets pass the fence and robots.txt like any other request."""

    def _build_redirect_request(
        self, source_request: Request, response: Response, *, url: str, **kwargs: Any
    ) -> Request:
        # Scrapy itself drops `Authorization` alone, and keys have other names as well.
        redirected = super()._build_redirect_request(source_request, response, url=url, **kwargs)
        if origin_of(redirected.url) != origin_of(source_request.url):
            for name in redirected.meta.pop(CREDENTIALS_META, ()):
                redirected.headers.pop(name, None)
        return redirected

    def handle_referer(self, request: Request, response: Response) -> None:
        """Send no Referer: it would tell a third site what we read."""
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """There is no Referer middleware to look for."""
