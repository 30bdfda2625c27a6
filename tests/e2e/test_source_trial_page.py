"""Quản trị, Nguồn tin: an address tried and made a source, a changed layout accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.scheduler.setup import init_home
from langnghe.store.layouts import Layout, Share
from langnghe.store.opening import open_stores
from tests.crawler.serving import Server, news_site, serving
from tests.e2e.conftest import click, drawn, enter, fill, press, unfold
from tests.service import dashboard_of

TRIED_WITHIN = 120_000
"""Milliseconds: a trial is a process of its own, and asks at the usual pace."""
SOURCES_FILE = """\
sources:
  - name: bao
    title: Báo mẫu
    channel: feed
    feeds: [https://bao.example/rss]
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    """A home with a source whose layout has changed, and its address."""
    home = Home(tmp_path_factory.mktemp("tried") / "home")
    init_home(home)
    (home.configs / "sources.yaml").write_text(SOURCES_FILE, encoding="utf-8")
    with open_stores(home, SystemClock()) as stores:
        stores.crawl.layouts.put(
            Layout(
                "bao",
                "article",
                {"date": Share(60, 60)},
                usual={"p": 14, "time": 1},
                changed_at=datetime.now(UTC),
                fallen=("date",),
                now={"p": 12},
                holds=True,
            )
        )
        stores.crawl.settle_layout_notice("bao")
    with dashboard_of(home) as address:
        yield home, address


@pytest.fixture
def site() -> Iterator[Server]:
    site = news_site()
    with serving(site):
        yield site


def open_sources(own: tuple[Home, str], page: Page) -> None:
    enter(page, own[0], Role.ADMINISTRATOR)
    page.goto(f"{own[1]}/quan-tri?muc=Ngu%E1%BB%93n%20tin")
    drawn(page)


@pytest.mark.proof
def test_an_address_is_tried_and_becomes_a_source(
    own: tuple[Home, str], page: Page, site: Server
) -> None:
    open_sources(own, page)
    unfold(page.get_by_text("Thử địa chỉ"))
    press(page, "Đọc thử")
    expect(page.get_by_text("Hãy nhập địa chỉ trang cần thử.")).to_be_visible()
    fill(page.get_by_label("Địa chỉ trang"), f"{site.url}/feed.xml")
    click(page.get_by_text("Địa chỉ nằm trong mạng nội bộ"))
    press(page, "Đọc thử")
    expect(page.get_by_text("Bài thử 3")).to_be_visible(timeout=TRIED_WITHIN)
    expect(page.get_by_text("RSS hoặc Atom, dẫn tới 3 bài")).to_be_visible()
    press(page, "Soạn nguồn từ mục đề xuất")
    expect(page.get_by_label("Nội dung trong sources.yaml")).to_have_value(
        re.compile(re.escape(f"{site.url}/feed.xml"))
    )
    press(page, "Lưu nguồn tin")
    expect(page.get_by_text("Đã lưu nguồn tin 127-0-0-1.")).to_be_visible()
    assert [source.name for source in own[0].sources] == ["bao", "127-0-0-1"]


@pytest.mark.proof
def test_a_changed_layout_is_compared_and_accepted(own: tuple[Home, str], page: Page) -> None:
    open_sources(own, page)
    row = page.get_by_role("row", name="time 1 0")
    expect(row).to_be_visible()
    press(page, "Đọc trang bài viết của bao theo bố cục mới")
    expect(page.get_by_text("Từ nay đọc nguồn bao theo bố cục mới.")).to_be_visible()
    expect(row).to_have_count(0)
    with open_stores(own[0], SystemClock()) as stores:
        assert stores.crawl.layouts.changed() == []
        assert stores.crawl.notices.going_on() == []
