"""The frame of all pages."""

from __future__ import annotations

import logging
from html import escape
from pathlib import Path

import streamlit as st

from langnghe.core.errors import LangNgheError
from langnghe.dashboard.context import home
from langnghe.dashboard.formats import shown_path

_HERE = Path(__file__).parent
_LOG = logging.getLogger("langnghe.dashboard")


def main() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title="Lắng Nghe", page_icon="👂", layout="centered")
    st.html(_HERE / "style.css")
    page = st.navigation(
        [
            st.Page(
                _HERE / "pages" / "search.py",
                title="Tìm kiếm",
                icon=":material/search:",
                url_path="tim-kiem",
                default=True,
            ),
            st.Page(
                _HERE / "pages" / "sources.py",
                title="Nguồn tin",
                icon=":material/rss_feed:",
                url_path="nguon-tin",
            ),
        ],
        position="top",
    )
    try:
        here = home()
        if here.is_sample():
            st.html(
                '<p class="ln-sample" role="note"><strong>Dữ liệu mẫu.</strong> Nội dung hư cấu, '
                "đọc từ trang mẫu đi kèm. Để đọc nguồn thật, thêm nguồn tin vào tệp "
                f"<code>{escape(shown_path(here.root.parent / 'configs' / 'sources.yaml'))}</code> "
                "rồi chạy lại dịch vụ.</p>"
            )
        page.run()
    except LangNgheError as error:
        st.error(str(error))


main()
