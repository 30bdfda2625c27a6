"""What the page "Xu hướng" shows, counted once for all who look: figures only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from langnghe.briefing import work
from langnghe.briefing.figures import Figures
from langnghe.core.clock import SystemClock, local_day
from langnghe.dashboard.shared import casework, home, stores
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends import monthstreams, series
from langnghe.trends.forecast import Forecast, forecasts
from langnghe.trends.monthstreams import MonthStreams
from langnghe.trends.period import Period

FIGURES_SECONDS = 300
"""How long figures may lag behind: a leader looks at months, and posts come every half an hour."""


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def months() -> tuple[list[date], date]:
    """The months that can be looked at, and the one to open with."""
    here = home()
    now = SystemClock().now()
    first_day = here.briefing.period_first_day
    posts = stores().posts
    return work.months(posts, first_day, now), work.usual_month(posts, first_day, now)


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def figures_of(month: date) -> tuple[Figures, bool]:
    """The figures of a month's briefing, and whether they are frozen."""
    material = work.material_of(home(), stores(), casework())
    return work.current_figures(material, month, SystemClock().now())


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def daily(period: Period, topic: str | None = None) -> dict[date, int]:
    """As `series.daily`."""
    return series.daily(stores().posts, period, topic=topic)


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def daily_by(period: Period, by: series.Total) -> dict[str, dict[date, int]]:
    """As `series.daily_by`."""
    return series.daily_by(stores().posts, period, by)


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def topic_steps(period: Period, topic: str) -> tuple[series.Step, ...]:
    """As `series.topic_steps`, by sentiment."""
    today = local_day(SystemClock().now())
    return series.topic_steps(stores().posts, period, topic, "sentiment", today)


@dataclass(frozen=True, slots=True)
class Streams:
    """The opinion streams of a topic in a period, with how they came about."""

    now: MonthStreams
    histories: dict[int, list[tuple[Period, int]]]
    """By number: its posts, period by period."""
    gone: tuple[str, ...]
    """Headings of those of the period before that do not go on."""


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def streams_of(period: Period, before: Period, topic: str) -> Streams | None:
    """The streams of a topic; None: nobody has looked for any yet."""
    records = TrendRecords(casework())
    now = monthstreams.month_streams(records, period).get(topic)
    if now is None:
        return None
    earlier = monthstreams.month_streams(records, before).get(topic)
    headings = {one.number: one.heading for one in earlier.found.streams} if earlier else {}
    return Streams(
        now,
        {
            one.number: monthstreams.history(records, topic, period, one.number)
            for one in now.found.streams
        },
        tuple(headings[number] for number in now.found.gone if number in headings),
    )


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def forecast_of(topic: str) -> Forecast | None:
    """The newest forecast of a topic; None: none was tried yet."""
    return forecasts(TrendRecords(casework())).get(topic)
