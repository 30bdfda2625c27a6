"""Each page holds no serious fault by axe-core, on a screen and a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from langnghe.casework.kinds import CLAIM, ITEM, PETITION, REPORT
from langnghe.casework.reports import ReportState
from langnghe.casework.review import ItemState
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.navigation import pages_of
from langnghe.store.cases import Where
from langnghe.store.opening import open_casework
from tests.e2e.conftest import PATIENCE, PHONE, WIDE, enter, settle

pytestmark = pytest.mark.proof

SERIOUS: Final = ("serious", "critical")
PARTS: Final = ("Nguồn tin", "Chủ đề", "Thời hạn lưu", "Nhật ký hoạt động", "Sao lưu")


@pytest.fixture(scope="module")
def opened(sample_home: Home) -> dict[Role, Sequence[str]]:
    """Addresses of single cases, by who has work on them."""
    editor = Actor("xem", frozenset({Role.EDITOR}))
    with open_casework(sample_home) as casebase:
        desk = open_desk(sample_home, casebase, SystemClock())
        item = desk.find(ITEM, editor, Where(states=(ItemState.OPEN,)), limit=1)[0].state.id
        claims = [claim.id for claim in desk.every(CLAIM)]
        answered = [one.id for one in desk.every(PETITION) if one.answers]
        handed_in = Where(states=(ReportState.SUBMITTED,))
        report = desk.find(REPORT, editor, handed_in, limit=1)[0].state.id
    petition, claim = f"phan-anh?ma={answered[0]}", f"thong-tin?ma={claims[0]}"
    return {
        Role.EDITOR: [
            petition,
            claim,
            f"hang-cho?ma={item}",
            "phieu/moi",
            f"phieu?ma={report}",
            "phan-anh?ma=moi",
        ],
        Role.APPROVER: [petition, claim],
        Role.ADMINISTRATOR: [f"quan-tri?muc={part}" for part in PARTS],
    }


def addresses(role: Role, opened: dict[Role, Sequence[str]]) -> Iterator[str]:
    """Each page once, by who sees most of it; single cases by who has work on them."""
    shared = pages_of(Actor("xem", frozenset({Role.EDITOR})))
    if role is Role.EDITOR:
        yield from (entry.url for entry in shared)
        yield "tai-khoan"
    if role is Role.ADMINISTRATOR:
        every = pages_of(Actor("xem", frozenset({role})))
        yield from (entry.url for entry in every if entry not in shared)
    yield from opened[role]


def faults(page: Page) -> list[str]:
    """What axe-core finds that shuts people out, with the element that it finds it on."""
    settle(page)
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{page.url} {one['id']} ({one['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR])
def test_no_page_holds_a_serious_fault(
    browser: Browser,
    dashboard: str,
    sample_home: Home,
    opened: dict[Role, Sequence[str]],
    role: Role,
    size: ViewportSize,
) -> None:
    context = browser.new_context(viewport=size, locale="vi-VN", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, sample_home, role)
    found = []
    for address in addresses(role, opened):
        page.goto(f"{dashboard}/{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
        app = page.get_by_test_id("stApp")
        if app.count():
            expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
            # New content is faded in; half-way it would lack contrast.
            page.wait_for_timeout(1_000)
        found += faults(page)
    context.close()
    assert not found, "\n\n".join(found)


def test_the_log_in_page_holds_no_serious_fault(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/dang-nhap")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not faults(page)
