"""A Facebook page that the institution manages, through the Graph API with the page's own key."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from langnghe.core.models import Channel
from langnghe.core.settings import FacebookSource
from langnghe.crawler.answers import Meaning
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.handler import plain_headers
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.keylife import note_expiry, should_ask
from langnghe.crawler.pace import server_of
from langnghe.crawler.readers import facebook
from langnghe.crawler.readers.facebook_answers import (
    key_question,
    meaning_of_answer,
    read_key_life,
    rest_after,
)
from langnghe.crawler.readers.page import Page
from langnghe.crawler.spiders.base import SourceSpider, links
from langnghe.crawler.targets import PageFailed, PageRead, Target, with_origin

logger = logging.getLogger(__name__)

_AFTER = "&after="


class FacebookSpider(SourceSpider[FacebookSource]):
    """Reads a page's own posts and visitors' posts on it, and the comments beneath both.

    Comments beneath a post of the page are a row of the frontier, known by the number of the
    institution's post. Those beneath a visitor's post are steps of a walk: the number of a
    person's post is never written down (boundary 1).
    """

    name = "facebook"
    terms = TERMS[Channel.FACEBOOK]

    _asked_of_key = False

    def seeds(self) -> Iterable[Link]:
        return [
            Link(facebook.posts_url(self.source.server, self.source.page, edge), PageKind.TIMELINE)
            for edge in (facebook.OWN_POSTS, facebook.VISITOR_POSTS)
        ]

    def credentials(self, target: Target) -> dict[str, str]:
        return self._credentials()

    def address_of(self, target: Target) -> str:
        proof = self._proof()
        return f"{target.url}&{urlencode({'appsecret_proof': proof})}" if proof else target.url

    def comes_late(self, target: Target) -> bool:
        # A comment is about what its post is about, so the post must be there first.
        return target.kind is PageKind.COMMENTS

    def is_thread(self, target: Target) -> bool:
        return facebook.post_of(target.url) is not None

    def read(self, target: Target, page: Page) -> Harvest:
        first = target.url.partition(_AFTER)[0]
        public = facebook.page_address(self.source.page)
        if self.is_thread(target):
            listing = facebook.read_comments(page, first, target.origin or public)
            threads = frozenset() if listing.following else frozenset({listing.thread})
            older = self._older(target, listing)
            return replace(listing.harvest, links=older, whole=True, threads=threads)
        if self._is_of_visitors(target):
            return self._visited(target, facebook.read_posts(page, first, public))
        listing = facebook.read_posts(page, first)
        # Never whole: of a page that says much, Facebook gives a choice of 600 posts a year.
        further = (*self._discussed(listing), *self._older(target, listing))
        return replace(listing.harvest, links=further)

    def meaning(self, target: Target, response: Response) -> Meaning | None:
        return self._heeded(response)

    def ends_visit(self, failed: PageFailed) -> bool:
        return failed.problem == "key_expired" or super().ends_visit(failed)

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        # A page may take no posts of visitors: then there is no such list, which is no failure.
        target = failed.target
        absent = failed.problem in ("gone", "unexpected_answer")
        if absent and target.step == 0 and self._is_of_visitors(target):
            return self.as_read(failed)
        return failed

    def _heeded(self, response: Response) -> Meaning | None:
        """What an answer means, after the server got the rest that it asks for."""
        meaning = meaning_of_answer(response.status, response.body)
        refused = meaning is not None and meaning[0] == "rate_limited"
        if rest := rest_after(plain_headers(response.headers), refused=refused):
            self.visit.pace.rest(server_of(response.url), rest)
        return meaning

    def _is_of_visitors(self, target: Target) -> bool:
        return urlsplit(target.row.url).path.endswith(f"/{facebook.VISITOR_POSTS}")

    def _discussed(self, listing: facebook.Listing) -> Iterator[Link]:
        """The comments of the page's own posts: rows of the frontier, due when one is written."""
        for one in listing.talked_of:
            address = facebook.comments_url(self.source.server, one.post)
            origin = facebook.thread_address(one.post)
            yield Link(with_origin(address, origin), PageKind.COMMENTS, one.changed)

    def _visited(self, target: Target, listing: facebook.Listing) -> Harvest:
        """Visitors' posts, with the comments of those in which something was said lately.

        Lately is since the last visit, however old the post. Pages of older posts follow only as
        far back as a walk goes; so the list is whole where nothing was left out for its age.
        """
        harvest, since = listing.harvest, self.since(target)
        discussed = [one for one in listing.talked_of if one.comments != 0]
        lately = [one for one in discussed if one.changed is None or one.changed >= since]
        comments = (facebook.comments_url(self.source.server, one.post) for one in lately)
        goes_on = super()._reaches_back(target, harvest)
        everything = since <= self.visit.clock.now() - self.visit.retention
        return replace(
            harvest,
            links=(*links(tuple(comments), target.kind), *self._older(target, listing)[:goes_on]),
            whole=len(lately) == len(discussed)
            and (goes_on or everything or not listing.following),
        )

    @staticmethod
    def _older(target: Target, listing: facebook.Listing) -> tuple[Link, ...]:
        return (Link(listing.following, target.kind),) if listing.following else ()

    def _reaches_back(self, target: Target, harvest: Harvest) -> bool:
        # A thread is read to its end: what is missing in it was deleted. For visitors' posts,
        # `_visited` has decided.
        decided = self.is_thread(target) or self._is_of_visitors(target)
        return decided or super()._reaches_back(target, harvest)

    # The key

    async def get_ready(self) -> None:
        """Ask once a day how long the key lasts."""
        state, name, now = self.visit.state, self.source.name, self.visit.clock.now()
        if self._asked_of_key or not should_ask(state, name, now):
            return
        self._asked_of_key = True
        response = await self.ask(self._key_request())
        if response is None:
            return
        life = read_key_life(response.body) if self._heeded(response) is None else None
        if life is None:
            logger.info("%s: the platform does not say how long the key lasts", name)
        note_expiry(state, name, now, None if life is None else life.expires)

    def _credentials(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._key()}"}

    def _key(self) -> str:
        return self.visit.keys[self.source.key].get_secret_value()

    def _proof(self) -> str | None:
        """That we know the app's secret: a digest, from which neither secret can be found."""
        if self.source.app_secret is None:
            return None
        secret = self.visit.keys[self.source.app_secret].get_secret_value()
        return hmac.new(secret.encode(), self._key().encode(), sha256).hexdigest()

    def _key_request(self) -> Request:
        body = key_question(self._key())
        proof = self._proof()
        return Request(
            f"{self.source.server.rstrip('/')}/{facebook.VERSION}/",
            method="POST",
            body=f"{body}&{urlencode({'appsecret_proof': proof})}" if proof else body,
            headers={"Content-Type": "application/x-www-form-urlencoded", **self._credentials()},
            dont_filter=True,
        )
