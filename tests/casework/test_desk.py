"""Whole ways through casework, on SQLite and PostgreSQL: together or not at all, all in the log."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest

from langnghe.casework import claims, petitionrecords, reports, review
from langnghe.casework.checked import checked_claims
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
from langnghe.casework.claimstate import Claim, CorrectionState
from langnghe.casework.desk import Desk, NewClaim, NewPetition, ToClaim
from langnghe.casework.formalchannel import kept_out
from langnghe.casework.kinds import CLAIM, ITEM, PETITION, REPORT, Kept
from langnghe.casework.petitionrecords import (
    Approve,
    Classify,
    DraftAnswer,
    Forward,
    Petition,
    Publish,
    State,
    Submit,
)
from langnghe.casework.petitionrecords import Kind as PetitionKind
from langnghe.casework.reportform import Form
from langnghe.casework.review import (
    Confirm,
    Dismiss,
    Dismissal,
    FollowUp,
    ItemState,
    SecondOpinion,
    Take,
)
from langnghe.casework.roles import Actor, Refused
from langnghe.core.models import CheckedClaim, Reason, Verdict
from langnghe.store.auditlog import Entries
from langnghe.store.cases import Conflict, Where
from langnghe.store.transactions import Transactions
from tests.casework.world import (
    ADMIN,
    AN,
    BINH,
    CHI,
    CHIEF,
    HAO,
    LAN,
    NEWS,
    NOTICE,
    REPLY,
    STATEMENT,
    SUMMARY,
    TEXT,
    flag,
    make_desk,
)

CLAIM_OF_IT = NewClaim(STATEMENT, "giao-thong")
PETITION_OF_IT = NewPetition(PetitionKind.PETITION, SUMMARY, "duong-sa", "3390")
ANSWER = DraftAnswer("Đường được sửa trước ngày 15/12.", "Luật Đường bộ 2024")
TODAY = "20261121"


@pytest.fixture
def desk(casebase: Transactions) -> Desk:
    return make_desk(casebase)


def work_on(desk: Desk, claim: Kept[Claim], *steps: tuple[claims.Action, Actor]) -> Kept[Claim]:
    for action, actor in steps:
        claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
    return claim


def answer(
    desk: Desk, petition: Kept[Petition], *steps: tuple[petitionrecords.Action, Actor]
) -> Kept[Petition]:
    for action, actor in steps:
        petition = desk.act(PETITION, petition.state.id, action, actor, version=petition.version)
    return petition


def decided(desk: Desk, verdict: Verdict = Verdict.FALSE) -> Kept[Claim]:
    return work_on(
        desk,
        desk.open_claim(NewClaim(STATEMENT, "giao-thong", ("p1",)), HAO),
        (StartVerifying(), LAN),
        (AddEvidence(NOTICE), LAN),
        (ProposeVerdict(verdict), LAN),
        (ApproveVerdict(), CHI),
    )


def logged(desk: Desk, case_id: str) -> list[tuple[str, str]]:
    entries = desk.cases.audit.entries(Entries(case_id=case_id), limit=1000)
    return [(entry.who, entry.what) for entry in reversed(entries)]


def everything(desk: Desk) -> list[object]:
    """All that is kept, to see that a refusal leaves nothing behind."""
    kinds = (ITEM, CLAIM, PETITION, REPORT)
    rows = [row for kind in kinds for row in desk.cases.find(kind.name, limit=1000)]
    links = [desk.cases.posts_of(row.kind, row.id) for row in rows]
    return [rows, links, desk.cases.audit.count()]


def whole(desk: Desk) -> bool:
    chain = desk.cases.audit.verify()
    return chain.broken is None and not chain.unaccounted


# --- Whole ways ------------------------------------------------------------------------------


def test_from_a_post_to_a_correction_and_into_the_register(desk: Desk) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1", "p2", "p3")
    item = desk.act(ITEM, item.state.id, Take(), HAO, version=1)
    item = desk.confirm(item.state.id, CLAIM_OF_IT, HAO, version=item.version, note="Nhiều bài")
    assert item.state.decision is not None
    claim = desk.get(CLAIM, item.state.decision.target, LAN)
    assert (claim.state.id, claim.state.posts) == (f"TT.{TODAY}.0001", ("p1", "p2", "p3"))
    assert checked_claims(desk.cases) == []
    claim = work_on(
        desk,
        claim,
        (StartVerifying(), LAN),
        (AddEvidence(NOTICE), LAN),
        (ProposeVerdict(Verdict.FALSE), LAN),
        (ApproveVerdict(), CHI),
        (DraftCorrection(TEXT), LAN),
        (SubmitCorrection(), LAN),
        (ApproveCorrection(), CHI),
    )
    assert claim.state.corrections[0].state is CorrectionState.PUBLISHED
    assert checked_claims(desk.cases) == [
        CheckedClaim(
            claim.state.id,
            STATEMENT,
            Verdict.FALSE,
            "Sở Xây dựng Lai Châu · 15/TB-SXD · 20/11/2026",
        )
    ]
    assert logged(desk, claim.state.id) == [
        ("hao", "open"),
        ("lan", "start_verifying"),
        ("lan", "add_evidence"),
        ("lan", "propose_verdict"),
        ("chi", "approve_verdict"),
        ("lan", "draft_correction"),
        ("lan", "submit_correction"),
        ("chi", "approve_correction"),
    ]
    assert whole(desk)


def test_a_reopened_verdict_flags_nobody_and_is_still_matched(desk: Desk) -> None:
    claim = work_on(desk, decided(desk), (Reopen("Có thông báo mới."), LAN))
    (known,) = checked_claims(desk.cases)
    assert (known.id, known.verdict) == (claim.state.id, Verdict.VERIFYING)


def test_who_drafted_does_not_approve_though_both_roles_are_theirs(desk: Desk) -> None:
    claim = work_on(
        desk,
        desk.open_claim(CLAIM_OF_IT, HAO),
        (StartVerifying(), AN),
        (AddEvidence(NEWS), AN),
        (AddEvidence(REPLY), AN),
        (ProposeVerdict(Verdict.INCONCLUSIVE), AN),
    )
    before = everything(desk)
    with pytest.raises(Refused, match="không được tự duyệt"):
        work_on(desk, claim, (ApproveVerdict(), AN))
    assert everything(desk) == before


def test_from_a_question_to_a_published_answer(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "p1")
    item = desk.confirm(item.state.id, PETITION_OF_IT, HAO, version=1)
    code = f"PA.{TODAY}.0001"
    petition = desk.get(PETITION, code, LAN)
    # Two working days from Saturday: Monday, and Wednesday after the Day of Culture, 24/11.
    assert petition.state.due_on == date(2026, 11, 25)
    assert "luật không quy định" in petition.state.legal_basis
    overdue = Where(due_before=date(2026, 11, 26))
    assert desk.count(PETITION, LAN, overdue) == 1
    petition = answer(
        desk,
        petition,
        (Classify(PetitionKind.PETITION), LAN),
        (Forward("Phòng Kinh tế xã"), LAN),
        (ANSWER, LAN),
        (Submit(), LAN),
        (Approve(), CHI),
        (Publish("https://binhlu.example/tra-loi/1"), LAN),
    )
    assert petition.state.state is State.PUBLISHED
    assert desk.count(PETITION, LAN, overdue) == 0
    assert desk.counts(PETITION, LAN, "agency") == {"Phòng Kinh tế xã": 1}
    assert whole(desk)


def test_people_were_right_and_get_an_answer(desk: Desk) -> None:
    claim = decided(desk, Verdict.CONFIRMED)
    petition = desk.answer_claim(claim.state.id, PETITION_OF_IT, LAN, version=claim.version)
    assert petition.state.posts == ("p1",)
    claim = desk.get(CLAIM, claim.state.id, LAN)
    assert claim.state.petition == petition.state.id
    assert not claim.state.becomes_petition
    before = everything(desk)
    with pytest.raises(Refused, match="chưa có phản ánh"):
        desk.answer_claim(claim.state.id, PETITION_OF_IT, LAN, version=claim.version)
    assert everything(desk) == before


def test_one_answer_for_like_questions(desk: Desk) -> None:
    first = desk.open_petition(replace(PETITION_OF_IT, posts=("p1",)), HAO)
    second = desk.open_petition(replace(PETITION_OF_IT, posts=("p2",)), HAO)
    ids = (second.state.id, second.version), (first.state.id, first.version)
    gone, stays = desk.merge(*ids, LAN)
    assert (gone.state.state, stays.state.posts) == (State.MERGED, ("p1", "p2"))
    assert desk.cases.posts_of(PETITION.name, gone.state.id) == ()
    assert desk.cases.posts_of(PETITION.name, stays.state.id) == ("p1", "p2")
    assert logged(desk, stays.state.id) == [("hao", "open"), ("lan", "take_over")]
    with pytest.raises(Conflict):
        desk.merge(*ids, LAN)
    assert whole(desk)


# --- What belongs together -------------------------------------------------------------------


@pytest.mark.parametrize("follows", [CLAIM_OF_IT, PETITION_OF_IT])
def test_a_refused_decision_opens_nothing(desk: Desk, follows: NewClaim | NewPetition) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1")
    taken = desk.act(ITEM, item.state.id, Take(), LAN, version=1)
    before = everything(desk)
    with pytest.raises(Refused, match="lan đang xử lý"):
        desk.confirm(item.state.id, follows, HAO, version=taken.version)
    with pytest.raises(Conflict):
        desk.confirm(item.state.id, follows, LAN, version=1)
    assert everything(desk) == before
    done = desk.confirm(item.state.id, follows, LAN, version=taken.version)
    assert done.state.decision is not None
    assert done.state.decision.target.endswith(".0001"), "no number is lost"


def test_what_does_not_fit_the_reason_is_not_opened(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "p1")
    before = everything(desk)
    with pytest.raises(Refused, match="không hợp với lý do"):
        desk.confirm(item.state.id, CLAIM_OF_IT, HAO, version=1)
    with pytest.raises(Refused, match="Không có thông tin"):
        desk.confirm(item.state.id, ToClaim("TT.20261121.0009"), HAO, version=1)
    assert everything(desk) == before


def test_parts_of_a_composite_are_no_actions_of_their_own(desk: Desk) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1")
    for action in (
        Confirm(FollowUp.OPEN_CLAIM, "TT.20261121.0001"),
        review.Undo(untouched=True),
        review.KeepOut(),
    ):
        with pytest.raises(ValueError, match="method of its own"):
            desk.act(ITEM, item.state.id, action, HAO, version=1)


def test_undoing_takes_back_what_was_opened(desk: Desk) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1", "p2")
    for follows, kind in ((CLAIM_OF_IT, CLAIM), (PETITION_OF_IT, PETITION)):
        done = desk.confirm(item.state.id, follows, HAO, version=item.version)
        assert done.state.decision is not None
        target = done.state.decision.target
        item = desk.undo(item.state.id, HAO, version=done.version)
        assert item.state.state is ItemState.OPEN
        assert desk.cases.posts_of(kind.name, target) == ()
        assert desk.cases.counts(kind.name, "state") == {"withdrawn": 1}
    with pytest.raises(Refused, match="mở nhầm"):
        desk.act(CLAIM, f"TT.{TODAY}.0001", StartVerifying(), LAN, version=2)
    assert whole(desk)


def test_what_somebody_works_on_is_not_undone(desk: Desk) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1")
    done = desk.confirm(item.state.id, CLAIM_OF_IT, HAO, version=1)
    desk.act(CLAIM, f"TT.{TODAY}.0001", StartVerifying(), LAN, version=1)
    before = everything(desk)
    with pytest.raises(Refused, match="Đã có người làm tiếp"):
        desk.undo(item.state.id, HAO, version=done.version)
    assert everything(desk) == before


def test_undoing_takes_off_only_what_this_item_attached(desk: Desk) -> None:
    claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), LAN)
    items = [
        flag(desk, Reason.SCAM_WARNING, "p1"),
        flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1", "p2"),
    ]
    for item in items:
        desk.confirm(item.state.id, ToClaim(claim.state.id), HAO, version=1)
    assert desk.get(CLAIM, claim.state.id, LAN).state.posts == ("p1", "p2")
    # Somebody works on the claim meanwhile: that is no hindrance to taking a post off it.
    desk.act(CLAIM, claim.state.id, StartVerifying(), LAN, version=3)
    desk.undo(items[1].state.id, HAO, version=2)
    assert desk.get(CLAIM, claim.state.id, LAN).state.posts == ("p1",)
    desk.undo(items[0].state.id, HAO, version=2)
    assert desk.get(CLAIM, claim.state.id, LAN).state.posts == ()
    assert whole(desk)


# --- Two people at once ----------------------------------------------------------------------


def test_of_two_who_change_one_thing_one_is_told(desk: Desk) -> None:
    claim = work_on(desk, desk.open_claim(CLAIM_OF_IT, HAO), (StartVerifying(), LAN))
    begin = Barrier(8)

    def add(number: int) -> bool:
        evidence = replace(NEWS, link=f"https://example.vn/{number}")
        begin.wait()
        try:
            work_on(desk, claim, (AddEvidence(evidence), LAN))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(add, range(8)))
    assert done.count(True) == 1
    (kept,) = desk.get(CLAIM, claim.state.id, LAN).state.evidence
    assert kept.link == f"https://example.vn/{done.index(True)}"
    assert whole(desk)


def test_of_two_who_decide_one_item_the_second_hears_of_the_first(desk: Desk) -> None:
    item = flag(desk, Reason.URGENT, "p1")
    desk.act(ITEM, item.state.id, Dismiss(Dismissal.SATIRE), HAO, version=1)
    # Not "already decided": that is not what stood on the screen.
    with pytest.raises(Conflict):
        desk.act(ITEM, item.state.id, Dismiss(Dismissal.TRUE), LAN, version=1)


def test_sending_a_thing_twice_changes_nothing(desk: Desk) -> None:
    claim = desk.open_claim(CLAIM_OF_IT, HAO)
    attach = claims.AttachPosts(("p1",))
    once = desk.act(CLAIM, claim.state.id, attach, HAO, version=1)
    before = everything(desk)
    assert desk.act(CLAIM, claim.state.id, attach, HAO, version=1) == once
    assert everything(desk) == before


# --- What is shown, and to whom --------------------------------------------------------------


def test_a_second_reviewer_does_not_see_the_first_decision(desk: Desk) -> None:
    item = flag(desk, Reason.SCAM_WARNING, "p", second=True)
    other = flag(desk, Reason.SCAM_WARNING, "q", second=False)
    case_id = item.state.id
    for id_ in (case_id, other.state.id):
        desk.act(ITEM, id_, Dismiss(Dismissal.SATIRE, "Đùa thôi"), HAO, version=1)
    decided_ones = Where(states=(ItemState.DISMISSED, ItemState.CONFIRMED))
    assert [one.state.id for one in desk.find(ITEM, LAN, decided_ones)] == [other.state.id]
    assert desk.for_second_opinion(HAO) == []
    (waiting,) = desk.for_second_opinion(LAN)
    assert waiting.state == item.state
    assert desk.get(ITEM, case_id, LAN).state == item.state
    assert desk.get(ITEM, case_id, HAO).state.decision is not None
    agreed = desk.act(ITEM, case_id, SecondOpinion(None), LAN, version=waiting.version)
    assert agreed.state.decision is not None
    assert desk.for_second_opinion(LAN) == []
    assert desk.count(ITEM, LAN, decided_ones) == 2


def test_posts_are_read_by_those_who_may_and_that_is_logged_once_an_hour(desk: Desk) -> None:
    item = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1", "p2")
    case_id = item.state.id
    for actor in (CHIEF, ADMIN):
        with pytest.raises(Refused, match="không có quyền xem bài"):
            desk.read_posts(ITEM, case_id, actor)
        with pytest.raises(Refused, match="không có quyền xem bài"):
            desk.find(ITEM, actor)
        with pytest.raises(Refused, match="không có quyền xem bài"):
            desk.get(ITEM, case_id, actor)
    for _ in range(20):
        assert desk.read_posts(ITEM, case_id, HAO) == ("p1", "p2")
    desk.read_posts(ITEM, case_id, CHI)
    reads = [("hao", "read"), ("chi", "read")]
    assert logged(desk, case_id)[1:] == reads
    desk.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    desk.read_posts(ITEM, case_id, HAO)
    assert logged(desk, case_id)[1:] == [*reads, ("hao", "read")]


def test_the_history_of_a_case_is_told_to_those_who_see_it(desk: Desk) -> None:
    code = desk.open_petition(NewPetition(PetitionKind.PETITION, SUMMARY, posts=("p",)), LAN)
    done = desk.act(
        PETITION, code.state.id, Classify(PetitionKind.PETITION), LAN, version=code.version
    )
    desk.read_posts(PETITION, done.state.id, CHI)
    entries = desk.history(PETITION, done.state.id, CHI)
    assert [(entry.who, entry.what) for entry in entries] == [("lan", "classify"), ("lan", "open")]
    with pytest.raises(Refused):
        desk.history(PETITION, done.state.id, CHIEF)
    with pytest.raises(ValueError, match="first is not told"):
        desk.history(ITEM, flag(desk, Reason.NEEDS_ANSWER, "q").state.id, LAN)


def test_one_page_drawn_many_times_at_once_is_one_reading(desk: Desk) -> None:
    item = flag(desk, Reason.URGENT, "p1")
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: desk.read_posts(ITEM, item.state.id, HAO), range(6)))
    assert logged(desk, item.state.id)[1:] == [("hao", "read")]


def test_reports_are_their_authors_until_they_are_handed_in(desk: Desk) -> None:
    form = Form(content="Gặp anh Nguyễn Văn Tuấn, số 0912 345 678, về con đường hỏng.")
    mine = desk.save_report("form-1", form, HAO)
    theirs = desk.save_report("form-1", form, LAN)
    assert mine.state.id != theirs.state.id
    assert "0912" not in mine.state.form.content
    assert "0912" not in str(everything(desk))
    assert [one.state.id for one in desk.find(REPORT, HAO)] == [mine.state.id]
    assert desk.find(REPORT, BINH) == []
    assert [one.state.id for one in desk.find(REPORT, LAN, Where(owner="lan"))] == [theirs.state.id]
    with pytest.raises(Refused, match="bản nháp"):
        desk.get(REPORT, mine.state.id, BINH)
    with pytest.raises(Refused):
        desk.get(REPORT, mine.state.id, CHIEF)


def test_a_form_sent_again_is_one_report_and_the_last_words_count(desk: Desk) -> None:
    first = desk.save_report("form-1", Form(content="Đường hỏng"), HAO)
    # The answer got lost on the way, so the form knows no version.
    again = desk.save_report("form-1", Form(content="Đường hỏng"), HAO)
    assert again == first
    later = desk.save_report("form-1", Form(content="Đường hỏng nặng"), HAO)
    assert later.version == first.version + 1
    with pytest.raises(Conflict):
        desk.save_report("form-1", Form(content="Từ một cửa sổ khác"), HAO, version=first.version)
    assert desk.cases.count(REPORT.name) == 1
    with pytest.raises(Refused, match="còn thiếu"):
        desk.act(REPORT, first.state.id, reports.Submit(), HAO, version=later.version)


# --- What is written -------------------------------------------------------------------------


def test_no_personal_datum_comes_in_by_a_note_a_statement_or_a_reason(desk: Desk) -> None:
    number = "0912 345 678"
    item = flag(desk, Reason.SCAM_WARNING, "p", second=False)
    done = desk.act(
        ITEM, item.state.id, Dismiss(Dismissal.OTHER, f"Đã hỏi {number}"), HAO, version=1
    )
    assert done.state.decision is not None
    assert done.state.decision.note == "Đã hỏi [SĐT]"
    with pytest.raises(Refused, match="dữ liệu cá nhân"):
        desk.open_claim(NewClaim(f"Gọi {number} để nhận tiền", "lua-dao"), HAO)
    claim = decided(desk)
    with pytest.raises(Refused, match="dữ liệu cá nhân"):
        work_on(desk, claim, (DraftCorrection(replace(TEXT, truth=f"Gọi {number}")), LAN))
    work_on(desk, claim, (DraftCorrection(replace(TEXT, contact=f"Xã: {number}")), LAN))
    desk.act(ITEM, flag(desk, Reason.URGENT, "r").state.id, Take(), HAO, version=1, why=number)
    whys = {entry.why for entry in desk.cases.audit.entries(limit=1000)}
    assert whys == {"", "other", "[SĐT]"}


# --- The formal channel ----------------------------------------------------------------------


def traces(desk: Desk) -> str:
    return str([everything(desk), desk.cases.audit.entries(limit=1000)])


def test_of_a_formal_complaint_only_the_number_is_kept(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "p1")
    urgent = flag(desk, Reason.URGENT, "p1")
    cluster = flag(desk, Reason.UNVERIFIED_CLAIM, "c1", "p1", "p2")
    desk.confirm(item.state.id, PETITION_OF_IT, HAO, version=1, note="Tố cáo việc thu tiền")
    petition = desk.get(PETITION, f"PA.{TODAY}.0001", LAN)
    petition = answer(desk, petition, (Classify(PetitionKind.PETITION), LAN))
    done = desk.act(
        PETITION,
        petition.state.id,
        Classify(PetitionKind.DENUNCIATION),
        LAN,
        version=petition.version,
        why="Tố cáo trưởng bản thu tiền",
    )
    bare = (done.state.summary, done.state.posts, done.state.topic, done.state.due_on)
    assert bare == ("", (), "", None)
    assert desk.cases.posts_of(PETITION.name, done.state.id) == ()
    assert "thu tiền" not in traces(desk)
    assert SUMMARY not in traces(desk)
    entry = desk.cases.audit.entries(Entries(case_id=done.state.id), limit=1)[0]
    assert (entry.what, entry.why) == ("classify", "")
    assert entry.before == {"state": "classifying", "kind": "petition"}
    assert entry.after == {"state": "closed", "kind": "denunciation"}
    # Out of the queue: this post for good, the cluster until it is found without it.
    assert kept_out(desk.cases) == {"p1"}
    assert desk.get(ITEM, item.state.id, HAO).state.state is ItemState.FORMAL
    with pytest.raises(Refused, match="kênh khiếu nại"):
        desk.read_posts(ITEM, item.state.id, HAO)
    # Danger to life waits for no form.
    assert desk.read_posts(ITEM, urgent.state.id, HAO) == ("p1",)
    assert desk.get(ITEM, cluster.state.id, HAO).state.state is ItemState.WITHDRAWN
    assert whole(desk)


def test_a_denunciation_seen_at_once_is_never_joined_to_its_post(desk: Desk) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "p1")
    formal = replace(PETITION_OF_IT, kind=PetitionKind.COMPLAINT)
    done = desk.confirm(item.state.id, formal, HAO, version=1, note="Tố cáo việc thu tiền")
    assert done.state.state is ItemState.FORMAL
    code = f"PA.{TODAY}.0001"
    assert desk.get(PETITION, code, LAN).state.state is State.CLOSED
    about_item = desk.cases.audit.entries(Entries(case_id=item.state.id))
    assert code not in str(about_item)
    assert "thu tiền" not in traces(desk)
    assert kept_out(desk.cases) == {"p1"}
    with pytest.raises(Refused):
        desk.undo(item.state.id, HAO, version=done.version)


def test_a_post_that_no_item_is_about_is_kept_out_as_well(desk: Desk) -> None:
    formal = replace(PETITION_OF_IT, kind=PetitionKind.DENUNCIATION, posts=("p7",))
    desk.open_petition(formal, HAO)
    assert kept_out(desk.cases) == {"p7"}
    assert whole(desk)


# --- Crashes ---------------------------------------------------------------------------------


class PowerCutError(BaseException):
    pass


@pytest.mark.parametrize("step", range(1, 6))
def test_a_crash_half_way_leaves_all_or_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    item = flag(desk, Reason.NEEDS_ANSWER, "p1")
    before = everything(desk)
    left = step

    def cut(real: Callable[..., object]) -> Callable[..., object]:
        def write(*arguments: object, **named: object) -> object:
            nonlocal left
            left -= 1
            if left == 0:
                raise PowerCutError
            return real(*arguments, **named)

        return write

    from langnghe.store.cases import Work

    for name in ("add", "put", "append_audit", "next_number"):
        monkeypatch.setattr(Work, name, cut(getattr(Work, name)))
    with pytest.raises(PowerCutError):
        desk.confirm(item.state.id, PETITION_OF_IT, HAO, version=1)
    monkeypatch.undo()
    assert everything(desk) == before
    done = desk.confirm(item.state.id, PETITION_OF_IT, HAO, version=1)
    assert done.state.decision is not None
    assert done.state.decision.target.endswith(".0001")
