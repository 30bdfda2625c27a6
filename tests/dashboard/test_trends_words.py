"""The period in words, charts and tables, without a browser."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import vl_convert

from langnghe.briefing.figures import Figures
from langnghe.briefing.lines import StreamLine
from langnghe.core.models import Sentiment
from langnghe.dashboard.charts import Expected, Stack, stacked_bars, weeks_chart
from langnghe.dashboard.components import trendsahead, trendsmonth, trendstopic
from langnghe.dashboard.components.trendsdata import Streams
from langnghe.trends.forecast import Basis, Forecast, Range, Trial
from langnghe.trends.monthstreams import Course, Found, MonthStream, MonthStreams
from langnghe.trends.period import Period
from langnghe.trends.series import Step
from langnghe.trends.streamlikeness import Signature

PERIOD = Period(date(2026, 10, 16), date(2026, 11, 15))
BEFORE = Period(date(2026, 9, 16), date(2026, 10, 15))
HOSTILE = '<script>alert("x")</script> **đậm** [a](http://b.vn)'


def figures(**values: float) -> Figures:
    counted: dict[str, float] = {
        "posts.total": 1340,
        "posts.total.before": 1000,
        "posts.channel.comments": 1200,
        "posts.channel.feed": 140,
        "posts.topic.che": 900,
        "posts.topic.che.before": 1000,
        "posts.topic.che.sentiment.negative": 300,
        "posts.topic.che.sentiment.neutral": 500,
        "posts.topic.dat": 3,
        "posts.topic.dat.before": 2,
        "posts.intent.question": 200,
        "claims.decided": 2,
        "claims.verdict.false": 2,
        "claims.verdict.confirmed": 0,
        "claims.corrections": 1,
        "claims.verifying": 0,
        "petitions.received": 5,
        "petitions.answered": 3,
        "petitions.in_time": 2,
        "petitions.overdue": 1,
        "petitions.open": 1,
        "petitions.ended": 0,
        "petitions.in_time.share": 0.5,
        "petitions.days": 2.5,
        "petitions.days.longest": 9,
        "petitions.late": 1,
    }
    return Figures(
        PERIOD,
        BEFORE,
        datetime(2026, 11, 20, tzinfo=UTC),
        over=True,
        values=counted | {key.replace("_", "."): value for key, value in values.items()},
        titles={"topic.che": "Chè", "topic.dat": HOSTILE, "intent.question": "Câu hỏi"},
        coverage=("Số liệu lấy từ 2 nguồn tin.", "Nay đã tắt: «Báo».", "Không phải dư luận giảm."),
    )


def test_the_volume_against_the_period_before() -> None:
    assert trendsmonth.volume_words(figures()) == (
        "**1.340 bài, ý kiến** thu thập được từ 16/10/2026 đến 15/11/2026; kỳ trước 1.000 bài "
        "(tăng 34\u00a0%). Trong đó 1.200 bài từ nơi người dân trao đổi, còn lại là tin bài, "
        "thông báo."
    )


def test_a_running_period_is_told_until_today_and_not_compared() -> None:
    running = replace(figures(), over=False, gathered_at=datetime(2026, 11, 1, tzinfo=UTC))
    said = trendsmonth.volume_words(running)
    assert "từ 16/10/2026 đến 01/11/2026." in said
    assert "kỳ trước" not in said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (30, 20, "kỳ trước 20 bài (tăng 50\u00a0%)"),
        (10, 30, "kỳ trước 30 bài (giảm 66,7\u00a0%)"),
        (30, 4, "kỳ trước 4 bài"),
        (4, 4, "bằng kỳ trước (4 bài)"),
    ],
)
def test_percentages_of_few_posts_are_not_told(now: int, before: int, said: str) -> None:
    assert trendsmonth.against(now, before) == said


def test_topics_that_are_not_broken_down_are_one_empty_bar() -> None:
    tea, land = trendsmonth.topic_rows(figures())
    assert tea.parts == {"Tiêu cực": 300, "Trung tính": 500, "Tích cực": 0, "Chưa gán nhãn": 100}
    assert land.parts is None
    assert trendsmonth.parts_of(land.parts, land.total) == (("Không chia nhỏ", 3),)
    table = trendsmonth.topics_table((tea, land))
    assert table.count(">–<") == 3
    assert "<script>" not in table


def test_a_topic_of_few_posts_neither_rose_nor_fell() -> None:
    said = trendsmonth.changes_html(trendsmonth.topic_rows(figures()))
    assert "Giảm nhiều nhất" in said
    assert "Chè" in said
    assert "Tăng nhiều nhất" not in said


def test_words_of_claims_and_petitions() -> None:
    said = trendsmonth.verdicts_html(figures())
    assert said.count("<li>") == 1
    assert "Sai sự thật: <b>2 thông tin</b>" in said
    said = trendsmonth.petitions_words(figures())
    assert "Tỷ lệ trả lời đúng hạn: **50 %**" in said
    assert "**trong 2,5 ngày làm việc**" in said
    assert "còn **1 việc quá hạn**" in said
    (stack,) = trendsmonth.answering(figures())
    assert dict(stack.parts) == {
        "Trả lời đúng hạn": 2,
        "Trả lời muộn": 1,
        "Đang xử lý, còn hạn": 1,
        "Quá hạn chưa trả lời": 1,
        "Kết thúc khác": 0,
    }
    assert stack.total == figures()["petitions.received"]


def test_the_note_under_a_chart_says_what_is_odd() -> None:
    assert "Nguồn số liệu: Nay đã tắt: «Báo».<" in trendsmonth.coverage_note(figures())
    steady = replace(figures(), coverage=("Cả 2 nguồn tin đều được đọc đủ các ngày trong kỳ.",))
    assert "Cả 2 nguồn tin" in trendsmonth.coverage_note(steady)
    hostile = replace(figures(), coverage=("Một.", f"Nay đã tắt: «{HOSTILE}».", "Ba."))
    assert "<script>" not in trendsmonth.coverage_note(hostile)
    assert "<script>" not in trendsmonth.coverage_html(hostile)


def test_titles_of_streams_stay_text() -> None:
    one = replace(figures(streams_che_1=12), streams=(StreamLine("che", 1, HOSTILE, "mới"),))
    said = trendsmonth.streams_html(one)
    assert "<script>" not in said
    assert "<b>12&nbsp;bài</b> · mới" in said
    assert trendsmonth.streams_html(figures()) == ""


def test_steps_of_a_topic() -> None:
    week = Period(date(2026, 10, 16), date(2026, 10, 22))
    stacks = trendstopic.step_stacks(
        [
            Step(week, 7, {"negative": 5, "unlabelled": 2}),
            Step(week, 3, None),
            Step(week, 0, {}),
        ]
    )
    assert [stack.total for stack in stacks] == [7, 3, 0]
    assert stacks[1] == Stack("16/10–22/10", (("Không chia nhỏ", 3),))
    assert trendstopic.steps_table(stacks).count(">–<") == 3


def forecast(**more: object) -> Forecast:
    weeks = (Range(date(2026, 11, 16), date(2026, 11, 22), 20, 10, 30),)
    total = Range(date(2026, 11, 16), date(2026, 12, 13), 80, 60, 1100)
    return replace(
        Forecast("che", date(2026, 11, 15), Basis.THETA, weeks, total, Trial(40, 20.5, 25.0, 0.81)),
        **more,  # type: ignore[arg-type]
    )


def test_a_forecast_with_how_it_did_and_why_there_is_none() -> None:
    said = trendsahead.forecast_words(forecast())
    assert "**từ 60 đến 1.100 bài**" in said
    assert "81 %" in said
    none = forecast(basis=Basis.NOT_BETTER, weeks=(), total=None, trial=None)
    assert trendsahead.forecast_words(none).startswith("Chưa có dự báo đáng tin cậy: các cách")
    assert "hãy xem lại sau đêm nay" in trendsahead.forecast_words(None)
    table = trendsahead.weeks_table({date(2026, 11, 9): 1234}, forecast())
    assert "1.234" in table
    assert "10–30" in table


def test_weeks_begin_on_monday_and_end_before_the_forecast() -> None:
    past = trendsahead.past_weeks(date(2026, 11, 15))
    assert (past.since.weekday(), past.until, past.days) == (0, date(2026, 11, 15), 112)
    assert trendsahead.by_week({date(2026, 11, 15): 2, date(2026, 11, 9): 3}) == {
        date(2026, 11, 9): 5
    }


def drawn(spec: str) -> str:
    return vl_convert.vegalite_to_svg(spec)


def test_charts_are_drawn_with_vietnamese_numbers_and_every_row() -> None:
    names = ("Tiêu cực", "Trung tính")
    rows = [
        Stack("Đường sá", (("Tiêu cực", 1200), ("Trung tính", 3000))),
        Stack("Đường sá", (("Trống", 900),)),
        Stack(HOSTILE, (("Tiêu cực", 5), ("Trung tính", 0))),
    ]
    chart = stacked_bars(rows, names, empty="Trống")
    svg = drawn(chart.properties(width=600).to_json())
    # Two rows of the same title are two bars; numbers that have no room are left to the table.
    assert svg.count(">Đường sá<") == 2
    assert ">1.200<" in svg
    assert ">3.000<" in svg
    assert ">5<" not in svg
    assert "<script>" not in svg
    fills = json.loads(chart.to_json())["layer"][0]["encoding"]["color"]["scale"]["range"]
    assert len(set(fills)) == 3


def test_expected_weeks_are_dashed_and_differ_in_shape() -> None:
    ahead = [Expected(date(2026, 11, 16), 1500, 900, 2100)]
    svg = drawn(weeks_chart({date(2026, 11, 9): 1400}, ahead).to_json())
    assert "stroke-dasharray" in svg
    assert ">16/11<" in svg
    assert ">2.000<" in svg


def test_streams_from_month_to_month() -> None:
    def stream(number: int, posts: int, **more: object) -> MonthStream:
        return replace(
            MonthStream(
                number,
                "",
                f"cụm {number}",
                posts,
                {Sentiment.NEGATIVE: posts},
                {},
                (),
                Signature("", {}),
            ),
            **more,  # type: ignore[arg-type]
        )

    found = Found(
        "m",
        40,
        datetime(2026, 11, 16, tzinfo=UTC),
        (stream(1, 22, title=HOSTILE, course=Course.GROWING), stream(3, 12, course=Course.NEW)),
        (2,),
    )
    streams = Streams(
        MonthStreams("che", PERIOD, 1, found),
        {1: [(BEFORE, 9), (PERIOD, 22)], 3: [(PERIOD, 12)]},
        ("cầu treo",),
    )
    today = date(2026, 11, 20)
    said = trendsahead.streams_html(streams, today, broken_down=True)
    assert "<script>" not in said
    assert "<b>22&nbsp;bài</b> · tăng · qua các kỳ: 9 → 22 bài" in said
    assert "tiêu cực 22, trung tính 0, tích cực 0" in said
    assert "«cầu treo»: kỳ trước có, kỳ này không còn" in said
    # Neither a topic that is not broken down nor a running period tells of sentiments.
    assert "tiêu cực" not in trendsahead.streams_html(streams, today, broken_down=False)
    assert "tiêu cực" not in trendsahead.streams_html(streams, PERIOD.until, broken_down=True)
