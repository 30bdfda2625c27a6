from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.kinds import ITEM
from langnghe.casework.review import Dismiss, Dismissal
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Reason
from langnghe.dashboard.desk import open_desk
from langnghe.store.opening import open_casework
from tests.casework.world import flag
from tests.e2e.conftest import PHONE, enter, fits, unfold

HAO = Actor("hao", frozenset({Role.COLLABORATOR}))
OURS = 7
"""Items that are dismissed here; the sample month may hold others."""


@pytest.fixture(scope="module")
def decided(sample_home: Home) -> None:
    """Items of this month that were dismissed as opinion, without a post of the sample month."""
    with open_casework(sample_home) as database:
        desk = open_desk(sample_home, database, SystemClock())
        for number in range(OURS):
            item = flag(desk, Reason.SCAM_WARNING, f"thu-chat-luong-{number}-", second=False)
            action = Dismiss(Dismissal.OPINION)
            desk.act(ITEM, item.state.id, action, HAO, version=item.version)


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    "role",
    [
        Role.LEADER,
        pytest.param(Role.ADMINISTRATOR, marks=pytest.mark.proof),
        pytest.param(Role.EDITOR, marks=pytest.mark.proof),
    ],
)
def test_figures_of_the_month_and_of_the_model(
    page: Page, dashboard: str, sample_home: Home, role: Role
) -> None:
    enter(page, sample_home, role)
    page.goto(f"{dashboard}/chat-luong")
    expect(page.get_by_role("heading", name="Chất lượng", exact=True)).to_be_visible()
    this_month = f"tháng {local_day(SystemClock().now()):%m/%Y}"
    expect(page.get_by_role("combobox", name="Tháng")).to_have_value(this_month)
    expect(page.locator(".ln-facts")).to_contain_text("Dấu hiệu lừa đảo")
    expect(page.locator(".ln-figures").first).to_contain_text("Ý kiến, quan điểm")
    unfold(page.get_by_text("Xem bảng số liệu"))
    table = page.get_by_role("table", name="Người xét duyệt thấy lý do đúng bao nhiêu lần")
    expect(table.get_by_role("row", name="Dấu hiệu lừa đảo")).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart] svg.marks")).to_be_visible()
    expect(page.locator(".ln-ceiling")).to_contain_text("390 bài")
    expect(page.locator(".ln-ceiling")).to_contain_text("nhiều nhất 5 trong 1.000 bài")
    expect(page.get_by_text("Trong 100 bài mà máy cho là bài cần cơ quan trả lời")).to_be_visible()


@pytest.mark.proof
@pytest.mark.usefixtures("decided")
def test_on_a_phone_nothing_is_wider_than_the_screen(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.LEADER)
    page.goto(f"{dashboard}/chat-luong")
    unfold(page.get_by_text("Xem bảng số liệu"))
    # The column's name stands before each figure, for the head of the table is out of sight.
    cell = page.locator('.ln-quality td[data-name="Bỏ qua"]').first
    expect(cell).to_be_visible()
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"')
    expect(page.locator(".ln-ceiling")).to_be_visible()
    fits(page)
    widest = page.locator(".ln-quality, .ln-figures, .ln-ceiling, [data-testid=stVegaLiteChart]")
    for part in widest.all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= PHONE["width"]


@pytest.mark.proof
def test_a_month_of_the_address_without_decisions_falls_back(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    enter(page, sample_home, Role.EDITOR)
    page.goto(f"{dashboard}/chat-luong?thang=1999-01")
    expect(page.get_by_role("combobox", name="Tháng")).to_be_visible()
    expect(page.get_by_role("heading", name="Máy đọc bài đúng đến đâu")).to_be_visible()


@pytest.mark.proof
def test_a_collaborator_is_told_that_the_page_is_not_theirs(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    enter(page, sample_home, Role.COLLABORATOR)
    page.goto(f"{dashboard}/chat-luong")
    expect(page.get_by_text("không có quyền xem chất lượng")).to_be_visible()
