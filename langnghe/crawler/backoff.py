"""How long to leave a server alone: what it asks for, else what courtesy asks for.

Pure functions. A server's own wish comes first: `Retry-After` (RFC 9110 §10.2.3, seconds or a
date) and the rate-limit headers in use (`X-RateLimit-Reset` as an epoch, seconds or ISO 8601;
`RateLimit-Reset` as seconds). Without one the wait doubles. How long a source rests after a visit
that failed is `store.crawlstate.retry_delay`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from langnghe.store.crawlstate import LONGEST_WISH

LONGEST_WAIT = timedelta(seconds=60)
"""What a crawl waits for itself; a longer wish is written down and kept by a later crawl."""

FIRST_WAIT = timedelta(seconds=2)
"""After a server's first failure without a wish; doubles with each further one."""

TRIES = 3
"""How often a page is asked for in one visit while its server fails for a passing reason."""

_EPOCH_FROM = 1_000_000_000
"""A reset value this large is a moment, a smaller one a number of seconds from now."""

_EPOCH_MILLISECONDS_FROM = 100_000_000_000


def asked_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What a response asks us to wait, None where it does not say; never negative.

    `headers` have lower-case names. Moments are measured against the server's own `Date`, so
    that a wrong clock on either side does no harm. When several headers speak, the longest
    wait is kept.
    """
    server_now = _http_date(headers.get("date", "")) or now
    waits = [
        wait
        for wait in (
            _retry_after(headers.get("retry-after", ""), server_now),
            _reset(headers.get("x-ratelimit-reset", ""), server_now),
            _reset(headers.get("ratelimit-reset", ""), server_now),
        )
        if wait is not None
    ]
    if not waits:
        return None
    return min(max(*waits, timedelta(0)), LONGEST_WISH)


def used_up(headers: Mapping[str, str]) -> bool:
    """Whether the response says that no further request is allowed until the reset."""
    return any(
        headers.get(name, "").strip() == "0"
        for name in ("x-ratelimit-remaining", "ratelimit-remaining")
    )


def next_wait(failures: int) -> timedelta:
    """The wait after this many failures in a row (from 1) of a server that asks for none."""
    return min(FIRST_WAIT * 2.0 ** min(failures - 1, 10), LONGEST_WAIT)


def _retry_after(value: str, now: datetime) -> timedelta | None:
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value), 10**9))
    moment = _http_date(value)
    return None if moment is None else moment - now


def _reset(value: str, now: datetime) -> timedelta | None:
    value = value.strip()
    try:
        number = float(value)
    except ValueError:
        moment = _iso_date(value) or _http_date(value)
        return None if moment is None else moment - now
    if not 0 <= number < 1e15:
        return None
    if number >= _EPOCH_MILLISECONDS_FROM:
        number /= 1000
    return timedelta(seconds=number - now.timestamp() if number >= _EPOCH_FROM else number)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _iso_date(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
