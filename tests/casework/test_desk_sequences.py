"""Whatever people do, in any order, at once or twice: what casework promises holds.

Each sequence begins with the same cases, some of them far on their way, and is undone at its end:
all of it runs inside one transaction.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.casework import claims, keeping, notices, petitionrecords, reports, review
from langnghe.casework.claimstate import OPEN, Claim, CorrectionState
from langnghe.casework.desk import NewClaim, NewPetition, ToClaim
from langnghe.casework.formalchannel import kept_out
from langnghe.casework.kinds import CLAIM, ITEM, NOTICE, PETITION, REPORT, CaseKind, Kept
from langnghe.casework.notices import About, Notice, NoticeRoute, NoticeState
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Kind, Petition
from langnghe.casework.reportform import (
    Form,
    Inclination,
    Intensity,
    Origin,
    ReportedStream,
    Width,
)
from langnghe.casework.reports import FieldReport
from langnghe.casework.review import Dismissal, FollowUp, ItemState, ReviewItem
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import (
    ApproveVersion,
    AttachVersion,
    DropVersion,
    Language,
    LanguageVersion,
    SendBackVersion,
    VersionState,
    WithdrawVersion,
)
from langnghe.core.models import Reason, Verdict
from langnghe.store.auditlog import AuditEntry
from langnghe.store.cases import Conflict
from langnghe.store.database import Database
from tests.casework.world import (
    AN,
    BINH,
    CHI,
    CHIEF,
    HAO,
    LAN,
    NEWS,
    NOW,
    REPLY,
    STATEMENT,
    SUMMARY,
    TEXT,
    flag,
    make_desk,
)
from tests.casework.world import NOTICE as DOCUMENT

VAN = Actor("van", frozenset({Role.EDITOR, Role.APPROVER}))

ACTIONS_PER_SEQUENCE = 50
SEQUENCES = int(os.environ.get("LANGNGHE_SEQUENCES", "50"))
"""2,500 actions together in each run of the suite; 10,000 sequences take half an hour."""

# Most may draft and approve alike: what they may not do is approve what they wrote.
PEOPLE = (AN, AN, VAN, VAN, CHI, LAN, LAN, HAO, CHIEF)
FORM = Form(
    unit="Bản Chu Va 12",
    noted_at=NOW - timedelta(hours=3),
    topic="duong-sa",
    content="Đường vào bản sạt lở từ tuần trước.",
    origins=(Origin.MEETING,),
    place="3390/chu-va-12",
    streams=(ReportedStream("Mong sửa đường trước Tết", Inclination.CONCERNED, Width.MANY),),
    intensity=Intensity.UPSET,
)
KINDS: dict[str, CaseKind[Any, Any]] = {
    kind.name: kind for kind in (ITEM, CLAIM, PETITION, REPORT, NOTICE)
}
PA, DENUNCIATION = Kind.PETITION, Kind.DENUNCIATION
ANSWER = petitionrecords.DraftAnswer("Đường được sửa trước 15/12.", "Luật Đường bộ 2024")

CLAIM_STEPS: tuple[claims.Action, ...] = (
    claims.AttachPosts(("p1", "p9")),
    claims.DetachPosts(("p1",)),
    claims.Reword("Đèo Ô Quý Hồ bị đóng"),
    claims.StartVerifying(),
    claims.AddEvidence(DOCUMENT),
    claims.AddEvidence(NEWS),
    claims.AddEvidence(REPLY),
    claims.DropEvidence(NEWS),
    claims.ProposeVerdict(Verdict.FALSE),
    claims.ProposeVerdict(Verdict.CONFIRMED),
    claims.SendBack("Cần căn cứ gốc"),
    claims.ApproveVerdict(),
    claims.DraftCorrection(TEXT),
    claims.DraftCorrection(replace(TEXT, title="Đường qua đèo thông suốt")),
    claims.SubmitCorrection(),
    claims.ApproveCorrection(),
    claims.Reopen("Có thông báo mới"),
)
PETITION_STEPS: tuple[petitionrecords.Action, ...] = (
    petitionrecords.Classify(PA, "duong-sa"),
    petitionrecords.Classify(DENUNCIATION),
    petitionrecords.Forward("Phòng Kinh tế xã"),
    petitionrecords.StartVerifying(),
    petitionrecords.AskForMore("Ở đoạn nào?"),
    petitionrecords.Suspend("Chờ bản án"),
    petitionrecords.Resume(),
    ANSWER,
    replace(ANSWER, text="Đường sửa xong trước 20/12.", why="Đổi hạn"),
    petitionrecords.Submit(),
    petitionrecords.SendBack("Nêu rõ ngày"),
    petitionrecords.Approve(),
    petitionrecords.Publish("https://binhlu.example/tra-loi/7"),
    petitionrecords.Redirect("Thuộc tỉnh"),
    petitionrecords.Refuse("Đã trả lời"),
    petitionrecords.Close("Xong"),
)
ITEM_STEPS: tuple[review.Action, ...] = (
    review.Take(),
    review.Release(),
    review.Assign(LAN),
    review.HandOver(VAN),
    review.Confirm(FollowUp.ACKNOWLEDGE, note="Đã báo xã"),
    review.Dismiss(Dismissal.SATIRE),
    review.SecondOpinion(None),
    review.SecondOpinion(Dismissal.OPINION),
)
NOTICE_STEPS: tuple[notices.Action, ...] = (
    notices.StartChecking(),
    notices.Propose(True, "Cầu đóng từ 22 giờ."),
    notices.Propose(False, "Hạt quản lý đường bộ xác nhận như đã đăng."),
    notices.SendBack("Hỏi lại"),
    notices.Withdraw(),
)
PUBLIC_STEPS: tuple[Any, ...] = (
    AttachVersion(Language.HMONG, "Txoj kev tseem qhib", "Tsheb mus los txhua hnub."),
    AttachVersion(Language.VIETNAMESE, audio="ab" * 32, audio_name="ban-doc.mp3"),
    ApproveVersion(1),
    ApproveVersion(2),
    SendBackVersion(1, "Thiếu đoạn cuối"),
    DropVersion(2),
    WithdrawVersion(1, "Dịch sai ngày"),
    Unpublish("Văn bản căn cứ đã hết hiệu lực"),
)
"""What is done with claims and petitions alike."""
REPORT_STEPS: tuple[reports.Action, ...] = (
    reports.Save(FORM),
    reports.Submit(),
    reports.Return("Thiếu địa bàn"),
    reports.Accept(),
)
FOLLOWS = (
    NewClaim(STATEMENT, "giao-thong"),
    ToClaim("TT.20261121.0001"),
    NewPetition(PA, SUMMARY, "duong-sa"),
    NewPetition(DENUNCIATION, SUMMARY),
)


def simple(kind: CaseKind[Any, Any], action: object) -> Callable[[World, int, Any], object]:
    def do(world: World, choice: int, actor: Any) -> object:
        case = world.pick(kind, choice)
        return world.desk.act(kind, case.state.id, action, actor, version=world.version(case))

    return do


def confirm(follows: NewClaim | ToClaim | NewPetition) -> Callable[[World, int, Any], object]:
    def do(world: World, choice: int, actor: Any) -> object:
        case = world.pick(ITEM, choice)
        return world.desk.confirm(case.state.id, follows, actor, version=world.version(case))

    return do


def undo(world: World, choice: int, actor: Any) -> object:
    case = world.pick(ITEM, choice)
    return world.desk.undo(case.state.id, actor, version=world.version(case))


def answer_claim(world: World, choice: int, actor: Any) -> object:
    case = world.pick(CLAIM, choice)
    new = NewPetition(PA, SUMMARY)
    return world.desk.answer_claim(case.state.id, new, actor, version=world.version(case))


def merge(world: World, choice: int, actor: Any) -> object:
    one, other = (world.pick(PETITION, at) for at in (choice, choice + 1))
    seen = (one.state.id, world.version(one)), (other.state.id, world.version(other))
    return world.desk.merge(*seen, actor)


def save(world: World, choice: int, actor: Any) -> object:
    form = replace(FORM, causes=f"Mưa {choice} ngày")
    return world.desk.save_report(f"form-{choice % 2}", form, actor)


def open_notice(world: World, choice: int, actor: Any) -> object:
    about = (About.CLAIM, About.PETITION)[choice % 2]
    case = world.pick(KINDS[about], choice // 2)
    new = NewNotice(about, case.state.id, NoticeRoute.PHONE, "Ghi sai ngày, gọi 0912 345 678")
    return world.desk.open_notice(new, actor)


def decide_notice(world: World, choice: int, actor: Any) -> object:
    case = world.pick(NOTICE, choice)
    return world.desk.decide_notice(case.state.id, actor, version=world.version(case))


def read(world: World, choice: int, actor: Any) -> object:
    case = world.pick(ITEM, choice)
    return world.desk.read_posts(ITEM, case.state.id, actor)


STEPS: tuple[Callable[[World, int, Any], object], ...] = (
    *(simple(CLAIM, action) for action in CLAIM_STEPS),
    *(simple(PETITION, action) for action in PETITION_STEPS),
    *(simple(ITEM, action) for action in ITEM_STEPS),
    *(simple(REPORT, action) for action in REPORT_STEPS),
    *(simple(NOTICE, step) for step in NOTICE_STEPS),
    *(simple(kind, action) for kind in (CLAIM, PETITION) for action in PUBLIC_STEPS),
    *(confirm(follows) for follows in FOLLOWS),
    *(undo, undo, answer_claim, merge, save, read, open_notice, decide_notice, decide_notice),
)
SEQUENCE = st.lists(
    st.tuples(
        st.integers(0, len(STEPS) - 1),
        st.integers(0, 11),
        st.integers(0, len(PEOPLE) - 1),
        # One in ten saw an older version.
        st.integers(0, 9).map(lambda number: number == 9),
    ),
    min_size=ACTIONS_PER_SEQUENCE,
    max_size=ACTIONS_PER_SEQUENCE,
)


class World:
    """The desk, and what has been seen of the cases so far."""

    def __init__(self, database: Database) -> None:
        self.desk = make_desk(database)
        self._database = database
        self.stale = False
        self.entries = 0
        """Of the log, when it was looked at last."""
        self.seen: dict[tuple[str, str], Kept[Any]] = {}

    def pick(self, kind: CaseKind[Any, Any], choice: int) -> Kept[Any]:
        ids = sorted(case_id for name, case_id in self.seen if name == kind.name)
        return self.seen[kind.name, ids[choice % len(ids)]]

    def version(self, case: Kept[Any]) -> int:
        return case.version - 1 if self.stale else case.version

    def look(self) -> dict[tuple[str, str], Kept[Any]]:
        """What changed since it was looked at last."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT kind, id, version FROM cases").all()
            self.entries = connection.execute("SELECT max(number) FROM audit").scalar_one()
        changed = {}
        for name, case_id, version in rows:
            before = self.seen.get((name, case_id))
            if before is None or before.version != version:
                changed[name, case_id] = keeping.read(self.desk.cases, KINDS[name], case_id)
        return changed


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("sequences") / "langnghe.db")
    desk = make_desk(database)
    for number in range(4):
        flag(desk, Reason.UNVERIFIED_CLAIM, f"c{number}", f"p{number}", f"p{number + 1}")
        flag(desk, Reason.NEEDS_ANSWER, f"p{number}", second=number == 0)
    way: tuple[tuple[Any, claims.Action], ...] = (
        (LAN, claims.StartVerifying()),
        (LAN, claims.AddEvidence(DOCUMENT)),
        (LAN, claims.ProposeVerdict(Verdict.FALSE)),
        (CHI, claims.ApproveVerdict()),
        (BINH, claims.DraftCorrection(TEXT)),
        (BINH, claims.SubmitCorrection()),
        (CHI, claims.ApproveCorrection()),
    )
    for stage in range(8):
        claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong", ("p1",)), HAO)
        for actor, action in way[:stage]:
            claim = desk.act(CLAIM, claim.state.id, action, actor, version=claim.version)
    true = desk.open_claim(NewClaim(STATEMENT, "giao-thong", ("p2",)), HAO)
    for actor, action in (*way[:2], (LAN, claims.ProposeVerdict(Verdict.CONFIRMED)), way[3]):
        true = desk.act(CLAIM, true.state.id, action, actor, version=true.version)
    answered: tuple[tuple[Any, petitionrecords.Action], ...] = (
        (LAN, petitionrecords.Classify(PA)),
        (LAN, petitionrecords.Forward("Phòng Kinh tế xã")),
        (LAN, ANSWER),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
        (LAN, petitionrecords.Publish("https://binhlu.example/tra-loi/1")),
    )
    for stage in (0, 1, 2, 2, 3, 4, 5, 6):
        petition = desk.open_petition(NewPetition(PA, SUMMARY, posts=(f"q{stage}",)), BINH)
        for actor, step in answered[:stage]:
            petition = desk.act(PETITION, petition.state.id, step, actor, version=petition.version)
    for about, case, steps in (
        (About.CLAIM, claim.state.id, ()),
        (About.PETITION, petition.state.id, NOTICE_STEPS[:1]),
        (About.CLAIM, claim.state.id, NOTICE_STEPS[:2]),
        (About.PETITION, petition.state.id, NOTICE_STEPS[:2]),
    ):
        notice = desk.open_notice(NewNotice(about, case, NoticeRoute.PHONE, "Ghi sai ngày"), BINH)
        for doing in steps:
            notice = desk.act(NOTICE, notice.state.id, doing, BINH, version=notice.version)
    for actor in (HAO, LAN, AN):
        report = desk.save_report("form-0", FORM, actor)
    desk.act(REPORT, report.state.id, reports.Submit(), AN, version=report.version)
    yield database
    database.close()


class Undone(Exception):  # noqa: N818
    pass


@settings(
    max_examples=SEQUENCES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sequence=SEQUENCE)
def test_whatever_people_do(database: Database, sequence: list[tuple[int, int, int, bool]]) -> None:
    with suppress(Undone), database.transaction():
        world = World(database)
        world.seen = world.look()
        for step, choice, person, world.stale in sequence:
            run(world, step, choice, person)
        check_log(world)
        raise Undone


def run(world: World, step: int, choice: int, person: int) -> None:
    entries = world.entries
    try:
        STEPS[step](world, choice, PEOPLE[person])
    except (Refused, Conflict):
        assert world.look() == {}
        assert world.entries == entries
        return
    changed = world.look()
    assert PEOPLE[person] is not CHIEF
    # Of a form it is the author's last words that count, whatever the version.
    assert not (world.stale and changed) or STEPS[step] is save
    for key, after in changed.items():
        before = world.seen.get(key)
        state = after.state
        check(state)
        if before is not None:
            check_what_stays(before.state, state)
    world.seen |= changed


def check(state: object) -> None:
    """What holds of every case."""
    match state:
        case Claim():
            assert state.approved_by is None or state.approved_by not in state.authors
            for correction in state.corrections:
                if correction.publication is not None:
                    authors = {*correction.drafted_by, *state.authors[:1]}
                    assert correction.publication.approved_by not in authors
                    assert correction.publication.verdict not in OPEN
                assert (correction.withdrawal is not None) == (
                    correction.state is CorrectionState.WITHDRAWN
                )
            check_versions(state.versions, state.shown_versions, state.current)
        case Petition():
            for answer in state.answers:
                assert answer.approved_by not in answer.drafted_by
                assert not answer.published_at or answer.approved_by
                assert not answer.withdrawal or answer.published_at
            check_versions(state.versions, state.shown_versions, state.current)
            if state.kind is not PA:
                assert (state.summary, state.posts, state.answers) == ("", (), ())
        case ReviewItem():
            standing = [one for one in state.decisions if one.undone_at is None]
            decided = state.state in (ItemState.CONFIRMED, ItemState.DISMISSED, ItemState.FORMAL)
            assert len(standing) <= int(decided)
            if state.second is not None and state.decision is not None:
                assert state.second.by != state.decision.by
        case FieldReport():
            assert state.accepted_by != state.author
        case Notice():
            assert "0912" not in state.text
            assert state.decided_by not in (*state.drafted_by, *state.proposed_by)
            assert (state.decided_at is not None) == (state.state in notices.DECIDED)
            assert (state.state is NoticeState.REJECTED) <= (state.upholds is False)


def check_versions(
    every: tuple[LanguageVersion, ...], shown: tuple[LanguageVersion, ...], current: object
) -> None:
    """Only what somebody else approved is shown, and only beside what is public."""
    assert not shown or current is not None
    assert len({one.language for one in shown}) == len(shown)
    assert len({one.number for one in every}) == len(every)
    for one in every:
        assert one.approved_by not in one.attached_by
        assert (one.state in (VersionState.AWAITING_APPROVAL, VersionState.SENT_BACK)) == (
            not one.approved_by
        )


def check_what_stays(before: object, after: object) -> None:
    """What was approved or published never changes but by a version of its own."""
    if isinstance(before, Claim) and isinstance(after, Claim):
        for old, new in zip(before.corrections, after.corrections, strict=False):
            if old.publication is not None:
                same = (old.number, old.text, old.publication)
                assert (new.number, new.text, new.publication) == same
                if new.state is CorrectionState.SUPERSEDED and new.state is not old.state:
                    assert len(after.reopenings) >= old.number
                elif new.state is not old.state:
                    assert new.state is CorrectionState.WITHDRAWN
                    assert after.current is None
        assert len(after.corrections) >= len(before.corrections)
        if before.state not in OPEN and after.state is not before.state:
            assert len(after.reopenings) == len(before.reopenings) + 1
    if isinstance(before, Petition) and isinstance(after, Petition):
        for was, now in zip(before.answers, after.answers, strict=False):
            if was.approved_by:
                as_it_was = replace(
                    now,
                    link=was.link,
                    published_at=was.published_at,
                    withdrawal=was.withdrawal,
                )
                assert as_it_was == was
                assert was.withdrawal in (None, now.withdrawal)
        approved = [answer for answer in before.answers if answer.approved_by]
        assert len(after.answers) >= len(approved)


def check_log(world: World) -> None:
    """The log is whole, and has one entry for each version of each case."""
    cases = world.desk.cases
    chain = cases.audit.verify()
    assert (chain.broken, chain.unaccounted) == (None, ())
    apart = kept_out(cases)
    log: dict[tuple[str, str], list[AuditEntry]] = {}
    for entry in cases.audit.entries(limit=10_000):
        log.setdefault((entry.kind, entry.case_id), []).append(entry)
    for (name, case_id), case in world.seen.items():
        entries = log[name, case_id]
        changes = [entry for entry in entries if entry.what != "read"]
        assert len(changes) == case.version
        assert set(cases.posts_of(name, case_id)) == set(KINDS[name].posts(case.state))
        if isinstance(case.state, ReviewItem) and case.state.state is ItemState.OPEN:
            assert case.state.reason is Reason.URGENT or apart.isdisjoint(case.state.posts)
        if isinstance(case.state, Petition) and case.state.kind is not PA:
            assert SUMMARY not in str(entries)
