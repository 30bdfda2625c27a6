"""Quản trị, nguồn tin: what changed on the pages of a source, and to read them as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.layouts import accept_layout
from langnghe.core.clock import SystemClock
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.sourceyield import PAGES, layout_says
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, stores
from langnghe.store.cases import Cases
from langnghe.store.layouts import Layout

MOST_ROWS: Final = 12
"""Kinds of elements that are compared; those that differ most come first."""


def show_layouts(source: str) -> None:
    """The kinds of page of a source that give less than they used to; nothing if there is none."""
    layouts = stores().crawl.layouts
    for layout in layouts.changed(source):
        held = layouts.held(layout)
        with st.container(border=True):
            st.warning(layout_says(layout, held))
            st.html(comparison(layout.usual, layout.now))
            st.caption(
                "Mở vài trang của nguồn bằng trình duyệt. Nếu chỉ đổi bố cục mà đọc vẫn đúng, hãy "
                "bấm nút dưới đây: dịch vụ đọc lại các trang đang giữ và coi bố cục này là bình "
                "thường. Nếu đọc sai, sửa cấu hình nguồn; trang trở lại như cũ thì dịch vụ tự đọc "
                "tiếp."
            )
            st.button(
                f"Đọc {PAGES.get(layout.kind, 'trang')} của {source} theo bố cục mới",
                key=f"layout-{source}-{layout.kind}",
                on_click=_accept,
                args=(layout,),
            )


def comparison(usual: Mapping[str, int], now: Mapping[str, int]) -> str:
    """What pages were made of, and are now: elements counted, no text. HTML."""
    names = sorted(
        (name for name in {*usual, *now} if usual.get(name, 0) != now.get(name, 0)),
        key=lambda name: (-abs(usual.get(name, 0) - now.get(name, 0)), name),
    )[:MOST_ROWS]
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{number(usual.get(name, 0))}</td>"
        f"<td>{number(now.get(name, 0))}</td></tr>"
        for name in names
    )
    return (
        '<table class="ln-table"><caption>Số phần tử trên một trang</caption><thead><tr>'
        "<th>Phần tử của trang</th><th>Trước đây</th><th>Hiện nay</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _accept(layout: Layout) -> None:
    def accept() -> int:
        crawl, cases = stores().crawl, Cases(casework())
        return accept_layout(crawl, cases, actor(), layout.source, layout.kind, SystemClock())

    released = attempt(accept)
    if released is not None:
        said = f" {number(released)} trang đang giữ được đọc lại ở lượt tới." if released else ""
        attempt(lambda: None, f"Từ nay đọc nguồn {layout.source} theo bố cục mới.{said}")
