"""Where one is on the page of claims: the board with its filters, or one claim."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

FILTERS: Final = ("giaidoan", "chude", "cuatoi")
"""Keys of the board's filters, which stand in the address by these names."""

PART: Final = "phan"
"""Key of the part of a claim that is shown."""

_CODE: Final = "ma"
_LEFT: Final = "claim_filters"


def opened() -> str | None:
    """The claim that stands in the address; None: the board."""
    return st.query_params.get(_CODE)


def go_to(claim_id: str) -> None:
    """Leave for one claim; the filters of the board are kept for the way back."""
    st.session_state[_LEFT] = {
        key: st.session_state[key] for key in FILTERS if key in st.session_state
    }
    st.query_params[_CODE] = claim_id


def go_back() -> None:
    """Return to the board as it was left."""
    del st.query_params[_CODE]
    st.session_state.pop(PART, None)
    left: dict[str, Any] = st.session_state.pop(_LEFT, {})
    st.session_state.update(left)
