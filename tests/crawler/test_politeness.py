"""One crawl of many servers, each with its own manners; then their own logs are read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from langnghe.core.home import Home
from tests.crawler.serving import (
    DropError,
    Ended,
    Reply,
    Seen,
    Server,
    http_date,
    make_home,
    news_site,
    run_crawl,
    serving,
    source,
    stored_posts,
)
from tests.service import langnghe

ROBOTS = "/robots.txt"
PAGE_1 = "/bai-viet-so-1-ve-mien-dong.html"


class Refusing:
    """The articles of a site, which first refuse, then answer as before."""

    def __init__(self, site: Server, refusal: Callable[[], Reply], times: int = 1) -> None:
        self.refusals: list[float] = []
        self._usual = {path: route for path, route in site.routes.items() if "/bai-viet" in path}
        self._refusal, self._times = refusal, times
        site.routes |= dict.fromkeys(self._usual, self)

    def __call__(self, seen: Seen) -> Reply:
        if len(self.refusals) < self._times:
            self.refusals.append(time.time())
            return self._refusal()
        usual = self._usual[seen.path]
        assert isinstance(usual, Reply)
        return usual


class Crawled:
    """The servers, and what became of the crawl."""

    def __init__(self, folder: Path) -> None:
        self.sites = {
            name: news_site()
            for name in (
                *("plain", "robots_503", "robots_drops", "robots_404", "robots_forbids"),
                *("crawl_delay", "request_rate", "seconds", "date", "reset", "used_up"),
                *("neither", "far", "server_down"),
            )
        }
        sites = self.sites
        sites["robots_503"].routes[ROBOTS] = Reply(status=503)
        sites["robots_drops"].routes[ROBOTS] = _drop
        sites["robots_forbids"].routes[ROBOTS] = _robots(
            f"User-agent: LangNghe\nDisallow: {PAGE_1}"
        )
        sites["crawl_delay"].routes[ROBOTS] = _robots("User-agent: *\nCrawl-delay: 1")
        sites["request_rate"].routes[ROBOTS] = _robots("User-agent: *\nRequest-rate: 2/1")
        refuse = {
            "seconds": lambda: Reply(status=429, headers={"Retry-After": "2"}),
            "date": lambda: Reply(status=503, headers={"Retry-After": http_date(3)}),
            "reset": lambda: Reply(
                status=429, headers={"X-RateLimit-Reset": str(int(time.time()) + 3)}
            ),
            "neither": lambda: Reply(status=429),
            "far": lambda: Reply(status=429, headers={"Retry-After": "3600"}),
        }
        self.refusals = {
            name: Refusing(sites[name], refusal, times=2 if name == "neither" else 1)
            for name, refusal in refuse.items()
        }
        last_one = sites["plain"].routes[PAGE_1]
        assert isinstance(last_one, Reply)
        budget = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2"}
        self.spent = Refusing(sites["used_up"], lambda: Reply(last_one.body, headers=budget))
        sources = [source(name.replace("_", "-"), site) for name, site in sites.items()]
        sites["server_down"].close()
        self.home = make_home(folder, sources)
        self.ended = run_crawl(self.home)


def _drop(_: Seen) -> Reply:
    raise DropError


def _robots(text: str) -> Reply:
    return Reply(text, type="text/plain")


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    crawled = Crawled(tmp_path_factory.mktemp("home"))
    with serving(*(site for name, site in crawled.sites.items() if name != "server_down")):
        yield crawled


def _titles(home: Home, name: str) -> set[str]:
    return {post.title for post in stored_posts(home) if post.source == name}


def _gaps(site: Server) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(site.seen)]


@pytest.mark.parametrize("name", ["robots_503", "robots_drops"])
def test_without_robots_txt_nothing_is_fetched(crawled: Crawled, name: str) -> None:
    site = crawled.sites[name]
    report = crawled.ended[name.replace("_", "-")]
    assert site.paths(robots=True).count(ROBOTS) >= 1
    assert site.paths() == []
    assert report["status"] == "failed"
    assert report["problems"] == {"robots_unreachable": 1}
    assert report["retry_at"] is not None


def test_a_missing_robots_txt_forbids_nothing(crawled: Crawled) -> None:
    assert len(_titles(crawled.home, "robots-404")) == 3


def test_what_robots_txt_forbids_is_not_fetched(crawled: Crawled) -> None:
    assert PAGE_1 not in crawled.sites["robots_forbids"].paths()
    assert len(_titles(crawled.home, "robots-forbids")) == 2
    assert crawled.ended["robots-forbids"]["refused"] == {"robots": 1}


@pytest.mark.parametrize(("name", "delay"), [("crawl_delay", 1.0), ("request_rate", 0.5)])
def test_the_delay_of_robots_txt_is_kept(crawled: Crawled, name: str, delay: float) -> None:
    gaps = _gaps(crawled.sites[name])
    assert len(gaps) == 4, "robots.txt, a feed, three articles"
    assert min(gaps) >= delay
    assert len(_titles(crawled.home, name.replace("_", "-"))) == 3


@pytest.mark.parametrize(("name", "wait"), [("seconds", 2.0), ("date", 2.0), ("reset", 2.0)])
def test_no_request_before_the_time_that_a_server_names(
    crawled: Crawled, name: str, wait: float
) -> None:
    refused_at = crawled.refusals[name].refusals[0]
    after = [one.at for one in crawled.sites[name].seen if one.at > refused_at]
    assert after
    assert min(after) - refused_at >= wait
    assert len(_titles(crawled.home, name)) == 3, "and nothing is lost"


def test_a_budget_that_is_used_up_is_not_overdrawn(crawled: Crawled) -> None:
    spent_at = crawled.spent.refusals[0]
    after = [one.at for one in crawled.sites["used_up"].seen if one.at > spent_at]
    assert min(after) - spent_at >= 2
    assert len(crawled.sites["used_up"].paths()) == 4, "each page once"


def test_without_a_named_time_the_wait_doubles(crawled: Crawled) -> None:
    first, second = crawled.refusals["neither"].refusals
    after = min(one.at for one in crawled.sites["neither"].seen if one.at > second)
    assert second - first >= 2
    assert after - second >= 4
    assert len(_titles(crawled.home, "neither")) == 3


def test_a_long_wait_is_left_to_a_later_crawl(crawled: Crawled) -> None:
    site, report = crawled.sites["far"], crawled.ended["far"]
    refused_at = crawled.refusals["far"].refusals[0]
    assert not [one for one in site.seen if one.at > refused_at]
    assert report["retry_at"] is not None
    before = len(site.seen)
    again = run_crawl(crawled.home, "--source", "far")
    assert len(site.seen) == before, "a person cannot overrule it either"
    tried = langnghe(
        crawled.home.root, "--json", "source", "test", "--private-network", f"{site.url}/feed.xml"
    )
    assert len(site.seen) == before, "nor can a trial"
    assert "rate_limited" in tried.stdout
    assert again["far"]["problems"] == {"rate_limited": 1}


def test_one_server_that_is_down_stops_no_other(crawled: Crawled) -> None:
    ended: Ended = crawled.ended
    assert ended.exit_code == 4
    assert ended["server-down"]["status"] == "failed"
    assert ended["plain"]["status"] == "finished"
    assert ended["plain"]["outcomes"] == {"stored": 3}


def test_requests_say_who_asks_and_not_whence(crawled: Crawled) -> None:
    for site in crawled.sites.values():
        for one in site.seen:
            assert one.headers["user-agent"].startswith("LangNghe/")
            assert "referer" not in one.headers
            assert "cookie" not in one.headers
