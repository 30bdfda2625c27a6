"""The figures of a reporting period: what the page, the report, slides and workbook all show.

Each figure has a key that stays the same from month to month, such as
`posts.topic.duong-sa.sentiment.negative`, and `tracing` says the query it comes from. What a figure
may not show (boundary 5) has no key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final

from pydantic import TypeAdapter

from langnghe.briefing.casefigures import (
    claim_figures,
    notice_figures,
    petition_figures,
    report_figures,
)
from langnghe.briefing.counting import Value, post_figures
from langnghe.briefing.lines import ClaimLine, ForecastLine, PetitionLine, ReportLine, StreamLine
from langnghe.briefing.trendlines import forecast_figures, stream_figures
from langnghe.casework.deadlines import PetitionSettings
from langnghe.casework.keeping import every
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, REPORT
from langnghe.core.clock import local_day
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.models import Channel
from langnghe.core.topics import read_topics
from langnghe.core.vietnamese import (
    CHANNELS,
    INTENTS,
    NO_LABEL,
    SENTIMENTS,
    number,
    percent,
    place_title,
    short_decimal,
)
from langnghe.store.cases import Cases
from langnghe.store.crawlstate import CrawlState
from langnghe.store.posts.interface import UNLABELLED, PostStore
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.coverage import coverage
from langnghe.trends.period import Period, reporting_period
from langnghe.trends.small import is_over

PEOPLE: Final = (
    Channel.COMMENTS,
    Channel.FORUM,
    Channel.MASTODON,
    Channel.YOUTUBE,
    Channel.FACEBOOK,
    Channel.BLUESKY,
    Channel.DISCOURSE,
    Channel.FILE,
)
"""Channels where people speak; the others carry articles and notices."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period, as they stood at one moment."""

    period: Period
    before: Period
    gathered_at: datetime
    over: bool
    """Whether the period was over: figures of one that is not are not broken down."""
    values: Mapping[str, Value]
    """By key. Shares (`….share`, `….growth`) are 0 to 1."""
    titles: Mapping[str, str]
    """Of topics, places, sources …, by `<dimension>.<id>`, as they were called then."""
    claims: tuple[ClaimLine, ...] = ()
    petitions: tuple[PetitionLine, ...] = ()
    """Those that are overdue, the longest first."""
    reports: tuple[ReportLine, ...] = ()
    streams: tuple[StreamLine, ...] = ()
    forecasts: tuple[ForecastLine, ...] = ()
    coverage: tuple[str, ...] = ()
    """What the figures rest on, in sentences."""

    def __getitem__(self, key: str) -> Value:
        return self.values[key]

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def get(self, key: str) -> Value:
        """A figure; 0 where there is none of that key."""
        return self.values.get(key, 0)

    def by(self, prefix: str) -> dict[str, int]:
        """Counts by id of all `<prefix>.<id>`, the largest first, without shares and the like.

        Such as `by("posts.topic")`, or `by("posts.topic.duong-sa.sentiment")`.
        """
        found = {
            key.removeprefix(f"{prefix}."): int(value)
            for key, value in self.values.items()
            if key.startswith(f"{prefix}.") and "." not in key.removeprefix(f"{prefix}.")
        }
        names = ("before", "change", "share", "growth", "total")
        kept = ((one, count) for one, count in found.items() if one not in names)
        return dict(sorted(kept, key=lambda item: (-item[1], item[0])))

    def title(self, dimension: str, one: str) -> str:
        """What something was called; its id where that is not known any more."""
        return self.titles.get(f"{dimension}.{one}", one)

    def shown(self, key: str) -> str:
        """A figure as it is written."""
        return shown(key, self.values[key])

    @property
    def as_of(self) -> date:
        """The day in Viet Nam on which petitions and claims stood as told here."""
        return local_day(self.gathered_at)

    @property
    def opinions(self) -> int:
        """Posts from channels where people speak."""
        return sum(int(self.get(f"posts.channel.{channel}")) for channel in PEOPLE)


def shown(key: str, value: Value) -> str:
    """A figure as it is written: `1.234`, `12,5 %`, `3,5`."""
    if key.endswith((".share", ".growth")):
        return percent(value)
    if isinstance(value, float):
        return short_decimal(value)
    return number(value)


@dataclass(frozen=True, slots=True)
class Material:
    """What figures are gathered from."""

    home: Home
    posts: PostStore
    crawl: CrawlState
    cases: Cases
    settings: PetitionSettings
    trends: TrendRecords


def gather(material: Material, period: Period, before: Period, now: datetime) -> Figures:
    """The figures of a reporting period, counted now.

    Args:
        material: what is counted.
        period: a reporting period.
        before: the one before it.
        now: the time; what is not answered by its day is told as open or overdue.
    """
    today = local_day(now)
    over = is_over(period, today)
    values = post_figures(material.posts, period, before, broken_down=over)
    petitions, late = petition_figures(
        list(every(material.cases, PETITION)), period, today, material.settings
    )
    claims, claim_lines = claim_figures((one.state for one in every(material.cases, CLAIM)), period)
    reports, report_lines = report_figures(
        (one.state for one in every(material.cases, REPORT)), period
    )
    values |= notice_figures((one.state for one in every(material.cases, NOTICE)), period, today)
    values |= petitions | claims | reports | {"period.days": period.days}
    streams, stream_lines = stream_figures(material.trends, period)
    foretold, forecast_lines = forecast_figures(material.trends, period, today)
    values |= {**streams, **foretold}
    seen = coverage(
        period,
        material.home.sources,
        material.crawl,
        material.posts,
        today,
        material.home.settings.crawl.longest_minutes,
    )
    return Figures(
        period,
        before,
        now,
        over,
        dict(sorted(values.items())),
        titles(material.home),
        claim_lines,
        late,
        report_lines,
        stream_lines,
        forecast_lines,
        coverage=seen.words(),
    )


def titles(home: Home) -> dict[str, str]:
    """What everything that is counted by is called, by `<dimension>.<id>`."""
    found = {f"topic.{one.id}": one.title for one in read_topics(home.configs / "topics.yaml")}
    for place in read_places(home.configs / "places.yaml").places:
        found[f"place.{place.id}"] = place_title(place)
    found |= {f"source.{one.name}": one.title for one in home.sources}
    found |= {f"channel.{key}": name for key, name in CHANNELS.items()}
    found |= {f"sentiment.{key}": name for key, name in SENTIMENTS.items()}
    found |= {f"intent.{key}": name for key, name in INTENTS.items()}
    return found | {f"{kind}.{UNLABELLED}": NO_LABEL for kind in ("sentiment", "intent")}


def periods_of(month: date, first_day: int) -> tuple[Period, Period]:
    """The reporting period of a month (any day of it), and the one before."""
    earlier = month.replace(day=1) - timedelta(days=1)
    return (
        reporting_period(month.year, month.month, first_day),
        reporting_period(earlier.year, earlier.month, first_day),
    )


def month_of(day: date, first_day: int) -> date:
    """The month (its first day) whose reporting period holds a day."""
    month = day.replace(day=1)
    if first_day > 1 and day.day >= first_day:
        month = (month + timedelta(days=31)).replace(day=1)
    return month


@cache
def _adapter() -> TypeAdapter[Figures]:
    return TypeAdapter(Figures)


def to_json(figures: Figures) -> str:
    """The figures as they are kept; the same figures give the same text."""
    return _adapter().dump_json(figures).decode()


def from_json(text: str) -> Figures:
    """Figures that were kept."""
    return _adapter().validate_json(text)
