"""Topics of Discourse forums through the JSON that anyone may read."""

from __future__ import annotations

from collections.abc import Iterable

from langnghe.core.models import Channel
from langnghe.core.settings import DiscourseSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.discourse import list_url, place_of, read_list, read_topic
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import Target


class DiscourseSpider(SourceSpider[DiscourseSource]):
    """Reads lists of topics, and the topics that were written in."""

    name = "discourse"
    terms = TERMS[Channel.DISCOURSE]

    def seeds(self) -> Iterable[Link]:
        return links([list_url(board) for board in self.source.boards], PageKind.BOARD)

    def read(self, target: Target, page: Page) -> Harvest:
        home, topic = place_of(target.row.url)
        return read_list(page, home) if topic is None else read_topic(page, home, topic)

    def walks(self, target: Target) -> bool:
        # A topic's further answers are asked for by the numbers of people's posts.
        return super().walks(target) or target.kind is PageKind.THREAD
