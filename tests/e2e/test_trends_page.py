"""Xu hướng in the browser: the period on one page, equal to the briefing; each topic."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from langnghe.briefing import work
from langnghe.briefing.figures import Figures, month_of
from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.vietnamese import day, number
from langnghe.store.opening import casework_beside, open_stores
from tests.e2e.conftest import PHONE, choose, enter, fits, settle, unfold


@pytest.fixture(scope="module")
def figures(sample_home: Home) -> Figures:
    """Those of the briefing of the month that the page opens with."""
    clock = SystemClock()
    with open_stores(sample_home, clock) as stores:
        material = work.material_of(
            sample_home, stores, casework_beside(sample_home, stores.database)
        )
        month = work.usual_month(stores.posts, sample_home.briefing.period_first_day, clock.now())
        found, _ = work.current_figures(material, month, clock.now())
    return found


def _open(page: Page, dashboard: str, query: str = "") -> None:
    page.goto(f"{dashboard}/xu-huong{query}")
    expect(page.get_by_role("heading", name="Dự báo bốn tuần tới")).to_be_visible()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.parametrize("role", [Role.LEADER, pytest.param(Role.EDITOR, marks=pytest.mark.proof)])
def test_the_month_on_the_page_is_the_month_of_the_briefing(
    page: Page, dashboard: str, sample_home: Home, figures: Figures, role: Role
) -> None:
    enter(page, sample_home, role)
    _open(page, dashboard)
    expect(page.locator(".ln-month")).to_contain_text(
        f"Bài, ý kiến: {figures.shown('posts.total')}"
    )
    expect(page.get_by_text(f"từ {day(figures.period.since)} đến")).to_be_visible()
    expect(page.get_by_text("Số liệu dựa trên gì").first).to_be_visible()
    tables = page.get_by_text("Xem bảng số liệu")
    settle(page)
    for at in range(tables.count()):
        unfold(tables.nth(at))
    topics = page.get_by_role("table", name="Số bài theo chủ đề và khuynh hướng")
    expect(topics.get_by_role("row")).to_have_count(len(figures.by("posts.topic")) + 1)
    for topic, count in figures.by("posts.topic").items():
        row = topics.get_by_role("row").filter(
            has=page.get_by_role("rowheader", name=figures.title("topic", topic), exact=True)
        )
        expect(row.locator("td").first).to_have_text(number(count))
        parts = figures.by(f"posts.topic.{topic}.sentiment")
        expect(row.locator("td").nth(2)).to_have_text(
            number(parts.get("negative", 0)) if parts else "–"
        )
    days = page.get_by_role("table", name="Số bài theo ngày").first.locator("td")
    assert sum(map(int, days.all_inner_texts())) == figures["posts.total"]
    answers = page.get_by_role("table", name="Phản ánh, kiến nghị theo tình hình trả lời")
    row = answers.get_by_role("row").filter(has_text="Tiếp nhận trong kỳ")
    expect(row.locator("td").last).to_have_text(figures.shown("petitions.received"))
    expect(page.locator("[data-testid=stVegaLiteChart] svg.marks").nth(4)).to_be_visible()


@pytest.mark.proof
def test_a_topic_of_the_address(
    page: Page, dashboard: str, sample_home: Home, figures: Figures
) -> None:
    topic = list(figures.by("posts.topic"))[3]
    enter(page, sample_home, Role.LEADER)
    _open(page, dashboard, f"?chu-de={topic}")
    title = figures.title("topic", topic)
    choice = page.get_by_role("combobox", name="Chủ đề")
    expect(choice).to_have_value(re.compile(re.escape(title)))
    expect(
        page.get_by_text(f"{figures.shown(f'posts.topic.{topic}')} bài trong kỳ")
    ).to_be_visible()
    # Another choice stands in the address, and is found again from there.
    first = list(figures.by("posts.topic"))[1]
    other = figures.title("topic", first)
    choose(page, "Chủ đề", other)
    expect(page).to_have_url(re.compile(f"chu-de={first}"))
    expect(choice).to_have_value(re.compile(re.escape(other)))
    page.reload()
    expect(page.get_by_role("combobox", name="Chủ đề")).to_have_value(re.compile(re.escape(other)))


@pytest.mark.proof
def test_a_running_period_is_not_broken_down(page: Page, dashboard: str, sample_home: Home) -> None:
    today = local_day(SystemClock().now())
    first_day = sample_home.briefing.period_first_day
    month = month_of(today, first_day)
    enter(page, sample_home, Role.LEADER)
    _open(page, dashboard, f"?ky={month:%Y-%m}")
    expect(page.get_by_role("combobox", name="Kỳ báo cáo")).to_have_value(
        re.compile("đang diễn ra")
    )
    expect(page.get_by_text("Kỳ đang diễn ra: mới có tổng số bài")).to_be_visible()
    unfold(page.get_by_text("Xem bảng số liệu").nth(1))
    cells = page.get_by_role("table", name="Số bài theo chủ đề và khuynh hướng").locator(
        'td[data-name="Tiêu cực"]'
    )
    assert set(cells.all_inner_texts()) <= {"–"}


@pytest.mark.proof
def test_on_a_phone_nothing_is_wider_than_the_screen(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.LEADER)
    _open(page, dashboard)
    unfold(page.get_by_text("Xem bảng số liệu").nth(1))
    expect(page.get_by_role("table", name="Số bài theo chủ đề và khuynh hướng")).to_be_visible()
    fits(page)
    widest = page.locator(".ln-quality, .ln-figures, .ln-facts, [data-testid=stVegaLiteChart]")
    for part in widest.all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= PHONE["width"]
