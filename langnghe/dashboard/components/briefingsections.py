"""The text of a briefing, section by section, edited in place."""

from __future__ import annotations

import re
from typing import Final

import streamlit as st

from langnghe.briefing import work
from langnghe.briefing.briefings import Briefing, BriefingState
from langnghe.briefing.figures import Figures
from langnghe.briefing.sentences import as_typed
from langnghe.briefing.text import Section
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.dashboard.components.briefingtexts import (
    headings,
    section_html,
    sources_html,
    strangers,
)
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitiondoing import typed
from langnghe.dashboard.components.plain import as_label
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk

_SIGNS: Final = re.compile(r"[^\w\s,;–-]")


def show_sections(kept: Kept[Briefing], figures: Figures, viewer: Actor) -> None:
    """All sections, each with its numbers' sources; a draft with a button to write in it."""
    briefing = kept.state
    writable = briefing.state is BriefingState.DRAFT and viewer.may(Permission.DRAFT)
    titles = headings(briefing.sections)
    for section in briefing.sections:
        _heading(section, titles[section.id])
        if not section.editable:
            continue
        if writable and _began(briefing.id, section.id) in st.session_state:
            _writing(briefing, section)
            continue
        st.html(section_html(section))
        if found := strangers(section, figures):
            st.caption(
                as_label(
                    f"Không khớp số liệu nào của kỳ: {', '.join(found)}. Hãy kiểm tra lại trước "
                    "khi trình."
                )
            )
        with st.container(horizontal=True):
            if writable:
                st.button(
                    f"Sửa mục «{as_label(section.heading)}»",
                    key=f"edit-{briefing.id}-{section.id}",
                    on_click=_begin,
                    args=(briefing.id, section),
                )
            if any(paragraph.figures for paragraph in section.paragraphs):
                key = f"nguon-{briefing.id}-{section.id}"
                sources = st.expander("Nguồn của các số", on_change="rerun", key=key)
                if sources.open:
                    sources.html(sources_html(section, figures))


def _heading(section: Section, title: str) -> None:
    """By its level: parts, items, and what stands below them."""
    label = as_label(title)
    if section.level == 1:
        st.header(label, anchor=False)
    elif section.level == 2:
        st.subheader(label, anchor=False)
    else:
        st.markdown(f"{'#' * (section.level + 1)} {label}")


def _writing(briefing: Briefing, section: Section) -> None:
    text, began = _text(briefing.id, section.id), _began(briefing.id, section.id)
    there = as_typed(section.paragraphs)
    if text not in st.session_state:
        st.session_state[text] = there
    if st.session_state[began] != there:
        _changed_meanwhile(briefing, section)
    with st.form(f"form-{briefing.id}-{section.id}"):
        st.text_area(f"Lời văn của mục «{_spoken(section.heading)}»", key=text, height=260)
        st.caption(
            "Mỗi dòng là một đoạn; dòng bắt đầu bằng «- » là gạch đầu dòng. Diễn đạt lại, không "
            "chép nguyên văn lời người dân; không ghi dữ liệu cá nhân."
        )
        with st.container(horizontal=True):
            st.form_submit_button(
                "Lưu mục này", type="primary", on_click=_save, args=(briefing.id, section.id)
            )
            st.form_submit_button("Thôi sửa", on_click=_end, args=(briefing.id, section.id))


def _spoken(heading: str) -> str:
    """A heading without signs that Markdown reads: a screen reader would read backslashes out."""
    return " ".join(_SIGNS.sub(" ", heading).split())


def _changed_meanwhile(briefing: Briefing, section: Section) -> None:
    """Nobody's words are overwritten unseen: neither those kept, nor those being typed."""
    st.warning(
        "Trong lúc bạn sửa, người khác đã lưu mục này như dưới đây. Hãy chọn giữ bản nào rồi lưu."
    )
    st.html(section_html(section))
    with st.container(horizontal=True):
        st.button(
            "Lấy bản đã lưu",
            key=f"theirs-{briefing.id}-{section.id}",
            on_click=_end,
            args=(briefing.id, section.id),
        )
        st.button(
            "Giữ chữ của tôi",
            key=f"mine-{briefing.id}-{section.id}",
            on_click=_keep_mine,
            args=(briefing.id, section),
        )


def _text(case_id: str, section: str) -> str:
    return f"text-{case_id}-{section}"


def _began(case_id: str, section: str) -> str:
    """Key of the text as it was when somebody began to write."""
    return f"began-{case_id}-{section}"


def _begin(case_id: str, section: Section) -> None:
    st.session_state[_began(case_id, section.id)] = as_typed(section.paragraphs)


def _keep_mine(case_id: str, section: Section) -> None:
    st.session_state[_began(case_id, section.id)] = as_typed(section.paragraphs)


def _end(case_id: str, section: str) -> None:
    st.session_state.pop(_began(case_id, section), None)
    st.session_state.pop(_text(case_id, section), None)


def _save(case_id: str, section: str) -> None:
    # Asked again: since the page was drawn the session may have ended, or the role been taken.
    viewer = actor()
    seen = st.session_state.get(_began(case_id, section), "")
    words = typed(_text(case_id, section))
    done = attempt(
        lambda: work.edit(desk(), case_id, section, seen, words, viewer), "Đã lưu mục này."
    )
    if done is not None:
        _end(case_id, section)
