"""Nguồn tin: what each source gave and when last; what failed, for those who can mend it."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.roles import Permission
from langnghe.core.clock import SystemClock
from langnghe.core.models import Outcome
from langnghe.core.vietnamese import number
from langnghe.crawler.due import next_due
from langnghe.dashboard.components.source import source_html
from langnghe.dashboard.formats import shown_path
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home, stores


def main() -> None:
    """Show all configured sources."""
    viewer = actor()
    require_page(viewer, "nguon-tin")
    manages = viewer.may(Permission.MANAGE_SOURCES)
    st.title("Nguồn tin", anchor=False)
    here = home()
    sources = here.sources
    if not sources:
        st.info(
            "Chưa có nguồn tin nào. Hãy thêm nguồn ở trang Quản trị, hoặc vào tệp "
            f"`{shown_path(here.configs / 'sources.yaml')}` rồi chạy `langnghe doctor` để kiểm tra."
            if manages
            else "Chưa có nguồn tin nào. Hãy nhờ quản trị viên thêm nguồn."
        )
        return
    now = SystemClock().now()
    crawl = stores().crawl
    overviews = crawl.source_overview([source.name for source in sources])
    troubled = sum(overview.state.last_problem is not None for overview in overviews)
    week = sum(overview.last_7_days.get(Outcome.STORED, 0) for overview in overviews)
    st.markdown(
        f"**{number(len(sources))} nguồn tin**, {number(troubled)} nguồn đang gặp trục trặc. "
        f"Trong 7 ngày qua đã lưu **{number(week)} bài**."
    )
    if troubled:
        st.warning(
            "Khi một nguồn gặp trục trặc, số bài giảm không có nghĩa là người dân bớt quan tâm."
        )
    # Those that need somebody come first.
    order = sorted(
        zip(sources, overviews, strict=True),
        key=lambda pair: (pair[1].state.last_problem is None, not pair[0].enabled),
    )
    for source, overview in order:
        due = next_due(crawl, source, here.settings.crawl.every_minutes)
        st.html(source_html(source, overview, due, now, manages=manages))


main()
