"""What terms allow holds for every request, whatever is configured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import FixedClock, local_day
from langnghe.core.models import Channel
from langnghe.core.secrets import Secrets
from langnghe.core.settings import SOURCE, WebSource
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.guard import Fence
from langnghe.crawler.items import PageKind
from langnghe.crawler.keeping import Keeper
from langnghe.crawler.pace import Pace
from langnghe.crawler.preparation import Preparation
from langnghe.crawler.spiders.forum import ForumSpider
from langnghe.crawler.targets import Target
from langnghe.crawler.terms import Rate, least_delay
from langnghe.crawler.visit import Allowance, HttpSource, Visit
from langnghe.store.opening import open_stores
from tests.crawler.channels.youtube_server import KEY, YouTube, youtube_source
from tests.crawler.platforms import Forum, IssoSite, Mastodon, WordPress, sources, story
from tests.crawler.serving import Reply, make_home, run_crawl, serving, stores

BOARDS = [f"https://dien-dan.example.vn/muc-{n}/" for n in range(4)]
ENTRY = {"name": "dien-dan", "title": "Diễn đàn", "channel": "forum", "boards": BOARDS}


def _source(**more: object) -> WebSource:
    source = SOURCE.validate_python(ENTRY | more)
    assert isinstance(source, WebSource)
    return source


@pytest.mark.parametrize(
    ("own", "general", "inside", "expected"),
    [
        (None, 2.0, False, 2.0),
        (None, 0.1, False, 0.5),
        (0.0, 2.0, False, 0.5),
        (3.0, 0.1, False, 3.0),
        (0.0, 2.0, True, 0.0),
        (None, 0.1, True, 0.1),
    ],
)
def test_nobody_asks_faster_than_the_terms_allow(
    own: float | None, general: float, inside: bool, expected: float
) -> None:
    terms = replace(TERMS[Channel.FORUM], rate=Rate(0.5))
    source = _source(delay_seconds=own, allow_private_network=inside)
    assert least_delay(terms, source, general) == expected


@contextmanager
def visiting(folder: Path, clock: FixedClock, **more: object) -> Iterator[ForumSpider]:
    """A spider with its visit, before its first request."""
    home = make_home(folder, [ENTRY])
    source = _source()
    assert isinstance(source, HttpSource)
    with open_stores(home, clock) as opened:
        keeper = Keeper(
            opened.database,
            opened.posts,
            opened.crawl,
            Preparation.of(home),
            clock,
            source,
            TERMS[Channel.FORUM],
            opened.crawl.begin_run(source.name),
        )
        visit = Visit(
            clock=clock,
            pace=Pace(),
            fence=Fence.of(source),
            delay=0.0,
            source=source,
            keeper=keeper,
            state=opened.crawl,
            ids=home.ids,
            progress=lambda _source, _page: None,
            max_pages=50,
            horizon=timedelta(0),
            retention=timedelta(days=90),
            configuration="x",
            configured_at=clock.now() - timedelta(days=30),
            **more,  # type: ignore[arg-type]
        )
        spider = ForumSpider(visit)
        opened.crawl.add_pages(source.name, spider.seeds())
        yield spider


def _ask_all(spider: ForumSpider) -> list[str]:
    asked = []
    while (target := spider._take()) is not None:
        asked.append(spider._request(target).url)
    return asked


def test_the_sources_of_a_channel_share_what_may_be_asked_in_a_day(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    allowance = Allowance(5)
    with visiting(tmp_path / "a", clock, allowance=allowance) as first:
        assert len(_ask_all(first)) == len(BOARDS)
        assert first.visit.rest_until is None
    with visiting(tmp_path / "b", clock, allowance=allowance) as second:
        assert len(_ask_all(second)) == 1
        # The day in Viet Nam ends at 17:00 UTC.
        until = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        assert second.visit.rest_until == (until, "quota_used_up")
        assert second.visit.problems == {"quota_used_up": 1}


def test_requests_are_counted_by_day_and_source(tmp_path: Path) -> None:
    clock = FixedClock(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    with visiting(tmp_path, clock) as spider:
        state = spider.visit.state
        state.finish_run(spider.visit.keeper.run, requests=7, not_modified=0)
        run = state.begin_run("khac")
        state.finish_run(run, requests=2, not_modified=0)
        today = local_day(clock.now())
        clock.advance(timedelta(hours=2))
        state.finish_run(state.begin_run("khac"), requests=40, not_modified=0)
        assert state.requests_on(today, ["dien-dan", "khac"]) == 9
        assert state.requests_on(today, ["khac", "chua-doc"]) == 2
        assert state.requests_on(today + timedelta(days=1), ["dien-dan", "khac"]) == 40


def test_a_page_to_be_confirmed_is_asked_for_without_conditions(tmp_path: Path) -> None:
    clock = FixedClock()
    board = BOARDS[0]
    for to_confirm in (frozenset[str](), frozenset({board})):
        with visiting(tmp_path / str(len(to_confirm)), clock, to_confirm=to_confirm) as spider:
            state = spider.visit.state
            state.finish_page(board, "dien-dan", status=200, next_visit=clock.now(), etag='"alt"')
            page = state.page(board, "dien-dan")
            assert page is not None
            target = replace(Target.of(page), kind=PageKind.COMMENTS)
            request = spider._request(target)
            since = spider.since(target)
        assert ("If-None-Match" in request.headers) != bool(to_confirm)
        whole = since == clock.now() - timedelta(days=90)
        assert whole == bool(to_confirm), "the walk goes back over everything that is kept"


def test_a_timeline_is_read_anew_before_the_limit_of_its_terms(tmp_path: Path) -> None:
    site = Mastodon([story(1), story(2)])
    with serving(site):
        entry = sources(WordPress([]), IssoSite([]), site, Forum([]))[2]
        home = make_home(tmp_path, [entry])
        run_crawl(home)
        site.seen.clear()
        run_crawl(home)
        first, *_ = [one for one in site.seen if "/timelines/" in one.path]
        assert first.conditional
        with stores(home) as opened, opened.database.transaction() as connection:
            connection.execute("UPDATE facet SET seen = seen - 11 * 86400000000")
            (before,) = connection.execute("SELECT min(seen) FROM facet").one()
        site.seen.clear()
        run_crawl(home)
        first, *_ = [one for one in site.seen if "/timelines/" in one.path]
        assert not first.conditional
        with stores(home) as opened, opened.database.read() as connection:
            (after,) = connection.execute("SELECT min(seen) FROM facet").one()
            noted = opened.crawl.noted("mastodon")
        assert after > before + 10 * 86_400_000_000
        assert "rechecked" in json.dumps(noted)


def test_robots_txt_of_a_documented_interface_is_not_asked_for(tmp_path: Path) -> None:
    site, forum = YouTube([story(1)]), Forum([story(2)])
    for server in (site, forum):
        server.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", type="text/plain")
    with serving(site, forum):
        entry = sources(WordPress([]), IssoSite([]), Mastodon([]), forum)[3]
        home = make_home(tmp_path, [youtube_source(site), entry])
        Secrets(home, {}).put("youtube-key", KEY)
        ended = run_crawl(home)
    assert ended["youtube"]["outcomes"]["stored"] == 3
    assert "/robots.txt" not in site.paths(robots=True)
    assert forum.paths(robots=True) == ["/robots.txt"]
    assert ended["forum"]["status"] == "failed"
