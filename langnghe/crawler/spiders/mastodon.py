"""Public tag timelines of a Mastodon-compatible server, and the public answers beneath."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from langnghe.core.models import Channel
from langnghe.core.settings import MastodonSource
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.mastodon import read_timeline, timeline_url
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.crawler.terms import ChannelTerms

_CONTEXT = re.compile(r"/api/v1/statuses/[^/]+/context")


class MastodonSpider(SourceSpider[MastodonSource]):
    """Reads what the server gives to anyone about a tag, newest first."""

    name = "mastodon"
    terms = ChannelTerms(
        channel=Channel.MASTODON,
        access=(
            "The documented public interface for tag timelines and the answers to a status, "
            "without an account, within the server's own rate limit. A server that closed it to "
            "the public is not read."
        ),
        fields=("text", "time of publication", "address of the tag page", "what it answers"),
        obeys_robots=True,
    )

    _answers_closed = False

    def seeds(self) -> Iterable[Link]:
        return (Link(url, PageKind.TIMELINE) for url in self._tags())

    def read(self, target: Target, page: Page) -> Harvest:
        tag = self._tags()[target.row.url]
        if self.is_thread(target):
            answers = replace(page, body=json.dumps(_descendants(page)).encode())
            return replace(read_timeline(answers, self.source.server, tag).harvest, links=())
        harvest = read_timeline(page, self.source.server, tag).harvest
        if self._answers_closed:
            return harvest
        # Addresses of single statuses: followed as steps of this walk, and never kept.
        contexts = (Link(url, PageKind.TIMELINE) for url in self._contexts(page.json()))
        return replace(harvest, links=(*contexts, *harvest.links))

    def is_thread(self, target: Target) -> bool:
        return _CONTEXT.fullmatch(urlsplit(target.url).path) is not None

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        if failed.problem in ("forbidden", "gone") and self.is_thread(failed.target):
            self._answers_closed = True
        return failed

    def _contexts(self, statuses: list[Any]) -> Iterator[str]:
        """Where the answers to the public openings on a timeline page are."""
        for status in statuses:
            if (
                isinstance(status, dict)
                and isinstance(status.get("id"), str)
                and status.get("replies_count")
                and status.get("visibility") == "public"
                and not status.get("in_reply_to_id")
                and not status.get("reblog")
            ):
                number = quote(status["id"], safe="")
                yield f"{self.source.server.rstrip('/')}/api/v1/statuses/{number}/context"

    def _tags(self) -> dict[str, str]:
        """The tag of each timeline, by its first address."""
        return {timeline_url(self.source.server, tag): tag for tag in self.source.tags}


def _descendants(page: Page) -> list[Any]:
    """The answers to a status, each after what it answers."""
    context = page.json()
    descendants = context.get("descendants") if isinstance(context, dict) else None
    if not isinstance(descendants, list):
        raise ReadError(page.url, "no answers to a status")
    return descendants
