"""Chất lượng: how far the model and the reviewers can be relied on. Figures only, no posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from langnghe.casework.kinds import AWAITING_SECOND, ITEM
from langnghe.casework.review import ItemState
from langnghe.casework.reviewfigures import Month, months
from langnghe.classifier.evaluation.published import read_figures
from langnghe.classifier.neural import SHIPPED
from langnghe.classifier.opening import model_folder
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components import quality
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk, home
from langnghe.store.cases import Where

FIGURES_SECONDS = 60
"""How long the figures may lag behind the decisions: they rest on all of them."""

DECIDED = Where(states=(ItemState.CONFIRMED, ItemState.DISMISSED, AWAITING_SECOND))


def main() -> None:
    """Show what reviewers decided in a month, and what the model is worth."""
    require_page(actor(), "chat-luong")
    st.title("Chất lượng", anchor=False)
    st.header("Xét duyệt trong tháng", anchor=False)
    found = _by_month()
    chosen = _month(found)
    if chosen in found:
        _reviews(found[chosen])
    else:
        st.info(
            f"Chưa có mục nào được quyết định trong {quality.month_title(chosen)}. Hãy chọn tháng "
            "khác; số liệu hiện ra khi có mục được xét duyệt ở trang Hàng chờ xét duyệt."
        )
    st.header("Máy đọc bài đúng đến đâu", anchor=False)
    _model()


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner=False)
def _by_month() -> dict[date, Month]:
    """The figures alone: no item is kept here."""
    return months(desk().every(ITEM, DECIDED))


def _month(found: Mapping[date, Month]) -> date:
    this = local_day(SystemClock().now()).replace(day=1)
    by_name = {f"{month:%Y-%m}": month for month in sorted({this, *found}, reverse=True)}
    name = st.selectbox(
        "Tháng",
        list(by_name),
        format_func=lambda name: quality.month_title(by_name[name]),
        key="thang",
        bind="query-params",
        width=220,
    )
    return by_name[name]


def _reviews(month: Month) -> None:
    st.markdown(quality.month_words(month))
    if not month.decided:
        return
    st.html(quality.decided_html(month.decided))
    st.caption(
        "Lý do nào có dưới 5 mục thì không chia nhỏ; nếu cộng lại đủ 5 mục thì được tính chung."
    )
    st.subheader("Lý do máy nêu có đúng không", anchor=False)
    if month.outcomes:
        st.altair_chart(
            quality.outcomes_chart(month.outcomes),
            alt="Số mục theo lý do, chia thành lý do đúng và bỏ qua. Số liệu ở bảng bên dưới.",
        )
        with st.expander("Xem bảng số liệu"):
            st.html(quality.outcomes_table(month.outcomes))
    else:
        st.markdown("Chưa lý do nào đủ 5 mục để tính.")
    st.subheader("Vì sao bỏ qua", anchor=False)
    if month.dismissals:
        st.html(quality.dismissals_html(month.dismissals))
    else:
        st.markdown("Chưa lý do nào có từ 5 mục bị bỏ qua nên không chia theo vì sao.")
    st.subheader("Hai người xét duyệt có thống nhất không", anchor=False)
    st.caption(
        "Cứ 10 mục thì 1 mục được người thứ hai xem lại mà không biết quyết định của người thứ "
        "nhất. Kappa bằng 1 là luôn thống nhất, bằng 0 là chỉ như ngẫu nhiên."
    )
    if any(one.kappa is not None for one in month.agreements.values()):
        st.html(quality.agreements_table(month.agreements))
    else:
        st.markdown(quality.NO_AGREEMENT)


def _model() -> None:
    folder = model_folder(home().model)
    whose = "đi kèm phần mềm" if folder == SHIPPED else "huấn luyện tại đây"
    figures = read_figures(folder)
    if figures is None:
        st.info(
            f"Đang dùng mô hình {whose}; mô hình này chưa được đo. Quản trị viên huấn luyện lại "
            "bằng lệnh `langnghe train` thì mô hình mới được đo trước khi dùng."
        )
        return
    st.markdown(
        f"Đang dùng mô hình {whose}. Số liệu dưới đây đo trên **{number(figures.texts)} bài thử** "
        "do dự án tự viết, có đáp án, không dùng để dạy máy."
    )
    st.subheader("Ý kiến phê bình có bị gắn nhầm không", anchor=False)
    st.html(quality.criticism_html(figures))
    st.subheader("Máy nhận ra và đọc đúng bao nhiêu", anchor=False)
    st.html(quality.model_html(figures))
    st.caption("Máy chỉ gợi ý; người quyết định. Không có nhãn nào về quan điểm của người viết.")


main()
