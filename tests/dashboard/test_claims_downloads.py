"""Evidence files leave as downloads, and only to whoever may see the claim."""

from __future__ import annotations

from datetime import date

import httpx2
import pytest

from langnghe.casework.audio import checked_audio
from langnghe.casework.claims import AddEvidence, StartVerifying
from langnghe.casework.claimtexts import Evidence
from langnghe.casework.desk import NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, PETITION
from langnghe.casework.petitionrecords import (
    Approve,
    Classify,
    DraftAnswer,
    Forward,
    Kind,
    Publish,
    Submit,
)
from langnghe.casework.roles import Actor, Role
from langnghe.casework.versions import AttachVersion, Language
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.web.downloads import file_address
from langnghe.store.files import CaseFiles
from langnghe.store.opening import open_casework
from tests.casework.test_audio import sound
from tests.casework.test_uploads import PDF
from tests.dashboard.conftest import logged_in
from tests.service import session_of

EDITOR = Actor("bien-tap", frozenset({Role.EDITOR}))
APPROVER = Actor("phe-duyet", frozenset({Role.APPROVER}))
NAME = 'Thông báo "15".pdf'


@pytest.fixture(scope="module")
def kept(home: Home) -> tuple[str, str]:
    """Id of a claim, and digest of its one file."""
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        claim = desk.open_claim(NewClaim("Cầu treo bản Nà Khoang bị cấm xe", "giao-thong"), EDITOR)
        case_id = claim.state.id
        claim = desk.act(CLAIM, case_id, StartVerifying(), EDITOR, version=claim.version)
        digest = CaseFiles(home.files).put(case_id, PDF)
        piece = Evidence("UBND xã", date(2026, 1, 5), True, file_name=NAME, file=digest)
        desk.act(CLAIM, case_id, AddEvidence(piece), EDITOR, version=claim.version)
    return case_id, digest


@pytest.mark.parametrize("role", [Role.COLLABORATOR, Role.EDITOR, Role.APPROVER])
def test_a_file_is_handed_out_as_a_download(
    browser: httpx2.Client, home: Home, kept: tuple[str, str], role: Role
) -> None:
    answer = logged_in(browser, session_of(home, role)).get(file_address("thong-tin", *kept))
    assert answer.status_code == 200
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Th%C3%B4ng%20b%C3%A1o%20%2215%22.pdf"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_who_sees_no_cases_gets_no_file(
    browser: httpx2.Client, home: Home, kept: tuple[str, str], role: Role
) -> None:
    answer = logged_in(browser, session_of(home, role)).get(file_address("thong-tin", *kept))
    assert answer.status_code == 403
    assert b"%PDF" not in answer.content


def test_without_a_log_in_there_is_none(browser: httpx2.Client, kept: tuple[str, str]) -> None:
    answer = browser.get(file_address("thong-tin", *kept))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/dang-nhap")


def test_what_is_not_there_is_said(
    browser: httpx2.Client, home: Home, kept: tuple[str, str]
) -> None:
    logged_in(browser, session_of(home, Role.EDITOR))
    case_id, digest = kept
    for address in (
        file_address("thong-tin", case_id, "0" * 64),
        file_address("sai-sot", case_id, digest),
    ):
        assert browser.get(address).status_code == 404
    outside = f"/tep/thong-tin/{case_id}/..%2F..%2F..%2Flangnghe.db"
    assert browser.get(outside).status_code in (400, 404)
    # A claim that there is not, and a claim that is no petition.
    for word, other in (("thong-tin", "TT.20200101.0001"), ("phan-anh", case_id)):
        assert browser.get(file_address(word, other, digest)).status_code == 403


def test_the_recording_of_an_answer_is_handed_out_too(browser: httpx2.Client, home: Home) -> None:
    recording = checked_audio("Bản đọc.mp3", sound("tone.mp3"))
    with open_casework(home) as database:
        desk = open_desk(home, database, SystemClock())
        petition = desk.open_petition(NewPetition(Kind.PETITION, "Đường vào bản hỏng."), EDITOR)
        code = petition.state.id
        digest = CaseFiles(home.files).put(code, recording.content)
        for actor, action in (
            (EDITOR, Classify(Kind.PETITION)),
            (EDITOR, Forward("Phòng Kinh tế xã")),
            (EDITOR, DraftAnswer("Sửa trước 15/12.", "Luật Đường bộ 2024")),
            (EDITOR, Submit()),
            (APPROVER, Approve()),
            (EDITOR, Publish()),
            (EDITOR, AttachVersion(Language.VIETNAMESE, "", "", digest, recording.name)),
        ):
            petition = desk.act(PETITION, code, action, actor, version=petition.version)
    address = file_address("phan-anh", code, digest)
    answer = logged_in(browser, session_of(home, Role.EDITOR)).get(address)
    assert answer.status_code == 200
    assert answer.content == recording.content
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert logged_in(browser, session_of(home, Role.LEADER)).get(address).status_code == 403


def test_a_file_that_was_lost_is_said(
    browser: httpx2.Client, home: Home, kept: tuple[str, str]
) -> None:
    case_id, digest = kept
    path = home.files / case_id / digest
    path.write_bytes(b"changed")
    try:
        answer = logged_in(browser, session_of(home, Role.EDITOR)).get(
            file_address("thong-tin", case_id, digest)
        )
        assert answer.status_code == 404
        assert "bản sao lưu" in answer.text
    finally:
        path.write_bytes(PDF)
