from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageColor

from langnghe.briefing.charts import FILLS, LINES, draw, specification
from langnghe.briefing.content import Chart, ChartKind
from tests.briefing import samples

TABLES = {
    ChartKind.BARS: samples.SHARES,
    ChartKind.STACKED: samples.TOPICS,
    ChartKind.LINES: samples.WEEKS,
}


@pytest.mark.parametrize("kind", ChartKind)
def test_a_chart_is_a_fine_picture_and_the_same_each_time(kind: ChartKind) -> None:
    chart = Chart(kind, TABLES[kind], "")
    first = draw(chart)
    assert draw(chart) == first
    picture = Image.open(BytesIO(first))
    # 200 dots per inch on the 165 mm of a page.
    assert picture.width > 1300
    colours = picture.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 20


def test_what_is_not_shown_is_not_drawn() -> None:
    text = json.dumps(
        specification(Chart(ChartKind.STACKED, samples.TOPICS, "")), ensure_ascii=False
    )
    assert "Miến dong" in text
    assert '"name": "Chính quyền số, thủ tục hành chính"' not in text


def test_figures_are_written_the_vietnamese_way() -> None:
    text = json.dumps(specification(Chart(ChartKind.BARS, samples.SHARES, "")), ensure_ascii=False)
    assert '"label": "1.234"' in text


def test_any_name_can_be_drawn() -> None:
    hostile = replace(
        samples.TOPICS,
        columns=("a", "<b>[0]\\", "'\"\x00", "datum.value"),
        rows=(("</svg>&\n'\"", 1, 2, 3), ("", 0, 0, 0)),
    )
    for kind in ChartKind:
        assert draw(Chart(kind, hostile, ""))


def grey(colour: str) -> float:
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_pieces_side_by_side_differ_in_grey() -> None:
    assert all(
        abs(grey(one) - grey(other)) > 40
        for one, other in combinations([fill for fill, _ in FILLS[:3]], 2)
    )
    assert all(abs(grey(fill) - grey(ink)) > 90 for fill, ink in FILLS)


def test_lines_stand_out_from_the_paper() -> None:
    assert all(grey(line) < 190 for line in LINES)
