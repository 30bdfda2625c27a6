"""RSS and Atom, then the articles that a feed names."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import FeedSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.article import read_article
from langnghe.crawler.readers.feed import read_feed
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target


class FeedSpider(SourceSpider[FeedSource]):
    """Reads feeds."""

    name = "feed"
    terms = TERMS[Channel.FEED]

    def seeds(self) -> Iterable[Link]:
        return links(self.source.feeds, PageKind.FEED)

    def read(self, target: Target, page: Page) -> Harvest:
        if target.kind is PageKind.FEED:
            return read_feed(page, follow=self.source.follow)
        return read_article(page)
