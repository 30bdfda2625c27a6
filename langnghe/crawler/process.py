"""One crawl: all given sources at once, in this process, to its end.

Scrapy's reactor cannot be started twice in one process, so the command line starts a process
for each crawl (`python -m langnghe crawl`). One source that fails never stops the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from filelock import FileLock, Timeout
from pydantic import SecretStr
from scrapy.crawler import AsyncCrawlerProcess

from langnghe.core.clock import Clock, local_day
from langnghe.core.errors import NotReadyError
from langnghe.core.home import Home
from langnghe.core.logs import describe_error, open_log
from langnghe.core.models import Channel
from langnghe.core.secrets import SecretError, Secrets
from langnghe.core.settings import FileSource, Source
from langnghe.crawler.due import is_due
from langnghe.crawler.guard import Fence
from langnghe.crawler.importing import import_source
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.logs import LOG_FILE
from langnghe.crawler.pace import Pace
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.redirects import origin_of
from langnghe.crawler.report import CrawlReport, SourceReport, by_outcome, by_reason
from langnghe.crawler.rests import RATE_LIMITED, known_pace, rest_of
from langnghe.crawler.settings import scrapy_settings
from langnghe.crawler.sharing import Collecting, Share, open_collecting
from langnghe.crawler.spiders.registry import SPIDERS
from langnghe.crawler.standing import pages_to_confirm
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.crawler.terms import ChannelTerms, kept_days, least_delay
from langnghe.crawler.visit import (
    Allowance,
    HttpSource,
    Progress,
    Visit,
    configured_at,
)
from langnghe.crawler.watching import watch
from langnghe.store.crawlstate import CrawlState, Failure, RunStatus

logger = logging.getLogger(__name__)

NO_KEY = "no_key"
"""The problem of a source that names a key which is not there: it is asked nothing."""

FAR_AHEAD = timedelta(days=366)
"""A crawl that is asked for by hand looks at every page that is looked at at all."""


def crawl(
    home: Home,
    sources: Sequence[Source],
    clock: Clock,
    *,
    only_due: bool = False,
    progress: Progress | None = None,
) -> CrawlReport:
    """Read sources and keep what they say. Call it once in a process.

    `only_due` leaves out sources whose time has not come (`is_due`), and of the others the
    pages whose time has not come. Without it every given source is read, except one whose
    server asked us to wait.

    Raises:
        NotReadyError: another crawl of this home is running.
        ConfigError: topics.yaml or places.yaml cannot be read.
    """
    with _only_crawl(home), _logging(home), open_collecting(home, clock) as stores:
        stores.close_dead_runs()
        now = clock.now()
        chosen = [
            source
            for source in sources
            if source.enabled
            and (
                is_due(stores.crawl, source, home.settings.crawl, now)
                if only_due
                else rest_of(stores.crawl, source, now) is None
            )
        ]
        resting = list(_resting_reports(stores.crawl, sources, chosen, now))
        if not chosen:
            return CrawlReport(tuple(resting))
        batch = _Batch(home, clock, stores, Preparation.of(home), only_due, progress)
        reports = [batch.import_files(one) for one in chosen if isinstance(one, FileSource)]
        reports += batch.run([one for one in chosen if isinstance(one, HttpSource)])
        order = {source.name: place for place, source in enumerate(sources)}
        reports += resting
        return CrawlReport(tuple(sorted(reports, key=lambda one: order[one.source])))


def read_aside(
    home: Home, source: HttpSource, clock: Clock, stores: Collecting, progress: Progress
) -> SourceReport:
    """Read one source whatever its schedule, into `stores`. Call it once in a process.

    Raises:
        NotReadyError: a crawl of this home is running.
        ConfigError: topics.yaml or places.yaml cannot be read.
    """
    with _only_crawl(home), _logging(home):
        batch = _Batch(home, clock, stores, Preparation.of(home), only_due=False, progress=progress)
        return batch.run([source])[0]


def _is_resting(state: CrawlState, source: Source, now: datetime) -> bool:
    until = state.source_state(source.name).backoff_until
    return until is not None and until > now


def _resting_reports(
    state: CrawlState, sources: Sequence[Source], chosen: Sequence[Source], now: datetime
) -> Iterator[SourceReport]:
    """Reports on sources that are left alone for a while, so that nobody takes it for calm."""
    for source in sources:
        known = state.source_state(source.name)
        if source.enabled and source not in chosen and _is_resting(state, source, now):
            yield SourceReport(
                source=source.name,
                status=RunStatus.FAILED,
                problems={known.last_problem or "server_error": 1},
                retry_at=known.backoff_until,
            )


@contextmanager
def _only_crawl(home: Home) -> Iterator[None]:
    """Hold the home's crawl lock: two crawls would ask one server twice as fast."""
    lock = FileLock(home.root / "crawl.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise NotReadyError(
            f"Thư mục {home.root} đang được thu thập bởi một tiến trình khác. Hãy chờ tiến trình "
            "đó xong rồi chạy lại."
        ) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _logging(home: Home) -> Iterator[None]:
    """Write the log of this crawl; nothing of it goes to the screen."""
    root = logging.getLogger()
    handler = open_log(home.logs / LOG_FILE)
    level, handlers = root.level, root.handlers[:]
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        handler.close()


class _Process(AsyncCrawlerProcess):
    """Scrapy's process; asked to end, it lets go what waits for a server's turn."""

    def __init__(self, settings: dict[str, Any], pace: Pace) -> None:
        super().__init__(settings)
        self._pace = pace

    async def stop(self) -> None:
        self._pace.stop()
        await super().stop()


@dataclass
class _Batch:
    """The sources of one crawl."""

    home: Home
    clock: Clock
    stores: Collecting
    preparation: Preparation
    only_due: bool
    progress: Progress | None
    _allowances: dict[Channel, Allowance] = field(default_factory=dict)

    def import_files(self, source: FileSource) -> SourceReport:
        """Import a source's files; a failure is reported like that of any other source."""
        try:
            return import_source(self.home, source, self.clock, self.stores, self.preparation)
        except Exception:  # noqa: BLE001  the log has it; the other sources go on
            return SourceReport(
                source=source.name, status=RunStatus.FAILED, problems={"unreadable": 1}
            )

    def run(self, sources: Sequence[HttpSource]) -> list[SourceReport]:
        """Read all sources that are read over HTTP, each as far as it goes."""
        if not sources:
            return []
        pace = known_pace(self.stores.crawl, self.home.sources, self.clock.now())
        process = _Process(scrapy_settings(self.home.settings.crawl), pace)
        share = Share(self.stores, sources, self._is_due, pace)
        visits: list[Visit] = []
        reports: dict[str, SourceReport] = {}

        async def read_on() -> None:
            while not pace.stopping and (source := share.take()) is not None:
                try:
                    visits.append(visit := self._prepare_visit(source, pace, share))
                    reports[source.name] = await self._visit(process, visit, share)
                except Exception as error:  # noqa: BLE001  the other sources go on
                    _log_fault(source, error)
                    reports[source.name] = SourceReport(
                        source=source.name,
                        status=RunStatus.FAILED,
                        problems={"internal_error": 1},
                    )
                share.give_back(source)

        everything = asyncio.get_event_loop().create_task(self._read_all(read_on, share))
        process.start(stop_after_crawl=False)
        everything.cancel()
        for visit in visits:
            # A second signal ends the reactor at once, in the middle of visits.
            if visit.source.name not in reports:
                visit.interrupted = True
                reports[visit.source.name] = self._finish(visit, RunStatus.INTERRUPTED, None, share)
                share.give_back(visit.source)
        if everything.done() and not everything.cancelled():
            # Raises what kept sources from being read at all, such as a database that is gone.
            everything.result()
        return list(reports.values())

    def _is_due(self, source: Source) -> bool:
        """Whether a source that was due when the crawl began is so still."""
        settings, now = self.home.settings.crawl, self.clock.now()
        return not self.only_due or is_due(self.stores.crawl, source, settings, now)

    async def _read_all(self, read_on: Callable[[], Awaitable[None]], share: Share) -> None:
        from twisted.internet import reactor

        alive = asyncio.get_event_loop().create_task(share.keep_alive())
        try:
            await asyncio.gather(*(read_on() for _ in range(share.at_once)))
        finally:
            alive.cancel()
            # Scrapy stops the reactor itself after a signal.
            with suppress(RuntimeError):
                reactor.stop()  # type: ignore[misc]

    async def _visit(self, process: _Process, visit: Visit, share: Share) -> SourceReport:
        if not visit.keys.keys() >= {*visit.source.secrets()}:
            visit.problems[NO_KEY] += 1
            visit.worst = Failure.HARD.value
            return self._finish(visit, RunStatus.FAILED, NO_KEY, share)
        spider = SPIDERS[visit.source.channel]
        try:
            await process.crawl(spider, visit=visit)
        except Exception as error:  # noqa: BLE001  the other sources go on
            _log_fault(visit.source, error)
            return self._finish(visit, RunStatus.FAILED, "internal_error", share)
        return self._finish(visit, *_status(visit), share)

    def _prepare_visit(self, source: HttpSource, pace: Pace, share: Share) -> Visit:
        settings, state, now = self.home.settings, self.stores.crawl, self.clock.now()
        configuration = self.preparation.configuration
        terms = SPIDERS[source.channel].terms
        days = kept_days(terms, source, settings.retention_days)
        keeper = Keeper(
            self.stores.database,
            self.stores.posts,
            state,
            self.preparation,
            self.clock,
            source,
            terms,
            state.begin_run(source.name),
            timedelta(days=settings.crawl.page_window_days),
            share.hold,
        )
        return Visit(
            source=source,
            keeper=keeper,
            state=state,
            clock=self.clock,
            pace=pace,
            fence=Fence.of(source),
            ids=self.home.ids,
            progress=self.progress or _no_progress,
            delay=least_delay(terms, source, settings.crawl.delay_seconds),
            max_pages=source.max_pages_per_visit or settings.crawl.max_pages_per_visit,
            horizon=timedelta(0) if self.only_due else FAR_AHEAD,
            retention=timedelta(days=days),
            configuration=configuration,
            configured_at=configured_at(state, source.name, configuration, now),
            keys=_keys(self.home, source),
            youtube=settings.youtube,
            to_confirm=pages_to_confirm(self.stores.posts, state, source, terms, now),
            allowance=self._allowance(source, terms, now),
            robots_exempt=frozenset(map(origin_of, source.urls()))
            if terms.robots_exempt
            else frozenset(),
        )

    def _allowance(self, source: HttpSource, terms: ChannelTerms, now: datetime) -> Allowance:
        """What the channel's sources may ask today, all together."""
        if source.channel not in self._allowances:
            of_channel = [one.name for one in self.home.sources if one.channel is source.channel]
            asked = self.stores.crawl.requests_on(local_day(now), of_channel)
            most = terms.rate.most_a_day
            self._allowances[source.channel] = Allowance(None if most is None else most - asked)
        return self._allowances[source.channel]

    def _finish(
        self, visit: Visit, status: RunStatus, problem: str | None, share: Share
    ) -> SourceReport:
        state, now = self.stores.crawl, self.clock.now()
        if share.lost(visit.source.name):
            # Whoever has it now has closed this run, and goes on from the last page that was kept.
            return SourceReport(source=visit.source.name, status=RunStatus.INTERRUPTED)
        run = state.finish_run(
            visit.keeper.run,
            requests=visit.requests,
            not_modified=visit.not_modified,
            status=status,
            problem=problem,
            failure=Failure(visit.worst or Failure.SOFT.value),
        )
        known = state.source_state(visit.source.name).backoff_until
        wish = now + max(visit.resting.values(), default=timedelta(0))
        if wish > now and (known is None or wish > known):
            state.back_off(visit.source.name, wish, RATE_LIMITED)
        if visit.rest_until is not None:
            state.back_off(visit.source.name, *visit.rest_until)
        watch(state, run, visit.sighting, visit.keeper.seeds)
        logger.info(
            "%s: %s, %d pages, %d failed, %d requests, %d unchanged, %d items",
            visit.source.name,
            status.value,
            visit.pages,
            visit.failed_pages,
            visit.requests,
            visit.not_modified,
            visit.keeper.tally.total(),
        )
        return SourceReport(
            source=visit.source.name,
            status=status,
            outcomes=by_outcome(visit.keeper.tally),
            rejected=by_reason(visit.keeper.tally),
            pages=visit.pages,
            failed_pages=visit.failed_pages,
            requests=visit.requests,
            not_modified=visit.not_modified,
            deleted=visit.keeper.removed,
            refused={refusal.value: n for refusal, n in visit.refused.items()},
            problems=dict(visit.problems),
            retry_at=state.source_state(visit.source.name).backoff_until,
        )


def _log_fault(source: Source, error: Exception) -> None:
    # A message may hold a text.
    logger.error("%s: %s", source.name, describe_error(error))


def _keys(home: Home, source: HttpSource) -> dict[str, SecretStr]:
    """Those of a source's secrets that can be had; `langnghe doctor` says what ails the others."""
    secrets = Secrets(home)
    found = {}
    for name in source.secrets():
        with suppress(SecretError):
            if (value := secrets.get(name)) is not None:
                found[name] = value
    return found


def _no_progress(_source: str, _page: PageRead | PageFailed) -> None:
    """Where nobody watches."""


def _status(visit: Visit) -> tuple[RunStatus, str | None]:
    """How a visit ended, and the text key of what went wrong most."""
    problem = visit.problems.most_common(1)[0][0] if visit.problems else None
    if visit.interrupted:
        return RunStatus.INTERRUPTED, None
    if visit.resting and problem is None:
        problem = RATE_LIMITED
    if not visit.pages and problem is not None:
        return RunStatus.FAILED, problem
    return RunStatus.FINISHED, problem
