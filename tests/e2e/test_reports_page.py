"""Phiếu phản ánh in a real browser: on a phone, on a network that comes and goes, by each role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from langnghe.casework.kinds import REPORT
from langnghe.casework.login import log_in
from langnghe.casework.reportform import Form, Inclination, Intensity, Origin, ReportedStream, Width
from langnghe.casework.reports import FieldReport, ReportState, Submit
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.web.cookies import SESSION
from langnghe.scheduler.setup import init_home
from langnghe.store.cases import Where
from langnghe.store.opening import open_casework
from tests.e2e.conftest import PATIENCE, PHONE, WIDE, enter, fits
from tests.service import PASSWORD, dashboard_of, free_port, new_account

SAVED = "Đã lưu lúc"
LOST = "Mất kết nối: vẫn giữ trên máy này"
HOSTILE = '<img src=x onerror="alert(1)"> **đậm** [nguồn](https://xau.example)'
_AUTHOR = frozenset({Role.COLLABORATOR})


def log_in_as(page: Page, home: Home, name: str) -> None:
    with open_casework(home) as database:
        token = log_in(database, name, PASSWORD, "", SystemClock().now())[1]
    page.context.clear_cookies(name=SESSION)
    cookie = {"name": SESSION, "value": token, "domain": "127.0.0.1", "path": "/"}
    page.context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Strict"}])  # type: ignore[list-item]


def author(page: Page, home: Home) -> str:
    """The name of a new collaborator, logged in."""
    name = new_account(home, Role.COLLABORATOR)
    log_in_as(page, home, name)
    return name


def reports_of(home: Home, name: str) -> list[FieldReport]:
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        found = desk.find(REPORT, Actor(name, _AUTHOR), Where(owner=name))
        return [kept.state for kept in found]


def hand_in(home: Home, name: str, content: str) -> str:
    """The id of a report handed in by the account."""
    form = Form(
        unit="Bản Chu Va 12",
        noted_at=SystemClock().now() - timedelta(hours=1),
        topic="duong-sa",
        content=content,
        origins=(Origin.DIRECT,),
        place="3390/chu-va-12",
        streams=(ReportedStream("Mong sửa sớm", Inclination.CONCERNED, Width.MANY),),
        intensity=Intensity.UPSET,
    )
    who = Actor(name, _AUTHOR)
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        saved = desk.save_report("form-made-in-a-test", form, who)
        desk.act(REPORT, saved.state.id, Submit(), who, version=saved.version)
        return saved.state.id


def open_form(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/phieu/moi")
    expect(page.get_by_label("Đơn vị (thôn, bản)")).to_be_visible()


def content(page: Page) -> Locator:
    return page.get_by_label("Nội dung vấn đề, sự việc")


def status(page: Page, words: str) -> None:
    expect(page.locator("#status")).to_contain_text(words)


def kept_here(page: Page) -> list[str]:
    keys: list[str] = page.evaluate(
        "() => Object.keys(localStorage).filter((key) => key.startsWith('langnghe.phieu/'))"
    )
    return keys


def fill(page: Page) -> None:
    """All fields."""
    page.get_by_label("Đơn vị (thôn, bản)").fill("Bản Chu Va 12")
    page.get_by_label("Thời điểm ghi nhận").fill("2026-11-20T07:30")
    expect(page.get_by_text("07:30 ngày 20/11/2026")).to_be_visible()
    page.get_by_label("Lĩnh vực").select_option("duong-sa")
    page.get_by_label("Địa bàn").select_option("3390/chu-va-12")
    content(page).fill(f"Đường vào bản sạt lở. {HOSTILE}")
    page.get_by_label("Họp thôn, bản").check()
    page.get_by_label("Đường dẫn").fill("https://bao.example/tin")
    page.get_by_label("Có thông tin chưa kiểm chứng").check()
    page.get_by_label("Đối tượng (nhóm)").fill("các hộ trồng chè")
    page.get_by_role("button", name="Thêm luồng ý kiến").click()
    for number, words in ((1, "Mong sửa xong trước Tết"), (2, "Lo xe chở chè không ra được")):
        stream = page.get_by_role("group", name=f"Luồng ý kiến {number}")
        stream.get_by_role("textbox").fill(words)
        stream.get_by_label("Khuynh hướng").select_option("concerned")
        stream.get_by_label("Mức độ phổ biến").select_option("many")
    page.get_by_label("Cường độ").select_option("upset")
    page.get_by_label("Nguyên nhân").fill("Mưa lớn ba ngày.")
    page.get_by_label("Đề xuất, kiến nghị").fill("Cho máy xúc vào dọn đất.")
    page.get_by_label("Tài liệu kèm theo").fill("Hai ảnh ở nhà văn hóa bản.")
    page.get_by_label("Báo cáo nhanh").check()


def test_a_report_from_the_first_word_to_its_acceptance_on_a_phone(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.set_viewport_size(PHONE)
    name = author(page, sample_home)
    page.goto(f"{dashboard}/phieu")
    expect(page.get_by_text("Bạn chưa có phiếu nào")).to_be_visible()
    page.get_by_role("link", name="Lập phiếu mới").click()
    expect(page.get_by_text("Không nhập thông tin bí mật nhà nước.")).to_be_visible()
    # Too early: it says what is missing, and leads there.
    page.get_by_role("button", name="Gửi phiếu").click()
    expect(page.get_by_role("alert").filter(has_text="còn thiếu")).to_be_visible()
    expect(page.get_by_label("Đơn vị (thôn, bản)")).to_be_focused()
    fill(page)
    fits(page)
    page.get_by_role("button", name="Gửi phiếu").click()
    expect(page.get_by_text("Phiếu đang chờ biên tập viên tiếp nhận")).to_be_visible()
    fits(page)
    assert kept_here(page) == []
    (report,) = reports_of(sample_home, name)
    assert report.state is ReportState.SUBMITTED
    empty = [key for key in Form.__dataclass_fields__ if not getattr(report.form, key)]
    assert empty == []
    assert [stream.text for stream in report.form.streams] == [
        "Mong sửa xong trước Tết",
        "Lo xe chở chè không ra được",
    ]

    editor = page.context.browser
    assert editor is not None
    desk = editor.new_context(viewport=WIDE, locale="vi-VN").new_page()
    desk.set_default_timeout(PATIENCE)
    desk.on("dialog", lambda dialog: dialogs.append(dialog.message))
    enter(desk, sample_home, Role.EDITOR)
    desk.goto(f"{dashboard}/phieu?ma={report.id}")
    expect(desk.get_by_text("**đậm** [nguồn](https://xau.example)")).to_be_visible()
    expect(desk.locator(".ln-report a, .ln-report img")).to_have_count(0)
    desk.get_by_role("button", name="Trả lại để bổ sung").click()
    expect(desk.get_by_text("Chưa có lý do trả lại")).to_be_visible()
    desk.get_by_label("Cần bổ sung hoặc sửa điều gì").fill("Nói rõ đoạn đường nào.")
    desk.get_by_role("button", name="Trả lại để bổ sung").click()
    expect(desk.get_by_text("Đã trả lại phiếu cho người lập.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Nói rõ đoạn đường nào.")).to_be_visible()
    page.get_by_role("link", name="Bổ sung rồi gửi lại").click()
    expect(page.get_by_text("Nói rõ đoạn đường nào.")).to_be_visible()
    expect(content(page)).to_have_value(f"Đường vào bản sạt lở. {HOSTILE}")
    content(page).fill("Đoạn từ cầu treo lên bản sạt lở.")
    page.get_by_role("button", name="Gửi phiếu").click()
    expect(page.get_by_text("Phiếu đang chờ biên tập viên tiếp nhận")).to_be_visible()

    desk.reload()
    desk.get_by_role("button", name="Tiếp nhận phiếu").click()
    expect(desk.get_by_text("Đã tiếp nhận phiếu.")).to_be_visible()
    (report,) = reports_of(sample_home, name)
    assert report.state is ReportState.ACCEPTED
    assert report.form.content == "Đoạn từ cầu treo lên bản sạt lở."
    assert dialogs == []
    desk.context.close()


@pytest.mark.proof
def test_nothing_is_lost_without_a_network_nor_by_a_reload(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    address = page.url
    content(page).fill("Đường hỏng")
    status(page, SAVED)
    page.context.set_offline(True)
    content(page).press_sequentially(" nặng, xe không qua được")
    status(page, LOST)
    page.goto("about:blank")
    page.context.set_offline(False)
    # Elsewhere on the service it is not forgotten, either.
    page.goto(f"{dashboard}/phieu")
    note = page.get_by_role("complementary", name="Phiếu còn giữ trên máy này")
    expect(note).to_contain_text("1 phiếu phản ánh chưa lưu lên máy chủ")
    note.get_by_role("link", name="Mở để lưu").click()
    expect(page).to_have_url(address)
    expect(content(page)).to_have_value("Đường hỏng nặng, xe không qua được")
    status(page, SAVED)
    assert kept_here(page) == []
    (report,) = reports_of(sample_home, name)
    assert report.form.content == "Đường hỏng nặng, xe không qua được"


@pytest.mark.proof
def test_it_is_saved_by_itself_when_the_network_is_back(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    page.context.set_offline(True)
    content(page).fill("Suối dâng nhanh")
    status(page, LOST)
    page.get_by_role("button", name="Gửi phiếu").click()
    status(page, LOST)
    assert reports_of(sample_home, name) == []
    page.context.set_offline(False)
    status(page, SAVED)
    assert [report.form.content for report in reports_of(sample_home, name)] == ["Suối dâng nhanh"]


@pytest.mark.proof
def test_an_answer_lost_on_the_way_neither_doubles_nor_stops_anything(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    reached: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST" and len(reached) < 2:
            route.fetch()
            reached.append(route.request.post_data or "")
            route.abort()
        else:
            route.continue_()

    page.route("**/phieu/nhap?*", lose_the_answer)
    content(page).fill("Đường hỏng")
    status(page, LOST)
    content(page).fill("Đường hỏng, cầu cũng gãy")
    status(page, SAVED)
    # The first was sent again until it was answered, then what came after it.
    assert [json.loads(body)["form"]["content"] for body in reached] == ["Đường hỏng"] * 2
    expect(page.locator("#conflict")).to_be_hidden()
    page.wait_for_timeout(2500)
    (report,) = reports_of(sample_home, name)
    assert report.form.content == "Đường hỏng, cầu cũng gãy"
    assert kept_here(page) == []


@pytest.mark.proof
def test_what_was_masked_is_shown_where_it_was_typed(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    author(page, sample_home)
    open_form(page, dashboard)
    content(page).fill("Gọi anh Nguyễn Văn Tuấn 0912 345 678")
    expect(page.get_by_text("Đã che khi lưu: họ tên, số điện thoại.")).to_be_visible()
    # Under the hands of whoever types nothing changes.
    expect(content(page)).to_have_value("Gọi anh Nguyễn Văn Tuấn 0912 345 678")
    page.get_by_label("Đơn vị (thôn, bản)").focus()
    expect(content(page)).to_have_value("Gọi anh [TÊN] [SĐT]")
    stream = page.get_by_role("group", name="Luồng ý kiến 1")
    stream.get_by_role("textbox").fill("Nhắn a.b@thu.example")
    expect(stream.get_by_text("Đã che khi lưu: thư điện tử.")).to_be_visible()


@pytest.mark.proof
def test_two_windows_show_the_same_form(page: Page, dashboard: str, sample_home: Home) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    other = page.context.new_page()
    other.goto(page.url)
    content(page).fill("Đường hỏng")
    status(page, SAVED)
    expect(content(other)).to_have_value("Đường hỏng")
    other.get_by_label("Nguyên nhân").fill("Mưa lớn")
    status(other, SAVED)
    expect(page.get_by_label("Nguyên nhân")).to_have_value("Mưa lớn")
    page.context.set_offline(True)
    content(page).fill("Đường hỏng nặng")
    status(page, LOST)
    expect(content(other)).to_have_value("Đường hỏng nặng")
    page.close()
    page.context.set_offline(False)
    status(other, SAVED)
    (report,) = reports_of(sample_home, name)
    assert (report.form.content, report.form.causes) == ("Đường hỏng nặng", "Mưa lớn")


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.mark.proof
@pytest.mark.parametrize("keep", ["mine", "theirs"])
def test_two_devices_are_told_of_each_other_and_a_person_chooses(
    page: Page, phone: BrowserContext, dashboard: str, sample_home: Home, keep: str
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    content(page).fill("Bản một")
    status(page, SAVED)
    there = phone.new_page()
    log_in_as(there, sample_home, name)
    there.goto(page.url)
    page.context.set_offline(True)
    content(page).fill("Viết trên máy tính, lúc mất mạng")
    status(page, LOST)
    content(there).fill("Viết trên điện thoại")
    status(there, SAVED)
    page.context.set_offline(False)
    expect(page.get_by_text("Có hai bản khác nhau của phiếu này")).to_be_visible()
    expect(content(page)).to_have_value("Viết trên máy tính, lúc mất mạng")
    wanted = "Viết trên máy tính, lúc mất mạng" if keep == "mine" else "Viết trên điện thoại"
    button = "Lưu bản đang hiện" if keep == "mine" else "Lấy bản đã lưu"
    page.get_by_role("button", name=button).click()
    status(page, SAVED)
    expect(content(page)).to_have_value(wanted)
    assert [report.form.content for report in reports_of(sample_home, name)] == [wanted]
    assert kept_here(page) == []


@pytest.mark.proof
def test_what_was_typed_into_a_report_that_is_handed_in_becomes_a_new_one(
    page: Page, phone: BrowserContext, dashboard: str, sample_home: Home
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    fill(page)
    status(page, SAVED)
    there = phone.new_page()
    log_in_as(there, sample_home, name)
    there.goto(page.url)
    page.context.set_offline(True)
    content(page).fill("Thêm một việc nữa")
    status(page, LOST)
    there.get_by_role("button", name="Gửi phiếu").click()
    expect(there.get_by_text("Phiếu đang chờ biên tập viên tiếp nhận")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Phiếu này đã gửi, không sửa được nữa")).to_be_visible()
    page.get_by_role("button", name="Lập phiếu mới từ bản đang hiện").click()
    status(page, SAVED)
    expect(content(page)).to_have_value("Thêm một việc nữa")
    states = {report.state: report.form.content for report in reports_of(sample_home, name)}
    assert states[ReportState.DRAFT] == "Thêm một việc nữa"
    assert states[ReportState.SUBMITTED].startswith("Đường vào bản sạt lở.")


@pytest.mark.proof
def test_a_shared_computer_keeps_nothing_after_log_out(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    author(page, sample_home)
    open_form(page, dashboard)
    page.route("**/phieu/nhap?*", lambda route: route.abort())
    content(page).fill("Chỉ có trên máy này")
    status(page, LOST)
    assert len(kept_here(page)) == 1
    other = page.context.new_page()
    other.goto(f"{dashboard}/tai-khoan")
    other.get_by_role("button", name="Đăng xuất").click()
    expect(other.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert kept_here(other) == []
    # The window with the form has heard of it.
    expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    other.go_back()
    expect(other.get_by_role("heading", name="Đăng nhập")).to_be_visible()


@pytest.mark.proof
def test_the_next_account_finds_nothing_of_the_one_before(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    author(page, sample_home)
    open_form(page, dashboard)
    page.route("**/phieu/nhap?*", lambda route: route.abort())
    content(page).fill("Chỉ có trên máy này")
    status(page, LOST)
    page.unroute("**/phieu/nhap?*")
    other = page.context.new_page()
    # The first session ended by itself; somebody else sits down.
    second = author(other, sample_home)
    other.goto(f"{dashboard}/phieu")
    expect(other.get_by_text("Bạn chưa có phiếu nào")).to_be_visible()
    assert kept_here(other) == []
    expect(page.get_by_text("tài khoản khác")).to_be_visible()
    expect(page.locator("textarea")).to_have_count(0)
    assert reports_of(sample_home, second) == []


@pytest.mark.proof
def test_after_idle_time_it_stays_and_goes_on_after_the_log_in(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    page.context.clear_cookies(name=SESSION)
    content(page).fill("Viết lúc phiên đã hết")
    status(page, "Phiên làm việc đã kết thúc: vẫn giữ trên máy này.")
    page.get_by_role("link", name="Đăng nhập lại để lưu").click()
    page.get_by_label("Tên tài khoản").fill(name)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(content(page)).to_have_value("Viết lúc phiên đã hết")
    status(page, SAVED)
    assert [one.form.content for one in reports_of(sample_home, name)] == ["Viết lúc phiên đã hết"]


@pytest.mark.proof
def test_the_server_restarts_while_somebody_types(page: Page, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    name, port = author(page, home), free_port()
    with dashboard_of(home, port) as address:
        open_form(page, address)
        content(page).fill("Trước khi khởi động lại")
        status(page, SAVED)
    content(page).fill("Trong khi khởi động lại")
    status(page, LOST)
    with dashboard_of(home, port):
        status(page, SAVED)
        (report,) = reports_of(home, name)
        assert report.form.content == "Trong khi khởi động lại"


@pytest.mark.proof
def test_each_role_sees_what_is_theirs(page: Page, dashboard: str, sample_home: Home) -> None:
    name = new_account(sample_home, Role.COLLABORATOR)
    report = hand_in(sample_home, name, "Cống bản Sơn Bình tắc, nước tràn đường.")
    enter(page, sample_home, Role.COLLABORATOR)
    page.goto(f"{dashboard}/phieu?ma={report}")
    expect(page.get_by_role("alert").filter(has_text="không có quyền")).to_be_visible()
    expect(page.get_by_text("Cống bản Sơn Bình")).to_have_count(0)
    page.get_by_role("button", name="← Về danh sách").click()
    expect(page.get_by_text("Bạn chưa có phiếu nào")).to_be_visible()
    for role in (Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR):
        page.context.clear_cookies()
        enter(page, sample_home, role)
        answer = page.goto(f"{dashboard}/phieu?ma={report}")
        assert answer is not None
        assert answer.status == 403
    page.context.clear_cookies()
    enter(page, sample_home, Role.EDITOR)
    page.goto(f"{dashboard}/phieu")
    card = page.locator(".ln-report").filter(has_text="Cống bản Sơn Bình").first
    expect(card).to_contain_text("Đã gửi")
    page.get_by_role("button", name="Phiếu của tôi").click()
    expect(page.get_by_text("Bạn chưa có phiếu nào")).to_be_visible()
    expect(page).to_have_url(f"{dashboard}/phieu?cua-toi=1")
    page.reload()
    expect(page.get_by_text("Bạn chưa có phiếu nào")).to_be_visible()


@pytest.mark.proof
def test_drafts_are_nobody_elses(page: Page, dashboard: str, sample_home: Home) -> None:
    name = author(page, sample_home)
    open_form(page, dashboard)
    content(page).fill("Mới viết một nửa")
    status(page, SAVED)
    (draft,) = reports_of(sample_home, name)
    page.get_by_role("link", name="← Về danh sách phiếu").click()
    expect(page.get_by_role("link", name="Viết tiếp")).to_be_visible()
    page.context.clear_cookies()
    enter(page, sample_home, Role.EDITOR)
    page.goto(f"{dashboard}/phieu?ma={draft.id}")
    expect(page.get_by_role("alert").filter(has_text="bản nháp")).to_be_visible()
    expect(page.get_by_text("Mới viết một nửa")).to_have_count(0)
