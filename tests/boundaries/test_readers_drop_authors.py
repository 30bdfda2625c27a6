"""Boundary 1: no reader puts anything about who wrote a post into an item or a link."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langnghe.core.models import Channel
from langnghe.core.settings import FileColumns, FileSource, ForumSelectors, ForumSource
from langnghe.crawler.items import Harvest, Link, RawItem
from langnghe.crawler.readers import (
    article,
    export,
    feed,
    forum,
    isso,
    mastodon,
    schema_org,
    section,
    sitemap,
    wordpress,
)
from langnghe.crawler.readers.page import Page

PAGES = Path(__file__).parents[1] / "crawler" / "readers" / "pages"
FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
NAME = "Canary Nguyễn Thị Hoàng Yến"
CANARY = ("canary", "hoàng yến", "990017755")
"""In each fixture: display name, handle, account id, avatar and profile link."""

WP = "http://binhlu.example"
BAO = "https://bao.example"
PLAIN_FORUM = ForumSource(
    channel=Channel.FORUM, name="f", title="F", boards=("https://f.example/",)
)
PROFILE_FORUM = PLAIN_FORUM.model_copy(
    update={
        "selectors": ForumSelectors(
            thread_link="a.topictitle",
            title="h2",
            post="div.post",
            text=".content",
            time="p.author time",
            # A careless profile: the attribute names the author's profile.
            native_id="a.username::attr(href)",
        )
    }
)

Read = Callable[[Page], Harvest]
READERS: list[tuple[str, str, bool, Read]] = [
    # file, address, whether names for masking are seen there, reader
    ("news.rss", f"{BAO}/rss", True, feed.read_feed),
    ("news.rss", f"{BAO}/rss", True, lambda page: feed.read_feed(page, follow=False)),
    ("wordpress_comments.rss", WP, True, lambda page: feed.read_comment_feed(page, WP)),
    ("wordpress_comments.atom", WP, True, lambda page: feed.read_comment_feed(page, WP)),
    ("sitemap.xml", f"{BAO}/sitemap.xml", False, sitemap.read_sitemap),
    ("sitemap_index.xml", f"{BAO}/sitemap.xml", False, sitemap.read_sitemap),
    ("section.html", f"{BAO}/kinh-te", False, section.read_section),
    ("section.html", f"{BAO}/kinh-te", False, lambda page: section.read_section(page, ".")),
    ("news_article.html", f"{BAO}/che-20261119.html", True, article.read_article),
    ("wordpress_article.html", f"{WP}/duong-7.html", True, article.read_article),
    ("pelican_article.html", "https://tin.example/ret.html", True, article.read_article),
    ("wordpress_rest.json", f"{WP}/wp-json", False, lambda page: wordpress.read_rest(page, WP)),
    ("wordpress_article.html", f"{WP}/a-7.html", True, lambda page: wordpress.read_html(page, WP)),
    ("wordpress_classic.html", f"{WP}/?p=9", True, lambda page: wordpress.read_html(page, WP)),
    ("isso.json", "https://i.example/?uri=a", True, lambda p: isso.read_thread(p, WP, WP)),
    ("microdata_comments.html", f"{BAO}/truong-moi.html", True, schema_org.read_comments),
    ("json_ld_thread.html", "https://hoi.example/hoi/1", True, schema_org.read_comments),
    *(
        (name, f"https://f.example/{name}", True, lambda page: forum.read_thread(page, PLAIN_FORUM))
        for name in ("discourse_thread.html", "xenforo_thread.html", "json_ld_thread.html")
    ),
    (
        "phpbb_thread.html",
        "https://p.example/viewtopic.php?t=15",
        False,
        lambda page: forum.read_thread(page, PROFILE_FORUM),
    ),
    (
        "phpbb_board.html",
        "https://p.example/viewforum.php?f=2",
        False,
        lambda page: forum.read_board(page, PLAIN_FORUM),
    ),
    (
        "mastodon.json",
        "https://mang.example/api/v1/timelines/tag/x",
        True,
        lambda page: mastodon.read_timeline(page, "https://mang.example", "x").harvest,
    ),
]


def assert_nobody(things: object) -> None:
    shown = repr(things).casefold()
    assert [trace for trace in CANARY if trace in shown] == []


@pytest.mark.parametrize(
    ("name", "url", "sees_names", "read"),
    READERS,
    ids=[f"{number}-{row[0]}" for number, row in enumerate(READERS)],
)
def test_no_trace_of_an_author(name: str, url: str, sees_names: bool, read: Read) -> None:
    body = (PAGES / name).read_bytes()
    assert b"anary" in body or "users" in body.decode(), "the fixture has lost its canary"
    harvest = read(Page(url, body, FETCHED_AT))
    assert harvest.items or harvest.links
    assert_nobody((harvest.items, harvest.links, harvest.malformed))
    if sees_names:
        assert any("canary" in seen.casefold() for seen in harvest.names)


def test_every_fixture_is_read_here() -> None:
    assert {path.name for path in PAGES.iterdir()} == {row[0] for row in READERS}


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_no_trace_of_an_author_in_exports(tmp_path: Path, kind: str) -> None:
    row = {
        "Người đăng": NAME,
        "user_id": "990017755",
        "avatar": "https://x.example/canary-face.png",
        "link": "https://x.example/canary_handle_9x7",
        "noi_dung": "Đường vào bản lầy lội",
        "ma": "17",
        "url": "https://x.example/@canary_handle_9x7/17",
    }
    path = tmp_path / f"export.{kind}"
    if kind == "csv":
        path.write_text(f"{','.join(row)}\n{','.join(row.values())}\n", encoding="utf-8")
    else:
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    source = FileSource(
        channel=Channel.FILE,
        name="x",
        title="X",
        path=path.name,
        columns=FileColumns(text="noi_dung", native_id="ma", url="url"),
        public_page="https://x.example/nhom/binh-lu",
    )
    (item,) = export.read_file(path, source, FETCHED_AT)
    assert isinstance(item, RawItem)
    assert_nobody(item)


def test_items_and_links_have_no_place_for_an_author() -> None:
    held = {field.name for kind in (RawItem, Link) for field in fields(kind)}
    assert held.isdisjoint({"author", "name", "names", "user", "handle", "avatar", "profile"})
