"""Whatever the bytes: a harvest, or a `ReadError`, and soon."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.core.models import Channel
from langnghe.core.settings import ForumSelectors, ForumSource
from langnghe.crawler.items import Harvest
from langnghe.crawler.readers import (
    article,
    feed,
    forum,
    isso,
    mastodon,
    schema_org,
    section,
    sitemap,
    wordpress,
)
from langnghe.crawler.readers.page import Page, ReadError

PAGES = Path(__file__).parent / "pages"
FETCHED_AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
URL = "https://bao.example/bai-7.html"
FORUM = ForumSource(channel=Channel.FORUM, name="f", title="F", boards=("https://bao.example/",))
BY_PROFILE = FORUM.model_copy(
    update={
        "selectors": ForumSelectors(thread_link="a", title="h1", post="div", text="p", time="time")
    }
)
READERS: dict[str, Callable[[Page], Harvest]] = {
    "feed": feed.read_feed,
    "feed-itself": lambda page: feed.read_feed(page, follow=False),
    "comment-feed": lambda page: feed.read_comment_feed(page, URL),
    "sitemap": sitemap.read_sitemap,
    "section": section.read_section,
    "article": article.read_article,
    "rest": lambda page: wordpress.read_rest(page, URL),
    "wordpress-html": lambda page: wordpress.read_html(page, URL),
    "isso": lambda page: isso.read_thread(page, URL, URL),
    "isso-place": lambda page: Harvest(malformed=(str(isso.thread_url(page, URL)),)),
    "schema": schema_org.read_comments,
    "board": lambda page: forum.read_board(page, FORUM),
    "thread": lambda page: forum.read_thread(page, FORUM),
    "thread-profile": lambda page: forum.read_thread(page, BY_PROFILE),
    "mastodon": lambda page: mastodon.read_timeline(page, URL, "x").harvest,
}
FIXTURES = sorted(PAGES.iterdir())

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = (
    "id replies text parent created hidden_replies content rendered link visibility account "
    "display_name mentions spoiler_text in_reply_to_id code @type comment author url @id "
    "datePublished interactionStatistic parentItem"
)
keys = st.sampled_from(KEYS.split())
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6),
    max_leaves=25,
)


def read_all(body: bytes, headers: dict[str, str] | None = None) -> None:
    for name, read in READERS.items():
        started = time.monotonic()
        harvest = Harvest()
        with suppress(ReadError):
            harvest = read(Page(URL, body, FETCHED_AT, 200, headers or {}))
        assert isinstance(harvest, Harvest)
        for item in harvest.items:
            assert item.text.strip()
            assert item.text.encode().decode() == item.text
        assert time.monotonic() - started < 15, name


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    read_all(body)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(trees, max_size=3) | trees)
def test_any_json(tree: object) -> None:
    written = json.dumps(tree)
    read_all(written.encode())
    read_all(f"<script type='application/ld+json'>{written}</script><p>x</p>".encode())


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    path=st.sampled_from(FIXTURES),
    start=st.floats(0, 1),
    length=st.integers(0, 400),
    instead=st.binary(max_size=40),
    charset=st.sampled_from(["", "utf-8", "windows-1258", "x-unknown", "utf-16"]),
)
def test_damaged_pages(path: Path, start: float, length: int, instead: bytes, charset: str) -> None:
    body = path.read_bytes()
    at = int(start * len(body))
    headers = {"content-type": f"text/html; charset={charset}"}
    read_all(body[:at] + instead + body[at + length :], headers)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 100_000,
        b"<li id='comment-1' class='comment'>" * 3_000,
        b"<div itemscope itemtype='https://schema.org/Comment'><p itemprop=text>a" * 1_500,
        b"<a href='/bai-viet-so-mot-hai-ba'>x</a>" * 10_000,
        b'{"replies": [' * 20_000,
        b"[" * 200_000 + b"]" * 200_000,
        b"<rss version='2.0'>" + b"<item><title>x</title><link>/a</link></item>" * 1_000,
        b"<rss version='2.0'>" + b"<item>" * 100_000,
        b"<script type='application/ld+json'>" + b'{"@type":"Comment","comment":[' * 900,
        b"\xff" * 100_000,
        b"\x00" * 100_000,
    ],
    ids=["deep", "nested-comments", "nested-items", "links", "replies", "brackets", "feed",
         "nested-feed", "nested-json-ld", "not-text", "zeros"],
)  # fmt: skip
def test_hostile_pages_cost_no_more_than_seconds(body: bytes) -> None:
    read_all(body)
