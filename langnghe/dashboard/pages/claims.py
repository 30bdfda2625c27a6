"""Thông tin cần kiểm chứng: the board, and one claim from its statement to its correction."""

from __future__ import annotations

import streamlit as st

from langnghe.casework.kinds import CLAIM
from langnghe.casework.roles import Actor, Refused
from langnghe.dashboard.components import claimcorrection, claimposts, claimwork
from langnghe.dashboard.components.claimboard import show_board
from langnghe.dashboard.components.claimplace import BOARD, PART, go_back
from langnghe.dashboard.components.claimtexts import head_html
from langnghe.dashboard.components.doing import notices, refusal
from langnghe.dashboard.components.noticebanner import show_notices_of
from langnghe.dashboard.components.versions import show_versions
from langnghe.dashboard.context import names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk


def main() -> None:
    """Show the board, or the claim that stands in the address."""
    viewer = actor()
    require_page(viewer, "thong-tin")
    st.title("Thông tin cần kiểm chứng", anchor=False)
    notices()
    claim_id = BOARD.opened()
    if claim_id is None:
        show_board(viewer, names())
    else:
        _claim(claim_id, viewer)


def _claim(claim_id: str, viewer: Actor) -> None:
    st.button("← Về danh sách", on_click=go_back, type="tertiary")
    try:
        kept = desk().get(CLAIM, claim_id, viewer)
    except Refused as refused:
        refusal(refused)
        return
    named = names()
    st.html(head_html(kept.state, named.topics))
    show_notices_of(kept.state, viewer)
    work, correction, editions, versions, posts = st.tabs(
        ["Xác minh", "Đính chính", "Các bản", "Bản ngôn ngữ", "Bài đăng, lan truyền"],
        key=PART,
        bind="query-params",
    )
    # Only the part that is open is made: posts that nobody looks at are not sent.
    if work.open:
        with work:
            claimwork.show(kept, viewer, named)
    if correction.open:
        with correction:
            claimcorrection.show(kept, viewer, named)
    if editions.open:
        with editions:
            claimcorrection.show_editions(kept, viewer)
    if versions.open:
        with versions:
            show_versions(CLAIM, kept, viewer)
    if posts.open:
        with posts:
            claimposts.show(kept, viewer, named)


main()
