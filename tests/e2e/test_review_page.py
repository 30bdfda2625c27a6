"""Hàng chờ xét duyệt in a real browser: keys and mouse, locks, second opinions, the phone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from langnghe.casework.claimstate import Claim
from langnghe.casework.desk import Desk, NewClaim
from langnghe.casework.keeping import add
from langnghe.casework.kinds import CLAIM, ITEM, PETITION
from langnghe.casework.review import (
    Dismiss,
    Dismissal,
    FollowUp,
    ItemState,
    ReviewItem,
    open_item,
)
from langnghe.casework.roles import SYSTEM, Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Channel, Post, PostKind, Reason, TimePrecision
from langnghe.dashboard.desk import open_desk
from langnghe.store.opening import casework_beside, open_stores
from tests.e2e.conftest import PATIENCE, PHONE, WIDE, click, enter, fill, fits, press, settle

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
"""Items from then stand before all others of their reason."""
LAN = Actor("lan", frozenset({Role.EDITOR}))
CARD = "article.ln-post .ln-text"


@dataclass(frozen=True)
class Flagged:
    """A post of this test's own, and its item in the queue."""

    item: str
    post: str
    text: str


@contextmanager
def _desk(home: Home) -> Iterator[Desk]:
    clock = SystemClock()
    with open_stores(home, clock) as stores:
        yield open_desk(home, casework_beside(home, stores.database), clock)


def _flag(
    home: Home, reason: Reason, *texts: str, title: str = "", second: bool = False
) -> list[Flagged]:
    """Posts with these texts, each with an open item, in this order at the head of the queue."""
    clock, made = SystemClock(), []
    with open_stores(home, clock) as stores:
        desk = open_desk(home, casework_beside(home, stores.database), clock)
        # What a later test flags comes first, whatever an earlier one has left open.
        first = LONG_AGO - timedelta(seconds=clock.now().timestamp() - 1_790_000_000)
        for number, text in enumerate(texts):
            item = _item(reason, second=second)
            said = f"{text} (bài {item.subject[:6]})"
            post = Post(
                id=item.subject,
                source="dien-dan",
                channel=Channel.FORUM,
                kind=PostKind.REPLY,
                thread_id=secrets.token_hex(16),
                url="https://xa.example/tin",
                text=said,
                title=title,
                published_at=clock.now() - timedelta(days=1),
                precision=TimePrecision.MINUTE,
                fetched_at=clock.now(),
                topics=("duong-sa",),
            )
            stores.posts.put([post])
            with desk.cases.transaction(first + timedelta(milliseconds=number)) as work:
                add(work, ITEM, item.id, item, SYSTEM, "open")
            made.append(Flagged(item.id, post.id, said))
    return made


def _item(reason: Reason, *, second: bool) -> ReviewItem:
    while True:
        subject = secrets.token_hex(16)
        item = open_item(reason, subject, (subject,), LONG_AGO)
        if item.second_wanted is second:
            return item


def _open(page: Page, address: str, query: str = "") -> None:
    page.goto(f"{address}/hang-cho{query}")
    expect(page.get_by_role("heading", level=1, name="Hàng chờ xét duyệt")).to_be_visible()


def _expect_item(page: Page, flagged: Flagged) -> None:
    """It is open, and the page has been drawn to its end."""
    expect(page).to_have_url(re.compile(flagged.item))
    expect(page.locator(CARD).first).to_contain_text(flagged.text)
    # The last of its buttons: from now on all keys are heard.
    expect(page.get_by_role("button", name="Mục sau").last).to_be_visible()
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def _as_read(text: str) -> re.Pattern[str]:
    """A label's text, with the joiners that nobody sees (components.plain)."""
    return re.compile("".join(f"{re.escape(sign)}\u2060?" for sign in text))


def _key(page: Page, key: str) -> None:
    # What is pressed while the page is drawn may not be heard yet.
    settle(page)
    page.keyboard.press(key)


def _second_browser(browser: Browser, home: Home, *roles: Role) -> Page:
    context = browser.new_context(viewport=WIDE, locale="vi-VN")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    enter(page, home, *roles)
    return page


def test_keys_dismiss_undo_and_move_and_the_next_item_opens_by_itself(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    one, two, three = _flag(sample_home, Reason.SCAM_WARNING, "Vay nhanh", "Việc nhẹ", "Trúng quà")
    enter(page, sample_home, Role.COLLABORATOR)
    _open(page, dashboard, "?lydo=scam_warning")
    expect(page.get_by_role("button", name="Bắt đầu xét duyệt")).to_be_visible()
    _key(page, "j")
    _expect_item(page, one)
    expect(page.get_by_text("Bạn đang xử lý đến")).to_be_visible()
    _key(page, "1")  # without X before it: nothing
    _key(page, "x")
    expect(page.get_by_role("button", name="Châm biếm, nói đùa")).to_be_visible()
    _key(page, "2")
    _expect_item(page, two)
    expect(page.get_by_text("Đã bỏ qua: Châm biếm, nói đùa.")).to_be_visible()
    _key(page, "j")
    _expect_item(page, three)
    _key(page, "k")
    _expect_item(page, two)
    _key(page, "u")
    _expect_item(page, one)
    with _desk(sample_home) as desk:
        state = desk.get(ITEM, one.item, LAN).state
        assert state.state is ItemState.OPEN
        assert [decision.dismissal for decision in state.decisions] == [Dismissal.SATIRE]
        assert desk.get(ITEM, three.item, LAN).state.locked_by is None


@pytest.mark.proof
def test_other_reasons_are_said_in_words_with_the_mouse(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    one, two = _flag(sample_home, Reason.SCAM_WARNING, "Bán hàng thật", "Tuyển người")
    enter(page, sample_home, Role.EDITOR)
    _open(page, dashboard, f"?lydo=scam_warning&ma={one.item}")
    _expect_item(page, one)
    click(page.get_by_role("button", name="Bỏ qua…"))
    click(page.get_by_role("button", name="Lý do khác"))
    fill(page.get_by_role("textbox", name="Vì sao bỏ qua?"), "Cửa hàng có thật, gọi 0912 345 678")
    press(page, "Bỏ qua với lý do này")
    _expect_item(page, two)
    with _desk(sample_home) as desk:
        decision = desk.get(ITEM, one.item, LAN).state.decision
    assert decision is not None
    assert decision.dismissal is Dismissal.OTHER
    assert decision.note.startswith("Cửa hàng có thật")
    assert "0912" not in decision.note


@pytest.mark.proof
def test_a_petition_is_opened_and_what_was_typed_survives_a_refusal(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    one, two = _flag(sample_home, Reason.NEEDS_ANSWER, "Cầu hỏng ai sửa", "Bao giờ có điện")
    enter(page, sample_home, Role.COLLABORATOR)
    _open(page, dashboard, f"?lydo=needs_answer&ma={one.item}")
    _expect_item(page, one)
    _key(page, "d")
    summary = page.get_by_role("textbox", name="Nội dung phản ánh, kiến nghị")
    fill(summary, "Cầu hỏng, hỏi chị Nguyễn Thị Mơ số 0912 345 678")
    expect(page.get_by_text("Hạn trả lời:")).to_be_visible()
    press(page, "Mở phản ánh, kiến nghị")
    expect(page.get_by_text("số điện thoại").first).to_be_visible()
    expect(summary).to_have_value(re.compile("0912"))
    fill(summary, f"Đề nghị sửa cầu treo {one.post[:6]}")
    press(page, "Mở phản ánh, kiến nghị")
    _expect_item(page, two)
    with _desk(sample_home) as desk:
        decision = desk.get(ITEM, one.item, LAN).state.decision
        assert decision is not None
        assert decision.follow_up is FollowUp.OPEN_PETITION
        petition = desk.get(PETITION, decision.target, LAN).state
    assert petition.summary == f"Đề nghị sửa cầu treo {one.post[:6]}"
    assert petition.posts == (one.post,)
    assert petition.topic == "duong-sa"


@pytest.mark.proof
def test_of_a_denunciation_nothing_is_kept_and_that_is_said_before(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    one, two = _flag(sample_home, Reason.NEEDS_ANSWER, "Chuyện ở thôn", "Hỏi lịch tiêm")
    enter(page, sample_home, Role.EDITOR)
    _open(page, dashboard, f"?lydo=needs_answer&ma={one.item}")
    _expect_item(page, one)
    _key(page, "d")
    click(page.get_by_text("Tố cáo", exact=True))
    expect(page.get_by_text("không giữ lại gì ngoài số đếm")).to_be_visible()
    expect(page.get_by_text("Luật Tố cáo 25/2018/QH14")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    press(page, "Đưa khỏi hàng chờ: tố cáo")
    _expect_item(page, two)
    expect(page.get_by_role("button", name="Hoàn tác")).to_have_count(0)
    with _desk(sample_home) as desk:
        assert desk.get(ITEM, one.item, LAN).state.state is ItemState.FORMAL


@pytest.mark.proof
def test_like_claims_are_offered_to_attach_to(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    word = secrets.token_hex(4)
    one, _two = _flag(
        sample_home, Reason.URGENT, f"Nghe nói đập thủy điện {word} bị nứt", "Lũ về rồi"
    )
    with _desk(sample_home) as desk:
        statement = f"[Đập](https://nứt.{word}) thủy điện {word} bị nứt."
        claim = desk.open_claim(NewClaim(statement, "duong-sa"), LAN).state
    enter(page, sample_home, Role.EDITOR)
    _open(page, dashboard, f"?lydo=urgent&ma={one.item}")
    _expect_item(page, one)
    _key(page, "d")
    click(page.get_by_text("Gắn vào thông tin đã có"))
    offered = page.get_by_role("radiogroup", name="Thông tin gần giống nhất")
    # Those of the sample month that like posts were attached to may stand before it.
    mine = offered.locator("label").filter(has_text=_as_read(statement))
    expect(mine).to_have_count(1)
    expect(offered.locator("a")).to_have_count(0)
    click(mine)
    press(page, "Gắn vào thông tin này")
    expect(page.get_by_text(f"Đã gắn vào {claim.id}.")).to_be_visible()
    assert one.post in _claim(sample_home, claim.id).posts


def _claim(home: Home, claim_id: str) -> Claim:
    with _desk(home) as desk:
        return desk.get(CLAIM, claim_id, LAN).state


@pytest.mark.proof
def test_what_one_works_on_is_locked_for_others_and_can_be_handed_over(
    page: Page, browser: Browser, dashboard: str, sample_home: Home
) -> None:
    one, two = _flag(sample_home, Reason.URGENT, "Sạt lở ở dốc", "Nước lên")
    enter(page, sample_home, Role.COLLABORATOR)
    _open(page, dashboard, f"?ma={one.item}")
    _expect_item(page, one)
    with _desk(sample_home) as desk:
        holder = desk.get(ITEM, one.item, LAN).state.locked_by
    other = _second_browser(browser, sample_home, Role.EDITOR)
    _open(other, dashboard, f"?ma={one.item}")
    _expect_item(other, one)
    expect(other.get_by_text(re.compile(r"đang xử lý đến \d\d:\d\d"))).to_be_visible()
    expect(other.get_by_role("button", name="Bỏ qua…")).to_have_count(0)
    _open(other, dashboard, "?lydo=urgent")
    expect(other.get_by_role("button", name="Bắt đầu xét duyệt")).to_be_visible()
    _key(other, "j")
    _expect_item(other, two)
    # The editor gives what another works on to themselves.
    _open(other, dashboard, f"?ma={one.item}")
    _expect_item(other, one)
    with _desk(sample_home) as desk:
        me = desk.get(ITEM, two.item, LAN).state.locked_by
    assert me is not None
    assert me != holder
    to = other.get_by_role("combobox", name="Giao mục này cho người khác")
    click(to)
    fill(to, me)
    click(other.get_by_role("option", name=re.compile(re.escape(me))))
    press(other, "Giao mục này")
    expect(other.get_by_text(f"Đã giao cho tài khoản {me}.")).to_be_visible()
    other.context.close()
    with _desk(sample_home) as desk:
        assert desk.get(ITEM, one.item, LAN).state.assigned_to == me
    _key(page, "x")
    expect(page.get_by_text(f"Mục này đã giao cho {me}.")).to_be_visible()
    expect(page.get_by_role("button", name="Bỏ qua…")).to_have_count(0)


def _take(frame: str | bytes, received: list[bytes]) -> None:
    received.append(frame.encode() if isinstance(frame, str) else frame)


@pytest.mark.proof
def test_a_second_reviewer_is_shown_nothing_of_the_first(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    (one,) = _flag(sample_home, Reason.SCAM_WARNING, "Đầu tư lãi cao", second=True)
    with _desk(sample_home) as desk:
        first = Dismiss(Dismissal.OTHER, "ghi chú của người thứ nhất")
        desk.act(ITEM, one.item, first, LAN, version=1)
    enter(page, sample_home, Role.COLLABORATOR)
    received: list[bytes] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: _take(frame, received)),
    )
    _open(page, dashboard, f"?danhsach=y-kien-thu-hai&ma={one.item}")
    _expect_item(page, one)
    expect(page.get_by_text("Bạn cho ý kiến thứ hai")).to_be_visible()
    _key(page, "d")
    expect(page.get_by_text("Đã ghi ý kiến thứ hai.")).to_be_visible()
    assert any(one.text.encode() in frame for frame in received)
    assert not any("người thứ nhất".encode() in frame for frame in received)
    with _desk(sample_home) as desk:
        second = desk.get(ITEM, one.item, LAN).state.second
    assert second is not None
    assert second.dismissal is None


@pytest.mark.proof
def test_who_approves_sees_and_assigns_but_does_not_decide(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    (one,) = _flag(sample_home, Reason.NEEDS_ANSWER, "Xin lịch tiếp dân")
    enter(page, sample_home, Role.APPROVER)
    _open(page, dashboard, f"?ma={one.item}")
    _expect_item(page, one)
    expect(page.get_by_text("Bạn giao được mục này")).to_be_visible()
    for button in ("Bỏ qua…", "Xác nhận…", "Bắt đầu xét duyệt", "Chờ ý kiến thứ hai"):
        expect(page.get_by_role("button", name=button)).to_have_count(0)
    _key(page, "x")
    expect(page.get_by_role("button", name="Ý kiến, quan điểm")).to_have_count(0)
    with _desk(sample_home) as desk:
        assert desk.get(ITEM, one.item, LAN).state.locked_by is None


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_who_reads_no_posts_has_no_queue(
    role: Role, page: Page, dashboard: str, sample_home: Home
) -> None:
    enter(page, sample_home, role)
    page.goto(f"{dashboard}/hang-cho")
    expect(page.get_by_text("không có quyền")).to_be_visible()


@pytest.mark.proof
def test_filters_stand_in_the_address_and_a_hostile_title_stays_text(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    title = "**Đậm** [bấm](https://xau.example) :red[đỏ] <b>x</b> $a$ 1. www.xau.example"
    (one,) = _flag(sample_home, Reason.SCAM_WARNING, "Nhận quà", title=title)
    enter(page, sample_home, Role.COLLABORATOR)
    _open(page, dashboard)
    click(page.get_by_role("button", name=re.compile(r"^Dấu hiệu lừa đảo \(")))
    expect(page).to_have_url(re.compile("lydo=scam_warning"))
    row = page.locator(f".st-key-review-row-{one.item} button:visible")
    expect(row).to_contain_text(_as_read(title))
    page.reload()
    expect(page.get_by_role("button", name=re.compile("✓ Dấu hiệu lừa đảo"))).to_be_visible()
    expect(row).to_contain_text(_as_read(title))
    click(row)
    _expect_item(page, one)
    expect(page.locator("h3.ln-title").first).to_contain_text(title)
    expect(page.locator("a[href*='xau.example']")).to_have_count(0)
    _open(page, dashboard, "?ma=[x](https://xau.example)")
    expect(page.get_by_text("Không có mục này trong hàng chờ.")).to_be_visible()
    expect(page.locator("a[href*='xau.example']")).to_have_count(0)


@pytest.mark.proof
def test_on_a_phone_the_list_and_the_item_stand_alone(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    one, two = _flag(
        sample_home, Reason.NEEDS_ANSWER, "Đường vào bản lầy lội", "Hỏi chế độ hộ nghèo"
    )
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.COLLABORATOR)
    _open(page, dashboard, "?lydo=needs_answer")
    row = page.locator(f".st-key-review-row-{one.item} button:visible")
    click(row)
    _expect_item(page, one)
    expect(row).to_have_count(0)
    dismiss = page.get_by_role("button", name="Bỏ qua…")
    expect(dismiss).to_be_in_viewport()
    fits(page)
    click(dismiss)
    click(page.get_by_role("button", name="Không thuộc địa bàn"))
    _expect_item(page, two)
    press(page, "← Về danh sách")
    expect(page.locator(f".st-key-review-row-{two.item} button:visible")).to_be_visible()
    expect(page.locator(CARD)).to_have_count(0)
