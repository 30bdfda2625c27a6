"""Petitions on their page: deadlines in words, texts as text, like ones, and one step for many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from langnghe.casework.deadlines import Route
from langnghe.casework.desk import Desk, NewPetition
from langnghe.casework.kinds import PETITION, Kept, action_name
from langnghe.casework.petitionfigures import Counters
from langnghe.casework.petitionrecords import (
    STATE_NAMES,
    Answer,
    Classify,
    Kind,
    Petition,
    State,
)
from langnghe.casework.petitions import RULES, merge
from langnghe.casework.roles import Refused
from langnghe.casework.unpublishing import Withdrawal
from langnghe.classifier.likeness import Background, Likeness
from langnghe.classifier.opening import model_folder
from langnghe.dashboard.components.petitionforms import NEXT
from langnghe.dashboard.components.petitionlikes import alike
from langnghe.dashboard.components.petitionmerge import may_end, merge_all
from langnghe.dashboard.components.petitiontexts import (
    LONGEST_ON_CARD,
    answer_html,
    card_html,
    deadline_words,
    facts_html,
    figures_html,
    formal_html,
    history_html,
    sent_back_html,
    urgency,
)
from langnghe.dashboard.context import Names
from langnghe.store.auditlog import AuditEntry
from langnghe.store.cases import Conflict
from langnghe.store.transactions import Transactions
from tests.casework.world import LAN, make_desk, petition_settings

SETTINGS = petition_settings()
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NAMES = Names(topics={"che": "Chè"}, places={"3390": "Xã Bình Lư"}, sources={}, institution="Xã")
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    "</section></article><iframe src='http://x'></iframe>",
    "[x](javascript:alert(1)) ![](http://x/y.png) :red[đỏ]",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def _petition(code: int = 1, summary: str = "Đường hỏng.", due: date = FRIDAY) -> Petition:
    return Petition(
        f"PA.20261101.{code:04}",
        State.FORWARDED,
        Kind.PETITION,
        Route.RECEPTION,
        date(2026, 11, 1),
        due,
        "Điều 28",
        summary,
        "che",
        "3390",
    )


def _answered(petition: Petition, on: datetime = NOW) -> Petition:
    answer = Answer(1, "Đã sửa.", "Luật", ("lan",), approved_by="chi", approved_at=on)
    return replace(petition, state=State.ANSWERED, answers=(answer,))


def test_a_withdrawn_answer_says_so_in_the_list_and_on_its_page() -> None:
    petition = _answered(_petition())
    taken = Withdrawal(HOSTILE[0], "chi", NOW)
    gone = replace(petition.answers[0], published_at=NOW, withdrawal=taken)
    petition = replace(petition, answers=(gone,))
    assert "Câu trả lời đã thu hồi" in card_html(petition, FRIDAY, SETTINGS, NAMES)
    shown = answer_html(gone)
    assert "chi thu hồi lúc 10:00 ngày 20/11/2026" in shown
    assert "<script" not in shown


# --- Deadlines -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "words", "look"),
    [
        (date(2026, 11, 17), "còn 3 ngày làm việc", ""),
        (date(2026, 11, 18), "còn 2 ngày làm việc", "ln-soon"),
        (date(2026, 11, 20), "hạn là hôm nay", "ln-soon"),
        (date(2026, 11, 22), "quá hạn từ ngày 20/11/2026", "ln-late"),  # a weekend
        (date(2026, 11, 23), "quá hạn 1 ngày làm việc", "ln-late"),
        (date(2026, 11, 25), "quá hạn 2 ngày làm việc", "ln-late"),  # 24/11 is a holiday
    ],
)
def test_a_deadline_is_told_in_working_days(today: date, words: str, look: str) -> None:
    assert deadline_words(_petition(), today, SETTINGS) == words
    assert urgency(_petition(), today, SETTINGS) == look


def test_an_answer_was_in_time_or_late_and_nobody_waits_any_more() -> None:
    in_time, late = _answered(_petition()), _answered(_petition(), NOW + timedelta(days=3))
    today = date(2026, 12, 30)
    assert deadline_words(in_time, today, SETTINGS) == "trả lời ngày 20/11/2026, đúng hạn"
    assert deadline_words(late, today, SETTINGS) == "trả lời ngày 23/11/2026, trễ hạn"
    redirected = replace(_petition(), state=State.REDIRECTED)
    assert deadline_words(redirected, today, SETTINGS) == ""
    assert {urgency(one, today, SETTINGS) for one in (in_time, late, redirected)} == {""}


@given(st.dates(date(2026, 1, 1), date(2027, 6, 1)), st.integers(-40, 40))
def test_late_and_soon_are_as_the_words_say(due: date, days: int) -> None:
    today = due - timedelta(days=days)
    words = deadline_words(_petition(due=due), today, SETTINGS)
    look = urgency(_petition(due=due), today, SETTINGS)
    assert words.startswith("quá hạn") == (look == "ln-late") == (due < today)
    left = SETTINGS.working_days_between(today, due)
    assert (look == "ln-soon") == (due >= today and left <= 2)


# --- Text as text ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_somebody_writes_is_shown_as_text(text: str) -> None:
    petition = replace(
        _petition(summary=text), agency=text, topic=text, place=text, why=text, legal_basis=text
    )
    answer = Answer(1, text, text, (text,), text, text, text, NOW, f"https://x/?{text}", NOW)
    entry = AuditEntry(1, NOW, text, "close", "petition", petition.id, {}, {}, text, "")
    for shown in (
        card_html(petition, FRIDAY, SETTINGS, NAMES),
        facts_html(petition, FRIDAY, SETTINGS, NAMES),
        answer_html(answer),
        history_html([entry]),
        sent_back_html(text),
    ):
        tree = html.fromstring(f"<div>{shown}</div>")
        assert text in tree.text_content()
        assert not tree.xpath("//script | //img | //iframe | //*[@onerror]")
        assert all(link.startswith("https://x/?") for link in tree.xpath("//a/@href"))


def test_a_long_summary_is_cut_in_the_list_and_whole_on_its_own_page() -> None:
    long = _petition(summary="đường " * 5_000)
    assert len(card_html(long, FRIDAY, SETTINGS, NAMES)) < LONGEST_ON_CARD + 1_000
    assert long.summary in html.fromstring(facts_html(long, FRIDAY, SETTINGS, NAMES)).text_content()


def test_of_a_denunciation_the_number_and_the_formal_channel_are_shown() -> None:
    formal = Petition("PA.20261101.0001", State.CLOSED, Kind.DENUNCIATION, Route.PORTAL, FRIDAY)
    assert "chỉ giữ số đếm" in card_html(formal, FRIDAY, SETTINGS, NAMES)
    assert "Hạn trả lời" not in facts_html(formal, FRIDAY, SETTINGS, NAMES)
    channel = formal_html(Kind.DENUNCIATION, SETTINGS.formal_channels)
    assert "bảo đảm bí mật" in channel
    assert "Luật Tố cáo" in channel
    assert "Luật Khiếu nại" in formal_html(Kind.COMPLAINT, SETTINGS.formal_channels)


def test_every_state_says_what_comes_next_and_every_step_has_a_name() -> None:
    assert set(NEXT) == set(STATE_NAMES)
    steps = [action_name(action) for action in RULES] + ["open", "merge", "take_over"]
    shown = history_html(
        AuditEntry(1, NOW, "lan", step, "petition", "PA", {}, {"state": "closed"}, "", "")
        for step in steps
    )
    assert shown.count("<li>") == len(steps)
    assert shown.count(" → Đóng") == len(steps)


def test_figures_add_up_and_a_share_of_nothing_is_none() -> None:
    shown = html.fromstring(figures_html(Counters(10, 4, 3, 1, 2))).text_content()
    assert "Đã tiếp nhận10 phản ánh" in shown
    assert "kết thúc không cần trả lời5 phản ánh" in shown
    assert "Tỷ lệ đúng hạn60%" in shown
    assert (
        "Tỷ lệ đúng hạnchưa có"
        in html.fromstring(figures_html(Counters(0, 0, 0, 0, 0))).text_content()
    )


# --- Like petitions --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def background() -> Background:
    return Likeness.load(model_folder()).background


SAID = [
    "Đường vào bản Sơn Bình hỏng đã lâu, xe không đi được.",
    "Mặt đường vào bản Sơn Bình xuống cấp, nhiều ổ gà.",
    "Khi nào thông đường Chu Va 12 sau sạt lở?",
    "Nước sinh hoạt bản Nà Khan bị đục, có mùi.",
    "Thủ tục cấp lại sổ đỏ mất bao lâu?",
    "Rác thải ở thôn 3 không được thu gom hai tuần nay.",
]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("duong vao ban Son Binh hong nang", 0),
        ("Đường Chu Va 12 sạt lở, chưa thông xe.", 2),
        ("Bao giờ có nước sạch về bản Nà Khan?", 3),
        ("Làm lại sổ đỏ bị mất cần giấy tờ gì?", 4),
        ("Bãi rác thôn 3 bốc mùi, chưa thu gom.", 5),
        ("sổ đỏ", 4),
    ],
)
def test_what_says_the_same_in_like_words_comes_first(
    background: Background, text: str, first: int
) -> None:
    petitions = [_petition(number, said) for number, said in enumerate(SAID)]
    assert alike(text, petitions, background)[0].summary == SAID[first]


@pytest.mark.parametrize("text", ["", "  ", "Xã có hỗ trợ giống lúa Séng Cù vụ tới không?", "😀"])
def test_nothing_is_offered_for_what_nobody_else_said(background: Background, text: str) -> None:
    petitions = [_petition(number, said) for number, said in enumerate(SAID)]
    assert alike(text, petitions, background) == []
    assert alike(text, [], background) == []


# --- Merging ---------------------------------------------------------------------------------

ANY = st.builds(
    lambda state, days, answered: replace(
        _answered(_petition(days)) if answered else _petition(days),
        state=state,
        due_on=FRIDAY + timedelta(days=days),
    ),
    st.sampled_from(State),
    st.integers(1, 5),
    st.booleans(),
)


@given(ANY, ANY.map(lambda petition: replace(petition, id="PA.20261102.0001")))
def test_only_what_can_be_merged_is_offered(duplicate: Petition, main: Petition) -> None:
    try:
        merge(duplicate, main, LAN)
    except Refused:
        assert not may_end(duplicate, main)
    else:
        assert may_end(duplicate, main)


@pytest.fixture
def many(casebase: Transactions) -> tuple[Desk, list[Kept[Petition]]]:
    desk = make_desk(casebase)
    new = NewPetition(Kind.PETITION, SAID[0])
    return desk, [desk.open_petition(new, LAN) for _ in range(40)]


def test_one_answer_for_forty(many: tuple[Desk, list[Kept[Petition]]]) -> None:
    desk, (main, *others) = many
    merge_all(desk, {one.state.id: one.version for one in others}, main, LAN)
    assert len(desk.get(PETITION, main.state.id, LAN).state.merged) == 39
    assert all(desk.get(PETITION, one.state.id, LAN).state.state is State.MERGED for one in others)


def test_where_one_cannot_be_merged_none_is(many: tuple[Desk, list[Kept[Petition]]]) -> None:
    desk, (main, *others) = many
    shown = {one.state.id: one.version for one in others}
    last = others[-1]
    desk.act(PETITION, last.state.id, Classify(Kind.PETITION), LAN, version=last.version)
    with pytest.raises(Conflict):
        merge_all(desk, shown, main, LAN)
    assert desk.get(PETITION, main.state.id, LAN) == main
    assert desk.get(PETITION, others[0].state.id, LAN) == others[0]
    with pytest.raises(Refused, match="Chưa chọn"):
        merge_all(desk, {}, main, LAN)
