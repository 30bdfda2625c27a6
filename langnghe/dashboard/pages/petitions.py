"""Phản ánh, kiến nghị: lists by deadline and agency, and the page of each petition."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.roles import Permission
from langnghe.dashboard.components.doing import notices
from langnghe.dashboard.components.listplace import NEW
from langnghe.dashboard.components.petitioncase import show_petition
from langnghe.dashboard.components.petitionlist import show_list
from langnghe.dashboard.components.petitionopening import show_opening
from langnghe.dashboard.components.petitionplace import LIST
from langnghe.dashboard.context import names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor


def main() -> None:
    """Show what the address asks for."""
    viewer = actor()
    require_page(viewer, "phan-anh")
    st.title("Phản ánh, kiến nghị", anchor=False)
    notices()
    code, named = LIST.opened(), names()
    if code == NEW and viewer.may(Permission.REVIEW):
        show_opening(named)
    elif code is not None:
        show_petition(code, viewer, named)
    else:
        if viewer.may(Permission.REVIEW):
            st.button("Mở phản ánh", type="primary", on_click=LIST.go_to, args=(NEW,))
        show_list(viewer, named)


main()
