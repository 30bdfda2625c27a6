"""What the page "Chất lượng" may say of a month's reviews: nothing that rests on a few posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.casework.agreement import FEWEST_PAIRS, agreement
from langnghe.casework.review import (
    Confirm,
    Dismiss,
    Dismissal,
    FollowUp,
    ReviewItem,
    SecondOpinion,
    Undo,
    apply,
    open_item,
)
from langnghe.casework.reviewfigures import Month, Outcome, Reasons, months
from langnghe.casework.roles import Actor, Role
from langnghe.core.models import Reason
from langnghe.store.posts.interface import SMALLEST_FIGURE

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
NOVEMBER = date(2026, 11, 1)
LAN = Actor("lan", frozenset({Role.COLLABORATOR}))
MINH = Actor("minh", frozenset({Role.COLLABORATOR}))
ATTACH = Confirm(FollowUp.ATTACH_CLAIM, "c1")
NOTED = Confirm(FollowUp.ACKNOWLEDGE, note="đã báo")
REPEATS, SCAM, URGENT = Reason.REPEATS_CHECKED_CLAIM, Reason.SCAM_WARNING, Reason.URGENT
NUMBERS = count()

Opinion = Dismissal | None


def decided(
    reason: Reason, first: Opinion, second: Opinion | bool = False, at: datetime = NOW
) -> ReviewItem:
    """An item with its decision, and a second opinion unless `second` is False. None: it holds."""
    item = next(
        item
        for item in (open_item(reason, f"p{number}", ("p",), at) for number in NUMBERS)
        if item.second_wanted
    )
    holds = NOTED if reason is URGENT else ATTACH
    item = apply(item, Dismiss(first, "vì thế") if first else holds, LAN, at)
    if isinstance(second, bool):
        return item
    return apply(item, SecondOpinion(second, "vì thế"), MINH, at)


def month(items: Iterable[ReviewItem]) -> Month:
    (found,) = months(items).values()
    return found


def test_each_reason_says_how_often_it_held_and_why_not() -> None:
    items = [decided(REPEATS, None) for _ in range(6)]
    items += [decided(REPEATS, Dismissal.OPINION) for _ in range(3)]
    items += [decided(REPEATS, Dismissal.SATIRE) for _ in range(2)]
    items += [decided(URGENT, None) for _ in range(4)]
    found = month(items)
    assert found.total == 15
    assert found.decided == {REPEATS: 11, URGENT: 4}
    # Four urgent ones are a figure; how many of them held is none.
    assert found.outcomes == {(REPEATS,): Outcome(6, 5)}
    assert found.dismissals == {(REPEATS,): {Dismissal.OPINION: 3, Dismissal.SATIRE: 2}}
    assert found.agreements == {}


def test_rare_reasons_are_counted_together_so_that_none_can_be_worked_out() -> None:
    items = [decided(REPEATS, None) for _ in range(5)]
    items += [decided(SCAM, Dismissal.TRUE) for _ in range(3)]
    items += [decided(URGENT, Dismissal.TRUE) for _ in range(2)]
    found = month(items)
    assert found.outcomes == {(REPEATS,): Outcome(5, 0), (SCAM, URGENT): Outcome(0, 5)}
    assert found.dismissals == {(SCAM, URGENT): {Dismissal.TRUE: 5}}
    # With one less nothing is said of them but how many there are.
    fewer = month(items[:-1])
    assert fewer.outcomes == {(REPEATS,): Outcome(5, 0)}
    assert fewer.dismissals == {}
    assert fewer.decided == {REPEATS: 5, SCAM: 3, URGENT: 1}


def test_too_few_in_a_month_are_not_broken_down_at_all() -> None:
    found = month([decided(REPEATS, None), decided(SCAM, None)])
    assert found == Month({}, 2, {}, {}, {})


def test_a_month_is_one_of_viet_nam_and_the_latest_comes_first() -> None:
    midnight = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    items = [decided(SCAM, None, at=midnight - timedelta(seconds=1))]
    items += [decided(SCAM, None, at=midnight) for _ in range(2)]
    assert [(day, found.total) for day, found in months(items).items()] == [
        (NOVEMBER, 2),
        (date(2026, 10, 1), 1),
    ]


def test_what_was_undone_counts_for_nothing() -> None:
    undone = apply(decided(REPEATS, None, None), Undo(untouched=True), LAN, NOW)
    assert months([open_item(SCAM, "p", ("p",), NOW), undone]) == {}


def test_two_who_dismiss_for_different_reasons_agree() -> None:
    items = [decided(SCAM, Dismissal.OTHER, Dismissal.OPINION) for _ in range(FEWEST_PAIRS)]
    items.append(decided(SCAM, None))
    found = month(items).agreements[(SCAM,)]
    assert (found.pairs, found.same, found.kappa) == (FEWEST_PAIRS, FEWEST_PAIRS, 1.0)


OPINIONS = st.none() | st.sampled_from(Dismissal)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from([REPEATS, SCAM, URGENT]), OPINIONS, OPINIONS | st.just(False)),
        min_size=1,
        max_size=40,
    )
)
def test_nothing_is_broken_down_below_the_smallest_figure(
    table: list[tuple[Reason, Opinion, Opinion | bool]],
) -> None:
    found = month([decided(*row) for row in table])
    assert found.total == len(table)
    first = Counter(reason for reason, _, _ in table)
    refused = Counter(reason for reason, opinion, _ in table if opinion)
    seconded = Counter(reason for reason, _, second in table if second is not False)

    def held(counts: Mapping[Reason, int], groups: Mapping[Reasons, int]) -> None:
        for reasons, total in groups.items():
            assert total == sum(counts[reason] for reason in reasons) >= SMALLEST_FIGURE
            # By itself unless it is rare; then with others as rare.
            assert len(reasons) == 1 or max(counts[reason] for reason in reasons) < SMALLEST_FIGURE
        shown = [reason for reasons in groups for reason in reasons]
        assert len(shown) == len(set(shown))
        left = sum(counts[reason] for reason in counts if reason not in shown)
        assert left < SMALLEST_FIGURE

    held(first, {reasons: one.decided for reasons, one in found.outcomes.items()})
    held(refused, {reasons: sum(whys.values()) for reasons, whys in found.dismissals.items()})
    held(seconded, {reasons: one.pairs for reasons, one in found.agreements.items()})


# --- Cohen's kappa ---------------------------------------------------------------------------


def test_kappa_is_that_of_a_worked_example() -> None:
    # 20 both yes, 5 yes-no, 10 no-yes, 15 both no: 0.7 observed, 0.5 by chance, kappa 0.4.
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    figure = agreement(table)
    assert (figure.pairs, figure.same) == (50, 35)
    assert figure.kappa == pytest.approx(0.4)


def test_two_who_always_say_the_same_one_thing_agree_fully() -> None:
    assert agreement([(True, True)] * FEWEST_PAIRS).kappa == 1.0


def test_too_few_pairs_give_counts_but_no_kappa() -> None:
    figure = agreement([(True, False)] * (FEWEST_PAIRS - 1))
    assert (figure.pairs, figure.same, figure.kappa) == (FEWEST_PAIRS - 1, 0, None)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=FEWEST_PAIRS, max_size=30))
def test_kappa_is_symmetrical_and_1_only_for_full_agreement(
    table: list[tuple[bool, bool]],
) -> None:
    figure, swapped = agreement(table), agreement([(b, a) for a, b in table])
    assert figure.kappa is not None
    assert figure.kappa == pytest.approx(swapped.kappa)
    assert -1 <= figure.kappa <= 1
    assert (figure.kappa == 1) == all(a == b for a, b in table)
