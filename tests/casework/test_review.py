"""Review items: who may do what with one, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from langnghe.casework.review import (
    FOLLOW_UPS,
    LOCK,
    NOTE_CHARACTERS,
    UNDO,
    Action,
    Assign,
    Confirm,
    Decision,
    Dismiss,
    Dismissal,
    Flag,
    FollowUp,
    HandOver,
    ItemState,
    Release,
    ReviewItem,
    SecondOpinion,
    Take,
    Undo,
    Withdraw,
    apply,
    item_id,
    open_item,
)
from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, Role
from langnghe.core.models import Reason

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LAN = Actor("lan", frozenset({Role.COLLABORATOR}))
MINH = Actor("minh", frozenset({Role.COLLABORATOR}))
HOA = Actor("hoa", frozenset({Role.EDITOR}))
DUNG = Actor("dung", frozenset({Role.APPROVER}))
LEADER = Actor("vinh", frozenset({Role.LEADER}))
PEOPLE = (LAN, MINH, HOA, DUNG, LEADER, SYSTEM)

OPINION = Dismiss(Dismissal.OPINION)
ATTACH = Confirm(FollowUp.ATTACH_CLAIM, "c1")
AS_JSON = TypeAdapter(ReviewItem)


def new(reason: Reason = Reason.REPEATS_CHECKED_CLAIM, subject: str = "p1") -> ReviewItem:
    return open_item(reason, subject, ("p1",), NOW)


def wanting_second() -> ReviewItem:
    items = (new(subject=f"p{number}") for number in count())
    return next(item for item in items if item.second_wanted)


def refused(item: ReviewItem, action: Action, actor: Actor, now: datetime = NOW) -> str:
    with pytest.raises(Refused) as refusal:
        apply(item, action, actor, now)
    return str(refusal.value)


def test_an_item_has_one_id_by_reason_and_subject() -> None:
    ids = {item_id(reason, subject) for reason in Reason for subject in ("p1", "p2")}
    assert len(ids) == 2 * len(Reason)
    assert new().id == item_id(Reason.REPEATS_CHECKED_CLAIM, "p1")


def test_only_danger_makes_an_item_urgent() -> None:
    assert [reason for reason in Reason if new(reason).urgent] == [Reason.URGENT]


def test_a_lock_keeps_others_off_until_it_runs_out() -> None:
    taken = apply(new(), Take(), LAN, NOW)
    last = NOW + LOCK - SECOND
    assert "lan đang xử lý" in refused(taken, Take(), MINH, last)
    for action in (ATTACH, OPINION, Release()):
        refused(taken, action, MINH, last)
    refused(taken, Assign(MINH), HOA, last)
    assert apply(taken, Take(), MINH, NOW + LOCK).holder(NOW + LOCK) == "minh"


def test_who_holds_it_renews_the_lock() -> None:
    later = NOW + LOCK - SECOND
    renewed = apply(apply(new(), Take(), LAN, NOW), Take(), LAN, later)
    assert renewed.holder(later + LOCK - SECOND) == "lan"
    assert renewed.holder(later + LOCK) is None


def test_a_release_frees_it_at_once() -> None:
    freed = apply(apply(new(), Take(), LAN, NOW), Release(), LAN, NOW)
    assert apply(freed, Take(), MINH, NOW).holder(NOW) == "minh"


def test_a_decision_needs_no_lock_and_ends_it() -> None:
    assert apply(new(), OPINION, LAN, NOW).state is ItemState.DISMISSED
    decided = apply(apply(new(), Take(), LAN, NOW), ATTACH, LAN, NOW)
    assert decided.state is ItemState.CONFIRMED
    assert decided.holder(NOW) is None
    assert decided.decision == Decision("lan", NOW, None, "", FollowUp.ATTACH_CLAIM, "c1")


def test_an_assigned_item_is_for_that_person() -> None:
    assigned = apply(new(), Assign(MINH), HOA, NOW)
    assert "giao cho minh" in refused(assigned, Take(), LAN)
    refused(assigned, OPINION, LAN)
    assert apply(assigned, OPINION, MINH, NOW).state is ItemState.DISMISSED


def test_only_those_who_may_assign_do_and_only_to_reviewers() -> None:
    refused(new(), Assign(MINH), LAN)
    assert "dung không có quyền xét duyệt" in refused(new(), Assign(DUNG), HOA)
    assert apply(new(), Assign(MINH), DUNG, NOW).assigned_to == "minh"


def test_the_holder_hands_over_what_others_may_not_take_away() -> None:
    taken = apply(new(), Take(), LAN, NOW)
    refused(taken, HandOver(MINH), MINH)
    handed = apply(taken, HandOver(MINH), LAN, NOW)
    assert apply(handed, Take(), MINH, NOW).holder(NOW) == "minh"
    assert apply(taken, HandOver(MINH), HOA, NOW).assigned_to == "minh"
    refused(apply(taken, Release(), LAN, NOW), HandOver(MINH), LAN)


def test_who_may_no_longer_review_hands_nothing_over() -> None:
    taken = apply(new(), Take(), LAN, NOW)
    refused(taken, HandOver(MINH), replace(LAN, roles=frozenset()))


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("follow_up", FollowUp)
def test_only_what_fits_the_reason_follows(reason: Reason, follow_up: FollowUp) -> None:
    target = "" if follow_up is FollowUp.ACKNOWLEDGE else "x1"
    confirm = Confirm(follow_up, target, "Đã gọi trưởng bản.")
    if follow_up in FOLLOW_UPS[reason]:
        assert apply(new(reason), confirm, LAN, NOW).state is ItemState.CONFIRMED
    else:
        assert "không hợp" in refused(new(reason), confirm, LAN)


def test_a_question_never_counts_as_repeating_a_claim() -> None:
    refused(new(Reason.NEEDS_ANSWER), ATTACH, LAN)
    refused(new(Reason.NEEDS_ANSWER), Confirm(FollowUp.OPEN_CLAIM, "c1"), LAN)


@pytest.mark.parametrize(
    "action", [Take(), Release(), Assign(MINH), HandOver(MINH), OPINION, ATTACH]
)
def test_what_is_decided_can_only_be_undone(action: Action) -> None:
    assigned = apply(new(), Assign(HOA), HOA, NOW)
    decided = apply(assigned, ATTACH, HOA, NOW)
    assert "đã có người quyết định" in refused(decided, action, HOA)


def test_a_follow_up_names_what_it_opened_unless_it_opened_nothing() -> None:
    refused(new(), Confirm(FollowUp.ATTACH_CLAIM), LAN)
    refused(new(Reason.URGENT), Confirm(FollowUp.ACKNOWLEDGE, "c1", "Đã báo."), LAN)


def test_where_the_choice_says_too_little_a_note_is_wanted() -> None:
    assert "ghi chú" in refused(new(), Dismiss(Dismissal.OTHER, " \n"), LAN)
    assert "ghi chú" in refused(new(Reason.URGENT), Confirm(FollowUp.ACKNOWLEDGE), LAN)
    dismissed = apply(new(), Dismiss(Dismissal.OTHER, " Trang đã gỡ.\n"), LAN, NOW)
    assert dismissed.decision is not None
    assert dismissed.decision.note == "Trang đã gỡ."


def test_a_note_is_bounded() -> None:
    refused(new(), Dismiss(Dismissal.OPINION, "ă" * (NOTE_CHARACTERS + 1)), LAN)
    apply(new(), Dismiss(Dismissal.OPINION, "ă" * NOTE_CHARACTERS), LAN, NOW)


def test_an_undone_decision_opens_the_item_and_stays_on_record() -> None:
    decided = apply(new(), OPINION, LAN, NOW)
    later = NOW + UNDO
    again = apply(decided, Undo(untouched=True), LAN, later)
    assert again.state is ItemState.OPEN
    assert again.decision is None
    assert [decision.undone_at for decision in again.decisions] == [later]
    confirmed = apply(again, ATTACH, MINH, later)
    assert [decision.by for decision in confirmed.decisions] == ["lan", "minh"]
    refused(confirmed, Undo(untouched=True), LAN, later)


def test_a_decision_is_undone_by_its_author_in_time_while_nobody_built_on_it() -> None:
    decided = apply(new(), ATTACH, LAN, NOW)
    assert "lan" in refused(decided, Undo(untouched=True), HOA)
    assert "một ngày" in refused(decided, Undo(untouched=True), LAN, NOW + UNDO + SECOND)
    assert "Đã có người làm tiếp" in refused(decided, Undo(untouched=False), LAN)
    refused(new(), Undo(untouched=True), LAN)


def test_a_second_opinion_changes_nothing_but_itself() -> None:
    decided = apply(wanting_second(), ATTACH, LAN, NOW)
    seconded = apply(decided, SecondOpinion(Dismissal.SATIRE), MINH, NOW)
    assert seconded == replace(decided, second=Decision("minh", NOW, Dismissal.SATIRE))
    refused(seconded, SecondOpinion(None), HOA)


def test_a_second_opinion_is_asked_for_after_the_first_and_of_another() -> None:
    item = wanting_second()
    refused(item, SecondOpinion(None), MINH)
    decided = apply(item, ATTACH, LAN, NOW)
    refused(decided, SecondOpinion(None), LAN)
    refused(replace(decided, second_wanted=False), SecondOpinion(None), MINH)
    assert "ghi chú" in refused(decided, SecondOpinion(Dismissal.OTHER), MINH)


def test_the_second_reviewer_never_becomes_the_first_one_too() -> None:
    decided = apply(wanting_second(), ATTACH, LAN, NOW)
    seconded = apply(decided, SecondOpinion(None), MINH, NOW)
    undone = apply(seconded, Undo(untouched=True), LAN, NOW)
    for action in (Take(), ATTACH, OPINION):
        refused(undone, action, MINH)
    refused(undone, Assign(MINH), HOA)


def test_whoever_undid_a_decision_is_no_second_reviewer() -> None:
    undone = apply(apply(wanting_second(), ATTACH, LAN, NOW), Undo(untouched=True), LAN, NOW)
    decided = apply(undone, ATTACH, MINH, NOW)
    refused(decided, SecondOpinion(None), LAN)
    assert apply(decided, SecondOpinion(None), HOA, NOW).second is not None


def test_one_item_in_ten_goes_to_a_second_reviewer_and_always_the_same_ones() -> None:
    chosen = {n for n in range(10_000) if new(subject=f"p{n}").second_wanted}
    # Four standard deviations of a binomial distribution on either side.
    assert 880 <= len(chosen) <= 1120
    assert chosen == {n for n in range(10_000) if new(subject=f"p{n}").second_wanted}


def test_a_withdrawn_item_opens_again_when_its_reason_returns() -> None:
    withdrawn = apply(apply(new(), Take(), LAN, NOW), Withdraw(), SYSTEM, NOW)
    assert withdrawn.state is ItemState.WITHDRAWN
    assert "được rút" in refused(withdrawn, Take(), LAN)
    again = apply(withdrawn, Flag(("p1", "p2")), SYSTEM, NOW)
    assert again == replace(new(), posts=("p1", "p2"))


def test_labels_never_overturn_a_decision() -> None:
    for decision in (ATTACH, OPINION):
        decided = apply(new(), decision, LAN, NOW)
        refused(decided, Withdraw(), SYSTEM)
        refused(decided, Flag(("p9",)), SYSTEM)


@pytest.mark.parametrize("person", [person for person in PEOPLE if person is not SYSTEM])
def test_no_person_withdraws_or_flags(person: Actor) -> None:
    refused(new(), Withdraw(), person)
    refused(new(), Flag(("p2",)), person)


notes = st.sampled_from(["", "Đã báo trưởng bản."])
people = st.sampled_from((LAN, MINH, HOA) * 2 + PEOPLE)
actions: st.SearchStrategy[Action] = st.one_of(
    st.just(Take()),
    st.just(Release()),
    st.builds(Assign, people),
    st.builds(HandOver, people),
    st.builds(Confirm, st.sampled_from(FollowUp), st.sampled_from(["", "c1"]), notes),
    st.builds(Dismiss, st.sampled_from(Dismissal), notes),
    st.builds(Undo, st.booleans()),
    st.just(Undo(untouched=True)),
    st.builds(SecondOpinion, st.none() | st.sampled_from(Dismissal), notes),
    st.just(Flag(("p1", "p2"))),
    st.just(Withdraw()),
)
# Long sequences: in short ones hardly anything happens after a decision.
steps = st.tuples(actions, people, st.integers(0, 40).map(lambda n: timedelta(minutes=n)))


@settings(max_examples=100)
@given(st.sampled_from(Reason), st.lists(steps, min_size=30, max_size=60))
def test_no_sequence_of_actions_breaks_a_rule(
    reason: Reason, sequence: list[tuple[Action, Actor, timedelta]]
) -> None:
    item, now = replace(new(reason), second_wanted=True), NOW
    for action, actor, pause in sequence:
        now += pause
        before = item
        try:
            item = apply(item, action, actor, now)
        except Refused:
            continue
        check_step(before, action, actor, item, now)
        check_state(item)


def check_step(
    before: ReviewItem, action: Action, actor: Actor, after: ReviewItem, now: datetime
) -> None:
    if actor is SYSTEM:
        assert before.decision is None
    else:
        assert actor.may(Permission.REVIEW) or actor.may(Permission.ASSIGN)
        if not isinstance(action, HandOver):
            assert before.holder(now) in (None, actor.account)
    if before.decision is not None and not isinstance(action, Undo):
        assert replace(after, second=before.second) == before
    kept = [replace(decision, undone_at=None) for decision in before.decisions]
    assert [replace(decision, undone_at=None) for decision in after.decisions[: len(kept)]] == kept


def check_state(item: ReviewItem) -> None:
    standing = [decision for decision in item.decisions if decision.undone_at is None]
    assert standing == ([item.decision] if item.decision else [])
    if item.decision:
        assert (item.state is ItemState.CONFIRMED) == (item.decision.dismissal is None)
        assert item.locked_by is None
        assert item.decision.follow_up in FOLLOW_UPS[item.reason] | {None}
        assert item.second is None or item.second.by != item.decision.by
    assert AS_JSON.validate_json(AS_JSON.dump_json(item)) == item
