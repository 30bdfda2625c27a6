"""Whole sites, crawled, and crawled again after something was deleted or edited there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langnghe.core.models import Post
from tests.crawler.platforms import (
    Forum,
    IssoSite,
    Mastodon,
    Platform,
    Story,
    WordPress,
    sources,
    story,
)
from tests.crawler.serving import make_home, rows, run_crawl, serving, stored_posts, stores

GONE = "Mong con đường vào bản sớm sửa, tuần 2."
KEPT = "Năm nay được mùa, mừng quá, tuần 2!"


class Sites:
    """The same stories on four sites: two crawls, a comment deleted in between."""

    def __init__(self, folder: Path) -> None:
        def stories() -> list[Story]:
            return [story(number) for number in (1, 2)]

        self.rest, self.isso, self.forum = (
            WordPress(stories()),
            IssoSite(stories()),
            Forum(stories()),
        )
        self.printed = WordPress(stories(), rest="off")
        sites: tuple[Platform, ...] = (self.rest, self.printed, self.isso, self.forum)
        entries = sources(self.rest, self.isso, Mastodon([]), self.forum)
        entries = [one for one in entries if one["name"] != "mastodon"]
        entries.append(
            entries[0]
            | {
                "name": "printed",
                "api": self.printed.url,
                "pages": {"feeds": [f"{self.printed.url}/feed/"]},
            }
        )
        with serving(*sites):
            self.home = make_home(folder, entries)
            run_crawl(self.home)
            self.before = stored_posts(self.home)
            for site in sites:
                second = site.stories[1]
                second.comments = [one for one in second.comments if one.text != GONE]
            self._let_a_day_pass("wordpress")
            self.second = run_crawl(self.home)
            self.after = stored_posts(self.home)
            run_crawl(self.home)
            self.at_last = stored_posts(self.home)

    def _let_a_day_pass(self, source: str) -> None:
        """All comments of a REST interface are asked for once a day."""
        with stores(self.home) as opened:
            opened.crawl.note(source, {"whole_at": "2026-01-01T00:00:00+00:00"})


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Sites:
    return Sites(tmp_path_factory.mktemp("home"))


def _of(posts: list[Post], name: str) -> set[str]:
    return {post.text for post in posts if post.source == name}


@pytest.mark.parametrize("name", ["wordpress", "printed", "isso", "forum"])
def test_a_comment_deleted_at_its_source_is_deleted_here(sites: Sites, name: str) -> None:
    before, after = _of(sites.before, name), _of(sites.after, name)
    assert {GONE, KEPT} <= before
    assert before - after == {GONE}
    assert after <= before
    assert _of(sites.at_last, name) == after
    assert sites.second[name]["status"] == "finished"
    assert sites.second[name]["deleted"] == 1


def test_the_audit_has_counts_and_no_texts(sites: Sites) -> None:
    audit = rows(sites.home, "SELECT reason, days, posts, by_source FROM purge ORDER BY id")
    assert sorted(json.loads(row[3]).popitem() for row in audit) == [
        ("forum", 1),
        ("isso", 1),
        ("printed", 1),
        ("wordpress", 1),
    ]
    assert {row[:3] for row in audit} == {("deleted_at_source", 0, 1)}


def test_everything_agrees_afterwards(sites: Sites) -> None:
    with stores(sites.home) as opened:
        assert opened.posts.check() == []
