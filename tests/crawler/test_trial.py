"""`langnghe source test`: what is said of an address, and that the proposed entry reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.settings import parse_sources
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.trial.looking import page_to_ask
from langnghe.crawler.trial.proposal import entry_text, platform
from langnghe.crawler.trial.signs import signs_of
from langnghe.sites.server import SampleSite
from tests.crawler.platforms import Story, WordPress, story
from tests.crawler.serving import (
    Crawl,
    Reply,
    Server,
    article,
    make_home,
    news_site,
    run_crawl,
    serving,
    stored_posts,
)
from tests.service import langnghe

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample() -> Iterator[SampleSite]:
    with SampleSite(datetime.now(UTC)) as site:
        yield site


class Attempt(Crawl):
    """`langnghe source test`, in a process of its own."""

    command = ("source", "test", "--private-network")


def tried(root: Path, url: str, code: int = 0) -> dict[str, Any]:
    """What a trial says, as `--json` has it."""
    attempt = Attempt(make_home(root, []), url)
    assert attempt.wait() == code, attempt.output()
    assert not (root / "langnghe.db").exists(), "a trial stores nothing"
    assert not (root / "logs").exists()
    said: dict[str, Any] = json.loads(attempt.output())
    return said


def steps(said: dict[str, Any]) -> dict[str, str]:
    """What each step says, or its problem."""
    return {step["what"]: step["problem"] or step["says"] for step in said["steps"]}


def entry(said: dict[str, Any]) -> dict[str, Any]:
    """The proposed entry, which sources.yaml accepts."""
    text = "sources:\n" + said["entry"]
    [source] = parse_sources(text, Path("sources.yaml"))
    [found] = yaml.safe_load(text)["sources"]
    assert source.name == found["name"]
    return dict(found)


def crawled(root: Path, found: dict[str, Any], topics: str | None = None) -> int:
    """How many posts a crawl with this entry stores."""
    home = make_home(root, [found | {"delay_seconds": 0}])
    if topics is not None:
        (home.configs / "topics.yaml").write_text(topics, encoding="utf-8")
    run_crawl(home)
    return len(stored_posts(home))


ANYTHING = """
topics:
  - id: xa
    title: Xã
    phrases: [miến dong, bảo hiểm, bà con, nhà văn hoá, con đường, cấp thẻ]
"""


# The sample site


@pytest.mark.parametrize(
    ("path", "channel", "system"),
    [
        ("/tin/", "comments", "schema_org"),
        pytest.param("/vung-cao/", "comments", "isso", marks=pytest.mark.proof),
        pytest.param("/dien-dan/", "forum", None, marks=pytest.mark.proof),
        pytest.param("/dien-dan/nong-nghiep/", "forum", None, marks=pytest.mark.proof),
    ],
)
def test_a_crawl_reads_what_was_proposed(
    sample: SampleSite, tmp_path: Path, path: str, channel: str, system: str | None
) -> None:
    said = tried(tmp_path / "trial", sample.base_url + path)
    found = entry(said)
    assert (found["channel"], found.get("system")) == (channel, system)
    assert all(one["characters"] for one in said["readings"])
    assert all(one["published_at"] for one in said["readings"])
    assert crawled(tmp_path / "home", found, ANYTHING) > 0


# What a trial shows


class RealWordPress(WordPress):
    """Names itself, as WordPress does."""

    def html(self, one: Story, beneath: str) -> Reply:
        page = super().html(one, beneath)
        link = f'<link rel="https://api.w.org/" href="{self.url}/wp-json/">'
        return Reply(page.raw().replace(b"<head>", b"<head>" + link.encode()))


@pytest.mark.parametrize("rest", ["open", "forbidden"])
def test_wordpress_is_recognised_and_its_comments_are_found(tmp_path: Path, rest: str) -> None:
    site = RealWordPress([story(1), story(2)], rest)
    with serving(site):
        said = tried(tmp_path / "trial", f"{site.url}/feed/")
        found = entry(said)
        assert (found["channel"], found["system"]) == ("comments", "wordpress")
        assert found["api"] == f"{site.url}/wp-json/"
        assert ("giao diện REST đóng" in steps(said)["Bình luận"]) is (rest != "open")
        assert crawled(tmp_path / "home", found) == site.total
    names = json.dumps(said, ensure_ascii=False)
    for canary in ("nguoiviet", "Văn Viết", "4711"):
        assert canary not in names


def test_what_would_be_masked_is_masked_and_counted(tmp_path: Path) -> None:
    site = news_site()
    text = (
        "Bà con cần mua miến dong Bình Lư xin gọi 0912 345 678 hoặc viết thư tới "
        "mien.dong@thu.example, hợp tác xã giao hàng tận nhà trong tuần này."
    )
    site.routes["/gia-mien-dong-tuan-nay.html"] = Reply(article("Giá miến dong", text))
    with serving(site):
        said = tried(tmp_path / "trial", f"{site.url}/gia-mien-dong-tuan-nay.html", code=1)
        words = langnghe(
            tmp_path / "trial", "source", "test", "--private-network",
            f"{site.url}/gia-mien-dong-tuan-nay.html",
        ).stdout  # fmt: skip
    [reading] = said["readings"]
    assert reading["masked"] == {"email": 1, "phone": 1}
    assert "0912" not in json.dumps(said)
    assert "thu.example" not in json.dumps(said)
    assert reading["topics"] == ["mien-dong"]
    assert said["entry"] is None
    assert "✓ Loại trang: một bài viết" in words
    assert "Được che: thư điện tử (1), số điện thoại (1)" in words
    assert "Chủ đề: Miến dong" in words
    assert "Chưa đề xuất được mục cấu hình" in words


def test_a_feed_whose_articles_give_nothing_is_read_by_itself(tmp_path: Path) -> None:
    site = news_site()
    for path in [path for path in site.routes if path.startswith("/bai")]:
        site.routes[path] = Reply("<html><body></body></html>")
    with serving(site):
        found = entry(tried(tmp_path / "trial", f"{site.url}/feed.xml"))
        assert (found["channel"], found["follow"]) == ("feed", False)
        assert crawled(tmp_path / "home", found) == 3


def test_a_front_page_leads_to_the_feed_it_names(tmp_path: Path) -> None:
    site = news_site()
    alternate = '<link rel="alternate" type="application/rss+xml" href="/feed.xml">'
    site.routes["/"] = Reply(
        f"<html><head><title>Báo Miến Dong</title>{alternate}</head><body></body></html>"
    )
    site.routes["/moi"] = Reply("", 302, headers={"Location": "/"})
    with serving(site):
        said = tried(tmp_path / "trial", f"{site.url}/moi")
        found = entry(said)
        assert found == {
            "name": "127-0-0-1",
            "title": "Báo Miến Dong",
            "channel": "feed",
            "feeds": [f"{site.url}/feed.xml"],
            "allow_private_network": True,
        }
        assert steps(said)["Chuyển hướng"] == f"{site.url}/"
        assert crawled(tmp_path / "home", found) == 3


def test_a_sitemap_that_robots_txt_names_is_used(tmp_path: Path) -> None:
    site = news_site()
    pages = [path for path in site.routes if path.startswith("/bai")]
    listed = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in pages)
    site.routes["/ban-do.xml"] = Reply(f"<urlset>{listed}</urlset>", type="application/xml")
    robots = f"User-agent: *\nCrawl-delay: 0.1\nSitemap: {site.url}/ban-do.xml\n"
    site.routes["/robots.txt"] = Reply(robots, type="text/plain")
    site.routes["/"] = Reply("<html><body>Trang chủ</body></html>")
    with serving(site):
        said = tried(tmp_path / "trial", site.url)
        assert "0,1 giây" in steps(said)["robots.txt"]
        found = entry(said)
        assert (found["channel"], found["pages"]) == (
            "news",
            {"sitemaps": [f"{site.url}/ban-do.xml"]},
        )
        assert crawled(tmp_path / "home", found) == 3


def test_a_sitemap_of_sitemaps_is_followed(tmp_path: Path) -> None:
    site = news_site()
    pages = [path for path in site.routes if path.startswith("/bai")]
    listed = "".join(f"<url><loc>{site.url}{path}</loc></url>" for path in pages)
    site.routes["/thang-11.xml"] = Reply(f"<urlset>{listed}</urlset>", type="application/xml")
    site.routes["/ban-do.xml"] = Reply(
        f"<sitemapindex><sitemap><loc>{site.url}/thang-11.xml</loc></sitemap></sitemapindex>",
        type="application/xml",
    )
    with serving(site):
        found = entry(tried(tmp_path / "trial", f"{site.url}/ban-do.xml"))
        assert found["pages"] == {"sitemaps": [f"{site.url}/ban-do.xml"]}
        assert crawled(tmp_path / "home", found) == 3


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://t.me/tinxa", "https://t.me/s/tinxa"),
        ("https://t.me/s/tinxa", "https://t.me/s/tinxa"),
        ("https://t.me/", "https://t.me/"),
        ("https://a.example/tinxa", "https://a.example/tinxa"),
    ],
)
def test_of_a_telegram_channel_the_preview_is_asked(address: str, asked: str) -> None:
    assert page_to_ask(address) == asked


# What stands in the way


def blocked(tmp_path: Path, site: Server, path: str = "/feed.xml") -> dict[str, str]:
    with serving(site):
        said = tried(tmp_path / "trial", site.url + path, code=1)
    assert said["entry"] is None
    assert said["readings"] == []
    return steps(said)


def test_robots_txt_is_obeyed(tmp_path: Path) -> None:
    site = news_site()
    site.routes["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", type="text/plain")
    assert blocked(tmp_path, site) == {"robots.txt": "refused_robots"}
    assert site.paths() == []


def test_without_robots_txt_nothing_is_asked(tmp_path: Path) -> None:
    site = news_site()
    site.routes["/robots.txt"] = Reply("", 503)
    assert blocked(tmp_path, site) == {"robots.txt": "robots_unreachable"}
    assert site.paths() == []


def test_a_site_that_moved_to_another_host_is_told_not_followed(tmp_path: Path) -> None:
    site = news_site()
    site.routes["/feed.xml"] = Reply("", 301, headers={"Location": "https://moi.example/rss"})
    said = blocked(tmp_path, site)
    assert said["Chuyển hướng"] == "https://moi.example/rss"
    assert said["Trả lời"] == "refused_foreign_host"


def test_an_answer_that_is_none_is_told(tmp_path: Path) -> None:
    site = Server()
    assert blocked(tmp_path, site)["Trả lời"] == "gone"


def test_a_page_whose_letters_are_broken_is_told(tmp_path: Path) -> None:
    site = news_site()
    # In no encoding is this text; it stands behind what is looked at to tell text from files.
    broken = b"<html><body>" + b" " * 5_000 + b"\0\0\xd8" * 500
    site.routes["/feed.xml"] = Reply(broken)
    assert blocked(tmp_path, site)["Bảng mã"].endswith("chữ bị hỏng, không đọc được")


def test_a_persons_page_is_not_asked_for(tmp_path: Path) -> None:
    site = news_site()
    assert blocked(tmp_path, site, "/thanh-vien/nguoi-viet") == {"Địa chỉ": "refused_personal_page"}
    assert site.seen == []


def test_the_own_network_is_closed_unless_it_is_asked_for(tmp_path: Path) -> None:
    site = news_site()
    make_home(tmp_path, [])
    with serving(site):
        ended = langnghe(tmp_path, "--json", "source", "test", f"{site.url}/feed.xml")
    assert ended.returncode == 1
    assert steps(json.loads(ended.stdout)) == {"Địa chỉ": "refused_private_address"}
    assert site.seen == []


@pytest.mark.parametrize("address", ["ftp://a.example/", "https://ten:mat@a.example/", "https://"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    make_home(tmp_path, [])
    ended = langnghe(tmp_path, "source", "test", address)
    assert ended.returncode == 1
    assert "không phải địa chỉ trang web công khai" in " ".join(ended.stderr.split())


# Platforms, which are known by their address


@pytest.mark.parametrize(
    ("address", "key", "value"),
    [
        ("https://www.youtube.com/watch?v=abc_DEF-123&t=4", "videos", "abc_DEF-123"),
        ("https://youtu.be/abc_DEF-123", "videos", "abc_DEF-123"),
        ("https://m.youtube.com/channel/UC" + "a" * 22, "channels", "UC" + "a" * 22),
    ],
)
def test_a_youtube_address_comes_to_an_entry(address: str, key: str, value: str) -> None:
    known = platform(address)
    assert known is not None
    found, advice = known
    assert found is not None
    assert "langnghe secrets set youtube-key" in advice
    text = entry_text(address, "YouTube", found, taken=(), private=False)
    [source] = parse_sources("sources:\n" + text, Path("sources.yaml"))
    assert getattr(source, key) == (value,)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@xabinhlu",
        "https://www.facebook.com/xabinhlu",
        "https://bsky.app/hashtag/binhlu",
        "https://www.tiktok.com/@xabinhlu",
    ],
)
def test_of_other_platforms_it_is_said_what_to_do(address: str) -> None:
    known = platform(address)
    assert known is not None
    assert known[0] is None
    assert known[1].endswith((".", "…"))


def test_names_of_sources_do_not_collide() -> None:
    found = {"channel": "feed", "feeds": ["https://www.bao.example/rss"]}
    text = entry_text(
        "https://www.bao.example/", "Báo của anh Nguyễn Văn Tèo 0912345678", found,
        taken={"bao-example", "bao-example-2"}, private=False, hosts={"tin.bao.example"},
    )  # fmt: skip
    [made] = yaml.safe_load(text)
    assert made["name"] == "bao-example-3"
    assert "0912345678" not in made["title"]
    assert made["allowed_domains"] == ["tin.bao.example"]


# Signs


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_signs_of_any_page_are_read_without_a_crash(markup: str) -> None:
    try:
        signs = signs_of(Page("https://a.example/x", markup.encode(), NOW))
    except ReadError:
        return
    assert signs.site


def test_signs_of_a_page() -> None:
    markup = """<html><head><title>Bài hay - Báo Xã</title>
    <meta name="generator" content="Discourse 3.5">
    <link rel="alternate" type="application/rss+xml" href="/rss">
    <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
    <meta property="og:type" content="article"></head>
    <body><script data-isso="//binh-luan.a.example/"></script></body></html>"""
    signs = signs_of(Page("https://a.example/bai-hay-so-mot-hai", markup.encode(), NOW))
    assert signs.site == "Báo Xã"
    assert signs.feeds == ("https://a.example/rss",)
    assert signs.isso == "https://binh-luan.a.example/"
    assert signs.discourse
    assert signs.article
    assert signs.wordpress is None


def test_a_tag_page_of_mastodon_is_recognised() -> None:
    markup = (
        "<html><head><title>#bìnhlư</title></head><body><div id='mastodon'></div></body></html>"
    )
    page = Page("https://mang.example/tags/b%C3%ACnhl%C6%B0", markup.encode(), NOW)
    assert signs_of(page).mastodon_tag == "bìnhlư"
