"""Báo sai sót: somebody points out a mistake in what is published; the list, and each notice."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.roles import Permission
from langnghe.dashboard.components.doing import notices
from langnghe.dashboard.components.listplace import NEW
from langnghe.dashboard.components.noticecase import show_notice
from langnghe.dashboard.components.noticeforms import show_opening
from langnghe.dashboard.components.noticelist import show_list
from langnghe.dashboard.components.noticeplace import LIST, go_to
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor


def main() -> None:
    """Show what the address asks for."""
    viewer = actor()
    require_page(viewer, "sai-sot")
    st.title("Báo sai sót", anchor=False)
    notices()
    code = LIST.opened()
    if code == NEW and viewer.may(Permission.DRAFT):
        show_opening(viewer)
    elif code is not None:
        show_notice(code, viewer)
    else:
        if viewer.may(Permission.DRAFT):
            st.button("Ghi báo sai sót", type="primary", on_click=go_to, args=(NEW,))
        show_list(viewer)


main()
