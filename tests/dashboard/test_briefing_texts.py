"""What the page of the briefing shows, without a browser."""

from __future__ import annotations

from datetime import UTC, date, datetime

from langnghe.briefing.briefings import Briefing, BriefingState, Edition
from langnghe.briefing.content import Paragraph, Table
from langnghe.briefing.figures import Figures
from langnghe.briefing.sentences import ASKED
from langnghe.briefing.text import Section
from langnghe.dashboard.components.briefingextras import meeting_of
from langnghe.dashboard.components.briefingtexts import (
    figure_table,
    headings,
    section_html,
    sources_html,
    state_html,
    strangers,
)
from langnghe.trends.period import Period

HOSTILE = "<script>alert(1)</script> [a](http://b.example)"
FIGURES = Figures(
    Period(date(2026, 10, 16), date(2026, 11, 15)),
    Period(date(2026, 9, 16), date(2026, 10, 15)),
    datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
    True,
    {"posts.total": 1234, "posts.topic.duong-sa": 12, "posts.topic.duong-sa.share": 0.0097},
    {"topic.duong-sa": HOSTILE},
)
SECTION = Section(
    "world",
    3,
    HOSTILE,
    (
        Paragraph(f"{HOSTILE} có 1.234 bài", ("posts.total",)),
        Paragraph("một", ("posts.topic.duong-sa",), bullet=True),
        Paragraph("hai", bullet=True),
        Paragraph(f"{ASKED}: {HOSTILE}]"),
    ),
)


def test_what_was_typed_is_shown_as_text() -> None:
    edition = Edition(1, "", "", (), ("lan",), "chi", FIGURES.gathered_at, "")
    briefing = Briefing(
        *("BG.202611", date(2026, 11, 1), "", "", (SECTION,), ("lan",)),
        state=BriefingState.APPROVED,
        number=2,
        sent_back=HOSTILE,
        why=HOSTILE,
        editions=(edition,),
    )
    shown = (
        state_html(briefing, FIGURES)
        + section_html(SECTION)
        + sources_html(SECTION, FIGURES)
        + figure_table(Table(HOSTILE, ("Chủ đề", "Tỷ lệ"), ((HOSTILE, 0.125), (HOSTILE, None))))
    )
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 6
    assert "12,5 %" in shown
    assert "–" in shown


def test_bullets_stand_together_and_what_is_asked_for_stands_out() -> None:
    shown = section_html(SECTION)
    assert "<ul><li>một</li><li>hai</li></ul>" in shown
    assert shown.count("<mark>") == 1
    assert "chưa có nội dung" in section_html(Section("world", 3, "Tên"))


def test_each_number_has_its_source_and_a_strange_one_is_named() -> None:
    sources = sources_html(SECTION, FIGURES)
    assert "<b>1.234</b> Số bài, ý kiến thu thập được" in sources
    assert "topic=duong-sa" in sources
    assert strangers(SECTION, FIGURES) == []
    odd = Section("world", 3, "Tên", (Paragraph("Có 1.234 bài và 7 việc", ("posts.total",)),))
    assert strangers(odd, FIGURES) == ["7"]


def test_headings_are_numbered_as_on_paper() -> None:
    sections = [
        Section(name, level, f"Mục {name}")
        for name, level in (("a", 1), ("b", 2), ("c", 2), ("d", 3), ("e", 4), ("f", 3), ("g", 1))
    ]
    assert list(headings([*sections, Section("h", 2, "Mục h")]).values()) == [
        "I. Mục a",
        "1. Mục b",
        "2. Mục c",
        "2.1. Mục d",
        "Mục e",
        "2.2. Mục f",
        "II. Mục g",
        "1. Mục h",
    ]


def test_what_is_typed_of_the_meeting_becomes_its_minutes() -> None:
    texts = {
        "venue": "Hội trường xã",
        "chair": "Lò Văn Hặc, Phó Bí thư",
        "present": "Bí thư các chi bộ\n\nCộng tác viên",
        "opinions": "Bản Chu Va 12: đường lở\nKhông ghi ai nói",
    }
    meeting = meeting_of(lambda name: texts.get(name, ""), None)
    assert (meeting.chair.name, meeting.chair.position) == ("Lò Văn Hặc", "Phó Bí thư")
    assert meeting.present == ("Bí thư các chi bộ", "Cộng tác viên")
    assert [(one.who, one.what) for one in meeting.opinions] == [
        ("Bản Chu Va 12", "đường lở"),
        ("Đại biểu", "Không ghi ai nói"),
    ]
    assert meeting.conclusions == ()
