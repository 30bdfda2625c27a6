"""What the figures of a period rest on: which sources were read, and when.

A fall in posts may be a source that was down, a rise a source that was read for the first time.
Whatever shows figures of posts shows this beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from langnghe.core.models import Channel
from langnghe.core.settings import Source
from langnghe.core.vietnamese import day as day_name
from langnghe.core.vietnamese import number
from langnghe.store.crawlstate import CrawlState
from langnghe.store.posts.interface import SMALLEST_FIGURE, Filters, PostStore
from langnghe.trends.period import Period

_DAY = timedelta(days=1)
_MINUTES = 24 * 60


class Standing(StrEnum):
    """What there is to say of a source in a period; the first that holds."""

    NEVER = "never"
    """Switched on, but not once read by today."""
    OFF = "off"
    """Switched off now, though it gave posts in the period or in the one before."""
    NEW = "new"
    """First read after the period had begun: of the days before there is only what it still had."""
    DOWN = "down"
    """Not read on some days on which it was to be read."""
    SILENT = "silent"
    """Read, but without a post, although the period before had enough to expect some."""
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """One source in a period."""

    name: str
    title: str
    standing: Standing
    first_read: date | None
    """Of the first visit that succeeded, ever."""
    missed: tuple[date, ...]
    """Days of the period, after `first_read` and before today, without a visit that succeeded."""
    posts: int
    before: int
    """Posts of the period of equal length just before."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sources in a period."""

    period: Period
    sources: tuple[SourceCoverage, ...]

    def down(self, day: date) -> frozenset[str]:
        """The sources that were not read on a day although they were to be."""
        return frozenset(source.name for source in self.sources if day in source.missed)

    def new(self, day: date) -> frozenset[str]:
        """The sources first read on that day or later: what they give for it came all at once."""
        return frozenset(
            source.name
            for source in self.sources
            if source.first_read is not None and source.first_read >= day
        )

    @property
    def is_steady(self) -> bool:
        """Whether all sources were read all along."""
        return all(source.standing is Standing.STEADY for source in self.sources)

    def words(self) -> tuple[str, ...]:
        """What there is to know, in sentences; never empty."""
        if not self.sources:
            return ("Chưa có nguồn tin nào đang bật, nên không có số liệu.",)
        if self.is_steady:
            return (f"Cả {number(len(self.sources))} nguồn tin đều được đọc đủ các ngày trong kỳ.",)
        found = [f"Số liệu lấy từ {number(len(self.sources))} nguồn tin."]
        found += self._by_standing()
        found.append("Số bài tăng, giảm vì các lý do trên không phải là dư luận tăng, giảm.")
        return tuple(found)

    def _by_standing(self) -> Iterable[str]:
        never = [s for s in self.sources if s.standing is Standing.NEVER]
        if never:
            yield f"Chưa đọc được lần nào: {_titles(never)}."
        off = [s for s in self.sources if s.standing is Standing.OFF]
        if off:
            yield f"Nay đã tắt: {_titles(off)}."
        new = [s for s in self.sources if s.standing is Standing.NEW]
        for first in sorted({s.first_read for s in new if s.first_read}):
            these = [s for s in new if s.first_read == first]
            whose = (
                "cả các nguồn" if len(these) == len(self.sources) and these[1:] else _titles(these)
            )
            yield (
                f"Bắt đầu đọc ngày {day_name(first)}: {whose}; trước ngày đó chỉ có những bài mà "
                "nguồn còn giữ."
            )
        down = [s for s in self.sources if s.missed]
        if down:
            said = "; ".join(
                f"«{s.title}» {number(len(s.missed))} ngày ({_ranges(s.missed)})" for s in down
            )
            yield f"Có ngày không đọc được: {said}."
        for s in self.sources:
            if s.standing is Standing.SILENT:
                yield f"Kỳ này không có bài nào từ «{s.title}», kỳ trước {number(s.before)} bài."


def coverage(
    period: Period,
    sources: Sequence[Source],
    crawl: CrawlState,
    posts: PostStore,
    today: date,
    longest_minutes: int,
) -> Coverage:
    """What the figures of `period` rest on, as known on `today`, a day in Viet Nam.

    Args:
        period: any days; those to come are not missed.
        sources: as configured, in the order in which they are told of.
        crawl: what was visited when.
        posts: for the posts of each source.
        today: not missed itself: it has not ended.
        longest_minutes: how rarely a source may be read that has no interval of its own
            (`Settings.crawl.longest_minutes`).
    """
    earlier = Period(period.since - period.days * _DAY, period.since - _DAY)
    now, before = (
        {
            source: count
            for (_, source), count in posts.counts(
                Filters(since=days.since, until=days.until), by="source", interval=None
            ).items()
        }
        for days in (period, earlier)
    )
    names = [one.name for one in sources]
    firsts = crawl.first_read(names)
    rarest = {
        one.name: max(one.every_minutes or 0, one.longest_minutes or longest_minutes)
        for one in sources
    }
    gaps = {name: -(-minutes // _MINUTES) for name, minutes in rarest.items()}
    longest = max(gaps.values(), default=1)
    read = crawl.read_days(names, period.since - longest * _DAY, period.until)
    found = []
    for one in sources:
        count, was = now.get(one.name, 0), before.get(one.name, 0)
        first = firsts.get(one.name)
        # Files are laid into a folder when somebody has them, not every day.
        regular = one.enabled and one.channel is not Channel.FILE
        missed = _missed(
            period,
            read[one.name],
            first if regular else None,
            today,
            gaps[one.name],
        )
        if one.enabled or count or was:
            standing = _standing(one.enabled, first, missed, count, was, period)
            found.append(SourceCoverage(one.name, one.title, standing, first, missed, count, was))
    return Coverage(period, tuple(found))


def _standing(
    enabled: bool,
    first: date | None,
    missed: tuple[date, ...],
    count: int,
    before: int,
    period: Period,
) -> Standing:
    if not enabled:
        return Standing.OFF
    if first is None:
        return Standing.NEVER
    if first > period.since:
        return Standing.NEW
    if missed:
        return Standing.DOWN
    return Standing.SILENT if not count and before >= SMALLEST_FIGURE else Standing.STEADY


def _missed(
    period: Period, read: frozenset[date], first: date | None, today: date, gap: int
) -> tuple[date, ...]:
    """Days on which no visit of that day, or of the `gap` days that end with it, succeeded."""
    if first is None:
        return ()
    return tuple(
        day
        for day in _days(max(period.since, first), min(period.until, today - _DAY))
        if not any(day - back * _DAY in read for back in range(gap))
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + at * _DAY for at in range((last - first).days + 1))


def _titles(sources: Iterable[SourceCoverage]) -> str:
    return ", ".join(f"«{source.title}»" for source in sources)


def _ranges(days: Sequence[date]) -> str:
    """`05/11, 07–09/11` of days in order."""
    spans: list[tuple[date, date]] = []
    for day in days:
        if spans and day - spans[-1][1] == _DAY:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((day, day))
    return ", ".join(
        f"{first:%d/%m}" if first == last else f"{first:%d/%m}–{last:%d/%m}"
        for first, last in spans
    )
