"""What all spiders share: which page comes next, what an answer means, and when to stop.

The frontier in the database is the queue. A spider takes due pages from it, asks for them, and
hands each to the pipeline as one `PageRead` or `PageFailed`; only when that is kept does the
page count as done.
"""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from scrapy import Request, Spider
from scrapy.http import Response

from langnghe.core.clock import local_day
from langnghe.core.logs import describe_error
from langnghe.core.models import RejectReason
from langnghe.crawler.answers import (
    Meaning,
    conditions,
    is_text,
    may_pass,
    meaning_of_error,
    meaning_of_status,
    validators,
)
from langnghe.crawler.backoff import TRIES, asked_wait
from langnghe.crawler.guard import RefusedError
from langnghe.crawler.handler import plain_headers
from langnghe.crawler.items import Harvest, Link, PageKind
from langnghe.crawler.keeping import Kept
from langnghe.crawler.layout import COMMENTS, EXPECTED, found_in, sketch_of
from langnghe.crawler.pace import ServerRestingError, server_of
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.redirects import CREDENTIALS_META, origin_of
from langnghe.crawler.robots import RobotsUnreachableError
from langnghe.crawler.targets import Answer, PageFailed, PageRead, Target
from langnghe.crawler.terms import ChannelTerms
from langnghe.crawler.visit import HttpSource, Visit
from langnghe.store.crawlstate import Failure
from langnghe.store.times import day_start, from_micros

if TYPE_CHECKING:
    from twisted.python.failure import Failure as TwistedFailure

logger = logging.getLogger(__name__)

SourceT = TypeVar("SourceT", bound=HttpSource)

MAX_IN_FLIGHT = 4
"""Pages asked for at once. Each server gets one request at a time (`pace.py`); this many keeps
a source with several servers busy without holding more pages in memory."""

MAX_STEPS = 100
"""The most pages of one walk. A board's hundred newest pages reach back further than posts are
kept."""

OVERLAP = timedelta(days=1)
"""A walk goes back this far behind the last one: comments held for moderation come out late."""

_INDEXES = frozenset(
    {PageKind.FEED, PageKind.SITEMAP, PageKind.SECTION, PageKind.BOARD, PageKind.TIMELINE}
)
_SEEDS_ONLY = _INDEXES - {PageKind.SITEMAP}
"""Rows of these kinds come from sources.yaml; one that no longer stands there is left alone."""

_WALKED = frozenset({PageKind.SECTION, PageKind.BOARD, PageKind.COMMENTS, PageKind.TIMELINE})
"""Kinds whose further pages are steps of a walk (see `targets.py`)."""


class SourceSpider(Spider, Generic[SourceT]):
    """Reads one source. A subclass says where to start and which reader reads which page."""

    name = "source"
    terms: ClassVar[ChannelTerms]
    max_steps: ClassVar[int] = MAX_STEPS

    def __init__(self, visit: Visit, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.visit = visit
        self._queue: deque[Target] = deque()
        self._late: deque[Target] = deque()
        self._taken: set[str] = set()
        self._in_flight: dict[str, Target] = {}
        self._walks: dict[str, tuple[str, ...]] = {}
        self._tries: Counter[str] = Counter()
        self._robots_closed: set[str] = set()
        self._ended = False
        self._changed = asyncio.Event()

    @property
    def source(self) -> SourceT:
        """The entry of sources.yaml."""
        return self.visit.source  # type: ignore[return-value]

    # What a kind of channel decides

    @abstractmethod
    def seeds(self) -> Iterable[Link]:
        """The pages where reading starts, the most important first."""

    @abstractmethod
    def read(self, target: Target, page: Page) -> Harvest:
        """Read a page with the reader of its kind.

        Raises:
            ReadError: it is not what its kind should be.
        """

    def address_of(self, target: Target) -> str:
        """The address to ask for; a kind of channel may narrow it to what is new."""
        return target.url

    def credentials(self, target: Target) -> dict[str, str]:
        """Headers that let this request in, from `visit.keys`.

        They are sent to the servers of the source's own addresses alone, and dropped when one
        of them redirects to another.
        """
        return {}

    def may_ask(self) -> bool:
        """Whether the channel's allowance lasts for one more request; if not, `end_visit` tells."""
        return True

    def meaning(self, target: Target, response: Response) -> Meaning | None:
        """What an answer's status means, None for success; some APIs say more in the body."""
        return meaning_of_status(response.status)

    async def get_ready(self) -> None:
        """Do what must come before a page is asked for, such as a log-in; may end the visit."""

    def ends_visit(self, failed: PageFailed) -> bool:
        """Whether nothing more is asked after such a failure: a key that is wrong stays wrong."""
        return failed.problem == "unauthorised" and bool(self.visit.keys)

    def comes_late(self, target: Target) -> bool:
        """Whether a page is asked for only when no other page is due."""
        return False

    def gains_comments(self, target: Target) -> bool:
        """Whether such a page can gain comments after it was read."""
        return target.kind in (PageKind.COMMENTS, PageKind.THREAD)

    def is_thread(self, target: Target) -> bool:
        """Whether replies on this page stand with what they answer."""
        return True

    def fields(self, target: Target) -> frozenset[str]:
        """What such a page usually gives (`layout.py`); nothing where there is no layout."""
        if target.step:
            # The last page of a walk may well be empty.
            return frozenset()
        fields = EXPECTED.get(target.kind, frozenset())
        old = target.row.discovered_at <= self.visit.clock.now() - OVERLAP
        if target.kind is PageKind.ARTICLE and old and self.gains_comments(target):
            fields |= {COMMENTS}
        return fields

    def walks(self, target: Target) -> bool:
        """Whether further pages of this one are steps of a walk, not rows of their own."""
        return target.kind in _WALKED

    def expects(self, target: Target, status: int) -> bool:
        """Whether an answer with this status is for the reader although it is an error."""
        return False

    def accept(self, failed: PageFailed) -> PageRead | PageFailed:
        """A last word on a page that failed: some kinds expect that."""
        return failed

    def as_read(self, failed: PageFailed, harvest: Harvest | None = None) -> PageRead:
        """A page whose failure is none for this kind: it counts as read."""
        answer = Answer(failed.target.url, failed.status or 0, self.visit.clock.now())
        return PageRead(failed.target, answer, harvest, failed.further)

    # Which page comes next

    async def start(self) -> AsyncIterator[Request]:
        visit = self.visit
        seeds = tuple(self.seeds())
        visit.keeper.seeds = frozenset(link.url for link in seeds)
        visit.state.add_pages(visit.source.name, seeds)
        while (target := await self._next()) is not None:
            await self.get_ready()
            if self._ended:
                self._release(target)
            else:
                yield self._request(target)

    def closed(self, reason: str) -> None:
        """Called by Scrapy when the visit is over."""
        self.visit.interrupted = reason == "shutdown"

    async def _next(self) -> Target | None:
        while True:
            if len(self._in_flight) < MAX_IN_FLIGHT:
                target = self._take()
                if target is not None:
                    self._in_flight[target.row.url] = target
                    return target
                if not self._in_flight:
                    return None
            self._changed.clear()
            await self._changed.wait()

    def _take(self) -> Target | None:
        """The next page that may be asked for now, None when there is none."""
        visit = self.visit
        if self._ended or visit.requests >= visit.max_pages or not self.may_ask():
            return None
        if visit.allowance.is_used_up():
            self._rest_till_tomorrow()
            return None
        while (target := self._pop(self._queue)) is None:
            if not self._refill():
                # What is under way may still find pages that come before the late ones.
                return None if self._in_flight else self._pop(self._late)
        return target

    def _pop(self, queue: deque[Target]) -> Target | None:
        while queue:
            target = queue.popleft()
            if not self._is_closed(server_of(target.url)):
                return target
        return None

    def _refill(self) -> bool:
        """Take due pages that this visit has not seen from the frontier; whether any may come now.

        Index pages come first: they are few, and what they find is newest.
        """
        visit = self.visit
        rows = visit.state.due_pages(
            visit.source.name,
            visit.clock.now() + visit.horizon,
            len(self._taken) + visit.max_pages,
        )
        order = {link.url: place for place, link in enumerate(self.seeds())}
        fresh = [
            row
            for row in rows
            if row.url not in self._taken and (row.url in order or row.kind not in _SEEDS_ONLY)
        ]
        self._taken.update(row.url for row in fresh)
        fresh.sort(key=lambda row: order.get(row.url, len(order) + (row.kind not in _INDEXES)))
        for target in map(Target.of, fresh):
            (self._late if self.comes_late(target) else self._queue).append(target)
        return bool(self._queue)

    def end_visit(self, problem: str, failure: Failure, until: datetime) -> None:
        """Ask nothing more in this visit, and leave the source alone until then."""
        if self.visit.rest_until is None:
            self._ended = True
            self.visit.rest_until = until, problem
            self._count_failure(problem, failure)

    def _rest_till_tomorrow(self) -> None:
        """The channel's terms allow no more requests today."""
        tomorrow = local_day(self.visit.clock.now()) + timedelta(days=1)
        self.end_visit("quota_used_up", Failure.PASSING, from_micros(day_start(tomorrow)))

    def look_again(self, urls: Iterable[str]) -> None:
        """Let rows that this visit has seen be taken once more."""
        self._taken.difference_update(urls)

    def _is_closed(self, server: str) -> bool:
        """Whether a server is left to a later visit."""
        pace = self.visit.pace
        if pace.rests_long(server):
            self.visit.resting[server] = pace.wait(server)
        return server in self.visit.resting or server in self._robots_closed

    def _request(self, target: Target) -> Request:
        self.visit.requests += 1
        self.visit.allowance.take()
        row = target.row
        headers: dict[str, str] = {}
        if target.step == 0 and self._still_holds(target):
            headers = conditions(row.etag, row.last_modified)
        url = self.address_of(target)
        credentials = self.credentials(target)
        if credentials and origin_of(url) not in map(origin_of, self.source.urls()):
            credentials = {}
        return Request(
            url,
            headers=headers | credentials,
            callback=self.parse,
            errback=self.parse_error,
            cb_kwargs={"target": target},
            meta={"langnghe_target": target, CREDENTIALS_META: tuple(credentials)},
            dont_filter=True,
        )

    def _still_holds(self, target: Target) -> bool:
        """Whether what is known of a page was read with today's configuration, and is enough."""
        last = target.row.last_visit
        if target.row.url in self.visit.to_confirm:
            return False
        return last is not None and last >= self.visit.configured_at

    async def ask(self, request: Request) -> Response | None:
        """Ask for what is no page: a log-in, or what a server allows. Redirects are not followed.

        None: there was no answer, which is counted as a failure of this visit.
        """
        self.visit.requests += 1
        self.visit.allowance.take()
        request.meta["dont_redirect"] = True
        try:
            return await self.crawler.engine.download_async(request)
        except Exception as error:  # noqa: BLE001  whatever it is, it must not end the visit
            if (meaning := self._meaning_of_error(error)) is not None:
                self._count_failure(*meaning[:2])
            return None

    # What came of it

    def parse(self, response: Response, target: Target) -> Iterator[PageRead | PageFailed]:
        yield from self._settled(target, self._judge(response, target))

    def parse_error(self, failure: TwistedFailure) -> Iterator[PageRead | PageFailed]:
        target: Target = failure.request.meta["langnghe_target"]  # type: ignore[attr-defined]
        yield from self._settled(target, self._judge_error(failure.value or Exception(), target))

    def _settled(
        self, target: Target, result: PageRead | PageFailed | None
    ) -> Iterator[PageRead | PageFailed]:
        """Hand a result to the pipeline, or release a page that stays due."""
        if isinstance(result, PageFailed):
            self._tries[target.url] += 1
            server = server_of(target.url)
            if (
                may_pass(result.problem)
                and self._tries[target.url] < TRIES
                and not self._is_closed(server)
            ):
                self._release(target, again=target)
                return
            result = self.accept(replace(result, further=self._walks.get(target.row.url, ())))
        if result is None:
            self._release(target)
        else:
            yield result

    def _judge(self, response: Response, target: Target) -> PageRead | PageFailed | None:
        visit, now = self.visit, self.visit.clock.now()
        headers = plain_headers(response.headers)
        answer = Answer(response.url, response.status, now)
        if response.status == 304 and target.step == 0:
            visit.not_modified += 1
            return self._unchanged(target, answer)
        meaning = self.meaning(target, response)
        if meaning is not None and not self.expects(target, response.status):
            wish = asked_wait(headers, now)
            return self._failed(
                target, *meaning, response.status, None if wish is None else now + wish
            )
        body = response.body
        if not is_text(headers.get("content-type", ""), body, target.kind):
            return self._failed(
                target, "not_text", Failure.HARD, RejectReason.MALFORMED, response.status
            )
        etag, date = validators(headers, body, visit.ids, visit.configuration)
        answer = Answer(response.url, response.status, now, etag, date)
        if target.step == 0 and target.row.etag == etag and self._still_holds(target):
            return self._unchanged(target, answer)
        return self._read(target, Page(response.url, body, now, response.status, headers), answer)

    def _read(self, target: Target, page: Page, answer: Answer) -> PageRead | PageFailed:
        try:
            harvest = self.read(target, page)
        except ReadError as error:
            return self._failed(target, error.key, Failure.SOFT, error.reason, answer.status)
        except Exception as error:  # noqa: BLE001  one page must not end the visit
            # Neither the message nor the values of variables may get into the log.
            logger.error(  # noqa: TRY400
                "%s: a %s page could not be read: %s",
                self.source.name,
                target.kind,
                describe_error(error),
            )
            return self._failed(
                target, "internal_error", Failure.SOFT, RejectReason.MALFORMED, answer.status
            )
        further = self._walks.pop(target.row.url, ())
        steps = self._steps(target, harvest) if self.walks(target) else ()
        room = target.step + len(further) < self.max_steps
        further += steps if room else ()
        fields = self.fields(target)
        return PageRead(
            target,
            answer,
            harvest,
            further,
            cut=self._is_cut(target, harvest, steps if room else ()),
            only_if_new=target.is_list and target.row.last_visit is not None,
            gains_comments=self.gains_comments(target),
            is_thread=self.is_thread(target),
            found=found_in(harvest, target.kind, fields),
            sketch=sketch_of(page) if fields else {},
        )

    def _is_cut(self, target: Target, harvest: Harvest, steps: tuple[str, ...]) -> bool:
        """Whether further pages are left out that may hold posts young enough to be kept."""
        if not self.walks(target):
            return any(link.kind is target.kind for link in harvest.links)
        moments = [item.published.at for item in harvest.items if item.published is not None]
        if moments and max(moments) < self.visit.clock.now() - self.visit.retention:
            return False
        return len(steps) < sum(link.kind is target.kind for link in harvest.links)

    def _unchanged(self, target: Target, answer: Answer) -> PageRead:
        return PageRead(target, answer, None, gains_comments=self.gains_comments(target))

    def _steps(self, target: Target, harvest: Harvest) -> tuple[str, ...]:
        """The further pages of a walk that this page names."""
        if not self._reaches_back(target, harvest):
            return ()
        return tuple(
            link.url
            for link in harvest.links
            if link.kind is target.kind and self.visit.fence.refusal(link.url) is None
        )

    def _reaches_back(self, target: Target, harvest: Harvest) -> bool:
        """Whether older posts are still wanted: a walk goes back to where the last one began."""
        moments = [item.published.at for item in harvest.items if item.published is not None]
        if target.kind not in (PageKind.TIMELINE, PageKind.COMMENTS) or target.origin is not None:
            return True
        return bool(moments) and max(moments) >= self.since(target)

    def since(self, target: Target) -> datetime:
        """What was published before this moment is known, or too old to be kept."""
        last, now = target.row.last_visit, self.visit.clock.now()
        if last is None or not self._still_holds(target):
            return now - self.visit.retention
        return max(last - OVERLAP, now - self.visit.retention)

    def _judge_error(self, error: BaseException, target: Target) -> PageFailed | None:
        meaning = self._meaning_of_error(error)
        return None if meaning is None else self._failed(target, *meaning)

    def _meaning_of_error(self, error: BaseException) -> Meaning | None:
        """What a missing answer means; None where it is the server's rest, or robots.txt's."""
        visit = self.visit
        if isinstance(error, ServerRestingError):
            # When a crawl is being ended, short waits are given up as well: no news of a server.
            self._is_closed(error.server)
            return None
        if isinstance(error, RobotsUnreachableError):
            self._robots_closed.add(error.server)
            visit.resting.setdefault(error.server, visit.pace.wait(error.server))
            self._count_failure(error.problem, Failure.SOFT)
            return None
        if isinstance(error, RefusedError):
            visit.refused[error.refusal] += 1
        problem, failure, reason = meaning_of_error(error)
        if problem == "internal_error":
            logger.error(
                "%s: a request failed: %s",
                self.source.name,
                describe_error(error),
            )
        return problem, failure, reason

    @staticmethod
    def _failed(
        target: Target,
        problem: str,
        failure: Failure,
        reason: RejectReason | None = None,
        status: int | None = None,
        retry_at: datetime | None = None,
    ) -> PageFailed:
        return PageFailed(target, problem, failure, status, reason, retry_at)

    # Called by the pipeline

    def followable(self, read: PageRead) -> list[Link]:
        """The links of a page that may become rows of the frontier; counts those refused."""
        visit = self.visit
        harvest = read.harvest or Harvest()
        oldest = visit.clock.now() - visit.retention
        links = []
        walks = self.walks(read.target)
        for link in harvest.links:
            if walks and link.kind is read.target.kind:
                continue
            if link.changed is not None and link.changed < oldest:
                continue
            refusal = visit.fence.refusal(link.url)
            if refusal is None:
                links.append(link)
            else:
                visit.refused[refusal] += 1
        return links

    def page_kept(self, read: PageRead, kept: Kept) -> None:
        """Go on after a page was kept: to the next step of its walk, or to another page."""
        self.visit.pages += 1
        if kept.walk_ended:
            self._release(read.target)
            return
        self._go_on(read.target, read.further, read.target.first or read.answer)

    def _go_on(self, target: Target, steps: tuple[str, ...], first: Answer) -> None:
        """Take the next step of a walk."""
        url, *rest = steps
        self._walks[target.row.url] = tuple(rest)
        self._release(target, again=target.further(url, first))

    def page_failed(self, failed: PageFailed) -> None:
        """Go on after a failure was noted."""
        self.visit.failed_pages += 1
        self._count_failure(failed.problem, failed.failure)
        self._ended = self._ended or self.ends_visit(failed)
        rest = self._walks.pop(failed.target.row.url, ())
        if rest and failed.failure is Failure.HARD and failed.target.first is not None:
            # One step that is not there does not end the walk.
            self._go_on(failed.target, rest, failed.target.first)
        else:
            self._release(failed.target)

    def page_lost(self, target: Target) -> None:
        """Go on after a page could not be kept: it stays due."""
        self._count_failure("internal_error", Failure.SOFT)
        self._release(target)

    def source_lost(self, target: Target) -> None:
        """End the visit: the source is another collector's by now, and so is this page."""
        self._ended = True
        self._release(target)

    def _count_failure(self, problem: str, failure: Failure) -> None:
        self.visit.problems[problem] += 1
        self.visit.worst = max(self.visit.worst, failure.value)

    def _release(self, target: Target, again: Target | None = None) -> None:
        self._in_flight.pop(target.row.url, None)
        if again is not None:
            self._queue.appendleft(again)
        self._changed.set()


def links(urls: Sequence[str], kind: PageKind) -> Iterator[Link]:
    """The same kind of page at several addresses."""
    return (Link(url, kind) for url in urls)
