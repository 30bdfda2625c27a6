from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from langnghe.casework.deadlines import Due, Route
from langnghe.casework.petitionfigures import Counters, counters, overdue
from langnghe.casework.petitionrecords import (
    OPEN,
    STATE_NAMES,
    Action,
    Answer,
    Approve,
    AskForMore,
    Classify,
    Close,
    DraftAnswer,
    Forward,
    Kind,
    Petition,
    Publish,
    Redirect,
    Refuse,
    Resume,
    SendBack,
    StartVerifying,
    State,
    Submit,
    Suspend,
    Withdraw,
    is_petition_code,
    petition_code,
)
from langnghe.casework.petitions import CLASSIFIABLE, RULES, apply, merge, open_petition, possible
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.crawler.deidentify import find_spans

RECEIVED = date(2026, 11, 20)
DUE = date(2026, 12, 7)
NOW = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)

COLLABORATOR = Actor("ctv", frozenset({Role.COLLABORATOR}))
EDITOR = Actor("an", frozenset({Role.EDITOR}))
OTHER_EDITOR = Actor("binh", frozenset({Role.EDITOR}))
APPROVER = Actor("chi", frozenset({Role.APPROVER}))
BOTH = Actor("dung", frozenset({Role.EDITOR, Role.APPROVER}))
LEADER = Actor("lan", frozenset({Role.LEADER, Role.ADMINISTRATOR}))

FORMAL = (Kind.COMPLAINT, Kind.DENUNCIATION)
FORWARDED: tuple[Action, ...] = (Classify(Kind.PETITION), Forward("Phòng Kinh tế xã"))
DRAFT = DraftAnswer("Đường được sửa trước ngày 15/12.", "Luật Đường bộ 2024")
AWAITING: tuple[Action, ...] = (*FORWARDED, StartVerifying(), DRAFT, Submit())
LINK = "https://binhlu.example/tra-loi/7"


@cache
def _check(text: str) -> Sequence[str]:
    return sorted({kind.value for _, _, kind in find_spans(text)})


def _open(
    number: int = 1,
    kind: Kind = Kind.PETITION,
    due: date = DUE,
    summary: str = "Đường vào bản Sơn Bình hỏng đã lâu.",
    actor: Actor = COLLABORATOR,
) -> Petition:
    return open_petition(
        petition_code(RECEIVED, number),
        kind,
        Route.RECEPTION,
        RECEIVED,
        Due(due, "Điều 28"),
        summary=summary,
        topic="giao-thong",
        place="3390",
        posts=(f"post{number}", "shared"),
        actor=actor,
        check=_check,
    )


def _do(petition: Petition, *actions: Action, by: Actor = EDITOR, now: datetime = NOW) -> Petition:
    for action in actions:
        petition = apply(petition, action, by, now, _check)
    return petition


def _answered(petition: Petition, at: datetime = NOW) -> Petition:
    return _do(_do(petition, *AWAITING), Approve(), by=APPROVER, now=at)


# --- Codes -----------------------------------------------------------------------------------


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 9999))
def test_every_code_made_is_a_code(day: date, number: int) -> None:
    assert is_petition_code(petition_code(day, number))


def test_a_code_shows_day_and_number() -> None:
    assert petition_code(date(2026, 11, 21), 7) == "PA.20261121.0007"


@pytest.mark.parametrize(
    "text",
    [
        "PA.20260230.0001",
        "PA.20261121.0000",
        "PA.20261121.7",
        "PA.20261121.0007\n",
        "PA.２０261121.0007",
        "",
    ],
)
def test_what_is_no_code_is_refused(text: str) -> None:
    assert not is_petition_code(text)


def test_the_ten_thousandth_code_of_a_day_is_refused() -> None:
    with pytest.raises(Refused, match="hết mã"):
        petition_code(RECEIVED, 10_000)


# --- The way to an answer --------------------------------------------------------------------


def test_the_whole_way_to_a_published_answer() -> None:
    petition = _open()
    seen = [petition.state]
    steps: list[tuple[Actor, Action]] = [
        (EDITOR, Classify(Kind.PETITION, topic="duong-sa")),
        (EDITOR, Forward("Phòng Kinh tế xã")),
        (EDITOR, StartVerifying()),
        (EDITOR, DRAFT),
        (EDITOR, Submit()),
        (APPROVER, Approve()),
        (EDITOR, Publish(LINK)),
        (EDITOR, Close("Người dân đã nhận được trả lời.")),
    ]
    for actor, action in steps:
        petition = _do(petition, action, by=actor)
        seen.append(petition.state)
    assert [STATE_NAMES[state] for state in seen] == [
        "Mới tiếp nhận",
        "Đang phân loại",
        "Đã chuyển đơn vị chủ trì",
        "Đang xác minh",
        "Dự thảo trả lời",
        "Chờ duyệt",
        "Đã trả lời",
        "Đã công khai",
        "Đóng",
    ]
    assert (petition.topic, petition.place) == ("duong-sa", "3390")
    assert petition.answered_on == date(2026, 12, 1)
    assert petition.answers == (
        Answer(1, DRAFT.text, DRAFT.legal_basis, ("an",), "", "", "chi", NOW, LINK, NOW),
    )


def test_the_approver_is_none_of_those_who_wrote_any_version() -> None:
    awaiting = _do(_do(_open(), *FORWARDED, DRAFT), replace(DRAFT, text="Khác."), by=BOTH)
    awaiting = _do(awaiting, Submit(), by=OTHER_EDITOR)
    with pytest.raises(Refused, match="không duyệt"):
        _do(awaiting, Approve(), by=BOTH)
    published = _do(_do(awaiting, Approve(), by=APPROVER), Publish(LINK))
    again = _do(published, replace(DRAFT, why="Ngày đã đổi."), Submit(), by=OTHER_EDITOR)
    with pytest.raises(Refused, match="không duyệt"):
        _do(again, Approve(), by=BOTH)


def test_an_answer_is_sent_back_with_what_is_to_be_changed() -> None:
    back = _do(_do(_open(), *AWAITING), SendBack("Nêu rõ ngày."), by=APPROVER)
    assert (back.state, back.answers[-1].sent_back) == (State.DRAFTING, "Nêu rõ ngày.")
    again = _do(back, replace(DRAFT, text="Trước ngày 15/12/2026."), Submit(), by=OTHER_EDITOR)
    assert len(again.answers) == 1
    assert again.answers[0].drafted_by == ("an", "binh")
    assert again.answers[0].sent_back == ""


def test_a_new_version_needs_a_reason_and_leaves_the_published_one() -> None:
    published = _do(_answered(_open()), Publish(LINK))
    with pytest.raises(Refused, match="lý do sửa"):
        _do(published, DRAFT)
    new = _do(published, DraftAnswer("Lùi đến 20/12.", "Luật", why="Mưa lớn."), Submit())
    new = _do(_do(new, Approve(), by=APPROVER, now=NOW + timedelta(days=9)), Publish(LINK + "b"))
    assert new.answers[0] == published.answers[0]
    assert [answer.number for answer in new.answers] == [1, 2]
    assert new.answered_on == published.answered_on


@pytest.mark.parametrize("missing", [replace(DRAFT, text=" "), replace(DRAFT, legal_basis="")])
def test_an_unfinished_draft_is_kept_but_not_submitted(missing: DraftAnswer) -> None:
    draft = _do(_open(), *FORWARDED, missing)
    with pytest.raises(Refused, match="Còn thiếu"):
        _do(draft, Submit())


@pytest.mark.parametrize(
    "link", ["binhlu.example/7", "javascript:alert(1)", "http://[", "https://a@b/"]
)
def test_only_the_address_of_a_page_is_a_published_link(link: str) -> None:
    with pytest.raises(Refused, match="http"):
        _do(_answered(_open()), Publish(link))


def test_our_own_page_needs_no_link() -> None:
    published = _do(_answered(_open()), Publish())
    assert published.state is State.PUBLISHED
    assert published.current == published.answers[-1]
    assert published.current.published_at == NOW


def test_what_was_closed_is_put_right_only_where_people_had_an_answer() -> None:
    closed = _do(_answered(_open()), Publish(LINK), Close("Xong."))
    anew = _do(closed, replace(DRAFT, text="Sửa xong trước 20/12.", why="Sai ngày."))
    assert anew.state is State.DRAFTING
    assert [answer.number for answer in anew.answers] == [1, 2]
    unanswered = _do(_open(), Close("Trùng."), by=APPROVER)
    assert DraftAnswer not in possible(unanswered, EDITOR)
    with pytest.raises(Refused, match="Đóng"):
        _do(unanswered, DRAFT)


def test_personal_data_is_named_and_refused() -> None:
    number = "Gọi cho tôi theo số 0912 345 678."
    with pytest.raises(Refused, match="phone"):
        _open(summary=number)
    forwarded = _do(_open(), *FORWARDED)
    for action in (replace(DRAFT, text=number), AskForMore(number)):
        with pytest.raises(Refused, match="phone"):
            _do(forwarded, action)


@pytest.mark.parametrize("side", [AskForMore("Đoạn đường nào?"), Suspend("Chờ bản án.")])
def test_work_goes_on_where_it_stood(side: Action) -> None:
    by = Actor("e", frozenset(Role))
    for before in (_open(), _do(_open(), *FORWARDED, StartVerifying())):
        waiting = _do(before, side, by=by)
        assert waiting.why
        assert _do(waiting, Resume(), by=by) == before


# --- Who may ---------------------------------------------------------------------------------


def test_turning_people_away_is_for_the_approver_and_needs_a_reason() -> None:
    for action in (Refuse("Đã giải quyết."), Suspend("Chờ."), Close("Mở nhầm.")):
        with pytest.raises(Refused, match="không có quyền"):
            _do(_open(), action)
        with pytest.raises(Refused, match="Còn thiếu lý do"):
            _do(_open(), type(action)(" "), by=APPROVER)
        assert _do(_open(), action, by=APPROVER).why


def test_a_collaborator_opens_but_does_no_more() -> None:
    petition = _open(actor=COLLABORATOR)
    with pytest.raises(Refused, match="không có quyền"):
        _do(petition, Classify(Kind.PETITION), by=COLLABORATOR)


def test_leaders_and_administrators_do_no_casework() -> None:
    with pytest.raises(Refused, match="không có quyền"):
        _open(actor=LEADER)
    for action in EVERY_ACTION:
        with pytest.raises(Refused, match="không có quyền"):
            _do(_open(), action, by=LEADER)


# --- Complaints and denunciations ------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMAL)
def test_of_a_formal_matter_only_its_number_is_kept(kind: Kind) -> None:
    bare = Petition("PA.20261120.0001", State.CLOSED, kind, Route.RECEPTION, RECEIVED)
    assert _open(kind=kind) == bare
    duplicate, main = merge(_open(2), _do(_open(), *FORWARDED, StartVerifying()), EDITOR)
    assert "Sơn Bình" not in repr(duplicate)
    assert _do(_do(main, DRAFT), Classify(kind)) == bare


def test_what_was_approved_can_not_be_taken_away_by_calling_it_formal() -> None:
    revised = _do(_answered(_open()), replace(DRAFT, why="Sai ngày."))
    with pytest.raises(Refused, match="phải giữ nguyên"):
        _do(revised, Classify(Kind.DENUNCIATION))


# --- Like petitions --------------------------------------------------------------------------


def test_one_answer_for_like_petitions() -> None:
    second, first = merge(_open(2), _open(1), EDITOR)
    assert (second.state, second.merged_into) == (State.MERGED, first.id)
    assert (second.posts, first.posts) == ((), ("post1", "shared", "post2"))
    first, third = merge(first, _open(3), EDITOR)
    assert third.merged == (first.id, second.id)
    done = _answered(third)
    assert counters([first, second, done], DUE) == Counters(3, 3, 3, 0, 0)


def test_what_is_due_first_is_not_merged_into_what_is_due_later() -> None:
    early = _open(1, due=DUE - timedelta(days=1))
    with pytest.raises(Refused, match="theo chiều ngược lại"):
        merge(early, _open(2), EDITOR)
    # There is an answer already: the sooner the better.
    assert merge(early, _answered(_open(2)), EDITOR)[0].state is State.MERGED


def test_only_what_nobody_drafts_for_is_merged_and_into_what_goes_on() -> None:
    drafted, refused = _do(_open(1), *FORWARDED, DRAFT), _do(_open(2), Refuse("x"), by=APPROVER)
    for duplicate, main in ((drafted, _open(3)), (_open(3), refused), (_open(3), _open(3))):
        with pytest.raises(Refused):
            merge(duplicate, main, EDITOR)
    with pytest.raises(Refused, match="không có quyền"):
        merge(_open(1), _open(2), APPROVER)


# --- Deadlines and figures -------------------------------------------------------------------


def test_overdue_from_the_day_after_until_an_answer_is_approved() -> None:
    late = DUE + timedelta(days=1)
    waiting = _do(_open(1, due=DUE - timedelta(days=3)), AskForMore("Ở đâu?"))
    petitions = [_open(2), waiting, _answered(_open(3)), _open(4, kind=Kind.COMPLAINT)]
    assert [petition.id[-4:] for petition in overdue(petitions, DUE)] == ["0001"]
    assert [petition.id[-4:] for petition in overdue(petitions, late)] == ["0001", "0002"]
    revised = _do(_answered(_open(3)), replace(DRAFT, why="Sai."))
    assert overdue([revised], late) == []


def test_the_share_in_time_counts_the_overdue_and_every_merged_one() -> None:
    late_answer = _answered(_open(1), at=datetime(2026, 12, 7, 17, 30, tzinfo=UTC))
    merged, late_answer = merge(_open(2, due=DUE + timedelta(days=1)), late_answer, EDITOR)
    redirected = _do(_open(3), Redirect("Thuộc Sở Xây dựng, đã hướng dẫn."))
    formal = [_open(4 + number, kind=kind) for number, kind in enumerate(FORMAL)]
    petitions = [late_answer, merged, redirected, _open(6), *formal]
    found = counters(petitions, DUE + timedelta(days=2))
    # 17:30 UTC is past midnight in Viet Nam: late for the first, in time for the one merged.
    assert found == Counters(received=4, answered=2, in_time=1, overdue=1, formal=2)
    assert found.share_in_time == pytest.approx(1 / 3)
    assert counters([], DUE).share_in_time is None


def test_figures_of_one_month_need_what_its_petitions_were_merged_into() -> None:
    merged, main = merge(_open(2), _answered(_open(1)), EDITOR)
    assert counters([merged], DUE, others=[main]).answered == 1
    with pytest.raises(KeyError):
        counters([merged], DUE)


# --- Any sequence ----------------------------------------------------------------------------

EVERY_ACTION: list[Action] = [
    Classify(Kind.PETITION, "duong-sa", "3390"),
    Classify(Kind.DENUNCIATION),
    Forward("Phòng Kinh tế xã"),
    Forward(""),
    StartVerifying(),
    AskForMore("Ở đâu?"),
    Suspend("Chờ bản án."),
    Resume(),
    DRAFT,
    DraftAnswer("Bản khác.", "Luật", "Sai ngày."),
    Submit(),
    SendBack("Nêu rõ ngày."),
    Approve(),
    Publish(LINK),
    Redirect("Thuộc tỉnh."),
    Refuse("Đã trả lời."),
    Close("Xong."),
    Withdraw(),
]
STEPS = st.tuples(
    st.sampled_from([EDITOR, OTHER_EDITOR, APPROVER, BOTH, COLLABORATOR, LEADER]),
    st.sampled_from(EVERY_ACTION),
)
# Most sequences from the beginning end before there is an answer.
STARTS = st.sampled_from(
    [
        _open(),
        _do(_open(), *FORWARDED),
        _do(_open(), *AWAITING),
        _answered(_open()),
        _do(_answered(_open()), Publish(LINK)),
        _do(_answered(_open()), replace(DRAFT, why="Sai ngày."), Submit()),
    ]
)
ADAPTER = TypeAdapter(Petition)


def test_every_action_has_a_rule_and_every_state_a_name() -> None:
    assert {type(action) for action in EVERY_ACTION} == set(RULES)
    assert set(STATE_NAMES) == set(State)


def _is_incomplete(action: Action, petition: Petition) -> bool:
    """Whether something is missing that `possible` does not look at: what somebody writes."""
    match action:
        case Forward(agency):
            return not agency
        case Classify(kind):
            return kind is Kind.PETITION and petition.state not in CLASSIFIABLE
        case DraftAnswer():
            return bool(petition.answers) and not action.why
        case _:
            return False


@given(STARTS, st.lists(STEPS, min_size=40, max_size=60))
def test_no_sequence_of_actions_breaks_a_rule(
    petition: Petition, steps: list[tuple[Actor, Action]]
) -> None:
    for number, (actor, action) in enumerate(steps):
        before = petition
        try:
            petition = apply(before, action, actor, NOW + timedelta(hours=number), _check)
        except Refused:
            assert type(action) not in possible(before, actor) or _is_incomplete(action, before)
            continue
        assert type(action) in possible(before, actor)
        anew = isinstance(action, DraftAnswer) and bool(before.answered_on)
        going_on = before.state in OPEN | {State.ANSWERED, State.PUBLISHED}
        assert going_on or (before.state is State.CLOSED and anew), "what has ended stays"
        assert Role.LEADER not in actor.roles
        written = {account for answer in petition.answers for account in answer.drafted_by}
        for answer in petition.answers:
            assert answer.approved_by not in answer.drafted_by
            assert not answer.link or answer.approved_by
        if isinstance(action, Approve):
            assert actor.account not in written
        # What was approved stays word for word; only the link comes to it.
        for old, new in zip(before.answers, petition.answers, strict=False):
            if old.approved_by:
                assert replace(new, link=old.link, published_at=old.published_at) == old
        approved = [answer for answer in before.answers if answer.approved_by]
        assert len(petition.answers) >= len(approved)
        answered = petition.state in {State.ANSWERED, State.PUBLISHED}
        assert not answered or petition.answers[-1].approved_by
        assert (petition.state is State.PUBLISHED) <= bool(
            petition.answers and petition.answers[-1].published_at
        )
        waiting = petition.state in {State.MORE_WANTED, State.SUSPENDED}
        assert waiting == (petition.resumes_as is not None)
        if petition.kind is not Kind.PETITION:
            assert "Sơn Bình" not in repr(petition)
    assert ADAPTER.validate_json(ADAPTER.dump_json(petition)) == petition
