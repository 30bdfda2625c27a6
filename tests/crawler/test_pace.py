from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from langnghe.crawler.pace import Pace, ServerRestingError, server_of


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://Bao.example/a", "bao.example"),
        ("https://bao.example:443/a", "bao.example"),
        ("http://bao.example:8080/a", "bao.example:8080"),
        ("http://[::1]:8080/a", "::1:8080"),
    ],
)
def test_what_shares_a_pace(url: str, server: str) -> None:
    assert server_of(url) == server


def test_one_request_at_a_time_with_a_pause_between() -> None:
    async def ask(pace: Pace, times: list[tuple[float, float]]) -> None:
        async with pace.turn("a", 0.05):
            began = time.monotonic()
            await asyncio.sleep(0.02)
            times.append((began, time.monotonic()))

    async def all_at_once() -> list[tuple[float, float]]:
        pace = Pace()
        times: list[tuple[float, float]] = []
        await asyncio.gather(*(ask(pace, times) for _ in range(4)))
        return times

    times = asyncio.run(all_at_once())
    for (_, ended), (began, _) in pairwise(times):
        assert began - ended >= 0.05


def test_a_failed_request_gives_its_turn_back() -> None:
    async def twice() -> None:
        pace = Pace()
        with pytest.raises(OSError, match="broken"):
            async with pace.turn("a", 0):
                raise OSError("broken")
        async with pace.turn("a", 0):
            pass

    asyncio.run(twice())


def test_the_longest_wish_counts() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.rest("a", timedelta(seconds=30))
    pace.rest("a", timedelta(seconds=5))
    assert pace.wait("a") == timedelta(seconds=30)
    assert pace.wait("b") == timedelta(0)
    clock.at += 31
    assert pace.wait("a") == timedelta(0)


def test_a_wait_that_is_too_long_is_left_to_a_later_crawl() -> None:
    async def ask() -> None:
        pace = Pace(longest_wait=timedelta(seconds=10))
        pace.rest("a", timedelta(seconds=11))
        assert pace.rests_long("a")
        with pytest.raises(ServerRestingError) as raised:
            async with pace.turn("a", 0):
                pytest.fail("it was asked")
        assert raised.value.wait > timedelta(seconds=10)

    asyncio.run(ask())


def test_what_waits_is_let_go_when_the_crawl_ends() -> None:
    async def ask() -> float:
        pace = Pace()
        pace.rest("a", timedelta(seconds=30))

        async def wait() -> None:
            async with pace.turn("a", 0):
                pytest.fail("it was asked")

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        began = time.monotonic()
        pace.stop()
        with pytest.raises(ServerRestingError):
            await waiting
        return time.monotonic() - began

    assert asyncio.run(ask()) < 5


def test_a_delay_learnt_from_an_answer_counts_from_that_answer() -> None:
    async def ask() -> timedelta:
        clock = Clock()
        pace = Pace(clock)
        async with pace.turn("a", 0):
            pass
        pace.slow_down("a", 3)
        return pace.wait("a")

    assert asyncio.run(ask()) == timedelta(seconds=3)
