"""Notices of mistakes: written down without who sent them, decided by others, and put right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from langnghe.casework import claims, petitionrecords
from langnghe.casework.claimstate import Claim
from langnghe.casework.deadlines import NOTICES, PetitionSettings
from langnghe.casework.desk import Desk, NewClaim
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, Kept
from langnghe.casework.noticefigures import NoticeCounters, notice_counters
from langnghe.casework.notices import (
    About,
    Action,
    Decide,
    Notice,
    NoticeRoute,
    NoticeState,
    Propose,
    SendBack,
    Settle,
    StartChecking,
    Withdraw,
    notice_code,
    why_not_decide,
)
from langnghe.casework.noticework import NewNotice
from langnghe.casework.roles import Actor, Refused
from langnghe.casework.unpublishing import Unpublish
from langnghe.core.models import Verdict
from langnghe.store.cases import Conflict, Where
from langnghe.store.database import Database
from tests.casework.test_versions import (
    next_edition,
    on_claim,
    on_petition,
    published_claim,
    published_petition,
)
from tests.casework.world import (
    AN,
    BINH,
    CHI,
    CHIEF,
    HAO,
    LAN,
    STATEMENT,
    check,
    make_desk,
    petition_settings,
)

SAID = "Thông tin ghi cầu mở 24/24, nhưng ban đêm có rào."
FOUND = "Hạt quản lý đường bộ trả lời: cầu đóng từ 22 giờ đến 5 giờ."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(tmp_path / "langnghe.db")
    yield make_desk(database)
    database.close()


def about(case: Kept[Claim] | Kept[petitionrecords.Petition], text: str = SAID) -> NewNotice:
    kind = About.CLAIM if isinstance(case.state, Claim) else About.PETITION
    return NewNotice(kind, case.state.id, NoticeRoute.PHONE, text)


def do(desk: Desk, kept: Kept[Notice], *steps: tuple[Actor, Action]) -> Kept[Notice]:
    for actor, action in steps:
        if isinstance(action, Decide):
            kept = desk.decide_notice(kept.state.id, actor, version=kept.version)
        else:
            kept = desk.act(NOTICE, kept.state.id, action, actor, version=kept.version)
    return kept


def upheld(desk: Desk, kept: Kept[Notice]) -> Kept[Notice]:
    return do(desk, kept, (BINH, StartChecking()), (BINH, Propose(True, FOUND)), (CHI, Decide()))


def test_a_notice_about_a_correction_knows_who_wrote_it_and_until_when(desk: Desk) -> None:
    claim = published_claim(desk)
    notice = desk.open_notice(about(claim), BINH).state
    assert notice.id == "SS.20261121.0001"
    assert (notice.case, notice.edition, notice.topic) == (claim.state.id, 1, "giao-thong")
    assert notice.drafted_by == ("hao", "lan")
    assert notice.received_on == date(2026, 11, 21)
    # A Saturday; seven working days later, without the holiday on 24 November.
    assert notice.due_on == date(2026, 12, 2)
    assert notice.legal_basis
    assert desk.open_notice(about(claim), BINH).state.id == "SS.20261121.0002"


def test_nothing_of_who_sent_it_is_kept(desk: Desk) -> None:
    said = "Tôi là Nguyễn Văn Nam, số 0912 345 678, thấy ghi sai ngày."
    notice = desk.open_notice(about(published_claim(desk), said), BINH).state
    assert "0912" not in notice.text
    assert "Nguyễn Văn Nam" not in notice.text
    assert "thấy ghi sai ngày" in notice.text
    assert "sai ngày" not in str(desk.cases.audit.entries())


def test_only_what_is_public_has_mistakes_to_point_out(desk: Desk) -> None:
    claim = desk.open_claim(NewClaim(STATEMENT, "giao-thong"), HAO)
    with pytest.raises(Refused, match="không có bản nào đang công bố"):
        desk.open_notice(about(claim), BINH)
    with pytest.raises(Refused, match="Không có"):
        desk.open_notice(NewNotice(About.PETITION, "PA.1", NoticeRoute.PHONE, SAID), BINH)
    gone = on_petition(desk, published_petition(desk), (CHI, Unpublish("Sai thời hạn")))
    with pytest.raises(Refused, match="không có bản nào đang công bố"):
        desk.open_notice(about(gone), BINH)


@pytest.mark.parametrize("text", ["", "  ", "a" * 20_001])
def test_what_is_said_to_be_wrong_has_to_be_there(desk: Desk, text: str) -> None:
    with pytest.raises(Refused):
        desk.open_notice(about(published_claim(desk), text), BINH)


def test_it_cannot_have_come_in_tomorrow(desk: Desk) -> None:
    new = replace(about(published_claim(desk)), received_on=date(2026, 11, 22))
    with pytest.raises(Refused, match="tương lai"):
        desk.open_notice(new, BINH)


def test_who_wrote_what_is_criticised_does_not_decide(desk: Desk) -> None:
    # An wrote at the answer and may approve as well.
    petition = on_petition(
        desk,
        published_petition(desk),
        (AN, petitionrecords.DraftAnswer("Sửa trước 20/12.", "Luật Đường bộ 2024", "Đổi hạn")),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
        (LAN, petitionrecords.Publish()),
    )
    kept = desk.open_notice(about(petition), LAN)
    assert set(kept.state.drafted_by) == {"lan", "an"}
    kept = do(desk, kept, (LAN, StartChecking()), (LAN, Propose(False, FOUND)))
    assert why_not_decide(kept.state, AN)
    assert not why_not_decide(kept.state, CHI)
    with pytest.raises(Refused, match="tham gia soạn nội dung"):
        do(desk, kept, (AN, Decide()))
    assert do(desk, kept, (CHI, Decide())).state.state is NoticeState.REJECTED


def test_who_proposed_does_not_decide(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    kept = do(desk, kept, (BINH, StartChecking()), (AN, Propose(False, FOUND)))
    with pytest.raises(Refused, match="đề xuất kết quả này"):
        do(desk, kept, (AN, Decide()))


@pytest.mark.parametrize("actor", [HAO, LAN, CHIEF])
def test_only_an_approver_decides_or_sends_back(desk: Desk, actor: Actor) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    kept = do(desk, kept, (BINH, StartChecking()), (BINH, Propose(False, FOUND)))
    for action in (Decide(), SendBack("Hỏi thêm")):
        with pytest.raises(Refused, match="không có quyền"):
            do(desk, kept, (actor, action))


def test_who_hands_in_no_text_writes_no_notice(desk: Desk) -> None:
    claim = published_claim(desk)
    for actor in (HAO, CHI, CHIEF):
        with pytest.raises(Refused, match="không có quyền"):
            desk.open_notice(about(claim), actor)


def test_an_upheld_notice_reopens_the_claim_in_the_same_step(desk: Desk) -> None:
    claim = published_claim(desk)
    kept = upheld(desk, desk.open_notice(about(claim), BINH))
    assert kept.state.state is NoticeState.UPHELD
    reopened = desk.get(CLAIM, claim.state.id, LAN).state
    assert reopened.state is Verdict.VERIFYING
    assert reopened.reopenings[-1].why == f"Tiếp thu báo sai sót {kept.state.id}: {FOUND}"
    assert reopened.reopenings[-1].by == "chi"
    # Deciding is no writing: the same approver may approve what is found now.
    assert "chi" not in reopened.authors
    # Until then the public goes on reading what was published.
    assert reopened.published is not None


def test_a_new_edition_puts_it_right(desk: Desk) -> None:
    claim = published_claim(desk)
    kept = upheld(desk, desk.open_notice(about(claim), BINH))
    claim = desk.get(CLAIM, claim.state.id, LAN)
    claim = on_claim(
        desk,
        claim,
        (LAN, claims.ProposeVerdict(Verdict.PARTLY_TRUE)),
        (CHI, claims.ApproveVerdict()),
        (LAN, claims.DraftCorrection(claim.state.corrections[0].text)),
        (LAN, claims.SubmitCorrection()),
    )
    assert desk.get(NOTICE, kept.state.id, LAN).state.state is NoticeState.UPHELD
    on_claim(desk, claim, (CHI, claims.ApproveCorrection()))
    corrected = desk.get(NOTICE, kept.state.id, LAN).state
    assert corrected.state is NoticeState.CORRECTED
    assert corrected.corrected_at is not None
    assert desk.history(NOTICE, corrected.id, LAN)[0].what == "settle"


def test_withdrawing_what_was_wrong_settles_it_as_well(desk: Desk) -> None:
    petition = published_petition(desk)
    kept = upheld(desk, desk.open_notice(about(petition), BINH))
    assert kept.state.state is NoticeState.UPHELD
    on_petition(desk, petition, (CHI, Unpublish("Nêu sai thời hạn")))
    assert desk.get(NOTICE, kept.state.id, LAN).state.state is NoticeState.CORRECTED


def test_a_new_version_of_the_answer_settles_it_once_it_is_public(desk: Desk) -> None:
    petition = published_petition(desk)
    other = published_petition(desk)
    kept = upheld(desk, desk.open_notice(about(petition), BINH))
    about_other = upheld(desk, desk.open_notice(about(other), BINH))
    petition = on_petition(
        desk,
        petition,
        (LAN, petitionrecords.DraftAnswer("Sửa trước 20/12.", "Luật Đường bộ", "Báo sai sót")),
        (LAN, petitionrecords.Submit()),
        (CHI, petitionrecords.Approve()),
    )
    assert desk.get(NOTICE, kept.state.id, LAN).state.state is NoticeState.UPHELD
    on_petition(desk, petition, (LAN, petitionrecords.Publish()))
    assert desk.get(NOTICE, kept.state.id, LAN).state.state is NoticeState.CORRECTED
    assert desk.get(NOTICE, about_other.state.id, LAN).state.state is NoticeState.UPHELD


def test_what_was_put_right_meanwhile_is_settled_at_once(desk: Desk) -> None:
    claim = published_claim(desk)
    kept = desk.open_notice(about(claim), BINH)
    after = next_edition(desk, claim)
    kept = upheld(desk, kept)
    assert kept.state.state is NoticeState.CORRECTED
    assert desk.get(CLAIM, claim.state.id, LAN).version == after.version


def test_a_claim_that_is_open_again_is_not_reopened_twice(desk: Desk) -> None:
    claim = published_claim(desk)
    first, second = (desk.open_notice(about(claim), BINH) for _ in range(2))
    upheld(desk, first)
    assert upheld(desk, second).state.state is NoticeState.UPHELD
    assert len(desk.get(CLAIM, claim.state.id, LAN).state.reopenings) == 1


def test_a_notice_that_is_wrong_changes_nothing_but_itself(desk: Desk) -> None:
    claim = published_claim(desk)
    kept = desk.open_notice(about(claim), BINH)
    kept = do(desk, kept, (BINH, StartChecking()), (BINH, Propose(False, FOUND)), (CHI, Decide()))
    assert kept.state.state is NoticeState.REJECTED
    assert desk.get(CLAIM, claim.state.id, LAN).version == claim.version
    assert (kept.state.decided_by, kept.state.finding) == ("chi", FOUND)


def test_it_is_sent_back_with_a_reason(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    kept = do(desk, kept, (BINH, StartChecking()), (BINH, Propose(False, FOUND)))
    kept = do(desk, kept, (CHI, SendBack("Hỏi thêm Hạt quản lý đường bộ")))
    assert kept.state.state is NoticeState.CHECKING
    assert kept.state.sent_back == "Hỏi thêm Hạt quản lý đường bộ"
    kept = do(desk, kept, (LAN, Propose(True, FOUND)))
    assert (kept.state.sent_back, kept.state.proposed_by) == ("", ("binh", "lan"))


@pytest.mark.parametrize("finding", ["", "   ", "a" * 401, "Hỏi anh Nam, số 0912 345 678"])
def test_what_was_found_is_public_so_it_is_checked(desk: Desk, finding: str) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    kept = do(desk, kept, (BINH, StartChecking()))
    with pytest.raises(Refused):
        do(desk, kept, (BINH, Propose(True, finding)))


def test_the_longest_finding_still_fits_the_reason_for_reopening(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    long = ("Cầu đóng ban đêm. " * 40)[:400].strip()
    kept = do(desk, kept, (BINH, StartChecking()), (BINH, Propose(True, long)), (CHI, Decide()))
    assert kept.state.state is NoticeState.UPHELD
    # The code in the reason is not taken for somebody's number.
    assert not check(f"Tiếp thu báo sai sót {kept.state.id}: {long}")


def test_one_written_down_by_mistake_counts_for_nothing(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    with pytest.raises(Refused, match="binh"):
        do(desk, kept, (LAN, Withdraw()))
    gone = do(desk, kept, (BINH, Withdraw()))
    assert gone.state.text == ""
    assert notice_counters([gone.state], date(2027, 1, 1)).received == 0


def test_the_service_alone_settles_and_deciding_has_its_own_way(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    for action in (Settle(), Decide()):
        with pytest.raises(ValueError, match="method of its own"):
            desk.act(NOTICE, kept.state.id, action, CHI, version=kept.version)
    claim = desk.get(CLAIM, kept.state.case, LAN)
    with pytest.raises(ValueError, match="method of its own"):
        desk.act(CLAIM, claim.state.id, claims.TakeUpNotice("A"), CHI, version=claim.version)


def test_whoever_saw_an_older_state_changes_nothing(desk: Desk) -> None:
    kept = desk.open_notice(about(published_claim(desk)), BINH)
    do(desk, kept, (BINH, StartChecking()), (BINH, Propose(True, FOUND)))
    with pytest.raises(Conflict):
        desk.decide_notice(kept.state.id, CHI, version=kept.version)


def test_lists_are_by_state_deadline_and_case(desk: Desk) -> None:
    claim, petition = published_claim(desk), published_petition(desk)
    first = desk.open_notice(about(claim), BINH)
    desk.open_notice(about(petition), BINH)
    late = Where(due_before=date(2026, 12, 3))
    assert desk.count(NOTICE, LAN, late) == 2
    upheld(desk, first)
    # Nobody waits for a decision any more.
    assert desk.count(NOTICE, LAN, late) == 1
    assert desk.counts(NOTICE, LAN, "reason") == {"claim": 1, "petition": 1}
    (found,) = desk.find(NOTICE, LAN, Where(owner=claim.state.id))
    assert found.state.id == first.state.id
    with pytest.raises(Refused):
        desk.find(NOTICE, CHIEF)


def test_counters_say_what_was_in_time(desk: Desk) -> None:
    claim = published_claim(desk)
    waiting, wrong, right = (desk.open_notice(about(claim), BINH) for _ in range(3))
    done = upheld(desk, right).state
    steps = ((BINH, StartChecking()), (BINH, Propose(False, FOUND)), (CHI, Decide()))
    rejected = do(desk, wrong, *steps).state
    late = replace(rejected, due_on=date(2026, 11, 20))
    every = [waiting.state, done, late]
    assert notice_counters(every, date(2026, 12, 2)) == NoticeCounters(3, 2, 1, 0, 1, 0)
    assert notice_counters(every, date(2026, 12, 3)).overdue == 1


def test_a_settings_file_from_before_has_the_default(tmp_path: Path) -> None:
    known = petition_settings().model_dump(mode="json")
    assert known["notices"] == NOTICES.model_dump()
    del known["notices"]
    before = PetitionSettings.model_validate(yaml.safe_load(yaml.safe_dump(known)))
    assert before.notices == NOTICES
    with pytest.raises(ValidationError):
        PetitionSettings.model_validate(known | {"notices": {"working_days": 0}})


def test_a_day_has_so_many_codes() -> None:
    assert notice_code(date(2026, 11, 21), 9999) == "SS.20261121.9999"
    with pytest.raises(Refused, match="hết mã"):
        notice_code(date(2026, 11, 21), 10_000)


def test_a_petition_has_its_kind(desk: Desk) -> None:
    petition = published_petition(desk)
    notice = desk.open_notice(about(petition), BINH).state
    assert (notice.about, notice.case) == (PETITION.name, petition.state.id)
