"""Tìm kiếm: find posts by words, topic, place, source, sentiment, intent, reason and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from langnghe.core.clock import SystemClock, local_day
from langnghe.core.models import Channel, Intent, Reason, Sentiment
from langnghe.core.vietnamese import CHANNELS, INTENTS, NO_LABEL, SENTIMENTS, day, number
from langnghe.dashboard import charts
from langnghe.dashboard.components.post import post_html
from langnghe.dashboard.context import Names, claims, names
from langnghe.dashboard.formats import POST_REASONS
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk, stores
from langnghe.store.posts.interface import (
    SMALLEST_FIGURE,
    UNLABELLED,
    Filters,
    Hit,
    Match,
    Order,
    Page,
    Query,
    QueryError,
)

_Named = TypeVar("_Named", bound=StrEnum)

PAGE_SIZE = 20
"""Hits a page: two screens on a phone, and quick on a poor network."""

PERIODS: dict[str, int | None] = {
    "7 ngày qua": 7,
    "30 ngày qua": 30,
    "90 ngày qua": 90,
    "Tự chọn ngày": None,
}
REASONS_HELP = (
    "Máy gợi ý, người quyết định. «Khẩn cấp» và «Dấu hiệu lừa đảo» luôn kèm chữ trong bài. "
    "«Lặp lại thông tin đã kiểm chứng»: bài khẳng định điều đã có kết luận là sai hoặc "
    "chỉ đúng một phần."
)
REASONS_NOTE = "Nhiều bài không có lý do nào; một bài có thể có nhiều lý do."
NEWEST, BEST = "Mới nhất trước", "Khớp nhất trước"


def main() -> None:
    """Show the form, then what was found."""
    require_page(actor(), "tim-kiem")
    st.title("Tìm kiếm", anchor=False)
    named = names()
    query = _form(named)
    _forget_paging_of_another(query)
    try:
        page, relaxed = _search(query)
    except QueryError as error:
        st.error(f"Chưa hiểu câu tìm: {error} Hãy sửa lại rồi bấm Tìm.")
        return
    if page.total == 0:
        _nothing_found(query)
        return
    if relaxed:
        st.info(
            "Không có bài nào chứa nguyên cụm từ. Dưới đây là những bài có đủ các từ ấy. "
            "Để chỉ tìm nguyên cụm, hãy đặt cụm từ trong dấu nháy."
        )
    _summary(page, query, named)
    for hit in page.hits:
        _show(hit, named)
    _pager(page)


def _form(named: Names) -> Query:
    text = st.text_input(
        "Tìm trong bài đăng",
        key="q",
        bind="query-params",
        placeholder='Ví dụ: sạt lở  ·  "miến dong" AND giá  ·  duong hong',
        help="Có dấu hay không dấu đều được. Dùng AND (và), OR (hoặc), NOT (không có), "
        "dấu nháy cho cụm từ.",
    )
    today = local_day(SystemClock().now())
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        period = st.pills(
            "Thời gian",
            list(PERIODS),
            default="90 ngày qua",
            key="ky",
            bind="query-params",
            required=True,
            wrap=True,
        )
    with right:
        order = st.selectbox("Thứ tự", [NEWEST, BEST], key="thutu", bind="query-params")
    since, until = _days(period, today)
    with st.expander("Lọc thêm: chủ đề, địa bàn, nguồn tin, loại ý kiến, lý do cần xem"):
        # What is known of a post, and what the machine says of it; on a phone one below the other.
        left, right = st.columns(2)
        with left:
            topics = _choose("Chủ đề", "chude", named.topics)
            places = _choose("Địa bàn", "diaban", named.places)
            sources = _choose("Nguồn tin", "nguon", named.sources)
            channels = _choose("Kênh", "kenh", _titles(CHANNELS))
        with right:
            sentiments = _choose("Khuynh hướng", "khuynhhuong", _titles(SENTIMENTS))
            intents = _choose("Loại ý kiến", "loai", _titles(INTENTS))
            reasons = _choose("Lý do cần xem", "lydo", _titles(POST_REASONS), REASONS_HELP)
        collapse = st.toggle("Gộp các bài cùng nội dung", key="gop", bind="query-params")
    return Query(
        text=text.strip(),
        filters=Filters(
            topics=topics,
            places=places,
            sources=sources,
            channels=tuple(Channel(value) for value in channels),
            sentiments=tuple(Sentiment(value) for value in sentiments),
            intents=tuple(Intent(value) for value in intents),
            reasons=tuple(Reason(value) for value in reasons),
            since=since,
            until=until,
        ),
        order=Order.RELEVANCE if order == BEST else Order.NEWEST,
        size=PAGE_SIZE,
        facets=("topic", "place", "sentiment", "intent", "reason"),
        histogram="day",
        collapse_clusters=collapse,
    )


def _titles(titles: Mapping[_Named, str]) -> dict[str, str]:
    """By the word that stands in the address and in the store."""
    return {str(key): title for key, title in titles.items()}


def _choose(
    label: str, key: str, titles: dict[str, str], explained: str | None = None
) -> tuple[str, ...]:
    chosen = st.multiselect(
        label,
        list(titles),
        format_func=lambda value: titles.get(value, value),
        key=key,
        bind="query-params",
        placeholder="Tất cả",
        help=explained,
        select_all=False,  # Streamlit says it in English, and no choice means all as well
    )
    return tuple(chosen)


def _days(period: str | None, today: date) -> tuple[date, date]:
    back = PERIODS.get(period or "90 ngày qua")
    if back is not None:
        return today - timedelta(days=back - 1), today
    chosen = st.date_input(
        "Từ ngày – đến ngày",
        value=(today - timedelta(days=29), today),
        max_value=today,
        format="DD/MM/YYYY",
        key="ngay",
        bind="query-params",
    )
    # While the user has picked only the first day, the range ends today.
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0] if days else today - timedelta(days=29)), (days[1] if len(days) > 1 else today)


def _forget_paging_of_another(query: Query) -> None:
    if st.session_state.get("paged_query") != query:
        st.session_state["paged_query"] = query
        st.session_state["cursors"] = []


def _search(query: Query) -> tuple[Page, bool]:
    """The hits, and whether the words had to be taken apart to find any."""
    cursors: list[str] = st.session_state["cursors"]
    paged = replace(query, cursor=cursors[-1]) if cursors else query
    posts = stores().posts
    if st.session_state.get("relaxed_query") != query:
        page = posts.search(paged)
        if page.total or not query.text:
            return page, False
        st.session_state["relaxed_query"] = query
    page = posts.search(replace(paged, match=Match.ALL_WORDS))
    return page, page.total > 0


def _nothing_found(query: Query) -> None:
    if not query.text and query.filters == Filters(
        since=query.filters.since, until=query.filters.until
    ):
        st.info(
            "Kho chưa có bài nào trong khoảng thời gian này. Hãy chọn khoảng dài hơn, hoặc xem "
            "trang Nguồn tin để biết lần đọc gần nhất."
        )
        return
    st.info(
        "Không có bài nào khớp. Hãy thử từ khác, bỏ bớt bộ lọc hoặc chọn khoảng thời gian dài hơn."
    )


def _summary(page: Page, query: Query, named: Names) -> None:
    since, until = query.filters.since, query.filters.until
    assert since is not None
    assert until is not None
    st.markdown(f"**{number(page.total)} bài** từ {day(since)} đến {day(until)}")
    if page.total < SMALLEST_FIGURE:
        st.caption(f"Dưới {SMALLEST_FIGURE} bài nên không chia nhỏ thêm.")
        return
    with st.expander("Xem phân bố theo ngày, chủ đề, địa bàn, khuynh hướng, loại ý kiến"):
        st.altair_chart(
            charts.daily_bars(page.histogram, since, until),
            alt=f"Số bài mỗi ngày từ {day(since)} đến {day(until)}, tổng {number(page.total)} bài",
        )
        _bars("Chủ đề", page.facets.get("topic", {}), named.topics)
        _bars("Địa bàn", page.facets.get("place", {}), named.places)
        st.caption("Khuynh hướng, loại ý kiến và lý do cần xem do máy gợi ý; người quyết định.")
        unlabelled = {UNLABELLED: NO_LABEL}
        sentiments = _titles(SENTIMENTS) | unlabelled
        _bars("Khuynh hướng", page.facets.get("sentiment", {}), sentiments)
        _bars("Loại ý kiến", page.facets.get("intent", {}), _titles(INTENTS) | unlabelled)
        _bars("Lý do cần xem", page.facets.get("reason", {}), _titles(POST_REASONS), REASONS_NOTE)


def _bars(
    heading: str, counts: Mapping[str, int], titles: Mapping[str, str], note: str = ""
) -> None:
    if not counts:
        return
    st.subheader(heading, anchor=False)
    if note:
        st.caption(note)
    st.html(charts.bars_html(counts, titles))


def _show(hit: Hit, named: Names) -> None:
    _card(hit, named)
    post_id = hit.stored.post.id
    if st.session_state.get("similar_to") == post_id:
        _similar(post_id, named)
    elif st.button("Xem bài tương tự", key=f"similar-{post_id}", type="tertiary"):
        st.session_state["similar_to"] = post_id
        st.rerun()


def _card(hit: Hit, named: Names) -> None:
    st.html(
        post_html(
            hit,
            topics=named.topics,
            places=named.places,
            sources=named.sources,
            claims=claims(),
            channel=desk().settings.formal_channels.denunciation,
        )
    )


def _similar(post_id: str, named: Names) -> None:
    with st.container(border=True):
        hits = stores().posts.similar(post_id, size=5)
        if hits:
            st.markdown(f"**{number(len(hits))} bài tương tự**")
        else:
            st.markdown("Không có bài nào tương tự.")
        for hit in hits:
            _card(hit, named)
        if st.button("Đóng", key=f"close-{post_id}"):
            del st.session_state["similar_to"]
            st.rerun()


def _pager(page: Page) -> None:
    cursors: list[str] = st.session_state["cursors"]
    if not cursors and page.next is None:
        return
    left, middle, right = st.columns(3, vertical_alignment="center")
    if left.button("← Trang trước", disabled=not cursors, width="stretch"):
        cursors.pop()
        st.rerun()
    middle.markdown(f"Trang {len(cursors) + 1}")
    if right.button("Trang sau →", disabled=page.next is None, width="stretch"):
        assert page.next is not None
        cursors.append(page.next)
        st.rerun()


main()
