from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from langnghe.classifier.marks import DANGER_MARKS, SCAM_MARKS
from langnghe.core import vietnamese
from langnghe.core.models import (
    Channel,
    Intent,
    Outcome,
    PostKind,
    Reason,
    RejectReason,
    Sentiment,
    Stance,
    TimePrecision,
    Verdict,
)
from langnghe.dashboard import formats

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (999, "999"), (1000, "1.000"), (1234567, "1.234.567")]
)
def test_numbers_have_points_between_thousands(value: int, shown: str) -> None:
    assert vietnamese.number(value) == shown


def test_days_and_moments_are_those_of_viet_nam() -> None:
    assert vietnamese.day(date(2026, 1, 5)) == "05/01/2026"
    assert vietnamese.moment(datetime(2026, 11, 20, 17, 30, tzinfo=UTC)) == "00:30 ngày 21/11/2026"


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        (TimePrecision.SECOND, "08:00 ngày 21/11/2026"),
        (TimePrecision.HOUR, "khoảng 08 giờ ngày 21/11/2026"),
        (TimePrecision.DAY, "ngày 21/11/2026"),
        (TimePrecision.MONTH, "tháng 11/2026"),
        (TimePrecision.YEAR, "năm 2026"),
        (TimePrecision.UNKNOWN, "không rõ ngày đăng, đọc lúc 08:00 ngày 21/11/2026"),
    ],
)
def test_a_time_is_never_shown_more_exactly_than_known(
    precision: TimePrecision, shown: str
) -> None:
    assert formats.published(NOW, precision) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=5), "vừa xong"),
        (timedelta(minutes=5), "5 phút trước"),
        (timedelta(hours=3, minutes=59), "3 giờ trước"),
        (timedelta(hours=30), "hôm qua"),
        (timedelta(days=3), "ngày 18/11/2026"),
    ],
)
def test_how_long_ago(passed: timedelta, shown: str) -> None:
    assert formats.ago(NOW - passed, NOW) == shown


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(seconds=-1), "ngay bây giờ"),
        (timedelta(seconds=30), "sau 1 phút"),
        (timedelta(hours=2), "sau 2 giờ"),
        (timedelta(days=1), "lúc 08:00 ngày 22/11/2026"),
    ],
)
def test_how_long_until(left: timedelta, shown: str) -> None:
    assert formats.until(NOW + left, NOW) == shown


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        (Channel, vietnamese.CHANNELS),
        (PostKind, formats.KINDS),
        (Sentiment, vietnamese.SENTIMENTS),
        (Intent, vietnamese.INTENTS),
        (Reason, vietnamese.REASONS),
        (Verdict, vietnamese.VERDICTS),
        (Stance, formats.STANCES),
        (Outcome, formats.OUTCOMES),
        (RejectReason, formats.REJECT_REASONS),
    ],
)
def test_everything_has_a_name_of_its_own_on_the_page(
    kind: type[StrEnum], titles: Mapping[StrEnum, str]
) -> None:
    assert set(titles) == set(kind)
    assert len(set(titles.values())) == len(titles)


VIEWS = re.compile(
    "chính trị|tôn giáo|quan điểm|phản động|thù địch|xuyên tạc|tư tưởng|lập trường|chống|đảng"
    "|độc hại|nhạy cảm|kích động|cực đoan",
    re.IGNORECASE,
)


def test_no_name_on_the_page_is_one_for_a_view_or_a_person() -> None:
    titles = (vietnamese.SENTIMENTS, vietnamese.INTENTS, vietnamese.REASONS, formats.STANCES)
    shown = [title for named in (*titles, SCAM_MARKS, DANGER_MARKS) for title in named.values()]
    assert [title for title in shown if VIEWS.search(title)] == []


def test_a_posts_reasons_leave_out_what_only_a_cluster_has() -> None:
    assert set(Reason) - set(formats.POST_REASONS) == {Reason.UNVERIFIED_CLAIM}


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        (1.0, "chắc"),
        (0.9, "chắc"),
        (0.899, "khá chắc"),
        (0.7, "khá chắc"),
        (0.699, "chưa chắc"),
        (0.0, "chưa chắc"),
    ],
)
def test_a_score_is_said_in_words(score: float, shown: str) -> None:
    assert formats.certainty(score) == shown
