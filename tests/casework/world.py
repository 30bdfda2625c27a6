"""What tests of the desk share: people of each role, and a desk with real masking and deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.deadlines import PetitionSettings, read_petition_settings
from langnghe.casework.desk import Desk
from langnghe.casework.keeping import add
from langnghe.casework.kinds import ITEM, Kept
from langnghe.casework.review import ReviewItem, open_item
from langnghe.casework.roles import SYSTEM, Actor, Role
from langnghe.core.clock import FixedClock
from langnghe.core.models import Reason
from langnghe.crawler.deidentify import deidentify, find_spans
from langnghe.store.cases import Cases
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)

HAO = Actor("hao", frozenset({Role.COLLABORATOR}))
LAN = Actor("lan", frozenset({Role.EDITOR}))
BINH = Actor("binh", frozenset({Role.EDITOR}))
CHI = Actor("chi", frozenset({Role.APPROVER}))
# As in a small commune, where one account has several roles.
AN = Actor("an", frozenset({Role.EDITOR, Role.APPROVER}))
CHIEF = Actor("chanh", frozenset({Role.LEADER}))
ADMIN = Actor("quantri", frozenset({Role.ADMINISTRATOR}))

STATEMENT = "Đèo Ô Quý Hồ đóng cửa ba ngày"
NOTICE = Evidence("Sở Xây dựng Lai Châu", date(2026, 11, 20), True, document_number="15/TB-SXD")
NEWS = Evidence("Báo Lai Châu", date(2026, 11, 20), False, link="https://example.vn/deo")
REPLY = Evidence("Hạt quản lý đường bộ", date(2026, 11, 21), False, quotation="Đường vẫn thông.")
TEXT = CorrectionText(
    title="Xe qua lại bình thường suốt ngày đêm trên tuyến QL4D",
    truth="Xe qua đèo hai chiều suốt ngày đêm.",
    circulating="Trên diễn đàn của xã có tin đèo bị đóng.",
    finding="Qua xác minh với Sở Xây dựng, đây là thông tin sai sự thật.",
    contact="Ủy ban nhân dân xã Bình Lư, giờ hành chính.",
)
SUMMARY = "Đường vào bản Sơn Bình hỏng đã lâu."


@cache
def mask(text: str) -> str:
    return deidentify(text).text


@cache
def check(text: str) -> Sequence[str]:
    return sorted({kind.value for _, _, kind in find_spans(text)})


@cache
def petition_settings() -> PetitionSettings:
    return read_petition_settings(Path(__file__).parents[2] / "configs" / "petitions.yaml")


class Steady(FixedClock):
    """A clock that goes on by a minute each time that it is asked."""

    def now(self) -> datetime:
        self.advance(timedelta(minutes=1))
        return self.at


def make_desk(database: Transactions) -> Desk:
    return Desk(Cases(database), mask, check, petition_settings(), Steady(NOW))


def flag(
    desk: Desk, reason: Reason, subject: str, *posts: str, second: bool | None = None
) -> Kept[ReviewItem]:
    """An item in the queue; `second`: one that goes, or does not go, to a second reviewer."""
    number = 0
    item = open_item(reason, subject, posts or (subject,), NOW)
    while second is not None and item.second_wanted is not second:
        number += 1
        name = f"{subject}{number}"
        item = open_item(reason, name, posts or (name,), NOW)
    with desk.cases.transaction(NOW) as work:
        add(work, ITEM, item.id, item, SYSTEM, "open")
    return Kept(item, 1, NOW, NOW)
