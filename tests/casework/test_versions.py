"""Language versions and unpublishing: what the public gets, and what it does not get any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from langnghe.casework import claims, petitionrecords
from langnghe.casework.claims import ApproveCorrection, DraftCorrection, Reopen, SubmitCorrection
from langnghe.casework.claimstate import Claim, CorrectionState, Turn
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.kinds import CLAIM, PETITION, Kept
from langnghe.casework.petitionrecords import DraftAnswer, Kind, Petition, State
from langnghe.casework.petitions import may_unpublish, possible
from langnghe.casework.roles import Actor, Refused
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import (
    LANGUAGE_NAMES,
    ApproveVersion,
    AttachVersion,
    DropVersion,
    Language,
    SendBackVersion,
    VersionState,
    WithdrawVersion,
)
from langnghe.core.models import Verdict
from langnghe.store.database import Database
from tests.casework.world import (
    AN,
    BINH,
    CHI,
    CHIEF,
    HAO,
    LAN,
    NOTICE,
    REPLY,
    STATEMENT,
    SUMMARY,
    TEXT,
    make_desk,
)

HMONG = AttachVersion(Language.HMONG, "Txoj kev tseem qhib", "Tsheb mus los txhua hnub.")
READ_ALOUD = AttachVersion(Language.VIETNAMESE, audio="ab" * 32, audio_name="ban-doc.mp3")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(tmp_path / "langnghe.db")
    yield make_desk(database)
    database.close()


def on_claim(desk: Desk, kept: Kept[Claim], *steps: tuple[Actor, claims.Action]) -> Kept[Claim]:
    for actor, action in steps:
        kept = desk.act(CLAIM, kept.state.id, action, actor, version=kept.version)
    return kept


def on_petition(
    desk: Desk, kept: Kept[Petition], *steps: tuple[Actor, petitionrecords.Action]
) -> Kept[Petition]:
    for actor, action in steps:
        kept = desk.act(PETITION, kept.state.id, action, actor, version=kept.version)
    return kept


def published_claim(desk: Desk) -> Kept[Claim]:
    return on_claim(
        desk,
        desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO),
        (LAN, claims.StartVerifying()),
        (LAN, claims.AddEvidence(NOTICE)),
        (LAN, claims.ProposeVerdict(Verdict.FALSE)),
        (CHI, claims.ApproveVerdict()),
        (LAN, DraftCorrection(TEXT)),
        (LAN, SubmitCorrection()),
        (CHI, ApproveCorrection()),
    )


def published_petition(desk: Desk) -> Kept[Petition]:
    return on_petition(
        desk,
        desk.open_petition(NewPetition(Kind.PETITION, SUMMARY), BINH),
        (LAN, petitionrecords.Classify(Kind.PETITION)),
        (LAN, petitionrecords.Forward("Phòng Kinh tế xã")),
        (LAN, DraftAnswer("Đường được sửa trước 15/12.", "Luật Đường bộ 2024")),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
        (LAN, petitionrecords.Publish()),
    )


def next_edition(desk: Desk, kept: Kept[Claim]) -> Kept[Claim]:
    return on_claim(
        desk,
        kept,
        (LAN, Reopen("Có trả lời mới")),
        (LAN, claims.AddEvidence(REPLY)),
        (LAN, claims.ProposeVerdict(Verdict.FALSE)),
        (CHI, claims.ApproveVerdict()),
        (LAN, DraftCorrection(replace(TEXT, truth="Đèo vẫn thông xe, trừ xe quá tải."))),
        (LAN, SubmitCorrection()),
        (CHI, ApproveCorrection()),
    )


def test_every_language_has_a_name_of_its_own() -> None:
    assert set(LANGUAGE_NAMES) == set(Language)
    assert len(set(LANGUAGE_NAMES.values())) == len(Language)


def test_a_version_is_shown_once_somebody_else_approved_it(desk: Desk) -> None:
    kept = on_claim(desk, published_claim(desk), (LAN, HMONG), (LAN, READ_ALOUD))
    assert kept.state.shown_versions == ()
    kept = on_claim(desk, kept, (CHI, ApproveVersion(2)), (CHI, ApproveVersion(1)))
    shown = kept.state.shown_versions
    assert [one.language for one in shown] == [Language.VIETNAMESE, Language.HMONG]
    assert shown[1].text == HMONG.text
    assert {one.approved_by for one in shown} == {"chi"}
    assert kept.state.files["ab" * 32] == "ban-doc.mp3"
    # Verdict and correction are as they were.
    assert (kept.state.state, kept.state.turn) == (Verdict.FALSE, Turn.NOBODY)


def test_who_attached_it_does_not_approve_it(desk: Desk) -> None:
    kept = on_petition(desk, published_petition(desk), (LAN, HMONG), (AN, HMONG))
    assert kept.state.versions[0].attached_by == ("lan", "an")
    with pytest.raises(Refused, match="không được tự duyệt"):
        on_petition(desk, kept, (AN, ApproveVersion(1)))
    assert on_petition(desk, kept, (CHI, ApproveVersion(1))).state.shown_versions


@pytest.mark.parametrize(
    ("actor", "action"),
    [
        (HAO, HMONG),
        (CHI, HMONG),
        (CHIEF, HMONG),
        (LAN, ApproveVersion(1)),
        (LAN, SendBackVersion(1, "Thiếu")),
        (HAO, DropVersion(1)),
        (LAN, WithdrawVersion(1, "Sai")),
        (LAN, Unpublish("Sai")),
        (HAO, Unpublish("Sai")),
    ],
)
def test_each_step_is_somebodys(desk: Desk, actor: Actor, action: Any) -> None:
    claim = on_claim(desk, published_claim(desk), (LAN, HMONG))
    petition = on_petition(desk, published_petition(desk), (LAN, HMONG))
    with pytest.raises(Refused, match="không có quyền"):
        on_claim(desk, claim, (actor, action))
    with pytest.raises(Refused, match="không có quyền"):
        on_petition(desk, petition, (actor, action))


def test_a_new_edition_makes_a_version_out_of_date(desk: Desk) -> None:
    kept = on_claim(desk, published_claim(desk), (LAN, HMONG), (CHI, ApproveVersion(1)))
    waiting = on_claim(desk, kept, (LAN, replace(HMONG, language=Language.LU)))
    after = next_edition(desk, waiting)
    assert after.state.shown_versions == ()
    # One that was attached to the edition before is not approved any more.
    with pytest.raises(Refused, match="đã được thay"):
        on_claim(desk, after, (CHI, ApproveVersion(2)))
    anew = on_claim(desk, after, (LAN, HMONG), (CHI, ApproveVersion(3)))
    assert [one.edition for one in anew.state.shown_versions] == [2]
    assert [one.state for one in anew.state.versions] == [
        VersionState.PUBLISHED,
        VersionState.AWAITING_APPROVAL,
        VersionState.PUBLISHED,
    ]


def test_a_better_translation_takes_the_place_of_the_first(desk: Desk) -> None:
    kept = on_petition(desk, published_petition(desk), (LAN, HMONG), (CHI, ApproveVersion(1)))
    kept = on_petition(desk, kept, (BINH, replace(HMONG, text="Yuav kho kev ua ntej 15/12.")))
    assert [one.number for one in kept.state.shown_versions] == [1]
    kept = on_petition(desk, kept, (CHI, ApproveVersion(2)))
    assert [one.number for one in kept.state.shown_versions] == [2]
    assert kept.state.versions[0].state is VersionState.REPLACED


def test_one_is_sent_back_mended_dropped_or_withdrawn(desk: Desk) -> None:
    kept = on_claim(desk, published_claim(desk), (LAN, HMONG))
    kept = on_claim(desk, kept, (CHI, SendBackVersion(1, "Thiếu đoạn cuối")))
    assert kept.state.versions[0].sent_back == "Thiếu đoạn cuối"
    with pytest.raises(Refused, match="bước ấy"):
        on_claim(desk, kept, (CHI, ApproveVersion(1)))
    kept = on_claim(desk, kept, (BINH, HMONG), (CHI, ApproveVersion(1)))
    assert kept.state.versions[0].attached_by == ("lan", "binh")
    with pytest.raises(Refused, match="bước ấy"):
        on_claim(desk, kept, (LAN, DropVersion(1)))
    kept = on_claim(desk, kept, (CHI, WithdrawVersion(1, "Dịch sai ngày")))
    assert kept.state.shown_versions == ()
    assert kept.state.published is not None
    kept = on_claim(desk, kept, (LAN, READ_ALOUD), (LAN, DropVersion(2)))
    assert [one.number for one in kept.state.versions] == [1]
    assert kept.state.files == {}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (replace(HMONG, title=""), "cả tiêu đề và nội dung"),
        (replace(HMONG, text=" "), "cả tiêu đề và nội dung"),
        (AttachVersion(Language.HMONG), "Chưa có gì"),
        (replace(READ_ALOUD, audio=""), "chưa tải lên xong"),
        (replace(READ_ALOUD, audio_name="../a.mp3"), "chưa tải lên xong"),
        (replace(READ_ALOUD, title="Bản đọc", text="Chữ"), "chỉ đính kèm tệp ghi âm"),
        (replace(HMONG, text="Hu rau 0912 345 678"), "dữ liệu cá nhân"),
        (replace(HMONG, title="0912 345 678"), "dữ liệu cá nhân"),
        (replace(HMONG, text="a" * 10_001), "dài quá"),
    ],
)
def test_what_cannot_be_published_is_refused(desk: Desk, action: AttachVersion, words: str) -> None:
    with pytest.raises(Refused, match=words):
        on_claim(desk, published_claim(desk), (LAN, action))
    with pytest.raises(Refused, match=words):
        on_petition(desk, published_petition(desk), (LAN, action))


def test_there_is_nothing_to_render_before_it_is_published(desk: Desk) -> None:
    claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
    petition = desk.open_petition(NewPetition(Kind.PETITION, SUMMARY), BINH)
    for action in (HMONG, ApproveVersion(1)):
        with pytest.raises(Refused):
            on_claim(desk, claim, (AN, action))
        with pytest.raises(Refused):
            on_petition(desk, petition, (AN, action))


# --- Unpublishing ------------------------------------------------------------------------------


def test_a_withdrawn_correction_leaves_a_note(desk: Desk) -> None:
    kept = on_claim(desk, published_claim(desk), (LAN, HMONG), (CHI, ApproveVersion(1)))
    after = on_claim(desk, kept, (CHI, Unpublish("Văn bản căn cứ đã hết hiệu lực")))
    claim = after.state
    assert (claim.published, claim.shown_versions) == (None, ())
    (correction,) = claim.corrections
    assert correction.state is CorrectionState.WITHDRAWN
    assert correction.withdrawal is not None
    assert correction.withdrawal.why == "Văn bản căn cứ đã hết hiệu lực"
    # What it said is kept; nothing waits for anybody until somebody reopens it.
    assert correction.text == TEXT
    assert (claim.state, claim.needs_correction, claim.turn) == (Verdict.FALSE, False, Turn.NOBODY)
    with pytest.raises(Refused, match="đã thu hồi"):
        on_claim(desk, after, (LAN, DraftCorrection(TEXT)))
    with pytest.raises(Refused, match="Không có bản đính chính"):
        on_claim(desk, after, (CHI, Unpublish("Lần nữa")))


def test_all_editions_are_withdrawn_and_a_new_one_may_follow(desk: Desk) -> None:
    kept = next_edition(desk, published_claim(desk))
    kept = on_claim(desk, kept, (CHI, Unpublish("Nêu sai tên đường")))
    assert {one.state for one in kept.state.corrections} == {CorrectionState.WITHDRAWN}
    kept = on_claim(
        desk,
        kept,
        (LAN, Reopen("Viết lại cho đúng tên đường")),
        (LAN, claims.ProposeVerdict(Verdict.FALSE)),
        (CHI, claims.ApproveVerdict()),
    )
    assert kept.state.needs_correction
    kept = on_claim(
        desk,
        kept,
        (LAN, DraftCorrection(TEXT)),
        (LAN, SubmitCorrection()),
        (CHI, ApproveCorrection()),
    )
    states = [one.state for one in kept.state.corrections]
    assert states == [CorrectionState.WITHDRAWN] * 2 + [CorrectionState.PUBLISHED]
    assert kept.state.published is not None


def test_people_hear_of_it_when_what_was_withdrawn_proves_true(desk: Desk) -> None:
    kept = on_claim(
        desk,
        published_claim(desk),
        (CHI, Unpublish("Có thông báo trái ngược")),
        (LAN, Reopen("Hỏi lại Sở Xây dựng")),
        (LAN, claims.AddEvidence(REPLY)),
        (LAN, claims.ProposeVerdict(Verdict.CONFIRMED)),
        (CHI, claims.ApproveVerdict()),
    )
    assert kept.state.needs_correction
    assert on_claim(desk, kept, (LAN, DraftCorrection(TEXT))).state.unpublished is not None


def test_a_withdrawn_answer_counts_as_given_and_is_not_published_again(desk: Desk) -> None:
    kept = on_petition(desk, published_petition(desk), (LAN, HMONG), (CHI, ApproveVersion(1)))
    assert may_unpublish(kept.state, CHI)
    assert not may_unpublish(kept.state, LAN)
    after = on_petition(desk, kept, (CHI, Unpublish("Nêu sai thời hạn")))
    petition = after.state
    assert petition.state is State.ANSWERED
    assert (petition.current, petition.shown_versions) == (None, ())
    assert petition.answered_on == kept.state.answered_on
    assert petition.answers[0].text == kept.state.answers[0].text
    assert petitionrecords.Publish not in possible(petition, LAN)
    with pytest.raises(Refused, match="đã thu hồi"):
        on_petition(desk, after, (LAN, petitionrecords.Publish()))
    anew = on_petition(
        desk,
        after,
        (LAN, DraftAnswer("Sửa trước 20/12.", "Luật Đường bộ 2024", "Sai thời hạn")),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
        (LAN, petitionrecords.Publish()),
    )
    assert anew.state.current == anew.state.answers[1]
    assert anew.state.answers[0].withdrawal is not None


@pytest.mark.parametrize("why", ["", "   ", "Gọi 0912 345 678", "a" * 501])
def test_the_reason_is_public_so_it_is_checked(desk: Desk, why: str) -> None:
    with pytest.raises(Refused):
        on_claim(desk, published_claim(desk), (CHI, Unpublish(why)))
    with pytest.raises(Refused):
        on_petition(desk, published_petition(desk), (CHI, Unpublish(why)))


def test_the_log_says_who_did_it_and_keeps_no_translation(desk: Desk) -> None:
    kept = on_claim(
        desk,
        published_claim(desk),
        (LAN, replace(HMONG, audio="ab" * 32, audio_name="ban-doc.mp3")),
        (CHI, ApproveVersion(1)),
        (CHI, Unpublish("Văn bản căn cứ đã hết hiệu lực")),
    )
    entries = desk.history(CLAIM, kept.state.id, LAN)
    assert [entry.what for entry in entries[:3]] == [
        "unpublish",
        "approve_version",
        "attach_version",
    ]
    assert entries[0].why == "Văn bản căn cứ đã hết hiệu lực"
    assert entries[2].after["versions.0.attached_by.0"] == "lan"
    assert entries[2].after["versions.0.language"] == "hmn"
    assert entries[2].after["versions.0.audio"] == "ab" * 32
    assert HMONG.text not in str(entries)
