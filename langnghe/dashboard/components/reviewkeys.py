"""The buttons by which one moves through the queue and decides, each with its key."""

from __future__ import annotations

from functools import partial

import streamlit as st

from langnghe.dashboard.components import reviewwork
from langnghe.dashboard.components.reviewwork import View
from langnghe.dashboard.formats import DISMISSALS


def keys(view: View) -> None:
    """What can be done with an item that has no panel open."""
    with st.container(horizontal=True, gap="small"):
        if not view.stands_against:
            _button("Bỏ qua…", "X", partial(reviewwork.open_panel, view.id, "dismiss"))
            if view.is_second:
                _button("Lý do đúng", "D", partial(reviewwork.second_confirm, view), primary=True)
            else:
                confirm = partial(reviewwork.open_panel, view.id, "confirm")
                _button("Xác nhận…", "D", confirm, primary=True)
        _step(view, -1, "Mục trước", "K")
        _step(view, 1, "Mục sau", "J")
        undo_button()


def undo_button() -> None:
    """Takes back what was decided last in this browser tab."""
    if last := reviewwork.undoable():
        _button("Hoàn tác", "U", partial(reviewwork.undo, *last))


def why_not(view: View, *, choosing: bool) -> None:
    """The reasons to dismiss it.

    Out of sight they wait for their keys, so that X and a number typed at one go are both heard;
    without X before it, a number does nothing.
    """
    key = "review-why" if choosing else "review-why-later"
    with st.container(key=key, horizontal=True, gap="small"):
        for number, why in enumerate(DISMISSALS, start=1):
            _button(DISMISSALS[why], str(number), partial(reviewwork.dismiss, view, why))
        if choosing:
            never_mind(view)


def _button(
    label: str, shortcut: str, act: partial[None], *, primary: bool = False, disabled: bool = False
) -> None:
    st.button(
        label,
        key=f"review-key-{shortcut}",
        shortcut=shortcut,
        type="primary" if primary else "secondary",
        on_click=act,
        disabled=disabled,
    )


def _step(view: View, step: int, label: str, shortcut: str) -> None:
    there = view.listing.beside(view.id, step)
    item_id, page = there or ("", 0)
    go = partial(reviewwork.open_item, item_id, leaving=view.id, page=page)
    _button(label, shortcut, go, disabled=there is None)


def never_mind(view: View) -> None:
    """Closes the panel that is open."""
    _button("Thôi", "Esc", partial(reviewwork.open_panel, view.id, ""))
