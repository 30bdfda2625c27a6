"""A year of the collector, simulated: how often it visits, how soon it finds, what it notices.

The schedule and the notices are the service's own (`crawler.schedule`, `crawler.watching`); the
sites, the visits to them and the clock are made up. Sources give from 40 posts a day to two a
month, by hour, weekday and holiday, in bursts; servers fail now and then for a moment, and each
source has a few disturbances that last: it fails, refuses, is gone, moves, changes its layout, its
certificate runs out, or it is simply not kept up any more.

    python -m benchmarks.collector_year [--sources 200] [--days 365] [--seed 2026]
"""

from __future__ import annotations

import argparse
import bisect
import math
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

from langnghe.core.clock import LOCAL_ZONE, local_day
from langnghe.crawler.schedule import after_visit, interval, next_visit
from langnghe.crawler.sighting import Sighting, bin_of
from langnghe.crawler.watching import (
    CAUSES,
    VISITS,
    after_failure,
    cause_of_failure,
    cause_of_silence,
)
from langnghe.store.crawlstate import Failure, retry_delay
from langnghe.store.habits import Habit
from langnghe.store.sourcenotices import Cause

BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
SHORTEST, LONGEST = timedelta(minutes=60), timedelta(minutes=720)
"""As configs/settings.yaml has them."""

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

MOST_A_DAY, LEAST_A_DAY = 40.0, 2 / 30
LISTED: Final = 20
"""A feed names so many posts; what is older than these is not found any more."""

BLIP: Final = 0.005
"""Share of visits that fail for the moment although nothing is wrong: a timeout, a 502."""

HOLIDAYS: Final = (
    (date(2026, 2, 14), date(2026, 2, 22), 0.15),  # Tết Bính Ngọ
    (date(2026, 4, 26), date(2026, 4, 26), 0.4),
    (date(2026, 4, 30), date(2026, 5, 3), 0.4),
    (date(2026, 8, 29), date(2026, 9, 2), 0.4),
)
"""From, to, and what is left of the usual number of posts."""


class Fault(StrEnum):
    """What happens to a source."""

    DOWN = "down"
    """The server fails or does not answer."""
    BLOCKED = "blocked"
    GONE = "gone"
    """404, or the host is no more."""
    MOVED = "moved"
    """The address leads to another site, or to a page that is no list."""
    LAYOUT = "layout"
    """The list answers, and nothing on it is known."""
    CERTIFICATE = "certificate"
    STALE = "stale"
    """All answers as ever, but nothing is added: the institution writes elsewhere now."""


PROBLEM: Final = {
    Fault.DOWN: ("timeout", Failure.PASSING),
    Fault.BLOCKED: ("forbidden", Failure.HARD),
    Fault.GONE: ("gone", Failure.HARD),
    Fault.MOVED: ("refused_foreign_host", Failure.HARD),
    Fault.CERTIFICATE: ("certificate", Failure.HARD),
}
EXPECTED: Final = {fault: CAUSES[problem] for fault, (problem, _) in PROBLEM.items()} | {
    Fault.LAYOUT: Cause.LAYOUT_CHANGED,
    Fault.STALE: Cause.QUIET,
}

A_YEAR: Final = {
    Fault.DOWN: 1.5,
    Fault.BLOCKED: 0.3,
    Fault.GONE: 0.2,
    Fault.MOVED: 0.3,
    Fault.LAYOUT: 0.4,
    Fault.CERTIFICATE: 0.4,
    Fault.STALE: 0.2,
}
"""How often each befalls a source."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """Something that befalls a source, until somebody mends it."""

    fault: Fault
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """A made-up source."""

    name: str
    a_day: float
    posts: tuple[datetime, ...]
    """When each was published."""
    disturbances: tuple[Disturbance, ...]

    def fault_at(self, at: datetime) -> Disturbance | None:
        """What ails it at a moment."""
        return next((one for one in self.disturbances if one.since <= at < one.until), None)


@dataclass(slots=True)
class Followed:
    """What became of one source."""

    site: Site
    visits: int = 0
    delays: list[float] = field(default_factory=list)
    """Hours from publication to storing, of posts published while nothing was wrong."""
    noticed: dict[Disturbance, tuple[int, timedelta, Cause]] = field(default_factory=dict)
    """Visits since it began, time, and the cause that was told."""
    tries: dict[Disturbance, int] = field(default_factory=dict)
    two_visits: dict[Disturbance, timedelta] = field(default_factory=dict)
    """How long two visits were to take when it began."""
    missing: list[float] = field(default_factory=list)
    """Posts that failed to come before the silence of a source that went stale was noticed."""
    false: int = 0


def sites(number: int, days: int, seed: int) -> Iterator[Site]:
    """Made-up sources, from the busiest to the quietest."""
    chance = random.Random(seed)
    for at in range(number):
        share = at / max(number - 1, 1)
        a_day = math.exp((1 - share) * math.log(MOST_A_DAY) + share * math.log(LEAST_A_DAY))
        yield Site(
            f"nguon-{at:03d}",
            a_day,
            tuple(sorted(_posts(a_day, days, chance))),
            tuple(_disturbances(days, chance)),
        )


def _posts(a_day: float, days: int, chance: random.Random) -> Iterator[datetime]:
    """Publications: by hour and weekday as this site has it, with bursts when something happens."""
    begin, end = chance.uniform(4, 9), chance.uniform(17, 24)
    night, weekend = chance.uniform(0.0, 0.2), chance.choice([0.0, 0.3, 0.6, 1.0, 1.3])
    hours = [1.0 if begin <= hour < end else night for hour in range(24)]
    mean = sum(hours) * (5 + 2 * weekend) / 7
    drift = 1.0
    for day in range(days):
        if day % 30 == 0:
            drift = min(max(drift * chance.lognormvariate(0, 0.15), 0.6), 1.7)
        at = BEGIN + day * DAY
        level = a_day * drift / mean * _holiday(local_day(at))
        if chance.random() < 0.03:
            level *= chance.uniform(2, 4)
        for hour in range(24):
            moment = at + hour * HOUR
            local = moment.astimezone(LOCAL_ZONE)
            usual = level * hours[local.hour] * (weekend if local.weekday() >= 5 else 1.0)
            for _ in range(_poisson(usual, chance)):
                yield moment + chance.random() * HOUR


def _holiday(day: date) -> float:
    return next((share for since, until, share in HOLIDAYS if since <= day <= until), 1.0)


def _poisson(mean: float, chance: random.Random) -> int:
    limit, product, n = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        n += 1
    return n


def _disturbances(days: int, chance: random.Random) -> Iterator[Disturbance]:
    """What befalls a source in this time: after the first weeks, one at a time, hours to weeks."""
    at = BEGIN + 30 * DAY
    kinds, weights = zip(*A_YEAR.items(), strict=True)
    while True:
        at += timedelta(days=chance.expovariate(sum(weights) / 365))
        if at > BEGIN + (days - 30) * DAY:
            return
        fault = chance.choices(kinds, weights)[0]
        if fault is Fault.DOWN:
            lasts = timedelta(hours=min(chance.lognormvariate(math.log(8), 1.3), 24 * 14))
        elif fault is Fault.STALE:
            lasts = chance.uniform(30, 120) * DAY
        else:
            lasts = timedelta(hours=min(chance.lognormvariate(math.log(72), 1.0), 24 * 28))
        yield Disturbance(fault, at, at + lasts)
        at += lasts + 3 * DAY


def follow(site: Site, days: int, seed: int) -> Followed:
    """Visit a source for so many days as the service would."""
    chance = random.Random(f"{seed}-{site.name}")
    told = Followed(site)
    habit: Habit | None = None
    failures, open_cause = 0.0, None
    known = 0
    """Posts found so far: all of `site.posts` before this place, or out of reach."""
    at, end = BEGIN + timedelta(minutes=chance.uniform(0, 60)), BEGIN + days * DAY
    while at < end:
        told.visits += 1
        ill = site.fault_at(at)
        backoff: datetime | None = None
        if ill is not None:
            told.two_visits.setdefault(
                ill, 2 * interval(site.name, habit, ill.since, SHORTEST, LONGEST)
            )
            told.tries[ill] = told.tries.get(ill, 0) + 1
        blip = ill is None and chance.random() < BLIP
        if blip or (ill is not None and ill.fault in PROBLEM):
            problem, weight = PROBLEM[ill.fault] if ill else ("timeout", Failure.PASSING)
            failures += weight.value
            backoff = at + retry_delay(failures)
            habit = after_failure(habit, problem, at)
            cause = cause_of_failure(habit, problem) or open_cause
        else:
            failures = 0.0
            seen = Sighting(None if habit is None else habit.counted_until, lists=1)
            published = bisect.bisect_right(site.posts, at)
            if ill is not None and ill.fault is Fault.STALE:
                published = bisect.bisect_right(site.posts, ill.since)
            if ill is None or ill.fault is not Fault.LAYOUT:
                seen.listed = 1
                new = site.posts[max(known, published - LISTED) : published]
                known = max(known, published)
                seen.items = len(new)
                for moment in new:
                    seen.shape[bin_of(moment)] += 1
                    if not _disturbed(site, moment):
                        told.delays.append((at - moment) / HOUR)
            habit = after_visit(habit, seen, at)
            cause = cause_of_silence(habit, moved=False)
        if cause is not None and open_cause is None:
            told.false += ill is None
        open_cause = cause
        if ill is not None and cause is not None:
            if ill.fault is Fault.STALE and ill not in told.noticed:
                told.missing.append(habit.waited)
            told.noticed.setdefault(ill, (told.tries[ill], at - ill.since, cause))
        at = next_visit(site.name, habit, at, backoff, SHORTEST, LONGEST)
    return told


def _disturbed(site: Site, moment: datetime) -> bool:
    """Whether a post was published when nobody could have read it, or just before."""
    return any(one.since - DAY <= moment < one.until for one in site.disturbances)


@dataclass(frozen=True, slots=True)
class Year:
    """What a simulation came to."""

    followed: tuple[Followed, ...]
    days: int

    @property
    def visits(self) -> int:
        """To all sources."""
        return sum(one.visits for one in self.followed)

    @property
    def delays(self) -> list[float]:
        """Hours from publication to storing, of all posts."""
        return [hours for one in self.followed for hours in one.delays]

    def fewer(self, hours: float) -> float:
        """The share of visits that are saved against reading every source at fixed intervals.

        A post waits half of such an interval, on average and in the median: `hours` is that half.
        """
        fixed = len(self.followed) * self.days * 24 / (2 * hours)
        return 1 - self.visits / fixed

    def false_a_year(self) -> float:
        """Notices of a source and year although nothing was wrong."""
        return sum(one.false for one in self.followed) / len(self.followed) * 365 / self.days

    def of(self, *faults: Fault) -> list[tuple[Followed, Disturbance]]:
        """What befell the sources."""
        return [
            (one, ill)
            for one in self.followed
            for ill in one.site.disturbances
            if ill.fault in faults
        ]

    def late(self) -> list[tuple[Followed, Disturbance]]:
        """What lasted for two visits or more and was not noticed with the second.

        Not among them is a source that goes stale: there is nothing to see but that nothing comes.
        """
        faults = set(Fault) - {Fault.STALE}
        return [
            (one, ill)
            for one, ill in self.of(*faults)
            if ill.until - ill.since >= one.two_visits.get(ill, ill.until - BEGIN)
            and (ill not in one.noticed or one.noticed[ill][0] > VISITS)
        ]


def simulate(number: int, days: int, seed: int) -> Year:
    """Follow so many made-up sources for so many days."""
    return Year(tuple(follow(site, days, seed) for site in sites(number, days, seed)), days)


def report(year: Year) -> Iterator[str]:
    """The figures, line by line."""
    delays = sorted(year.delays)
    median, mean = statistics.median(delays), statistics.fmean(delays)
    yield f"{len(year.followed)} sources, {year.days} days, {len(delays)} posts found"
    yield f"visits: {year.visits} ({year.visits / len(year.followed) / year.days:.1f} a day each)"
    yield (
        f"from publication to storing: median {60 * median:.0f} min, mean {60 * mean:.0f} min, "
        f"95th percentile {60 * delays[int(0.95 * len(delays))]:.0f} min"
    )
    yield f"fewer visits than at fixed intervals with the same median: {year.fewer(median):.0%}"
    yield f"                                  and with the same mean: {year.fewer(mean):.0%}"
    most = max(one.false for one in year.followed)
    yield f"needless notices of a source and year: {year.false_a_year():.2f} (most: {most})"
    for fault in Fault:
        befell = year.of(fault)
        told = [one.noticed[ill] for one, ill in befell if ill in one.noticed]
        if not told:
            continue
        visits = max(tries for tries, _, _ in told)
        right = sum(cause is EXPECTED[fault] for _, _, cause in told)
        yield (
            f"{fault:12} {len(befell):4} times, noticed {len(told):4}, at the latest with visit "
            f"{visits:3}, cause right {right:4}"
        )
    missing = [posts for one in year.followed for posts in one.missing]
    if missing:
        yield f"stale: noticed when {statistics.median(missing):.1f} posts had failed to come"
    yield f"lasted for two visits and not noticed with the second: {len(year.late())}"


def main() -> None:
    """Print the figures of one simulation."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    for line in report(simulate(options.sources, options.days, options.seed)):
        print(line)


if __name__ == "__main__":
    main()
