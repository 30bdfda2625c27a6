"""Where one is on the page of petitions: the list with its filters, or one petition."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

FILTERS: Final = ("xem", "theo", "donvi", "chude", "ky")
"""Keys of the list's filters, which stand in the address by these names."""

NEW: Final = "moi"
"""In the place of a code: the form for a petition that came in otherwise."""

_CODE: Final = "ma"
_PAGE: Final = "trang"
_LEFT: Final = "petition_filters"


def opened() -> str | None:
    """The code that stands in the address, `NEW`, or None for the list."""
    return st.query_params.get(_CODE)


def go_to(code: str) -> None:
    """Leave for one petition; the filters of the list are kept for the way back."""
    if opened() is None:
        st.session_state[_LEFT] = {
            key: st.session_state[key] for key in FILTERS if key in st.session_state
        } | {_PAGE: page_number()}
    st.query_params[_CODE] = code


def go_back() -> None:
    """Return to the list as it was left."""
    del st.query_params[_CODE]
    left: dict[str, Any] = st.session_state.pop(_LEFT, {})
    turn_to(left.pop(_PAGE, 1))
    st.session_state.update(left)


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
