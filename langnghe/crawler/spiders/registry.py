"""Which spider reads which kind of channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langnghe.core.models import Channel
from langnghe.crawler.importing import TERMS as FILE_TERMS
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.spiders.comments import CommentsSpider
from langnghe.crawler.spiders.feed import FeedSpider
from langnghe.crawler.spiders.forum import ForumSpider
from langnghe.crawler.spiders.mastodon import MastodonSpider
from langnghe.crawler.spiders.news import NewsSpider
from langnghe.crawler.terms import ChannelTerms

SPIDERS: Mapping[Channel, type[SourceSpider[Any]]] = {
    spider.terms.channel: spider
    for spider in (FeedSpider, NewsSpider, CommentsSpider, ForumSpider, MastodonSpider)
}
"""Channels that are read over HTTP."""

TERMS: Mapping[Channel, ChannelTerms] = {
    **{channel: spider.terms for channel, spider in SPIDERS.items()},
    Channel.FILE: FILE_TERMS,
}
"""The terms of every channel."""
