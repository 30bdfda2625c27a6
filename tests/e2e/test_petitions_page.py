"""Phản ánh, kiến nghị in the browser: from a question to a published answer, by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from langnghe.casework.deadlines import Route
from langnghe.casework.desk import Desk, NewPetition
from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionrecords import (
    Action,
    Approve,
    Classify,
    DraftAnswer,
    Forward,
    Kind,
    Petition,
    State,
    Submit,
)
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.store.cases import Where
from langnghe.store.opening import open_casework
from tests.e2e.conftest import (
    PATIENCE,
    PHONE,
    WIDE,
    choose,
    click,
    enter,
    fill,
    fits,
    press,
    unfold,
)

LAN = Actor("lan-soan-thao", frozenset({Role.EDITOR}))
AGENCY = "Phòng Kinh tế xã"
DRAFT = DraftAnswer("Đường sửa xong trước ngày 15/12/2026.", "Luật Đường bộ 2024")

Entering = Callable[..., Page]


@pytest.fixture
def desk(sample_home: Home) -> Iterator[Desk]:
    with open_casework(sample_home) as database:
        yield open_desk(sample_home, database, SystemClock())


@pytest.fixture
def entering(browser: Browser, sample_home: Home) -> Iterator[Entering]:
    """Opens the pages as somebody else: another browser, another account."""
    contexts = []

    def as_(*roles: Role, phone: bool = False) -> Page:
        context = browser.new_context(viewport=PHONE if phone else WIDE, locale="vi-VN")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        expect.set_options(timeout=PATIENCE)
        enter(page, sample_home, *roles)
        return page

    yield as_
    for context in contexts:
        context.close()


def _made(desk: Desk, *actions: Action, summary: str = "Đường vào bản hỏng.") -> Kept[Petition]:
    new = NewPetition(Kind.PETITION, summary, route=Route.RECEPTION)
    kept = desk.open_petition(new, LAN)
    for action in actions:
        kept = desk.act(PETITION, kept.state.id, action, LAN, version=kept.version)
    return kept


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def _says(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def _open(page: Page, dashboard: str, code: str) -> None:
    page.goto(f"{dashboard}/phan-anh?ma={code}")
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    expect(page.get_by_role("heading", name="Quá trình xử lý")).to_be_visible()


@pytest.mark.proof
def test_from_a_question_at_the_office_to_a_published_answer(
    dashboard: str, entering: Entering
) -> None:
    editor, approver = entering(Role.EDITOR), entering(Role.APPROVER)
    asked = f"Cầu <b>treo</b> :red[gãy] ván {uuid4().hex[:6]}, bao giờ sửa?"
    editor.goto(f"{dashboard}/phan-anh")
    press(editor, "Mở phản ánh")
    _says(editor, "Luật Tiếp công dân 42/2013/QH13, Điều 28 khoản 1")
    fill(editor.get_by_label("Nội dung phản ánh"), asked)
    press(editor, "Mở phản ánh")
    _says(editor, "Đã mở phản ánh.")
    _says(editor, asked)
    match = re.search(r"ma=(PA\.\d+\.\d+)", editor.url)
    assert match
    code = match[1]
    _says(editor, "còn 10 ngày làm việc")

    choose(editor, "Đơn vị chủ trì", AGENCY)
    press(editor, "Lưu và chuyển đơn vị")
    _says(editor, "Đã phân loại và chuyển đơn vị chủ trì.")

    answer = editor.get_by_role("textbox", name="Nội dung trả lời")
    fill(answer, "Mời hỏi anh Nguyễn Văn Tuấn, 0912 345 678.")
    fill(editor.get_by_role("textbox", name="Căn cứ pháp lý"), "Luật Đường bộ 2024")
    press(editor, "Lưu và trình duyệt")
    _says(editor, "Văn bản còn dữ liệu cá nhân")
    expect(answer).to_have_value("Mời hỏi anh Nguyễn Văn Tuấn, 0912 345 678.")
    fill(answer, "Cầu sửa xong trước ngày 15/12/2026.")
    press(editor, "Lưu và trình duyệt")
    _says(editor, "Đã lưu và trình duyệt.")
    expect(_button(editor, "Duyệt câu trả lời")).to_have_count(0)

    _open(approver, dashboard, code)
    fill(approver.get_by_role("textbox", name="Điều cần sửa"), "Nêu nơi hỏi thêm.")
    press(approver, "Trả lại để sửa")
    _says(approver, "Đã trả lại để sửa.")

    editor.reload()
    _says(editor, "Nêu nơi hỏi thêm.")
    expect(answer).to_have_value("Cầu sửa xong trước ngày 15/12/2026.")
    fill(answer, "Cầu sửa xong trước ngày 15/12/2026. Hỏi thêm tại bộ phận một cửa.")
    press(editor, "Lưu và trình duyệt")
    _says(editor, "Đã lưu và trình duyệt.")

    approver.reload()
    _says(approver, "Hỏi thêm tại bộ phận một cửa.")
    press(approver, "Duyệt câu trả lời")
    _says(approver, "Đã duyệt câu trả lời.")
    _says(approver, "đúng hạn")

    editor.reload()
    fill(editor.get_by_role("textbox", name="Địa chỉ trang đã công khai"), "javascript:alert(1)")
    press(editor, "Ghi là đã công khai")
    _says(editor, "Địa chỉ công khai phải bắt đầu bằng")
    fill(editor.get_by_role("textbox", name="Địa chỉ trang đã công khai"), "https://xa.example/7")
    press(editor, "Ghi là đã công khai")
    _says(editor, "Đã ghi địa chỉ công khai.")
    link = editor.get_by_role("link", name="Mở trang đã công khai")
    expect(link).to_have_attribute("href", "https://xa.example/7")
    _says(editor, "Công khai → Đã công khai")


@pytest.mark.proof
def test_who_drafted_is_told_why_there_is_no_button_to_approve(
    dashboard: str, entering: Entering, desk: Desk
) -> None:
    page = entering(Role.EDITOR, Role.APPROVER)
    code = _made(desk, Classify(Kind.PETITION), Forward(AGENCY)).state.id
    _open(page, dashboard, code)
    fill(page.get_by_role("textbox", name="Nội dung trả lời"), "Đã sửa xong.")
    fill(page.get_by_role("textbox", name="Căn cứ pháp lý"), "Luật Đường bộ 2024")
    press(page, "Lưu và trình duyệt")
    _says(page, "Bạn đã soạn câu trả lời này nên không tự duyệt.")
    expect(_button(page, "Duyệt câu trả lời")).to_have_count(0)


@pytest.mark.proof
def test_nobody_overwrites_unseen_what_another_has_written(
    dashboard: str, entering: Entering, desk: Desk
) -> None:
    page = entering(Role.EDITOR)
    kept = _made(desk, Classify(Kind.PETITION), Forward(AGENCY), DRAFT)
    code = kept.state.id
    _open(page, dashboard, code)
    answer = page.get_by_role("textbox", name="Nội dung trả lời")
    fill(answer, "Chữ của tôi.")
    other = DraftAnswer("Chữ của người khác.", DRAFT.legal_basis)
    desk.act(PETITION, code, other, LAN, version=kept.version)
    press(page, "Lưu bản nháp")
    _says(page, "vừa được người khác thay đổi")
    _says(page, "Chữ của người khác.")
    expect(answer).to_have_value("Chữ của tôi.")
    press(page, "Giữ chữ của tôi")
    expect(_button(page, "Giữ chữ của tôi")).to_have_count(0)
    press(page, "Lưu bản nháp")
    _says(page, "Đã lưu bản nháp.")
    assert desk.get(PETITION, code, LAN).state.answers[-1].text == "Chữ của tôi."


@pytest.mark.proof
def test_like_petitions_are_merged_and_an_earlier_answer_is_taken(
    dashboard: str, entering: Entering, desk: Desk
) -> None:
    approver = Actor("chi-phe-duyet", frozenset({Role.APPROVER}))
    word = f"Thủy điện Nậm {uuid4().hex[:6]} xả nước"
    earlier = _made(
        desk, Classify(Kind.PETITION), Forward(AGENCY), DRAFT, Submit(), summary=f"{word} khi nào?"
    )
    desk.act(PETITION, earlier.state.id, Approve(), approver, version=earlier.version)
    main = _made(desk, Classify(Kind.PETITION), Forward(AGENCY), summary=f"{word} có báo trước?")
    likes = [_made(desk, summary=f"{word} lúc nào, bà con hỏi {n}").state.id for n in range(3)]

    page = entering(Role.EDITOR)
    _open(page, dashboard, main.state.id)
    press(page, f"Lấy câu trả lời của {earlier.state.id} làm bản nháp")
    expect(page.get_by_role("textbox", name="Nội dung trả lời")).to_have_value(DRAFT.text)
    unfold(page.get_by_text("Gộp phản ánh giống nhau"))
    # While the page is drawn anew the form may be there twice.
    expect(_button(page, "Gộp các phản ánh đã chọn")).to_have_count(1)
    press(page, "Gộp các phản ánh đã chọn")
    _says(page, "Chưa chọn phản ánh nào.")
    press(page, "Chọn cả 3 phản ánh")
    expect(page.get_by_role("checkbox", name="vào phản ánh này", checked=True)).to_have_count(3)
    expect(_button(page, "Gộp các phản ánh đã chọn")).to_have_count(1)
    press(page, "Gộp các phản ánh đã chọn")
    _says(page, "Đã gộp 3 phản ánh.")
    assert set(desk.get(PETITION, main.state.id, LAN).state.merged) == set(likes)

    _open(page, dashboard, likes[0])
    press(page, f"Mở {main.state.id}")
    expect(page.get_by_role("heading", name=main.state.id)).to_be_visible()


@pytest.mark.proof
def test_nothing_is_kept_of_a_denunciation_and_the_page_says_so_before(
    dashboard: str, entering: Entering, desk: Desk
) -> None:
    secret = f"Nội dung kín {uuid4().hex[:8]}"
    code = _made(desk, summary=secret).state.id
    page = entering(Role.EDITOR)
    _open(page, dashboard, code)
    _says(page, secret)
    click(page.get_by_text("Tố cáo", exact=True))
    _says(page, "Không giữ lại gì của mục này ngoài số đếm")
    _says(page, "Luật Tố cáo 25/2018/QH14")
    confirm = _button(page, "Xóa nội dung, đếm là tố cáo")
    expect(confirm).to_be_disabled()
    click(page.get_by_text("Tôi hiểu: nội dung sẽ bị xóa"))
    expect(confirm).to_be_enabled()
    click(confirm)
    _says(page, "Đã xóa nội dung, chỉ giữ số đếm.")
    expect(page.get_by_text(secret)).to_have_count(0)
    assert desk.get(PETITION, code, LAN).state.summary == ""
    page.reload()
    _says(page, "Luật Tố cáo 25/2018/QH14")


@pytest.mark.proof
def test_filters_stay_in_the_address_and_on_the_way_back(
    dashboard: str, entering: Entering, desk: Desk
) -> None:
    agency = "Trạm Y tế xã"
    code = _made(desk, Classify(Kind.PETITION), Forward(agency), DRAFT, Submit()).state.id
    _made(desk)
    page = entering(Role.APPROVER)
    page.goto(f"{dashboard}/phan-anh?xem=Chờ+duyệt&donvi={agency}")
    expect(_button(page, f"Mở {code}")).to_be_visible()
    waiting = desk.count(PETITION, LAN, Where(states=(State.AWAITING_APPROVAL,), agency=agency))
    _says(page, f"{waiting} phản ánh · {agency}")
    press(page, f"Mở {code}")
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    press(page, "← Về danh sách")
    expect(page.get_by_text("Lọc theo đơn vị, lĩnh vực")).to_be_visible()

    page.goto(f"{dashboard}/phan-anh?xem=Chờ+duyệt&donvi={agency}")
    press(page, f"Mở {code}")
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    press(page, "← Về danh sách")
    _says(page, f"{waiting} phản ánh · {agency}")
    expect(page).to_have_url(re.compile("xem=.*donvi=|donvi=.*xem="))

    page.goto(f"{dashboard}/phan-anh?theo=Đơn+vị+chủ+trì")
    expect(page.get_by_role("heading", name=re.compile(f"^{agency}"))).to_be_visible()
    page.goto(f"{dashboard}/phan-anh?ma=PA.20200101.0001")
    _says(page, "Không có phản ánh, kiến nghị PA.20200101.0001.")
    page.goto(f"{dashboard}/phan-anh?ma=[bấm đây](https://x.example)")
    _says(page, "Không có phản ánh, kiến nghị này.")
    expect(page.get_by_role("link", name="bấm đây")).to_have_count(0)


@pytest.mark.proof
def test_who_may_see_what(dashboard: str, entering: Entering, desk: Desk) -> None:
    said = f"Chợ phiên {uuid4().hex[:6]}"
    code = _made(desk, Classify(Kind.PETITION), Forward(AGENCY), summary=said).state.id
    collaborator = entering(Role.COLLABORATOR)
    _open(collaborator, dashboard, code)
    _says(collaborator, said)
    for words in ("Nội dung trả lời", "Việc khác", "Gộp phản ánh giống nhau"):
        expect(collaborator.get_by_text(words)).to_have_count(0)
    for role in (Role.LEADER, Role.ADMINISTRATOR):
        other = entering(role)
        other.goto(f"{dashboard}/phan-anh?ma={code}")
        _says(other, "không có quyền")
        expect(other.get_by_text(said)).to_have_count(0)


@pytest.mark.proof
def test_on_a_phone(dashboard: str, entering: Entering, desk: Desk) -> None:
    kept = _made(desk, Classify(Kind.PETITION), Forward(AGENCY), summary="Đường " + "dài" * 60)
    page = entering(Role.EDITOR, phone=True)
    page.goto(f"{dashboard}/phan-anh")
    _says(page, "Số liệu tiếp nhận, trả lời")
    fits(page)
    _open(page, dashboard, kept.state.id)
    fits(page)
    unfold(page.get_by_text("Việc khác"))
    click(page.get_by_text("Yêu cầu bổ sung thông tin", exact=True))
    fill(page.get_by_role("textbox", name="Còn thiếu thông tin gì"), "Ở đoạn nào?")
    press(page, "Yêu cầu bổ sung thông tin")
    _says(page, "Đã yêu cầu bổ sung thông tin.")
    fits(page)
    _says(page, "Ở đoạn nào?")
    press(page, "Xử lý tiếp")
    _says(page, "Đã xử lý tiếp.")
