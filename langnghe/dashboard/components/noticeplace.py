"""Where one is on the page of notices: the list, one notice, or the form for a new one."""

from __future__ import annotations

from typing import Final

import streamlit as st

from langnghe.casework.notices import About
from langnghe.dashboard.components.listplace import CODE, NEW, ListPlace

LIST: Final = ListPlace("notices", ("xem",))

_CASE: Final = "ve"
_WORDS: Final = {About.CLAIM: "thong-tin", About.PETITION: "phan-anh"}


def wanted_case() -> str:
    """The claim or petition that the address asks to write a notice about; "" if none."""
    return st.query_params.get(_CASE, "")


def go_to(code: str) -> None:
    """Leave for one notice or the form."""
    st.query_params.pop(_CASE, None)
    LIST.go_to(code)


def go_back() -> None:
    """Return to the list as it was left."""
    st.query_params.pop(_CASE, None)
    LIST.go_back()


def case_address(about: About, case_id: str) -> str:
    """Where the claim or petition is worked on."""
    return f"/{_WORDS[about]}?ma={case_id}"


def notice_address(code: str) -> str:
    """Where the notice is worked on."""
    return f"/sai-sot?{CODE}={code}"


def new_address(case_id: str) -> str:
    """Where a notice about a claim or petition is written down."""
    return f"/sai-sot?{CODE}={NEW}&{_CASE}={case_id}"
