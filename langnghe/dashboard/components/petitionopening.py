"""Opening a petition that came in otherwise than by a review item."""

from __future__ import annotations

from datetime import date

import streamlit as st

from langnghe.casework.deadlines import ROUTE_NAMES, Route
from langnghe.casework.desk import NewPetition
from langnghe.casework.petitionrecords import KIND_NAMES, Kind
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import day
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitiondoing import typed
from langnghe.dashboard.components.petitionplace import LIST
from langnghe.dashboard.components.petitiontexts import formal_html
from langnghe.dashboard.context import Names
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk

_BY_HAND = (Route.RECEPTION, Route.PORTAL, Route.FIELD_REPORT, Route.PUBLIC_PAGE)
"""The likeliest first."""


def show_opening(named: Names) -> None:
    """The form: how it came in sets the deadline, which is shown before anything is kept."""
    st.button("← Về danh sách", on_click=LIST.go_back)
    st.header("Mở phản ánh mới", anchor=False)
    settings = desk().settings
    today = local_day(desk().clock.now())
    route = st.radio(
        "Tiếp nhận qua", _BY_HAND, format_func=lambda one: ROUTE_NAMES[one], key="new-route"
    )
    received_on = st.date_input(
        "Ngày tiếp nhận", value=today, max_value=today, format="DD/MM/YYYY", key="new-day"
    )
    kind = st.radio(
        "Đây là gì?",
        list(Kind),
        format_func=lambda one: KIND_NAMES[one],
        key="new-kind",
        horizontal=True,
    )
    assert kind
    if kind is not Kind.PETITION:
        st.html(formal_html(kind, settings.formal_channels))
        st.button(
            f"Đếm một {KIND_NAMES[kind].lower()}, không ghi nội dung",
            type="primary",
            on_click=_open,
            args=(route, received_on, kind),
        )
        return
    if received_on:
        due = settings.due(route, received_on)
        days = settings.deadlines[route].working_days
        st.info(f"Hạn trả lời: {day(due.on)} ({days} ngày làm việc). Căn cứ: {due.legal_basis}.")
    with st.form("new-petition"):
        st.text_area(
            "Nội dung phản ánh",
            key="new-summary",
        )
        st.caption(
            "Viết lại bằng lời của mình: việc gì, ở đâu, từ khi nào, đề nghị gì. Không ghi họ tên, "
            "số điện thoại, số nhà của người phản ánh."
        )
        choose("Lĩnh vực", named.topics, "new-topic", "Chưa chọn")
        choose("Địa bàn", named.places, "new-place", "Chưa chọn")
        st.form_submit_button(
            "Mở phản ánh", type="primary", on_click=_open, args=(route, received_on, kind)
        )


def _open(route: Route, received_on: date | None, kind: Kind) -> None:
    new = NewPetition(
        kind,
        typed("new-summary"),
        typed("new-topic") or "",
        typed("new-place") or "",
        route,
        received_on,
    )
    viewer = actor()
    opened = attempt(lambda: desk().open_petition(new, viewer), "Đã mở phản ánh.")
    if opened is not None:
        LIST.go_to(opened.state.id)
