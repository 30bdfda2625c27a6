"""A news site or portal: feeds, sitemaps and index pages lead to its articles."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import NewsSource, PageList
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.article import read_article
from langnghe.crawler.readers.feed import read_feed
from langnghe.crawler.readers.page import Page
from langnghe.crawler.readers.section import read_section
from langnghe.crawler.readers.sitemap import read_sitemap
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target


def index_links(pages: PageList) -> Iterable[Link]:
    """Where the pages of a site are found."""
    yield from links(pages.feeds, PageKind.FEED)
    yield from links(pages.sitemaps, PageKind.SITEMAP)
    yield from links(pages.sections, PageKind.SECTION)


def read_index(target: Target, page: Page, pages: PageList) -> Harvest | None:
    """Read a page that leads to articles; None for one that does not."""
    if target.kind is PageKind.FEED:
        return read_feed(page, follow=True, page_pattern=pages.page_pattern)
    if target.kind is PageKind.SITEMAP:
        return read_sitemap(page, pages.page_pattern)
    if target.kind is PageKind.SECTION:
        return read_section(page, pages.page_pattern)
    return None


class NewsSpider(SourceSpider[NewsSource]):
    """Reads articles."""

    name = "news"
    terms = TERMS[Channel.NEWS]

    def seeds(self) -> Iterable[Link]:
        return index_links(self.source.pages)

    def read(self, target: Target, page: Page) -> Harvest:
        harvest = read_index(target, page, self.source.pages)
        return read_article(page) if harvest is None else harvest
