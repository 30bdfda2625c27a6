"""Alerts on the page: what rose, who has seen it, and examples for those who may read posts."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.roles import Actor, Permission
from langnghe.core.clock import SystemClock
from langnghe.core.vietnamese import moment, number
from langnghe.dashboard.components.caseposts import show_posts
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.context import Names, claims
from langnghe.dashboard.shared import casework, stores
from langnghe.trends.alerts import (
    MOST_WHY,
    STATE_NAMES,
    Alert,
    AlertState,
    alerts_of,
    close,
    examples,
    mark_seen,
)
from langnghe.trends.alerttexts import headline, sentences
from langnghe.trends.period import Period

MOST_SHOWN: Final = 20


def show_alerts(viewer: Actor, period: Period, named: Names) -> None:
    """The alerts of a period as cards, with what the viewer may do about each.

    Raises:
        Refused: the viewer may not see figures.
    """
    found = alerts_of(casework(), viewer, period, limit=MOST_SHOWN)
    if not found:
        st.info(
            "Trong kỳ không có chủ đề nào tăng bất thường. Dịch vụ tự so sánh sau mỗi lần đọc các "
            "nguồn tin; có cảnh báo thì sẽ hiện ở đây."
        )
        return
    waiting = sum(alert.state is AlertState.OPEN for alert in found)
    st.caption(f"{number(len(found))} cảnh báo trong kỳ, {number(waiting)} chưa ai xem.")
    closed = [alert for alert in found if alert.state is AlertState.CLOSED]
    for alert in found:
        if alert not in closed:
            _card(alert, viewer, named)
    if closed:
        with st.expander(f"Đã khép lại: {number(len(closed))} cảnh báo"):
            for alert in closed:
                _card(alert, viewer, named)


def _card(alert: Alert, viewer: Actor, named: Names) -> None:
    with st.container(border=True, key=f"alert_{alert.id.replace('.', '_')}"):
        st.html(alert_html(alert, named))
        _work(alert, viewer, named)


def alert_html(alert: Alert, named: Names) -> str:
    """One alert in words. Figures only."""
    told = sentences(alert, named.topics, named.sources)
    rest = "".join(f"<p>{escape(sentence)}</p>" for sentence in told[1:])
    return (
        f'<div class="ln-alert"><h3>{escape(headline(alert, named.topics))}</h3>'
        f'<p class="ln-facts"><span class="ln-chip">{escape(STATE_NAMES[alert.state])}</span> '
        f"{escape(_done(alert))}</p><p>{escape(told[0])}</p>"
        f"<details><summary>So với gì</summary>{rest}</details></div>"
    )


def _done(alert: Alert) -> str:
    """Who did what about it, and when."""
    said = [f"{alert.id}, lập lúc {moment(alert.opened_at)}"]
    if alert.seen_at is not None:
        said.append(f"{alert.seen_by} đã xem lúc {moment(alert.seen_at)}")
    if alert.closed_at is not None:
        said.append(f"{alert.closed_by} khép lại lúc {moment(alert.closed_at)}: {alert.why_closed}")
    return "; ".join(said)


def _work(alert: Alert, viewer: Actor, named: Names) -> None:
    closes = viewer.may(Permission.DRAFT) or viewer.may(Permission.APPROVE)
    if alert.state is AlertState.OPEN:
        st.button(
            "Đánh dấu đã xem",
            key=f"see_{alert.id}",
            on_click=_see,
            args=(alert, viewer),
        )
    if closes and alert.state is not AlertState.CLOSED:
        with st.expander("Khép lại cảnh báo"), st.form(f"close_{alert.id}", border=False):
            st.text_input(
                "Vì sao khép lại (không ghi thông tin cá nhân)",
                key=f"why_{alert.id}",
                max_chars=MOST_WHY,
            )
            st.form_submit_button("Khép lại", on_click=_close, args=(alert, viewer))
    # Nothing is read, and no reading logged, before somebody asks for it.
    if viewer.may(Permission.READ_POSTS) and st.toggle(
        "Xem ví dụ (việc xem được ghi nhật ký)", key=f"examples_{alert.id}"
    ):
        found = examples(stores().posts, casework(), alert, viewer, SystemClock().now())
        show_posts(found, len(found), named, claims())
        if not found:
            st.info("Nội dung các bài đã được xóa theo thời hạn lưu; số lượng vẫn giữ.")


def _see(alert: Alert, viewer: Actor) -> None:
    attempt(
        lambda: mark_seen(casework(), alert.id, viewer, SystemClock()),
        f"Đã đánh dấu đã xem cảnh báo {alert.id}.",
    )


def _close(alert: Alert, viewer: Actor) -> None:
    why = str(st.session_state.get(f"why_{alert.id}", ""))
    attempt(
        lambda: close(casework(), alert.id, why, viewer, SystemClock(), version=alert.version),
        f"Đã khép lại cảnh báo {alert.id}.",
    )
