"""Where one is on a page of cases: the list with its filters, or one case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

_CODE: Final = "ma"


@dataclass(frozen=True, slots=True)
class ListPlace:
    """One page's list, and the way to a case of it and back."""

    name: str
    """Of the page; it keeps places of two pages apart."""
    filters: tuple[str, ...]
    """Keys of the list's filters, which stand in the address by these names."""

    def opened(self) -> str | None:
        """The case that stands in the address; None: the list."""
        return st.query_params.get(_CODE)

    def go_to(self, case_id: str, **more: Any) -> None:
        """Leave for one case; the filters and `more` are kept for the way back."""
        if self.opened() is None:
            st.session_state[self._left] = {
                key: st.session_state[key] for key in self.filters if key in st.session_state
            } | more
        st.query_params[_CODE] = case_id

    def go_back(self) -> Mapping[str, Any]:
        """Return to the list with its filters as they were left; gives what else was kept."""
        del st.query_params[_CODE]
        left: dict[str, Any] = st.session_state.pop(self._left, {})
        for key in self.filters:
            if key in left:
                st.session_state[key] = left.pop(key)
        return left

    @property
    def _left(self) -> str:
        return f"{self.name}_filters"
