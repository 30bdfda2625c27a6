"""The posts that state a claim, and how far it has spread."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.claims import DetachPosts
from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.caseposts import MOST_SHOWN, case_posts, show_posts
from langnghe.dashboard.components.claimdoing import do
from langnghe.dashboard.components.claimspread import (
    corrected_on,
    posts_by_day,
    spread_chart,
    spread_table,
    spread_words,
)
from langnghe.dashboard.context import Names, claims
from langnghe.dashboard.shared import stores
from langnghe.store.posts.interface import SMALLEST_FIGURE


def show(kept: Kept[Claim], viewer: Actor, named: Names) -> None:
    """The part «Bài đăng, lan truyền»."""
    claim = kept.state
    if not claim.posts:
        st.info(
            "Chưa có bài nào được gắn vào hồ sơ. Ở Hàng chờ xét duyệt, khi xác nhận một mục, hãy "
            "chọn gắn vào thông tin đã có."
        )
        return
    _spread(claim)
    st.subheader(f"Bài đăng ({number(len(claim.posts))})", anchor=False)
    wanted = f"posts-shown-{claim.id}"
    most = st.session_state.get(wanted, MOST_SHOWN)
    found, total = case_posts(CLAIM, claim.id, viewer, most)
    for stored in found:
        show_posts([stored], 1, named, claims())
        if viewer.may(Permission.REVIEW):
            st.button(
                "Gỡ bài này khỏi hồ sơ",
                key=f"detach-{stored.post.id}",
                on_click=do,
                args=(kept, DetachPosts((stored.post.id,)), "Đã gỡ bài khỏi hồ sơ."),
                type="tertiary",
            )
    if len(found) == most < total:
        st.button(
            "Xem thêm bài",
            on_click=st.session_state.__setitem__,
            args=(wanted, most + 2 * MOST_SHOWN),
        )
    elif total > len(found):
        st.caption(f"{number(total - len(found))} bài đã được xóa theo thời hạn lưu.")


def _spread(claim: Claim) -> None:
    published = [stored.post.published_at for stored in stores().posts.get(claim.posts)]
    days, corrected = posts_by_day(published, local_day(SystemClock().now())), corrected_on(claim)
    st.subheader("Mức lan truyền", anchor=False)
    words = spread_words(days, corrected)
    st.write(words)
    if sum(days.values()) >= SMALLEST_FIGURE:
        st.altair_chart(spread_chart(days, corrected), alt=words)
        with st.expander("Xem bảng số liệu"):
            st.html(spread_table(days, corrected))
