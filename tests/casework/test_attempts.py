"""Who failed too often waits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.attempts import (
    ALL,
    FORGET,
    OVERALL,
    PER_ACCOUNT,
    Attempts,
    Limit,
    counted,
    limited,
)
from langnghe.casework.roles import Refused
from langnghe.store.accounts import Accounts
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fail(database: Transactions, name: str, now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), limited(database, name, now):
        raise ZeroDivisionError


def test_the_sixth_try_within_a_quarter_of_an_hour_waits(casebase: Transactions) -> None:
    for number in range(5):
        fail(casebase, "lan", NOW + number * SECOND)
    with pytest.raises(Refused, match="sau 1 phút"), limited(casebase, "lan", NOW + 5 * SECOND):
        pytest.fail("let in")
    with limited(casebase, "minh", NOW + 5 * SECOND):
        pass
    with limited(casebase, "lan", NOW + timedelta(minutes=1, seconds=4)):
        pass


def test_success_takes_back_what_was_counted(casebase: Transactions) -> None:
    for number in range(40):
        now = NOW + number * SECOND
        if number % 4 == 3:
            with limited(casebase, "lan", now):
                pass
        else:
            fail(casebase, "lan", now)
    overall = Accounts(casebase).attempts(ALL)
    assert overall is not None
    assert len(overall["recent"]) == 30


def test_one_password_tried_with_many_names_waits_too(casebase: Transactions) -> None:
    before = Attempts(ALL, (NOW,) * (OVERALL.failures - 2))
    Accounts(casebase).put_attempts(asdict(before))
    fail(casebase, "hoa", NOW)
    fail(casebase, "minh", NOW)
    with pytest.raises(Refused), limited(casebase, "lan", NOW + SECOND):
        pytest.fail("let in")
    assert Accounts(casebase).attempts(ALL)["waits"] == 1  # type: ignore[index]
    with limited(casebase, "lan", NOW + OVERALL.first):
        pass


def test_no_name_that_was_typed_is_kept(casebase: Transactions) -> None:
    typed = "mật khẩu gõ nhầm ô\x00\ud800"
    fail(casebase, typed, NOW)
    with casebase.read() as connection:
        rows = connection.inner.exec_driver_sql("SELECT * FROM login_attempts").all()
    assert sorted(len(row.key) for row in rows) == [1, 4]


@pytest.mark.parametrize("limit", [PER_ACCOUNT, OVERALL])
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=30), st.data())
def test_one_failure_more_than_allowed_comes_after_a_wait(
    limit: Limit, gaps: list[int], data: st.DataObject
) -> None:
    attempts, now = Attempts("x"), NOW
    taken: list[datetime] = []
    for gap in gaps:
        now += timedelta(seconds=gap if gap % 3 else gap % 100)
        for _ in range(data.draw(st.integers(1, 10), label="tries at once")):
            try:
                attempts = counted(attempts, limit, now)
            except Refused:
                assert attempts.wait_until is not None
                assert now < attempts.wait_until <= now + limit.longest
                break
            taken.append(now)
    assert len(attempts.recent) < limit.failures
    for first, one_too_many in zip(taken, taken[limit.failures :], strict=False):
        assert one_too_many - first >= limit.first


def test_each_wait_is_longer_up_to_the_longest_and_a_day_without_forgets() -> None:
    attempts, now = Attempts("x"), NOW
    waits = []
    for _ in range(200):
        for _ in range(PER_ACCOUNT.failures):
            attempts = counted(attempts, PER_ACCOUNT, now)
        assert attempts.wait_until is not None
        waits.append(attempts.wait_until - now)
        now = attempts.wait_until
    assert waits[0] == PER_ACCOUNT.first
    assert all(after == min(2 * before, PER_ACCOUNT.longest) for before, after in pairwise(waits))
    now += FORGET
    for _ in range(PER_ACCOUNT.failures):
        attempts = counted(attempts, PER_ACCOUNT, now)
    assert attempts.wait_until == now + PER_ACCOUNT.first
