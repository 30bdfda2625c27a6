"""What tests of the public page share: cases on their way to the public, and the site made of them.

Each text that is written holds a word of its own, so that it can be told what reached a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from langnghe.casework import claims, notices, petitionrecords
from langnghe.casework.claimstate import Claim
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk, NewClaim, NewPetition
from langnghe.casework.keeping import every
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, Kept
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Kind, Petition
from langnghe.casework.roles import Actor
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import ApproveVersion, AttachVersion, Language
from langnghe.core.institution import Contact
from langnghe.core.models import Verdict
from langnghe.publishing.entries import Names, published
from langnghe.publishing.records import Published, Recording
from langnghe.publishing.site import Facts, Site, build
from tests.casework.world import BINH, CHI, HAO, LAN, STATEMENT, TEXT, mask
from tests.casework.world import NOTICE as DOCUMENT

BASE = "https://lang-nghe.binhlu.example/"
FACTS = Facts(
    body="Ủy ban nhân dân xã Bình Lư",
    title="Lắng nghe và trả lời",
    base_url=BASE,
    contact=Contact(
        office="Văn phòng Đảng ủy xã Bình Lư",
        address="Xã Bình Lư, tỉnh Lai Châu",
        phone="0213 3 879 000",
        email="vanphong@binhlu.example",
        hours="Giờ hành chính",
    ),
    legal_basis=("Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15",),
    sources=("Báo Lai Châu", "Diễn đàn Tam Đường"),
    retention_days=90,
    shorter_retention=True,
    notice_days=7,
    sample=False,
)
NAMES = Names({"giao-thong": "Đường sá, giao thông"}, {"3390": "Xã Bình Lư"})
AUDIO = b"ID3\x03\x00" + bytes(200)
REPLY = "Đường được sửa trước ngày 15/12."


def corrected(
    desk: Desk,
    verdict: Verdict = Verdict.FALSE,
    text: CorrectionText = TEXT,
    statement: str = STATEMENT,
    evidence: Sequence[Evidence] = (DOCUMENT,),
) -> Kept[Claim]:
    """A claim with a published correction."""
    claim = desk.open_claim(NewClaim(statement, "giao-thong"), HAO)
    return _published(
        desk,
        claim,
        [
            (LAN, claims.StartVerifying()),
            *((LAN, claims.AddEvidence(piece)) for piece in evidence),
        ],
        verdict,
        text,
    )


def corrected_again(
    desk: Desk, claim: Kept[Claim], why: str, verdict: Verdict, text: CorrectionText
) -> Kept[Claim]:
    """The claim with a further edition."""
    return _published(desk, claim, [(LAN, claims.Reopen(why))], verdict, text)


def _published(
    desk: Desk,
    claim: Kept[Claim],
    first: list[tuple[Actor, claims.Action]],
    verdict: Verdict,
    text: CorrectionText,
) -> Kept[Claim]:
    way: list[tuple[Actor, claims.Action]] = [
        *first,
        (LAN, claims.ProposeVerdict(verdict)),
        (CHI, claims.ApproveVerdict()),
        (BINH, claims.DraftCorrection(text)),
        (BINH, claims.SubmitCorrection()),
        (CHI, claims.ApproveCorrection()),
    ]
    for actor, action in way:
        claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
    return claim


def answered(
    desk: Desk, summary: str = "Đường vào bản Sơn Bình hỏng đã lâu.", text: str = REPLY
) -> Kept[Petition]:
    """A petition with a published answer."""
    petition = desk.open_petition(NewPetition(Kind.PETITION, summary, "giao-thong"), BINH)
    return answer(
        desk,
        petition,
        petitionrecords.Classify(Kind.PETITION, "giao-thong", "3390"),
        petitionrecords.Forward("Phòng Kinh tế xã"),
        petitionrecords.DraftAnswer(text, "Luật Đường bộ 35/2024/QH15"),
    )


def answer(desk: Desk, petition: Kept[Petition], *steps: petitionrecords.Action) -> Kept[Petition]:
    """After the steps the answer is approved and published."""
    way: list[tuple[Actor, petitionrecords.Action]] = [
        *((LAN, step) for step in steps),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
        (LAN, petitionrecords.Publish()),
    ]
    for actor, step in way:
        petition = desk.act(PETITION, petition.state.id, step, actor, version=petition.version)
    return petition


def translated(desk: Desk, claim: Kept[Claim], version: AttachVersion) -> Kept[Claim]:
    """The claim with a language version that is published."""
    claim = desk.act(CLAIM, claim.state.id, version, LAN, version=claim.version)
    number = claim.state.versions[-1].number
    return desk.act(CLAIM, claim.state.id, ApproveVersion(number), CHI, version=claim.version)


def rejected_notice(desk: Desk, claim: Kept[Claim], text: str, finding: str) -> str:
    """Code of a notice about a claim's correction that turned out to be wrong."""
    new = NewNotice(notices.About.CLAIM, claim.state.id, notices.NoticeRoute.PHONE, text)
    notice = desk.open_notice(new, LAN)
    for step in (notices.StartChecking(), notices.Propose(upholds=False, finding=finding)):
        notice = desk.act(NOTICE, notice.state.id, step, LAN, version=notice.version)
    desk.decide_notice(notice.state.id, CHI, version=notice.version)
    return notice.state.id


def withdraw(desk: Desk, claim: Kept[Claim], why: str) -> Kept[Claim]:
    """The claim with its correction taken back."""
    return desk.act(CLAIM, claim.state.id, Unpublish(why), CHI, version=claim.version)


def read(desk: Desk) -> Published:
    """All that is public."""
    return published(
        (case.state for case in every(desk.cases, CLAIM)),
        (case.state for case in every(desk.cases, PETITION)),
        (case.state for case in every(desk.cases, NOTICE)),
        NAMES,
        mask,
        lambda _recording: True,
    )


def site_of(desk: Desk, facts: Facts = FACTS) -> Site:
    """The site as it would be written."""
    return build(read(desk), facts, audio)


def audio(recording: Recording) -> bytes:
    assert recording.ending == "mp3"
    return AUDIO


def filled(desk: Desk) -> None:
    """One of everything that can be public."""
    more = replace(TEXT, title="Đường thông suốt, chỉ hạn chế xe tải", advice="Hãy xem thông báo.")
    corrected_again(desk, corrected(desk), "Sở gửi số liệu mới.", Verdict.PARTLY_TRUE, more)
    hmong = AttachVersion(Language.HMONG, "Kev qhib lawm", "Tsheb mus tau.", "a" * 64, "mong.mp3")
    spoken = AttachVersion(Language.VIETNAMESE, audio="b" * 64, audio_name="doc.mp3")
    translated(desk, translated(desk, corrected(desk, Verdict.INCONCLUSIVE), hmong), spoken)
    criticised = corrected(desk)
    rejected_notice(desk, criticised, "Số hiệu văn bản sai.", "Đã đối chiếu, số hiệu đúng.")
    withdraw(desk, translated(desk, corrected(desk), hmong), "Nhầm tên tuyến đường.")
    newer = petitionrecords.DraftAnswer("Sửa xong trước 20/12.", "Luật Đường bộ", "Đổi hạn.")
    answer(desk, answered(desk), newer)
    answered(desk, "Lịch bác sĩ về trạm y tế thế nào? " * 10)
