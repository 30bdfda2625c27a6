"""Where one is on the page of claims: the board with its filters, or one claim."""

from __future__ import annotations

from typing import Final

import streamlit as st

from langnghe.dashboard.components.listplace import ListPlace

PART: Final = "phan"
"""Key of the part of a claim that is shown."""

BOARD: Final = ListPlace("claims", ("giaidoan", "chude", "cuatoi"))


def go_back() -> None:
    """Return to the board as it was left."""
    BOARD.go_back()
    st.session_state.pop(PART, None)
