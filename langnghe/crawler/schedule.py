"""How often a source is visited: as often as what it gives is worth. Pure functions.

A post that was published waits to be found. A source is due again when the posts that are to be
expected since the last visit have together waited as long as a visit is worth (`WORTH`). For a
steady source that is the square-root rule, by which a given number of visits costs posts the
least waiting in all: one that gives four times as much is visited twice as often. Nights and
weekends come in through the hours at which the source publishes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import Final

import holidays

from langnghe.core.clock import LOCAL_ZONE
from langnghe.crawler.sighting import Sighting, bin_of_local
from langnghe.store.habits import BINS, Habit

WORTH: Final = 0.5
"""Hours of waiting, summed over the posts, for which a visit is made. A source that gives a post
an hour is then read every hour, one of a post a day every five hours, one of two a month every
19 hours, as far as its limits allow."""

PRIOR_POSTS, PRIOR_HOURS = 1.0, 2.0
"""What a source counts as having given before its first visit: one that is new is read often until
it is known, which a day or two outweigh."""

LEAST_MEMORY, MOST_MEMORY = timedelta(days=14), timedelta(days=90)
"""Half of what was seen is forgotten after this long; in between, after twenty posts. A village
forum of two posts a month is not known any sooner, and a newspaper's rate of last month is old."""

MEMORY_POSTS: Final = 20.0

SHAPE_POSTS: Final = 48.0
"""How many posts the usual day counts for against the hours that a source shows by itself."""

HOLIDAY: Final = 0.25
"""What an hour of a public holiday, Tết above all, counts for: little is written then, and that is
no sign of anything."""

KNOWN_AFTER: Final = timedelta(days=14)
"""A source that was not watched over two weekends has no habit yet that its silence could break."""

SPREAD: Final = 0.1
"""By up to so much of its length an interval differs from source to source, so that those that
were read at once after a restart are spread over the hour within the day."""

SILENCES_A_YEAR: Final = 0.1
"""Chance is not all: a village also has a week in which nothing happens. This leaves room for it
within two needless notices a year."""

LONGER: Final = 1.5
"""A silence is unusual that is this much longer than the longest before."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_YEAR_HOURS: Final = 365.0 * 24.0
_WORKING: Final = (
    *(0.25, 0.15, 0.1, 0.1, 0.15, 0.4, 0.9, 1.4, 1.7, 1.8, 1.7, 1.6),
    *(1.4, 1.2, 1.3, 1.4, 1.5, 1.5, 1.3, 1.3, 1.4, 1.3, 0.9, 0.5),
)
USUAL_SHAPE: Final = (*_WORKING, *(0.7 * share for share in _WORKING))
"""What an hour gives against the mean, where the source has not shown it: little at night, less at
the weekend. Only the proportions count."""


def shape_of(habit: Habit | None) -> tuple[float, ...]:
    """What each hour gives against the mean hour of a week."""
    own = habit.shape if habit is not None else (0.0,) * BINS
    usual = _weighed(USUAL_SHAPE)
    # By the posts of one hour of a week each, so that a weekend's hour counts like any other.
    seen = [posts / (5 if at < 24 else 2) for at, posts in enumerate(own)]
    total = sum(own)
    mixed = [SHAPE_POSTS * share / 168 + posts for share, posts in zip(usual, seen, strict=True)]
    return _weighed(mixed) if total else usual


def _weighed(shares: Sequence[float]) -> tuple[float, ...]:
    """Shares whose mean over the hours of a week is 1."""
    mean = (5 * sum(shares[:24]) + 2 * sum(shares[24:])) / 168
    return tuple(share / mean for share in shares)


def rate_of(habit: Habit | None) -> float:
    """New posts that are to be expected in a mean hour."""
    if habit is None:
        return PRIOR_POSTS / PRIOR_HOURS
    return (habit.posts + PRIOR_POSTS) / (habit.hours + PRIOR_HOURS)


def usual_hours(shape: Sequence[float], since: datetime, until: datetime) -> float:
    """The time between two moments, an hour that usually gives much counting for more."""
    return sum(hours * counted * shape[at] for at, hours, counted in _hours(since, until))


def expected(habit: Habit | None, since: datetime, until: datetime) -> float:
    """How many new posts a source should give between two moments."""
    return rate_of(habit) * usual_hours(shape_of(habit), since, until)


def _hours(since: datetime, until: datetime) -> Iterator[tuple[int, float, float]]:
    """The bins between two moments in order, the hours in each, and what one of them counts."""
    at = since.astimezone(LOCAL_ZONE)
    while at < until:
        end = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, until)
        yield (
            bin_of_local(at),
            (end - at) / _HOUR,
            HOLIDAY if at.date() in _holidays(at.year) else 1.0,
        )
        at = end.astimezone(LOCAL_ZONE)


@cache
def _holidays(year: int) -> frozenset[date]:
    """Public holidays, and the weekends beside them: people leave before and come back late."""
    free = set(holidays.country_holidays("VN", years=year))
    for one in sorted(free):
        for step in (-_DAY, _DAY):
            day = one + step
            while day.weekday() >= 5:
                free.add(day)
                day += step
    return frozenset(free)


def after_visit(habit: Habit | None, seen: Sighting, at: datetime) -> Habit:
    """What is known of a source after a visit that succeeded, which began `at`.

    The first visit finds what has gathered over an unknown time, and one after failures what was
    left of a time that nobody saw: they count for nothing, and only start the count.
    """
    if habit is None or seen.since is None:
        return Habit(at, at)
    hollow = 0 if seen.listed or seen.found else habit.hollow + bool(seen.lists)
    unseen = replace(habit, counted_until=at, failing=0, hollow=hollow)
    if seen.found:
        unseen = replace(unseen, last_new=at, waited=0.0)
    if habit.failing or hollow:
        return unseen
    hours = usual_hours(shape_of(habit), habit.counted_until, at)
    kept = 0.5 ** ((at - habit.counted_until) / _memory(habit))
    waited = habit.waited + rate_of(habit) * hours
    longest = habit.longest * kept
    return replace(
        unseen,
        posts=habit.posts * kept + seen.found,
        hours=habit.hours * kept + hours,
        shape=tuple(was * kept + now for was, now in zip(habit.shape, seen.shape, strict=True)),
        waited=0.0 if seen.found else waited,
        # What was unusual becomes usual by steps: it may have been a fault of the source's.
        longest=max(longest, min(waited, silence_limit(habit))) if seen.found else longest,
    )


def _memory(habit: Habit) -> timedelta:
    return min(max(MEMORY_POSTS / rate_of(habit) * _HOUR, LEAST_MEMORY), MOST_MEMORY)


def silence_limit(habit: Habit) -> float:
    """How many posts may fail to come before the silence is unusual.

    So many that chance alone brings about such a silence `SILENCES_A_YEAR` times a year, given
    that the rate is known from so few posts (gamma-Poisson); and more than it was silent before.
    """
    chance = SILENCES_A_YEAR / max(rate_of(habit) * _YEAR_HOURS, 1.0)
    known = habit.posts + PRIOR_POSTS
    limit = known * (math.pow(min(chance, 1.0), -1.0 / known) - 1.0)
    return max(limit, LONGER * habit.longest)


def next_visit(
    name: str,
    habit: Habit | None,
    last: datetime,
    backoff_until: datetime | None,
    shortest: timedelta,
    longest: timedelta,
) -> datetime:
    """When a source is to be visited again after the visit that began at `last`.

    One that fails is asked as often as the best, as far as its backoff lets us: that it fails is
    then known soon, and little is missed of what it gives.
    """
    regular = last + interval(name, habit, last, shortest, longest)
    if habit is not None and habit.failing:
        regular = min(regular, last + shortest * (1 + SPREAD * _fraction(name)))
    return regular if backoff_until is None else max(regular, backoff_until)


def interval(
    name: str, habit: Habit | None, last: datetime, shortest: timedelta, longest: timedelta
) -> timedelta:
    """How long after the visit `last` a source is to be visited again.

    Between `shortest` and `longest`, each a little moved by the source's name (`SPREAD`).
    """
    share = SPREAD * _fraction(name)
    least = shortest * (1 + share)
    most = max(longest * (1 - share), least)
    rate, shape = rate_of(habit), shape_of(habit)
    waiting = waited = 0.0
    passed = timedelta(0)
    for at, hours, counted in _hours(last, last + most):
        coming = rate * shape[at] * counted
        more = waiting * hours + coming * hours * hours / 2
        if waited + more >= WORTH:
            # waited + waiting t + coming t²/2 = WORTH, for the t within this hour.
            lacking = WORTH - waited
            root = math.sqrt(waiting * waiting + 2 * coming * lacking)
            passed += timedelta(hours=2 * lacking / (waiting + root))
            return min(max(passed, least), most)
        waited += more
        waiting += coming * hours
        passed += timedelta(hours=hours)
    return most


def _fraction(name: str) -> float:
    """A number from 0 up to 1 that a name always has."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big") / 2**32
