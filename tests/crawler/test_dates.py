"""Written dates: right, or none."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import TimePrecision
from langnghe.crawler import dates

FETCHED_AT = datetime(2026, 11, 21, 10, 0, tzinfo=LOCAL_ZONE)
"""A Saturday."""


def read(raw: str) -> tuple[str, str] | None:
    found = dates.parse(raw, FETCHED_AT)
    if found is None:
        return None
    assert found.at.tzinfo is UTC
    return f"{found.at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M:%S}", found.precision.value


@pytest.mark.parametrize(
    ("raw", "moment", "precision"),
    [
        # machines
        ("2026-11-20T20:45:00+07:00", "2026-11-20 20:45:00", "second"),
        ("2026-11-20T13:45:00Z", "2026-11-20 20:45:00", "second"),
        ("2026-11-20T13:45:00.125Z", "2026-11-20 20:45:00", "second"),
        ("2026-11-20 20:45", "2026-11-20 20:45:00", "minute"),
        ("2026-11-20", "2026-11-20 00:00:00", "day"),
        ("2026/11/20", "2026-11-20 00:00:00", "day"),
        ("2019-05-17T16:24:04+0000", "2019-05-17 23:24:04", "second"),
        ("1795271192", "2026-11-21 21:26:32", "second"),
        ("1763700000000", "2025-11-21 11:40:00", "second"),
        ("Fri, 20 Nov 2026 20:45:00 +0700", "2026-11-20 20:45:00", "second"),
        ("Fri, 20 Nov 2026 13:45:00 GMT", "2026-11-20 20:45:00", "second"),
        ("Fri, 20 Nov 2026 20:45:00 GMT+7", "2026-11-20 20:45:00", "second"),
        ("Fri, 20 Nov 2026 20:45:00 ICT", "2026-11-20 20:45:00", "second"),
        ("Fri, 20 Nov 2026 08:45:00 EST", "2026-11-20 20:45:00", "second"),
        ("Fri, 20 Nov 2026 20:45:00", "2026-11-20 20:45:00", "second"),
        # newspapers
        ("Thứ sáu, 20/11/2026, 07:30 (GMT+7)", "2026-11-20 07:30:00", "minute"),
        ("Thứ sáu, 20/11/2026 20:45", "2026-11-20 20:45:00", "minute"),
        ("20:45, Thứ Sáu 20/11/2026 (GMT+7)", "2026-11-20 20:45:00", "minute"),
        ("Chủ nhật, ngày 15/11/2026 - 08:00", "2026-11-15 08:00:00", "minute"),
        ("T7, 21/11/2026", "2026-11-21 00:00:00", "day"),
        ("CN 15/11/2026", "2026-11-15 00:00:00", "day"),
        ("Ngày 18 tháng 11 năm 2026", "2026-11-18 00:00:00", "day"),
        ("21 tháng 09 năm 2025", "2025-09-21 00:00:00", "day"),
        ("20 tháng 11, 2026", "2026-11-20 00:00:00", "day"),
        ("Tháng Mười Một 18, 2026", "2026-11-18 00:00:00", "day"),
        ("18 Tháng Mười Một, 2026", "2026-11-18 00:00:00", "day"),
        ("Tháng Mười 18, 2026", "2026-10-18 00:00:00", "day"),
        ("05/11/2026 08:00", "2026-11-05 08:00:00", "minute"),
        ("05/11/2026", "2026-11-05 00:00:00", "day"),
        ("20-11-2026", "2026-11-20 00:00:00", "day"),
        ("20.11.2026 8h", "2026-11-20 08:00:00", "hour"),
        ("15/11/26", "2026-11-15 00:00:00", "day"),
        ("20/11/2026 | 09:30", "2026-11-20 09:30:00", "minute"),
        ("20-11-2026 - 20:45", "2026-11-20 20:45:00", "minute"),
        ("20/11/2026 20:45:10", "2026-11-20 20:45:10", "second"),
        ("14h05 ngày 19/11/2026", "2026-11-19 14:05:00", "minute"),
        ("9h 20/11/2026", "2026-11-20 09:00:00", "hour"),
        ("9 giờ 20 phút ngày 20/11/2026", "2026-11-20 09:20:00", "minute"),
        ("9 giờ, 20/11/2026", "2026-11-20 09:00:00", "hour"),
        ("9h30 sáng 20/11/2026", "2026-11-20 09:30:00", "minute"),
        ("3h chiều 20/11/2026", "2026-11-20 15:00:00", "hour"),
        ("12h trưa ngày 20/11", "2026-11-20 12:00:00", "hour"),
        ("2 thg 11 2026 lúc 8:15 SA", "2026-11-02 08:15:00", "minute"),
        ("2 thg 11, 2026 9:30 CH", "2026-11-02 21:30:00", "minute"),
        ("2 thg 11, 2026 12:10 SA", "2026-11-02 00:10:00", "minute"),
        ("tháng 11 năm 2026", "2026-11-01 00:00:00", "month"),
        ("11/2026", "2026-11-01 00:00:00", "month"),
        ("năm 2026", "2026-01-01 00:00:00", "year"),
        ("20/11", "2026-11-20 00:00:00", "day"),
        ("25/12", "2025-12-25 00:00:00", "day"),
        ("29/2", "2024-02-29 00:00:00", "day"),
        # labels
        ("Cập nhật: 20/11/2026 09:30", "2026-11-20 09:30:00", "minute"),
        ("Đăng: 20/11/2026 09:30 | Cập nhật: 21/11/2026", "2026-11-20 09:30:00", "minute"),
        ("Published: 18/11/2026 07:30", "2026-11-18 07:30:00", "minute"),
        ("Đăng ngày 18/11/2026", "2026-11-18 00:00:00", "day"),
        ("Posted on November 18, 2026", "2026-11-18 00:00:00", "day"),
        # relative
        ("vừa xong", "2026-11-21 10:00:00", "minute"),
        ("10 giây trước", "2026-11-21 09:59:50", "minute"),
        ("3 phút trước", "2026-11-21 09:57:00", "minute"),
        ("2 giờ trước", "2026-11-21 08:00:00", "hour"),
        ("khoảng một giờ trước", "2026-11-21 09:00:00", "hour"),
        ("Đăng 1 ngày trước", "2026-11-20 00:00:00", "day"),
        ("3 tuần trước", "2026-10-31 00:00:00", "month"),
        ("2 tháng trước", "2026-09-21 00:00:00", "month"),
        ("7 năm trước", "2019-11-21 00:00:00", "year"),
        ("hôm nay, 08:00", "2026-11-21 08:00:00", "minute"),
        ("Hôm qua, lúc 8:15", "2026-11-20 08:15:00", "minute"),
        ("hôm qua 9h30", "2026-11-20 09:30:00", "minute"),
        ("hôm kia", "2026-11-19 00:00:00", "day"),
        # English software
        ("November 18, 2026 at 9:30 am", "2026-11-18 09:30:00", "minute"),
        ("Thursday, November 19, 2026 2:05 PM", "2026-11-19 14:05:00", "minute"),
        ("18 Nov 2026", "2026-11-18 00:00:00", "day"),
        ("Nov 18", "2026-11-18 00:00:00", "day"),
        ("Yesterday at 9:30 PM", "2026-11-20 21:30:00", "minute"),
        ("2 hours ago", "2026-11-21 08:00:00", "hour"),
        ("an hour ago", "2026-11-21 09:00:00", "hour"),
        ("just now", "2026-11-21 10:00:00", "minute"),
    ],
)
def test_reads(raw: str, moment: str, precision: str) -> None:
    assert read(raw) == (moment, precision)
    assert read(unicodedata.normalize("NFD", raw)) == (moment, precision)
    assert read(f"  {raw.upper()}\n") == (moment, precision)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "9:30 CH",
        "5h",
        "5 giờ",
        "tuần tới",
        "thứ 5",
        "thứ 5 tuần trước",
        "T6, 21/11/2026",
        "Mon, 20 Nov 2026 20:45:00 +0700",
        "Fri, 20 Nov 2026 20:45:00 XYZ",
        "12h15 sáng 20/11/2026",
        "31/02/2026",
        "2026-02-31",
        "25:61 20/11/2026",
        "23/11/2026",
        "20/11/2027",
        "13/13/2026",
        "01/01/1970",
        "0000000000",
        "Sự kiện diễn ra ngày 20/11/2026",
        "20/11/2026 08:00 - 21/11/2026 17:00",
        "20",
        "2026",
        "tháng chạp",
        "+84 912 345 678",
        "20/11/2026" * 40,
    ],
)
def test_guesses_nothing(raw: str) -> None:
    assert read(raw) is None


def test_a_time_without_a_zone_is_in_the_given_one() -> None:
    found = dates.parse("2026-11-18T13:05:31", FETCHED_AT, UTC)
    assert found is not None
    assert found.at == datetime(2026, 11, 18, 13, 5, 31, tzinfo=UTC)


STYLES = (
    ("{0:%d/%m/%Y %H:%M}", TimePrecision.MINUTE),
    ("{w}, {0:%d/%m/%Y} {0:%H:%M} (GMT+7)", TimePrecision.MINUTE),
    ("{w}, ngày {0.day}/{0.month}/{0.year} - {0:%H:%M}", TimePrecision.MINUTE),
    ("{0:%H:%M}, {0:%d-%m-%Y}", TimePrecision.MINUTE),
    ("{0.hour}h{0:%M} ngày {0.day}/{0.month}/{0.year}", TimePrecision.MINUTE),
    ("{0.day} tháng {0.month} năm {0.year} lúc {0.hour}:{0:%M}", TimePrecision.MINUTE),
    ("{0.day} thg {0.month}, {0.year} {0:%I:%M} {half}", TimePrecision.MINUTE),
    ("Cập nhật: {0:%d.%m.%Y %H:%M:%S}", TimePrecision.SECOND),
    ("{0:%a, %d %b %Y %H:%M:%S} +0700", TimePrecision.SECOND),
    ("{0:%Y-%m-%dT%H:%M:%S}+07:00", TimePrecision.SECOND),
    ("{0:%B %d, %Y at %I:%M %p}", TimePrecision.MINUTE),
    ("Ngày {0.day} tháng {0.month} năm {0.year}", TimePrecision.DAY),
    ("{0:%d/%m/%Y}", TimePrecision.DAY),
    ("tháng {0.month} năm {0.year}", TimePrecision.MONTH),
)
WEEKDAYS = ("Thứ hai", "Thứ ba", "T4", "Thứ năm", "Thứ 6", "Thứ bảy", "Chủ nhật")
CUT: dict[TimePrecision, dict[str, Any]] = {
    TimePrecision.SECOND: {},
    TimePrecision.MINUTE: {"second": 0},
    TimePrecision.DAY: {"hour": 0, "minute": 0, "second": 0},
    TimePrecision.MONTH: {"day": 1, "hour": 0, "minute": 0, "second": 0},
}


@settings(max_examples=200)
@given(
    moment=st.integers(0, 31 * 366 * 24 * 3600).map(
        lambda seconds: FETCHED_AT - timedelta(days=1, seconds=seconds)
    ),
    style=st.sampled_from(STYLES),
)
def test_what_is_written_is_read_back(moment: datetime, style: tuple[str, TimePrecision]) -> None:
    pattern, precision = style
    half = "SA" if moment.hour < 12 else "CH"
    written = pattern.format(moment, w=WEEKDAYS[moment.weekday()], half=half)
    found = dates.parse(written, FETCHED_AT)
    assert found is not None, written
    assert found.precision is precision
    assert found.at == moment.replace(**CUT[precision])


@settings(max_examples=200)
@given(
    raw=st.text(max_size=60)
    | st.text("0123456789:/-.h TZ+thángnămgiờtrước", max_size=30)
    | st.lists(
        st.sampled_from(
            ["20/11/2026", "9h", "10:99", "SA", "thứ 2", "tháng", "13", "ago", "GMT+99"]
        )
    ).map(" ".join)
)
def test_any_text_gives_a_moment_of_the_past_or_nothing(raw: str) -> None:
    found = dates.parse(raw, FETCHED_AT)
    assert found is None or found.at <= FETCHED_AT + timedelta(days=1)


def test_offsets_that_no_place_has_are_refused() -> None:
    assert read("20/11/2026 20:45 GMT+99") is None
    assert read("20/11/2026 20:45 GMT+5:30") == ("2026-11-20 22:15:00", "minute")
