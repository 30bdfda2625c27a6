from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.crawler.backoff import (
    LONGEST_WAIT,
    asked_wait,
    next_wait,
    used_up,
)
from langnghe.store.crawlstate import LONGEST_WISH

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90),
        ({"retry-after": format_datetime(NOW - timedelta(days=1), usegmt=True)}, 0),
        ({"x-ratelimit-reset": str(int(NOW.timestamp()) + 30)}, 30),
        ({"x-ratelimit-reset": str((int(NOW.timestamp()) + 30) * 1000)}, 30),
        ({"x-ratelimit-reset": "45"}, 45),
        ({"x-ratelimit-reset": "2026-11-21T01:05:00.000Z"}, 300),
        ({"ratelimit-reset": "7"}, 7),
        ({"retry-after": "5", "x-ratelimit-reset": "60"}, 60),
    ],
)
def test_what_a_server_asks_for(headers: dict[str, str], seconds: int) -> None:
    assert asked_wait(headers, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [{}, {"retry-after": ""}, {"retry-after": "soon"}, {"retry-after": "-5"}, {"retry-after": "٣"}]
    + [{"x-ratelimit-reset": value} for value in ("nan", "inf", "-1", "x", "")],
)
def test_what_says_nothing_is_not_taken_for_a_wish(headers: dict[str, str]) -> None:
    assert asked_wait(headers, NOW) is None


def test_a_moment_is_measured_by_the_servers_own_clock() -> None:
    server_now = NOW + timedelta(hours=3)
    headers = {
        "date": format_datetime(server_now, usegmt=True),
        "retry-after": format_datetime(server_now + timedelta(seconds=20), usegmt=True),
    }
    assert asked_wait(headers, NOW) == timedelta(seconds=20)


@given(
    st.dictionaries(
        st.sampled_from(["retry-after", "x-ratelimit-reset", "ratelimit-reset", "date"]),
        st.text() | st.floats().map(str) | st.integers().map(str),
    )
)
def test_no_header_whatever_breaks_it(headers: dict[str, str]) -> None:
    wait = asked_wait(headers, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WISH


def test_the_wait_doubles_up_to_a_bound() -> None:
    waits = [next_wait(failures) for failures in range(1, 40)]
    assert waits[1] == waits[0] * 2
    assert waits[2] == waits[0] * 4
    assert max(waits) == LONGEST_WAIT


def test_a_budget_is_used_up_only_when_the_server_says_so() -> None:
    assert used_up({"x-ratelimit-remaining": "0"})
    assert used_up({"ratelimit-remaining": " 0"})
    assert not used_up({"x-ratelimit-remaining": "1"})
    assert not used_up({})
