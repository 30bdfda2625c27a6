"""The item pipeline: hands each page of a spider to its keeper, and tells the spider."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self

from langnghe.core.logs import describe_error
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.store.leases import LeaseLostError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class KeepPages:
    """Keeps one page at a time. Nothing is held back: when it returns, the page is on disk."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_item(self, item: PageRead | PageFailed) -> PageRead | PageFailed:
        spider = self._crawler.spider
        assert isinstance(spider, SourceSpider)
        try:
            if isinstance(item, PageRead):
                item = spider.visit.keeper.sift(item)
            if isinstance(item, PageRead):
                kept = spider.visit.keeper.keep_page(item, spider.followable(item))
                spider.visit.sighting.add(item, kept, spider.visit.keeper.seeds)
                spider.page_kept(item, kept)
            else:
                spider.visit.keeper.keep_failure(item)
                spider.page_failed(item)
        except LeaseLostError:
            # Another collector reads the source by now: nothing more may be asked of its hosts.
            spider.source_lost(item.target)
        except Exception as error:  # noqa: BLE001  one page must not end the visit
            # The page stays due: its transaction was undone as a whole.
            logger.error(  # noqa: TRY400  a message or a local variable may hold a text
                "%s: a page could not be kept: %s",
                spider.visit.source.name,
                describe_error(error),
            )
            spider.page_lost(item.target)
        spider.visit.progress(spider.visit.source.name, item)
        return item
