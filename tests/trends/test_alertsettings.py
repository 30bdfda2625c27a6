"""Who is told, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.errors import ConfigError
from langnghe.core.home import Home
from langnghe.core.settings import shipped_configs
from langnghe.trends.alertsettings import AlertSettings, QuietHours, read_alert_settings

NIGHT = QuietHours(begin="21:00", end="06:30")
TIMES = st.times().map(lambda at: f"{at:%H:%M}")
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def local(hour: int, minute: int, day: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL_ZONE)


@pytest.mark.parametrize(
    ("ready", "goes_out"),
    [
        (local(20, 59), local(20, 59)),
        (local(21, 0), local(6, 30, 13)),
        (local(23, 59), local(6, 30, 13)),
        (local(0, 0), local(6, 30)),
        (local(6, 29), local(6, 30)),
        (local(6, 30), local(6, 30)),
    ],
)
def test_at_night_it_waits_until_the_morning(ready: datetime, goes_out: datetime) -> None:
    assert NIGHT.end_after(ready) == goes_out


def test_at_noon_it_may_wait_too() -> None:
    noon = QuietHours(begin="11:30", end="13:30")
    assert noon.end_after(local(12, 0)) == local(13, 30)
    assert noon.end_after(local(14, 0)) == local(14, 0)


@given(TIMES, TIMES, MOMENTS)
def test_it_goes_out_within_a_day_and_never_at_quiet_hours(
    begin: str, end: str, ready: datetime
) -> None:
    hours = QuietHours(begin=begin, end=end)
    goes_out = hours.end_after(ready)
    assert ready <= goes_out < ready + timedelta(days=1)
    assert hours.end_after(goes_out) == goes_out


def home_with(folder: Path, text: str) -> Home:
    (folder / "configs").mkdir()
    (folder / "configs" / "alerts.yaml").write_text(text, encoding="utf-8")
    return Home(folder)


def test_a_home_without_the_file_tells_nobody(tmp_path: Path) -> None:
    assert read_alert_settings(Home(tmp_path)).recipients() == ()


def test_the_shipped_file_is_what_holds_without_one(tmp_path: Path) -> None:
    text = (shipped_configs() / "alerts.yaml").read_text(encoding="utf-8")
    assert read_alert_settings(home_with(tmp_path, text)) == AlertSettings()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("email: {recipients: [a@b.vn]}", "server"),
        ("email: {server: x, sender: 'a@b.vn', recipients: ['a@b.vn\\nBcc: c@d.vn']}", "địa chỉ"),
        ("quiet_hours: {begin: '21:00', end: 6 giờ}", "giờ"),
        ("quiet_hours: {begin: 21:00, end: '06:30'}", "dấu nháy"),
        ("webhooks: [{name: a, url: 'https://a.vn'}, {name: a, url: 'https://b.vn'}]", "cùng tên"),
        ("webhooks: [{name: a, url: 'ftp://a.vn'}]", "http"),
        ("mail: {}", "không có khóa"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        read_alert_settings(home_with(tmp_path, text))
    assert "alerts.yaml" in str(caught.value)
