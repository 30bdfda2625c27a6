"""Other documents of the month: the quick report on a topic, and the minutes of the meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

import streamlit as st

from langnghe.briefing.content import Document
from langnghe.briefing.docx import write_docx
from langnghe.briefing.figures import Figures
from langnghe.briefing.layout import layout_named
from langnghe.briefing.letterhead import letterheads
from langnghe.briefing.matters import matter_of
from langnghe.briefing.minutes import Meeting, Opinion, Person, minutes
from langnghe.briefing.quick import quick_report
from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.institution import LayoutName
from langnghe.dashboard.components.briefingsteps import material
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitiondoing import typed
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import casework, desk, home

_MIME: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MEETING_DAY: Final = 20
"""Of the month, until somebody says otherwise: the last third of it (domain.md §2.2)."""


def show_quick_report(named: Names) -> None:
    """A quick report on one topic, drafted from figures as they are now."""
    with st.expander("Báo cáo nhanh về một chủ đề"), st.form("quick"):
        st.selectbox(
            "Chủ đề",
            list(named.topics),
            format_func=lambda one: named.topics[one],
            key="quick-topic",
        )
        st.form_submit_button("Tạo báo cáo nhanh", on_click=_make_quick)
    _offer("quick", "Tải báo cáo nhanh (DOCX)")


def show_minutes(month: date, figures: Figures) -> None:
    """The minutes of the meeting, as the editor types them; they are kept nowhere."""
    with st.expander("Biên bản hội nghị giao ban"):
        st.caption(
            "Ghi những gì có, phần để trống sẽ chừa chỗ viết tay. Nội dung ghi ở đây chỉ nằm trong "
            "tệp tải về, không lưu trên hệ thống."
        )
        with st.form("minutes"):
            st.date_input(
                "Ngày họp", month.replace(day=_MEETING_DAY), format="DD/MM/YYYY", key="minutes-day"
            )
            st.time_input("Bắt đầu lúc", time(8), key="minutes-began")
            st.text_input("Địa điểm", key="minutes-venue")
            st.text_input("Chủ trì (họ tên, chức vụ)", key="minutes-chair")
            st.text_input("Người ghi biên bản (họ tên, chức vụ)", key="minutes-secretary")
            st.text_area("Thành phần dự, mỗi dòng một thành phần", key="minutes-present")
            st.text_area("Ý kiến, mỗi dòng «Ai: nói gì»", key="minutes-opinions")
            st.text_area("Giải đáp, mỗi dòng «Ai: trả lời gì»", key="minutes-answers")
            st.text_area("Kết luận, mỗi dòng một ý", key="minutes-conclusions")
            st.text_area("Định hướng tháng tới, mỗi dòng một ý", key="minutes-directions")
            st.form_submit_button("Tạo biên bản", on_click=_make_minutes, args=(month, figures))
    _offer("minutes", "Tải biên bản (DOCX)")


def meeting_of(texts: Callable[[str], str], began: datetime | None) -> Meeting:
    """What was typed, field by field, as a meeting.

    Args:
        texts: gives what stands in a field.
        began: when the meeting began.
    """
    return Meeting(
        began=began,
        venue=texts("venue"),
        chair=_person(texts("chair")),
        secretary=_person(texts("secretary")),
        present=_lines(texts("present")),
        opinions=tuple(map(_opinion, _lines(texts("opinions")))),
        answers=tuple(map(_opinion, _lines(texts("answers")))),
        conclusions=_lines(texts("conclusions")),
        directions=_lines(texts("directions")),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _person(text: str) -> Person:
    name, _, position = text.partition(",")
    return Person(name=name, position=position)


def _opinion(line: str) -> Opinion:
    who, colon, what = line.partition(":")
    return Opinion(who=who, what=what) if colon else Opinion(who="Đại biểu", what=line)


def _make_quick() -> None:
    topic = typed("quick-topic")

    def work() -> None:
        here = home()
        matter = matter_of(material(), casework(), desk().clock.now(), topic=topic)
        layout = here.briefing.layout
        document = quick_report(matter, letterheads(here), layout)
        _keep("quick", document, layout, f"bao-cao-nhanh-{topic}-{matter.today}-du-thao.docx")

    attempt(work, "Đã soạn báo cáo nhanh. Hãy tải về và kiểm tra.")


def _make_minutes(month: date, figures: Figures) -> None:
    def work() -> None:
        here = home()
        began = datetime.combine(typed("minutes-day"), typed("minutes-began"), LOCAL_ZONE)
        meeting = meeting_of(lambda name: typed(f"minutes-{name}"), began)
        layout = here.briefing.layout
        document = minutes(meeting, month, figures, letterheads(here), layout)
        _keep("minutes", document, layout, f"bien-ban-giao-ban-{month:%Y-%m}.docx")

    attempt(work, "Đã tạo biên bản. Hãy tải về.")


def _keep(kind: str, document: Document, layout: LayoutName, name: str) -> None:
    st.session_state[f"made-{kind}"] = (write_docx(document, layout_named(layout)), name)


def _offer(kind: str, label: str) -> None:
    made = st.session_state.get(f"made-{kind}")
    if made is not None:
        st.download_button(label, made[0], made[1], _MIME, on_click="ignore", key=f"take-{kind}")
