"""The page "Giao ban tháng": figures, text, approval by another, what is frozen, the phone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from langnghe.briefing import work
from langnghe.briefing.briefings import BRIEFING, Briefing, briefing_id
from langnghe.briefing.sentences import as_typed
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.store.opening import casework_beside, open_casework, open_stores
from tests.e2e.conftest import PHONE, enter, fill, fits, press, unfold

AFTER = 180_000
"""Milliseconds in which four files are made on two busy cores."""
LAN = Actor("lan-thu", frozenset({Role.EDITOR}))


def month_of(home: Home) -> date:
    """The month that the page opens with."""
    with open_stores(home, SystemClock()) as stores:
        return work.usual_month(stores.posts, home.briefing.period_first_day, SystemClock().now())


def kept_of(home: Home, month: date) -> Kept[Briefing]:
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        return desk.get(BRIEFING, briefing_id(month), LAN)


def opened(page: Page, address: str) -> None:
    page.goto(f"{address}/giao-ban")
    expect(page.get_by_role("heading", name="Giao ban tháng")).to_be_visible()
    expect(page.get_by_role("combobox", name="Tháng giao ban")).to_be_visible()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.fixture
def second(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.mark.proof
def test_from_figures_to_a_frozen_report(
    page: Page, second: Page, dashboard: str, sample_home: Home
) -> None:
    month = month_of(sample_home)
    enter(page, sample_home, Role.EDITOR)
    opened(page, dashboard)
    press(page, "Bắt đầu soạn")
    expect(page.get_by_text("Đã lấy số liệu và soạn dự thảo.")).to_be_visible()

    # What a number is.
    unfold(page.get_by_text("Nguồn của các số").first)
    sources = page.locator(".ln-sources").first
    expect(sources).to_contain_text("Số bài, ý kiến thu thập được")
    expect(sources).to_contain_text("daily: posts, since=")

    # Not before what the machine cannot know is filled in.
    press(page, "Trình duyệt")
    expect(page.get_by_text("Còn chỗ «[Cán bộ bổ sung")).to_be_visible()

    # Somebody else saves the section meanwhile: nobody's words are lost.
    name = "Tình hình thế giới, trong nước"
    press(page, f"Sửa mục «{name}»")
    box = page.get_by_role("textbox", name=f"Lời văn của mục «{name}»")
    fill(box, "Dư luận quan tâm 999 việc <b>thử</b>.")
    kept = kept_of(sample_home, month)
    section = kept.state.section("world")
    assert section is not None
    with open_casework(sample_home) as database:
        desk = open_desk(sample_home, database, SystemClock())
        seen = as_typed(section.paragraphs)
        work.edit(desk, kept.state.id, "world", seen, "Của người khác.", LAN)
    press(page, "Lưu mục này")
    expect(page.get_by_text("vừa được người khác thay đổi")).to_be_visible()
    expect(page.get_by_text("Của người khác.")).to_be_visible()
    expect(box).to_have_value("Dư luận quan tâm 999 việc <b>thử</b>.")
    press(page, "Giữ chữ của tôi")
    expect(page.get_by_text("Của người khác.")).to_have_count(0)
    press(page, "Lưu mục này")
    expect(page.get_by_text("Đã lưu mục này.")).to_be_visible()
    expect(page.get_by_text("Dư luận quan tâm 999 việc <b>thử</b>.")).to_be_visible()
    expect(page.get_by_text("Không khớp số liệu nào của kỳ: 999")).to_be_visible()

    # The rest of what is asked for, by the desk: each is the same work again.
    complete(sample_home, month)
    page.reload()
    expect(button(page, "Trình duyệt")).to_be_visible()
    expect(page.locator(".ln-section mark")).to_have_count(0)
    press(page, "Trình duyệt")
    expect(page.get_by_text("Đã trình duyệt.")).to_be_visible()
    expect(button(page, "Duyệt và khóa số liệu")).to_have_count(0)

    # Somebody who did not write approves, on a phone.
    enter(second, sample_home, Role.APPROVER)
    opened(second, dashboard)
    press(second, "Duyệt và khóa số liệu")
    expect(second.get_by_text("Số liệu và lời văn được giữ nguyên.").first).to_be_visible()
    fits(second)

    press(second, "Tạo các tệp")
    expect(button(second, "Tải báo cáo (DOCX)")).to_be_visible(timeout=AFTER)
    for label, ending, inside in (
        ("Tải báo cáo (DOCX)", ".docx", "word/document.xml"),
        ("Tải slide (PPTX)", ".pptx", "ppt/presentation.xml"),
        ("Tải bảng số liệu (XLSX)", ".xlsx", "xl/workbook.xml"),
    ):
        with second.expect_download() as download:
            press(second, label)
        assert download.value.suggested_filename == f"giao-ban-{month:%Y-%m}-hd05{ending}"
        content = Path(download.value.path()).read_bytes()
        assert inside in zipfile.ZipFile(BytesIO(content)).namelist()
    with second.expect_download() as download:
        press(second, "Tải báo cáo (PDF)")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def complete(home: Home, month: date) -> None:
    """Take out all that the draft asks for."""
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        kept = desk.get(BRIEFING, briefing_id(month), LAN)
        for section in kept.state.sections:
            seen = as_typed(section.paragraphs)
            lines = [line for line in seen.splitlines() if "[Cán bộ bổ sung" not in line]
            if len(lines) < len(seen.splitlines()):
                words = "\n".join(lines) or "Không có."
                work.edit(desk, kept.state.id, section.id, seen, words, LAN)


@pytest.mark.proof
@pytest.mark.parametrize("role", [Role.COLLABORATOR, Role.LEADER, Role.ADMINISTRATOR])
def test_others_do_not_get_the_page(
    page: Page, dashboard: str, sample_home: Home, role: Role
) -> None:
    enter(page, sample_home, role)
    page.goto(f"{dashboard}/giao-ban")
    expect(page.get_by_text("không có quyền soạn thảo")).to_be_visible()
    expect(page.get_by_role("combobox", name="Tháng giao ban")).to_have_count(0)


@pytest.mark.proof
def test_quick_report_and_minutes_are_made_on_the_page(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    month = month_of(sample_home)
    with open_stores(sample_home, SystemClock()) as stores:
        casework = casework_beside(sample_home, stores.database)
        desk = open_desk(sample_home, casework, SystemClock())
        if desk.cases.get(BRIEFING.name, briefing_id(month)) is None:
            material = work.material_of(sample_home, stores, casework)
            work.open_briefing(desk, material, month, LAN)
    enter(page, sample_home, Role.EDITOR)
    opened(page, dashboard)
    unfold(page.get_by_text("Báo cáo nhanh về một chủ đề"))
    press(page, "Tạo báo cáo nhanh")
    with page.expect_download() as download:
        press(page, "Tải báo cáo nhanh (DOCX)")
    assert download.value.suggested_filename.startswith("bao-cao-nhanh-")
    unfold(page.get_by_text("Biên bản hội nghị giao ban"))
    fill(page.get_by_role("textbox", name="Chủ trì (họ tên, chức vụ)"), "Lò Văn Hặc, Phó Bí thư")
    ends = page.get_by_role("textbox", name="Kết luận, mỗi dòng một ý")
    fill(ends, "Sửa đường <b>trước</b> Tết.")
    press(page, "Tạo biên bản")
    with page.expect_download() as download:
        press(page, "Tải biên bản (DOCX)")
    content = Path(download.value.path()).read_bytes()
    words = zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode()
    assert "Lò Văn Hặc" in words
    assert "Sửa đường &lt;b&gt;trước&lt;/b&gt; Tết." in words
