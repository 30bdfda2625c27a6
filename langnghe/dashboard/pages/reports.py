"""Phiếu phản ánh: one's own field reports; for editors, those that were handed in.

The form itself is a page of its own (`dashboard.web.reportforms`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import streamlit as st

from langnghe.casework.kinds import REPORT, Kept
from langnghe.casework.reports import Accept, FieldReport, ReportState, Return
from langnghe.casework.roles import Actor, Permission
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.doing import attempt, notices, refusal
from langnghe.dashboard.components.report import (
    card_html,
    may_be_written,
    report_html,
    write_on_html,
)
from langnghe.dashboard.components.reportlist import (
    OPENED,
    PAGE_SIZE,
    Choice,
    Listing,
    read_list,
    state_choices,
)
from langnghe.dashboard.context import account_names, names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk
from langnghe.dashboard.web.addresses import NEW_REPORT

WHY = "report_return_why"


def main() -> None:
    """Show the list, or the report that the address names."""
    viewer = actor()
    require_page(viewer, "phieu")
    st.title("Phiếu phản ánh", anchor=False)
    notices()
    choice = Choice.of(st.query_params.to_dict(), viewer)
    people = account_names()
    opened = st.query_params.get(OPENED)
    if opened:
        st.button("← Về danh sách", on_click=_go, args=(choice,), type="tertiary")
        _one(opened, viewer, people)
    else:
        _list(choice, viewer, people, SystemClock().now())


def _go(choice: Choice, opened: str | None = None) -> None:
    """Show a list, or one report of it."""
    st.query_params.from_dict(choice.address() | ({OPENED: opened} if opened else {}))


# --- The list --------------------------------------------------------------------------------


def _list(choice: Choice, viewer: Actor, people: Mapping[str, str], now: datetime) -> None:
    listing = read_list(desk(), choice, viewer)
    if viewer.may(Permission.REPORT):
        st.html(f'<a class="ln-button" href="{NEW_REPORT}">Lập phiếu mới</a>')
    with st.container(key="reports-filters"):
        if viewer.may(Permission.DRAFT) and viewer.may(Permission.REPORT):
            with st.container(horizontal=True, gap="small"):
                for own, title in ((False, "Phiếu gửi đến"), (True, "Phiếu của tôi")):
                    other = Choice(own, None if own else ReportState.SUBMITTED)
                    _choose(f"own-{own}", title, other, choice.own is own)
        if listing.by_state:
            with st.container(horizontal=True, gap="small"):
                for title, other, count in state_choices(choice, listing.by_state):
                    chosen = other.state is choice.state
                    _choose(f"state-{other.state}", f"{title} ({number(count)})", other, chosen)
    if not listing.reports:
        _nothing(choice, listing)
        return
    st.markdown(f"**{number(listing.total)} phiếu**")
    named = names()
    for kept in listing.reports:
        report = kept.state
        card = st.container(key=f"report-{report.id}", gap="xsmall")
        card.html(card_html(kept, named, people, now))
        with card.container(horizontal=True, gap="small", vertical_alignment="center"):
            if report.author == viewer.account and may_be_written(report):
                st.html(write_on_html(report), width="content")
            st.button("Xem phiếu", key=f"open-{report.id}", on_click=_go, args=(choice, report.id))
    _pager(choice, listing)


def _choose(key: str, label: str, choice: Choice, chosen: bool) -> None:
    st.button(
        f"✓ {label}" if chosen else label,
        key=f"reports-{key}",
        type="secondary" if chosen else "tertiary",
        on_click=_go,
        args=(choice,),
    )


def _nothing(choice: Choice, listing: Listing) -> None:
    if listing.total:
        st.info("Trang này không còn phiếu nào. Hãy về trang đầu.")
        st.button("Về trang đầu", on_click=_go, args=(replace(choice, page=0),))
    elif listing.by_state:
        st.info("Không có phiếu nào ở tình trạng này. Hãy chọn tình trạng khác hoặc «Tất cả».")
    elif choice.own:
        st.info(
            "Bạn chưa có phiếu nào. Hãy bấm «Lập phiếu mới» khi nghe được điều người dân quan "
            "tâm; phiếu viết dở được giữ lại, kể cả khi mất mạng."
        )
    else:
        st.info("Chưa có phiếu nào gửi đến. Phiếu của cộng tác viên hiện ở đây ngay khi được gửi.")


def _pager(choice: Choice, listing: Listing) -> None:
    pages = -(-listing.total // PAGE_SIZE)
    if pages < 2:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        before, after = replace(choice, page=choice.page - 1), replace(choice, page=choice.page + 1)
        first, last = choice.page == 0, choice.page + 1 >= pages
        st.button("← Trang trước", disabled=first, on_click=_go, args=(before,))
        st.markdown(f"Trang {number(choice.page + 1)} / {number(pages)}", width="content")
        st.button("Trang sau →", disabled=last, on_click=_go, args=(after,))


# --- One report ------------------------------------------------------------------------------


def _one(report_id: str, viewer: Actor, people: Mapping[str, str]) -> None:
    try:
        kept = desk().get(REPORT, report_id, viewer)
    except LangNgheError as error:
        refusal(error)
        return
    report = kept.state
    st.html(report_html(report, names(), people))
    mine = report.author == viewer.account
    if mine and may_be_written(report):
        st.html(write_on_html(report))
    if report.state is not ReportState.SUBMITTED:
        return
    if viewer.may(Permission.DRAFT):
        _take_in(kept, viewer, mine)
    elif mine:
        st.info("Phiếu đang chờ biên tập viên tiếp nhận. Nếu cần sửa, hãy nhờ họ trả lại phiếu.")


def _take_in(kept: Kept[FieldReport], viewer: Actor, mine: bool) -> None:
    st.subheader("Tiếp nhận hoặc trả lại", anchor=False)
    if mine:
        st.info("Bạn là người lập phiếu này, nên biên tập viên khác tiếp nhận.")
    else:
        st.button(
            "Tiếp nhận phiếu", type="primary", on_click=_accept, args=(kept, viewer), key="accept"
        )
    st.text_area("Cần bổ sung hoặc sửa điều gì", key=WHY)
    st.caption("Người lập phiếu đọc được lời này. Không nhập thông tin cá nhân.")
    st.button("Trả lại để bổ sung", on_click=_return, args=(kept, viewer), key="return")


def _accept(kept: Kept[FieldReport], viewer: Actor) -> None:
    attempt(
        lambda: desk().act(REPORT, kept.state.id, Accept(), viewer, version=kept.version),
        "Đã tiếp nhận phiếu.",
    )


def _return(kept: Kept[FieldReport], viewer: Actor) -> None:
    action = Return(st.session_state[WHY])
    done = attempt(
        lambda: desk().act(REPORT, kept.state.id, action, viewer, version=kept.version),
        "Đã trả lại phiếu cho người lập.",
    )
    if done is not None:
        st.session_state[WHY] = ""


main()
