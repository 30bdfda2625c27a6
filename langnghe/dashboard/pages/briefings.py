"""Giao ban tháng: the month's figures and text, drafted, approved, frozen, and taken along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import streamlit as st

from langnghe.briefing import tables, work
from langnghe.briefing.briefings import BRIEFING, Briefing, briefing_id, figures_of
from langnghe.briefing.figures import Figures
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.dashboard.components.briefingextras import show_minutes, show_quick_report
from langnghe.dashboard.components.briefingfiles import show_files
from langnghe.dashboard.components.briefingsections import show_sections
from langnghe.dashboard.components.briefingsteps import begin, material, show_steps
from langnghe.dashboard.components.briefingstreams import show_stream_names
from langnghe.dashboard.components.briefingtexts import (
    figure_table,
    history_html,
    month_title,
    period_words,
    state_html,
)
from langnghe.dashboard.components.caseposts import case_posts, show_posts
from langnghe.dashboard.components.doing import notices
from langnghe.dashboard.context import claims, names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk, home, stores

FIGURES_SECONDS = 60
"""How long figures that nobody has begun to write about may lag behind."""
MOST_EXAMPLES = 15


def main() -> None:
    """Show the briefing of the chosen month."""
    viewer = actor()
    require_page(viewer, "giao-ban")
    st.title("Giao ban tháng", anchor=False)
    notices()
    written = {kept.state.month: kept for kept in work.every_briefing(desk(), viewer)}
    month = _month(written)
    if month not in written:
        _nobody_yet(month, viewer)
        return
    kept = written[month]
    figures = figures_of(kept.state)
    st.html(state_html(kept.state, figures))
    show_steps(kept, viewer)
    text, around = st.columns([3, 2], gap="large")
    with text, st.container(key="briefing-text"):
        show_sections(kept, figures, viewer)
    with around:
        st.header("Tệp báo cáo", anchor=False)
        show_files(kept)
        if viewer.may(Permission.DRAFT):
            show_stream_names(figures)
            show_quick_report(names())
            show_minutes(month, figures)
        _examples(kept, viewer)
        st.header("Số liệu của kỳ", anchor=False)
        _figures(figures)
        st.header("Quá trình", anchor=False)
        st.html(history_html(desk().history(BRIEFING, briefing_id(month), viewer)))


def _month(written: Iterable[date]) -> date:
    posts, first_day = stores().posts, home().briefing.period_first_day
    now = desk().clock.now()
    found = sorted({*work.months(posts, first_day, now), *written}, reverse=True)
    by_name = {f"{month:%Y-%m}": month for month in found}
    usual = f"{work.usual_month(posts, first_day, now):%Y-%m}"

    name = st.selectbox(
        "Tháng giao ban",
        list(by_name),
        index=list(by_name).index(usual),
        format_func=lambda name: month_title(by_name[name]),
        key="thang",
        bind="query-params",
        width=320,
    )
    return by_name[name]


def _nobody_yet(month: date, viewer: Actor) -> None:
    figures = _counted(month)
    st.html(f'<p class="ln-foot">Kỳ {period_words(figures)}. Chưa có ai soạn báo cáo này.</p>')
    if not figures.over:
        st.info(
            "Kỳ báo cáo chưa kết thúc: số liệu chưa được chia nhỏ. Có thể soạn trước, rồi chọn "
            "«Cập nhật số liệu» khi hết kỳ."
        )
    if viewer.may(Permission.DRAFT):
        st.button("Bắt đầu soạn", type="primary", on_click=begin, args=(month,))
    else:
        st.info("Biên tập viên bắt đầu soạn báo cáo; khi được trình, bạn duyệt ở trang này.")
    _figures(figures)


@st.cache_data(ttl=FIGURES_SECONDS, show_spinner="Đang đếm số liệu của kỳ…")
def _counted(month: date) -> Figures:
    return work.current_figures(material(), month, desk().clock.now())[0]


def _figures(figures: Figures) -> None:
    for sentence in figures.coverage:
        st.text(sentence)
    for table in tables.every_table(figures):
        with st.expander(table.title):
            st.html(figure_table(table))
            if table.note:
                st.text(table.note)


def _examples(kept: Kept[Briefing], viewer: Actor) -> None:
    """Posts to read while writing; reading them is logged when they are opened."""
    if not kept.state.posts:
        return
    box = st.expander(
        "Ý kiến tiêu biểu để đọc", on_change="rerun", key=f"tieu-bieu-{kept.state.id}"
    )
    if box.open:
        with box:
            st.caption(
                "Cần diễn đạt lại: không chép nguyên văn vào báo cáo. Lượt xem được ghi nhật ký."
            )
            found, total = case_posts(BRIEFING, kept.state.id, viewer, MOST_EXAMPLES)
            show_posts(found, total, names(), claims())


main()
