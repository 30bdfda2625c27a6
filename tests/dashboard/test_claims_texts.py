"""Claims as text and figures on their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework import claims
from langnghe.casework.claims import (
    AddEvidence,
    ApproveCorrection,
    ApproveVerdict,
    BecomePetition,
    DraftCorrection,
    ProposeVerdict,
    Reopen,
    SendBack,
    StartVerifying,
    SubmitCorrection,
)
from langnghe.casework.claimstate import Claim
from langnghe.casework.roles import Refused
from langnghe.core.models import Verdict
from langnghe.dashboard.components.claimspread import (
    corrected_on,
    posts_by_day,
    spread_chart,
    spread_table,
    spread_words,
)
from langnghe.dashboard.components.claimtexts import (
    card_html,
    correction_html,
    differences,
    evidence_html,
    head_html,
    reopenings_html,
    version_html,
    waits_for,
)
from tests.casework.world import CHI, LAN, NEWS, NOTICE, NOW, STATEMENT, TEXT

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e"
Steps = tuple[claims.Action, ...]

PROPOSED: Steps = (StartVerifying(), AddEvidence(NOTICE), ProposeVerdict(Verdict.FALSE))
DECIDED: Steps = (*PROPOSED, ApproveVerdict())
SUBMITTED: Steps = (*DECIDED, DraftCorrection(TEXT), SubmitCorrection())
PUBLISHED: Steps = (*SUBMITTED, ApproveCorrection("https://xa.example/tin"))


def claim(*steps: claims.Action, statement: str = STATEMENT) -> Claim:
    made = claims.open_claim("TT.20261121.0001", statement, "giao-thong", ("p1",), LAN, NOW)
    for step in steps:
        approves = isinstance(step, ApproveVerdict | ApproveCorrection | SendBack)
        made = claims.apply(made, step, CHI if approves else LAN, NOW)
    return made


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ((), "Chờ người xác minh"),
        (PROPOSED[:1], "Cần thêm căn cứ"),
        ((*PROPOSED[:1], AddEvidence(NEWS)), "Cần thêm căn cứ"),
        (PROPOSED[:2], "Chờ đề xuất kết luận"),
        (PROPOSED, "Chờ duyệt kết luận: Sai sự thật"),
        ((*PROPOSED, SendBack("Thiếu số hiệu.")), "Bị trả lại, cần bổ sung"),
        (DECIDED, "Cần soạn đính chính"),
        (SUBMITTED[:-1], "Đang soạn đính chính"),
        (SUBMITTED, "Chờ duyệt bản đính chính"),
        ((*SUBMITTED, SendBack("Dài quá.")), "Đính chính bị trả lại, cần sửa"),
        (PUBLISHED, "Đã công bố ngày 21/11/2026"),
        ((*PUBLISHED, Reopen("Có văn bản mới.")), "Chờ đề xuất kết luận"),
        (
            (*PROPOSED[:2], ProposeVerdict(Verdict.CONFIRMED), ApproveVerdict()),
            "Cần lập phản ánh để trả lời",
        ),
        (
            (
                *PROPOSED[:2],
                ProposeVerdict(Verdict.CONFIRMED),
                ApproveVerdict(),
                BecomePetition("PA.20261121.0002"),
            ),
            "Trả lời ở phản ánh PA.20261121.0002",
        ),
        (
            (*PROPOSED[:2], ProposeVerdict(Verdict.INCONCLUSIVE), ApproveVerdict()),
            "Đã xong, không cần công bố",
        ),
    ],
)
def test_a_claim_says_what_it_waits_for(steps: Steps, words: str) -> None:
    assert waits_for(claim(*steps)) == words


def test_a_verdict_may_be_proposed_exactly_when_the_page_says_so() -> None:
    for evidence in ((), (NEWS,), (NOTICE,), (NEWS, replace(NEWS, source="Báo khác"))):
        made = claim(StartVerifying(), *map(AddEvidence, evidence))
        try:
            claims.apply(made, ProposeVerdict(Verdict.FALSE), LAN, NOW)
            allowed = True
        except Refused:
            allowed = False
        assert (waits_for(made) == "Chờ đề xuất kết luận") is allowed


HOSTILE_TEXT = replace(
    TEXT, **dict.fromkeys(("title", "truth", "circulating", "finding", "contact"), HOSTILE)
)
HOSTILE_PIECE = replace(
    NOTICE, source=HOSTILE, document_number=HOSTILE, quotation=HOSTILE, file_name=HOSTILE, file="0"
)


def hostile_claim() -> Claim:
    made = claim(*PUBLISHED, Reopen("x"))
    said = replace(made.corrections[0], text=HOSTILE_TEXT, drafted_by=(HOSTILE,))
    return replace(
        made,
        statement=HOSTILE,
        topic=HOSTILE,
        sent_back=HOSTILE,
        opened_by=HOSTILE,
        evidence=(HOSTILE_PIECE,),
        corrections=(said,),
        reopenings=(replace(made.reopenings[0], why=HOSTILE, by=HOSTILE),),
    )


@pytest.mark.parametrize(
    "shown",
    [
        lambda one: card_html(one, {}, NOW),
        lambda one: head_html(one, {}),
        lambda one: evidence_html(one.evidence[0], 1, one.id),
        lambda one: correction_html(HOSTILE_TEXT, one.state, one.evidence, HOSTILE),
        lambda one: version_html(one.corrections[0], TEXT, one, "ins"),
        lambda one: version_html(replace(one.corrections[0], publication=None), None, one, "ins"),
        reopenings_html,
    ],
)
def test_what_people_typed_stays_text(shown: Callable[[Claim], str]) -> None:
    html = shown(hostile_claim())
    assert "<script" not in html
    assert "<img" not in html
    # Nor does a word of it get into a tag, an address included.
    assert not [tag for tag in re.findall(r"<[^>]*>", html) if "alert" in tag]


def test_evidence_leads_to_its_source_and_its_file() -> None:
    piece = replace(NEWS, file_name="Thông báo 15.pdf", file="a" * 64)
    html = evidence_html(piece, 2, "TT.20261121.0001")
    assert "Căn cứ 2: Báo Lai Châu" in html
    assert "Nguồn khác · ngày 20/11/2026" in html
    assert 'href="https://example.vn/deo"' in html
    assert f'href="/tep/thong-tin/TT.20261121.0001/{"a" * 64}"' in html
    assert "Tải tệp Thông báo 15.pdf" in html


def test_a_correction_says_first_what_is_true() -> None:
    html = correction_html(TEXT, Verdict.FALSE, (NOTICE,), "Ủy ban nhân dân xã Bình Lư")
    order = [TEXT.title, "Ủy ban nhân dân xã Bình Lư", TEXT.truth, TEXT.circulating, TEXT.finding]
    order += [TEXT.contact, "15/TB-SXD"]
    places = [html.index(escape(part)) for part in order]
    assert places == sorted(places)


def test_versions_show_what_changed() -> None:
    newer = replace(TEXT, title="Xe con qua lại bình thường")
    made = claim(*PUBLISHED)
    older_html = version_html(made.corrections[0], newer, made, "del")
    newer_html = version_html(replace(made.corrections[0], text=newer), TEXT, made, "ins")
    assert "<del>" in older_html
    assert "<ins>" not in older_html
    assert "<ins>con</ins>" in newer_html.replace("<ins>con </ins>", "<ins>con</ins> ")
    assert "Mở trang đã công bố" in older_html
    assert "<del>" not in version_html(made.corrections[0], None, made, "del")


@given(st.text(), st.text())
def test_the_marks_take_nothing_from_a_text(older: str, newer: str) -> None:
    left, right = differences(older, newer)
    for html, text, tag in ((left, older, "del"), (right, newer, "ins")):
        plain = re.sub(f"</?{tag}>", "", html).replace("<br>", "\n")
        assert "<" not in plain
        assert unescape(plain) == unescape(escape(text))
    if older == newer:
        assert "<del>" not in left
        assert "<ins>" not in right


# --- Spread ----------------------------------------------------------------------------------

TODAY = date(2026, 11, 21)


def moments(*days_ago: int) -> list[datetime]:
    return [datetime(2026, 11, 21, 3, tzinfo=UTC) - timedelta(days=ago) for ago in days_ago]


def test_days_are_those_of_viet_nam_and_reach_to_today() -> None:
    late = datetime(2026, 11, 18, 18, tzinfo=UTC)
    assert posts_by_day([late], TODAY) == {date(2026, 11, 19): 1, TODAY: 0}
    assert posts_by_day(moments(0, 0), TODAY) == {TODAY: 2}
    assert posts_by_day([], TODAY) == {}


def test_the_spread_in_words() -> None:
    days = posts_by_day(moments(9, 9, 9, 9, 8, 1), TODAY)
    corrected = TODAY - timedelta(days=7)
    assert spread_words(days, corrected) == (
        "Trước khi công bố đính chính ngày 14/11/2026: 2,5 bài một ngày. "
        "Sau khi công bố: 0,1 bài một ngày."
    )
    assert spread_words(days, None).startswith("Trung bình 0,6 bài một ngày")
    assert "chưa đủ một ngày" in spread_words(days, TODAY)
    assert spread_words(posts_by_day(moments(1, 1, 1, 1), TODAY), None).startswith("Dưới 5 bài")
    assert spread_words({}, None).startswith("Dưới 5 bài")


def test_the_table_has_the_days_of_the_chart() -> None:
    days = posts_by_day(moments(9, 9, 7, 1), TODAY)
    table = spread_table(days, TODAY - timedelta(days=7))
    assert "<td>12/11/2026</td><td>2</td><td>trước</td>" in table
    assert "<td>14/11/2026</td><td>1</td><td>ngày công bố</td>" in table
    assert "<td>20/11/2026</td><td>1</td><td>sau</td>" in table
    assert "21/11/2026" not in table
    chart = spread_chart(days, TODAY - timedelta(days=7)).to_dict()
    bars, line = chart["layer"]
    rows = chart["datasets"]
    assert [row["số bài"] for row in rows[bars["data"]["name"]]] == [2, 0, 1, 0, 0, 0, 0, 0, 1, 0]
    assert [row["nhãn"] for row in rows[line["data"]["name"]]] == ["Công bố đính chính 14/11/2026"]
    assert len(spread_chart(days, None).to_dict()["layer"]) == 1


def test_the_day_of_the_first_correction_counts() -> None:
    assert corrected_on(claim(*SUBMITTED)) is None
    assert corrected_on(claim(*PUBLISHED)) == TODAY
