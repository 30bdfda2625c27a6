"""What a later crawl makes of what an earlier one left."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest

from langnghe.core.errors import NotReadyError
from tests.crawler.serving import (
    TOPICS,
    Crawl,
    Reply,
    Server,
    article,
    make_home,
    news_site,
    rows,
    run_crawl,
    serving,
    source,
    stored_posts,
    stores,
)

PAGE_1 = "/bai-viet-so-1-ve-mien-dong.html"


def _wait_for(site: Server, requests: int) -> None:
    deadline = time.monotonic() + 30
    while len(site.seen) < requests and time.monotonic() < deadline:
        time.sleep(0.005)
    assert len(site.seen) >= requests


def test_a_changed_article_replaces_the_stored_one(tmp_path: Path) -> None:
    site = news_site()
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        run_crawl(home)
        site.routes[PAGE_1] = Reply(
            article(
                "Tin miến dong số 1 (đã sửa)",
                "Hợp tác xã Bình Lư đính chính số liệu về sản lượng miến dong đã nêu trong bản tin "
                "trước: mức tăng thực tế thấp hơn, do mưa kéo dài vào đầu vụ.",
            )
        )
        again = run_crawl(home)
    assert again["site"]["outcomes"] == {"stored": 1}
    posts = stored_posts(home)
    assert len(posts) == 3
    assert len([post for post in posts if "đính chính" in post.text]) == 1


def test_with_new_topics_unchanged_pages_are_read_again(tmp_path: Path) -> None:
    site = news_site()
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        topics = home.configs / "topics.yaml"
        only_roads = TOPICS.replace("miến dong, cây", "cây")
        topics.write_text(only_roads, encoding="utf-8")
        assert run_crawl(home)["site"]["outcomes"] == {"off_topic": 3}
        topics.write_text(TOPICS, encoding="utf-8")
        assert run_crawl(home)["site"]["outcomes"] == {"stored": 3}


def test_a_page_that_failed_is_tried_again(tmp_path: Path) -> None:
    site = news_site()
    usual, site.routes[PAGE_1] = site.routes[PAGE_1], Reply("gone", 404)
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        first = run_crawl(home)
        assert first["site"]["outcomes"] == {"stored": 2}
        assert first["site"]["problems"] == {"gone": 1}
        site.routes[PAGE_1] = usual
        assert run_crawl(home)["site"]["outcomes"] == {"stored": 1}
    assert rows(home, "SELECT reason FROM quarantine") == [("gone",)]


def test_a_scheduled_crawl_reads_only_what_is_due(tmp_path: Path) -> None:
    site = news_site()
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        assert run_crawl(home, "--due")["site"]["outcomes"] == {"stored": 3}
        asked = len(site.seen)
        assert run_crawl(home, "--due").report["sources"] == []
        assert len(site.seen) == asked


def test_a_source_that_failed_rests_and_the_report_says_so(tmp_path: Path) -> None:
    site = news_site()
    site.routes["/feed.xml"] = Reply("x", 404)
    with serving(site):
        home = make_home(tmp_path, [source("site", site)])
        assert run_crawl(home, "--due").exit_code == 1
        asked = len(site.seen)
        resting = run_crawl(home, "--due")
        assert resting["site"]["problems"] == {"gone": 1}
        assert resting["site"]["retry_at"] is not None
        assert len(site.seen) == asked
        site.routes = news_site(server=Server()).routes
        run_crawl(home)
        assert len(site.seen) > asked, "a person may ask before"


def test_a_visit_ends_with_its_budget_and_the_next_goes_on(tmp_path: Path) -> None:
    site = news_site(8)
    with serving(site):
        home = make_home(tmp_path, [source("site", site, max_pages_per_visit=5)])
        assert run_crawl(home)["site"]["outcomes"] == {"stored": 4}
        run_crawl(home)
        run_crawl(home)
    assert len(stored_posts(home)) == 8


def test_a_crawl_that_is_asked_to_end_does_so_in_order(tmp_path: Path) -> None:
    site = news_site(30)
    with serving(site):
        home = make_home(tmp_path, [source("site", site, delay_seconds=0.1)])
        crawl = Crawl(home)
        _wait_for(site, 6)
        crawl.stop()
        ended = crawl.ended()
        assert ended["site"]["status"] == "interrupted"
        kept = len(stored_posts(home))
        assert 0 < kept < 30
        assert rows(home, "SELECT status FROM run") == [("interrupted",)]
        asked = len(site.seen)
        assert run_crawl(home, "--due")["site"]["status"] == "finished"
        assert len(stored_posts(home)) == 30
        assert len(site.seen) - asked <= 30 - kept + 3, "it went on where it had stopped"


def test_two_crawls_of_one_home_are_not_run_at_once(tmp_path: Path) -> None:
    from langnghe.core.clock import SystemClock
    from langnghe.crawler.process import crawl

    site = news_site(40)
    with serving(site):
        home = make_home(tmp_path, [source("site", site, delay_seconds=0.2)])
        running = Crawl(home)
        _wait_for(site, 3)
        with pytest.raises(NotReadyError):
            crawl(home, home.sources, SystemClock())
        running.kill()
        running.wait()


def test_two_sources_on_one_server_share_its_pace(tmp_path: Path) -> None:
    site = news_site(4)
    with serving(site):
        home = make_home(
            tmp_path,
            [source("one", site, delay_seconds=0.2), source("two", site, delay_seconds=0.2)],
        )
        run_crawl(home)
    times = [one.at for one in site.seen]
    assert len(times) == 12, "robots.txt, the feed and four articles, twice"
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.2
    outcomes = rows(home, "SELECT outcome, sum(items) FROM outcome GROUP BY outcome ORDER BY 1")
    assert outcomes == [("duplicate", 4), ("stored", 4)]


def test_a_source_on_which_we_fail_ourselves_stops_no_other(tmp_path: Path) -> None:
    site = news_site()
    with serving(site):
        home = make_home(tmp_path, [source("hong", site), source("tot", site)])
        with stores(home) as opened, opened.database.transaction() as connection:
            connection.execute(
                "CREATE TRIGGER fault BEFORE INSERT ON run WHEN NEW.source = 'hong' "
                "BEGIN SELECT RAISE(ABORT, 'a fault'); END"
            )
        ended = run_crawl(home)
    assert ended["hong"]["problems"] == {"internal_error": 1}
    assert ended["tot"]["status"] == "finished"
    assert len(stored_posts(home)) == 3
