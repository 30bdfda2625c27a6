"""The audit log in words and as a table."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework import accounts, claims, notices, petitionrecords, reports, review
from langnghe.casework.backups import KIND
from langnghe.casework.configuration import SOURCES, TOPICS
from langnghe.casework.kinds import CLAIM, ITEM, NOTICE, PETITION, REPORT, action_name
from langnghe.dashboard.components import auditwords
from langnghe.dashboard.components.auditlist import entry_html, to_csv
from langnghe.store.auditlog import AuditEntry

NOW = datetime(2026, 11, 21, 1, 5, tzinfo=UTC)


def entry(**fields: object) -> AuditEntry:
    values: dict[str, object] = {
        "number": 1234,
        "at": NOW,
        "who": "lan",
        "what": "forward",
        "kind": "petition",
        "case_id": "PA.20261121.0001",
        "before": {"state": "classifying", "due_on": "2026-11-24"},
        "after": {"state": "forwarded", "agency": "(12 ký tự)"},
        "why": "Việc của đơn vị ấy",
        "hash": "0f" * 32,
    }
    return AuditEntry(**(values | fields))  # type: ignore[arg-type]


def actions(module: object) -> list[type]:
    """The classes that a module's `Action` stands for."""
    return list(get_args(module.Action))  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", [accounts, claims, notices, petitionrecords, reports, review])
def test_every_action_that_is_logged_has_its_words(module: object) -> None:
    for action in actions(module):
        assert action_name(object.__new__(action)) in auditwords.ACTIONS, action


def test_every_kind_has_its_words_and_no_two_the_same() -> None:
    kinds = {kind.name for kind in (ITEM, CLAIM, PETITION, REPORT, NOTICE)}
    kinds |= {"account", "alert", "settings", KIND, SOURCES.kind, TOPICS.kind}
    assert set(auditwords.KINDS) == kinds
    # They stand in the address, which has to lead back to the one that was meant.
    for names in (auditwords.KINDS, auditwords.ACTIONS, auditwords.ACTORS):
        assert len(set(names.values())) == len(names)


def test_a_card_says_who_did_what_and_what_changed() -> None:
    shown = entry_html(entry())
    assert "<b>Chuyển đơn vị chủ trì</b> · Phản ánh, kiến nghị" in shown
    assert "lan · 08:05 ngày 21/11/2026 · mục số 1.234" in shown
    assert "<span>Trạng thái:</span> <b>Đang phân loại</b> → <b>Đã chuyển đơn vị" in shown
    assert "<span>Hạn trả lời:</span> <b>24/11/2026</b> → <b>–</b>" in shown
    assert "Lý do: Việc của đơn vị ấy" in shown


def test_fields_and_values_are_said_in_words() -> None:
    assert auditwords.field("evidence.2.link") == "Căn cứ 3, đường dẫn"
    assert auditwords.field("roles.0") == "Vai trò 1"
    assert auditwords.field("what_is_new") == "what_is_new"
    assert auditwords.value("editor") == "Biên tập viên"
    assert auditwords.value("2026-11-21T01:05:00+00:00") == "08:05 ngày 21/11/2026"
    assert auditwords.value(True) == "có"
    assert auditwords.actor("hệ thống") == "Hệ thống (tự động)"


@given(text=st.text(st.sampled_from("<>&\"'/ab=![]()`*_\n"), min_size=1, max_size=40))
def test_whatever_stands_in_the_log_is_shown_as_text(text: str) -> None:
    hostile = entry(
        who=text, what=text, kind=text, case_id=text, before={text: text}, after={}, why=text
    )
    shown = entry_html(hostile)
    mine = entry_html(entry(who="", what="", kind="", case_id="", before={"a": ""}, after={}))
    # It brings no tag of its own.
    assert shown.count("<") == mine.count("<")
    assert shown.count(">") == mine.count(">")


def test_the_table_opens_in_a_spreadsheet_and_runs_nothing() -> None:
    formula = '=HYPERLINK("https://x.example")'
    made = to_csv([entry(), entry(number=2, why=formula, who="-1+2", before={}, after={})])
    assert made.startswith("\ufeff".encode())
    head, first, second = csv.reader(io.StringIO(made.decode("utf-8-sig")))
    assert head[:4] == ["Số", "Lúc", "Ai", "Việc"]
    assert first[:3] == ["1234", "21/11/2026 08:05:00", "lan"]
    assert '"state": "forwarded"' in first[7]
    assert second[2] == "'-1+2"
    assert second[8] == "'" + formula
    assert second[6:8] == ["", ""]
