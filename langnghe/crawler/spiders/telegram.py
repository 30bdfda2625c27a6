"""Public channels of Telegram, through their previews."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import TelegramSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.layout import DATE, POSTS
from langnghe.crawler.readers.page import Page
from langnghe.crawler.readers.telegram import read_channel
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target


class TelegramSpider(SourceSpider[TelegramSource]):
    """Reads channels back to where the last visit began, the newest messages first."""

    name = "telegram"
    terms = TERMS[Channel.TELEGRAM]

    def seeds(self) -> Iterable[Link]:
        return links(self.source.channels, PageKind.TIMELINE)

    def read(self, target: Target, page: Page) -> Harvest:
        return read_channel(page, target.row.url)

    def is_thread(self, target: Target) -> bool:
        return False

    def fields(self, target: Target) -> frozenset[str]:
        # A preview shows the last messages whether they are new or not.
        return frozenset() if target.step else frozenset({POSTS, DATE})
