"""Administrators are told of sources that need them, once, through the channels of alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from langnghe.core.clock import LOCAL_ZONE, FixedClock
from langnghe.scheduler.sourcenotices import GIVE_UP_AFTER, tell
from langnghe.store.database import Database
from langnghe.store.sourcenotices import Cause, NoticeKind, SourceNotices
from langnghe.trends.alertsettings import AlertSecrets, AlertSettings
from langnghe.trends.delivery import Delivered
from tests.trends.test_delivery import Hook, Mailbox, mail_server, web_server

NOON = datetime(2026, 11, 12, 12, tzinfo=LOCAL_ZONE)
SECRETS = AlertSecrets(smtp_password=None, webhook_secret=None)
TITLES = {"bao": "Báo xã", "dien-dan": "Diễn đàn"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def notices(tmp_path: Path, clock: FixedClock) -> Iterator[SourceNotices]:
    database = Database(tmp_path / "langnghe.db")
    yield SourceNotices(database, clock)
    database.close()


def settings(port: int, hook: str) -> AlertSettings:
    return AlertSettings.model_validate(
        {
            "page": "https://langnghe.example.vn/",
            "email": {
                "server": "127.0.0.1",
                "port": port,
                "security": "none",
                "sender": "langnghe@binhlu.example.vn",
                "recipients": ["quantri@binhlu.example.vn"],
            },
            "webhooks": [{"name": "so", "url": hook}],
        }
    )


def told(notices: SourceNotices, to: AlertSettings, clock: FixedClock) -> Delivered:
    return tell(notices, to, SECRETS, TITLES, "Xã Bình Lư", clock)


def test_each_recipient_is_told_once_in_one_letter(
    notices: SourceNotices, clock: FixedClock
) -> None:
    box, hook = Mailbox(), Hook()
    notices.open("bao", NoticeKind.NO_DATA, Cause.CERTIFICATE)
    notices.open("dien-dan", NoticeKind.NO_DATA, Cause.GONE)
    notices.open("da-xoa", NoticeKind.NO_DATA, Cause.GONE)
    with mail_server(box) as port, web_server(hook) as url:
        to = settings(port, url)
        assert told(notices, to, clock) == Delivered(sent=2)
        assert told(notices, to, clock) == Delivered()
        notices.close("bao", NoticeKind.NO_DATA)
        notices.open("bao", NoticeKind.PART_FAILS, Cause.BLOCKED)
        assert told(notices, to, clock) == Delivered(sent=2)
    first, second = (mail.get_content() for mail in box.mails)
    assert box.mails[0]["Subject"] == "2 nguồn tin cần được xem lại"
    assert box.mails[1]["Subject"] == "Nguồn tin «Báo xã» cần được xem lại"
    assert "«Báo xã»: Không có dữ liệu như thường lệ, nhận ra ngày 12/11/2026." in first
    assert "chứng chỉ bảo mật của trang đã hết hạn" in first
    assert "Việc cần làm: Tìm địa chỉ mới của trang" in first
    assert "https://langnghe.example.vn/nguon-tin" in first
    assert "da-xoa" not in first, "a source that is configured no more"
    assert "Diễn đàn" not in second
    data = json.loads(hook.requests[0][1])
    assert [(one["source"], one["cause"]) for one in data["sources"]] == [
        ("bao", "certificate"),
        ("dien-dan", "gone"),
    ]


def test_what_could_not_be_sent_is_sent_later_but_not_for_ever(
    notices: SourceNotices, clock: FixedClock
) -> None:
    box, hook = Mailbox(), Hook([503])
    notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
    with mail_server(box) as port, web_server(hook) as url:
        to = settings(port, url)
        assert told(notices, to, clock) == Delivered(sent=1, later=1)
        clock.advance(timedelta(hours=1))
        assert told(notices, to, clock) == Delivered(later=1)
        hook.statuses = [404]
        assert told(notices, to, clock) == Delivered(failed=1)
        assert told(notices, to, clock) == Delivered(), "the same again would be refused again"
        notices.close("bao", NoticeKind.NO_DATA)
        notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
        clock.advance(GIVE_UP_AFTER)
        assert told(notices, to, clock) == Delivered()
    assert len(box.mails) == 1
    first, second = (headers["Idempotency-Key"] for headers, _ in hook.requests[:2])
    assert first == second, "by which the other side may know it"


def test_nobody_is_told_at_night(notices: SourceNotices, clock: FixedClock) -> None:
    box, hook = Mailbox(), Hook()
    clock.advance(timedelta(hours=11))
    notices.open("bao", NoticeKind.NO_DATA, Cause.GONE)
    with mail_server(box) as port, web_server(hook) as url:
        to = settings(port, url)
        assert told(notices, to, clock) == Delivered()
        clock.advance(timedelta(hours=8))
        assert told(notices, to, clock) == Delivered(sent=2)
