"""The list of notices of mistakes: what waits first, and the counters of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import streamlit as st

from langnghe.casework.kinds import NOTICE
from langnghe.casework.noticefigures import notice_counters
from langnghe.casework.notices import UNDECIDED, NoticeState
from langnghe.casework.roles import Actor
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.listplace import page_number, pager, turn_to
from langnghe.dashboard.components.noticeplace import go_to
from langnghe.dashboard.components.noticetexts import card_html, figures_html, waiting_html
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where

PAGE_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class View:
    """Which notices a list shows, and what to say where there are none."""

    states: frozenset[NoticeState]
    order: Order
    empty: str


WAITING: Final = "Chờ quyết định"
VIEWS: Final = {
    WAITING: View(
        UNDECIDED,
        Order.DUE,
        "Không có báo sai sót nào chờ quyết định. Khi có người gọi điện, gửi thư hoặc đến nói rằng "
        "nội dung đã công bố có chỗ sai, bấm «Ghi báo sai sót».",
    ),
    "Có sai sót, chờ sửa": View(
        frozenset({NoticeState.UPHELD}),
        Order.CHANGED,
        "Mọi sai sót đã xác nhận đều đã sửa. Chọn «Chờ quyết định» để xem việc còn lại.",
    ),
    "Đã xong": View(
        frozenset({NoticeState.CORRECTED, NoticeState.REJECTED, NoticeState.WITHDRAWN}),
        Order.CHANGED,
        "Chưa có báo sai sót nào làm xong. Chọn «Chờ quyết định» để xem việc còn lại.",
    ),
}


def show_list(viewer: Actor) -> None:
    """What waits, what was chosen, and the counters of the year."""
    today = local_day(desk().clock.now())
    waiting = desk().count(NOTICE, viewer, Where(due_before=date.max))
    late = desk().count(NOTICE, viewer, Where(due_before=today))
    upheld = desk().count(NOTICE, viewer, Where(states=(NoticeState.UPHELD,)))
    st.html(waiting_html(waiting, late, upheld))
    chosen = st.pills(
        "Xem",
        list(VIEWS),
        default=WAITING,
        key="xem",
        bind="query-params",
        required=True,
        on_change=turn_to,
        wrap=True,
    )
    _cards(VIEWS[chosen or WAITING], viewer, today)
    st.html('<h2 class="ln-group">Năm nay</h2>')
    this_year = (one for one in desk().every(NOTICE) if one.received_on.year == today.year)
    st.html(figures_html(notice_counters(this_year, today)))


def _cards(view: View, viewer: Actor, today: date) -> None:
    where = Where(states=view.states)
    total = desk().count(NOTICE, viewer, where)
    if not total:
        st.info(view.empty)
        return
    st.html(f'<p role="status"><b>{number(total)} báo sai sót</b></p>')
    pages = -(-total // PAGE_SIZE)
    page = min(page_number(), pages)
    for kept in desk().find(NOTICE, viewer, where, view.order, PAGE_SIZE, (page - 1) * PAGE_SIZE):
        code = kept.state.id
        card, opening = st.columns([4, 1], vertical_alignment="center")
        card.html(card_html(kept.state, today, desk().settings))
        opening.button(
            f"Mở {code}", key=f"open-{code}", width="stretch", on_click=go_to, args=(code,)
        )
    pager(page, pages)
