"""Notices and language versions as a page shows them: deadlines in words, and text as text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from langnghe.casework.kinds import NOTICE, action_name
from langnghe.casework.notices import (
    ROUTE_NAMES,
    STATE_NAMES,
    About,
    Notice,
    NoticeRoute,
    NoticeState,
)
from langnghe.casework.notices import Action as NoticeAction
from langnghe.casework.unpublishing import Unpublish, Withdrawal
from langnghe.casework.versions import (
    Language,
    LanguageVersion,
    VersionAction,
    VersionState,
)
from langnghe.dashboard.components.noticetexts import (
    ABOUT_NAMES,
    NEXT,
    banner_html,
    card_html,
    deadline_words,
    facts_html,
    history_html,
    urgency,
)
from langnghe.dashboard.components.versiontexts import DONE, STATES, version_html
from langnghe.store.auditlog import AuditEntry
from tests.casework.world import petition_settings

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(1)">'
TODAY = date(2026, 11, 23)
NOTED = Notice(
    id="SS.20261121.0001",
    state=NoticeState.RECEIVED,
    about=About.CLAIM,
    case="TT.20261120.0001",
    edition=1,
    drafted_by=("lan",),
    topic="giao-thong",
    route=NoticeRoute.PHONE,
    received_on=date(2026, 11, 21),
    due_on=date(2026, 12, 2),
    legal_basis="Mục tiêu nội bộ",
    text=HOSTILE,
    opened_by="binh",
)
VERSION = LanguageVersion(
    1, 1, Language.HMONG, VersionState.AWAITING_APPROVAL, ("lan",), HOSTILE, HOSTILE
)


def test_every_state_route_and_action_has_its_words() -> None:
    assert set(STATE_NAMES) == set(NEXT) == set(NoticeState)
    assert set(ROUTE_NAMES) == set(NoticeRoute)
    assert set(ABOUT_NAMES) == set(About)
    assert set(STATES) == set(VersionState)
    steps = {action_name(one) for one in (*get_args(VersionAction), Unpublish)}
    assert set(DONE) == steps


def test_every_step_of_a_notice_is_said_in_its_history() -> None:
    for action in get_args(NoticeAction):
        entry = AuditEntry(
            number=1,
            at=datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
            who="lan",
            what=action_name(action),
            kind=NOTICE.name,
            case_id=NOTED.id,
            before={},
            after={},
            why=HOSTILE,
            hash="0" * 64,
        )
        shown = history_html([entry])
        assert "lan · 08:00 ngày 21/11/2026" in shown
        assert "<script" not in shown


@pytest.mark.parametrize(
    ("today", "words", "look"),
    [
        (date(2026, 11, 23), "còn 6 ngày làm việc", ""),
        (date(2026, 11, 30), "còn 2 ngày làm việc", "ln-soon"),
        (date(2026, 12, 2), "hạn là hôm nay", "ln-soon"),
        (date(2026, 12, 4), "quá hạn 2 ngày làm việc", "ln-late"),
    ],
)
def test_the_deadline_is_said_in_words(today: date, words: str, look: str) -> None:
    assert deadline_words(NOTED, today, petition_settings()) == words
    assert urgency(NOTED, today, petition_settings()) == look


def test_a_decision_is_in_time_or_late() -> None:
    decided = replace(
        NOTED,
        state=NoticeState.REJECTED,
        upholds=False,
        finding="Đúng như đã đăng.",
        decided_by="chi",
        decided_at=datetime(2026, 12, 3, 1, 0, tzinfo=UTC),
    )
    words = deadline_words(decided, TODAY, petition_settings())
    assert words == "quyết định ngày 03/12/2026, trễ hạn"
    assert urgency(decided, TODAY, petition_settings()) == ""
    shown = facts_html(decided, TODAY, petition_settings())
    assert "<b>Kết quả: không có sai sót:</b> Đúng như đã đăng." in shown


@pytest.mark.parametrize("state", NoticeState)
def test_what_people_wrote_stays_text(state: NoticeState) -> None:
    notice = replace(
        NOTED, state=state, finding=HOSTILE, upholds=True, sent_back=HOSTILE, legal_basis=HOSTILE
    )
    shown = card_html(notice, TODAY, petition_settings())
    shown += facts_html(notice, TODAY, petition_settings())
    shown += banner_html([("/sai-sot?ma=SS", notice)])
    assert "<script" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown


def test_a_long_notice_is_cut_on_its_card() -> None:
    shown = card_html(replace(NOTED, text="a" * 3_000), TODAY, petition_settings())
    assert "a" * 280 + "…" in shown
    assert "a" * 281 not in shown


def test_a_version_is_marked_with_its_language_and_stays_text() -> None:
    taken = Withdrawal(HOSTILE, "chi", datetime(2026, 11, 22, 1, 0, tzinfo=UTC))
    version = replace(
        VERSION, audio="ab" * 32, audio_name=HOSTILE, sent_back=HOSTILE, withdrawal=taken
    )
    shown = version_html(version, 1, "thong-tin", "TT.20261120.0001")
    assert '<div lang="hmn">' in shown
    assert f'<audio controls preload="none" src="/tep/thong-tin/TT.20261120.0001/{"ab" * 32}">' in (
        shown
    )
    assert "<script" not in shown
    assert "<img" not in shown
    assert "chi thu hồi lúc 08:00 ngày 22/11/2026" in shown


def test_a_version_of_an_edition_that_is_gone_says_so() -> None:
    published = replace(VERSION, state=VersionState.PUBLISHED)
    assert "Đang công bố" in version_html(published, 1, "phan-anh", "PA.20261120.0001")
    for edition in (2, None):
        shown = version_html(published, edition, "phan-anh", "PA.20261120.0001")
        assert "Hết dùng: dịch bản 1" in shown
        assert "Đang công bố" not in shown
