"""What servers and platforms asked of an earlier crawl: to be left alone until some moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from langnghe.core.settings import Source
from langnghe.crawler.pace import Pace, server_of
from langnghe.crawler.visit import HttpSource
from langnghe.store.crawlstate import CrawlState

QUOTA_USED_UP = "quota_used_up"
"""The problem of a source whose key may ask nothing more before the platform's next day."""

RATE_LIMITED = "rate_limited"
"""The problem of a source whose server asked us to wait: not even a person overrules that."""


def rest_of(state: CrawlState, source: Source, now: datetime) -> timedelta | None:
    """How long a source's server still asks us to wait, None where it does not."""
    known = state.source_state(source.name)
    if known.backoff_until is None or known.last_problem not in (RATE_LIMITED, QUOTA_USED_UP):
        return None
    return max(known.backoff_until - now, timedelta(0)) or None


def known_pace(state: CrawlState, sources: Iterable[Source], now: datetime) -> Pace:
    """A pace that knows which servers of these sources asked us to wait."""
    pace = Pace()
    for source in sources:
        rest = rest_of(state, source, now)
        # A quota that is used up is the key's, not the server's.
        quota = state.source_state(source.name).last_problem == QUOTA_USED_UP
        if isinstance(source, HttpSource) and rest and not quota:
            for url in source.urls():
                pace.rest(server_of(url), rest)
    return pace
