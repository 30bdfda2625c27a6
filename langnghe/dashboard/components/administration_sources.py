"""Quản trị, nguồn tin: switched on and off, changed and added."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.configuration import SOURCES
from langnghe.casework.roles import Actor
from langnghe.core.models import Channel
from langnghe.core.settings import Source
from langnghe.core.vietnamese import CHANNELS, number
from langnghe.core.yamledit import Part
from langnghe.dashboard.components.administration_entries import configuration, edit_entry
from langnghe.dashboard.components.administration_layouts import show_layouts
from langnghe.dashboard.components.administration_place import NEW, open_one, opened
from langnghe.dashboard.components.administration_trial import PROPOSED, proposal, trial_box
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home

MOST_ADDRESSES: Final = 5

_TEMPLATES: Final[dict[Channel, str]] = {
    Channel.FEED: "feeds: [https://bao.example/rss/thoi-su.rss]",
    Channel.NEWS: "pages:\n  sections: [https://xa.example/tin-tuc]",
    Channel.COMMENTS: (
        "system: wordpress   # hoặc isso, schema_org\n"
        "api: https://blog.example/\npages: {feeds: [https://blog.example/feed/]}"
    ),
    Channel.FORUM: "boards: [https://dien-dan.example/khu-vuc/]",
    Channel.DISCOURSE: (
        "boards: [https://dien-dan.example/latest]   # hoặc .../c/ten-muc/12, .../tag/ten-nhan"
    ),
    Channel.TELEGRAM: "channels: [https://t.me/s/ten_kenh]",
    Channel.MASTODON: "server: https://mang.example\ntags: [BìnhLư]",
    Channel.BLUESKY: (
        "service: https://bsky.social\naccount: ten-xa.bsky.social\n"
        "key: bluesky-key   # langnghe secrets set bluesky-key\n"
        "tags: [BìnhLư]\nphrases: [xã Bình Lư]"
    ),
    Channel.FACEBOOK: (
        "page: 100064000001   # số của trang mà đơn vị quản lý, không phải tên trang\n"
        "key: facebook-page   # tên khóa đã đặt bằng `langnghe secrets set facebook-page`"
    ),
    Channel.YOUTUBE: (
        "key: youtube-key   # tên khóa đã đặt bằng `langnghe secrets set youtube-key`\n"
        "channels: [UCxxxxxxxxxxxxxxxxxxxxxx]   # mã kênh của đơn vị\n"
        "videos: [https://www.youtube.com/watch?v=xxxxxxxxxxx]"
    ),
    Channel.FILE: (
        "path: imports/nhom-*.csv\npublic_page: https://mang-xa-hoi.example/groups/nhom\n"
        "export: sheet   # bảng chép tay; hoặc facebook, form; hoặc bỏ và ghi tên cột ở columns"
    ),
}


def show_sources(viewer: Actor) -> None:
    """The list of sources, or the one that is opened."""
    parts = configuration().entries(SOURCES, viewer)
    name = opened()
    channel = next((one for one in Channel if name == NEW + one), None)
    if channel is not None:
        edit_entry(SOURCES, name, None, template(channel), "Kiểm tra", _check_new)
        return
    if name == PROPOSED and proposal():
        edit_entry(SOURCES, name, None, proposal(), "Kiểm tra", _check_new)
        return
    if name in parts:
        edit_entry(SOURCES, name, parts[name], "", "Kiểm tra", lambda typed: _check(name, typed))
        return
    sources = home().sources
    paused = sum(not source.enabled for source in sources)
    st.markdown(
        f"**{number(len(sources))} nguồn tin**, {number(paused)} nguồn đang tắt. Lần đọc gần nhất "
        "và trục trặc ở trang Nguồn tin."
    )
    _add()
    trial_box()
    if not sources:
        st.info("Chưa có nguồn tin nào. Hãy chọn kênh ở trên để thêm nguồn đầu tiên.")
    for source in sources:
        with st.container(border=True):
            st.html(source_card(source))
            _buttons(source, parts[source.name])
            show_layouts(source.name)


def source_card(source: Source) -> str:
    """What a source is, and whether it is read."""
    says = "Đang bật" if source.enabled else "Đang tắt"
    addresses = list(source.urls())
    shown = "".join(f"<li>{escape(address)}</li>" for address in addresses[:MOST_ADDRESSES])
    more = len(addresses) - MOST_ADDRESSES
    rest = f"<li>và {number(more)} địa chỉ khác</li>" if more > 0 else ""
    return (
        f'<div class="ln-account"><h3>{escape(source.title)}</h3>'
        f'<div class="ln-facts"><span><b>{says}</b></span><span>{CHANNELS[source.channel]}</span>'
        f"<span>Tên ngắn: <b>{escape(source.name)}</b></span></div>"
        f'<ul class="ln-list">{shown}{rest}</ul></div>'
    )


def template(channel: Channel) -> str:
    """What a new source of this channel begins with; docs/sources.md has all keys."""
    return (
        "name: ten-ngan        # chữ thường không dấu, chữ số, gạch nối; không đổi về sau\n"
        f"title: Tên hiện trên trang\nchannel: {channel.value}\n{_TEMPLATES[channel]}"
    )


def _add() -> None:
    with st.expander("Thêm nguồn tin", icon=":material/add:"):
        st.caption(
            "Chỉ thêm trang công khai, không cần đăng nhập, mà chủ trang cho phép đọc. Không thêm "
            "trang cá nhân hay nhóm kín."
        )
        channel = st.radio("Kênh", list(Channel), format_func=CHANNELS.__getitem__, horizontal=True)
        st.button("Soạn nguồn tin mới", on_click=open_one, args=(NEW + (channel or Channel.FEED),))


def _buttons(source: Source, part: Part) -> None:
    name = source.name
    with st.container(horizontal=True):
        st.button(
            f"Tắt {name}" if source.enabled else f"Bật {name}",
            key=f"switch-{name}",
            on_click=_switch,
            args=(name, not source.enabled, part.text),
        )
        st.button(f"Sửa {name}", key=f"edit-{name}", on_click=open_one, args=(name,))


def _switch(name: str, enabled: bool, seen: str) -> None:
    attempt(
        lambda: configuration().switch(name, actor(), enabled=enabled, seen=seen),
        f"Đã {'bật' if enabled else 'tắt'} nguồn {name}. Dịch vụ làm theo từ lượt đọc tới.",
    )


def _check_new(typed: str) -> None:
    _check(None, typed)


def _check(name: str | None, typed: str) -> None:
    source = configuration().check(SOURCES, name, typed, actor())
    st.success("Đọc được. Nguồn sẽ hiện như sau; bấm Lưu để áp dụng.")
    st.html(source_card(source))
