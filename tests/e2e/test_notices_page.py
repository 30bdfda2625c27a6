"""Báo sai sót in the browser; and language versions and unpublishing, where these are done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from langnghe.casework import claims
from langnghe.casework.claimstate import Claim
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, Kept
from langnghe.casework.notices import About, NoticeRoute, NoticeState, Propose, StartChecking
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import (
    Approve,
    Classify,
    DraftAnswer,
    Forward,
    Kind,
    Petition,
    Publish,
    State,
    Submit,
)
from langnghe.casework.roles import Actor, Role
from langnghe.casework.versions import Language, VersionState
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Verdict
from langnghe.dashboard.desk import open_desk
from langnghe.store.opening import open_casework
from tests.casework.test_audio import sound
from tests.casework.world import NOTICE as DOCUMENT
from tests.casework.world import TEXT
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
    upload,
)
from tests.e2e.test_accessibility import faults

WRITER = Actor("soan-thao", frozenset({Role.EDITOR}))
APPROVER = Actor("phe-duyet", frozenset({Role.APPROVER}))
FOUND = "Hạt quản lý đường bộ trả lời: cầu đóng từ 22 giờ đến 5 giờ."
HOSTILE = "<img src=x onerror=alert(1)> [ở đây](https://x.example) **không** đúng"


@pytest.fixture
def desk(sample_home: Home) -> Iterator[Desk]:
    with open_casework(sample_home) as database:
        yield open_desk(sample_home, database, SystemClock())


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Somebody else's browser."""
    context = browser.new_context(viewport=WIDE, locale="vi-VN")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def published_claim(desk: Desk) -> Kept[Claim]:
    statement = f"Cầu treo bản {secrets.token_hex(4)} đóng cửa"
    kept = desk.open_claim(NewClaim(statement, "giao-thong"), WRITER)
    for actor, action in (
        (WRITER, claims.StartVerifying()),
        (WRITER, claims.AddEvidence(DOCUMENT)),
        (WRITER, claims.ProposeVerdict(Verdict.FALSE)),
        (APPROVER, claims.ApproveVerdict()),
        (WRITER, claims.DraftCorrection(TEXT)),
        (WRITER, claims.SubmitCorrection()),
        (APPROVER, claims.ApproveCorrection()),
    ):
        kept = desk.act(CLAIM, kept.state.id, action, actor, version=kept.version)
    return kept


def published_petition(desk: Desk) -> Kept[Petition]:
    kept = desk.open_petition(NewPetition(Kind.PETITION, "Đường vào bản hỏng."), WRITER)
    for actor, action in (
        (WRITER, Classify(Kind.PETITION)),
        (WRITER, Forward("Phòng Kinh tế xã")),
        (WRITER, DraftAnswer("Đường sửa xong trước 15/12.", "Luật Đường bộ 2024")),
        (WRITER, Submit()),
        (APPROVER, Approve()),
        (WRITER, Publish()),
    ):
        kept = desk.act(PETITION, kept.state.id, action, actor, version=kept.version)
    return kept


def go(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)


def says(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


@pytest.mark.proof
def test_from_the_telephone_to_a_claim_that_is_open_again(
    page: Page, other: Page, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    claim = published_claim(desk).state
    enter(page, sample_home, Role.EDITOR)
    go(page, f"{dashboard}/thong-tin?ma={claim.id}")
    click(page.get_by_role("link", name="Ghi một báo sai sót về bản này"))
    says(page, "Hạn quyết định:")
    fill(page.get_by_label("Điều được cho là sai"), f"{HOSTILE}. Gọi tôi 0912 345 678.")
    press(page, "Ghi báo sai sót")
    says(page, "Mã để hỏi kết quả: SS.")
    (kept,) = (one for one in desk.find(NOTICE, WRITER) if one.state.case == claim.id)
    code = kept.state.id
    assert "0912" not in kept.state.text
    expect(page.get_by_role("heading", name=code)).to_be_visible()
    # What people say is text: nothing of it is live.
    says(page, HOSTILE)
    expect(page.locator("img[src=x]")).to_have_count(0)
    press(page, "Bắt đầu kiểm tra")
    click(page.get_by_text("Có sai sót, phải sửa", exact=True))
    fill(page.get_by_label("Kết quả kiểm tra"), "Gọi 0912 345 678 để rõ.")
    press(page, "Trình quyết định")
    says(page, "dữ liệu cá nhân")
    # What was typed is still there.
    expect(page.get_by_label("Kết quả kiểm tra")).to_have_value("Gọi 0912 345 678 để rõ.")
    fill(page.get_by_label("Kết quả kiểm tra"), FOUND)
    press(page, "Trình quyết định")
    says(page, "Đã trình quyết định.")

    enter(other, sample_home, Role.APPROVER)
    go(other, f"{dashboard}/sai-sot")
    press(other, f"Mở {code}")
    says(other, f"mở lại hồ sơ {claim.id}")
    press(other, "Quyết định: có sai sót")
    says(other, "Đã quyết định.")
    assert desk.get(CLAIM, claim.id, WRITER).state.state is Verdict.VERIFYING
    go(other, f"{dashboard}/thong-tin?ma={claim.id}")
    says(other, "Có người báo nội dung đã công bố có sai sót")
    says(other, "Đang xác minh")
    # A reload comes back to the same notice.
    page.reload()
    says(page, "Có sai sót, chờ sửa")
    assert not faults(page)


@pytest.mark.proof
def test_who_proposed_sees_no_button_to_decide(
    page: Page, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    petition = published_petition(desk).state
    new = NewNotice(About.PETITION, petition.id, NoticeRoute.LETTER, "Sai ngày.")
    code = desk.open_notice(new, WRITER).state.id
    enter(page, sample_home, Role.EDITOR, Role.APPROVER)
    go(page, f"{dashboard}/sai-sot?ma={code}")
    press(page, "Bắt đầu kiểm tra")
    click(page.get_by_text("Không có sai sót, giữ nguyên", exact=True))
    fill(page.get_by_label("Kết quả kiểm tra"), "Câu trả lời đúng với kế hoạch.")
    press(page, "Trình quyết định")
    says(page, "Bạn đã đề xuất kết quả này")
    expect(page.get_by_role("button", name="Quyết định:")).to_have_count(0)
    fill(page.get_by_label("Cần kiểm tra thêm điều gì"), "Hỏi lại đơn vị thi công.")
    press(page, "Trả lại để kiểm tra thêm")
    says(page, "Đã trả lại để kiểm tra thêm.")
    expect(page.locator(".ln-proof", has_text="Hỏi lại đơn vị thi công.").first).to_be_visible()
    assert desk.get(NOTICE, code, WRITER).state.state is NoticeState.CHECKING


@pytest.mark.proof
def test_on_a_phone_a_notice_fits_the_screen(
    page: Page, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    petition = published_petition(desk)
    new = NewNotice(About.PETITION, petition.state.id, NoticeRoute.PHONE, "a" * 300)
    kept = desk.open_notice(new, WRITER)
    for action in (StartChecking(), Propose(False, "Đúng như đã trả lời.")):
        kept = desk.act(NOTICE, kept.state.id, action, WRITER, version=kept.version)
    page.set_viewport_size(PHONE)
    enter(page, sample_home, Role.APPROVER)
    for address in ("sai-sot", f"sai-sot?ma={kept.state.id}"):
        go(page, f"{dashboard}/{address}")
        says(page, kept.state.id)
        fits(page)
        page.wait_for_timeout(1_000)
        assert not faults(page)


@pytest.mark.proof
@pytest.mark.parametrize("role", [Role.COLLABORATOR, Role.LEADER])
def test_who_neither_drafts_nor_approves_gets_no_notices(
    page: Page, dashboard: str, sample_home: Home, role: Role
) -> None:
    enter(page, sample_home, role)
    page.goto(f"{dashboard}/sai-sot")
    # The page is not among theirs, so the first of theirs is shown instead, or a refusal.
    page.wait_for_timeout(5_000)
    expect(page.get_by_role("heading", level=1, name="Báo sai sót")).to_have_count(0)


@pytest.mark.proof
def test_a_translation_read_aloud_is_published_by_somebody_else(
    page: Page, other: Page, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    claim = published_claim(desk).state
    address = f"{dashboard}/thong-tin?ma={claim.id}&phan=Bản ngôn ngữ"
    enter(page, sample_home, Role.EDITOR)
    go(page, address)
    unfold(page.get_by_text("Đính kèm bản ngôn ngữ hoặc bản đọc"))
    choose(page, "Ngôn ngữ", "Tiếng Mông")
    fill(page.get_by_label("Tiêu đề bản dịch"), "Txoj kev tseem qhib")
    fill(page.get_by_label("Nội dung bản dịch"), "Tsheb mus los txhua hnub.")
    upload(page, "ban-doc.mp3", "audio/mpeg", b"MZ\x90\0no sound")
    expect(page.get_by_test_id("stFileChip")).to_be_visible()
    press(page, "Đính kèm và trình duyệt")
    says(page, "Chỉ nhận tệp ghi âm MP3, OGG hoặc WAV")
    expect(page.get_by_text("Chỉ nhận tệp ghi âm MP3").first).to_be_in_viewport()
    assert desk.get(CLAIM, claim.id, WRITER).state.versions == ()
    click(page.get_by_role("button", name="Remove ban-doc.mp3"))
    upload(page, "ban-doc.mp3", "audio/mpeg", sound("tone.mp3"))
    expect(page.get_by_test_id("stFileChip")).to_be_visible()
    press(page, "Đính kèm và trình duyệt")
    says(page, "Đã trình duyệt, kèm tệp ghi âm.")
    expect(page.get_by_role("button", name="Duyệt và công bố")).to_have_count(0)

    enter(other, sample_home, Role.APPROVER)
    go(other, address)
    says(other, "Tsheb mus los txhua hnub.")
    expect(other.locator("div[lang=hmn]")).to_be_visible()
    length = other.locator("audio").evaluate(
        """async (audio) => {
            audio.preload = "auto"; audio.load();
            await new Promise((done) => { audio.onloadedmetadata = audio.onerror = done; });
            return audio.duration;
        }"""
    )
    assert 0.4 < length < 0.8
    press(other, "Duyệt và công bố Tiếng Mông, bản 1")
    says(other, "Đã công bố bản ngôn ngữ.")
    (version,) = desk.get(CLAIM, claim.id, WRITER).state.shown_versions
    assert (version.language, version.state) == (Language.HMONG, VersionState.PUBLISHED)
    assert not faults(other)


@pytest.mark.proof
def test_an_approver_takes_back_what_is_published(
    page: Page, dashboard: str, sample_home: Home, desk: Desk
) -> None:
    claim, petition = published_claim(desk).state, published_petition(desk).state
    enter(page, sample_home, Role.APPROVER)
    for address in (f"thong-tin?ma={claim.id}&phan=Các bản", f"phan-anh?ma={petition.id}"):
        go(page, f"{dashboard}/{address}")
        unfold(page.get_by_text("Thu hồi bản đã công bố", exact=True))
        fill(page.get_by_label("Lý do thu hồi (người dân đọc được)"), "Căn cứ đã hết hiệu lực.")
        press(page, "Thu hồi")
        says(page, "Ghi chú thu hồi sẽ được công khai.")
        expect(page.locator(".ln-proof", has_text="Căn cứ đã hết hiệu lực.").first).to_be_visible()
    assert desk.get(CLAIM, claim.id, WRITER).state.published is None
    after = desk.get(PETITION, petition.id, WRITER).state
    assert (after.state, after.current) == (State.ANSWERED, None)
