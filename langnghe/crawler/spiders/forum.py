"""Discussions rendered by the server, by schema.org markup or a site's own selectors."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import ForumSource
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.forum import read_board, read_thread
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target
from langnghe.crawler.terms import ChannelTerms


class ForumSpider(SourceSpider[ForumSource]):
    """Reads boards and their threads."""

    name = "forum"
    terms = ChannelTerms(
        channel=Channel.FORUM,
        access="Boards and threads that anyone can read without an account.",
        fields=(
            "title of the thread",
            "text",
            "time of publication",
            "address of the thread",
            "what it answers",
            "number of reactions",
        ),
        obeys_robots=True,
    )

    def seeds(self) -> Iterable[Link]:
        return links(self.source.boards, PageKind.BOARD)

    def read(self, target: Target, page: Page) -> Harvest:
        if target.kind is PageKind.BOARD:
            return read_board(page, self.source)
        return read_thread(page, self.source)
