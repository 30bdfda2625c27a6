from __future__ import annotations

import time
from dataclasses import replace
from io import BytesIO
from typing import Any

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx.enum.shapes import PP_PLACEHOLDER

from langnghe.briefing.content import Chart, ChartKind, Deck, Paragraph, Slide
from langnghe.briefing.measure import wrapped
from langnghe.briefing.pptx import write_pptx
from tests.briefing import samples

POINT = 12_700
HOSTILE = "<a:t/>&amp; \x00\x1b[0m \ud800 =1+1 ]]> [SĐT]"


def slides(deck: Deck) -> list[Any]:
    file = pptx.Presentation(BytesIO(write_pptx(deck, samples.DATED)))
    assert (file.slide_width, file.slide_height) == (960 * POINT, 540 * POINT)
    return list(file.slides)


def one(slide: Slide) -> list[Any]:
    return slides(replace(samples.deck(), slides=(slide,)))[1:]


def overflows(slide: Any) -> list[str]:
    """Placeholders whose text is taller than they are, and shapes beyond the slide."""
    found = []
    for shape in slide.shapes:
        right, bottom = shape.left + shape.width, shape.top + shape.height
        if min(shape.left, shape.top) < 0 or right > 960 * POINT or bottom > 540 * POINT:
            found.append(f"{shape.name} lies beyond the slide")
        kind = shape.is_placeholder and shape.placeholder_format.type
        if kind not in {PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.OBJECT}:
            continue
        tall = 0.0
        for paragraph in shape.text_frame.paragraphs:
            size = paragraph.runs[0].font.size if paragraph.runs else None
            points = size.pt if size else (30 if kind == PP_PLACEHOLDER.TITLE else 28)
            room = shape.width / POINT - 14.4 - (0 if kind == PP_PLACEHOLDER.TITLE else 27)
            face: Any = "sans-bold" if kind == PP_PLACEHOLDER.TITLE else "sans"
            tall += len(wrapped(paragraph.text, face, points, room)) * points * 1.2
        if tall > shape.height / POINT:
            found.append(f"{shape.name}: {tall} of {shape.height / POINT}")
    return found


def test_the_deck_has_a_title_its_slides_and_nothing_overflows() -> None:
    made = slides(samples.deck())
    assert len(made) == 9
    assert made[0].shapes.title.text == samples.deck().title
    assert [slide.shapes.title.text for slide in made[1:]] == [
        slide.title for slide in samples.deck().slides
    ]
    assert [overflows(slide) for slide in made] == [[]] * 9


def test_each_slide_has_the_note_of_a_draft_and_its_number() -> None:
    for slide in slides(samples.deck()):
        kinds = {shape.placeholder_format.type: shape for shape in slide.placeholders}
        assert kinds[PP_PLACEHOLDER.FOOTER].text_frame.text == samples.DRAFT_NOTE
        assert PP_PLACEHOLDER.SLIDE_NUMBER in kinds
    for slide in slides(replace(samples.deck(), draft_note="")):
        assert all(
            shape.placeholder_format.type != PP_PLACEHOLDER.FOOTER for shape in slide.placeholders
        )


def test_charts_can_be_changed_in_powerpoint_and_have_the_figures() -> None:
    slide = slides(samples.deck())[1]
    chart = next(shape for shape in slide.shapes if shape.has_chart)
    # The topic with too few posts is left out, not drawn as nothing.
    assert [list(series.values) for series in chart.chart.plots[0].series] == [
        [12, 55, 3, 31],
        [40, 21, 18, 12],
        [162, 9, 47, 6],
    ]
    assert chart.chart.part.chart_workbook.xlsx_part is not None
    properties = chart._element.nvGraphicFramePr.cNvPr
    assert properties.get("descr") == "Đường giao thông có nhiều ý kiến nhất."
    assert slide.notes_slide.notes_text_frame.text.startswith("Nhắc rằng")


def test_a_table_shows_figures_the_vietnamese_way() -> None:
    table = next(shape for shape in slides(samples.deck())[5].shapes if shape.has_table).table
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows[1] == ["Đã tiếp nhận", "1.234", "100 %"]


def test_what_is_too_long_goes_on_to_further_slides() -> None:
    points = tuple(Paragraph(f"{number}. {samples.LONG}") for number in range(14))
    made = one(Slide("Đất đai", points, table=replace(samples.WIDE, rows=samples.WIDE.rows * 2)))
    assert len(made) > 3
    assert [overflows(slide) for slide in made] == [[]] * len(made)
    titles = [slide.shapes.title.text for slide in made]
    assert titles == ["Đất đai", *["Đất đai (tiếp theo)"] * (len(made) - 1)]
    said = " ".join(
        shape.text_frame.text
        for slide in made
        for shape in slide.placeholders
        if shape.has_text_frame
    )
    assert all(f"{number}. Trong 214" in said for number in range(14))
    rows = sum(
        len(shape.table.rows) - 1 for slide in made for shape in slide.shapes if shape.has_table
    )
    assert rows == 70


@settings(max_examples=12)
@given(
    title=st.text(alphabet="Đường giao thông ", max_size=150),
    points=st.lists(st.text(alphabet="ạêđ mw", max_size=900), max_size=5),
    beside=st.booleans(),
)
def test_no_text_ever_overflows(title: str, points: list[str], beside: bool) -> None:
    table = samples.SHARES if beside else None
    # A word without any blank can be broken by nobody.
    short = tuple(Paragraph(" ".join(each[:20] for each in text.split())) for text in points)
    for slide in one(Slide(" ".join(each[:20] for each in title.split()), short, table=table)):
        assert overflows(slide) == []


def test_any_text_is_shown_as_text() -> None:
    table = replace(
        samples.TOPICS,
        title=HOSTILE,
        columns=(HOSTILE, f"{HOSTILE}1", f"{HOSTILE}2", f"{HOSTILE}3"),
        rows=((HOSTILE, 1, 2, 3),),
    )
    points = (Paragraph(HOSTILE),)
    made = slides(
        Deck(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            (
                Slide(
                    HOSTILE, points, chart=Chart(ChartKind.STACKED, table, HOSTILE), notes=HOSTILE
                ),
                Slide(HOSTILE, points, table=table),
                Slide(HOSTILE, (), chart=Chart(ChartKind.LINES, table, HOSTILE)),
            ),
            HOSTILE,
        )
    )
    assert len(made) == 4
    assert "&amp;" in made[1].shapes.title.text


def test_the_same_deck_gives_the_same_bytes() -> None:
    first = write_pptx(samples.deck(), samples.DATED)
    # XlsxWriter writes the second in which it makes a chart's workbook.
    time.sleep(1.1)
    assert write_pptx(samples.deck(), samples.DATED) == first


@pytest.mark.parametrize("rows", [0, 1])
def test_a_chart_of_nothing_does_no_harm(rows: int) -> None:
    table = replace(samples.TOPICS, rows=((("Chính quyền số"), None, None, None),) * rows)
    for kind in ChartKind:
        assert one(Slide("Trống", (), chart=Chart(kind, table, "Không có số liệu.")))
