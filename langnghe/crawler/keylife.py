"""How long a source's key still lasts, as its platform said when it was last asked.

Kept with what else is remembered of a source (its cursor): moments only, nothing of the key. A week
before the end a notice is opened; it closes when the platform names a later end, as of a new key.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from langnghe.store.crawlstate import CrawlState
from langnghe.store.sourcenotices import Cause, NoticeKind

WARN_AHEAD = timedelta(days=7)
"""A commune gets a new key through an administrator of its page, and that takes days."""

ASK_EVERY = timedelta(days=1)

_ASKED, _EXPIRES = "key_asked", "key_expires"


def should_ask(state: CrawlState, source: str, now: datetime) -> bool:
    """Whether the platform is to be asked again."""
    asked = state.noted_moment(source, _ASKED)
    return asked is None or now - asked >= ASK_EVERY


def note_expiry(state: CrawlState, source: str, now: datetime, expires: datetime | None) -> None:
    """Keep what the platform said; `expires` None: the key does not end, or nothing was said."""
    state.note(source, {_ASKED: now, _EXPIRES: expires})
    if expires is not None and expires - now <= WARN_AHEAD:
        state.notices.open(source, NoticeKind.KEY_EXPIRES, Cause.KEY_EXPIRES, expires)
    else:
        state.notices.close(source, NoticeKind.KEY_EXPIRES)


def expiry(state: CrawlState, source: str) -> datetime | None:
    """When a source's key ends, None where it does not or nothing is known of it."""
    return state.noted_moment(source, _EXPIRES)
