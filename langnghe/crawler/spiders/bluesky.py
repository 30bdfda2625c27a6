"""What Bluesky's search finds for hashtags and phrases, and the public answers to it.

Searching needs an account (without one it is deliberately closed), so a visit begins with a
log-in to the institution's own server, with an app password. What the log-in gives stays in this
object, hence in memory, and ends with the visit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import SecretStr
from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from langnghe.core.models import Channel
from langnghe.core.settings import BlueskySource
from langnghe.crawler.answers import Meaning, meaning_of_status
from langnghe.crawler.backoff import TRIES
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.pace import server_of
from langnghe.crawler.readers.bluesky import (
    method_url,
    read_search,
    read_thread,
    search_url,
    since_url,
    thread_url,
)
from langnghe.crawler.readers.page import Page
from langnghe.crawler.readers.values import json_object
from langnghe.crawler.spiders.base import SourceSpider
from langnghe.crawler.targets import PageFailed, PageRead, Target
from langnghe.store.crawlstate import Failure

_LOG_IN = "com.atproto.server.createSession"
_RENEW = "com.atproto.server.refreshSession"
_THREAD = "/xrpc/app.bsky.feed.getPostThread?"
_EXPIRED = "ExpiredToken"
_MEANINGS: dict[str, Meaning] = {
    "NotFound": ("gone", Failure.HARD, None),
    "InvalidToken": ("unauthorised", Failure.HARD, None),
    "AccountTakedown": ("unauthorised", Failure.HARD, None),
}
"""Errors that a server sends with the status 400."""


@dataclass(frozen=True, slots=True)
class _Session:
    """What a log-in gave: for requests, and for a further such pair."""

    access: SecretStr
    renewal: SecretStr


class BlueskySpider(SourceSpider[BlueskySource]):
    """Reads what a search finds, newest first."""

    name = "bluesky"
    terms = TERMS[Channel.BLUESKY]

    _session: _Session | None = None
    _spent: SecretStr | None = None
    """What of the session's was refused because its time is over."""

    def seeds(self) -> Iterable[Link]:
        return (Link(url, PageKind.TIMELINE) for url in self._queries())

    def address_of(self, target: Target) -> str:
        if target.step or target.row.last_visit is None:
            return target.url
        return since_url(target.url, self.since(target))

    def read(self, target: Target, page: Page) -> Harvest:
        query = self._queries()[target.row.url]
        if self.is_thread(target):
            return read_thread(page, query)
        found = read_search(page, query)
        # Addresses of single posts: followed as steps of this walk, and never kept.
        threads = (
            Link(thread_url(self.source.service, uri), PageKind.TIMELINE) for uri in found.answered
        )
        return replace(found.harvest, links=(*threads, *found.harvest.links))

    def is_thread(self, target: Target) -> bool:
        return _THREAD in target.url

    def meaning(self, target: Target, response: Response) -> Meaning | None:
        said = _MEANINGS.get(_error(response)) if response.status == 400 else None
        return said or meaning_of_status(response.status)

    # The log-in

    async def get_ready(self) -> None:
        if self._session is None:
            account = self.source.account.removeprefix("@")
            password = self.visit.keys[self.source.key].get_secret_value()
            # The protocol takes the password in the body, and there alone (`ask` follows no
            # redirect, so it goes nowhere else).
            body = json.dumps({"identifier": account, "password": password})
            await self._log_in(_LOG_IN, {"Content-Type": "application/json"}, body)
        elif self._spent == self._session.access:
            await self._log_in(_RENEW, _bearer(self._session.renewal), "")

    def credentials(self, target: Target) -> dict[str, str]:
        return {} if self._session is None else _bearer(self._session.access)

    async def _log_in(self, method: str, headers: dict[str, str], body: str) -> None:
        """Begin or renew the session; ends the visit where that is refused."""
        address = method_url(self.source.service, method)
        request = Request(
            address,
            method="POST",
            headers=headers,
            body=body,
            callback=NO_CALLBACK,
            dont_filter=True,
        )
        response = await self.ask(request)
        if response is None:
            self._ended = True
            return
        meaning = meaning_of_status(response.status)
        self._session = None if meaning else _session(response)
        if self._session is not None:
            return
        self._ended = True
        self._is_closed(server_of(address))
        if response.status == 400:
            # So servers answer a wrong handle, a password that is none, a session that is over.
            self._count_failure("unauthorised", Failure.HARD)
        else:
            self._count_failure(*(meaning or ("unreadable", Failure.SOFT))[:2])

    def _judge(self, response: Response, target: Target) -> PageRead | PageFailed | None:
        if response.status != 400 or _error(response) != _EXPIRED:
            # What a search finds may be the same to the letter, and be answered anew beneath its
            # answers: only direct answers are counted on it.
            known = replace(target.row, etag=None)
            return super()._judge(response, replace(target, row=known))
        self._tries[target.url] += 1
        if self._tries[target.url] >= TRIES:
            return self._failed(target, "unauthorised", Failure.HARD, None, response.status)
        # Asked again with the next session. What was under way with this one comes by here as
        # well, maybe after it was renewed: that does not spend the new one.
        session = self._session
        if session is not None and _is_sent_with(response, session.access):
            self._spent = session.access
        self._queue.appendleft(target)
        return None

    def _queries(self) -> dict[str, str]:
        """What is searched for, by the first address of each search."""
        queries = [f"#{tag}" for tag in self.source.tags]
        queries += [f'"{phrase}"' for phrase in self.source.phrases]
        return {search_url(self.source.service, query): query for query in queries}


def _bearer(token: SecretStr) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.get_secret_value()}"}


def _is_sent_with(response: Response, token: SecretStr) -> bool:
    sent = response.request.headers.get("Authorization") if response.request else None
    return sent is not None and sent.decode() == _bearer(token)["Authorization"]


def _session(response: Response) -> _Session | None:
    said = json_object(response.body)
    access, renewal = said.get("accessJwt"), said.get("refreshJwt")
    if not (isinstance(access, str) and isinstance(renewal, str) and access and renewal):
        return None
    return _Session(SecretStr(access), SecretStr(renewal))


def _error(response: Response) -> str:
    """The name of an error, as XRPC gives it; empty where there is none."""
    name = json_object(response.body).get("error")
    return name if isinstance(name, str) else ""
