"""Where one is on the page of petitions: the list with its filters, or one petition."""

from __future__ import annotations

from typing import Final

import streamlit as st

from langnghe.dashboard.components.listplace import ListPlace

NEW: Final = "moi"
"""In the place of a code: the form for a petition that came in otherwise."""

LIST: Final = ListPlace("petitions", ("xem", "theo", "donvi", "chude", "ky"))

_PAGE: Final = "trang"


def go_to(code: str) -> None:
    """Leave for one petition; filters and page of the list are kept for the way back."""
    LIST.go_to(code, page=page_number())


def go_back() -> None:
    """Return to the list as it was left."""
    turn_to(LIST.go_back().get("page", 1))


def page_number() -> int:
    """Which page of the list is shown, from 1."""
    text = st.query_params.get(_PAGE, "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def turn_to(page: int = 1) -> None:
    """Show that page of the list; the first one when a filter changes."""
    if page == 1:
        st.query_params.pop(_PAGE, None)
    else:
        st.query_params[_PAGE] = str(page)
