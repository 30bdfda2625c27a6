"""Quản trị: users, sources, topics, how long texts are kept, the audit log, backups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from langnghe.casework.roles import Actor
from langnghe.core.errors import LangNgheError
from langnghe.dashboard.components.administration_audit import show_audit
from langnghe.dashboard.components.administration_place import PART, leave
from langnghe.dashboard.components.administration_sources import show_sources
from langnghe.dashboard.components.administration_storage import show_backups, show_retention
from langnghe.dashboard.components.administration_topics import show_topics
from langnghe.dashboard.components.administration_users import show_users
from langnghe.dashboard.components.configerrors import config_errors
from langnghe.dashboard.components.doing import notices, refusal
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home

PARTS: Final[Mapping[str, Callable[[Actor], None]]] = {
    "Người dùng": show_users,
    "Nguồn tin": show_sources,
    "Chủ đề": show_topics,
    "Thời hạn lưu": show_retention,
    "Nhật ký hoạt động": show_audit,
    "Sao lưu": show_backups,
}
"""By title, which stands in the address as well."""
FIRST: Final = next(iter(PARTS))


def main() -> None:
    """Show the part that the address names."""
    viewer = actor()
    require_page(viewer, "quan-tri")
    st.title("Quản trị", anchor=False)
    notices()
    for error in config_errors(home()):
        st.error(f"Cấu hình có lỗi, phần liên quan ngừng cho đến khi sửa xong. {error}")
    part = st.pills(
        "Phần quản trị",
        list(PARTS),
        default=FIRST,
        key=PART,
        bind="query-params",
        required=True,
        wrap=True,
        on_change=leave,
        label_visibility="collapsed",
    )
    st.header(part or FIRST, anchor=False)
    try:
        PARTS[part or FIRST](viewer)
    except LangNgheError as error:
        # The other parts stay within reach: one of them may hold the cure.
        refusal(error)


main()
