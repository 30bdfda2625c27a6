"""When a page is looked at again.

Seeds (feeds, sitemaps, index pages, boards, timelines named in `sources.yaml`) are asked at
every visit of their source. Pages with comments are asked more rarely as they grow old, because
nine comments in ten come within days; articles once more, for the corrections of their first
day. All of it with validators, so that what has not changed costs one short answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from langnghe.crawler.items import PageKind

CORRECTED_AFTER = timedelta(days=1)
"""When an article is looked at a second and last time."""

_TALK = (
    (timedelta(days=1), timedelta(0)),
    (timedelta(days=7), timedelta(hours=6)),
    (timedelta(days=21), timedelta(days=1)),
)
"""For pages with comments: up to this age, ask again after this long (0: at every visit)."""

_OLD_TALK = timedelta(days=4)


def next_visit(
    kind: PageKind,
    *,
    first_seen: datetime,
    now: datetime,
    window: timedelta,
    changed: datetime | None = None,
    seed: bool = False,
    gains_comments: bool = False,
) -> datetime | None:
    """When a page that was just read is due again, None for never.

    `window` is how long after it was first seen a page is still looked at. `changed` is what an
    index said of the page's last change. `seed`: it stands in sources.yaml. `gains_comments`:
    comments may come to it after it was read.
    """
    age = now - first_seen
    if seed:
        return now
    if kind is PageKind.SITEMAP:
        # Where its index says when it last changed, a new date makes it due.
        return now if changed is None else None
    if age > window:
        return None
    if not gains_comments:
        return first_seen + CORRECTED_AFTER if age < CORRECTED_AFTER else None
    for until, interval in _TALK:
        if age <= until:
            return now + interval
    return now + _OLD_TALK
