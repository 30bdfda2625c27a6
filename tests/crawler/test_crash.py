"""Twenty times `kill -9` at random moments of a crawl: nothing is lost, nothing doubled."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.crawler.serving import (
    Crawl,
    Server,
    make_home,
    news_site,
    rows,
    run_crawl,
    serving,
    source,
    stored_posts,
    stores,
)

KILLS = 20
ARTICLES = 150


def _kill_somewhere(crawl: Crawl, site: Server, chance: random.Random) -> int:
    """Kill a crawl at a random moment: while it starts, between two pages, within a page."""
    until = len(site.seen) + chance.randint(0, 9)
    deadline = time.monotonic() + 30
    while len(site.seen) < until and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(chance.random() * 0.03)
    crawl.kill()
    return crawl.wait()


@pytest.mark.proof
def test_a_killed_crawl_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    site = news_site(ARTICLES)
    with serving(site):
        home = make_home(tmp_path / "killed", [source("site", site)])
        cut_short, before = 0, 0
        for _ in range(KILLS):
            status = _kill_somewhere(Crawl(home, "--due"), site, chance)
            cut_short += status == -signal.SIGKILL
            if home.database.exists():
                with stores(home) as opened:
                    assert opened.posts.check() == []
                now = len(stored_posts(home))
                assert now >= before, "what was stored stays"
                before = now
        assert cut_short == KILLS
        assert 0 < before < ARTICLES, "the kills came in the middle of the work"

        ended = run_crawl(home, "--due")
        assert ended["site"]["status"] == "finished"

    posts = stored_posts(home)
    assert len(posts) == ARTICLES
    assert len({post.id for post in posts}) == ARTICLES
    assert {post.title for post in posts} == {f"Tin miến dong số {n}" for n in range(ARTICLES)}
    with stores(home) as opened:
        assert opened.posts.check() == []

    outcomes: Counter[str] = Counter()
    for outcome, items in rows(home, "SELECT outcome, items FROM outcome"):
        outcomes[outcome] += items
    assert outcomes == {"stored": ARTICLES}, "a page that was kept is not read again"
    asked = Counter(path for path in site.paths() if path != "/feed.xml")
    refetched = sum(times - 1 for times in asked.values())
    assert refetched <= KILLS * 4, "only what was under way is asked for again"
    runs = Counter(status for (status,) in rows(home, "SELECT status FROM run"))
    assert runs["finished"] == 1
    assert set(runs) == {"finished", "interrupted"}
