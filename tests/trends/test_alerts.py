"""One alert for each event; who may see, close and read what, and what the log says of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from langnghe.casework.roles import SYSTEM, Refused
from langnghe.core.clock import LOCAL_ZONE, FixedClock
from langnghe.core.models import Labels, Mark
from langnghe.store.auditlog import AuditLog, Entries
from langnghe.store.cases import Conflict
from langnghe.store.database import Database
from langnghe.store.posts.embedded import EmbeddedPostStore
from langnghe.store.posts.interface import PostStore
from langnghe.store.transactions import Transactions
from langnghe.trends.alerts import (
    EXAMPLES,
    MOST_DAYS,
    AlertState,
    alerts_of,
    close,
    examples,
    follow,
    going_on,
    mark_seen,
)
from langnghe.trends.alertsettings import AlertSettings
from langnghe.trends.alerttexts import headline, message, sentences
from langnghe.trends.period import Period
from langnghe.trends.spikes import URGENT, Rise
from tests.casework.world import ADMIN, CHI, CHIEF, HAO, LAN
from tests.trends.posts import MODEL, Said, keep

DAY = date(2026, 11, 12)
NONE = AlertSettings()
TITLES = {"che": "Chè", "dat-dai": "Đất đai"}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LOCAL_ZONE)


def rise(
    day: date, seen: int = 24, expected: float = 8.0, p: float = 1e-5, topic: str = "che"
) -> dict[str, Rise]:
    return {topic: Rise(topic, Period(day - timedelta(days=1), day), seen, expected, p)}


def test_one_event_is_one_alert_for_as_long_as_it_lasts(casebase: Transactions) -> None:
    opened = follow(casebase, rise(DAY), NONE, noon(DAY)).opened
    assert opened == ("CB.20261112.0001",)
    # Later the same day, and on days on which it is lower but not yet as always.
    assert follow(casebase, rise(DAY, 40), NONE, noon(DAY)).lasting == opened
    following = DAY + timedelta(days=1)
    assert follow(casebase, rise(following, 14, p=0.03), NONE, noon(following)).lasting == opened
    (alert,) = alerts_of(casebase, CHIEF)
    assert (alert.began_on, alert.last_on) == (DAY - timedelta(days=1), following)
    assert alert.first.count == 24
    assert alert.peak.count == 40
    # Two quiet days belong to it; on the third it is over, and what comes then is another.
    for days in (2, 3):
        assert follow(casebase, {}, NONE, noon(DAY + timedelta(days=days))).lasting == opened
    over = DAY + timedelta(days=4)
    assert follow(casebase, {}, NONE, noon(over)).ended == opened
    assert going_on(casebase) == {}
    again = follow(casebase, rise(over), NONE, noon(over)).opened
    assert again == ("CB.20261116.0001",)
    assert [one.going_on for one in alerts_of(casebase, CHIEF)] == [True, False]


def test_what_lasts_for_weeks_is_no_event_any_more(casebase: Transactions) -> None:
    follow(casebase, rise(DAY), NONE, noon(DAY))
    for days in range(1, MOST_DAYS - 1):
        day = DAY + timedelta(days=days)
        assert follow(casebase, rise(day), NONE, noon(day)).lasting
    day = DAY + timedelta(days=MOST_DAYS - 1)
    assert follow(casebase, rise(day), NONE, noon(day)).ended
    assert going_on(casebase) == {}


def test_topics_have_alerts_of_their_own(casebase: Transactions) -> None:
    both = rise(DAY) | rise(DAY, topic="dat-dai") | rise(DAY, topic=URGENT, seen=5, expected=0.2)
    assert len(follow(casebase, both, NONE, noon(DAY)).opened) == 3
    assert set(going_on(casebase)) == {"che", "dat-dai", URGENT}


def test_two_that_look_at_the_same_time_make_one_alert(casebase: Transactions) -> None:
    opened: list[str] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        opened.extend(follow(casebase, rise(DAY), NONE, noon(DAY)).opened)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_the_first_who_sees_it_counts_and_the_log_knows(casebase: Transactions) -> None:
    (alert_id,) = follow(casebase, rise(DAY), NONE, noon(DAY)).opened
    clock = FixedClock(noon(DAY))
    seen = mark_seen(casebase, alert_id, CHIEF, clock)
    assert (seen.state, seen.seen_by) == (AlertState.SEEN, CHIEF.account)
    assert mark_seen(casebase, alert_id, LAN, clock).seen_by == CHIEF.account
    entries = AuditLog(casebase).entries(Entries("alert", alert_id))
    assert [(entry.who, entry.what) for entry in entries] == [
        (CHIEF.account, "see"),
        (SYSTEM.account, "open"),
    ]
    assert entries[0].after["seen_by"] == CHIEF.account
    assert entries[1].after["topic"] == "che"
    assert entries[1].after["peak.count"] == 24
    assert AuditLog(casebase).verify().broken is None


def test_closing_needs_a_reason_a_role_and_the_version_that_was_seen(
    casebase: Transactions,
) -> None:
    (alert_id,) = follow(casebase, rise(DAY), NONE, noon(DAY)).opened
    clock = FixedClock(noon(DAY))
    (alert,) = alerts_of(casebase, LAN)
    for actor in (CHIEF, HAO, ADMIN):
        with pytest.raises(Refused, match="không có quyền"):
            close(casebase, alert_id, "Đã báo cáo", actor, clock, version=alert.version)
    with pytest.raises(Refused, match="vì sao"):
        close(casebase, alert_id, "  ", LAN, clock, version=alert.version)
    mark_seen(casebase, alert_id, CHIEF, clock)
    with pytest.raises(Conflict):
        close(casebase, alert_id, "Đã báo cáo", LAN, clock, version=alert.version)
    closed = close(casebase, alert_id, " Đã báo cáo ", CHI, clock, version=alert.version + 1)
    assert (closed.state, closed.closed_by) == (AlertState.CLOSED, CHI.account)
    assert closed.why_closed == "Đã báo cáo"
    with pytest.raises(Refused, match="đã được khép lại"):
        close(casebase, alert_id, "Lần nữa", LAN, clock, version=closed.version)
    # The rise goes on, and makes no second alert.
    following = DAY + timedelta(days=1)
    assert follow(casebase, rise(following), NONE, noon(following)).opened == ()


def test_who_may_see_no_figures_sees_no_alerts(casebase: Transactions) -> None:
    follow(casebase, rise(DAY), NONE, noon(DAY))
    for actor in (HAO, ADMIN):
        with pytest.raises(Refused):
            alerts_of(casebase, actor)


def test_an_unknown_alert_is_refused_in_words(casebase: Transactions) -> None:
    with pytest.raises(Refused, match="Không có cảnh báo"):
        mark_seen(casebase, "CB.20261112.0009", CHIEF, FixedClock(noon(DAY)))


@pytest.fixture
def posts(tmp_path: Path) -> Iterator[PostStore]:
    database = Database(tmp_path / "posts.db")
    yield EmbeddedPostStore(database, FixedClock(noon(DAY)))
    database.close()


def test_examples_are_three_for_those_who_read_posts_and_logged(
    casebase: Transactions, posts: PostStore
) -> None:
    keep(posts, [Said(DAY) for _ in range(8)])
    keep(posts, [Said(DAY, ("dat-dai",)), Said(DAY - timedelta(days=9))], 100)
    formal = [stored.post.id for stored in posts.get([f"{0:032x}"])]
    marked = (Mark("formal", "tố cáo"),)
    posts.label([replace(Labels(id_, MODEL), marks=marked) for id_ in formal])
    (alert_id,) = follow(casebase, rise(DAY), NONE, noon(DAY)).opened
    (alert,) = alerts_of(casebase, LAN)
    for actor in (CHIEF, ADMIN):
        with pytest.raises(Refused, match="xem bài đăng"):
            examples(posts, casebase, alert, actor, noon(DAY))
    assert AuditLog(casebase).entries(Entries("alert", alert_id, CHIEF.account)) == []
    for _ in range(2):
        found = examples(posts, casebase, alert, LAN, noon(DAY))
    assert len(found) == EXAMPLES
    assert all(one.post.topics == ("che",) for one in found)
    assert all(alert.began_on <= DAY for one in found)
    logged = AuditLog(casebase).entries(Entries("alert", alert_id, LAN.account))
    assert [entry.what for entry in logged] == ["read"]


def test_an_alert_says_what_rose_by_how_much_and_against_what(casebase: Transactions) -> None:
    found = {"che": replace(rise(DAY, 24, 7.5)["che"], left_out=("bao",))}
    follow(casebase, found, NONE, noon(DAY))
    (alert,) = alerts_of(casebase, CHIEF)
    told = " ".join(sentences(alert, TITLES, {"bao": "Báo tỉnh"}))
    assert headline(alert, TITLES) == "Cảnh báo: ý kiến về «Chè» tăng bất thường"
    assert "Trong hai ngày 11/11/2026 và 12/11/2026 thu thập được 24 bài" in told
    assert "gấp 3,2 lần mức thường (khoảng 7,5 bài)" in told
    assert "8 tuần trước" in told
    assert "«Báo tỉnh»" in told
    assert "chưa cho biết nội dung đúng hay sai" in told


def test_a_message_says_that_it_has_figures_only(casebase: Transactions) -> None:
    follow(casebase, rise(DAY, 1234, 0.4), NONE, noon(DAY))
    (alert,) = alerts_of(casebase, CHIEF)
    text = message(alert, TITLES, {}, "Xã Bình Lư", "https://nghe.example.vn/")
    assert "1.234 bài" in text
    assert "bình thường chưa đến 1 bài" in text
    assert "chỉ có số liệu, không có nội dung bài đăng" in text
    assert "https://nghe.example.vn/xu-huong" in text
    assert alert.id in text


def test_the_last_word_of_a_day_is_that_of_viet_nam(casebase: Transactions) -> None:
    # 18:00 in UTC is one in the morning of the next day.
    late = datetime(2026, 11, 12, 18, 0, tzinfo=UTC)
    (alert_id,) = follow(casebase, rise(DAY + timedelta(days=1)), NONE, late).opened
    assert alert_id == "CB.20261113.0001"
