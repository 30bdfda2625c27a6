"""The page «Quản trị»: users, sources, topics, retention, audit log, backups, in a real browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from langnghe.casework.accounts import AccountState
from langnghe.casework.accountstore import all_accounts
from langnghe.casework.configuration import SOURCES, TOPICS, Configuration
from langnghe.casework.login import log_in
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Channel, Post, PostKind, TimePrecision
from langnghe.scheduler.setup import init_home
from langnghe.store.cases import Cases
from langnghe.store.opening import open_casework, open_stores
from tests.e2e.conftest import PHONE, choose, click, enter, fill, fits, press, unfold
from tests.service import dashboard_of, new_account

ADMIN = Actor("thu-nghiem", frozenset({Role.ADMINISTRATOR}))
SAID = "Cầu kính Rồng Mây đông nghịt, xếp hàng hai tiếng"
SOURCES_FILE = """\
# Nguồn của xã.
sources:
  # Báo của tỉnh.
  - name: bao
    title: "Báo *Lai Châu* <b>đậm</b>"
    channel: feed
    feeds: [https://bao.example/rss]
  - {name: dien-dan, title: Diễn đàn Mẫu, channel: forum, boards: ["https://dd.example/"]}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, str]]:
    """A home of these tests alone, for they change its configuration, and its address."""
    home = Home(tmp_path_factory.mktemp("administered") / "home")
    init_home(home)
    (home.configs / "sources.yaml").write_text(SOURCES_FILE, encoding="utf-8")
    clock = SystemClock()
    with open_stores(home, clock) as stores:
        stores.posts.put([_post(number, clock) for number in range(40)])
    with dashboard_of(home) as address:
        yield home, address


def _post(number: int, clock: SystemClock) -> Post:
    return Post(
        id=f"{number:032x}",
        source="bao",
        channel=Channel.FEED,
        kind=PostKind.ARTICLE,
        thread_id=f"{number:032x}",
        url="https://bao.example/tin",
        text=f"{SAID} {number}",
        published_at=clock.now() - timedelta(days=2 * number, minutes=5),
        precision=TimePrecision.MINUTE,
        fetched_at=clock.now(),
        topics=("du-lich-o-quy-ho",),
    )


def _open(page: Page, own: tuple[Home, str], part: str, more: str = "") -> None:
    page.goto(f"{own[1]}/quan-tri?muc={quote(part)}{more}")
    expect(page.get_by_role("heading", name=part, level=2)).to_be_visible()


def _configuration(home: Home, cases: Cases) -> Configuration:
    return Configuration(home, cases, SystemClock())


@pytest.mark.proof
@pytest.mark.parametrize("role", [Role.COLLABORATOR, Role.EDITOR, Role.APPROVER, Role.LEADER])
def test_nobody_else_gets_in(page: Page, own: tuple[Home, str], role: Role) -> None:
    enter(page, own[0], role)
    page.goto(f"{own[1]}/quan-tri")
    expect(page.get_by_text("không có quyền")).to_be_visible()
    expect(page.get_by_role("heading", name="Quản trị")).to_have_count(0)


@pytest.mark.proof
def test_an_account_is_added_with_a_password_that_is_shown_once(
    page: Page, own: tuple[Home, str]
) -> None:
    enter(page, own[0], Role.ADMINISTRATOR)
    _open(page, own, "Người dùng")
    unfold(page.get_by_text("Thêm tài khoản").first)
    fill(page.get_by_label("Tên tài khoản"), "hoa.lo")
    fill(page.get_by_label("Họ tên"), "Lò Thị <i>Hoa</i>")
    choose(page, re.compile("Vai trò"), "Biên tập viên")
    page.keyboard.press("Escape")
    press(page, "Thêm tài khoản")
    expect(page.get_by_text("Đã thêm tài khoản hoa.lo.")).to_be_visible()
    password = page.locator("[data-testid=stCode] code").inner_text().strip()
    with open_casework(own[0]) as database:
        account, _ = log_in(database, "hoa.lo", password, "", SystemClock().now())
    assert account.must_change
    assert account.roles == {Role.EDITOR}
    expect(page.get_by_text("Lò Thị <i>Hoa</i>")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Lò Thị <i>Hoa</i>")).to_be_visible()
    expect(page.get_by_text(password)).to_have_count(0)


@pytest.mark.proof
def test_an_account_is_locked_and_opened_and_gets_a_new_password(
    page: Page, own: tuple[Home, str]
) -> None:
    home = own[0]
    name = new_account(home, Role.COLLABORATOR)
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Người dùng")
    press(page, f"Sửa {name}")
    page.wait_for_url(f"**ma={name}*")
    press(page, "Khóa tài khoản")
    expect(page.get_by_text(f"Đã khóa tài khoản {name}.")).to_be_visible()
    with open_casework(home) as database:
        assert all_accounts(database)[name].state is AccountState.DISABLED
    press(page, "Mở lại tài khoản")
    expect(page.get_by_text(f"Đã mở lại tài khoản {name}.")).to_be_visible()
    # The rest of the page is drawn after its notice; until then its buttons know the old account.
    expect(page.get_by_role("button", name="Khóa tài khoản")).to_be_visible()
    press(page, "Cấp mật khẩu mới")
    expect(page.get_by_text(f"Mật khẩu của tài khoản {name}:")).to_be_visible()
    press(page, "Đã trao, ẩn mật khẩu")
    expect(page.get_by_text(f"Mật khẩu của tài khoản {name}:")).to_have_count(0)
    with open_casework(home) as database:
        assert all_accounts(database)[name].must_change


@pytest.mark.proof
def test_ones_own_password_is_not_given_out_here(page: Page, own: tuple[Home, str]) -> None:
    enter(page, own[0], Role.ADMINISTRATOR)
    _open(page, own, "Người dùng")
    with open_casework(own[0]) as database:
        cases = Cases(database)
        me = cases.audit.entries()[0].who
    press(page, f"Sửa {me}")
    expect(page.get_by_text("Đây là tài khoản của bạn")).to_be_visible()
    expect(page.get_by_role("button", name="Cấp mật khẩu mới")).to_have_count(0)


@pytest.mark.proof
def test_a_source_is_switched_off_and_what_is_wrong_is_named_with_its_line(
    page: Page, own: tuple[Home, str]
) -> None:
    home = own[0]
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Nguồn tin")
    expect(page.get_by_role("heading", name="Báo *Lai Châu* <b>đậm</b>")).to_be_visible()
    press(page, "Tắt dien-dan")
    expect(page.get_by_text("Đã tắt nguồn dien-dan.")).to_be_visible()
    assert [source.enabled for source in Home(home.root).sources] == [True, False]
    press(page, "Sửa bao")
    box = page.get_by_label("Nội dung trong sources.yaml")
    expect(box).to_have_value(re.compile("bao"))
    text = box.input_value()
    fill(box, text.replace("channel: feed", "channel: fed"))
    press(page, "Kiểm tra")
    expect(page.get_by_text("phải là một trong")).to_be_visible()
    fill(box, text + "\nfolow: true")
    press(page, "Lưu nguồn tin")
    expect(page.get_by_text("Dòng 5 của ô soạn (dòng 8 của sources.yaml)")).to_be_visible()
    # What was typed is still there to be mended.
    expect(box).to_have_value(text + "\nfolow: true")
    fill(box, text + "\nfollow: false  # đủ")
    press(page, "Lưu nguồn tin")
    expect(page.get_by_text("Đã lưu nguồn tin bao.")).to_be_visible()
    kept = (home.configs / "sources.yaml").read_text(encoding="utf-8")
    assert "# Báo của tỉnh." in kept
    assert "follow: false  # đủ" in kept


@pytest.mark.proof
def test_what_another_has_saved_meanwhile_is_not_overwritten(
    page: Page, own: tuple[Home, str]
) -> None:
    home = own[0]
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Nguồn tin", "&ma=bao")
    box = page.get_by_label("Nội dung trong sources.yaml")
    expect(box).to_have_value(re.compile("bao"))
    text = box.input_value()
    with open_casework(home) as database:
        other = _configuration(home, Cases(database))
        seen = other.entries(SOURCES, ADMIN)["bao"].text
        other.save(SOURCES, "bao", seen + "\nevery_minutes: 45", ADMIN, seen)
    fill(box, text + "\nevery_minutes: 15")
    press(page, "Lưu nguồn tin")
    expect(page.get_by_text("vừa được người khác thay đổi")).to_be_visible()
    expect(page.get_by_text("không lưu đè lên được")).to_be_visible()
    expect(box).to_have_value(re.compile("every_minutes: 15"))
    assert Home(home.root).sources[0].every_minutes == 45
    press(page, "Lấy bản mới")
    expect(box).to_have_value(re.compile("every_minutes: 45"))


@pytest.mark.proof
def test_a_topic_is_tried_and_no_post_is_shown(page: Page, own: tuple[Home, str]) -> None:
    home = own[0]
    sent: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on(
            "framereceived",
            lambda frame: sent.append(
                frame.decode("utf-8", "replace") if isinstance(frame, bytes) else frame
            ),
        ),
    )
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Chủ đề", "&ma=du-lich-o-quy-ho")
    box = page.get_by_label("Nội dung trong topics.yaml")
    expect(box).to_have_value(re.compile("du-lich-o-quy-ho"))
    text = box.input_value()
    fill(box, text + "\n  - xếp hàng hai tiếng")
    press(page, "Thử với 30 ngày qua")
    expect(page.get_by_text("Nếu lưu sẽ khớp: 15 bài")).to_be_visible()
    expect(page.locator(".ln-bars").get_by_text("xếp hàng hai tiếng")).to_be_visible()
    press(page, "Lưu chủ đề")
    expect(page.get_by_text("Đã lưu chủ đề du-lich-o-quy-ho.")).to_be_visible()
    with open_casework(home) as database:
        cases = Cases(database)
        parts = _configuration(home, cases).entries(TOPICS, ADMIN)
        assert parts["du-lich-o-quy-ho"].text == text + "\n  - xếp hàng hai tiếng"
        entry = next(entry for entry in cases.audit.entries() if entry.kind == "topic")
    assert (entry.what, entry.case_id) == ("edit", "du-lich-o-quy-ho")
    assert sent
    assert not any(SAID in frame for frame in sent)


@pytest.mark.proof
def test_shorter_retention_says_first_what_goes(page: Page, own: tuple[Home, str]) -> None:
    home = own[0]
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Thời hạn lưu")
    expect(page.get_by_text("Đang giữ nội dung 40 bài")).to_be_visible()
    days = page.get_by_label("Số ngày giữ nội dung")
    fill(days, "60")
    days.press("Enter")
    expect(page.get_by_text("Không lấy lại được.")).to_be_visible()
    save = page.get_by_role("button", name="Đặt thời hạn 60 ngày")
    expect(save).to_be_disabled()
    click(page.get_by_text(re.compile(r"Tôi hiểu \d+ bài nữa sẽ bị xóa")))
    click(save)
    expect(page.get_by_text("Đã đặt thời hạn lưu 60 ngày.")).to_be_visible()
    assert Home(home.root).settings.retention_days == 60
    fill(days, "365")
    days.press("Enter")
    expect(page.get_by_role("button", name="Đặt thời hạn 365 ngày")).to_have_count(0)


@pytest.mark.proof
def test_the_log_is_filtered_in_the_address_checked_and_taken_out(
    page: Page, own: tuple[Home, str]
) -> None:
    home = own[0]
    name = new_account(home, Role.LEADER)
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Nhật ký hoạt động")
    box = page.get_by_label("Mã hồ sơ")
    fill(box, name)
    box.press("Enter")
    entries = page.locator(".ln-entry")
    expect(entries).to_have_count(2)
    expect(page.get_by_text("2 mục nhật ký", exact=True)).to_be_visible()
    page.reload()
    expect(entries).to_have_count(2)
    expect(entries.last).to_contain_text("Thêm · Tài khoản")
    expect(entries.last).to_contain_text("Dòng lệnh trên máy chủ")
    with page.expect_download() as downloading:
        click(page.get_by_role("button", name="Tải 2 mục thành tệp CSV"))
    table = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(table)))
    assert [row[5] for row in rows[1:]] == [name, name]
    press(page, "Kiểm tra nhật ký")
    expect(page.get_by_text("Nhật ký nguyên vẹn")).to_be_visible()
    fill(box, "không có mã này")
    box.press("Enter")
    expect(page.get_by_text("Không có mục nào khớp.")).to_be_visible()


@pytest.mark.proof
def test_a_backup_is_made_and_deleted_and_never_sent(page: Page, own: tuple[Home, str]) -> None:
    home = own[0]
    enter(page, home, Role.ADMINISTRATOR)
    _open(page, own, "Sao lưu")
    expect(page.get_by_text("Chưa có bản sao lưu nào ở đây.")).to_be_visible()
    press(page, "Sao lưu ngay")
    expect(page.get_by_text("Đã sao lưu.")).to_be_visible()
    (made,) = home.backups.glob("*.zip")
    expect(page.locator(".ln-account").get_by_text(made.name)).to_be_visible()
    expect(page.get_by_role("button", name="Tải")).to_have_count(0)
    click(page.get_by_role("button", name="Xóa bản"))
    expect(page.get_by_text(f"Đã xóa bản sao lưu {made.name}.")).to_be_visible()
    assert not made.exists()


@pytest.mark.proof
def test_a_broken_file_is_named_and_the_rest_goes_on(page: Page, own: tuple[Home, str]) -> None:
    home = own[0]
    file = home.configs / "sources.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text("sources:\n  - nguồn\n", encoding="utf-8")
    try:
        enter(page, home, Role.ADMINISTRATOR)
        _open(page, own, "Người dùng")
        expect(page.get_by_text("sources.yaml:2")).to_be_visible()
        expect(page.locator(".ln-account").first).to_be_visible()
    finally:
        file.write_text(before, encoding="utf-8")


@pytest.mark.proof
@pytest.mark.parametrize(
    "part", ["Người dùng", "Nguồn tin", "Chủ đề", "Thời hạn lưu", "Nhật ký hoạt động", "Sao lưu"]
)
def test_a_phone_shows_all_of_it(page: Page, own: tuple[Home, str], part: str) -> None:
    page.set_viewport_size(PHONE)
    enter(page, own[0], Role.ADMINISTRATOR)
    _open(page, own, part)
    expect(page.locator("[data-testid=stMain]").get_by_role("button").last).to_be_visible()
    fits(page)
