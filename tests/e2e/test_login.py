"""Logging in and out in a real browser, and what each role sees."""

from __future__ import annotations

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from langnghe.casework.roles import Role
from langnghe.core.home import Home
from langnghe.dashboard.sampleaccounts import (
    SAMPLE_ACCOUNTS,
    SAMPLE_PASSWORD,
    SampleAccount,
)
from langnghe.dashboard.web.cookies import SESSION
from tests.e2e.conftest import PHONE, click, enter, fill

POSTS = "article.ln-post"


def _log_in(page: Page, name: str) -> None:
    page.get_by_label("Tên tài khoản").fill(name)
    page.get_by_label("Mật khẩu").fill(SAMPLE_PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def _matters(said: ConsoleMessage) -> bool:
    # Streamlit looks for its server below the page's own address first, then above it.
    return said.type == "error" and "/_stcore/" not in said.location["url"]


def test_log_in_work_and_log_out(page: Page, dashboard: str) -> None:
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if _matters(said) else None)
    page.goto(f"{dashboard}/tim-kiem?q=s%E1%BA%A1t+l%E1%BB%9F")
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    _log_in(page, "bientap")
    expect(page.locator(f"{POSTS} mark").first).to_be_visible()
    expect(page.get_by_text("Nguyễn Văn Mẫu")).to_be_visible()
    expect(page.get_by_text("Biên tập viên", exact=False).first).to_be_visible()
    page.reload()
    expect(page.locator(POSTS).first).to_be_visible()
    click(page.get_by_role("link", name="Nguyễn Văn Mẫu"))
    expect(page.get_by_role("heading", name="Tài khoản")).to_be_visible()
    page.get_by_role("link", name="Về trang làm việc").click()
    expect(page.get_by_role("heading", name="Hàng chờ xét duyệt", level=1)).to_be_visible()
    click(page.get_by_role("button", name="Đăng xuất"))
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert problems == []


@pytest.mark.proof
@pytest.mark.parametrize("account", SAMPLE_ACCOUNTS, ids=lambda account: account.id)
def test_each_sample_account_begins_on_a_page_of_its_own(
    page: Page, dashboard: str, account: SampleAccount
) -> None:
    page.goto(dashboard)
    _log_in(page, account.id)
    reads = account.role in {Role.COLLABORATOR, Role.EDITOR, Role.APPROVER}
    others = {Role.LEADER: "Xu hướng", Role.ADMINISTRATOR: "Nguồn tin"}
    heading = "Hàng chờ xét duyệt" if reads else others[account.role]
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    assert page.locator(POSTS).count() == 0 or reads


@pytest.mark.proof
def test_a_session_that_ended_meanwhile_leads_to_the_log_in(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    enter(page, sample_home, Role.EDITOR)
    page.goto(f"{dashboard}/tim-kiem")
    expect(page.locator(POSTS).first).to_be_visible()
    # In another window of the same browser: this one's cookie is worth nothing from then on.
    other = page.context.new_page()
    other.goto(f"{dashboard}/tai-khoan")
    other.get_by_role("button", name="Đăng xuất").click()
    expect(other.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    fill(page.get_by_role("textbox", name="Tìm trong bài đăng"), "đường")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Phiên làm việc đã kết thúc")).to_be_visible()
    expect(page.locator(POSTS)).to_have_count(0)
    page.get_by_role("link", name="Đăng nhập lại").click()
    _log_in(page, "bientap")
    expect(page.locator(POSTS).first).to_be_visible()


@pytest.mark.proof
def test_a_link_on_another_site_needs_no_second_log_in(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    enter(page, sample_home, Role.EDITOR)
    # `localhost` is another site than `127.0.0.1`.
    page.route(
        "http://localhost/thu",
        lambda route: route.fulfill(
            content_type="text/html; charset=utf-8", body=f'<a href="{dashboard}/tim-kiem">Mở</a>'
        ),
    )
    page.goto("http://localhost/thu")
    page.get_by_role("link", name="Mở").click()
    expect(page.locator(POSTS).first).to_be_visible()


@pytest.mark.proof
def test_the_forms_work_without_javascript_on_a_phone(page: Page, dashboard: str) -> None:
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="vi-VN")
    phone = context.new_page()
    phone.goto(f"{dashboard}/dang-nhap?next=/tai-khoan")
    _log_in(phone, "lanhdao")
    expect(phone.get_by_role("heading", name="Tài khoản")).to_be_visible()
    cookie = next(c for c in context.cookies() if c["name"] == SESSION)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    phone.get_by_role("link", name="Bật mã xác thực").click()
    expect(phone.get_by_label("Mã 6 chữ số")).to_be_visible()
    for element in ("main", ".card"):
        box = phone.locator(element).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE["width"]
    context.close()
