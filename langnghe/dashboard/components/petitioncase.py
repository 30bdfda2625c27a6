"""The page of one petition."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionrecords import Kind, Petition, is_petition_code
from langnghe.casework.roles import Actor, Refused
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.caseposts import case_posts, show_posts
from langnghe.dashboard.components.doing import refusal
from langnghe.dashboard.components.noticebanner import show_notices_of
from langnghe.dashboard.components.petitionanswer import show_answers, show_writing
from langnghe.dashboard.components.petitionforms import show_next, show_others
from langnghe.dashboard.components.petitionmerge import may_merge, show_likes
from langnghe.dashboard.components.petitionplace import LIST
from langnghe.dashboard.components.petitiontexts import (
    facts_html,
    formal_html,
    group_html,
    history_html,
)
from langnghe.dashboard.components.versions import show_unpublishing, show_versions
from langnghe.dashboard.context import Names, claims
from langnghe.dashboard.shared import desk


def show_petition(code: str, viewer: Actor, named: Names) -> None:
    """One petition: what is asked, until when, what was done, and what can be done next."""
    st.button("← Về danh sách", on_click=LIST.go_back)
    try:
        # What is no code is not repeated: whoever sent the link could have written anything.
        kept = desk().get(PETITION, code if is_petition_code(code) else "này", viewer)
    except Refused as refused:
        refusal(refused)
        return
    st.header(kept.state.id, anchor=False)
    today = local_day(desk().clock.now())
    if kept.state.kind is not Kind.PETITION:
        st.html(facts_html(kept.state, today, desk().settings, named))
        st.text("Nội dung không được giữ ở đây, chỉ giữ số đếm.")
        st.html(formal_html(kept.state.kind, desk().settings.formal_channels))
        return
    work, around = st.columns([3, 2], gap="large")
    with work:
        st.html(facts_html(kept.state, today, desk().settings, named))
        if main := kept.state.merged_into:
            st.button(f"Mở {main}", on_click=LIST.go_to, args=(main,))
        # Before the buttons: who approves has read it.
        show_notices_of(kept.state, viewer)
        show_answers(kept, viewer)
        show_next(kept, viewer, named)
        show_writing(kept, viewer)
        show_others(kept, viewer)
        show_unpublishing(PETITION, kept, viewer)
        if may_merge(kept.state, viewer):
            likes = st.expander("Gộp phản ánh giống nhau", on_change="rerun", key=f"gop-{code}")
            if likes.open:
                with likes:
                    show_likes(kept, viewer, today, named)
        if kept.state.last_published is not None:
            st.html(group_html("Bản ngôn ngữ, bản đọc"))
            show_versions(PETITION, kept, viewer)
    with around:
        _posts(kept, viewer, named)
        st.html(group_html("Quá trình xử lý"))
        st.html(history_html(desk().history(PETITION, code, viewer)))


def _posts(kept: Kept[Petition], viewer: Actor, named: Names) -> None:
    found, total = case_posts(PETITION, kept.state.id, viewer)
    st.html(group_html("Bài đăng", f"{number(total)} bài" if total else ""))
    if total:
        show_posts(found, total, named, claims())
    else:
        st.text("Phản ánh này không kèm bài đăng nào.")
