"""Charts with Vietnamese labels and numbers, to be read in grey print and by the colour-blind too.

Colours are of the palette of Okabe and Ito, made lighter or darker so that neighbours differ in
grey as well; every part has an outline and, where there is room, its number.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any, Final

import altair as alt

from langnghe.core.vietnamese import day, number

INK = "#0f5c5c"
DARK: Final = "#1c2526"

NUMBERS: Final = "replace(format(datum.value, ',.0f'), /,/g, '.')"
"""The numbers of an axis, in Vega's language: `1.234`."""

_LINES: Final = r"split(slice(datum.label, 3), '\n')"
"""Of a row's name: `03|` and the lines of its title, so that no two rows are one."""
_DAY_AND_MONTH: Final = "slice(datum.label, 8, 10) + '/' + slice(datum.label, 5, 7)"

PALETTE: Final = (
    ("#7a2b00", "#ffffff"),
    ("#dcdcdc", DARK),
    ("#2f86bd", DARK),
    ("#f0e442", DARK),
    ("#00593f", "#ffffff"),
    ("#e8a7c8", DARK),
)
"""Fill and the colour of the number on it, in the order in which parts stand side by side."""
OPEN: Final = ("#ffffff", DARK)
"""Of what is not broken down, or has no label: empty."""

_COLUMN: Final = 22
"""Characters of a line beside the bars, so that a phone has room for both."""
_LEGEND: Final = 32
"""Characters of two names in one line of a legend, on a phone."""
_ROOM: Final = 0.055
"""Of the longest bar: a part as wide as this has room for its number."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar of several parts, each with its name; in the order in which they are drawn."""

    title: str
    parts: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        """The length of the bar."""
        return sum(count for _, count in self.parts)


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


def stacked_bars(
    stacks: Sequence[Stack], names: Sequence[str], unit: str = "bài", empty: str = ""
) -> alt.LayerChart:
    """Lying bars of parts, with their numbers.

    Args:
        stacks: the bars from top to bottom.
        names: of the parts, in the order of the legend; at most as many as `PALETTE` has.
        unit: what is counted.
        empty: the name of a part that is drawn as an outline; "": there is none.
    """
    looks = dict(zip(names, PALETTE, strict=False)) | ({empty: OPEN} if empty else {})
    longest = max((stack.total for stack in stacks), default=0)
    rows = _segments(stacks, looks, longest, unit)
    y = alt.Y(
        "hàng:N",
        sort="ascending",
        title=None,
        axis=_axis(labelExpr=_LINES, labelLimit=220, domain=False),
    )
    data = alt.InlineData(values=rows)
    bars = (
        alt.Chart(data, height=alt.Step(38))
        .mark_bar(stroke=DARK, strokeWidth=0.6)
        .encode(
            y=y,
            x=alt.X(
                "từ:Q",
                title=f"Số {unit}",
                axis=_axis(labelExpr=NUMBERS, tickMinStep=1),
            ),
            x2="đến:Q",
            color=alt.Color(
                "phần:N",
                title=None,
                scale=alt.Scale(domain=list(looks), range=[fill for fill, _ in looks.values()]),
                legend=alt.Legend(
                    orient="bottom",
                    columns=_legend_columns(looks),
                    labelColor=DARK,
                    labelFontSize=13,
                    labelLimit=240,
                    symbolStrokeColor=DARK,
                    symbolStrokeWidth=1,
                    symbolType="square",
                ),
            ),
            tooltip=[
                alt.Tooltip("tên:N", title="Nhóm"),
                alt.Tooltip("phần:N", title="Phần"),
                alt.Tooltip("nhãn:N", title=f"Số {unit}"),
            ],
        )
    )
    numbers = (
        alt.Chart(data)
        .transform_filter("datum['có chỗ']")
        .mark_text(fontSize=12)
        .encode(y=y, x="giữa:Q", text="số:N", color=alt.Color("chữ:N", scale=None))
    )
    chart: alt.LayerChart = alt.LayerChart(layer=[bars, numbers])
    return chart


def _legend_columns(names: Iterable[str]) -> int:
    """As many as a phone has room for."""
    two_longest = sorted(map(len, names))[-2:]
    return 2 if sum(two_longest) <= _LEGEND else 1


def _segments(
    stacks: Sequence[Stack], looks: Mapping[str, tuple[str, str]], longest: int, unit: str
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for at, stack in enumerate(stacks):
        lines = textwrap.wrap(stack.title, _COLUMN, max_lines=2, placeholder="…")
        start = 0
        for name, count in stack.parts:
            end = start + count
            rows.append(
                {
                    "hàng": f"{at:02}|" + "\n".join(lines),
                    "tên": stack.title,
                    "phần": name,
                    "từ": start,
                    "đến": end,
                    "giữa": (start + end) / 2,
                    "số": number(count),
                    "nhãn": f"{number(count)} {unit}",
                    "chữ": looks[name][1],
                    "có chỗ": count > 0 and count >= _ROOM * longest,
                }
            )
            start = end
    return rows


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one week: in the middle, and between what in 8 of 10 cases."""

    monday: date
    middle: float
    low: float
    high: float


def weeks_chart(seen: Mapping[date, int], expected: Sequence[Expected]) -> alt.LayerChart:
    """Posts a week: seen (a line with dots), expected (dashed with squares, in a band).

    Args:
        seen: by the first day of the week.
        expected: of the weeks to come; may be empty.
    """
    weeks = sorted({*seen, *(one.monday for one in expected)})
    x = alt.X(
        "tuần:O",
        title="Tuần bắt đầu ngày",
        scale=alt.Scale(domain=[week.isoformat() for week in weeks]),
        axis=_axis(labelExpr=_DAY_AND_MONTH, labelAngle=0, labelOverlap=True),
    )
    y = alt.Y("số bài:Q", title="Số bài mỗi tuần", axis=_axis(labelExpr=NUMBERS, tickMinStep=1))
    rows = [
        {"tuần": week.isoformat(), "số bài": count, "ngày": day(week), "số": number(count)}
        for week, count in sorted(seen.items())
    ]
    tip = [alt.Tooltip("ngày:N", title="Tuần từ"), alt.Tooltip("số:N", title="Số bài")]
    layers: list[alt.Chart] = [
        alt.Chart(alt.InlineData(values=rows), height=220)
        .mark_line(color=INK, strokeWidth=2, point=alt.OverlayMarkDef(color=INK, size=45))
        .encode(x=x, y=y, tooltip=tip)
    ]
    if expected:
        coming = [
            {
                "tuần": one.monday.isoformat(),
                "số bài": one.middle,
                "thấp": one.low,
                "cao": one.high,
                "ngày": day(one.monday),
                "số": f"khoảng {number(round(one.low))} đến {number(round(one.high))}",
            }
            for one in expected
        ]
        data = alt.InlineData(values=coming)
        layers += [
            alt.Chart(data)
            .mark_area(color="#e69f00", opacity=0.3)
            .encode(x=x, y=alt.Y("thấp:Q", title="Số bài mỗi tuần"), y2="cao:Q"),
            alt.Chart(data)
            .mark_line(
                color="#7a2b00",
                strokeDash=[6, 4],
                point=alt.OverlayMarkDef(color="#7a2b00", shape="square", size=50),
            )
            .encode(x=x, y=y, tooltip=tip),
        ]
    return alt.LayerChart(layer=layers)


def _axis(**options: Any) -> alt.Axis:
    return alt.Axis(labelColor=DARK, titleColor=DARK, labelFontSize=12, **options)


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
