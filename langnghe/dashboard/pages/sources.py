"""Nguồn tin: what each source gives and when last; what failed, for those who can mend it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from langnghe.casework.roles import Permission
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Outcome
from langnghe.core.vietnamese import number
from langnghe.crawler.due import next_due
from langnghe.dashboard.components.source import SourceHealth, source_html
from langnghe.dashboard.components.sourcenotice import past_row
from langnghe.dashboard.components.tables import table_html
from langnghe.dashboard.formats import shown_path
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home, stores
from langnghe.store.crawlstate import CrawlState

MOST_PAST = 20
"""Notices that are over and still shown: some months of a commune's sources."""


def main() -> None:
    """Show all configured sources."""
    viewer = actor()
    require_page(viewer, "nguon-tin")
    manages = viewer.may(Permission.MANAGE_SOURCES)
    st.title("Nguồn tin", anchor=False)
    here = home()
    if not here.sources:
        st.info(
            "Chưa có nguồn tin nào. Hãy thêm nguồn ở trang Quản trị, hoặc vào tệp "
            f"`{shown_path(here.configs / 'sources.yaml')}` rồi chạy `langnghe doctor` để kiểm tra."
            if manages
            else "Chưa có nguồn tin nào. Hãy nhờ quản trị viên thêm nguồn."
        )
        return
    now = SystemClock().now()
    crawl = stores().crawl
    healths = _healths(here, crawl)
    _summary(healths)
    for health in sorted(healths, key=lambda health: health.rank):
        st.html(source_html(health, here.settings, now, manages=manages))
    if manages:
        _past(here, crawl)


def _healths(here: Home, crawl: CrawlState) -> list[SourceHealth]:
    """How every source does, in the order of sources.yaml."""
    overviews = crawl.source_overview([source.name for source in here.sources])
    notices, layouts = crawl.notices.going_on(), crawl.layouts.changed()
    return [
        SourceHealth(
            source=source,
            overview=overview,
            due=next_due(crawl, source, here.settings.crawl),
            habit=crawl.habits.get(source.name),
            notices=[notice for notice in notices if notice.source == source.name],
            layouts=[
                (layout, crawl.layouts.held(layout))
                for layout in layouts
                if layout.source == source.name
            ],
        )
        for source, overview in zip(here.sources, overviews, strict=True)
    ]


def _summary(healths: Sequence[SourceHealth]) -> None:
    lacking = sum(health.lacks for health in healths)
    off = sum(not health.source.enabled for health in healths)
    week = sum(health.overview.last_7_days.get(Outcome.STORED, 0) for health in healths)
    switched_off = f", {number(off)} nguồn đang tắt" if off else ""
    st.markdown(
        f"**{number(len(healths))} nguồn tin**, {number(lacking)} nguồn đang gặp trục trặc"
        f"{switched_off}. Trong 7 ngày qua đã lưu **{number(week)} bài**."
    )
    if lacking:
        st.warning(
            "Khi một nguồn gặp trục trặc, số bài giảm không có nghĩa là người dân bớt quan tâm."
        )


def _past(here: Home, crawl: CrawlState) -> None:
    """What was the matter, and is over."""
    titles = {source.name: source.title for source in here.sources}
    past = [notice for notice in crawl.notices.recent() if notice.until is not None][:MOST_PAST]
    if not past:
        return
    with st.expander(f"Chuyện đã qua ({number(len(past))})"):
        st.html(
            table_html(
                "Thông báo về nguồn tin nay đã hết",
                ("Nguồn tin", "Chuyện gì", "Có thể do", "Hết ngày"),
                (past_row(notice, titles.get(notice.source, notice.source)) for notice in past),
            )
        )


main()
