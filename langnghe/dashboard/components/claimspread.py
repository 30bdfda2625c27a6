"""How far a claim has spread: posts a day, before and after its correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from html import escape

import altair as alt

from langnghe.casework.claimstate import Claim
from langnghe.casework.spread import spread
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import day, number
from langnghe.dashboard.charts import daily_bars
from langnghe.store.posts.interface import SMALLEST_FIGURE


def posts_by_day(published: Iterable[datetime], today: date) -> dict[date, int]:
    """Posts by day in Viet Nam; today stands there even if it had none."""
    days = Counter(map(local_day, published))
    if days:
        # How long it has been quiet is what the figure is to show.
        days[today] += 0
    return dict(days)


def corrected_on(claim: Claim) -> date | None:
    """The day in Viet Nam on which its first correction came out."""
    for correction in claim.corrections:
        if correction.publication is not None:
            return local_day(correction.publication.at)
    return None


def spread_words(days: Mapping[date, int], corrected: date | None) -> str:
    """The spread in one or two sentences."""
    total = sum(days.values())
    if total < SMALLEST_FIGURE:
        return (
            f"Dưới {SMALLEST_FIGURE} bài còn lưu nên chưa tính mức lan truyền. "
            "Khi có thêm bài được gắn vào hồ sơ, biểu đồ sẽ hiện ở đây."
        )
    figures = spread(days, corrected)
    if corrected is None:
        return (
            f"Trung bình {_a_day(figures.before)} từ khi có bài đầu tiên. Chưa công bố đính chính."
        )
    return (
        f"Trước khi công bố đính chính ngày {day(corrected)}: {_a_day(figures.before)}. "
        f"Sau khi công bố: {_a_day(figures.after)}."
    )


def _a_day(value: float | None) -> str:
    return (
        "chưa đủ một ngày để tính"
        if value is None
        else f"{value:.1f} bài một ngày".replace(".", ",")
    )


def spread_chart(days: Mapping[date, int], corrected: date | None) -> alt.LayerChart:
    """Posts a day, with a line where the correction came out."""
    layers: list[alt.Chart] = [daily_bars(days, min(days), max(days))]
    if corrected is not None and min(days) <= corrected <= max(days):
        rows = [{"ngày": corrected.isoformat(), "nhãn": f"Công bố đính chính {day(corrected)}"}]
        line = alt.Chart(alt.InlineData(values=rows)).encode(x="ngày:T")
        layers.append(line.mark_rule(color="#b3402a", size=2).encode(tooltip="nhãn:N"))
    return alt.LayerChart(layer=layers)


def spread_table(days: Mapping[date, int], corrected: date | None) -> str:
    """The chart in figures; days without posts are left out."""
    rows = "".join(
        f"<tr><td>{day(one)}</td><td>{number(days[one])}</td>"
        f"<td>{escape(_when(one, corrected))}</td></tr>"
        for one in sorted(days)
        if days[one]
    )
    return (
        '<table class="ln-table"><caption>Số bài theo ngày</caption><thead><tr>'
        '<th scope="col">Ngày</th><th scope="col">Số bài</th><th scope="col">So với đính chính</th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _when(one: date, corrected: date | None) -> str:
    if corrected is None:
        return "chưa công bố"
    if one == corrected:
        return "ngày công bố"
    return "trước" if one < corrected else "sau"
