"""The files of a briefing, made when somebody asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from langnghe.briefing.briefings import Briefing, Edition
from langnghe.briefing.produce import FileKind, file_name, produce
from langnghe.briefing.report import Content, content_of
from langnghe.casework.kinds import Kept
from langnghe.core.errors import LangNgheError
from langnghe.core.institution import LayoutName
from langnghe.core.vietnamese import day
from langnghe.dashboard.components.doing import refusal
from langnghe.dashboard.shared import home

LAYOUTS: Final[Mapping[LayoutName, str]] = {
    LayoutName.HD05: "Văn bản Đảng (HD 05, từ 27/5/2026)",
    LayoutName.HD36: "Văn bản Đảng (HD 36, trước đó)",
    LayoutName.ND30: "Văn bản hành chính (NĐ 30)",
}
_NAMES: Final[Mapping[FileKind, tuple[str, str]]] = {
    FileKind.DOCX: (
        "Tải báo cáo (DOCX)",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    FileKind.PDF: ("Tải báo cáo (PDF)", "application/pdf"),
    FileKind.PPTX: (
        "Tải slide (PPTX)",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    FileKind.XLSX: (
        "Tải bảng số liệu (XLSX)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_MADE: Final = "briefing_files"
"""What was made last in this session: of which content, and the files."""


def show_files(kept: Kept[Briefing]) -> None:
    """Choose edition and layout, make the files, take them along."""
    briefing = kept.state
    editions: dict[str, Briefing | Edition] = {}
    if briefing.frozen is None or briefing.frozen.number != briefing.number:
        editions["Bản đang soạn"] = briefing
    for edition in reversed(briefing.editions):
        editions[f"Bản {edition.number}, duyệt ngày {day(edition.approved_at.date())}"] = edition
    names = list(editions)
    chosen = st.selectbox("Bản", names, key=f"ban-{briefing.id}") if names[1:] else names[0]
    usual = list(LAYOUTS).index(home().briefing.layout)
    layout = st.selectbox(
        "Thể thức",
        list(LAYOUTS),
        index=usual,
        format_func=lambda one: LAYOUTS[one],
        key="the-thuc",
    )
    content = content_of(briefing.month, editions[chosen])
    if content.draft_note:
        st.caption(f"Mỗi trang của bản chưa duyệt có dòng «{content.draft_note}».")
    stamp = (briefing.id, chosen, kept.version, layout)
    if st.button("Tạo các tệp"):
        with st.spinner("Đang tạo DOCX, PPTX, XLSX và PDF; mất khoảng nửa phút…"):
            st.session_state[_MADE] = (stamp, *_make(content, layout))
    made = st.session_state.get(_MADE)
    if made is None or made[0] != stamp:
        return
    for problem in made[2]:
        refusal(problem)
    for kind, data in made[1].items():
        label, mime = _NAMES[kind]
        st.download_button(
            label,
            data,
            file_name(content, layout, kind),
            mime,
            on_click="ignore",
            key=f"tai-{kind}",
        )


def _make(
    content: Content, layout: LayoutName
) -> tuple[dict[FileKind, bytes], list[LangNgheError]]:
    """The files, and what became of those that could not be made."""
    files: dict[FileKind, bytes] = {}
    problems: list[LangNgheError] = []
    for kind in FileKind:
        try:
            files[kind] = produce(content, layout, kind)
        except LangNgheError as error:
            problems.append(error)
    return files, problems
