"""When a source's time has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from langnghe.core.settings import Source
from langnghe.store.crawlstate import CrawlState, RunStatus


def next_due(state: CrawlState, source: Source, every_minutes: int) -> datetime | None:
    """When a source is to be read next; None: at once.

    A visit that was cut off is taken up at once; one whose server asked us to wait, or that
    keeps failing, is left alone until then. `every_minutes` counts from the last attempt, where
    the source has no interval of its own.
    """
    known = state.source_state(source.name)
    if known.last_attempt is None:
        return known.backoff_until
    runs = state.recent_runs(source.name, 1)
    if runs and runs[0].status is RunStatus.INTERRUPTED:
        return known.backoff_until
    regular = known.last_attempt + timedelta(minutes=source.every_minutes or every_minutes)
    return regular if known.backoff_until is None else max(regular, known.backoff_until)


def is_due(state: CrawlState, source: Source, every_minutes: int, now: datetime) -> bool:
    """Whether a source's time has come."""
    due = next_due(state, source, every_minutes)
    return due is None or due <= now
