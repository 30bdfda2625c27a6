"""`langnghe doctor --source`: whether one source can be read, by reading its first pages for real.

The way is that of every visit (keys, pace, guard, robots.txt, reader, masking, topics). Only its
end differs: posts go nowhere, and what the crawl remembers lies in a folder that is deleted at
the end. What is asked counts against the platform's allowance, so that is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.core.models import Channel, Outcome, Post
from langnghe.core.secrets import Secrets
from langnghe.crawler.keylife import expiry
from langnghe.crawler.process import read_aside
from langnghe.crawler.report import SourceReport
from langnghe.crawler.rests import rest_of
from langnghe.crawler.sharing import Collecting, open_collecting
from langnghe.crawler.spiders.youtube import pacific_day
from langnghe.crawler.targets import PageFailed, PageRead
from langnghe.crawler.visit import HttpSource
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.posts.interface import StoredPost

PAGES = 3
"""A feed and two articles; or a page of comments, the titles of its videos, a page of replies."""


@dataclass(frozen=True, slots=True)
class Step:
    """One answer."""

    asked: str
    """Host and path of a page that stands in the configuration or was found; of a further step of
    its walk the host alone, since the rest may name a private person's comment."""
    further: bool = False
    """Whether it is such a further step."""
    items: int = 0
    """Posts on the page, whatever becomes of them."""
    status: int | None = None
    problem: str | None = None
    """One of `targets.PROBLEMS`; None: it was read."""


@dataclass(frozen=True, slots=True)
class Smoke:
    """What came of it."""

    steps: tuple[Step, ...]
    report: SourceReport | None
    """None: nothing was asked, see `rests_until` and `missing`."""
    missing: tuple[str, ...] = ()
    """Names of keys that are not there, or must not be used."""
    rests_until: datetime | None = None
    """The server, or the key's allowance, asks to wait until then."""
    key_ends: datetime | None = None
    """When the source's key ends, where its platform says so."""
    units: Mapping[str, int] = field(default_factory=dict)
    """Units of the daily allowance that today's requests took so far, by key that has one."""

    @property
    def is_well(self) -> bool:
        """Whether pages were read and none failed."""
        return self.report is not None and bool(self.steps) and not self.report.problems


def smoke(home: Home, source: HttpSource, clock: Clock) -> Smoke:
    """Ask a source's first pages and keep nothing. Call it once in a process.

    Raises:
        NotReadyError: a crawl of this home is running.
        ConfigError: topics.yaml or places.yaml cannot be read.
    """
    now = clock.now()
    steps: list[Step] = []

    def note(_source: str, page: PageRead | PageFailed) -> None:
        steps.append(_step(page))

    with open_collecting(home, clock) as real:
        rest = rest_of(real.crawl, source, now)
        if rest is not None:
            return Smoke((), None, rests_until=now + rest)
        day = pacific_day(now)
        before = {key: real.crawl.api_use.used(key, day) for key in source.secrets()}
        with TemporaryDirectory(dir=home.root, prefix=".trial-") as folder:
            database = Database(Path(folder) / "trial.db")
            try:
                trial = Collecting(database, Nowhere(), CrawlState(database, clock))
                for key, units in before.items():
                    trial.crawl.api_use.add(key, day, units)
                few = source.model_copy(update={"max_pages_per_visit": PAGES})
                report = read_aside(home, few, clock, trial, note)
                ends = expiry(trial.crawl, source.name)
                after = {key: trial.crawl.api_use.used(key, day) for key in before}
            finally:
                database.close()
        for key, units in after.items():
            if units > before[key]:
                real.crawl.api_use.add(key, day, units - before[key])
    missing = tuple(key for key in source.secrets() if Secrets(home).trouble(key))
    used = {key: units for key, units in after.items() if units}
    return Smoke(tuple(steps), report, missing, key_ends=ends, units=used)


def _step(page: PageRead | PageFailed) -> Step:
    parts, further = urlsplit(page.target.url), page.target.step > 0
    asked = parts.netloc if further else f"{parts.netloc}{parts.path}"
    if isinstance(page, PageFailed):
        return Step(asked, further, status=page.status, problem=page.problem)
    items = len(page.harvest.items) if page.harvest is not None else 0
    return Step(asked, further, items, page.answer.status)


class Nowhere:
    """A `PostSink` that keeps nothing."""

    def put(self, posts: Sequence[Post]) -> list[Outcome]:
        return [Outcome.STORED for _ in posts]

    def get(self, ids: Sequence[str]) -> list[StoredPost]:
        return []

    def differing(self, texts: Mapping[str, str]) -> list[str]:
        return []

    def see(self, source: str, page: str, ids: Collection[str]) -> None:
        """Nothing is there to be seen again."""

    def missed(
        self, source: str, page: str, before: datetime, threads: Collection[str] = ()
    ) -> list[str]:
        return []

    def unconfirmed(self, channel: Channel, source: str, before: datetime) -> frozenset[int]:
        return frozenset()

    def forget(self, ids: Collection[str]) -> int:
        return 0
