"""The posts of a case, as those may read them who work on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import streamlit as st

from langnghe.casework.kinds import CaseKind
from langnghe.casework.roles import Actor
from langnghe.core.models import CheckedClaim
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.post import LONGEST_SHOWN, post_html
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import desk, stores
from langnghe.store.posts.interface import Hit, StoredPost

S = TypeVar("S")
A = TypeVar("A")

MOST_SHOWN = 5
"""Posts of one case on a page: more are there to be counted, not read."""


def case_posts(
    kind: CaseKind[S, A], case_id: str, viewer: Actor, most: int = MOST_SHOWN
) -> tuple[list[StoredPost], int]:
    """The posts of a case that are still kept, newest first, and how many it had in all.

    That they were shown is logged (`Desk.read_posts`).

    Raises:
        Refused: the viewer reads no posts, or these belong to the formal channel.
    """
    ids = desk().read_posts(kind, case_id, viewer)
    found = stores().posts.get(ids)
    found.sort(key=lambda stored: stored.post.published_at, reverse=True)
    return found[:most], len(ids)


def show_posts(
    found: Iterable[StoredPost], total: int, named: Names, claims: Mapping[str, CheckedClaim]
) -> None:
    """Cards of posts, and in words how many of the case's are not shown."""
    shown = 0
    for stored in found:
        shown += 1
        st.html(
            post_html(
                as_hit(stored),
                topics=named.topics,
                places=named.places,
                sources=named.sources,
                claims=claims,
                channel=desk().settings.formal_channels.denunciation,
            )
        )
    if not shown and total:
        st.info(
            f"Nội dung của {number(total)} bài đã được xóa theo thời hạn lưu; số lượng vẫn giữ."
        )
    elif total > shown:
        st.caption(f"Còn {number(total - shown)} bài cùng mục không hiện ở đây.")


def as_hit(stored: StoredPost) -> Hit:
    """A post that nobody searched for: whole, nothing in it marked."""
    post = stored.post
    return Hit(stored, title=post.title, excerpt=post.text[:LONGEST_SHOWN], score=0.0)
