"""Whole sites, crawled, crawled again unchanged, and again with one comment more."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from langnghe.core.models import Post, PostKind
from tests.crawler.platforms import (
    Comment,
    Forum,
    IssoSite,
    Mastodon,
    Platform,
    Story,
    WordPress,
    sources,
    story,
)
from tests.crawler.serving import (
    Ended,
    Seen,
    make_home,
    rows,
    run_crawl,
    serving,
    stored_posts,
)

NAMES = ("wordpress", "isso", "mastodon", "forum")
STORIES = 3


def _stories() -> list[Story]:
    return [story(number) for number in range(1, STORIES + 1)]


class Three:
    """Three crawls of the same sites: the first, one without changes, one after a comment."""

    def __init__(self, folder: Path) -> None:
        self.wordpress, self.isso = WordPress(_stories()), IssoSite(_stories())
        self.mastodon, self.forum = Mastodon(_stories()), Forum(_stories())
        self.sites: dict[str, Platform] = {
            "wordpress": self.wordpress,
            "isso": self.isso,
            "mastodon": self.mastodon,
            "forum": self.forum,
        }
        with serving(*self.sites.values()):
            self.home = make_home(
                folder, sources(self.wordpress, self.isso, self.mastodon, self.forum)
            )
            self.totals = {name: site.total for name, site in self.sites.items()}
            self.first, self.first_seen = self._crawl()
            self.posts = stored_posts(self.home)
            self.second, self.second_seen = self._crawl()
            for site in self.sites.values():
                site.stories[1].comments.append(Comment(77, "Bao giờ có hàng miến dong mới vậy?"))
            self.third, _ = self._crawl()
            self.later_posts = stored_posts(self.home)

    def _crawl(self) -> tuple[Ended, dict[str, list[Seen]]]:
        servers = {**self.sites, "isso comments": self.isso.isso}
        before = {name: len(site.seen) for name, site in servers.items()}
        ended = run_crawl(self.home)
        return ended, {
            name: [one for one in site.seen[before[name] :] if one.path != "/robots.txt"]
            for name, site in servers.items()
        }


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Three:
    return Three(tmp_path_factory.mktemp("home"))


def _of(posts: list[Post], name: str) -> list[Post]:
    return [post for post in posts if post.source == name]


@pytest.mark.parametrize("name", ["wordpress", "isso", "forum"])
def test_every_article_and_comment_is_found_once(three: Three, name: str) -> None:
    assert three.first[name]["outcomes"] == {"stored": three.totals[name]}
    posts = _of(three.posts, name)
    assert len(posts) == len({post.id for post in posts}) == three.totals[name]


def test_every_status_beneath_a_tag_is_found_once(three: Three) -> None:
    # The last answer of each story has the tag too: read twice, stored once.
    outcomes = three.first["mastodon"]["outcomes"]
    assert outcomes["stored"] == three.totals["mastodon"]
    assert sum(outcomes.values()) == three.totals["mastodon"] + STORIES
    posts = _of(three.posts, "mastodon")
    assert len(posts) == len({post.id for post in posts}) == three.totals["mastodon"]


def test_where_answers_are_closed_the_timeline_is_still_read(tmp_path: Path) -> None:
    site = Mastodon(_stories())
    site.answers_open = False
    with serving(site):
        entry = sources(WordPress([]), IssoSite([]), site, Forum([]))[2]
        ended = run_crawl(make_home(tmp_path, [entry]))
    assert ended["mastodon"]["status"] == "finished"
    assert ended["mastodon"]["outcomes"]["stored"] == 2 * STORIES, "openings and tagged answers"
    assert ended["mastodon"]["problems"]["unauthorised"] >= 1


@pytest.mark.parametrize("name", NAMES)
def test_replies_keep_their_thread_and_their_parent(three: Three, name: str) -> None:
    posts = _of(three.posts, name)
    answers = [post for post in posts if "Đúng rồi bạn" in post.text]
    assert len(answers) == STORIES
    by_id = {post.id: post for post in posts}
    for answer in answers:
        assert answer.kind is PostKind.REPLY
        if name != "forum":  # it shows its posts in one row, not what answers what
            parent = by_id[answer.parent_id or ""]
            assert "Năm nay được mùa" in parent.text
            week = re.search(r"tuần \d+", answer.text)
            assert week is not None
            assert week[0] in parent.text
    if name != "mastodon":  # a status names what it answers, not the thread's first
        assert set(Counter(post.thread_id for post in posts).values()) == {4}


@pytest.mark.parametrize("name", ["wordpress", "isso", "forum"])
def test_a_reply_is_about_what_its_article_is_about(three: Three, name: str) -> None:
    posts = _of(three.posts, name)
    short = [post for post in posts if post.text.startswith("Đúng rồi bạn")]
    assert {post.topics for post in short} == {("mien-dong",)}
    assert {post.title for post in short} == {f"Giá miến dong tuần {n + 1}" for n in range(STORIES)}


@pytest.mark.parametrize("name", [*NAMES, "isso comments"])
def test_a_second_crawl_asks_only_whether_anything_changed(three: Three, name: str) -> None:
    assert three.second_seen[name]
    assert [one.path for one in three.second_seen[name] if not one.conditional] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_second_crawl_of_an_unchanged_site_stores_nothing(three: Three, name: str) -> None:
    assert three.second[name]["outcomes"] == {}
    assert three.second[name]["status"] == "finished"
    assert len(three.second_seen[name]) <= len(three.first_seen[name])


@pytest.mark.parametrize("name", NAMES)
def test_one_comment_more_is_exactly_one_post_more(three: Three, name: str) -> None:
    outcomes = three.third[name]["outcomes"]
    assert outcomes["stored"] == 1
    assert set(outcomes) <= {"stored", "unchanged", "off_topic"}
    assert len(_of(three.later_posts, name)) == len(_of(three.posts, name)) + 1


def test_no_address_of_a_single_comment_is_kept(three: Three) -> None:
    kept = [url for (url,) in rows(three.home, "SELECT url FROM page UNION SELECT url FROM post")]
    assert kept
    for url in kept:
        assert "max_id" not in url
        assert "parent=" not in url
        assert "#comment" not in url
        assert "#post" not in url
        assert "nguoiviet" not in url


def test_a_forbidden_interface_is_never_asked(three: Three) -> None:
    assert not [path for path in three.forum.paths() if path.startswith("/api/")]


@pytest.mark.parametrize("rest", ["closed", "forbidden"])
def test_without_the_rest_interface_comments_are_read_from_the_pages(
    tmp_path: Path, rest: str
) -> None:
    site, other = WordPress(_stories(), rest), IssoSite([])
    with serving(site, other):
        entry = sources(site, other, Mastodon([]), Forum([]))[0]
        home = make_home(tmp_path, [entry])
        first = run_crawl(home)
        assert first["wordpress"]["status"] == "finished"
        posts = stored_posts(home)
        assert len(posts) == site.total
        assert len([post for post in posts if post.parent_id]) == STORIES
        if rest == "forbidden":
            assert not [path for path in site.paths() if "wp-json" in path]
        site.stories[0].comments.append(Comment(99, "Thêm một lời về miến dong."))
        again = run_crawl(home)
        assert again["wordpress"]["outcomes"]["stored"] == 1
        assert len(stored_posts(home)) == site.total
