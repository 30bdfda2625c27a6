from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.deadlines import PetitionSettings, Route, read_petition_settings
from langnghe.core.errors import ConfigError
from langnghe.core.settings import shipped_configs

SHIPPED = shipped_configs() / "petitions.yaml"
SETTINGS = read_petition_settings(SHIPPED)

# Days from the first to the last on which offices are closed, weekends included, and the weekend
# days worked in exchange: as announced by the government, for 2027 as the law has it.
CLOSED = {
    2025: [
        ("2025-01-01", "2025-01-01"),
        ("2025-01-25", "2025-02-02"),  # Tết: 1/1 Ất Tỵ is 29/1
        ("2025-04-05", "2025-04-07"),  # Hùng Kings, 10/3
        ("2025-04-30", "2025-05-04"),  # 2/5 off for 26/4
        ("2025-08-30", "2025-09-02"),
    ],
    2026: [
        ("2026-01-01", "2026-01-04"),  # 2/1 off for 10/1
        ("2026-02-14", "2026-02-22"),  # Tết: 1/1 Bính Ngọ is 17/2
        ("2026-04-25", "2026-04-27"),  # Hùng Kings on a Sunday, so Monday in lieu
        ("2026-04-30", "2026-05-03"),
        ("2026-08-29", "2026-09-02"),  # 31/8 off for 22/8
        ("2026-11-24", "2026-11-24"),  # Ngày Văn hóa Việt Nam, first in 2026
    ],
    2027: [
        ("2027-01-01", "2027-01-03"),
        ("2027-02-04", "2027-02-10"),  # Tết: 1/1 Đinh Mùi is 6/2, a Saturday
        ("2027-04-16", "2027-04-18"),  # Hùng Kings
        ("2027-04-30", "2027-05-03"),  # 1/5 is a Saturday, so Monday in lieu
        ("2027-09-02", "2027-09-05"),
        ("2027-11-24", "2027-11-24"),
    ],
}
WORKED = {"2025-04-26", "2026-01-10", "2026-08-22"}

DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
LENGTHS = st.integers(1, 90)


def _with(days: int) -> PetitionSettings:
    limit = SETTINGS.deadlines[Route.RECEPTION].model_copy(update={"working_days": days})
    return SETTINGS.model_copy(update={"deadlines": SETTINGS.deadlines | {Route.RECEPTION: limit}})


def _due(start: date, days: int) -> date:
    return _with(days).due(Route.RECEPTION, start).on


@pytest.mark.parametrize("year", CLOSED)
def test_offices_are_closed_on_weekends_and_the_announced_holidays_only(year: int) -> None:
    closed = set()
    for first, last in CLOSED[year]:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            closed.add(day)
            day += timedelta(days=1)
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        working = day.isoformat() in WORKED or (day.weekday() < 5 and day not in closed)
        assert SETTINGS.is_working_day(day) == working, day


@given(DAYS, LENGTHS)
def test_so_many_working_days_lie_after_receipt_and_the_last_is_the_deadline(
    start: date, days: int
) -> None:
    due = _due(start, days)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(SETTINGS.is_working_day(day) for day in between) == days
    assert SETTINGS.working_days_between(start, due) == days
    assert SETTINGS.working_days_between(due, start) == 0
    assert SETTINGS.is_working_day(due)


@given(DAYS, LENGTHS)
def test_what_came_later_is_due_no_earlier_and_a_longer_limit_ends_later(
    start: date, days: int
) -> None:
    assert _due(start, days) <= _due(start + timedelta(days=1), days)
    assert _due(start, days) < _due(start, days + 1)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-16", "2026-12-01"),  # over the weekends and 24/11
        ("2026-02-13", "2026-03-06"),  # over Tết
        ("2026-08-21", "2026-09-08"),  # Saturday 22/8 was worked for Monday 31/8
    ],
)
def test_ten_working_days_as_counted_by_hand(received: str, due: str) -> None:
    found = SETTINGS.due(Route.RECEPTION, date.fromisoformat(received))
    assert found.on == date.fromisoformat(due)
    assert "Điều 28" in found.legal_basis


def test_comments_have_an_internal_target_which_says_so() -> None:
    due = SETTINGS.due(Route.PUBLIC_PAGE, date(2026, 11, 20))
    assert due.on == date(2026, 11, 25)
    assert due.legal_basis.startswith("Mục tiêu nội bộ")


def test_the_page_on_denunciations_tells_of_the_protection_of_identity() -> None:
    channel = SETTINGS.formal_channels.denunciation
    assert "bảo đảm bí mật" in channel.text
    assert "Luật Tố cáo" in channel.legal_basis


def test_days_decided_later_come_before_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "petitions.yaml"
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("days_off:\n", "days_off:\n  - {day: 2027-02-11, why: thử}\n")
    text = text.replace("days_worked:\n", "days_worked:\n  - {day: 2027-02-04, why: thử}\n")
    path.write_text(text, encoding="utf-8")
    settings = read_petition_settings(path)
    assert not settings.is_working_day(date(2027, 2, 11))
    assert settings.is_working_day(date(2027, 2, 4))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  reception:", "  recepton:", "deadlines"),
        ("  portal:\n    working_days: 10", "  portal:\n    working_days: 0", "từ 1 trở lên"),
        ("day: 2026-01-10", "day: 2026-01-02", "02/01/2026 vừa là ngày nghỉ"),
        ("day: 2026-01-10", "day: 10/01/2026", "days_worked.0.day"),
        ("  denunciation:", "  tocao:", "thiếu khóa này"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "petitions.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        read_petition_settings(path)


def test_a_route_without_a_deadline_is_named(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    head, rest = text.split("  portal:\n", 1)
    path = tmp_path / "petitions.yaml"
    path.write_text(head + "\n\n" + rest.split("\n\n", 1)[1], encoding="utf-8")
    with pytest.raises(ConfigError, match="thiếu thời hạn cho portal"):
        read_petition_settings(path)
