"""The list beside the opened item, and what it is narrowed by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import streamlit as st

from langnghe.casework.kinds import Kept
from langnghe.casework.review import ReviewItem
from langnghe.casework.roles import Actor
from langnghe.core.vietnamese import REASONS, number
from langnghe.dashboard.components import reviewwork
from langnghe.dashboard.components.reviewlist import (
    SHELVES,
    WHOSE,
    Choice,
    Listing,
    Shelf,
    Whose,
    owner_counts,
    reason_counts,
    row_label,
    shelves_of,
)
from langnghe.dashboard.context import names
from langnghe.dashboard.shared import desk, stores

EMPTY: Final = {
    Shelf.WAITING: "Không còn mục nào chờ xét duyệt ở đây. Hãy chọn lý do khác hoặc «Tất cả»; "
    "mục mới có sau lượt đọc tới.",
    Shelf.SECOND: "Không có mục nào chờ ý kiến thứ hai của bạn. Hãy quay lại «Chờ xét duyệt».",
    Shelf.DECIDED: "Bạn chưa quyết định mục nào trong 24 giờ qua. Hãy bắt đầu ở «Chờ xét duyệt».",
}


def filters(
    choice: Choice, viewer: Actor, seconds: Sequence[Kept[ReviewItem]], now: datetime
) -> None:
    """Which list, whose items, which reason: each with its count."""
    shelves = shelves_of(viewer)
    with st.container(horizontal=True, gap="small"):
        for shelf in shelves if len(shelves) > 1 else ():
            count = f" ({number(len(seconds))})" if shelf is Shelf.SECOND else ""
            mine = choice.shelf is shelf
            _choice_button(f"shelf-{shelf}", SHELVES[shelf] + count, Choice(shelf), mine)
        if choice.shelf is Shelf.WAITING:
            owners = owner_counts(desk(), choice, viewer)
            for whose in Whose:
                label = f"{WHOSE[whose]} ({number(owners[whose])})"
                other = replace(choice, whose=whose, page=0)
                _choice_button(f"whose-{whose}", label, other, choice.whose is whose)
    found = reason_counts(desk(), choice, viewer, seconds, now)
    with st.container(horizontal=True, gap="small"):
        label = f"Mọi lý do ({number(sum(found.values()))})"
        every = replace(choice, reason=None, page=0)
        _choice_button("reason-any", label, every, choice.reason is None)
        for reason, title in REASONS.items():
            if reason in found or reason is choice.reason:
                label = f"{title} ({number(found.get(reason, 0))})"
                other = replace(choice, reason=reason, page=0)
                _choice_button(f"reason-{reason}", label, other, choice.reason is reason)


def _choice_button(key: str, label: str, choice: Choice, chosen: bool) -> None:
    st.button(
        f"✓ {label}" if chosen else label,
        key=f"review-{key}",
        type="secondary" if chosen else "tertiary",
        on_click=reviewwork.choose,
        args=(choice,),
    )


def rows(
    choice: Choice,
    listing: Listing,
    opened: str,
    people: Mapping[str, str],
    viewer: Actor,
    now: datetime,
) -> None:
    """The items of the list, each a button that opens it."""
    st.header(f"{number(listing.total)} mục", anchor=False)
    if not listing.rows:
        st.info(EMPTY[choice.shelf])
        return
    first = {row.state.id: row.state.posts[0] for row in listing.rows if row.state.posts}
    posts = {stored.post.id: stored for stored in stores().posts.get(list(first.values()))}
    for row in listing.rows:
        item = row.state
        label = row_label(
            item,
            posts.get(first.get(item.id, "")),
            names().sources,
            people,
            viewer,
            now,
            with_reason=choice.reason is None,
        )
        st.button(
            label,
            key=f"review-row-{item.id}",
            type="primary" if item.id == opened else "secondary",
            width="stretch",
            wrap=True,
            on_click=reviewwork.open_item,
            args=(item.id, opened),
        )
    if listing.pages > 1:
        _pager(choice, listing)


def _pager(choice: Choice, listing: Listing) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "← Trang trước",
            disabled=listing.page == 0,
            on_click=reviewwork.choose,
            args=(replace(choice, page=listing.page - 1),),
        )
        st.markdown(f"Trang {listing.page + 1}/{listing.pages}")
        st.button(
            "Trang sau →",
            disabled=listing.page + 1 >= listing.pages,
            on_click=reviewwork.choose,
            args=(replace(choice, page=listing.page + 1),),
        )
