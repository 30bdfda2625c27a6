"""Xu hướng: a reporting period on one screen, then each topic. Figures only, no posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import altair as alt
import streamlit as st

from langnghe.briefing.figures import Figures
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.vietnamese import day, number
from langnghe.dashboard.charts import bars_html, daily_bars, weeks_chart
from langnghe.dashboard.components import trendsahead, trendsdata, trendsmonth, trendstopic
from langnghe.dashboard.components.alerts import show_alerts
from langnghe.dashboard.components.doing import notices
from langnghe.dashboard.components.trendsmonth import TopicRow
from langnghe.dashboard.context import names
from langnghe.dashboard.navigation import require_page
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import home

MACHINE = "Khuynh hướng và loại ý kiến do máy đọc, để tham khảo."


def main() -> None:
    """Show the period that was chosen."""
    viewer = actor()
    require_page(viewer, "xu-huong")
    st.title("Xu hướng", anchor=False)
    notices()
    month = _month()
    figures, frozen = trendsdata.figures_of(month)
    if not figures["posts.total"] and not figures.get("posts.total.before"):
        st.info(
            "Kỳ này chưa có bài nào. Hãy chọn kỳ khác, hoặc xem trang Nguồn tin để biết các nguồn "
            "có được đọc không."
        )
        return
    _overview(figures, month, frozen=frozen)
    st.header("Cảnh báo tăng bất thường", anchor=False)
    show_alerts(viewer, figures.period, names())
    _days(figures)
    rows = trendsmonth.topic_rows(figures)
    left, right = st.columns(2, gap="large")
    with left:
        _topics(figures, rows)
    with right:
        _changes(figures, rows)
        _asked(figures)
    left, right = st.columns(2, gap="large")
    with left:
        _claims(figures)
    with right:
        _petitions(figures)
    _channels(figures)
    _topic(figures, rows)


def _month() -> date:
    found, usual = trendsdata.months()
    today = local_day(SystemClock().now())
    first_day = home().briefing.period_first_day
    titles = {f"{month:%Y-%m}": trendsmonth.month_title(month, first_day, today) for month in found}
    return date.fromisoformat(f"{_choose('Kỳ báo cáo', 'ky', titles, f'{usual:%Y-%m}')}-01")


def _choose(label: str, key: str, titles: Mapping[str, str], usual: str) -> str:
    """A choice that stands in the address by its id: titles and counts change."""
    asked = st.query_params.get(key, usual)
    options = list(titles)
    chosen = st.selectbox(
        label,
        options,
        index=options.index(asked if asked in titles else usual),
        format_func=lambda one: titles[one],
        # Of another list, this is another choice, which begins with what the address says.
        key=f"{key}-{'-'.join(options)}",
        width=460,
    )
    if chosen != st.query_params.get(key, usual):
        st.query_params[key] = chosen
    return chosen


def _overview(figures: Figures, month: date, *, frozen: bool) -> None:
    st.html(trendsmonth.facts_html(figures))
    st.markdown(trendsmonth.volume_words(figures))
    st.html(trendsmonth.coverage_html(figures))
    if frozen:
        st.caption(
            f"Số liệu đã chốt ngày {day(figures.as_of)} theo báo cáo tháng {month:%m/%Y} đã duyệt; "
            "biểu đồ theo ngày và theo tuần đếm cả những bài đến sau."
        )
    if not figures.over:
        st.info(trendsmonth.NOT_OVER)


def _days(figures: Figures) -> None:
    seen = trendsmonth.seen_days(figures)
    days = trendsdata.daily(seen)
    st.header("Số bài mỗi ngày", anchor=False)
    _show(
        figures,
        daily_bars(days, seen.since, seen.until),
        "Số bài mỗi ngày trong kỳ.",
        trendstopic.days_table(days),
    )


def _topics(figures: Figures, rows: Sequence[TopicRow]) -> None:
    st.header("Chủ đề và khuynh hướng", anchor=False)
    more = len(rows) - trendsmonth.MOST
    st.caption(
        (f"{MACHINE} {trendsmonth.TOO_FEW}" if figures.over else trendsmonth.LATER)
        + (f" Còn {number(more)} chủ đề ít bài hơn ở bảng số liệu." if more > 0 else "")
    )
    _show(
        figures,
        trendsmonth.topics_chart(rows),
        "Số bài theo chủ đề, chia theo khuynh hướng.",
        trendsmonth.topics_table(rows),
    )


def _changes(figures: Figures, rows: Sequence[TopicRow]) -> None:
    st.header("Tăng, giảm so với kỳ trước", anchor=False)
    said = trendsmonth.changes_html(rows) if figures.over else ""
    if said:
        st.html(said)
    elif figures.over:
        st.markdown("Chưa chủ đề nào có đủ bài để so với kỳ trước.")
    else:
        st.markdown(trendsmonth.LATER)


def _asked(figures: Figures) -> None:
    st.header("Người dân hỏi và đề nghị gì", anchor=False)
    intents = trendsmonth.named(figures, "posts.intent", "intent")
    if intents:
        st.html(bars_html(intents, {}))
    else:
        st.markdown(trendsmonth.TOO_FEW if figures.over else trendsmonth.LATER)
    streams = trendsmonth.streams_html(figures)
    st.subheader("Luồng ý kiến", anchor=False)
    if streams:
        st.html(streams)
        more = len(figures.streams) - trendsmonth.STREAMS
        if more > 0:
            st.caption(f"Còn {number(more)} luồng ít bài hơn, xem ở từng chủ đề.")
    else:
        st.markdown(
            "Chưa có luồng ý kiến của kỳ này. Luồng được tìm hằng đêm, khi chủ đề có đủ bài giống "
            "nhau."
        )


def _claims(figures: Figures) -> None:
    st.header("Thông tin kiểm chứng và đính chính", anchor=False)
    st.markdown(trendsmonth.claims_words(figures))
    verdicts = trendsmonth.verdicts_html(figures)
    if verdicts:
        st.html(verdicts)


def _petitions(figures: Figures) -> None:
    st.header("Trả lời phản ánh, kiến nghị", anchor=False)
    st.markdown(trendsmonth.petitions_words(figures))
    stacks = trendsmonth.answering(figures)
    if stacks:
        st.altair_chart(
            trendsmonth.answering_chart(stacks),
            alt="Phản ánh, kiến nghị theo tình hình trả lời. Số liệu ở bảng bên dưới.",
        )
        with st.expander("Xem bảng số liệu"):
            st.html(trendsmonth.answering_table(stacks))


def _channels(figures: Figures) -> None:
    st.header("Kênh và địa bàn theo tuần", anchor=False)
    seen = trendsmonth.seen_days(figures)
    channels = trendsdata.daily_by(seen, "channel")
    if channels:
        stacks = trendstopic.channel_stacks(channels, seen)
        _show(
            figures,
            trendstopic.channels_chart(stacks),
            "Số bài mỗi tuần, chia theo loại kênh.",
            trendstopic.columns_table("Số bài theo tuần và kênh", "Tuần", stacks),
        )
    places = trendsdata.daily_by(seen, "place")
    if places:
        with st.expander("Xem bảng theo địa bàn"):
            st.html(trendstopic.places_table(places, figures, seen))
            st.caption("Một bài có thể nhắc đến nhiều địa bàn, hoặc không nhắc đến nơi nào.")


def _topic(figures: Figures, rows: Sequence[TopicRow]) -> None:
    st.header("Từng chủ đề", anchor=False)
    by_id = {row.id: row for row in rows if row.total}
    if not by_id:
        st.markdown("Kỳ này không có bài nào thuộc chủ đề đang theo dõi.")
        return
    titles = {row.id: f"{row.title} ({number(row.total)} bài)" for row in by_id.values()}
    chosen = _choose("Chủ đề", "chu-de", titles, next(iter(by_id)))
    row = by_id[chosen]
    seen = trendsmonth.seen_days(figures)
    days = trendsdata.daily(seen, chosen)
    st.markdown(
        f"**{number(row.total)} bài** trong kỳ"
        + (f", {trendsmonth.against(row.total, row.before)}." if figures.over else ".")
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Số bài mỗi ngày của chủ đề", anchor=False)
        _show(
            figures,
            daily_bars(days, seen.since, seen.until),
            f"Số bài mỗi ngày của chủ đề {row.title}.",
            trendstopic.days_table(days),
        )
    with right:
        st.subheader("Khuynh hướng theo tuần", anchor=False)
        _steps(figures, row)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Loại ý kiến và địa bàn của chủ đề", anchor=False)
        _inside(figures, row)
    with right:
        st.subheader("Luồng ý kiến của chủ đề", anchor=False)
        _streams(figures, row)
    st.subheader("Dự báo bốn tuần tới", anchor=False)
    _forecast(figures, row)


def _streams(figures: Figures, row: TopicRow) -> None:
    streams = trendsdata.streams_of(figures.period, figures.before, row.id)
    today = local_day(SystemClock().now())
    said = (
        trendsahead.streams_html(streams, today, broken_down=row.parts is not None)
        if streams
        else ""
    )
    if said:
        st.html(said)
        st.caption("So với kỳ trước; tên luồng do máy đề xuất hoặc biên tập viên đặt.")
    else:
        st.markdown("Chủ đề này chưa có luồng ý kiến trong kỳ.")


def _forecast(figures: Figures, row: TopicRow) -> None:
    forecast = trendsdata.forecast_of(row.id)
    st.markdown(trendsahead.forecast_words(forecast))
    if forecast is not None and forecast.is_reliable:
        weeks = trendsahead.by_week(
            trendsdata.daily(trendsahead.past_weeks(forecast.last_day), row.id)
        )
        _show(
            figures,
            weeks_chart(weeks, trendsahead.expected(forecast)),
            f"Số bài mỗi tuần của chủ đề {row.title} và khoảng dự báo bốn tuần tới.",
            trendsahead.weeks_table(weeks, forecast),
        )


def _steps(figures: Figures, row: TopicRow) -> None:
    if row.parts is None:
        st.markdown(trendsmonth.TOO_FEW if figures.over else trendsmonth.LATER)
        return
    found = trendsdata.topic_steps(figures.period, row.id)
    if sum(step.total for step in found) != row.total:
        # Steps counted now, less a period counted before, would tell of the posts between.
        st.markdown(trendsmonth.CAME_SINCE)
        return
    stacks = trendstopic.step_stacks(found)
    _show(
        figures,
        trendsmonth.sentiment_bars(stacks),
        f"Số bài mỗi tuần của chủ đề {row.title}, chia theo khuynh hướng.",
        trendstopic.steps_table(stacks),
    )


def _inside(figures: Figures, row: TopicRow) -> None:
    intents = trendsmonth.named(figures, f"posts.topic.{row.id}.intent", "intent")
    places = trendsmonth.named(figures, f"posts.topic.{row.id}.place", "place")
    if not intents:
        st.markdown(trendsmonth.TOO_FEW if figures.over else trendsmonth.LATER)
        return
    st.html(bars_html(intents, {}))
    if places:
        st.markdown("**Địa bàn được nhắc đến**")
        st.html(bars_html(places, {}))


def _show(figures: Figures, chart: alt.Chart | alt.LayerChart, alt_text: str, table: str) -> None:
    st.altair_chart(chart, alt=f"{alt_text} Số liệu ở bảng bên dưới.")
    st.html(trendsmonth.coverage_note(figures))
    with st.expander("Xem bảng số liệu"):
        st.html(table)


main()
