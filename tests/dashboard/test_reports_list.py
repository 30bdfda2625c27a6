"""Which reports a page lists, and how one is shown; without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.desk import Desk
from langnghe.casework.kinds import REPORT, Kept
from langnghe.casework.reportform import Form, Inclination, Intensity, Origin, ReportedStream, Width
from langnghe.casework.reports import Accept, FieldReport, ReportState, Return, Submit
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.dashboard.components.report import card_html, report_html
from langnghe.dashboard.components.reportlist import (
    PAGE_SIZE,
    Choice,
    read_list,
    state_choices,
)
from langnghe.dashboard.context import Names
from langnghe.dashboard.desk import open_desk
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_casework

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HAO = Actor("hao", frozenset({Role.COLLABORATOR}))
LAN = Actor("lan", frozenset({Role.EDITOR}))
CHIEF = Actor("chanh", frozenset({Role.LEADER}))
NAMED = Names({"duong-sa": "Đường sá"}, {"3390": "Xã Bình Lư"}, {}, "Xã")
PEOPLE = {"hao": "Lò Thị Hảo", "lan": "Vàng <i>Thị</i> Lan"}
FORM = Form(
    unit="Bản Chu Va 12",
    noted_at=NOW - timedelta(hours=3),
    topic="duong-sa",
    content="Đường vào bản sạt lở.",
    origins=(Origin.MEETING, Origin.DIRECT),
    place="3390",
    streams=(ReportedStream("Mong sửa sớm", Inclination.CONCERNED, Width.MANY),),
    intensity=Intensity.UPSET,
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> **đậm** [x](http://a.b) \"'&"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    home = Home(tmp_path / "home")
    init_home(home)
    with open_casework(home) as database:
        yield open_desk(home, database, FixedClock(NOW))


def handed_in(desk: Desk, number: int, author: Actor = HAO, form: Form = FORM) -> Kept[FieldReport]:
    saved = desk.save_report(f"form-{number:016}", form, author)
    return desk.act(REPORT, saved.state.id, Submit(), author, version=saved.version)


def test_an_editor_begins_with_what_waits_the_urgent_first(desk: Desk) -> None:
    handed_in(desk, 1)
    urgent = handed_in(desk, 2, form=replace(FORM, urgent=True))
    taken = handed_in(desk, 3)
    desk.act(REPORT, taken.state.id, Accept(), LAN, version=taken.version)
    desk.save_report("form-of-a-draft-1", Form(content="Nháp"), HAO)
    listing = read_list(desk, Choice.of({}, LAN), LAN)
    assert listing.reports[0].state.id == urgent.state.id
    assert listing.total == len(listing.reports) == 2
    assert listing.by_state == {"submitted": 2, "accepted": 1}
    every = read_list(desk, Choice.of({"tinh-trang": "tat-ca"}, LAN), LAN)
    assert every.total == 3
    # Drafts are nobody's but their author's, whatever the address asks for.
    asked = read_list(desk, Choice.of({"tinh-trang": "draft"}, LAN), LAN)
    assert (asked.total, asked.reports) == (0, [])


def test_a_collaborator_sees_their_own_whatever_the_address_says(desk: Desk) -> None:
    handed_in(desk, 1, LAN)
    desk.save_report("form-of-a-draft-1", Form(content="Nháp"), HAO)
    for address in ({}, {"cua-toi": "1"}, {"tinh-trang": "tat-ca"}):
        listing = read_list(desk, Choice.of(address, HAO), HAO)
        assert [kept.state.author for kept in listing.reports] == ["hao"]
    own = read_list(desk, Choice.of({"cua-toi": "1"}, LAN), LAN)
    assert [kept.state.author for kept in own.reports] == ["lan"]


def test_a_leader_sees_none(desk: Desk) -> None:
    handed_in(desk, 1)
    with pytest.raises(Refused):
        read_list(desk, Choice(own=False), CHIEF)


def test_pages_hold_all_reports_once(desk: Desk) -> None:
    wanted = {handed_in(desk, number).state.id for number in range(PAGE_SIZE + 3)}
    choice = Choice.of({}, LAN)
    pages = [read_list(desk, replace(choice, page=page), LAN).reports for page in (0, 1, 2)]
    assert [len(page) for page in pages] == [PAGE_SIZE, 3, 0]
    assert {kept.state.id for page in pages for kept in page} == wanted


def test_states_to_choose_from_are_those_there_are_with_their_number() -> None:
    choices = state_choices(Choice(own=True), {"draft": 2, "accepted": 1})
    assert [(title, count) for title, _, count in choices] == [
        ("Bản nháp", 2),
        ("Đã tiếp nhận", 1),
        ("Tất cả", 3),
    ]


@given(
    st.booleans(),
    st.none() | st.sampled_from(ReportState),
    st.integers(0, 500),
    st.sampled_from([HAO, LAN]),
)
def test_a_choice_comes_back_from_the_address(
    own: bool, state: ReportState | None, page: int, viewer: Actor
) -> None:
    choice = Choice(own or viewer is HAO, state, page)
    assert Choice.of(choice.address(), viewer) == choice


@given(st.dictionaries(st.sampled_from(["cua-toi", "tinh-trang", "trang", "ma"]), st.text()))
def test_no_address_is_too_odd(address: dict[str, str]) -> None:
    choice = Choice.of(address, HAO)
    assert choice.own
    assert choice.page >= 0


def test_a_report_says_all_that_is_in_it(desk: Desk) -> None:
    report = handed_in(desk, 1).state
    html = report_html(report, NAMED, PEOPLE)
    for words in (
        "Phiếu của Lò Thị Hảo",
        "Đường sá",
        "Xã Bình Lư",
        "Họp thôn, bản, Nghe trực tiếp",
        "Băn khoăn",
        "Nhiều ý kiến",
        "Bức xúc",
        "05:00 ngày 21/11/2026",
        "08:00 ngày 21/11/2026",
    ):
        assert words in html
    assert "Nguyên nhân" not in html


def test_a_returned_report_says_who_wants_what(desk: Desk) -> None:
    sent = handed_in(desk, 1)
    back = desk.act(REPORT, sent.state.id, Return("Đoạn <b>nào</b>?"), LAN, version=sent.version)
    for html in (
        report_html(back.state, NAMED, PEOPLE),
        card_html(back, NAMED, PEOPLE, NOW),
    ):
        assert "Vàng &lt;i&gt;Thị&lt;/i&gt; Lan trả lại" in html
        assert "Đoạn &lt;b&gt;nào&lt;/b&gt;?" in html


def test_hostile_text_stays_text_wherever_it_was_typed(desk: Desk) -> None:
    texts = ("unit", "content", "link", "groups", "causes", "proposals", "attachments")
    typed: dict[str, Any] = dict.fromkeys(texts, HOSTILE)
    stream = ReportedStream(HOSTILE, Inclination.UNCLEAR, Width.SOME)
    kept = handed_in(desk, 1, form=replace(FORM, **typed, streams=(stream,)))
    html = report_html(kept.state, NAMED, PEOPLE) + card_html(kept, NAMED, PEOPLE, NOW)
    assert html.count("&lt;script&gt;alert(1)") == len(typed) + 2
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_a_long_report_is_cut_on_its_card_only(desk: Desk) -> None:
    kept = handed_in(desk, 1, form=replace(FORM, content="đường " * 400))
    assert len(card_html(kept, NAMED, PEOPLE, NOW)) < 1_500
    assert report_html(kept.state, NAMED, PEOPLE).count("đường") >= 400
