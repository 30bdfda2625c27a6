"""The whole way in a browser: from a flagged post to what the office publishes, by three people.

Who drafts may approve as well, so that only the rule of two persons keeps them from it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from langnghe.casework.checked import checked_claims
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import CLAIM, ITEM, PETITION
from langnghe.casework.petitionrecords import State, is_petition_code
from langnghe.casework.queue import bring_up_to_date
from langnghe.casework.review import item_id
from langnghe.casework.roles import Actor, Role
from langnghe.classifier.opening import open_model
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Channel, Post, PostKind, Reason, TimePrecision, Verdict
from langnghe.dashboard.desk import open_desk
from langnghe.store.auditlog import Entries
from langnghe.store.cases import Cases
from langnghe.store.opening import casework_beside, open_casework, open_stores
from tests.e2e.conftest import PATIENCE, WIDE, choose, click, enter, fill, press
from tests.service import langnghe

pytestmark = pytest.mark.proof

LOOKS_ON = Actor("xem-lai", frozenset({Role.APPROVER}))
"""From whoever reviews, the decision of an item that gets a second opinion would be hidden."""
AGENCY = "Phòng Kinh tế xã"
ANSWER = "Ván cầu được thay xong trước ngày 15/12/2026."
PUBLISHED_AT = "https://xa.example/tra-loi/7"
CORRECTION = {
    "Tiêu đề": "Nhận tiền hỗ trợ không phải nộp khoản nào trước",
    "Thông tin đúng": "Tiền hỗ trợ được phát tại trụ sở, không thu phí.",
    "Nội dung đang lan truyền": "Trên diễn đàn của xã có tin muốn nhận hỗ trợ phải nộp tiền.",
    "Kết quả xác minh": "Qua xác minh với cơ quan chi trả, đây là thông tin sai sự thật.",
    "Nơi liên hệ": "Ủy ban nhân dân xã Bình Lư, giờ hành chính.",
}


@dataclass(frozen=True)
class People:
    """Each at a browser of their own."""

    reviewer: Page
    drafter: Page
    approver: Page


@pytest.fixture
def people(browser: Browser, sample_home: Home) -> Iterator[People]:
    contexts = [browser.new_context(viewport=WIDE, locale="vi-VN") for _ in range(3)]
    expect.set_options(timeout=PATIENCE)
    pages = []
    for context, roles in zip(
        contexts,
        ((Role.COLLABORATOR,), (Role.EDITOR, Role.APPROVER), (Role.APPROVER,)),
        strict=True,
    ):
        context.set_default_timeout(PATIENCE)
        pages.append(context.new_page())
        enter(pages[-1], sample_home, *roles)
    yield People(*pages)
    for context in contexts:
        context.close()


@pytest.fixture
def desk(sample_home: Home) -> Iterator[Desk]:
    with open_casework(sample_home) as database:
        yield open_desk(sample_home, database, SystemClock())


def _flagged(home: Home, text: str, reason: Reason) -> tuple[str, str]:
    """Ids of a new post, labelled by the model in use, and of the item that this puts in line."""
    clock = SystemClock()
    post = Post(
        id=secrets.token_hex(16),
        source="dien-dan",
        channel=Channel.FORUM,
        kind=PostKind.REPLY,
        thread_id=secrets.token_hex(16),
        url="https://xa.example/tin",
        text=text,
        published_at=clock.now() - timedelta(hours=3),
        precision=TimePrecision.MINUTE,
        fetched_at=clock.now(),
        topics=("duong-sa",),
    )
    labels = open_model(home.model).classifier.label([post])
    assert reason in labels[0].reasons
    with open_stores(home, clock) as stores:
        stores.posts.put([post])
        assert stores.posts.label(labels) == 1
        cases = Cases(casework_beside(home, stores.database))
        assert bring_up_to_date(cases, clock, {post.id: labels[0].reasons}, None).opened
    return post.id, item_id(reason, post.id)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def _says(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def _not_offered(page: Page, words: str) -> None:
    """The page has said why, and there is no button to approve with."""
    _says(page, words)
    expect(page.get_by_role("button", name=re.compile("^Duyệt"))).to_have_count(0)


def _confirm(page: Page, dashboard: str, item: str, text: str, summary: str, button: str) -> None:
    """Confirm a review item by opening what `button` says, and wait until that is done."""
    page.goto(f"{dashboard}/hang-cho?ma={item}")
    expect(page.locator("article.ln-post .ln-text").first).to_contain_text(text)
    click(page.get_by_role("button", name="Xác nhận…"))  # its name goes on with its key
    # What usually follows from this reason is chosen already, and the topic is the post's.
    asked = re.compile("^(Thông tin cần|Nội dung phản ánh)")
    fill(page.get_by_role("textbox", name=asked), summary)
    press(page, button)
    _says(page, f"Đã {button[0].lower()}{button[1:]}.")


def _case_of(desk: Desk, item: str) -> str:
    """The case that was opened from a review item."""
    decision = desk.get(ITEM, item, LOOKS_ON).state.decision
    assert decision is not None
    return decision.target


def _tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name)
    click(tab)
    expect(tab).to_have_attribute("aria-selected", "true")


def _log_is_whole(home: Home) -> None:
    done = langnghe(home.root, "audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Nhật ký nguyên vẹn" in done.stdout


def _who(desk: Desk, kind: str, case: str, what: str) -> set[str]:
    """The accounts that did this to the case."""
    found = desk.cases.audit.entries(Entries(kind, case))
    return {entry.who for entry in found if entry.what == what}


def test_from_a_flagged_post_to_a_published_correction(
    people: People, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    mark = secrets.token_hex(3)
    text = (
        f"Bản {mark}: mỗi hộ được hỗ trợ 2 triệu đồng tiền lũ, ai muốn nhận phải chuyển trước "
        "200 nghìn tiền phí hồ sơ vào tài khoản."
    )
    statement = f"Dân bản {mark} phải nộp phí trước mới được nhận tiền hỗ trợ"
    post, item = _flagged(sample_home, text, Reason.SCAM_WARNING)

    button = "Mở thông tin cần kiểm chứng"
    _confirm(people.reviewer, dashboard, item, text, statement, button)
    claim_id = _case_of(desk, item)
    assert desk.get(CLAIM, claim_id, LOOKS_ON).state.posts == (post,)

    drafter = people.drafter
    drafter.goto(f"{dashboard}/thong-tin")
    press(drafter, f"Mở {claim_id}")
    expect(drafter.get_by_role("heading", level=2, name=statement)).to_be_visible()
    press(drafter, "Bắt đầu xác minh")
    fill(drafter.get_by_label("Nguồn", exact=True), "UBND xã Bình Lư")
    click(drafter.get_by_text("Đây là văn bản gốc"))
    fill(drafter.get_by_label("Số hiệu văn bản"), "15/TB-UBND")
    click(drafter.get_by_role("group", name="Ngày của căn cứ").get_by_role("spinbutton").first)
    drafter.keyboard.type(local_day(SystemClock().now()).strftime("%d%m%Y"))
    press(drafter, "Thêm căn cứ này")
    _says(drafter, "Căn cứ 1: UBND xã Bình Lư")
    click(drafter.get_by_text("Sai sự thật", exact=True))
    press(drafter, "Trình duyệt kết luận")
    _says(drafter, "Chờ duyệt kết luận «Sai sự thật»")
    _not_offered(drafter, "Bạn đã tham gia soạn hồ sơ này nên không được tự duyệt.")
    assert claim_id not in {claim.id for claim in checked_claims(desk.cases)}

    approver = people.approver
    approver.goto(f"{dashboard}/thong-tin?ma={claim_id}")
    _tab(approver, "Bài đăng, lan truyền")
    expect(approver.locator("article.ln-post .ln-text")).to_contain_text(text)
    _tab(approver, "Xác minh")
    press(approver, "Duyệt kết luận «Sai sự thật»")
    _says(approver, "Đã duyệt kết luận.")

    drafter.reload()
    _says(drafter, "Kết luận đã duyệt nên căn cứ bị khóa.")
    _tab(drafter, "Đính chính")
    for label, words in CORRECTION.items():
        fill(drafter.get_by_label(label), words)
    press(drafter, "Lưu và trình duyệt")
    _says(drafter, "Duyệt là công bố")
    _not_offered(drafter, "Bạn đã tham gia soạn hồ sơ này nên không được tự duyệt.")

    _tab(approver, "Đính chính")
    press(approver, "Duyệt và công bố đính chính")
    _says(approver, "Đã công bố đính chính.")
    for page in (approver, drafter):
        page.reload()
        _says(page, "Nội dung đang khóa")
        expect(page.locator(".ln-correction h3")).to_have_text(CORRECTION["Tiêu đề"])
        expect(page.get_by_role("textbox")).to_have_count(0)

    claim = desk.get(CLAIM, claim_id, LOOKS_ON).state
    assert claim.published is not None
    assert claim.published.verdict is Verdict.FALSE
    assert claim.published.approved_by not in claim.authors
    checked = {one.id: one for one in checked_claims(desk.cases)}
    assert checked[claim_id].text == statement
    assert checked[claim_id].verdict is Verdict.FALSE
    assert "UBND xã Bình Lư" in checked[claim_id].evidence
    _log_is_whole(sample_home)


def test_from_a_question_to_a_published_answer(
    people: People, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    mark = secrets.token_hex(3)
    text = (
        f"Cho tôi hỏi xã bao giờ sửa cầu treo bản {mark}? Ván gãy đã hai tháng, đề nghị xã trả "
        "lời bà con."
    )
    asked = f"Đề nghị cho biết khi nào sửa cầu treo bản {mark}"
    post, item = _flagged(sample_home, text, Reason.NEEDS_ANSWER)

    _confirm(people.reviewer, dashboard, item, text, asked, "Mở phản ánh, kiến nghị")
    code = _case_of(desk, item)
    assert is_petition_code(code)

    drafter = people.drafter
    drafter.goto(f"{dashboard}/phan-anh?ma={code}")
    _says(drafter, asked)
    choose(drafter, "Đơn vị chủ trì", AGENCY)
    press(drafter, "Lưu và chuyển đơn vị")
    _says(drafter, "Đã phân loại và chuyển đơn vị chủ trì.")
    fill(drafter.get_by_role("textbox", name="Nội dung trả lời"), ANSWER)
    fill(drafter.get_by_role("textbox", name="Căn cứ pháp lý"), "Luật Đường bộ 2024")
    press(drafter, "Lưu và trình duyệt")
    _says(drafter, "Đã lưu và trình duyệt.")
    _not_offered(drafter, "Bạn đã soạn câu trả lời này nên không tự duyệt.")

    approver = people.approver
    approver.goto(f"{dashboard}/phan-anh?ma={code}")
    _says(approver, ANSWER)
    expect(approver.locator("article.ln-post .ln-text")).to_contain_text(text)
    press(approver, "Duyệt câu trả lời")
    _says(approver, "Đã duyệt câu trả lời.")

    drafter.reload()
    fill(drafter.get_by_role("textbox", name="Địa chỉ trang đã công khai"), PUBLISHED_AT)
    press(drafter, "Ghi là đã công khai")
    _says(drafter, "Đã ghi địa chỉ công khai.")
    approver.reload()
    link = approver.get_by_role("link", name="Mở trang đã công khai")
    expect(link).to_have_attribute("href", PUBLISHED_AT)

    petition = desk.get(PETITION, code, LOOKS_ON).state
    assert petition.state is State.PUBLISHED
    assert petition.posts == (post,)
    assert petition.agency == AGENCY
    answer = petition.answers[-1]
    assert answer.link == PUBLISHED_AT
    assert answer.approved_by not in answer.drafted_by
    # Three people, each named in the log for their own part.
    did = [_who(desk, PETITION.name, code, what) for what in ("open", "submit", "approve")]
    assert all(len(one) == 1 for one in did)
    assert len(set.union(*did)) == 3
    _log_is_whole(sample_home)
