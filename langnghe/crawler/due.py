"""When a source's time has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from langnghe.core.settings import CrawlSettings, FileSource, Source, WebSource
from langnghe.crawler.schedule import next_visit
from langnghe.store.crawlstate import CrawlState, RunStatus


def next_due(state: CrawlState, source: Source, crawl: CrawlSettings) -> datetime | None:
    """When a source is to be read next; None: at once.

    A visit that was cut off is taken up at once; one whose server asked us to wait, or that
    keeps failing, is left alone until then. Else what the source usually gives decides
    (`schedule.next_visit`), between the shortest and the longest interval that are set.
    """
    known = state.source_state(source.name)
    if known.last_attempt is None:
        return known.backoff_until
    runs = state.recent_runs(source.name, 1)
    if runs and runs[0].status is RunStatus.INTERRUPTED:
        return known.backoff_until
    shortest, longest = limits(source, crawl)
    # A look into a folder costs nothing; and what one visit had no room for waits for the next.
    if isinstance(source, FileSource) or (
        isinstance(source, WebSource)
        and runs
        and runs[0].requests >= (source.max_pages_per_visit or crawl.max_pages_per_visit)
    ):
        longest = shortest
    return next_visit(
        source.name,
        state.habits.get(source.name),
        known.last_attempt,
        known.backoff_until,
        shortest,
        longest,
    )


def is_due(state: CrawlState, source: Source, crawl: CrawlSettings, now: datetime) -> bool:
    """Whether a source's time has come."""
    due = next_due(state, source, crawl)
    return due is None or due <= now


def limits(source: Source, crawl: CrawlSettings) -> tuple[timedelta, timedelta]:
    """The shortest and the longest time between two visits to a source."""
    shortest = source.every_minutes or crawl.every_minutes
    longest = max(shortest, source.longest_minutes or crawl.longest_minutes)
    return timedelta(minutes=shortest), timedelta(minutes=longest)
