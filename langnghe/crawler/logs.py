"""What Scrapy logs of a crawl: what happened, never what was said or by whom.

Its own lines hold requests, items and error messages, any of which can hold a name (see
`core/logs.py`).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request, Response
    from twisted.python.failure import Failure

LOG_FILE = "crawl.log"


class QuietLogFormatter(LogFormatter):
    """Scrapy's messages about single pages and items, without the pages and the items."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "answered %d", "args": (response.status,)}

    def scraped(
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return {"level": logging.DEBUG, "msg": "page read", "args": ()}

    def dropped(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _error("page dropped", exception)

    def item_error(
        self,
        item: Any,
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,
    ) -> LogFormatterResult:
        return _error("page not kept", exception)

    def spider_error(
        self,
        failure: Failure,
        request: Request,
        response: Response | Failure,
        spider: Spider,
    ) -> LogFormatterResult:
        return _error("page not read", failure.value)

    def download_error(
        self, failure: Failure, request: Request, spider: Spider, errmsg: str | None = None
    ) -> LogFormatterResult:
        return _error("page not fetched", failure.value)


def _error(what: str, error: BaseException | None) -> LogFormatterResult:
    return {"level": logging.ERROR, "msg": f"{what}: %s", "args": (type(error).__name__,)}
