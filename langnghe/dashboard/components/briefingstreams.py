"""Names of the month's opinion streams: drafted by rules, written by an editor."""

from __future__ import annotations

import streamlit as st

from langnghe.briefing.figures import Figures
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitiondoing import typed
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, desk
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.monthstreams import MOST_TITLE, MonthStreams, month_streams, rename


def show_stream_names(figures: Figures) -> None:
    """A form for the names of one topic's streams; nothing where none were found."""
    found = month_streams(TrendRecords(casework()), figures.period)
    topics = [topic for topic in figures.by("posts.topic") if _has_streams(found.get(topic))]
    if not topics:
        return
    with st.expander("Đặt tên luồng ý kiến", on_change="rerun", key="ten-luong") as box:
        if not box.open:
            return
        st.caption(
            "Tên do máy ghép từ cụm từ của chủ đề. Hãy viết lại bằng lời của mình, không chép lời "
            "người dân; sau đó chọn «Cập nhật số liệu» để đưa vào báo cáo."
        )
        topic = st.selectbox(
            "Chủ đề của luồng",
            topics,
            format_func=lambda one: figures.title("topic", one),
            key="luong-chu-de",
        )
        streams = found[topic]
        with st.form(f"streams-{topic}"):
            for one in streams.found.streams:
                st.text_input(
                    f"Luồng {one.number}, {number(one.posts)} bài, ý kiến",
                    one.heading,
                    max_chars=MOST_TITLE,
                    key=_key(topic, one.number),
                )
            st.form_submit_button("Lưu tên", on_click=_save, args=(streams,))


def _has_streams(streams: MonthStreams | None) -> bool:
    return streams is not None and bool(streams.found.streams)


def _key(topic: str, stream: int) -> str:
    return f"stream-{topic}-{stream}"


def _save(streams: MonthStreams) -> None:
    """Keep the names that were changed, all of them or none."""
    viewer = actor()
    cases, now = desk().cases, desk().clock.now()
    records = TrendRecords(casework())

    def work() -> None:
        current = streams
        with cases.transaction(now):
            for one in streams.found.streams:
                name = typed(_key(streams.topic, one.number))
                if name != one.heading:
                    rename(cases, records, viewer, current, one.number, name, now)
                    current = month_streams(records, streams.period)[streams.topic]

    attempt(work, "Đã lưu tên luồng ý kiến.")
