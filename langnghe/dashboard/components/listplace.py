"""Where one is on a page of cases: the list with its filters, or one case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

NEW: Final = "moi"
"""In the place of a case: the form for a new one."""

CODE: Final = "ma"
"""The case, in the address."""

_PAGE: Final = "trang"


@dataclass(frozen=True, slots=True)
class ListPlace:
    """One page's list, and the way to a case of it and back."""

    name: str
    """Of the page; it keeps places of two pages apart."""
    filters: tuple[str, ...]
    """Keys of the list's filters, which stand in the address by these names."""

    def opened(self) -> str | None:
        """The case that stands in the address, `NEW`, or None for the list."""
        return st.query_params.get(CODE)

    def go_to(self, case_id: str) -> None:
        """Leave for one case; filters and page of the list are kept for the way back."""
        if self.opened() is None:
            st.session_state[self._left] = {
                key: st.session_state[key] for key in self.filters if key in st.session_state
            } | {_PAGE: page_number()}
        st.query_params[CODE] = case_id

    def go_back(self) -> None:
        """Return to the list as it was left."""
        st.query_params.pop(CODE, None)
        left: dict[str, Any] = st.session_state.pop(self._left, {})
        turn_to(left.pop(_PAGE, 1))
        st.session_state.update(left)

    @property
    def _left(self) -> str:
        return f"{self.name}_filters"


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


def pager(page: int, pages: int) -> None:
    """The way to the pages before and after, where there is more than one."""
    if pages == 1:
        return
    left, middle, right = st.columns(3, vertical_alignment="center")
    left.button(
        "← Trang trước", disabled=page == 1, width="stretch", on_click=turn_to, args=(page - 1,)
    )
    middle.text(f"Trang {page} trên {pages}")
    right.button(
        "Trang sau →", disabled=page == pages, width="stretch", on_click=turn_to, args=(page + 1,)
    )
