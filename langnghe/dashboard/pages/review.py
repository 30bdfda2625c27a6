"""Hàng chờ xét duyệt: what the service asks people to look at, one item at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import streamlit as st

from langnghe.casework.accounts import AccountState
from langnghe.casework.accountstore import all_accounts
from langnghe.casework.kinds import ITEM, Kept
from langnghe.casework.review import UNDO, ItemState, ReviewItem
from langnghe.casework.roles import Actor, Permission
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.core.vietnamese import REASONS, number
from langnghe.dashboard.components import reviewforms, reviewside, reviewwork
from langnghe.dashboard.components.caseposts import case_posts, show_posts
from langnghe.dashboard.components.doing import notices, refusal
from langnghe.dashboard.components.reviewforms import About
from langnghe.dashboard.components.reviewitem import around_html, decision_html, facts_html
from langnghe.dashboard.components.reviewkeys import undo_button
from langnghe.dashboard.components.reviewlist import (
    MOST_UNPAGED,
    Choice,
    Listing,
    Shelf,
    read_list,
    shelves_of,
)
from langnghe.dashboard.components.reviewwork import OPENED, View
from langnghe.dashboard.context import account_names, claims, names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, desk, stores
from langnghe.store.posts.interface import StoredPost


def main() -> None:
    """Show the list, and beside it the item that the address names."""
    viewer = actor()
    require_page(viewer, "hang-cho")
    now = SystemClock().now()
    st.title("Hàng chờ xét duyệt", anchor=False)
    notices()
    may_review = viewer.may(Permission.REVIEW)
    seconds = desk().for_second_opinion(viewer, MOST_UNPAGED) if may_review else []
    choice = _possible(Choice.of(st.query_params.to_dict()), viewer)
    opened = st.query_params.get(OPENED, "")
    people = account_names()
    # What is done with the opened item comes first: opening it locks it, as the list shows.
    kept = _opened(opened, viewer, seconds, now) if opened else None
    listing = read_list(desk(), choice, viewer, seconds, now)
    # By these names the style sheet knows what to leave out on a phone while an item is open.
    beside = "-beside" if opened else ""
    with st.container(key=f"review-filters{beside}"):
        reviewside.filters(choice, viewer, seconds, now)
    if kept is not None:
        is_second = any(second.state.id == opened for second in seconds)
        against = "" if is_second else reviewwork.stands_against(kept.state, viewer, now)
        view = View(kept, viewer, listing, is_second, against)
        if reviewwork.panel(view.id) == "confirm" and not against:
            _confirming(view, choice, people, now)
            return
    left, right = st.columns([3, 8], gap="medium")
    with left, st.container(key=f"review-list{beside}"):
        if not opened:
            _start(listing, viewer)
        reviewside.rows(choice, listing, opened, people, viewer, now)
    with right:
        if kept is not None:
            found = _item(view, choice, people, now)
            reviewforms.bar(view)
            _around(view, found, people, now)
        elif opened:
            st.button("← Về danh sách", on_click=reviewwork.show_list, args=(choice,))
        elif listing.rows:
            st.info(
                "Chọn một mục trong danh sách, hoặc bấm J để mở mục đầu tiên chưa có ai xử lý. "
                "Sau mỗi quyết định, mục tiếp theo tự mở."
            )


def _possible(choice: Choice, viewer: Actor) -> Choice:
    return choice if choice.shelf in shelves_of(viewer) else replace(choice, shelf=Shelf.WAITING)


def _opened(
    item_id: str, viewer: Actor, seconds: Sequence[Kept[ReviewItem]], now: datetime
) -> Kept[ReviewItem] | None:
    """The item, locked for the viewer where they may work on it; None after saying why not."""
    try:
        kept = desk().get(ITEM, item_id, viewer)
    except LangNgheError:
        # Its own words name what stands in the address, which anybody may have written.
        st.error("Không có mục này trong hàng chờ. Hãy chọn một mục trong danh sách.")
        return None
    if any(second.state.id == item_id for second in seconds):
        return kept
    return reviewwork.held(kept, viewer, now)


def _start(listing: Listing, viewer: Actor) -> None:
    """What to do while no item is open; on a phone this stands above the list."""
    if not viewer.may(Permission.REVIEW):
        st.info("Chọn một mục để xem và giao cho người xét duyệt.")
        return
    with st.container(horizontal=True):
        if listing.rows:
            ids = [row.state.id for row in listing.rows]
            begin = partial(reviewwork.start, [*ids, *filter(None, [listing.after])])
            st.button("Bắt đầu xét duyệt", shortcut="J", type="primary", on_click=begin)
        undo_button()


# --- The item --------------------------------------------------------------------------------


def _confirming(view: View, choice: Choice, people: Mapping[str, str], now: datetime) -> None:
    """The item, and beside it in place of the list what follows from confirming it."""
    left, right = st.columns([6, 5], gap="medium")
    with left:
        found = _item(view, choice, people, now)
    with right:
        reviewforms.confirm(view, About(found, names()))
    _around(view, found, people, now)


def _item(
    view: View, choice: Choice, people: Mapping[str, str], now: datetime
) -> Sequence[StoredPost]:
    """Why the item is here, how it stands, and its posts; gives these."""
    item, viewer, listing = view.kept.state, view.viewer, view.listing
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(REASONS[item.reason], anchor=False)
        st.button(
            "← Về danh sách",
            key="review-back",
            type="tertiary",
            on_click=reviewwork.show_list,
            args=(choice, item.id),
        )
    place = listing.place(item.id)
    where = f"Mục {number(place)} trong {number(listing.total)}" if place else ""
    st.html(facts_html(item, where, people, viewer, now))
    if view.is_second:
        st.info(
            "Bạn cho ý kiến thứ hai: hãy xem như chưa ai quyết định. Ý kiến thứ nhất không hiện."
        )
    elif item.decision is not None:
        _decided(view.kept, viewer, people, now)
    elif not viewer.may(Permission.REVIEW):
        st.info("Bạn giao được mục này cho người xét duyệt; người xét duyệt mới quyết định.")
    elif view.stands_against:
        st.warning(view.stands_against)
    try:
        found, total = case_posts(ITEM, item.id, viewer)
    except LangNgheError as error:
        refusal(error)
        return ()
    show_posts(found, total, names(), claims())
    return found


def _around(
    view: View, found: Sequence[StoredPost], people: Mapping[str, str], now: datetime
) -> None:
    if len(found) == 1:
        st.html(around_html(stores().posts, found[0]))
    if view.kept.state.state is ItemState.OPEN and not view.is_second:
        _assign(view, people, now)


def _decided(
    kept: Kept[ReviewItem], viewer: Actor, people: Mapping[str, str], now: datetime
) -> None:
    decision = kept.state.decision
    assert decision is not None
    st.html(decision_html(decision, people))
    if decision.by == viewer.account and now - decision.at <= UNDO:
        st.button(
            "Hoàn tác quyết định này",
            on_click=reviewwork.undo,
            args=(kept.state.id, kept.version),
        )


def _assign(view: View, people: Mapping[str, str], now: datetime) -> None:
    item, viewer = view.kept.state, view.viewer
    mine = viewer.account in (item.holder(now), item.assigned_to)
    if not mine and not viewer.may(Permission.ASSIGN):
        return
    able = {
        account.id: account.actor
        for account in all_accounts(casework()).values()
        if account.state is AccountState.ACTIVE and account.actor.may(Permission.REVIEW)
    }
    key = f"review-to-{view.id}"
    with st.form("review-assign"), st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Giao mục này cho người khác",
            list(able),
            index=None,
            format_func=lambda account: f"{people.get(account, account)} ({account})",
            placeholder="Chọn người xét duyệt",
            key=key,
        )
        st.form_submit_button(
            "Giao mục này", on_click=reviewwork.hand_over, args=(view, key, able, now)
        )


main()
