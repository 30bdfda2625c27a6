"""Doing something with a case, and saying what became of it: one way on all pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import streamlit as st

from langnghe.core.errors import LangNgheError
from langnghe.dashboard.components.plain import as_label

T = TypeVar("T")

LONGEST: Final = 2_000
"""Characters of a message that are shown."""

_LEFT: Final = "notices_for_the_next_run"


def attempt(work: Callable[[], T], done: str = "") -> T | None:
    """Do it, best in the callback of a widget; what became of it is shown by `notices`.

    Args:
        work: what is to be done; what it raises as `LangNgheError` (a rule that refuses, somebody
            who was quicker) is shown as it stands.
        done: what to say when it is done; nothing if empty.

    Returns:
        What `work` gave; None where it was refused.
    """
    try:
        result = work()
    except LangNgheError as error:
        _leave("error", str(error))
        return None
    if done:
        _leave("success", done)
    return result


def notices() -> None:
    """Show what the last action left to be said, once; each page calls it below its title."""
    left = st.session_state.pop(_LEFT, ())
    # Stays in view (style.css): who pressed a button far down the page looks there. It is here also
    # with nothing to say: were all below to change its place, opened forms would close.
    with st.container(key="notices"):
        for kind, message in left:
            (st.error if kind == "error" else st.success)(as_label(message, LONGEST))


def refusal(error: LangNgheError) -> None:
    """Show why something was refused, where it was asked for. Its text may quote somebody's."""
    st.error(as_label(str(error), LONGEST))


def _leave(kind: str, message: str) -> None:
    st.session_state.setdefault(_LEFT, []).append((kind, message))
