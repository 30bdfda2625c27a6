from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.scheduler.setup import init_home
from langnghe.store.crawlstate import Failure, RunStatus
from langnghe.store.layouts import Layout, Share
from langnghe.store.opening import open_stores
from langnghe.store.sourcenotices import Cause, NoticeKind
from tests.e2e.conftest import PHONE, enter, fits, unfold
from tests.service import dashboard_of

SOURCES = """\
sources:
  - {name: bao, title: Báo Mẫu, channel: feed, feeds: ["https://bao.example/rss"]}
  - {name: dien-dan, title: Diễn đàn Mẫu, channel: forum, boards: ["https://dd.example/"]}
"""


def test_each_source_says_what_it_gave(page: Page, dashboard: str, sample_home: Home) -> None:
    enter(page, sample_home, Role.LEADER)
    page.goto(f"{dashboard}/nguon-tin")
    cards = page.locator(".ln-source")
    expect(cards).to_have_count(len(sample_home.sources))
    for source in sample_home.sources:
        card = cards.filter(has=page.get_by_role("heading", name=source.title, exact=True))
        expect(card).to_contain_text("Đọc tốt.")
        expect(card).to_contain_text("bài mới")
        expect(card).to_contain_text("Bài mới gần nhất")
    terms = cards.first.locator("details")
    expect(terms.get_by_text("Thời hạn")).to_be_hidden()
    unfold(terms.get_by_text("Đọc theo điều khoản nào"))
    expect(terms.get_by_text("chỉ giữ số đếm")).to_be_visible()


def test_the_page_fits_on_a_phone(page: Page, dashboard: str, sample_home: Home) -> None:
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.ADMINISTRATOR)
    page.goto(f"{dashboard}/nguon-tin")
    expect(page.locator(".ln-source")).to_have_count(len(sample_home.sources))
    unfold(page.locator(".ln-terms summary").first)
    expect(page.locator(".ln-terms").first.get_by_text("chỉ giữ số đếm")).to_be_visible()
    fits(page)


@pytest.mark.proof
def test_trouble_comes_first_and_whoever_can_mend_it_is_told_how(
    page: Page, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    (home.configs / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    with open_stores(home, SystemClock()) as stores:
        run = stores.crawl.begin_run("dien-dan")
        stores.crawl.finish_run(
            run,
            requests=1,
            not_modified=0,
            status=RunStatus.FAILED,
            problem="robots_unreachable",
            failure=Failure.SOFT,
        )
    with dashboard_of(home) as address:
        enter(page, home, Role.ADMINISTRATOR)
        page.goto(f"{address}/nguon-tin")
        first = page.locator(".ln-source").first
        expect(first).to_contain_text("Diễn đàn Mẫu")
        expect(first).to_contain_text("Không đọc được tệp robots.txt")
        expect(first).to_contain_text("hỏi người quản lý trang")
        expect(page.locator(".ln-source").last).to_contain_text("Chưa đọc lần nào")
        expect(page.get_by_text("không có nghĩa là người dân bớt quan tâm")).to_be_visible()

        page.context.clear_cookies()
        enter(page, home, Role.LEADER)
        page.goto(f"{address}/nguon-tin")
        expect(first).to_contain_text("Đang gặp trục trặc")
        expect(first).not_to_contain_text("Không đọc được tệp")
        expect(page.get_by_text("1 nguồn đang gặp trục trặc")).to_be_visible()
        expect(page.get_by_text("không có nghĩa là người dân bớt quan tâm")).to_be_visible()


@pytest.mark.proof
def test_a_source_that_fell_silent_says_why_and_what_to_do(page: Page, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    (home.configs / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    with open_stores(home, SystemClock()) as stores:
        run = stores.crawl.begin_run("dien-dan")
        stores.crawl.finish_run(run, requests=1, not_modified=0, status=RunStatus.FINISHED)
        notices = stores.crawl.notices
        notices.open("dien-dan", NoticeKind.NO_DATA, Cause.LAYOUT_CHANGED)
        notices.open("bao", NoticeKind.NO_DATA, Cause.CERTIFICATE)
        notices.close("bao", NoticeKind.NO_DATA)
        layout = Layout(
            "dien-dan",
            "thread",
            {"posts": Share(90.0, 88.0, "0" * 20)},
            changed_at=SystemClock().now(),
            fallen=("posts",),
            holds=True,
        )
        stores.crawl.layouts.put(layout)
    with dashboard_of(home) as address:
        enter(page, home, Role.ADMINISTRATOR)
        page.goto(f"{address}/nguon-tin")
        first = page.locator(".ln-source").first
        expect(first).to_contain_text("Diễn đàn Mẫu")
        expect(first).to_contain_text("Có thể do trang đã đổi bố cục")
        expect(first).to_contain_text("Việc cần làm: Mở trang Quản trị")
        expect(first).to_contain_text("trước đây 98 % số trang, gần đây 0 %")
        expect(page.get_by_text("1 nguồn đang gặp trục trặc")).to_be_visible()
        unfold(page.get_by_text("Chuyện đã qua (1)"))
        expect(page.get_by_role("row").filter(has_text="chứng chỉ")).to_contain_text("Báo Mẫu")

        page.context.clear_cookies()
        enter(page, home, Role.LEADER)
        page.goto(f"{address}/nguon-tin")
        expect(first).to_contain_text("có thể thấp hơn thực tế")
        expect(first).not_to_contain_text("bố cục")
        expect(page.get_by_text("Chuyện đã qua")).to_have_count(0)


@pytest.mark.proof
def test_no_source_says_what_to_do(page: Page, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    enter(page, home, Role.EDITOR)
    with dashboard_of(home) as address:
        page.goto(f"{address}/nguon-tin")
        expect(page.get_by_text("Hãy nhờ quản trị viên thêm nguồn.")).to_be_visible()
        page.goto(f"{address}/tim-kiem")
        expect(page.get_by_text("Kho chưa có bài nào")).to_be_visible()


@pytest.mark.proof
def test_a_mistake_in_the_configuration_is_shown_with_its_line(page: Page, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    (home.configs / "sources.yaml").write_text("sources:\n  - nguồn\n", encoding="utf-8")
    with dashboard_of(home) as address:
        enter(page, home, Role.ADMINISTRATOR)
        page.goto(f"{address}/nguon-tin")
        expect(page.get_by_text("sources.yaml:2")).to_be_visible()

        page.context.clear_cookies()
        enter(page, home, Role.EDITOR)
        page.goto(f"{address}/nguon-tin")
        expect(page.get_by_text("Hãy báo quản trị viên")).to_be_visible()
        expect(page.get_by_text("sources.yaml")).to_have_count(0)
