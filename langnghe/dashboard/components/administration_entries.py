"""Quản trị: one entry of a configuration file as it is written, checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from langnghe.casework.configuration import SOURCES, Configuration, EntryList
from langnghe.core.clock import SystemClock
from langnghe.core.yamledit import Part
from langnghe.dashboard.components.administration_place import NEW, back, close
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.context import names
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, home
from langnghe.store.cases import Cases

T = TypeVar("T")

LEAST_HEIGHT, MOST_HEIGHT, LINE_HEIGHT = 200, 560, 24
"""Pixels of the box: it grows with the entry, and scrolls from some 20 lines on."""


def configuration() -> Configuration:
    """The configuration files of the home."""
    return Configuration(home(), Cases(casework()), SystemClock())


def edit_entry(
    which: EntryList[T],
    entry_id: str,
    part: Part | None,
    template: str,
    trying: str,
    tried: Callable[[str], object],
) -> None:
    """The box with the entry.

    Args:
        which: the file.
        entry_id: the entry; begins with `NEW` where it is new.
        part: as it stands in the file now; None: it is new.
        template: what a new one begins with.
        trying: label of the button that tries what is in the box without keeping it.
        tried: does that, with what is in the box.
    """
    back()
    title = f"Thêm {which.title}" if part is None else f"Sửa {which.title}"
    st.subheader(title, anchor=False)
    shown = template if part is None else part.text
    seen_key, box_key = f"seen-{which.kind}-{entry_id}", f"box-{which.kind}-{entry_id}"
    if box_key not in st.session_state:
        _begin(seen_key, box_key, shown)
    # What the person saw when they began, however often the page is drawn meanwhile.
    seen: str = st.session_state[seen_key]
    # A place of its own, so that the box below stays where it is when the warning goes.
    with st.container():
        if part is not None and part.text != seen:
            st.warning(
                "Mục này vừa được người khác sửa nên không lưu đè lên được. Phần bạn đang soạn vẫn "
                "còn bên dưới; hãy chép lại chỗ cần giữ rồi lấy bản mới."
            )
            st.code(part.text, language="yaml")
            st.button("Lấy bản mới", on_click=_begin, args=(seen_key, box_key, shown))
    with st.form(f"form-{which.kind}-{entry_id}"):
        typed = st.text_area(
            f"Nội dung trong {which.file}",
            key=box_key,
            height=min(MOST_HEIGHT, max(LEAST_HEIGHT, LINE_HEIGHT * (seen.count("\n") + 3))),
        )
        st.caption("Mỗi dòng một «khóa: giá trị»; phần sau dấu # là chú thích, được giữ nguyên.")
        with st.container(horizontal=True):
            wants_trial = st.form_submit_button(trying)
            st.form_submit_button(
                f"Lưu {which.title}",
                type="primary",
                on_click=_save,
                args=(which, entry_id, seen, box_key),
            )
    if wants_trial:
        tried(typed or "")


def _save(which: EntryList[T], entry_id: str, seen: str, box_key: str) -> None:
    new: str = st.session_state[box_key]
    name = None if entry_id.startswith(NEW) else entry_id
    kept = attempt(lambda: configuration().save(which, name, new, actor(), seen))
    if kept is not None:
        st.session_state.pop(box_key)
        close()
        names.clear()
        later = "Dịch vụ đọc theo cấu hình mới từ lượt tới."
        if which.kind != SOURCES.kind:
            later = "Áp dụng cho bài đọc từ bây giờ; bài đã lưu giữ chủ đề cũ."
        attempt(lambda: None, f"Đã lưu {which.title} {kept}. {later}")


def _begin(seen_key: str, box_key: str, shown: str) -> None:
    st.session_state[seen_key] = st.session_state[box_key] = shown
