"""Charts and tables on slides, as PowerPoint's own: they can be changed there."""

# mypy: allow-untyped-calls
# python-pptx is typed in parts.
# ruff: noqa: SLF001 -- as in slidemaster
from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from pptx.chart.chart import Chart as SlideChart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.util import Pt

from langnghe.briefing.cells import is_share, plain, shown
from langnghe.briefing.charts import FILLS, LINES
from langnghe.briefing.content import Chart, ChartKind, Table
from langnghe.briefing.measure import wrapped
from langnghe.briefing.slidemaster import INK
from langnghe.briefing.tablefit import figure_columns, fit, written

_TYPES: Final = {
    ChartKind.BARS: XL_CHART_TYPE.BAR_CLUSTERED,
    ChartKind.STACKED: XL_CHART_TYPE.BAR_STACKED,
    ChartKind.LINES: XL_CHART_TYPE.LINE_MARKERS,
}
_DASHES: Final = (MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT, MSO_LINE.DASH_DOT)
_MARKERS: Final = (
    XL_MARKER_STYLE.CIRCLE,
    XL_MARKER_STYLE.SQUARE,
    XL_MARKER_STYLE.TRIANGLE,
    XL_MARKER_STYLE.DIAMOND,
)
_WHITE: Final = RGBColor(0xFF, 0xFF, 0xFF)
_TEXT: Final = 16
TABLE_SIZES: Final = (18.0, 16.0, 14.0, 13.0, 12.0, 11.0, 10.0)
_SIDES: Final = 16.0
_ROW: Final = 1.35
"""A line of a table's text, in font sizes."""
_CELL: Final = 7.2
"""Points above and below a cell's text together."""
_BAR: Final = 62.0
"""Points of a bar with the gap below it."""
_NARROW: Final = 0.07
_HEAD: Final = RGBColor(0xDD, 0xE6, 0xF0)


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands on a slide, in points."""

    left: float
    top: float
    width: float
    height: float


def add_chart(slide: Slide, chart: Chart, box: Box) -> None:
    """Put a chart on a slide; of a table without any figure nothing."""
    # A row of which nothing may be shown would be an empty line that looks like 0.
    rows = tuple(row for row in chart.table.rows if any(one is not None for one in row[1:]))
    if not rows:
        return
    table = replace(chart.table, rows=rows)
    stacked = chart.kind is ChartKind.STACKED
    figures = "0%" if _shares(table) else _labels(table, stacked=stacked)
    data: Any = CategoryChartData(number_format="0%" if _shares(table) else "#,##0")
    data.categories = [shown(row[0], table.columns[0]) for row in table.rows]
    columns = range(1, 2 if chart.kind is ChartKind.BARS else len(table.columns))
    for column in columns:
        values = [row[column] for row in table.rows]
        data.add_series(
            plain(table.columns[column]),
            [value if isinstance(value, int | float) else None for value in values],
        )
    lying = chart.kind is not ChartKind.LINES
    height = min(box.height, _BAR * (len(rows) + 1)) if lying else box.height
    frame: Any = slide.shapes.add_chart(
        _TYPES[chart.kind], Pt(box.left), Pt(box.top), Pt(box.width), Pt(height), data
    )
    _describe(frame, table.title, chart.alt)
    made = frame.chart
    made.font.size = Pt(_TEXT)
    made.font.color.rgb = INK
    made.has_title = False
    made.has_legend = len(columns) > 1
    if made.legend is not None:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    if lying:
        _bars(made, figures, stacked=stacked)
    else:
        _lines(made)


def rows_that_fit(table: Table, box: Box) -> int:
    """How many rows of a table have room below its head."""
    size, widths = fit(table, "sans-bold", TABLE_SIZES, box.width, _SIDES)
    heights = [_height(texts, widths, size) for texts in written(table)]
    room, count = box.height - heights[0], 0
    for height in heights[1:]:
        room -= height
        if room < 0:
            break
        count += 1
    return max(1, count)


def add_table(slide: Slide, table: Table, box: Box) -> None:
    """Put a table on a slide."""
    size, widths = fit(table, "sans-bold", TABLE_SIZES, box.width, _SIDES)
    cells, figures = written(table), figure_columns(table)
    height = sum(_height(texts, widths, size) for texts in cells)
    frame = slide.shapes.add_table(
        len(cells), len(widths), Pt(box.left), Pt(box.top), Pt(sum(widths)), Pt(height)
    )
    _describe(frame, table.title, table.title)
    made = frame.table
    columns: Any = made.columns
    for column, width in zip(columns, widths, strict=True):
        column.width = Pt(width)
    for row, texts in enumerate(cells):
        made.rows[row].height = Pt(_height(texts, widths, size))
        for column, text in enumerate(texts):
            cell = made.cell(row, column)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = _HEAD if row == 0 else _WHITE
            paragraph = cell.text_frame.paragraphs[0]
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text, Pt(size), row == 0
            run.font.color.rgb = INK
            right = figures[column]
            paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
            if row == 0 and right:
                paragraph.alignment = PP_ALIGN.CENTER


def _height(texts: list[str], widths: list[float], size: float) -> float:
    most = max(
        len(wrapped(text, "sans-bold", size, width - _SIDES + 1)) or 1
        for text, width in zip(texts, widths, strict=True)
    )
    return most * size * _ROW + _CELL


def _shares(table: Table) -> bool:
    return all(is_share(column) for column in table.columns[1:])


def _labels(table: Table, *, stacked: bool) -> str:
    """How figures are written: `1.234`, whatever the country that the viewer's machine is set to.

    In stacked bars none stands in a piece too narrow for it.
    """
    if not stacked:
        return "[>=1000000]0\\.000\\.000;[>=1000]0\\.000;0"
    totals = [sum(one for one in row if isinstance(one, int | float)) for row in table.rows]
    return f'[<{max(totals, default=0) * _NARROW:.0f}]"";[>=1000]0\\.000;0'


def _bars(chart: SlideChart, figures: str, *, stacked: bool) -> None:
    """Lying bars, the first on top, each with its figure, so that no axis is needed."""
    plot = chart.plots[0]
    plot.gap_width = 45
    if stacked:
        plot.overlap = 100
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.fill.background()
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    for place, series in enumerate(plot.series):
        colour, ink = FILLS[place % len(FILLS)]
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
        series.format.line.color.rgb = _WHITE
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = figures, False
        labels.font.size = Pt(_TEXT)
        labels.font.bold = True
        labels.font.color.rgb = RGBColor.from_string(ink[1:]) if stacked else INK


def _lines(chart: SlideChart) -> None:
    """Lines told apart by dashes and markers as well as by colours."""
    chart.value_axis.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xDD, 0xDD)
    chart.value_axis.format.line.fill.background()
    chart.value_axis.minimum_scale = 0
    for place, series in enumerate(chart.plots[0].series):
        colour = RGBColor.from_string(LINES[place % len(LINES)][1:])
        series.smooth = False
        series.format.line.color.rgb = colour
        series.format.line.width = Pt(2.5)
        series.format.line.dash_style = _DASHES[place % len(_DASHES)]
        series.marker.style, series.marker.size = _MARKERS[place % len(_MARKERS)], 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour
        series.marker.format.line.color.rgb = colour


def _describe(frame: GraphicFrame, name: str, alt: str) -> None:
    """Say what it shows, for who cannot see it."""
    properties = frame._element.find(f"{qn('p:nvGraphicFramePr')}/{qn('p:cNvPr')}")
    if properties is not None:
        properties.set("name", plain(name) or "Số liệu")
        properties.set("descr", plain(alt))
