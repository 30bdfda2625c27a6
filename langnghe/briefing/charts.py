"""Pictures of tables, for print: told apart without colours, with Vietnamese numbers."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any, Final

import altair as alt
import vl_convert as vlc
from PIL import Image

from langnghe.briefing.cells import is_share, plain, shown
from langnghe.briefing.content import Chart, ChartKind

WIDTH_MM: Final = 165.0
_FONT: Final = "Liberation Serif"
_WIDTH: Final = 640
"""Pixels of the plot with its labels; the picture is finer, see `_SCALE`."""
_SCALE: Final = 3.0
_ROW: Final = 26
FILLS: Final = (
    ("#2f86bd", "#000000"),
    ("#dcdcdc", "#000000"),
    ("#7a2b00", "#ffffff"),
    ("#f0e442", "#000000"),
    ("#00593f", "#ffffff"),
    ("#e8a7c8", "#000000"),
)
"""Of pieces side by side, and what is written on them: as on the pages, and apart in grey too."""
LINES: Final = ("#0072b2", "#d55e00", "#009e73", "#000000", "#cc79a7", "#56b4e9", "#e69f00")
"""Okabe and Ito's, those that stand out from white first."""
_DASHES: Final = ((1, 0), (6, 3), (2, 2), (8, 3, 2, 3), (1, 3), (10, 4), (4, 4, 1, 4))
_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "stroke")
_LOCALE: Final = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}
_MONTHS: Final = [f"Tháng {month}" for month in range(1, 13)]
_DAYS: Final = ["Chủ nhật", *(f"Thứ {day}" for day in ("hai", "ba", "tư", "năm", "sáu", "bảy"))]
_TIME_LOCALE: Final = {
    "dateTime": "%H:%M %d/%m/%Y",
    "date": "%d/%m/%Y",
    "time": "%H:%M",
    "periods": ["SA", "CH"],
    "days": _DAYS,
    "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
    "months": _MONTHS,
    "shortMonths": [f"T{month}" for month in range(1, 13)],
}


def draw(chart: Chart) -> bytes:
    """A chart as PNG, fine enough for print. The same table gives the same bytes."""
    drawn = vlc.vegalite_to_png(
        specification(chart),
        scale=_SCALE,
        format_locale=_LOCALE,
        time_format_locale=_TIME_LOCALE,
    )
    # Without its transparency, which print has no use for, it is a quarter as large.
    small = BytesIO()
    Image.open(BytesIO(drawn)).convert("RGB").save(small, "PNG", optimize=True)
    return small.getvalue()


def specification(chart: Chart) -> dict[str, Any]:
    """A chart as a Vega-Lite specification."""
    rows = _long(chart)
    match chart.kind:
        case ChartKind.BARS:
            made = _bars(chart, rows)
        case ChartKind.STACKED:
            made = _stacked(chart, rows)
        case ChartKind.LINES:
            made = _lines(chart, rows)
    text = {"labelFontSize": 13, "titleFontSize": 13, "labelFont": _FONT, "titleFont": _FONT}
    legend = {**text, "orient": "bottom", "columns": 4, "symbolSize": 120, "labelLimit": 260}
    plain_axis = {**text, "labelColor": "#000000", "titleColor": "#000000", "titleFontWeight": 400}
    specified: dict[str, Any] = (
        made.configure(font=_FONT, background="#ffffff")
        .configure_axis(**plain_axis, gridColor="#dddddd", labelLimit=230)
        .configure_legend(**legend)
        .configure_view(stroke=None)
        .to_dict()
    )
    return specified


def _long(chart: Chart) -> list[dict[str, Any]]:
    """One row for each figure that is shown. Its label is what a reader expects."""
    columns = chart.table.columns
    found = []
    for order, row in enumerate(chart.table.rows):
        name = row[0]
        for series, (column, value) in enumerate(zip(columns[1:], row[1:], strict=True)):
            if isinstance(value, int | float):
                found.append(
                    {
                        "name": name.isoformat() if isinstance(name, date) else plain(f"{name}"),
                        "order": order,
                        "column": plain(column),
                        "series": series,
                        "value": value,
                        "label": shown(value, column),
                    }
                )
    return found


def _data(rows: list[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=rows)


def _format(chart: Chart) -> str:
    return ".0%" if all(map(is_share, chart.table.columns[1:])) else ",~f"


def _names(chart: Chart) -> list[str]:
    return [plain(f"{row[0]}") for row in chart.table.rows]


def _value_axis(chart: Chart, title: str) -> alt.X:
    axis = alt.Axis(title=title, format=_format(chart), tickCount=5)
    return alt.X("value:Q", axis=axis, stack="zero")


def _bars(chart: Chart, rows: list[dict[str, Any]]) -> Any:
    first = plain(chart.table.columns[1])
    shown_rows = [row for row in rows if row["series"] == 0]
    y = alt.Y("name:N", sort=_names(chart), title=None, axis=alt.Axis(ticks=False, domain=False))
    base = alt.Chart(_data(shown_rows), width=_WIDTH - 240, height=_ROW * len(chart.table.rows))
    bars = base.mark_bar(color=FILLS[0][0]).encode(x=_value_axis(chart, first), y=y)
    labels = base.mark_text(align="left", dx=4, fontSize=13, font=_FONT).encode(
        x=alt.X("value:Q"), y=y, text="label:N"
    )
    return alt.layer(bars, labels)


def _series(chart: Chart) -> list[str]:
    return [plain(column) for column in chart.table.columns[1:]]


def _stacked(chart: Chart, rows: list[dict[str, Any]]) -> Any:
    names = _series(chart)
    y = alt.Y("name:N", sort=_names(chart), title=None, axis=alt.Axis(ticks=False, domain=False))
    scale = alt.Scale(domain=names, range=[fill for fill, _ in FILLS[: len(names)]])
    base = alt.Chart(_data(rows), width=_WIDTH - 240, height=_ROW * len(chart.table.rows))
    bars = base.mark_bar(stroke="#ffffff", strokeWidth=1).encode(
        x=_value_axis(chart, ""),
        y=y,
        color=alt.Color("column:N", scale=scale, title=None),
        order=alt.Order("series:Q"),
    )
    most = max(
        (sum(row["value"] for row in rows if row["name"] == name) for name in _names(chart)),
        default=0,
    )
    # A figure stands in its piece where there is room for it.
    roomy = [
        {**row, "ink": FILLS[row["series"] % len(FILLS)][1]}
        for row in rows
        if most and row["value"] >= most * 0.05
    ]
    labels = (
        alt.Chart(_data(roomy))
        .mark_text(fontSize=12, font=_FONT, fontWeight="bold")
        .encode(
            x=alt.X("value:Q", stack="zero", bandPosition=0.5),
            y=y,
            text="label:N",
            order=alt.Order("series:Q"),
            color=alt.Color("ink:N", scale=None),
        )
    )
    return alt.layer(bars, labels)


def _tick(day: date) -> alt.DateTime:
    """A day as the axis takes it; in UTC, as the days of the data are read."""
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _lines(chart: Chart, rows: list[dict[str, Any]]) -> Any:
    names = _series(chart)
    dated = any(isinstance(row[0], date) for row in chart.table.rows)
    days = [row["name"] for row in rows if row["series"] == 0]
    ticks = [_tick(date.fromisoformat(day)) for day in days[:: 1 + len(days) // 12] if dated]
    x: alt.X = (
        alt.X("name:T", title=None, axis=alt.Axis(format="%d/%m", values=ticks, labelAngle=0))
        if dated
        else alt.X("name:N", sort=_names(chart), title=None, axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("value:Q", title=None, axis=alt.Axis(format=_format(chart), tickCount=5))
    colour = alt.Color(
        "column:N",
        scale=alt.Scale(domain=names, range=list(LINES[: len(names)])),
        title=None,
        legend=None if len(names) == 1 else alt.Undefined,
    )
    dash = alt.StrokeDash(
        "column:N",
        scale=alt.Scale(domain=names, range=[list(one) for one in _DASHES[: len(names)]]),
        title=None,
        legend=None if len(names) == 1 else alt.Undefined,
    )
    shape = alt.Shape(
        "column:N",
        scale=alt.Scale(domain=names, range=list(_SHAPES[: len(names)])),
        title=None,
        legend=None if len(names) == 1 else alt.Undefined,
    )
    base = alt.Chart(_data(rows), width=_WIDTH - 60, height=240)
    line = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    points = base.mark_point(size=50, filled=True).encode(x=x, y=y, color=colour, shape=shape)
    return alt.layer(line, points)
