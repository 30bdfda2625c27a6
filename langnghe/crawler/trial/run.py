"""Runs a trial in this process: Scrapy's reactor, hence one trial for each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from scrapy.crawler import AsyncCrawlerProcess

from langnghe.core.clock import Clock
from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home
from langnghe.crawler.guard import STANDARD_PORTS, Fence
from langnghe.crawler.pace import Pace
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.rests import known_pace
from langnghe.crawler.settings import scrapy_settings
from langnghe.crawler.trial.fetching import TrialSpider
from langnghe.crawler.trial.looking import Look
from langnghe.crawler.trial.records import Trial
from langnghe.crawler.visit import Trip
from langnghe.store.opening import open_stores


def try_address(home: Home, url: str, clock: Clock, *, private: bool = False) -> Trial:
    """What would be read at an address; nothing of it is stored. Call it once in a process.

    Args:
        home: its topics, places and pace hold for the trial.
        url: of a page, feed, sitemap, forum or channel; `https://` may be left out.
        clock: tells when the pages were fetched.
        private: whether the address may lie within the own network or machine.

    Raises:
        LangNgheError: it is no address of a page.
        ConfigError: settings.yaml, topics.yaml or places.yaml cannot be read.
    """
    url = url.strip()
    if "://" not in url:
        url = f"https://{url}"
    taken = frozenset(source.name for source in home.sources)
    try:
        look = Look(Preparation.of(home), url, taken=taken, private=private)
        fence = _fence(url, private)
    except ValueError:
        raise LangNgheError(
            "Đây không phải địa chỉ trang web công khai. Hãy chép địa chỉ từ thanh địa chỉ của "
            "trình duyệt, bắt đầu bằng http:// hoặc https://, không kèm tên đăng nhập."
        ) from None
    crawl = home.settings.crawl
    trip = Trip(clock=clock, pace=_pace(home, clock), fence=fence, delay=crawl.delay_seconds)
    with _quiet():
        process = AsyncCrawlerProcess({**scrapy_settings(crawl), "ITEM_PIPELINES": {}})
        process.crawl(TrialSpider, visit=trip, look=look)
        process.start()
    return look.trial()


def _pace(home: Home, clock: Clock) -> Pace:
    """A server that asked a crawl to wait is not asked by a trial either."""
    if not home.database.exists():
        return Pace()
    with open_stores(home, clock) as stores:
        return known_pace(stores.crawl, home.sources, clock.now())


def _fence(url: str, private: bool) -> Fence:
    """The host itself, with and without `www.`: sites send from one to the other."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().removeprefix("www.")
    ports = STANDARD_PORTS | ({parts.port} if parts.port else set())
    return Fence(frozenset({host, f"www.{host}"}), ports, private)


@contextmanager
def _quiet() -> Iterator[None]:
    """Let no library write to the screen or a file what it thinks of a page."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers[:] = [logging.NullHandler()]
    try:
        yield
    finally:
        root.handlers[:] = handlers
