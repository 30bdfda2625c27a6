"""Thông tin cần kiểm chứng, in a browser: from the board to a published correction."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from langnghe.casework import claims
from langnghe.casework.claims import (
    AddEvidence,
    ApproveCorrection,
    ApproveVerdict,
    DraftCorrection,
    ProposeVerdict,
    Reopen,
    StartVerifying,
    SubmitCorrection,
)
from langnghe.casework.claimstate import Claim
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk, NewClaim
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.roles import Actor, Role
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Verdict
from langnghe.dashboard.desk import open_desk
from langnghe.store.auditlog import Entries
from langnghe.store.opening import open_stores
from langnghe.store.posts.interface import Query
from tests.casework.test_uploads import PDF
from tests.e2e.conftest import (
    PATIENCE,
    PHONE,
    WIDE,
    click,
    drawn,
    enter,
    fill,
    fits,
    press,
    unfold,
    upload,
)

EDITOR = Actor("bientap", frozenset({Role.EDITOR}))
APPROVER = Actor("pheduyet", frozenset({Role.APPROVER}))
TODAY = local_day(SystemClock().now())
NOTICE = Evidence("UBND xã Bình Lư", TODAY - timedelta(days=1), True, document_number="15/TB-UBND")
TEXT = CorrectionText(
    title="Xe máy vẫn qua cầu treo bình thường cả ngày",
    truth="Cầu mở cho xe máy, chỉ hạn chế xe tải.",
    circulating="Trên diễn đàn của xã có tin cầu bị cấm.",
    finding="Qua xác minh với cơ quan quản lý cầu, đây là thông tin sai sự thật.",
    contact="Ủy ban nhân dân xã Bình Lư, giờ hành chính.",
)
PROPOSED = (StartVerifying(), AddEvidence(NOTICE), ProposeVerdict(Verdict.FALSE))
DECIDED = (*PROPOSED, ApproveVerdict())
SUBMITTED = (*DECIDED, DraftCorrection(TEXT), SubmitCorrection())


@contextmanager
def opened(home: Home) -> Iterator[Desk]:
    with open_stores(home, SystemClock()) as stores:
        yield open_desk(home, stores.database, SystemClock())


def make(home: Home, *steps: claims.Action, statement: str = "", posts: int = 0) -> str:
    """The id of a new claim, after these steps by whoever may do them."""
    statement = statement or f"Cầu treo bản {secrets.token_hex(4)} bị cấm xe máy"
    with open_stores(home, SystemClock()) as stores:
        desk = open_desk(home, stores.database, SystemClock())
        hits = stores.posts.search(Query(size=20)).hits[:posts]
        new = NewClaim(statement, "giao-thong", tuple(hit.stored.post.id for hit in hits))
        kept = desk.open_claim(new, EDITOR)
        for step in steps:
            who = APPROVER if isinstance(step, ApproveVerdict | ApproveCorrection) else EDITOR
            kept = desk.act(CLAIM, kept.state.id, step, who, version=kept.version)
    return kept.state.id


def read(home: Home, claim_id: str) -> Kept[Claim]:
    with opened(home) as desk:
        return desk.get(CLAIM, claim_id, EDITOR)


def go(page: Page, dashboard: str, claim_id: str = "", part: str = "") -> None:
    query = f"?ma={claim_id}" if claim_id else ""
    page.goto(f"{dashboard}/thong-tin{query}{f'&phan={part}' if part else ''}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thông tin cần kiểm chứng")


def said(page: Page) -> Locator:
    return page.get_by_test_id("stAlert")


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Somebody else's browser."""
    context = browser.new_context(viewport=WIDE, locale="vi-VN")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


# --- The whole way ---------------------------------------------------------------------------


@pytest.mark.proof
def test_from_a_statement_to_a_published_correction(
    page: Page, other: Page, dashboard: str, sample_home: Home
) -> None:
    statement = f"Cầu treo bản {secrets.token_hex(4)} bị cấm xe máy"
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard)
    unfold(page.get_by_text("Mở hồ sơ mới"))
    fill(page.get_by_label("Nội dung thông tin"), statement)
    press(page, "Mở hồ sơ")
    expect(page.get_by_role("heading", name=statement)).to_be_visible()
    claim_id = page.url.partition("ma=")[2][:16]

    press(page, "Bắt đầu xác minh")
    fill(page.get_by_label("Nguồn", exact=True), "UBND xã Bình Lư")
    click(page.get_by_text("Đây là văn bản gốc"))
    click(page.get_by_role("group", name="Ngày của căn cứ").get_by_role("spinbutton").first)
    page.keyboard.type(NOTICE.dated.strftime("%d%m%Y"))
    upload(page, "Thông báo 15.pdf", "application/pdf", PDF)
    expect(page.get_by_test_id("stFileChip")).to_be_visible()
    press(page, "Thêm căn cứ này")
    expect(said(page).first).to_have_text("Đã thêm căn cứ, kèm tệp.")
    with page.expect_download() as download:
        click(page.get_by_role("link", name="Tải tệp Thông báo 15.pdf"))
    assert download.value.suggested_filename == "Thông báo 15.pdf"
    assert download.value.path().read_bytes() == PDF

    click(page.get_by_text("Sai sự thật", exact=True))
    press(page, "Trình duyệt kết luận")
    expect(page.get_by_text("Chờ duyệt kết luận: Sai sự thật")).to_be_visible()
    expect(page.get_by_role("button", name="Duyệt kết luận")).to_have_count(0)

    enter(other, sample_home, Role.APPROVER)
    go(other, dashboard)
    press(other, f"Mở {claim_id}")
    press(other, "Duyệt kết luận «Sai sự thật»")
    expect(said(other).first).to_contain_text("Đã duyệt kết luận")

    click(page.get_by_role("tab", name="Đính chính"))
    fill(page.get_by_label("Tiêu đề"), f"{statement}: tin giả")
    for label, text in (
        ("Thông tin đúng", TEXT.truth),
        ("Nội dung đang lan truyền", TEXT.circulating),
        ("Kết quả xác minh", TEXT.finding),
        ("Nơi liên hệ", TEXT.contact),
    ):
        fill(page.get_by_label(label), text)
    press(page, "Lưu và trình duyệt")
    expect(said(page).first).to_contain_text("Tiêu đề đang nhắc lại")
    # What was typed is still there.
    expect(page.get_by_label("Thông tin đúng")).to_have_value(TEXT.truth)
    fill(page.get_by_label("Tiêu đề"), TEXT.title)
    page.get_by_label("Nơi liên hệ").focus()
    expect(page.locator(".ln-correction h3")).to_have_text(TEXT.title)
    press(page, "Lưu và trình duyệt")
    expect(page.get_by_text("Duyệt là công bố")).to_be_visible()

    click(other.get_by_role("tab", name="Đính chính"))
    press(other, "Duyệt và công bố đính chính")
    expect(said(other).first).to_contain_text("Đã công bố đính chính")
    expect(other.get_by_text("Nội dung đang khóa")).to_be_visible()
    state = read(sample_home, claim_id).state
    assert state.published is not None
    assert state.published.verdict is Verdict.FALSE

    # A reload comes back to the same place.
    page.reload()
    expect(page.get_by_text("Nội dung đang khóa")).to_be_visible()
    press(page, "← Về danh sách")
    expect(page.get_by_role("heading", name="Đã xong")).to_be_visible()


@pytest.mark.proof
def test_whoever_wrote_does_not_approve(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(sample_home, StartVerifying(), AddEvidence(NOTICE))
    enter(page, sample_home, Role.EDITOR, Role.APPROVER)
    go(page, dashboard, claim_id)
    click(page.get_by_text("Đã xác thực", exact=True))
    press(page, "Trình duyệt kết luận")
    expect(page.get_by_text("không được tự duyệt")).to_be_visible()
    expect(page.get_by_role("button", name="Duyệt kết luận")).to_have_count(0)
    drawn(page)
    unfold(page.get_by_text("Trả lại để bổ sung"))
    fill(page.get_by_label("Lý do trả lại"), "Thiếu trả lời của bên quản lý cầu.")
    press(page, "Trả lại")
    # Not where it was typed: at the head of the claim, once it is sent back.
    reason = page.locator(".ln-proof", has_text="Thiếu trả lời của bên quản lý cầu.")
    expect(reason.first).to_be_visible()
    assert read(sample_home, claim_id).state.proposal is None


@pytest.mark.proof
def test_people_who_were_right_get_an_answer(page: Page, dashboard: str, sample_home: Home) -> None:
    steps = (*PROPOSED[:2], ProposeVerdict(Verdict.CONFIRMED), ApproveVerdict())
    claim_id = make(sample_home, *steps)
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, claim_id)
    expect(page.get_by_label("Nội dung cần trả lời")).to_have_value(
        read(sample_home, claim_id).state.statement
    )
    press(page, "Lập phản ánh, kiến nghị")
    expect(page.get_by_role("link", name="Mở phản ánh PA.")).to_be_visible()
    assert read(sample_home, claim_id).state.petition.startswith("PA.")


@pytest.mark.proof
def test_nobody_overwrites_a_text_in_silence(
    page: Page, other: Page, dashboard: str, sample_home: Home
) -> None:
    claim_id = make(sample_home, *DECIDED, DraftCorrection(TEXT))
    for one in (page, other):
        enter(one, sample_home, Role.EDITOR)
        go(one, dashboard, claim_id, "Đính chính")
        expect(one.get_by_label("Thông tin đúng")).to_have_value(TEXT.truth)
    fill(page.get_by_label("Thông tin đúng"), "Cầu mở cho mọi xe.")
    press(page, "Lưu bản nháp")
    expect(said(page).first).to_have_text("Đã lưu bản nháp.")

    fill(other.get_by_label("Thông tin đúng"), "Cầu mở cho xe dưới hai tấn.")
    press(other, "Lưu bản nháp")
    expect(other.get_by_text("Người khác vừa lưu bản đính chính này")).to_be_visible()
    expect(other.locator(".ln-beside")).to_contain_text("Cầu mở cho mọi xe.")
    expect(other.locator(".ln-beside")).to_contain_text("Cầu mở cho xe dưới hai tấn.")
    current = read(sample_home, claim_id).state.unpublished
    assert current is not None
    assert current.text.truth == "Cầu mở cho mọi xe."
    press(other, "Soạn tiếp bản của tôi")
    press(other, "Lưu bản nháp")
    expect(said(other).first).to_have_text("Đã lưu bản nháp.")
    current = read(sample_home, claim_id).state.unpublished
    assert current is not None
    assert current.text.truth == "Cầu mở cho xe dưới hai tấn."


@pytest.mark.proof
def test_versions_stand_side_by_side(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(
        sample_home,
        *SUBMITTED,
        ApproveCorrection("https://xa.example/tin"),
        Reopen("Có thông báo mới của bên quản lý cầu."),
        AddEvidence(Evidence("Báo Lai Châu", NOTICE.dated, False, link="https://bao.example/1")),
    )
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, claim_id, "Các bản")
    expect(page.locator(".ln-correction")).to_have_count(1)
    with opened(sample_home) as desk:
        kept = desk.get(CLAIM, claim_id, EDITOR)
        newer = CorrectionText(**{**TEXT_FIELDS, "truth": "Cầu mở cho xe máy và xe con."})
        for step, who in (
            (ProposeVerdict(Verdict.PARTLY_TRUE), EDITOR),
            (ApproveVerdict(), APPROVER),
            (DraftCorrection(newer), EDITOR),
        ):
            kept = desk.act(CLAIM, claim_id, step, who, version=kept.version)
    page.reload()
    expect(page.locator(".ln-correction")).to_have_count(2)
    expect(page.locator(".ln-correction ins").first).to_be_visible()
    expect(page.locator(".ln-correction del").first).to_be_visible()
    expect(page.get_by_text("Có thông báo mới của bên quản lý cầu.")).to_be_visible()


TEXT_FIELDS = {
    field: getattr(TEXT, field) for field in ("title", "truth", "circulating", "finding", "contact")
}


# --- Files -----------------------------------------------------------------------------------


@pytest.mark.proof
def test_a_hostile_file_is_refused_in_words(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(sample_home, StartVerifying())
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, claim_id)
    fill(page.get_by_label("Nguồn", exact=True), "Báo Lai Châu")
    click(page.get_by_role("group", name="Ngày của căn cứ").get_by_role("spinbutton").first)
    page.keyboard.type(NOTICE.dated.strftime("%d%m%Y"))
    for name, content, words in (
        ("quyet-dinh.pdf", b"MZ\x90\x00" + bytes(300), "Chỉ nhận tệp PDF, PNG, JPEG hoặc DOCX"),
        ("anh.svg", b"<svg onload='alert(1)'/>", "Chỉ nhận tệp PDF, PNG, JPEG hoặc DOCX"),
        ("trang.html", b"<script>alert(1)</script>", "Chỉ nhận tệp"),
        ("rong.pdf", b"", "0 byte"),
    ):
        upload(page, name, "application/pdf", content)
        expect(page.get_by_test_id("stFileChip")).to_contain_text(name)
        press(page, "Thêm căn cứ này")
        expect(said(page).first).to_contain_text(words)
        # The rest of the form is as it was.
        expect(page.get_by_label("Nguồn", exact=True)).to_have_value("Báo Lai Châu")
    assert read(sample_home, claim_id).state.evidence == ()
    assert not (sample_home.files / claim_id).exists()


@pytest.mark.proof
def test_a_dropped_file_is_deleted(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(sample_home, StartVerifying())
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, claim_id)
    fill(page.get_by_label("Nguồn", exact=True), "Báo Lai Châu")
    click(page.get_by_role("group", name="Ngày của căn cứ").get_by_role("spinbutton").first)
    page.keyboard.type(NOTICE.dated.strftime("%d%m%Y"))
    upload(page, "a.pdf", "application/pdf", PDF)
    expect(page.get_by_test_id("stFileChip")).to_be_visible()
    press(page, "Thêm căn cứ này")
    expect(page.get_by_role("link", name="Tải tệp a.pdf")).to_be_visible()
    assert len(list((sample_home.files / claim_id).iterdir())) == 1
    press(page, "Bỏ căn cứ 1")
    press(page, "Xóa căn cứ 1")
    expect(said(page).first).to_have_text("Đã bỏ căn cứ.")
    assert not list((sample_home.files / claim_id).iterdir())


# --- Who sees what ---------------------------------------------------------------------------


@pytest.mark.proof
def test_a_collaborator_opens_and_reads_but_does_not_draft(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    claim_id = make(sample_home, *DECIDED)
    enter(page, sample_home, Role.COLLABORATOR)
    go(page, dashboard)
    expect(page.get_by_text("Mở hồ sơ mới")).to_be_visible()
    go(page, dashboard, claim_id)
    expect(page.get_by_text("Căn cứ 1: UBND xã Bình Lư")).to_be_visible()
    expect(page.get_by_text("Mở lại hồ sơ")).to_have_count(0)
    click(page.get_by_role("tab", name="Đính chính"))
    expect(page.get_by_text("Biên tập viên đang soạn")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)


@pytest.mark.proof
@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_others_do_not_get_the_page(
    page: Page, dashboard: str, sample_home: Home, role: Role
) -> None:
    claim_id = make(sample_home, statement="Cầu treo bản Nà Khoang bị cấm xe máy")
    enter(page, sample_home, role)
    answer = page.goto(f"{dashboard}/thong-tin?ma={claim_id}")
    assert answer is not None
    assert answer.status == 403
    assert "Nà Khoang" not in page.content()


@pytest.mark.proof
def test_posts_are_shown_and_logged_only_where_somebody_looks(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    claim_id = make(sample_home, posts=8)
    enter(page, sample_home, Role.APPROVER)
    go(page, dashboard, claim_id)
    expect(page.get_by_text("Chưa có ai xác minh")).to_be_visible()
    expect(page.locator(".ln-post")).to_have_count(0)
    log = Entries("claim", claim_id)
    with opened(sample_home) as desk:
        assert [entry.what for entry in desk.cases.audit.entries(log)] == ["open"]
    click(page.get_by_role("tab", name="Bài đăng, lan truyền"))
    expect(page.locator(".ln-post")).to_have_count(5)
    expect(page.get_by_text("bài một ngày")).to_be_visible()
    expect(page.get_by_text("Gỡ bài này khỏi hồ sơ")).to_have_count(0)
    unfold(page.get_by_text("Xem bảng số liệu"))
    expect(page.locator(".ln-table td").first).to_be_visible()
    press(page, "Xem thêm bài")
    expect(page.locator(".ln-post")).to_have_count(8)
    with opened(sample_home) as desk:
        assert [entry.what for entry in desk.cases.audit.entries(log)].count("read") == 1


@pytest.mark.proof
def test_a_wrong_post_is_detached(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(sample_home, posts=2)
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, claim_id, "Bài đăng%2C lan truyền")
    expect(page.locator(".ln-post")).to_have_count(2)
    expect(page.get_by_text("Dưới 5 bài")).to_be_visible()
    click(page.get_by_role("button", name="Gỡ bài này khỏi hồ sơ").first)
    expect(page.locator(".ln-post")).to_have_count(1)
    assert len(read(sample_home, claim_id).state.posts) == 1


# --- The board -------------------------------------------------------------------------------


@pytest.mark.proof
def test_filters_stand_in_the_address_and_survive_a_look_at_a_claim(
    page: Page, dashboard: str, sample_home: Home
) -> None:
    claim_id = make(sample_home, *PROPOSED)
    enter(page, sample_home, Role.APPROVER)
    page.goto(f"{dashboard}/thong-tin?giaidoan=Chờ phê duyệt&chude=giao-thong")
    press(page, f"Mở {claim_id}")
    expect(page.get_by_role("button", name="Duyệt kết luận «Sai sự thật»")).to_be_visible()
    press(page, "← Về danh sách")
    expect(page.get_by_role("heading", level=2)).to_have_count(1)
    expect(page.get_by_role("heading", level=2)).to_contain_text("Chờ phê duyệt")
    click(page.get_by_text("Chỉ hồ sơ tôi mở"))
    expect(page.get_by_text("Không có thông tin nào khớp")).to_be_visible()


@pytest.mark.proof
def test_a_claim_that_is_not_there_is_said(page: Page, dashboard: str, sample_home: Home) -> None:
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard, "TT.20200101.0001")
    expect(said(page).first).to_contain_text("Không có thông tin cần kiểm chứng TT.20200101.0001")
    press(page, "← Về danh sách")
    expect(page.get_by_text("Giai đoạn")).to_be_visible()


@pytest.mark.proof
def test_hostile_text_stays_text(page: Page, dashboard: str, sample_home: Home) -> None:
    hostile = (
        f"<img src=x onerror=alert(1)> **đậm** [x](https://evil.example) {secrets.token_hex(3)}"
    )
    dialogs: list[str] = []

    def remember(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", remember)
    claim_id = make(
        sample_home,
        StartVerifying(),
        AddEvidence(Evidence(hostile, NOTICE.dated, False, quotation=hostile)),
        AddEvidence(NOTICE),
        ProposeVerdict(Verdict.FALSE),
        ApproveVerdict(),
        DraftCorrection(CorrectionText(**{key: f"{key} {hostile}" for key in TEXT_FIELDS})),
        statement=f"{hostile} cấm xe",
    )
    enter(page, sample_home, Role.EDITOR)
    for part in ("Xác minh", "Đính chính", "Các bản"):
        go(page, dashboard, claim_id, part)
        expect(page.get_by_role("heading", level=2).first).to_have_text(f"{hostile} cấm xe")
        expect(page.get_by_role("tab", name=part)).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(500)
        assert page.locator("img[src=x], a[href*='evil.example']").count() == 0
    assert not dialogs


@pytest.mark.proof
def test_on_a_phone_all_of_it_can_be_used(page: Page, dashboard: str, sample_home: Home) -> None:
    claim_id = make(sample_home, *DECIDED, DraftCorrection(TEXT), posts=6)
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.EDITOR)
    go(page, dashboard)
    card = page.get_by_role("button", name=f"Mở {claim_id}")
    expect(card).to_be_visible()
    fits(page)
    click(card)
    for part in ("Đính chính", "Các bản", "Bài đăng, lan truyền"):
        click(page.get_by_role("tab", name=part))
        expect(page.get_by_role("tab", name=part)).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(800)
        fits(page)
    click(page.get_by_role("tab", name="Đính chính"))
    fill(page.get_by_label("Thông tin đúng"), "Cầu mở cho mọi xe.")
    press(page, "Lưu bản nháp")
    expect(said(page).first).to_have_text("Đã lưu bản nháp.")
