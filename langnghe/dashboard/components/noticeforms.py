"""Writing down a notice of a mistake."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import CLAIM, PETITION
from langnghe.casework.notices import ROUTE_NAMES, About, NoticeRoute
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Petition, State
from langnghe.casework.roles import Actor, Refused
from langnghe.core.clock import local_day
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import day
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.labels import formal_text_html
from langnghe.dashboard.components.noticeplace import go_back, go_to, wanted_case
from langnghe.dashboard.components.noticetexts import case_title, public_html
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where

OFFERED: Final = 300
"""Published corrections, and as many answers, the last changed ones, to choose from."""


def show_opening(viewer: Actor) -> None:
    """The form: what is public, what is said to be wrong with it, and until when to decide."""
    st.button("← Về danh sách", on_click=go_back)
    st.header("Ghi báo sai sót", anchor=False)
    published = _published(viewer)
    if not published:
        st.info(
            "Chưa có bản đính chính hay câu trả lời nào đang công bố nên chưa có gì để báo sai "
            "sót. Công bố ở trang Thông tin cần kiểm chứng hoặc Phản ánh, kiến nghị."
        )
        return
    asked = wanted_case()
    codes = list(published)
    chosen = st.selectbox(
        "Nội dung bị báo sai sót",
        codes,
        index=codes.index(asked) if asked in published else None,
        format_func=lambda code: f"{code}: {case_title(published[code])[:100]}",
        placeholder="Gõ mã hoặc vài chữ của tiêu đề",
        key="notice-case",
    )
    if chosen is None:
        st.caption("Không thấy? Mở hồ sơ ấy rồi bấm «Ghi một báo sai sót về bản này».")
        return
    with st.expander("Xem nội dung đang công bố"):
        st.html(public_html(published[chosen]))
    settings = desk().settings
    today = local_day(desk().clock.now())
    received_on = st.date_input(
        "Ngày nhận", value=today, max_value=today, format="DD/MM/YYYY", key="notice-day"
    )
    if received_on:
        due = settings.after(received_on, settings.notices.working_days)
        st.info(
            f"Hạn quyết định: {day(due)} ({settings.notices.working_days} ngày làm việc). "
            f"Căn cứ: {settings.notices.legal_basis}."
        )
    with st.form("new-notice"):
        st.radio(
            "Nhận qua",
            list(NoticeRoute),
            format_func=ROUTE_NAMES.__getitem__,
            key="notice-route",
            horizontal=True,
        )
        st.text_area(
            "Điều được cho là sai",
            key="notice-text",
            height=140,
            placeholder="Chỗ nào sai, vì sao, đúng ra là gì",
        )
        st.caption(
            "Không ghi ai báo: không họ tên, số điện thoại, địa chỉ. Hãy đọc cho người báo mã nhận "
            "được để họ hỏi kết quả."
        )
        st.form_submit_button(
            "Ghi báo sai sót",
            type="primary",
            on_click=_open,
            args=(_about(published[chosen]), chosen, received_on),
        )
    with st.expander("Người báo muốn tố cáo hoặc khiếu nại?"):
        for channel in (settings.formal_channels.denunciation, settings.formal_channels.complaint):
            st.html(f'<section class="ln-formal"><p>{formal_text_html(channel)}</p></section>')


def _published(viewer: Actor) -> dict[str, Claim | Petition]:
    """What can be criticised, by code: the last changed ones, and the one that was asked for."""
    verified = Where(states=frozenset(Verdict) - {Verdict.UNVERIFIED})
    found: list[Claim | Petition] = [
        kept.state for kept in desk().find(CLAIM, viewer, verified, Order.CHANGED, OFFERED)
    ]
    answered = Where(states=(State.PUBLISHED,))
    found += [
        kept.state for kept in desk().find(PETITION, viewer, answered, Order.CHANGED, OFFERED)
    ]
    if asked := wanted_case():
        found += _asked(asked, viewer)
    return {case.id: case for case in found if case.current is not None}


def _asked(code: str, viewer: Actor) -> list[Claim | Petition]:
    try:
        if code.startswith("PA."):
            return [desk().get(PETITION, code, viewer).state]
        return [desk().get(CLAIM, code, viewer).state]
    except Refused:
        return []


def _about(case: Claim | Petition) -> About:
    return About.CLAIM if isinstance(case, Claim) else About.PETITION


def _open(about: About, case: str, received_on: date | None) -> None:
    new = NewNotice(
        about,
        case,
        st.session_state["notice-route"],
        st.session_state["notice-text"],
        received_on,
    )
    viewer = actor()
    opened = attempt(lambda: desk().open_notice(new, viewer))
    if opened is not None:
        attempt(lambda: None, f"Đã ghi. Mã để hỏi kết quả: {opened.state.id}.")
        st.session_state["notice-text"] = ""
        go_to(opened.state.id)
