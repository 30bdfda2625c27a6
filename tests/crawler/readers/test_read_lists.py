"""Feeds, sitemaps and section pages."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from langnghe.core.models import PostKind, TimePrecision
from langnghe.crawler.items import Link, PageKind, Published
from langnghe.crawler.readers.feed import read_comment_feed, read_feed
from langnghe.crawler.readers.page import Page, ReadError
from langnghe.crawler.readers.section import read_section
from langnghe.crawler.readers.sitemap import read_sitemap

Load = Callable[..., Page]

CHE = "https://bao.example/che-binh-lu-duoc-gia-20261119.html"
FEED = "https://bao.example/rss/kinh-te.rss"


def article(url: str, changed: datetime | None = None) -> Link:
    return Link(url, PageKind.ARTICLE, changed)


def test_a_feed_links_to_its_articles(load: Load) -> None:
    harvest = read_feed(load("news.rss", FEED))
    assert harvest.items == ()
    assert harvest.links == (
        article(CHE, datetime(2026, 11, 19, 7, 5, tzinfo=UTC)),
        article(
            "https://bao.example/le-hoi-cho-phien-20261118.html",
            # Not 08:00 UTC: the zone is written in a way that feedparser does not know.
            datetime(2026, 11, 18, 1, 0, tzinfo=UTC),
        ),
        article(
            "https://bao.example/thong-bao-cat-dien-20261117.html",
            datetime(2026, 11, 17, 2, 30, tzinfo=UTC),
        ),
    )
    assert harvest.malformed == ("an entry without a link",)


def test_a_feed_can_be_read_for_itself(load: Load) -> None:
    harvest = read_feed(load("news.rss", FEED), follow=False)
    assert harvest.links == ()
    che, le_hoi, _ = harvest.items
    assert che.native == che.thread == ("page", CHE)
    assert che.kind is PostKind.ARTICLE
    assert (che.title, che.text) == (
        "Chè Bình Lư được giá",
        "Giá chè búp tươi lên 9.000 đồng/kg 🍃",
    )
    assert che.published == Published(
        datetime(2026, 11, 19, 7, 5, tzinfo=UTC), TimePrecision.SECOND
    )
    # A bare & makes the feed ill-formed, which is no reason to drop it.
    assert le_hoi.text == "Chợ phiên mở cả tuần & đón khách Ô Quý Hồ"
    assert le_hoi.title == "Lễ hội & chợ phiên"


def test_only_links_that_match_the_pattern_are_articles(load: Load) -> None:
    page = load("news.rss", FEED)
    assert [link.url for link in read_feed(page, page_pattern=r"/che-.*\.html$").links] == [CHE]


def test_a_cut_off_feed_gives_what_it_has(load: Load) -> None:
    whole = load("news.rss", FEED)
    cut = load(whole.body[: whole.body.index(b"Chu") if b"Chu" in whole.body else 1500], FEED)
    assert read_feed(cut).links[0].url == CHE


def test_a_feed_never_opens_what_it_names(load: Load) -> None:
    for text in ("/etc/hostname", "file:///etc/hostname", "http://127.0.0.1:9/feed"):
        with pytest.raises(ReadError):
            read_feed(load(text.encode(), FEED))


def test_a_feed_in_another_encoding(load: Load) -> None:
    markup = (
        '<?xml version="1.0" encoding="windows-1258"?><rss version="2.0"><channel><item>'
        "<title>Gia\u0301 che\u0300 tăng, ngươ\u0300i dân xa\u0303 vui mư\u0300ng</title>"
        "<link>https://bao.example/gia-che-tang-20261119.html</link>"
        "<description>Ngươ\u0300i dân pha\u0301n khơ\u0309i vi\u0300 gia\u0301 ba\u0301n cao"
        "</description></item></channel></rss>"
    )
    (item,) = read_feed(load(markup.encode("cp1258"), FEED), follow=False).items
    assert item.title == "Giá chè tăng, người dân xã vui mừng"


@pytest.mark.parametrize("name", ["wordpress_comments.rss", "wordpress_comments.atom"])
def test_wordpress_comment_feeds(load: Load, name: str) -> None:
    harvest = read_comment_feed(
        load(name, "http://binhlu.example/comments/feed/"), "http://binhlu.example/"
    )
    reply = harvest.items[-1]
    assert reply.native == ("comment", "wordpress", "binhlu.example", "42")
    assert reply.parent == ("comment", "wordpress", "binhlu.example", "41")
    assert reply.thread == ("page", "http://binhlu.example/duong-ban-na-phat-7.html")
    assert reply.url == "http://binhlu.example/duong-ban-na-phat-7.html"
    assert reply.text == "Cầu mong xã sớm làm đường bê tông ạ"
    assert reply.published is not None
    assert reply.published.at == datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
    assert "Canary Nguyễn Thị Hoàng Yến" in harvest.names
    assert harvest.malformed == ()


def test_a_sitemap(load: Load) -> None:
    harvest = read_sitemap(load("sitemap.xml", "https://bao.example/sitemap.xml"))
    assert harvest.links == (
        article(CHE, datetime(2026, 11, 19, 8, 0, tzinfo=UTC)),
        # No slug to speak of, but a sitemap lists what its site wants found.
        article("https://bao.example/thong-bao", datetime(2026, 11, 17, 17, 0, tzinfo=UTC)),
    )
    assert harvest.malformed == ("an entry without an address",)


def test_a_sitemap_with_a_pattern(load: Load) -> None:
    page = load("sitemap.xml", "https://bao.example/sitemap.xml")
    assert [link.url for link in read_sitemap(page, r"-\d{8}\.html$").links] == [CHE]


def test_an_index_of_sitemaps_leaves_out_lists_of_people(load: Load) -> None:
    packed = load(
        gzip.compress(load("sitemap_index.xml").body), "https://bao.example/sitemap.xml.gz"
    )
    assert read_sitemap(packed).links == (
        Link(
            "https://bao.example/wp-sitemap-posts-post-1.xml",
            PageKind.SITEMAP,
            datetime(2026, 11, 19, 17, 0, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>404</body></html>",
        b"\x1f\x8b broken",
        gzip.compress(b"<urlset>" + b" " * 80_000_000),
    ],
    ids=["empty", "html", "broken-gzip", "bomb"],
)
def test_what_is_no_sitemap_is_said(load: Load, body: bytes) -> None:
    with pytest.raises(ReadError):
        read_sitemap(load(body))


def test_entities_are_neither_expanded_nor_fetched(load: Load) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    bomb += (
        '<!ENTITY f SYSTEM "file:///etc/hostname">]>'
        "<urlset><url><loc>https://bao.example/&a11;-1-2-3-4</loc></url>"
        "<url><loc>https://bao.example/&f;-bai-viet-so-nam</loc></url></urlset>"
    )
    started = time.monotonic()
    links = read_sitemap(load(bomb.encode())).links
    assert time.monotonic() - started < 5
    assert all(len(link.url) < 100 for link in links)


def test_a_section_page(load: Load) -> None:
    harvest = read_section(load("section.html", "https://bao.example/kinh-te"))
    assert harvest.links == (
        article(CHE),
        article("https://bao.example/thong-bao"),
        Link("https://bao.example/kinh-te?page=2", PageKind.SECTION),
    )


def test_a_section_page_with_a_pattern(load: Load) -> None:
    page = load("section.html", "https://bao.example/kinh-te?page=2")
    harvest = read_section(page, r"^https://(bao|quang-cao)\.example/.*-\d{8}\.html$")
    assert [link.url for link in harvest.links] == [
        CHE,
        "https://quang-cao.example/mua-ngay-keo-lo-20261119.html",
    ]


@pytest.mark.parametrize(
    ("pager", "following"),
    [
        ('<link rel="next" href="/tin?page=3">', "?page=3"),
        ('<a rel="next" href="?page=3">x</a>', "?page=3"),
        ('<a class="next page-numbers" href="/tin/page/3/">Older posts</a>', "/page/3/"),
        ('<a href="/tin?page=3">Trang sau</a>', "?page=3"),
        ('<a href="/tin?page=3">&raquo;</a>', "?page=3"),
        ('<p class="paginator"><a href="/tin?page=3">&rang;</a></p>', "?page=3"),
        (
            '<ul class="pagination"><li class="active">2</li><li><a href="?page=3">3</a></li></ul>',
            "?page=3",
        ),
        ('<a href="https://khac.example/?page=3">Trang sau</a>', None),
        ('<a href="/tin?page=2">Trang sau</a>', None),
        ('<nav class="post-navigation"><a rel="next" href="/bai-sau">Bài sau</a></nav>', None),
        ("<a href='/tin?page=1'>Trang trước</a>", None),
    ],
)
def test_the_following_page(load: Load, pager: str, following: str | None) -> None:
    markup = f"<html><head></head><body>{pager}</body></html>".encode()
    links = read_section(load(markup, "https://bao.example/tin?page=2")).links
    found = [link.url for link in links if link.kind is PageKind.SECTION]
    expected = [f"https://bao.example/tin{following}"] if following else []
    assert found == expected
