from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from langnghe.crawler.items import PageKind
from langnghe.crawler.revisits import next_visit

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
WINDOW = timedelta(days=60)


def _next(kind: PageKind, age: timedelta, **more: object) -> datetime | None:
    return next_visit(kind, first_seen=NOW - age, now=NOW, window=WINDOW, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(PageKind))
@pytest.mark.parametrize("days", [0, 30, 400])
def test_what_stands_in_the_sources_is_asked_at_every_visit(kind: PageKind, days: int) -> None:
    assert _next(kind, timedelta(days=days), seed=True) == NOW


def test_an_article_is_looked_at_once_more_after_a_day() -> None:
    first = timedelta(minutes=2)
    assert _next(PageKind.ARTICLE, first) == NOW - first + timedelta(days=1)
    assert _next(PageKind.ARTICLE, timedelta(days=1, minutes=3)) is None


def test_a_discussion_is_asked_more_rarely_as_it_grows_old_and_then_no_more() -> None:
    ages = [timedelta(hours=1), timedelta(days=3), timedelta(days=10), timedelta(days=40)]
    waits = []
    for age in ages:
        at = _next(PageKind.THREAD, age, gains_comments=True)
        assert at is not None
        waits.append(at - NOW)
    assert waits == sorted(waits)
    assert waits[0] == timedelta(0)
    assert _next(PageKind.THREAD, timedelta(days=61), gains_comments=True) is None


def test_a_sitemap_within_an_index_that_dates_it_waits_for_a_new_date() -> None:
    assert _next(PageKind.SITEMAP, timedelta(days=1), changed=NOW) is None
    assert _next(PageKind.SITEMAP, timedelta(days=1)) == NOW
