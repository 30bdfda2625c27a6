"""Public tag timelines of a Mastodon-compatible server, and the public answers beneath."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from langnghe.core.models import Channel
from langnghe.core.settings import MastodonSource
from langnghe.crawler.answers import Meaning, meaning_of_status
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.readers.mastodon import (
    instance_url,
    is_closed,
    read_answers,
    read_timeline,
    timeline_url,
)
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.store.crawlstate import Failure

_ACCESS = "access_asked"
"""In the source's cursor: when the server last said that its timelines are open."""
_CLOSED = "closed_to_public"
_CONTEXT = re.compile(r"/api/v1/statuses/([^/]+)/context")


class MastodonSpider(SourceSpider[MastodonSource]):
    """Reads what the server gives to anyone about a tag, newest first."""

    name = "mastodon"
    terms = TERMS[Channel.MASTODON]

    _answers_closed = False
    _absent = 0
    """How many answers in a row were not there."""
    _access_asked = False

    async def get_ready(self) -> None:
        if not self._access_asked:
            self._access_asked = True
            await self._ask_for_access()

    async def _ask_for_access(self) -> None:
        """Ask whether the timelines are open to anyone: once a day, since it seldom changes."""
        state, name, now = self.visit.state, self.source.name, self.visit.clock.now()
        last = state.noted_moment(name, _ACCESS)
        if last is not None and now - last < timedelta(days=1):
            return
        address = instance_url(self.source.server)
        response = await self.ask(Request(address, callback=NO_CALLBACK, dont_filter=True))
        if response is None or response.status == 429 or response.status >= 500:
            return
        with suppress(ReadError):
            if response.status == 200 and is_closed(Page(address, response.body, now)):
                self._count_failure(_CLOSED, Failure.HARD)
                self._ended = True
                return
        state.note(name, {_ACCESS: now})

    def meaning(self, target: Target, response: Response) -> Meaning | None:
        if response.status in (401, 403, 422) and not self.is_thread(target):
            return _CLOSED, Failure.HARD, None
        return meaning_of_status(response.status)

    def seeds(self) -> Iterable[Link]:
        return (Link(url, PageKind.TIMELINE) for url in self._tags())

    def read(self, target: Target, page: Page) -> Harvest:
        tag = self._tags()[target.row.url]
        if self.is_thread(target):
            self._absent = 0
            return read_answers(page, self.source.server, tag, self._about(target))
        harvest = read_timeline(page, self.source.server, tag).harvest
        if self._answers_closed:
            return harvest
        # Addresses of single statuses: followed as steps of this walk, and never kept.
        contexts = (Link(url, PageKind.TIMELINE) for url in self._contexts(page.json()))
        return replace(harvest, links=(*contexts, *harvest.links))

    def is_thread(self, target: Target) -> bool:
        return bool(self._about(target))

    @staticmethod
    def _about(target: Target) -> str:
        """The number of the status whose answers are asked for; empty: it is a timeline."""
        match = _CONTEXT.fullmatch(urlsplit(target.url).path)
        return unquote(match[1]) if match else ""

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        target = failed.target
        if not self.is_thread(target):
            return failed
        if failed.problem == "gone":
            # One was deleted after the timeline showed it; a server without answers has none.
            self._absent += 1
            self._answers_closed |= self._absent > 1
        if failed.problem not in ("forbidden", "unauthorised"):
            return failed
        # So the server is set up: it shows timelines to anyone, and answers to nobody.
        self._answers_closed = True
        self._count_failure(failed.problem, failed.failure)
        return self.as_read(failed)

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
