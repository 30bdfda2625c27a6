from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn

from langnghe.briefing.check import NoWordFile, check_docx
from langnghe.briefing.content import Document, Heading, Paragraph, Signature
from langnghe.briefing.docx import write_docx
from langnghe.briefing.layout import layout_named
from langnghe.briefing.wordheader import day_in_words
from langnghe.briefing.xlsx import write_xlsx
from langnghe.core.institution import LayoutName
from tests.briefing import samples

HOSTILE = "<w:p/>&amp; \x00\x1b[0m {number} %s \u202e =1+1 \ud800 [SĐT]\n\n]]> Ð"


@cache
def laid_out(name: LayoutName) -> bytes:
    return write_docx(samples.of_layout(name), layout_named(name))


def texts(content: bytes) -> list[str]:
    file = docx.Document(BytesIO(content))
    every: Any = file.element.body.iter(qn("w:p"))
    return ["".join(one.text or "" for one in p.iter(qn("w:t"))) for p in every]


@pytest.mark.parametrize("name", LayoutName)
def test_a_report_keeps_every_rule_of_its_layout(name: LayoutName) -> None:
    layout = layout_named(name)
    checks = check_docx(laid_out(name), layout)
    assert len(checks) > 40
    assert [one for one in checks if not one.holds] == []


def test_minutes_keep_them_too() -> None:
    layout = layout_named(LayoutName.HD05)
    content = write_docx(samples.minutes(), layout)
    assert [one for one in check_docx(content, layout) if not one.holds] == []
    said = texts(content)
    assert said.index("NGƯỜI GHI BIÊN BẢN") < said.index("CHỦ TRÌ HỘI NGHỊ")
    assert said.index("CHỦ TRÌ HỘI NGHỊ") < said.index("Nơi nhận:")


def test_another_layout_is_told_from_it() -> None:
    content = laid_out(LayoutName.HD05)
    broken = {
        one.rule for one in check_docx(content, layout_named(LayoutName.ND30)) if not one.holds
    }
    assert "Số và ký hiệu dạng «Số: {number}/{symbol}»" in broken
    assert "Lời văn kết thúc bằng «./.»" in broken
    assert any(rule.startswith("Phần đầu, bên phải") for rule in broken)


def test_what_people_spoil_in_word_is_found() -> None:
    layout = layout_named(LayoutName.HD05)
    file = docx.Document(BytesIO(laid_out(LayoutName.HD05)))
    file.sections[0].left_margin = 914_400
    said = next(one for one in file.paragraphs if one.style and one.style.name == "Body Text")
    said.runs[0].font.name = "Arial"
    said.paragraph_format.line_spacing = 1.0
    saved = BytesIO()
    file.save(saved)
    broken = {one.rule for one in check_docx(saved.getvalue(), layout) if not one.holds}
    assert broken == {
        "Lề trái 30 mm",
        "Phông chữ Times New Roman",
        "Cách dòng chính xác 18–20 pt",
    }


@pytest.mark.parametrize(
    ("dated", "expected"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_days_as_documents_write_them(dated: date, expected: str) -> None:
    assert day_in_words(dated) == expected


def test_the_same_document_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = laid_out(LayoutName.HD05)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert write_docx(samples.report(), layout_named(LayoutName.HD05)) == first


def test_any_text_is_shown_as_text() -> None:
    layout = layout_named(LayoutName.ND30)
    document = samples.minutes()
    fields = dict.fromkeys(
        ("parent_body", "body", "number", "symbol", "place", "title", "subject"), HOSTILE
    )
    hostile = replace(
        document,
        **fields,  # type: ignore[arg-type]  # all of these are texts
        addressees=(HOSTILE, HOSTILE),
        blocks=(Heading(1, HOSTILE), Paragraph(HOSTILE), Paragraph(HOSTILE, bullet=True)),
        recipients=(HOSTILE,),
        signatures=(Signature(HOSTILE, HOSTILE, HOSTILE),),
        appendix=(Heading(1, HOSTILE), Heading(2, HOSTILE), Paragraph(HOSTILE)),
        draft_note=HOSTILE,
    )
    said = texts(write_docx(hostile, layout))
    assert sum("&amp;" in one.lower() for one in said) > 15
    assert any("[SĐT]" in one for one in said)


def test_empty_fields_leave_no_trace() -> None:
    document = Document(
        kind=samples.report().kind,
        parent_body="",
        body="ĐẢNG ỦY XÃ BÌNH LƯ",
        number="",
        symbol="BC/ĐU",
        place="Bình Lư",
        dated=None,
        title="BÁO CÁO",
        subject="",
        addressees=(),
        blocks=(),
        recipients=(),
        signatures=(),
    )
    said = texts(write_docx(document, layout_named(LayoutName.HD05)))
    assert "Nơi nhận:" not in said
    assert "LƯU HÀNH NỘI BỘ" not in said


def test_vietnamese_letters_number_the_points_of_the_state() -> None:
    points = tuple(Heading(3, f"Điểm {number}") for number in range(1, 8))
    document = replace(samples.minutes(), blocks=(Heading(2, "Khoản"), *points))
    said = texts(write_docx(document, layout_named(LayoutName.ND30)))
    # The first four are counted by Word itself.
    shown = [one for one in said if one.endswith(("Điểm 4", "Điểm 5", "Điểm 6", "Điểm 7"))]
    assert shown == ["Điểm 4", "đ) Điểm 5", "e) Điểm 6", "g) Điểm 7"]


def test_the_note_of_a_draft_stands_on_each_page() -> None:
    content = laid_out(LayoutName.HD05)
    for section in docx.Document(BytesIO(content)).sections:
        for foot in (section.footer, section.first_page_footer):
            assert foot.paragraphs[0].text == samples.DRAFT_NOTE
    approved = replace(samples.minutes(), draft_note="")
    names = ZipFile(BytesIO(write_docx(approved, layout_named(LayoutName.HD05))))
    assert all(samples.DRAFT_NOTE.encode() not in names.read(one) for one in names.namelist())


def test_pictures_say_what_they_show() -> None:
    content = laid_out(LayoutName.HD05)
    file = docx.Document(BytesIO(content))
    told = [one.get("descr") for one in file.element.body.iter(qn("wp:docPr"))]
    assert len(told) == 3
    assert told[1] == "Ý kiến về đường giao thông tăng từng tuần."


ORDER = [
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr"),
    *("shd", "tabs", "spacing", "ind", "jc", "outlineLvl", "rPr", "sectPr"),
]
"""Word calls a file broken in which a paragraph's properties stand in another order."""


@pytest.mark.parametrize("name", LayoutName)
def test_properties_stand_in_the_order_that_word_asks_for(name: LayoutName) -> None:
    file = docx.Document(BytesIO(laid_out(name)))
    found: list[Any] = [
        *file.element.iter(qn("w:pPr")),
        *file.styles.element.iter(qn("w:pPr")),
    ]
    assert len(found) > 100
    for properties in found:
        places = [ORDER.index(str(child.tag).split("}")[1]) for child in properties]
        assert all(one < other for one, other in pairwise(places)), list(properties)


def test_a_file_of_another_kind_is_told_of() -> None:
    for content in (b"", b"%PDF-1.7", write_xlsx("Số liệu", (), None)):
        with pytest.raises(NoWordFile, match="không phải tệp DOCX"):
            check_docx(content, layout_named(LayoutName.HD05))
