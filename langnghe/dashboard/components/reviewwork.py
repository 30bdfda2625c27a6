"""What the keys and buttons of the queue do: open, go on, decide, take back, hand over.

All of it runs in callbacks, before the page is drawn anew; who acts is asked anew each time. The
opened item stands in the address (`ma`), and so does the choice of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import streamlit as st

from langnghe.casework.kinds import ITEM, Kept
from langnghe.casework.review import (
    LOCK,
    Assign,
    Dismiss,
    Dismissal,
    HandOver,
    ItemState,
    Release,
    ReviewItem,
    SecondOpinion,
    Take,
    apply,
)
from langnghe.casework.roles import Actor, Permission, Refused
from langnghe.core.clock import SystemClock
from langnghe.core.errors import LangNgheError
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.reviewlist import MOST_UNPAGED, Choice, Listing
from langnghe.dashboard.formats import DISMISSALS
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk

OPENED: Final = "ma"
"""Name of the opened item in the address."""
TRIES: Final = 3
"""So often an item is asked for that others take and give back at the same moment."""
_PANEL: Final = "review_panel"
_LAST: Final = "review_last_decision"


@dataclass(frozen=True, slots=True)
class View:
    """An item as it stands on the page."""

    kept: Kept[ReviewItem]
    viewer: Actor
    listing: Listing
    is_second: bool
    """It waits for the viewer's second opinion."""
    stands_against: str
    """Why the viewer cannot decide it, in words; "" if they can."""

    @property
    def id(self) -> str:
        """Of the item."""
        return self.kept.state.id


# --- Where one is ----------------------------------------------------------------------------


def choose(choice: Choice) -> None:
    """Show another list, or another part of it; what is open stays open."""
    opened = st.query_params.get(OPENED)
    st.query_params.from_dict(choice.address() | ({OPENED: opened} if opened is not None else {}))


def show_list(choice: Choice, leaving: str = "") -> None:
    """Show a list and no item."""
    _leave(leaving)
    st.query_params.from_dict(choice.address())


def open_item(item_id: str, leaving: str = "", page: int | None = None) -> None:
    """Open an item, and give up the lock of the one that is left."""
    if leaving != item_id:
        _leave(leaving)
    st.query_params[OPENED] = item_id
    if page is not None:
        st.query_params.update({"trang": str(page + 1)})
    st.session_state.pop(_PANEL, None)


def start(ids: Iterable[str]) -> None:
    """Open the first item of a list that nobody else works on."""
    _go_on(ids, actor())


def panel(item_id: str) -> str:
    """Which panel of an item is open: "dismiss", "other", "confirm", or "" for none."""
    of, name = st.session_state.get(_PANEL, ("", ""))
    return str(name) if of == item_id else ""


def open_panel(item_id: str, name: str) -> None:
    """Open a panel of an item; "" closes it."""
    st.session_state[_PANEL] = (item_id, name)


def undoable() -> tuple[str, int] | None:
    """Id and version of what was decided last in this browser tab, if it can be taken back."""
    last: tuple[str, int] | None = st.session_state.get(_LAST)
    return last


# --- The lock --------------------------------------------------------------------------------


def stands_against(item: ReviewItem, viewer: Actor, now: datetime) -> str:
    """Why the viewer cannot work on an item, as the rule puts it; "" if they can."""
    try:
        apply(item, Take(), viewer, now)
    except Refused as refused:
        return str(refused)
    return ""


def held(kept: Kept[ReviewItem], viewer: Actor, now: datetime) -> Kept[ReviewItem]:
    """The item, locked for the viewer where they may work on it; a lock is renewed in time."""
    for _ in range(TRIES):
        item = kept.state
        if stands_against(item, viewer, now):
            break
        until = item.locked_until if item.holder(now) == viewer.account else None
        if until is not None and until - now > LOCK / 2:
            break
        try:
            return desk().act(ITEM, item.id, Take(), viewer, version=kept.version)
        except LangNgheError:
            # Somebody was quicker, since it was read, and may have gone on to another already.
            kept = desk().get(ITEM, item.id, viewer)
    return kept


def _leave(item_id: str) -> None:
    """Give up the lock of an item, if one has it; if not, nothing is lost."""
    st.session_state.pop(_PANEL, None)
    if not item_id:
        return
    viewer = actor()
    try:
        kept = desk().get(ITEM, item_id, viewer)
        if kept.state.holder(SystemClock().now()) == viewer.account:
            desk().act(ITEM, item_id, Release(), viewer, version=kept.version)
    except LangNgheError:
        return


# --- Deciding --------------------------------------------------------------------------------


def dismiss(view: View, why: Dismissal, note_key: str = "") -> None:
    """Say why the reason does not hold; then the next item opens.

    Where it has to be said in words (`note_key` names the widget), these are asked for first.
    """
    if not panel(view.id):
        return
    if why is Dismissal.OTHER and not note_key:
        open_panel(view.id, "other")
        return
    note = str(st.session_state[note_key]) if note_key else ""
    if view.is_second:
        _second(view, why, note)
        return
    action = Dismiss(why, note)
    decide(view, lambda viewer: _act(view, action, viewer), f"bỏ qua: {DISMISSALS[why]}")


def second_confirm(view: View) -> None:
    """Say as second reviewer that the reason holds; then the next item opens."""
    _second(view, None, "")


def decide(view: View, work: Callable[[Actor], Kept[ReviewItem]], what: str) -> None:
    """Keep a first decision, then open the next item.

    Args:
        view: what was decided, and in which list it stood.
        work: keeps the decision, for whoever acts.
        what: what was done, following «Đã».
    """
    viewer = actor()
    done = attempt(lambda: work(viewer), f"Đã {what}.")
    if done is None:
        return
    if done.state.decision is None:
        st.session_state.pop(_LAST, None)
    else:
        st.session_state[_LAST] = (done.state.id, done.version)
    _go_on(view.listing.rest(view.id), viewer)


def undo(item_id: str, version: int) -> None:
    """Take back one's own decision, and open the item again."""
    viewer = actor()
    undone = attempt(
        lambda: desk().undo(item_id, viewer, version=version),
        "Đã hoàn tác. Mục này lại chờ xét duyệt.",
    )
    if undone is not None:
        if st.session_state.get(_LAST, ("", 0))[0] == item_id:
            del st.session_state[_LAST]
        st.query_params[OPENED] = item_id
        st.session_state.pop(_PANEL, None)


def hand_over(view: View, to_key: str, people: dict[str, Actor], now: datetime) -> None:
    """Give the item to whom the widget `to_key` names; then the next one opens."""
    chosen = st.session_state.get(to_key)
    if chosen is None:
        return
    viewer, to = actor(), people[chosen]
    item = view.kept.state
    mine = viewer.account in (item.holder(now), item.assigned_to)
    free = item.holder(now) is None and viewer.may(Permission.ASSIGN) and not mine
    action = Assign(to) if free else HandOver(to)
    done = attempt(lambda: _act(view, action, viewer), f"Đã giao cho tài khoản {to.account}.")
    if done is not None:
        _go_on(view.listing.rest(view.id), viewer)


def _act(
    view: View, action: Dismiss | SecondOpinion | Assign | HandOver, viewer: Actor
) -> Kept[ReviewItem]:
    return desk().act(ITEM, view.id, action, viewer, version=view.kept.version)


def _second(view: View, dismissal: Dismissal | None, note: str) -> None:
    viewer = actor()
    action = SecondOpinion(dismissal, note)
    if attempt(lambda: _act(view, action, viewer), "Đã ghi ý kiến thứ hai.") is not None:
        st.session_state.pop(_LAST, None)
        _go_on(view.listing.rest(view.id), viewer)


def _go_on(ids: Iterable[str], viewer: Actor) -> None:
    """Open the first of the items that the viewer can work on; the list, if there is none."""
    st.session_state.pop(_PANEL, None)
    st.query_params.pop(OPENED, None)
    now = SystemClock().now()
    if not viewer.may(Permission.REVIEW):
        return
    seconds = {kept.state.id for kept in desk().for_second_opinion(viewer, MOST_UNPAGED)}
    for item_id in ids:
        item = desk().get(ITEM, item_id, viewer).state
        is_free = item.state is ItemState.OPEN and not stands_against(item, viewer, now)
        if item_id in seconds or is_free:
            st.query_params[OPENED] = item_id
            return
