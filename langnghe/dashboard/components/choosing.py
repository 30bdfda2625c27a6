"""A select box of things that have titles: topics, places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import streamlit as st


def choose(
    label: str,
    titles: Mapping[str, str],
    key: str,
    placeholder: str,
    current: str | None = None,
    *,
    bind: Literal["query-params"] | None = None,
    on_change: Callable[[], None] | None = None,
) -> str | None:
    """Let somebody choose one of the ids of `titles`; `current` is chosen first, if it is one."""
    ids = list(titles)
    return st.selectbox(
        label,
        ids,
        index=None if current is None or current not in titles else ids.index(current),
        # A value of the address may be none of them.
        format_func=lambda value: titles.get(value, value),
        key=key,
        placeholder=placeholder,
        bind=bind,
        on_change=on_change,
    )
