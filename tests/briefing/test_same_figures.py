"""Report, slides, workbook and page tell the same figures, and those of a direct count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document as read_docx  # noqa: N813  a function
from lxml import html
from openpyxl import load_workbook
from pptx import Presentation as read_pptx  # noqa: N813  a function

from langnghe.briefing import tables, work
from langnghe.briefing.produce import FileKind, file_name, produce
from langnghe.core.clock import local_day
from langnghe.core.institution import LayoutName
from langnghe.core.topics import read_topics
from langnghe.dashboard.components.briefingtexts import figure_table
from tests.briefing.world import FIRST, LAST, MONTH, World, month_of_posts, world


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path / "home") as made:
        made.add(*month_of_posts())
        yield made


def counted(here: World) -> dict[str, int]:
    """Posts of the period by the title of their topic, from the posts themselves."""
    names = {one.id: one.title for one in read_topics(here.home.configs / "topics.yaml")}
    posts, _ = month_of_posts()
    mine = (one for one in posts if FIRST <= local_day(one.published_at) <= LAST)
    return dict(Counter(names[topic] for one in mine for topic in one.topics))


def test_topics_are_the_same_everywhere(here: World) -> None:
    content = work.content(here.material, MONTH, here.clock.now())
    expected = counted(here)
    report = read_docx(BytesIO(produce(content, LayoutName.HD05, FileKind.DOCX)))
    in_report = [
        {row.cells[0].text.strip(): int(row.cells[1].text) for row in table.rows[1:]}
        for table in report.tables
        if [cell.text.strip() for cell in table.rows[0].cells][:2] == ["Chủ đề", "Kỳ này"]
    ]
    assert in_report == [expected]
    book = load_workbook(BytesIO(produce(content, LayoutName.HD05, FileKind.XLSX)))
    in_book = [
        {str(row[0]): row[1] for row in rows[at + 1 :] if row[0] in expected}
        for sheet in book
        for rows in [list(sheet.iter_rows(values_only=True))]
        for at, head in enumerate(rows)
        if head[:2] == ("Chủ đề", "Kỳ này")
    ]
    assert in_book == [expected]
    page = html.fromstring(figure_table(tables.by_topic(content.figures)))
    in_page = {
        row.xpath("string(th)"): int(row.xpath("string(td[1])")) for row in page.xpath("//tbody/tr")
    }
    assert in_page == expected
    slides = read_pptx(BytesIO(produce(content, LayoutName.HD05, FileKind.PPTX)))
    said = " ".join(
        shape.text_frame.text
        for slide in slides.slides
        for shape in slide.shapes
        if shape.has_text_frame
    )
    total = sum(FIRST <= local_day(one.published_at) <= LAST for one in month_of_posts()[0])
    assert f"Thu thập được {total} bài, ý kiến" in said
    text = " ".join(paragraph.text for paragraph in report.paragraphs)
    assert f"thu thập được {total} bài, ý kiến" in text
    for title, count in expected.items():
        if match := re.search(rf"{re.escape(title)}: thu thập được (\d+) bài", text):
            assert int(match[1]) == count


@pytest.mark.parametrize("layout", list(LayoutName))
def test_the_same_content_gives_the_same_bytes(here: World, layout: LayoutName) -> None:
    content = work.content(here.material, MONTH, here.clock.now())
    for kind in (FileKind.DOCX, FileKind.PPTX, FileKind.XLSX):
        assert produce(content, layout, kind) == produce(content, layout, kind)
        assert file_name(content, layout, kind) == f"giao-ban-2026-11-{layout}-du-thao.{kind}"
