"""The lists of petitions: by deadline or by agency, with the counters above them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from itertools import groupby
from typing import Final

import streamlit as st

from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionfigures import counters
from langnghe.casework.petitionrecords import OPEN, Petition, State
from langnghe.casework.roles import Actor
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.listplace import page_number, pager, turn_to
from langnghe.dashboard.components.petitionplace import LIST
from langnghe.dashboard.components.petitiontexts import (
    NO_AGENCY,
    SOON,
    card_html,
    figures_html,
    group_html,
    urgency,
    waiting_html,
)
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where

PAGE_SIZE: Final = 20
OF_AGENCY: Final = 5
"""Petitions shown of each agency before somebody asks for all of them."""

_NEAR: Final = "Quá hạn, sắp đến hạn"


@dataclass(frozen=True, slots=True)
class View:
    """Which petitions a list shows, and what to say where there are none."""

    states: frozenset[State]
    order: Order
    empty: str


VIEWS: Final = {
    "Đang xử lý": View(
        OPEN,
        Order.DUE,
        "Không có phản ánh nào đang xử lý. Phản ánh được mở từ trang Hàng chờ xét duyệt, hoặc bấm "
        "«Mở phản ánh» khi người dân đến trực tiếp, gửi đơn hay gọi đường dây nóng.",
    ),
    _NEAR: View(
        OPEN,
        Order.DUE,
        "Không có phản ánh nào quá hạn hoặc sắp đến hạn. Chọn «Đang xử lý» để xem việc còn lại.",
    ),
    "Chờ duyệt": View(
        frozenset({State.AWAITING_APPROVAL}),
        Order.DUE,
        "Không có câu trả lời nào chờ duyệt. Chọn «Đang xử lý» để xem việc còn lại.",
    ),
    "Chưa công khai": View(
        frozenset({State.ANSWERED}),
        Order.CHANGED,
        "Mọi câu trả lời đã duyệt đều đã công khai. Chọn «Đang xử lý» để xem việc còn lại.",
    ),
    "Đã công khai": View(
        frozenset({State.PUBLISHED}),
        Order.CHANGED,
        "Chưa có câu trả lời nào được công khai. Câu trả lời đã duyệt nằm ở «Chưa công khai».",
    ),
    "Kết thúc khác": View(
        frozenset(State) - OPEN - {State.ANSWERED, State.PUBLISHED},
        Order.CHANGED,
        "Chưa có phản ánh nào được gộp, đóng, chuyển nơi khác hoặc từ chối thụ lý.",
    ),
}
BY_DEADLINE, BY_AGENCY = "Hạn trả lời", "Đơn vị chủ trì"
THIS_MONTH, THIS_YEAR = "Tháng này", "Năm nay"


def show_list(viewer: Actor, named: Names) -> None:
    """What waits, the filters, what was chosen, and the counters of a month or year."""
    today = local_day(desk().clock.now())
    _waiting(viewer, today)
    view, where = _filters(viewer, named, today)
    _chosen(viewer, view, where, today, named)
    _figures(today)


def _chosen(viewer: Actor, view: View, where: Where, today: date, named: Names) -> None:
    total = desk().count(PETITION, viewer, where)
    if not total:
        st.info(view.empty if where.agency is where.topic is None else _nothing_fits())
        return
    # The filters may be closed: what narrows the list is said beside its number.
    by = [NO_AGENCY if where.agency == "" else where.agency, named.topics.get(where.topic or "")]
    narrowed = "".join(f" · {escape(name)}" for name in by if name)
    st.html(f'<p role="status"><b>{number(total)} phản ánh</b>{narrowed}</p>')
    if st.session_state["theo"] == BY_AGENCY and where.agency is None:
        _by_agency(viewer, view, where, today, named)
        return
    pages = -(-total // PAGE_SIZE)
    page = min(page_number(), pages)
    found = desk().find(PETITION, viewer, where, view.order, PAGE_SIZE, (page - 1) * PAGE_SIZE)
    if view.order is Order.DUE:
        _by_deadline(found, today, named)
    else:
        _cards(found, today, named)
    pager(page, pages)


def _nothing_fits() -> str:
    return "Không có phản ánh nào khớp. Hãy bỏ bớt bộ lọc đơn vị hoặc lĩnh vực."


def _waiting(viewer: Actor, today: date) -> None:
    waiting = desk().count(PETITION, viewer, Where(due_before=date.max))
    late = desk().count(PETITION, viewer, Where(due_before=today))
    near = desk().count(PETITION, viewer, _near(today))
    st.html(waiting_html(waiting, late, near - late))


def _figures(today: date) -> None:
    st.html(group_html("Số liệu tiếp nhận, trả lời"))
    period = st.segmented_control(
        "Tính theo ngày tiếp nhận",
        [THIS_MONTH, THIS_YEAR],
        default=THIS_YEAR,
        key="ky",
        bind="query-params",
        required=True,
    )
    first = today.replace(day=1) if period == THIS_MONTH else today.replace(month=1, day=1)
    every = list(desk().every(PETITION))
    counted = [petition for petition in every if petition.received_on >= first]
    earlier = [petition for petition in every if petition.received_on < first]
    st.html(figures_html(counters(counted, today, earlier)))


def _near(today: date) -> Where:
    """Those past their deadline, or due soon."""
    return Where(due_before=desk().settings.after(today, SOON + 1))


def _filters(viewer: Actor, named: Names, today: date) -> tuple[View, Where]:
    chosen = st.pills(
        "Xem",
        list(VIEWS),
        default="Đang xử lý",
        key="xem",
        bind="query-params",
        required=True,
        on_change=turn_to,
        wrap=True,
    )
    view = VIEWS[chosen or "Đang xử lý"]
    st.segmented_control(
        "Xếp theo",
        [BY_DEADLINE, BY_AGENCY],
        default=BY_DEADLINE,
        key="theo",
        bind="query-params",
        required=True,
        on_change=turn_to,
    )
    left, right = st.expander("Lọc theo đơn vị, lĩnh vực").columns(2)
    known = desk().counts(PETITION, viewer, "agency")
    agencies = sorted({*known, *desk().settings.agencies} - {""})
    agency = left.selectbox(
        "Đơn vị chủ trì",
        ["", *agencies],
        index=None,
        format_func=lambda value: value or NO_AGENCY,
        key="donvi",
        bind="query-params",
        placeholder="Tất cả",
        on_change=turn_to,
    )
    with right:
        topic = choose(
            "Lĩnh vực", named.topics, "chude", "Tất cả", bind="query-params", on_change=turn_to
        )
    where = _near(today) if chosen == _NEAR else Where(states=view.states)
    return view, replace(where, agency=agency, topic=topic)


def _by_agency(viewer: Actor, view: View, where: Where, today: date, named: Names) -> None:
    """Each agency's first ones; the agency with the most late ones comes first."""
    counts = desk().counts(PETITION, viewer, "agency", where)
    late = desk().counts(PETITION, viewer, "agency", replace(where, states=None, due_before=today))
    for agency in sorted(counts, key=lambda name: (-late.get(name, 0), -counts[name], name)):
        said = f"{number(counts[agency])} phản ánh"
        if late.get(agency):
            said += f", {number(late[agency])} quá hạn"
        st.html(group_html(agency or NO_AGENCY, said))
        of_agency = replace(where, agency=agency)
        _cards(desk().find(PETITION, viewer, of_agency, view.order, OF_AGENCY), today, named)
        if counts[agency] > OF_AGENCY:
            st.button(
                f"Xem cả {number(counts[agency])} phản ánh",
                key=f"all-{agency}",
                on_click=_choose_agency,
                args=(agency,),
            )


def _choose_agency(agency: str) -> None:
    st.session_state["donvi"] = agency
    turn_to()


def _by_deadline(found: Iterable[Kept[Petition]], today: date, named: Names) -> None:
    """Under headings: late, due soon, later, and those answered once already."""
    settings = desk().settings
    titles = {
        "ln-late": "Quá hạn",
        "ln-soon": f"Còn {SOON} ngày làm việc trở xuống",
        "later": "Còn hạn",
        "": "Đang sửa câu trả lời đã duyệt",
    }

    def part(kept: Kept[Petition]) -> str:
        if kept.state.answered_on:
            return ""
        return urgency(kept.state, today, settings) or "later"

    for look, some in groupby(found, key=part):
        st.html(group_html(titles[look]))
        _cards(some, today, named)


def _cards(found: Iterable[Kept[Petition]], today: date, named: Names) -> None:
    for kept in found:
        code = kept.state.id
        card, opening = st.columns([4, 1], vertical_alignment="center")
        card.html(card_html(kept.state, today, desk().settings, named))
        opening.button(
            f"Mở {code}", key=f"open-{code}", width="stretch", on_click=LIST.go_to, args=(code,)
        )
