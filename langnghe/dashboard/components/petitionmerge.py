"""Merging like petitions, so that one answer serves all of them."""

from __future__ import annotations

from datetime import date

import streamlit as st

from langnghe.casework.desk import Desk
from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionrecords import ANSWERED, OPEN, UNDRAFTED, Petition
from langnghe.casework.roles import Actor, Permission, Refused
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitionanswer import LOOKED_AT, background
from langnghe.dashboard.components.petitionlikes import alike
from langnghe.dashboard.components.petitionplace import LIST
from langnghe.dashboard.components.petitiontexts import card_html
from langnghe.dashboard.context import Names
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where

Versions = dict[str, int]
"""Of petitions as they were shown, by code."""


def show_likes(kept: Kept[Petition], viewer: Actor, today: date, named: Names) -> None:
    """Like petitions, to be merged into this one, or this one into them."""
    petition = kept.state
    code = petition.id
    words = st.text_input(
        "Tìm phản ánh giống phản ánh này",
        key=f"like-{code}",
        placeholder="Từ trong nội dung, hoặc mã; để trống thì tìm theo nội dung ở trên",
    ).strip()
    likes = _likes(petition, words, viewer)
    into_this = [one for one in likes if may_end(one.state, petition)]
    into_them = [one for one in likes if one not in into_this and may_end(petition, one.state)]
    if not into_this and not into_them:
        st.text("Không thấy phản ánh nào giống phản ánh này. Có thể tìm bằng từ khác.")
        return
    if into_this:
        _into_this(kept, into_this, today, named)
    for one in into_them:
        st.html(card_html(one.state, today, desk().settings, named))
        with st.container(horizontal=True):
            st.button(
                f"Gộp phản ánh này vào {one.state.id}",
                key=f"into-{one.state.id}",
                on_click=_merge_into,
                args=(kept, one),
            )
            st.button(
                f"Mở {one.state.id}",
                key=f"see-{one.state.id}",
                on_click=LIST.go_to,
                args=(one.state.id,),
            )


def may_merge(petition: Petition, viewer: Actor) -> bool:
    """Whether the viewer may merge others into this one, or this one into another."""
    return viewer.may(Permission.DRAFT) and petition.state in OPEN | ANSWERED


def may_end(duplicate: Petition, main: Petition) -> bool:
    """Whether `petitions.merge` lets `main` answer `duplicate` as well."""
    return (
        duplicate.state in UNDRAFTED
        and main.state in OPEN | ANSWERED
        and (main.answered_on is not None or main.deadline <= duplicate.deadline)
    )


def _likes(petition: Petition, words: str, viewer: Actor) -> list[Kept[Petition]]:
    found = desk().find(PETITION, viewer, Where(states=OPEN), Order.DUE, LOOKED_AT)
    found += desk().find(PETITION, viewer, Where(states=ANSWERED), Order.CHANGED, LOOKED_AT)
    others = {one.state.id: one for one in found if one.state.id != petition.id}
    if words.upper() in others:
        return [others[words.upper()]]
    states = [one.state for one in others.values()]
    return [others[one.id] for one in alike(words or petition.summary, states, background())]


def _into_this(
    kept: Kept[Petition], likes: list[Kept[Petition]], today: date, named: Names
) -> None:
    code = kept.state.id
    codes = [like.state.id for like in likes]
    if len(likes) > 1:
        st.button(
            f"Chọn cả {number(len(likes))} phản ánh",
            key=f"tick-all-{code}",
            on_click=_tick,
            args=(codes,),
        )
    with st.form(f"merge-form-{code}", border=False):
        for like in likes:
            st.html(card_html(like.state, today, desk().settings, named))
            st.checkbox(f"Gộp {like.state.id} vào phản ánh này", key=f"tick-{like.state.id}")
        st.form_submit_button(
            "Gộp các phản ánh đã chọn",
            type="primary",
            on_click=_merge_ticked,
            args=(kept, {like.state.id: like.version for like in likes}),
        )


def _tick(codes: list[str]) -> None:
    for code in codes:
        st.session_state[f"tick-{code}"] = True


def _merge_ticked(kept: Kept[Petition], shown: Versions) -> None:
    ticked = {
        code: version for code, version in shown.items() if st.session_state.get(f"tick-{code}")
    }
    viewer = actor()
    attempt(
        lambda: merge_all(desk(), ticked, kept, viewer),
        f"Đã gộp {number(len(ticked))} phản ánh. Một câu trả lời dùng chung cho tất cả.",
    )


def merge_all(casework: Desk, duplicates: Versions, main: Kept[Petition], viewer: Actor) -> None:
    """Merge all of `duplicates` into `main`, or none.

    Raises:
        Refused: there are none, or one of them cannot be merged.
        Conflict: one of them was changed since it was shown.
    """
    if not duplicates:
        raise Refused("Chưa chọn phản ánh nào. Hãy đánh dấu những phản ánh cần gộp.")
    version = main.version
    with casework.cases.transaction(casework.clock.now()):
        for code, seen in duplicates.items():
            _, kept = casework.merge((code, seen), (main.state.id, version), viewer)
            version = kept.version


def _merge_into(kept: Kept[Petition], main: Kept[Petition]) -> None:
    viewer = actor()
    gone = {kept.state.id: kept.version}
    attempt(lambda: merge_all(desk(), gone, main, viewer), f"Đã gộp vào {main.state.id}.")
