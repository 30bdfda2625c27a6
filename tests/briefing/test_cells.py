from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from PIL import ImageFont

from langnghe.briefing.cells import Cell, lines, plain, shown
from langnghe.briefing.measure import Face, balanced, width, wrapped


@pytest.mark.parametrize(
    ("value", "column", "expected"),
    [
        (12345, "Số bài", "12.345"),
        (0.125, "Tỷ lệ", "12,5 %"),
        (0.125, "Đúng hạn (%)", "12,5"),
        (2.5, "Ngày", "2,5"),
        (2.0, "Ngày", "2"),
        (date(2026, 1, 5), "Ngày", "05/01/2026"),
        (None, "Tỷ lệ", "–"),
        (0, "Số bài", "0"),
        ("a\x00b", "Tên", "ab"),
    ],
)
def test_values_are_shown_as_a_vietnamese_reader_expects(
    value: Cell, column: str, expected: str
) -> None:
    assert shown(value, column) == expected


@given(st.text())
def test_every_text_can_stand_in_xml(text: str) -> None:
    element = etree.Element("text")
    element.text = plain(text)
    assert all(line == line.strip() != "" for line in lines(text))


FACES: dict[Face, str] = {
    "serif": "Tinos-Regular.ttf",
    "serif-bold": "Tinos-Bold.ttf",
    "serif-italic": "Tinos-Italic.ttf",
    "sans": "Arimo-Regular.ttf",
    "sans-bold": "Arimo-Bold.ttf",
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "text", ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Đường tổng hợp ý kiến: 1.234 (12,5 %) – ờ ự ỡ"]
)
def test_widths_are_those_of_the_font(face: Face, text: str) -> None:
    font = ImageFont.truetype(FACES[face], 2048)
    # Without kerning, which the last word of a line shows as a shorter line, never as a longer.
    expected = sum(font.getlength(each) for each in text)
    assert width(text, face, 2048) == pytest.approx(expected, rel=0.001)


@given(st.text(alphabet="ạbc đÊ ", max_size=60), st.floats(40, 400))
def test_a_balanced_text_needs_no_more_lines(text: str, room: float) -> None:
    narrow = balanced(text, "serif", 14, room)
    assert len(wrapped(text, "serif", 14, narrow)) <= len(wrapped(text, "serif", 14, room))
    assert (
        narrow <= room
        or len(text.split()) == 1
        or narrow == pytest.approx(room)
        or any(width(word, "serif", 14) > room for word in text.split())
    )
