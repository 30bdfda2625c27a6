"""Charts with Vietnamese labels and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from html import escape

import altair as alt

from langnghe.dashboard.formats import day, number

INK = "#0f5c5c"


def daily_bars(counts: Mapping[date, int], first: date, last: date) -> alt.Chart:
    """Posts a day from `first` to `last`; a day without posts stands there as 0."""
    rows = []
    current = first
    while current <= last:
        value = counts.get(current, 0)
        rows.append({"ngày": current.isoformat(), "số bài": value, "nhãn": day(current)})
        current += timedelta(days=1)
    chart: alt.Chart = (
        alt.Chart(alt.InlineData(values=rows), height=120)
        .mark_bar(color=INK)
        .encode(
            x=alt.X("ngày:T", title=None, axis=alt.Axis(format="%d/%m", labelOverlap=True)),
            y=alt.Y("số bài:Q", title="Số bài", axis=alt.Axis(tickMinStep=1, format="d")),
            tooltip=[
                alt.Tooltip("nhãn:N", title="Ngày"),
                alt.Tooltip("số bài:Q", title="Số bài"),
            ],
        )
    )
    return chart


def bars_html(counts: Mapping[str, int], titles: Mapping[str, str], most: int = 8) -> str:
    """The largest figures as bars with their numbers, readable without colour."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    top = max((count for _, count in rows), default=1)
    items = "".join(
        f"<li><span>{escape(titles.get(key, key))}</span>"
        f'<span class="ln-bar" style="width:{100 * count / top:.0f}%"></span>'
        f'<span class="ln-count">{number(count)} bài</span></li>'
        for key, count in rows
    )
    return f'<ul class="ln-bars">{items}</ul>'
