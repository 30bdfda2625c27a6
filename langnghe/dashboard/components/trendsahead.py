"""A topic's opinion streams from month to month, and what is to be expected of it; no posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape
from typing import Final

from langnghe.core.models import Sentiment
from langnghe.core.vietnamese import SENTIMENTS, day, decimal, number, percent
from langnghe.dashboard.charts import Expected
from langnghe.dashboard.components.tables import table_html
from langnghe.dashboard.components.trendsdata import Streams
from langnghe.dashboard.components.trendsmonth import ORDER
from langnghe.trends.forecast import NONE_WHY, WEEK, Forecast
from langnghe.trends.monthstreams import COURSES, MonthStream, shown_mixes
from langnghe.trends.period import Period

WEEKS_SHOWN: Final = 16
"""Past weeks beside a forecast: a quarter, and the four that it is held against."""
NO_FORECAST: Final = "Chưa có dự báo đáng tin cậy"


def streams_html(streams: Streams, today: date, *, broken_down: bool) -> str:
    """The streams of a topic, the largest first, then those that are gone.

    Args:
        streams: of one topic and period.
        today: a day in Viet Nam.
        broken_down: whether the topic itself is.
    """
    mixes = shown_mixes(streams.now, today) if broken_down else {}
    items = []
    for one in streams.now.found.streams:
        mix = mixes.get(one.number)
        said = "" if mix is None else f'<span class="ln-sure">{_mix(mix[0])}</span>'
        items.append(
            f"<li>«{escape(one.heading)}» <b>{number(one.posts)}&nbsp;bài</b>"
            f"{_course(one, streams)}{said}</li>"
        )
    items += [
        f"<li>«{escape(heading)}»: kỳ trước có, kỳ này không còn</li>" for heading in streams.gone
    ]
    return f'<ul class="ln-figures">{"".join(items)}</ul>' if items else ""


def _course(stream: MonthStream, streams: Streams) -> str:
    said = "" if stream.course is None else f" · {COURSES[stream.course]}"
    passed = [posts for _, posts in streams.histories[stream.number]]
    if len(passed) > 1:
        said += f" · qua các kỳ: {' → '.join(map(number, passed))} bài"
    return said


def _mix(sentiments: Mapping[Sentiment, int]) -> str:

    return ", ".join(f"{SENTIMENTS[one].lower()} {number(sentiments.get(one, 0))}" for one in ORDER)


def past_weeks(last_day: date) -> Period:
    """The weeks that stand before a forecast made after `last_day`, a Sunday."""
    return Period(last_day - timedelta(days=WEEK * WEEKS_SHOWN - 1), last_day)


def by_week(days: dict[date, int]) -> dict[date, int]:
    """Posts by the Monday of their week."""
    found: dict[date, int] = {}
    for one, count in days.items():
        monday = one - timedelta(days=one.weekday())
        found[monday] = found.get(monday, 0) + count
    return found


def expected(forecast: Forecast) -> tuple[Expected, ...]:
    """The weeks of a forecast, for the chart."""
    return tuple(
        Expected(week.since, week.expected, week.low, week.high) for week in forecast.weeks
    )


def forecast_words(forecast: Forecast | None) -> str:
    """What is to be expected of the next four weeks, or why nothing can be said."""
    if forecast is None:
        return f"{NO_FORECAST}: dự báo được tính hằng tuần, hãy xem lại sau đêm nay."
    if forecast.total is None:
        return f"{NO_FORECAST}: {NONE_WHY[forecast.basis]}."
    total = forecast.total
    said = (
        f"Từ {day(total.since)} đến {day(total.until)} có thể có **từ {number(total.low)} đến "
        f"{number(total.high)} bài**, ở mức giữa {number(total.expected)} bài."
    )
    trial = forecast.trial
    if trial is not None:
        said += (
            f" Thử lại {number(trial.times)} lần trên các tuần đã qua: khoảng dự báo đúng với "
            f"{percent(round(trial.covered, 2))} số tuần; điểm sai lệch {decimal(trial.score)}, so "
            f"với {decimal(trial.same_score)} nếu cho rằng bốn tuần tới giống bốn tuần qua."
        )
    return said


def weeks_table(seen: dict[date, int], forecast: Forecast) -> str:
    """The weeks before and those to come, in figures."""
    rows = [(day(monday), number(count), "") for monday, count in sorted(seen.items())]
    rows += [
        (day(week.since), "", f"{number(week.low)}–{number(week.high)}") for week in forecast.weeks
    ]
    return table_html("Số bài theo tuần và dự báo", ("Tuần từ", "Số bài", "Dự báo"), rows)
