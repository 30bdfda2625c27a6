"""Opinion streams and forecasts as figures of a briefing; both were found at night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from langnghe.briefing.lines import ForecastLine, StreamLine
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.forecast import Forecast, forecasts
from langnghe.trends.monthstreams import COURSES, month_streams
from langnghe.trends.period import Period

FRESH: Final = timedelta(days=35)
"""How long after a period a forecast may begin that is still told in its briefing: the meeting is
held within a month."""


def stream_figures(
    records: TrendRecords, period: Period
) -> tuple[Mapping[str, int], tuple[StreamLine, ...]]:
    """The streams of a period: sizes by `streams.<topic>.<number>`, and the lines, by topic.

    Within a topic the largest comes first.
    """
    values: dict[str, int] = {}
    lines = []
    for topic, streams in sorted(month_streams(records, period).items()):
        for one in streams.found.streams:
            values[f"streams.{topic}.{one.number}"] = one.posts
            standing = "" if one.course is None else COURSES[one.course]
            lines.append(StreamLine(topic, one.number, one.heading, standing))
    return values, tuple(lines)


def forecast_figures(
    records: TrendRecords, period: Period, today: date
) -> tuple[Mapping[str, int], tuple[ForecastLine, ...]]:
    """The reliable forecasts: `forecast.<topic>.low` and `.high` of four weeks, and the lines.

    Args:
        records: where forecasts are kept.
        period: of the briefing; those that begin long after it are none of its business.
        today: what has been foretold for days that are over is left out.
    """
    values: dict[str, int] = {}
    lines = []
    for topic, one in sorted(forecasts(records).items()):
        total = one.total
        if total is not None and _belongs(one, period) and today <= total.until:
            values |= {f"forecast.{topic}.low": total.low, f"forecast.{topic}.high": total.high}
            lines.append(ForecastLine(topic, total.until))
    return values, tuple(lines)


def _belongs(forecast: Forecast, period: Period) -> bool:
    return timedelta(0) < forecast.last_day + timedelta(days=7) - period.until <= FRESH
