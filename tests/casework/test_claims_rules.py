"""Claims: what may happen when, who may approve, and that what was published stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from langnghe.casework import claims
from langnghe.casework.claims import (
    AddEvidence,
    ApproveCorrection,
    ApproveVerdict,
    AttachPosts,
    BecomePetition,
    DetachPosts,
    DraftCorrection,
    DropEvidence,
    ProposeVerdict,
    Reopen,
    Reword,
    SendBack,
    StartVerifying,
    SubmitCorrection,
    open_claim,
)
from langnghe.casework.claimstate import OPEN, Claim, CorrectionState, Turn
from langnghe.casework.claimtexts import CorrectionText, Evidence, repeats
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.casework.spread import Spread, spread
from langnghe.core.models import Verdict
from langnghe.core.text import fold, match_form

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
COLLABORATOR = Actor("cong.tac", frozenset({Role.COLLABORATOR}))
EDITOR = Actor("bien.tap", frozenset({Role.EDITOR}))
APPROVER = Actor("phe.duyet", frozenset({Role.APPROVER}))
# As in a small commune, where one account has several roles.
BOTH = [Actor(name, frozenset({Role.EDITOR, Role.APPROVER})) for name in ("an", "binh", "chi")]

STATEMENT = "Đèo Ô Quý Hồ đóng cửa ba ngày"
NOTICE = Evidence("Sở Xây dựng Lai Châu", date(2026, 11, 20), True, document_number="15/TB-SXD")
NEWS = Evidence("Báo Lai Châu", date(2026, 11, 20), False, link="https://example.vn/deo")
REPLY = Evidence("Hạt quản lý đường bộ", date(2026, 11, 21), False, quotation="Đường vẫn thông.")
TEXT = CorrectionText(
    title="Đèo Ô Quý Hồ vẫn thông xe bình thường",
    truth="Xe qua đèo hai chiều suốt ngày đêm.",
    circulating="Trên diễn đàn của xã có tin đèo bị đóng.",
    finding="Qua xác minh với Sở Xây dựng, đây là thông tin sai sự thật.",
    contact="Ủy ban nhân dân xã Bình Lư, giờ hành chính.",
)


def opened() -> Claim:
    return open_claim("c1", STATEMENT, "giao-thong", ("p1",), COLLABORATOR, NOW)


def after(claim: Claim, *steps: tuple[claims.Action, Actor]) -> Claim:
    for action, actor in steps:
        claim = claims.apply(claim, action, actor, NOW)
    return claim


def verifying() -> Claim:
    return after(opened(), (StartVerifying(), EDITOR), (AddEvidence(NOTICE), EDITOR))


def proposed(verdict: Verdict = Verdict.FALSE) -> Claim:
    return after(verifying(), (ProposeVerdict(verdict), EDITOR))


def decided(verdict: Verdict = Verdict.FALSE) -> Claim:
    return after(proposed(verdict), (ApproveVerdict(), APPROVER))


def drafted() -> Claim:
    return after(decided(), (DraftCorrection(TEXT), EDITOR))


def submitted() -> Claim:
    return after(drafted(), (SubmitCorrection(), EDITOR))


def published() -> Claim:
    return after(submitted(), (ApproveCorrection(), APPROVER))


def reopened() -> Claim:
    return after(published(), (Reopen("Có thông báo mới."), EDITOR))


def republished() -> Claim:
    """Our own mistake: what we called false turns out to be true."""
    return after(
        reopened(),
        (ProposeVerdict(Verdict.CONFIRMED), EDITOR),
        (ApproveVerdict(), APPROVER),
        (DraftCorrection(replace(TEXT, title=STATEMENT)), EDITOR),
        (SubmitCorrection(), EDITOR),
        (ApproveCorrection(), APPROVER),
    )


# --- The way of a claim ----------------------------------------------------------------------


def test_from_a_statement_to_a_published_correction() -> None:
    claim = published()
    assert (claim.state, claim.approved_by) == (Verdict.FALSE, "phe.duyet")
    (correction,) = claim.corrections
    assert correction.state is CorrectionState.PUBLISHED
    assert claim.published is correction.publication
    assert claim.published is not None
    assert claim.published.evidence == (NOTICE,)
    assert (claim.published.approved_by, claim.published.at) == ("phe.duyet", NOW)
    assert not claim.needs_correction


def test_what_the_public_has_still_to_be_told() -> None:
    assert not proposed().needs_correction
    assert decided(Verdict.FALSE).needs_correction
    assert decided(Verdict.PARTLY_TRUE).needs_correction
    assert not decided(Verdict.INCONCLUSIVE).needs_correction
    # The same verdict on the same grounds after all: what was published holds.
    same = after(reopened(), (ProposeVerdict(Verdict.FALSE), EDITOR), (ApproveVerdict(), APPROVER))
    assert not same.needs_correction
    better = after(
        reopened(),
        (AddEvidence(REPLY), EDITOR),
        (ProposeVerdict(Verdict.FALSE), EDITOR),
        (ApproveVerdict(), APPROVER),
    )
    assert better.needs_correction


def test_people_were_right() -> None:
    claim = decided(Verdict.CONFIRMED)
    assert claim.becomes_petition
    assert not claim.needs_correction
    with pytest.raises(Refused, match="phản ánh, kiến nghị"):
        claims.apply(claim, DraftCorrection(TEXT), EDITOR, NOW)
    assert not decided(Verdict.FALSE).becomes_petition


def test_our_own_mistake_is_corrected_in_the_open() -> None:
    wrong = after(
        reopened(), (ProposeVerdict(Verdict.CONFIRMED), EDITOR), (ApproveVerdict(), APPROVER)
    )
    assert wrong.needs_correction
    assert wrong.published is not None  # the public reads the old one until the new one is out
    claim = republished()
    first, second = claim.corrections
    assert (first.number, first.state) == (1, CorrectionState.SUPERSEDED)
    assert (second.number, second.state) == (2, CorrectionState.PUBLISHED)
    assert first.publication == published().published
    assert first.text == TEXT
    assert (first.publication and first.publication.verdict) is Verdict.FALSE
    assert claim.published is second.publication
    (reopening,) = claim.reopenings
    assert (reopening.why, reopening.verdict) == ("Có thông báo mới.", Verdict.FALSE)


def test_a_draft_survives_reopening_but_not_unchecked() -> None:
    claim = after(
        submitted(),
        (Reopen("Sai địa danh."), EDITOR),
        (Reword("Đèo Ô Quý Hồ vẫn thông xe bình thường"), EDITOR),
    )
    assert claim.unpublished is not None
    assert claim.unpublished.text == TEXT
    assert (claim.unpublished.number, claim.edition) == (2, 2)
    with pytest.raises(Refused, match="Chưa có kết luận"):
        claims.apply(claim, SubmitCorrection(), EDITOR, NOW)
    claim = after(claim, (ProposeVerdict(Verdict.FALSE), EDITOR), (ApproveVerdict(), APPROVER))
    with pytest.raises(Refused, match="Tiêu đề"):
        claims.apply(claim, SubmitCorrection(), EDITOR, NOW)


def test_whose_turn_it_is() -> None:
    turns = [
        step.turn for step in (opened(), verifying(), proposed(), decided(), drafted(), submitted())
    ]
    nobody, editor, approver = Turn.NOBODY, Turn.EDITOR, Turn.APPROVER
    assert turns == [nobody, nobody, approver, editor, editor, approver]
    assert [published().turn, reopened().turn] == [nobody, nobody]
    assert decided(Verdict.INCONCLUSIVE).turn is nobody
    right = decided(Verdict.CONFIRMED)
    assert right.turn is editor
    assert after(right, (BecomePetition("PA.20261121.0001"), EDITOR)).turn is nobody


def test_files_are_those_of_the_case_and_of_what_was_published() -> None:
    scan = replace(NOTICE, file_name="thong-bao.pdf", file="a" * 64)
    claim = after(published(), (Reopen("Có văn bản mới."), EDITOR), (AddEvidence(scan), EDITOR))
    assert claim.files == {"a" * 64: "thong-bao.pdf"}
    said = claim.published
    assert said is not None
    dropped = after(claim, (DropEvidence(scan), EDITOR))
    assert dropped.files == {}
    kept = replace(dropped.corrections[-1], publication=replace(said, evidence=(scan,)))
    assert replace(dropped, corrections=(kept,)).files == claim.files


def test_sending_back_names_the_reason_until_it_is_put_forward_again() -> None:
    claim = after(proposed(), (SendBack("Thiếu văn bản của tỉnh."), APPROVER))
    assert claim.proposal is None
    assert claim.sent_back == "Thiếu văn bản của tỉnh."
    assert after(claim, (ProposeVerdict(Verdict.FALSE), EDITOR)).sent_back == ""

    claim = after(submitted(), (SendBack("Viết ngắn hơn."), APPROVER))
    assert claim.unpublished is not None
    assert claim.unpublished.state is CorrectionState.DRAFT
    assert claim.sent_back == "Viết ngắn hơn."
    assert after(claim, (SubmitCorrection(), EDITOR)).sent_back == ""


def test_a_change_takes_back_what_awaited_approval() -> None:
    edits: list[claims.Action] = [Reword("Đèo bị cấm"), AddEvidence(NEWS), DropEvidence(NOTICE)]
    for action in edits:
        claim = after(proposed(), (action, EDITOR))
        with pytest.raises(Refused, match="chờ duyệt"):
            claims.apply(claim, ApproveVerdict(), APPROVER, NOW)
    claim = after(submitted(), (DraftCorrection(replace(TEXT, advice="Hãy bình tĩnh.")), EDITOR))
    with pytest.raises(Refused, match="chờ duyệt"):
        claims.apply(claim, ApproveCorrection(), APPROVER, NOW)


def test_posts_come_and_go_without_touching_the_rest() -> None:
    claim = after(published(), (AttachPosts(("p2", "p1", "p2")), COLLABORATOR))
    assert claim == replace(published(), posts=("p1", "p2"))
    assert after(claim, (AttachPosts(("p2",)), COLLABORATOR)) == claim
    assert after(claim, (DetachPosts(("p2", "p9")), COLLABORATOR)) == published()


REFUSALS: list[tuple[Callable[[], Claim], claims.Action, Actor]] = [
    (opened, ProposeVerdict(Verdict.FALSE), EDITOR),
    (opened, AddEvidence(NOTICE), EDITOR),
    (opened, ApproveVerdict(), APPROVER),
    (opened, Reopen("Vì sao"), EDITOR),
    (verifying, StartVerifying(), EDITOR),
    (verifying, AddEvidence(NOTICE), EDITOR),
    (verifying, DropEvidence(NEWS), EDITOR),
    (verifying, ApproveVerdict(), APPROVER),
    (verifying, SendBack("Vì sao"), APPROVER),
    (verifying, DraftCorrection(TEXT), EDITOR),
    (verifying, ProposeVerdict(Verdict.UNVERIFIED), EDITOR),
    (verifying, ProposeVerdict(Verdict.VERIFYING), EDITOR),
    (proposed, SendBack(" … "), APPROVER),
    (decided, ApproveVerdict(), APPROVER),
    (decided, SendBack("Vì sao"), APPROVER),
    (decided, Reword("Đèo bị cấm"), EDITOR),
    (decided, AddEvidence(NEWS), EDITOR),
    (decided, DropEvidence(NOTICE), EDITOR),
    (decided, ProposeVerdict(Verdict.CONFIRMED), EDITOR),
    (decided, SubmitCorrection(), EDITOR),
    (decided, ApproveCorrection(), APPROVER),
    (decided, Reopen(""), EDITOR),
    (drafted, ApproveCorrection(), APPROVER),
    (submitted, SubmitCorrection(), EDITOR),
    (submitted, ApproveCorrection("javascript:alert(1)"), APPROVER),
    (published, DraftCorrection(TEXT), EDITOR),
    (published, ApproveCorrection(), APPROVER),
    (published, Reword("Đèo bị cấm"), EDITOR),
    (published, ProposeVerdict(Verdict.CONFIRMED), EDITOR),
    (reopened, ApproveVerdict(), APPROVER),
]


@pytest.mark.parametrize(("start", "action", "actor"), REFUSALS)
def test_what_does_not_fit_the_state_is_refused(
    start: Callable[[], Claim], action: claims.Action, actor: Actor
) -> None:
    with pytest.raises(Refused, match=r"\w\."):
        claims.apply(start(), action, actor, NOW)


# --- Who -------------------------------------------------------------------------------------

WORK: list[tuple[Callable[[], Claim], claims.Action]] = [
    (opened, Reword("Đèo bị cấm")),
    (opened, StartVerifying()),
    (verifying, AddEvidence(NEWS)),
    (verifying, DropEvidence(NOTICE)),
    (verifying, ProposeVerdict(Verdict.FALSE)),
    (decided, DraftCorrection(TEXT)),
    (drafted, SubmitCorrection()),
    (published, Reopen("Vì sao")),
]
APPROVAL: list[tuple[Callable[[], Claim], claims.Action]] = [
    (proposed, ApproveVerdict()),
    (proposed, SendBack("Vì sao")),
    (submitted, ApproveCorrection()),
    (submitted, SendBack("Vì sao")),
]


@pytest.mark.parametrize("role", Role)
def test_each_action_takes_its_role(role: Role) -> None:
    actor = Actor("ai.do", frozenset({role}))

    def may(start: Callable[[], Claim], action: claims.Action) -> bool:
        try:
            claims.apply(start(), action, actor, NOW)
        except Refused as refusal:
            if "không có quyền" in str(refusal):
                return False
            raise
        return True

    assert {may(*one) for one in WORK} == {role is Role.EDITOR}
    assert {may(*one) for one in APPROVAL} == {role is Role.APPROVER}
    reviews = role in (Role.COLLABORATOR, Role.EDITOR)
    assert may(opened, AttachPosts(("p2",))) is reviews
    assert may(opened, DetachPosts(("p1",))) is reviews
    if not reviews:
        with pytest.raises(Refused, match="không có quyền"):
            open_claim("c1", STATEMENT, "giao-thong", (), actor, NOW)


@pytest.mark.parametrize("part", ["statement", "wording", "evidence", "dropped", "verdict"])
def test_nobody_approves_what_rests_on_their_own_work(part: str) -> None:
    an, binh, chi = BOTH

    def by(mine: str) -> Actor:
        return an if mine == part else binh

    verdict = after(
        open_claim("c1", STATEMENT, "giao-thong", (), by("statement"), NOW),
        (Reword("Đèo Ô Quý Hồ bị cấm ba ngày"), by("wording")),
        (StartVerifying(), chi),
        (AddEvidence(NEWS), by("evidence")),
        (AddEvidence(NOTICE), binh),
        (DropEvidence(NEWS), by("dropped")),
        (ProposeVerdict(Verdict.FALSE), by("verdict")),
    )
    for author in (an, binh):
        with pytest.raises(Refused, match="tự duyệt"):
            claims.apply(verdict, ApproveVerdict(), author, NOW)
    text = after(
        verdict, (ApproveVerdict(), chi), (DraftCorrection(TEXT), binh), (SubmitCorrection(), binh)
    )
    with pytest.raises(Refused, match="tự duyệt"):
        claims.apply(text, ApproveCorrection(), an, NOW)
    assert after(text, (ApproveCorrection(), chi)).published is not None


def test_nobody_approves_a_text_they_once_wrote_at() -> None:
    an, binh, _ = BOTH
    claim = after(
        decided(),
        (DraftCorrection(TEXT), an),
        (DraftCorrection(TEXT), binh),
        (SubmitCorrection(), binh),
    )
    for author in (an, binh):
        with pytest.raises(Refused, match="tự duyệt"):
            claims.apply(claim, ApproveCorrection(), author, NOW)


# --- Evidence --------------------------------------------------------------------------------


@given(
    st.lists(st.sampled_from([NOTICE, NEWS, REPLY]), unique=True),
    st.sampled_from(sorted(set(Verdict) - OPEN)),
)
def test_a_verdict_needs_a_primary_document_or_two_pieces(
    evidence: list[Evidence], verdict: Verdict
) -> None:
    claim = after(
        opened(), (StartVerifying(), EDITOR), *((AddEvidence(one), EDITOR) for one in evidence)
    )
    if NOTICE in evidence or len(evidence) >= 2:
        assert after(claim, (ProposeVerdict(verdict), EDITOR)).proposal is not None
    else:
        with pytest.raises(Refused, match="Chưa đủ căn cứ"):
            claims.apply(claim, ProposeVerdict(verdict), EDITOR, NOW)


@pytest.mark.parametrize(
    "bad",
    [
        replace(NEWS, source=" \u200b "),
        replace(NEWS, link=""),
        replace(NEWS, dated=date(2026, 11, 22)),
        replace(NEWS, primary=True, link="", quotation="Đường vẫn thông."),
        replace(NEWS, link="javascript:alert(1)"),
        replace(NEWS, link="https://báo.vn@example.vn/"),
        replace(NEWS, link="https://[example.vn/"),
        replace(NEWS, link="https://example.vn/\u202egnp.exe"),
        replace(NEWS, link="/etc/passwd"),
        replace(NEWS, file_name="../langnghe.db", file="0" * 64),
        replace(NEWS, file_name="..\\langnghe.db", file="0" * 64),
        replace(NEWS, file_name=".bashrc", file="0" * 64),
        replace(NEWS, file_name="thong-bao.pdf"),
        replace(NEWS, file="0" * 64),
        replace(NEWS, quotation="a" * 50_000),
    ],
)
def test_evidence_that_nobody_could_look_up_is_refused(bad: Evidence) -> None:
    claim = after(verifying(), (AddEvidence(NEWS), EDITOR), (DropEvidence(NEWS), EDITOR))
    with pytest.raises(Refused, match=r"\w\. Hãy|dài quá"):
        claims.apply(claim, AddEvidence(bad), EDITOR, NOW)


def test_today_is_the_day_in_viet_nam() -> None:
    late = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    tomorrow = replace(NEWS, dated=date(2026, 11, 22))
    assert tomorrow in claims.apply(verifying(), AddEvidence(tomorrow), EDITOR, late).evidence


def test_evidence_is_bounded() -> None:
    claim = verifying()
    for number in range(claims.MOST_PIECES - 1):
        claim = after(claim, (AddEvidence(replace(NEWS, source=f"Báo {number}")), EDITOR))
    with pytest.raises(Refused, match="nhiều nhất"):
        claims.apply(claim, AddEvidence(NEWS), EDITOR, NOW)


# --- The correction's text -------------------------------------------------------------------


@pytest.mark.parametrize("part", ["title", "truth", "circulating", "finding", "contact"])
def test_each_part_but_the_advice_is_needed(part: str) -> None:
    changes: dict[str, str] = {part: " ?! "}
    with pytest.raises(Refused, match="còn thiếu"):
        claims.apply(decided(), DraftCorrection(replace(TEXT, **changes)), EDITOR, NOW)


@pytest.mark.parametrize("part", ["title", "truth", "circulating", "finding", "contact", "advice"])
def test_each_part_is_bounded_and_cleaned(part: str) -> None:
    changes: dict[str, str] = {part: "đèo vẫn thông " * 4_000}
    with pytest.raises(Refused, match="dài quá"):
        claims.apply(decided(), DraftCorrection(replace(TEXT, **changes)), EDITOR, NOW)
    changes = {part: "Xe \u202evẫn\u200b chạy"}
    claim = after(decided(), (DraftCorrection(replace(TEXT, **changes)), EDITOR))
    assert claim.unpublished is not None
    assert getattr(claim.unpublished.text, part) == "Xe vẫn chạy"


FEES = "Xã thu phí cập nhật dữ liệu đất đai"


@pytest.mark.parametrize(
    ("title", "statement"),
    [
        (STATEMENT, STATEMENT),
        ("ĐÈO Ô QUÝ HỒ ĐÓNG CỬA BA NGÀY!", STATEMENT),
        ("deo o quy ho dong cua ba ngay", STATEMENT),
        ("Xôn xao tin đèo Ô Quý Hồ đóng cửa ba ngày", STATEMENT),
        ("Không có chuyện đóng cửa đèo Ô Quý Hồ ba ngày", STATEMENT),
        ("Bác bỏ tin đồn đóng cửa đèo Ô Quý Hồ", STATEMENT),
        ("Tin giả: «Đèo Ô Quý Hồ đóng cửa»", STATEMENT),
        ("Thông tin đóng đèo là sai sự thật", STATEMENT),
        ("Tin giả", STATEMENT),
        ("Không có việc xã thu phí cập nhật dữ liệu đất đai", FEES),
        ("Xã thu phí cập nhật dữ liệu: sai sự thật", FEES),
    ],
)
def test_a_title_that_repeats_the_statement(title: str, statement: str) -> None:
    assert repeats(title, statement)
    claim = after(
        verifying(),
        (Reword(statement), EDITOR),
        (ProposeVerdict(Verdict.FALSE), EDITOR),
        (ApproveVerdict(), APPROVER),
    )
    with pytest.raises(Refused, match="Tiêu đề"):
        claims.apply(claim, DraftCorrection(replace(TEXT, title=title)), EDITOR, NOW)


@pytest.mark.parametrize(
    ("title", "statement"),
    [
        (TEXT.title, STATEMENT),
        ("Đèo Ô Quý Hồ chỉ hạn chế xe tải trong ba ngày", STATEMENT),
        ("Xã không thu phí cập nhật dữ liệu đất đai", FEES),
        ("Cập nhật dữ liệu đất đai là miễn phí", FEES),
        ("Người dân cập nhật dữ liệu đất đai không mất phí", FEES),
    ],
)
def test_a_title_that_says_what_is_true(title: str, statement: str) -> None:
    assert not repeats(title, statement)


SYLLABLES = ["Đèo", "Ô", "Quý", "Hồ", "đóng", "cửa", "không", "tin", "là", "sai", "3.000", "«hoà»"]


@given(
    st.lists(st.sampled_from(SYLLABLES), min_size=1).map(" ".join),
    st.text(),
    st.sampled_from([str, str.upper, fold, match_form]),
)
def test_a_statement_repeats_itself_in_any_spelling(
    statement: str, more: str, spelling: Callable[[str], str]
) -> None:
    assert repeats(spelling(statement), statement)
    assert repeats(f"{more} {spelling(statement)} {more}", statement)


@given(st.text())
def test_a_statement_is_kept_as_one_clean_line_or_refused(statement: str) -> None:
    try:
        claim = open_claim("c1", statement, "giao-thong", (), EDITOR, NOW)
    except Refused:
        return
    assert 0 < len(claim.statement) <= 500
    assert claim.statement.split() == claim.statement.split(" ")


# --- Any sequence ----------------------------------------------------------------------------

TEXTS = [TEXT, replace(TEXT, title="Đèo vẫn mở cả ngày lẫn đêm"), replace(TEXT, title=STATEMENT)]
ACTIONS: st.SearchStrategy[claims.Action] = st.one_of(
    st.builds(AttachPosts, st.sampled_from([("p1",), ("p2", "p3")])),
    st.builds(DetachPosts, st.just(("p2",))),
    st.builds(Reword, st.sampled_from([STATEMENT, FEES, ""])),
    st.builds(StartVerifying),
    st.builds(AddEvidence, st.sampled_from([NOTICE, NEWS, REPLY])),
    st.builds(DropEvidence, st.sampled_from([NOTICE, NEWS])),
    st.builds(ProposeVerdict, st.sampled_from(Verdict)),
    st.builds(SendBack, st.just("Vì sao")),
    st.builds(ApproveVerdict),
    st.builds(DraftCorrection, st.sampled_from(TEXTS)),
    st.builds(SubmitCorrection),
    st.builds(ApproveCorrection, st.sampled_from(["", "https://binhlu.example.vn/1"])),
    st.builds(Reopen, st.just("Vì sao")),
    st.builds(BecomePetition, st.just("PA.20261121.0001")),
    st.builds(claims.Withdraw),
)
STARTS = [opened, proposed, decided, submitted, published, reopened, republished]
KEPT = TypeAdapter(Claim)


def check(claim: Claim) -> None:
    """What holds of a claim whatever was done."""
    assert (claim.state in OPEN) is (claim.approved_by is None)
    assert claim.approved_by not in claim.authors or claim.approved_by is None
    if claim.proposal is not None:
        assert any(one.primary for one in claim.evidence) or len(claim.evidence) >= 2
    if claim.state not in OPEN:
        assert claim.proposal is not None
        assert claim.proposal.verdict is claim.state
    numbers = [correction.number for correction in claim.corrections]
    assert numbers == sorted(set(numbers))
    assert all(number <= claim.edition for number in numbers)
    states = [correction.state for correction in claim.corrections]
    assert states.count(CorrectionState.PUBLISHED) == (claim.published is not None)
    for correction in claim.corrections:
        out = correction.state in (CorrectionState.PUBLISHED, CorrectionState.SUPERSEDED)
        assert out is (correction.publication is not None)
        if correction.publication is not None:
            assert correction.publication.approved_by not in correction.drafted_by
            assert correction.publication.verdict not in OPEN
    if CorrectionState.AWAITING_APPROVAL in states:
        assert claim.state not in OPEN
    assert KEPT.validate_json(KEPT.dump_json(claim)) == claim


@settings(max_examples=300)
@given(
    st.sampled_from(STARTS),
    st.lists(st.tuples(ACTIONS, st.sampled_from([*BOTH, EDITOR, APPROVER])), max_size=25),
)
def test_after_any_sequence(
    start: Callable[[], Claim], steps: list[tuple[claims.Action, Actor]]
) -> None:
    claim, now = start(), NOW
    check(claim)
    for action, actor in steps:
        now += timedelta(minutes=1)
        try:
            changed = claims.apply(claim, action, actor, now)
        except Refused:
            continue
        check(changed)
        # What was published is never changed, only superseded by an edition with its reason.
        for old, new in zip(claim.corrections, changed.corrections, strict=False):
            if old.publication is not None:
                assert (new.number, new.text, new.publication) == (
                    old.number,
                    old.text,
                    old.publication,
                )
            if new.state is not old.state and new.state is CorrectionState.SUPERSEDED:
                assert changed.corrections[-1].number > old.number
                assert len(changed.reopenings) >= old.number
        # A verdict is left only by reopening it.
        if claim.state not in OPEN and changed.state is not claim.state:
            assert changed.reopenings[:-1] == claim.reopenings
            assert changed.reopenings[-1].verdict is claim.state
        claim = changed


# --- Spread ----------------------------------------------------------------------------------

DAY = date(2026, 11, 10)


def test_posts_a_day_before_and_after() -> None:
    days = {DAY: 4, DAY + timedelta(1): 6, DAY + timedelta(4): 9, DAY + timedelta(9): 1}
    # Four days before, two of them with posts; five after; the 9 posts of the day itself are out.
    assert spread(days, DAY + timedelta(4)) == Spread(10 / 4, 1 / 5)
    assert spread({**days, DAY + timedelta(14): 0}, DAY + timedelta(4)) == Spread(10 / 4, 1 / 10)
    assert spread(days, None) == Spread(2.0, None)


def test_no_figure_where_no_whole_day_is() -> None:
    assert spread({DAY: 9}, DAY) == Spread(None, None)
    assert spread({DAY: 9}, DAY + timedelta(3)) == Spread(3.0, None)
    assert spread({DAY: 9}, DAY - timedelta(3)) == Spread(None, 3.0)
    assert spread({}, DAY) == Spread(None, None)


def test_a_figure_of_fewer_than_five_posts_is_not_broken_down() -> None:
    assert spread({DAY: 2, DAY + timedelta(5): 2}, DAY + timedelta(2)) == Spread(None, None)
    assert spread({DAY: 2, DAY + timedelta(5): 3}, DAY + timedelta(2)) == Spread(1.0, 1.0)
