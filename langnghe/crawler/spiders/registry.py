"""Which spider reads which kind of channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langnghe.core.models import Channel
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.spiders.bluesky import BlueskySpider
from langnghe.crawler.spiders.comments import CommentsSpider
from langnghe.crawler.spiders.discourse import DiscourseSpider
from langnghe.crawler.spiders.facebook import FacebookSpider
from langnghe.crawler.spiders.feed import FeedSpider
from langnghe.crawler.spiders.forum import ForumSpider
from langnghe.crawler.spiders.mastodon import MastodonSpider
from langnghe.crawler.spiders.news import NewsSpider
from langnghe.crawler.spiders.telegram import TelegramSpider
from langnghe.crawler.spiders.youtube import YouTubeSpider

SPIDERS: Mapping[Channel, type[SourceSpider[Any]]] = {
    spider.terms.channel: spider
    for spider in (
        FeedSpider,
        NewsSpider,
        CommentsSpider,
        ForumSpider,
        DiscourseSpider,
        TelegramSpider,
        MastodonSpider,
        BlueskySpider,
        FacebookSpider,
        YouTubeSpider,
    )
}
"""Channels that are read over HTTP."""
