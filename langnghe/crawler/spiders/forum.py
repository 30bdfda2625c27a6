"""Discussions rendered by the server, by schema.org markup or a site's own selectors."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import ForumSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.forum import read_board, read_thread
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target


class ForumSpider(SourceSpider[ForumSource]):
    """Reads boards and their threads."""

    name = "forum"
    terms = TERMS[Channel.FORUM]

    def seeds(self) -> Iterable[Link]:
        return links(self.source.boards, PageKind.BOARD)

    def read(self, target: Target, page: Page) -> Harvest:
        if target.kind is PageKind.BOARD:
            return read_board(page, self.source)
        return read_thread(page, self.source)
