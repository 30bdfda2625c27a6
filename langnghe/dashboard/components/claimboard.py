"""The board of claims: by how far each has come, and whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from langnghe.casework.claimstate import OPEN, Claim, Turn
from langnghe.casework.desk import NewClaim
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.core.clock import SystemClock
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.claimplace import BOARD
from langnghe.dashboard.components.claimtexts import card_html
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where

COLUMN: Final = 8
"""Cards of a part before somebody asks for more."""

_DECIDED: Final = frozenset(Verdict) - OPEN


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the board."""

    title: str
    where: Where
    order: Order
    empty: str


STAGES: Final = (
    Stage(
        "Chưa kiểm chứng",
        Where(states={Verdict.UNVERIFIED}),
        Order.URGENT,
        "Không có thông tin nào chờ xác minh.",
    ),
    Stage(
        "Đang xác minh",
        Where(states={Verdict.VERIFYING}, agency=Turn.NOBODY),
        Order.URGENT,
        "Không có thông tin nào đang xác minh.",
    ),
    Stage(
        "Chờ phê duyệt",
        Where(states=frozenset(Verdict), agency=Turn.APPROVER),
        Order.URGENT,
        "Không có gì chờ phê duyệt.",
    ),
    Stage(
        "Cần trả lời người dân",
        Where(states=_DECIDED, agency=Turn.EDITOR),
        Order.URGENT,
        "Không có kết luận nào chờ soạn đính chính hoặc trả lời.",
    ),
    Stage(
        "Đã xong",
        Where(states=_DECIDED, agency=Turn.NOBODY),
        Order.CHANGED,
        "Chưa có thông tin nào làm xong.",
    ),
)
"""Each claim that was not withdrawn stands in one of them."""
COLUMNS: Final = ((0,), (1,), (2,), (3, 4))
"""Which stages stand in which column of a wide screen."""
ALL: Final = "Tất cả"


def show_board(viewer: Actor, named: Names) -> None:
    """Filters, the parts of the board, and the form for a new claim."""
    if viewer.may(Permission.REVIEW):
        _opening(viewer, named)
    shown, narrowed = _filters(viewer, named)
    counts = [desk().count(CLAIM, viewer, _narrowed(stage.where, narrowed)) for stage in STAGES]
    if not any(counts):
        _nothing(viewer, narrowed)
        return
    st.html(f'<p class="ln-total"><b>{number(sum(counts))} thông tin</b></p>')
    if shown != ALL:
        position = next(n for n, stage in enumerate(STAGES) if stage.title == shown)
        _stage(position, counts[position], viewer, narrowed, named)
        return
    for column, positions in zip(st.columns(len(COLUMNS)), COLUMNS, strict=True):
        with column:
            for position in positions:
                _stage(position, counts[position], viewer, narrowed, named)


def _filters(viewer: Actor, named: Names) -> tuple[str, Where]:
    shown = st.pills(
        "Giai đoạn",
        [ALL, *(stage.title for stage in STAGES)],
        default=ALL,
        key="giaidoan",
        bind="query-params",
        required=True,
        wrap=True,
    )
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        topic = choose("Chủ đề", named.topics, "chude", "Tất cả chủ đề", bind="query-params")
    mine = right.toggle("Chỉ hồ sơ tôi mở", key="cuatoi", bind="query-params")
    return shown or ALL, Where(topic=topic, owner=viewer.account if mine else None)


def _narrowed(where: Where, by: Where) -> Where:
    return replace(where, topic=by.topic, owner=by.owner)


def _nothing(viewer: Actor, narrowed: Where) -> None:
    if narrowed != Where():
        st.info("Không có thông tin nào khớp. Hãy bỏ bớt bộ lọc.")
        return
    how = " hoặc bấm «Mở hồ sơ mới» ở trên" if viewer.may(Permission.REVIEW) else ""
    st.info(
        "Chưa có thông tin nào cần kiểm chứng. Hồ sơ được mở khi xác nhận một mục ở trang Hàng chờ "
        f"xét duyệt{how}."
    )


def _stage(position: int, count: int, viewer: Actor, narrowed: Where, named: Names) -> None:
    stage = STAGES[position]
    st.html(f'<h2 class="ln-group">{stage.title} <span>{number(count)} thông tin</span></h2>')
    if not count:
        st.caption(stage.empty)
        return
    wanted = f"claims_shown_{position}"
    most = st.session_state.get(wanted, COLUMN)
    where = _narrowed(stage.where, narrowed)
    now = SystemClock().now()
    for kept in desk().find(CLAIM, viewer, where, stage.order, most):
        _card(kept, card_html(kept.state, named.topics, now))
    if count > most:
        st.button(
            f"Xem thêm, còn {number(count - most)} thông tin",
            key=f"more-{position}",
            on_click=_show_more,
            args=(wanted, most + 2 * COLUMN),
            width="stretch",
        )


def _card(kept: Kept[Claim], html: str) -> None:
    with st.container(border=True, gap="small"):
        st.html(html)
        st.button(
            f"Mở {kept.state.id}",
            key=f"open-{kept.state.id}",
            on_click=BOARD.go_to,
            args=(kept.state.id,),
            type="tertiary",
        )


def _show_more(key: str, most: int) -> None:
    st.session_state[key] = most


def _opening(viewer: Actor, named: Names) -> None:
    with st.expander("Mở hồ sơ mới"), st.form("mo-ho-so", border=False):
        st.caption(
            "Dùng khi thông tin đến từ cuộc họp, điện thoại hoặc báo chí. Với bài đăng đã thu "
            "thập, hãy mở từ Hàng chờ xét duyệt để bài được gắn vào hồ sơ."
        )
        st.text_area(
            "Nội dung thông tin",
            key="new_statement",
            height=80,
            placeholder="Một câu nêu điều đang được nói, bằng lời của mình, không nêu tên ai. "
            "Ví dụ: Cầu treo bản Nà Khoang cấm xe máy từ 01/12/2026.",
        )
        choose("Chủ đề của hồ sơ", named.topics, "new_topic", "Chọn một chủ đề")
        st.form_submit_button("Mở hồ sơ", type="primary", on_click=_open, args=(viewer,))


def _open(viewer: Actor) -> None:
    new = NewClaim(st.session_state["new_statement"], st.session_state["new_topic"] or "")
    kept = attempt(lambda: desk().open_claim(new, viewer), "Đã mở hồ sơ.")
    if kept is not None:
        st.session_state["new_statement"], st.session_state["new_topic"] = "", None
        BOARD.go_to(kept.state.id)
