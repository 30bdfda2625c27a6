"""Where on the page «Quản trị» one is: the part and what is opened, both kept in the address."""

from __future__ import annotations

from typing import Final

import streamlit as st

PART: Final = "muc"
"""In the address: the part of the page."""

OPENED: Final = "ma"
"""In the address: the id of what is opened."""

NEW: Final = "+moi"
"""Stands there for what is going to be added: no id begins so."""


def opened() -> str:
    """The id of what is opened; "" if nothing is."""
    return st.query_params.get(OPENED, "")


def open_one(entry_id: str) -> None:
    """Open it; for callbacks."""
    st.query_params[OPENED] = entry_id


def close() -> None:
    """Go back to the list; for callbacks."""
    st.query_params.pop(OPENED, None)


def leave() -> None:
    """Go to another part: what the address says of this one is void; for callbacks."""
    for name in list(st.query_params):
        if name != PART:
            del st.query_params[name]


def back() -> None:
    """The way back to the list."""
    st.button("← Về danh sách", on_click=close, type="tertiary")
