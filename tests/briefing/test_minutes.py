from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import docx
import pytest

from langnghe.briefing.content import DocumentKind, Heading, Paragraph
from langnghe.briefing.docx import write_docx
from langnghe.briefing.figures import Figures
from langnghe.briefing.layout import layout_named
from langnghe.briefing.letterhead import letterheads
from langnghe.briefing.minutes import BLANK, TEMPLATE, Meeting, minutes, read_meeting
from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.institution import LayoutName
from langnghe.trends.period import Period

MONTH = date(2026, 11, 1)
FIGURES = Figures(
    Period(date(2026, 10, 16), date(2026, 11, 15)),
    Period(date(2026, 9, 16), date(2026, 10, 15)),
    datetime(2026, 11, 16, tzinfo=UTC),
    over=True,
    values={"posts.total": 1234, "petitions.received": 21, "claims.corrections": 3},
    titles={},
)
NOTED = """
began: 2026-11-20 08:00
ended: 2026-11-20 11:05
venue: Hội trường Đảng ủy xã
chair: {name: Nguyễn Thị Ánh Tuyết, position: Phó Bí thư}
secretary: {name: Giàng A Sử}
present: [Thường trực Đảng ủy, 18 cộng tác viên]
present_count: 9
absent: [Đ/c Páo]
opinions:
  - {who: Bí thư chi bộ bản Chu Va 12, what: "{{posts.total}} <b>đường</b> hỏng"}
conclusions: [Tiếp thu các ý kiến.]
"""


def written(meeting: Meeting, layout: LayoutName = LayoutName.HD05) -> list[str]:
    document = minutes(meeting, MONTH, FIGURES, letterheads(Home(Path("none"))), layout)
    return [one.text for one in document.blocks if isinstance(one, Paragraph | Heading)]


def test_what_was_noted_stands_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(NOTED, encoding="utf-8")
    meeting = read_meeting(path)
    lines = written(meeting)
    assert "Thời gian: bắt đầu lúc 8 giờ 00 phút, ngày 20/11/2026." in lines
    assert "Chủ trì: đồng chí Nguyễn Thị Ánh Tuyết, Phó Bí thư." in lines
    assert "Thành phần dự: 09 đồng chí, gồm:" in lines
    assert any("thu thập được 1.234 bài, ý kiến; tiếp nhận 21 " in line for line in lines)
    assert lines[-1].startswith("Hội nghị kết thúc lúc 11 giờ 05 phút cùng ngày.")
    # What people typed is text, whatever is in it.
    assert "Bí thư chi bộ bản Chu Va 12: {{posts.total}} <b>đường</b> hỏng" in lines
    order = [lines.index(one) for one in ("Nội dung", "Giải đáp, làm rõ", "Kết luận")]
    assert order == sorted(order)


@pytest.mark.parametrize("layout", LayoutName)
def test_a_meeting_to_come_leaves_room_and_is_signed_by_two(layout: LayoutName) -> None:
    document = minutes(Meeting(), MONTH, FIGURES, letterheads(Home(Path("none"))), layout)
    assert document.kind is DocumentKind.MINUTES
    assert document.symbol.startswith("BB")
    assert document.dated is None
    assert [one.position for one in document.signatures] == [
        "NGƯỜI GHI BIÊN BẢN",
        "CHỦ TRÌ HỘI NGHỊ",
    ]
    texts = [one.text for one in document.blocks if isinstance(one, Paragraph)]
    assert sum(BLANK in text for text in texts) >= 6
    read = docx.Document(BytesIO(write_docx(document, layout_named(layout))))
    assert any("BIÊN BẢN" in one.text.upper() for one in read.paragraphs)


def test_the_form_that_is_handed_out_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(TEMPLATE.format(began="2026-11-20 08:00"), encoding="utf-8")
    assert read_meeting(path) == Meeting(began=datetime(2026, 11, 20, 8, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("opinion: []", 1),
        ("began: 2026-11-20 08:00\nended: 2026-11-20 07:00", None),
        ("venue: a\npresent_count: -1", 2),
        ("opinions:\n  - {who: a}", 2),
        ("venue: [", 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, wrong: str, line: int | None) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_meeting(path)
    assert line is None or caught.value.line == line
