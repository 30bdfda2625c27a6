"""Quản trị, chủ đề: changed and added, and tried against the last 30 days beforehand."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.configuration import TOPICS
from langnghe.casework.roles import Actor
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.models import Topic
from langnghe.core.topics import read_topics
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.administration_entries import configuration, edit_entry
from langnghe.dashboard.components.administration_place import NEW, open_one, opened
from langnghe.dashboard.components.topictrial import DAYS, texts, trial, trial_html
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home, stores

_TRY: Final = f"Thử với {DAYS} ngày qua"
_TEMPLATE: Final = """\
id: ten-ngan        # chữ thường không dấu, chữ số, gạch nối; không đổi về sau
title: Tên hiện trên trang
phrases:
  - cụm từ thứ nhất
  - (cách nói|cách viết) khác
exclusions:
  - cụm từ dễ nhầm, không tính"""


def show_topics(viewer: Actor) -> None:
    """The list of topics, or the one that is opened."""
    parts = configuration().entries(TOPICS, viewer)
    name = opened()
    if name == NEW:
        edit_entry(TOPICS, NEW, None, _TEMPLATE, _TRY, lambda typed: _try(None, typed))
        return
    if name in parts:
        edit_entry(TOPICS, name, parts[name], "", _TRY, lambda typed: _try(name, typed))
        return
    topics = read_topics(home().configs / TOPICS.file)
    st.markdown(f"**{number(len(topics))} chủ đề.** Bài không chạm chủ đề nào thì không được lưu.")
    st.caption(
        "Chủ đề là việc công (đường sá, trường học, mùa vụ), không bao giờ là một người hay quan "
        "điểm của ai."
    )
    st.button("Thêm chủ đề", icon=":material/add:", on_click=open_one, args=(NEW,))
    for topic in topics:
        with st.container(border=True):
            st.html(topic_card(topic))
            st.button(
                f"Sửa {topic.id}", key=f"edit-{topic.id}", on_click=open_one, args=(topic.id,)
            )


def topic_card(topic: Topic) -> str:
    """What a topic listens for."""
    some = ", ".join(topic.phrases[:6])
    more = len(topic.phrases) - 6
    rest = f" và {number(more)} cụm từ khác" if more > 0 else ""
    return (
        f'<div class="ln-account"><h3>{escape(topic.title)}</h3>'
        f'<p class="ln-head">{escape(topic.id)} · {number(len(topic.phrases))} cụm từ, '
        f"{number(len(topic.exclusions))} cụm loại trừ</p><p>{escape(some)}{rest}</p></div>"
    )


def _try(topic_id: str | None, typed: str) -> None:
    after = configuration().check(TOPICS, topic_id, typed, actor())
    before = next(
        (one for one in read_topics(home().configs / TOPICS.file) if one.id == topic_id), None
    )
    today = local_day(SystemClock().now())
    bar = st.progress(0.0, text="Đang thử với các bài đã lưu…")
    kept = texts(stores().posts, today - timedelta(days=DAYS - 1), today, bar.progress)
    tried = trial(kept, before, after)
    bar.empty()
    with st.container(border=True):
        st.subheader("Kết quả thử, chưa lưu", anchor=False)
        st.html(trial_html(tried))
        st.caption(
            "Chỉ thử được với bài đã lưu: bài không chạm chủ đề nào lúc đọc thì không được giữ, "
            "nên số bài thật về sau có thể cao hơn. Chưa tính bình luận theo chủ đề của bài gốc."
        )
