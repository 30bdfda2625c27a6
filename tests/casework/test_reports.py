from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from pydantic import TypeAdapter

from langnghe.casework import reportform
from langnghe.casework.reportform import (
    FIELD_NAMES,
    MOST_STREAMS,
    REQUIRED,
    TEXT_CHARACTERS,
    Form,
    Inclination,
    Intensity,
    Origin,
    ReportedStream,
    Width,
    missing_fields,
)
from langnghe.casework.reports import (
    STATE_NAMES,
    Accept,
    Action,
    FieldReport,
    ReportState,
    Return,
    Save,
    Submit,
    apply,
    open_report,
    report_id,
)
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.crawler.deidentify import deidentify

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
HAO = Actor("hao", frozenset({Role.COLLABORATOR}))
MAI = Actor("mai", frozenset({Role.COLLABORATOR, Role.EDITOR}))
LAN = Actor("lan", frozenset({Role.EDITOR}))
CHIEF = Actor("chanh", frozenset({Role.LEADER, Role.ADMINISTRATOR}))

STREAM = ReportedStream("Bà con mong sửa xong đường trước Tết", Inclination.CONCERNED, Width.MANY)
FORM = Form(
    unit="Bản Chu Va 12",
    noted_at=NOW - timedelta(hours=3),
    topic="duong-sa",
    content="Đường vào bản sạt lở từ tuần trước, xe máy không qua được.",
    origins=(Origin.MEETING,),
    place="3390/chu-va-12",
    streams=(STREAM,),
    intensity=Intensity.UPSET,
)
PERSONAL = ("0912 345 678", "0912345678", "tuan.nv@gmail.com", "Nguyễn Văn Tuấn")
SECRET = "Gọi anh Nguyễn Văn Tuấn, 0912 345 678 hay 0912345678, tuan.nv@gmail.com"
TEXTS = [
    one.name for one in fields(Form) if one.type == "str" and one.name not in ("topic", "place")
]
KEPT = TypeAdapter(FieldReport)


def filled_in(name: str, value: object) -> Form:
    changed: dict[str, Any] = {name: value}
    return replace(FORM, **changed)


def mask(text: str) -> str:
    return deidentify(text).text


def do(report: FieldReport, *steps: tuple[Actor, Action], now: datetime = NOW) -> FieldReport:
    for actor, action in steps:
        report = apply(report, action, actor, now, mask)
    return report


def draft(form: Form = FORM, author: Actor = HAO) -> FieldReport:
    return do(open_report("form-1", author, NOW), (author, Save(form)))


def test_from_draft_to_accepted() -> None:
    report = do(draft(), (HAO, Submit()))
    assert (report.state, report.submitted_at) == (ReportState.SUBMITTED, NOW)
    report = do(report, (LAN, Return("Cần nói rõ đoạn đường nào.")))
    assert report.returned_why == "Cần nói rõ đoạn đường nào."
    mended = replace(FORM, content="Đoạn từ cầu treo lên bản sạt lở.")
    later = NOW + timedelta(days=1)
    report = do(report, (HAO, Save(mended)), (HAO, Submit()), (LAN, Accept()), now=later)
    assert report.form == mended
    assert (report.state, report.accepted_by, report.accepted_at) == (
        ReportState.ACCEPTED,
        "lan",
        later,
    )
    assert (report.returned_by, report.returned_why) == (None, "")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_masked_before_the_state_holds_it(name: str) -> None:
    kept = KEPT.dump_json(draft(filled_in(name, SECRET))).decode()
    assert [one for one in PERSONAL if one in kept] == []
    assert "[SĐT]" in kept


def test_streams_and_the_reason_of_a_return_are_masked_too() -> None:
    report = do(draft(replace(FORM, streams=(replace(STREAM, text=SECRET),))), (HAO, Submit()))
    kept = KEPT.dump_json(do(report, (LAN, Return(SECRET)))).decode()
    assert [one for one in PERSONAL if one in kept] == []
    assert kept.count("[EMAIL]") == 2


def test_hidden_characters_do_not_keep_a_number_from_being_masked() -> None:
    report = draft(replace(FORM, content="Gọi 09\u200b12 345\u00a0678 nhé"))
    assert report.form.content == "Gọi [SĐT] nhé"


@pytest.mark.parametrize("name", ["topic", "place"])
def test_ids_take_no_free_text(name: str) -> None:
    with pytest.raises(Refused, match="Hãy chọn trong danh mục"):
        draft(filled_in(name, SECRET))


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_missing_is_named_and_the_draft_stays(name: str) -> None:
    report = draft(filled_in(name, getattr(Form(), name)))
    with pytest.raises(Refused, match="còn thiếu") as refused:
        do(report, (HAO, Submit()))
    assert FIELD_NAMES[name] in str(refused.value)
    assert all(FIELD_NAMES[other] not in str(refused.value) for other in REQUIRED if other != name)


@pytest.mark.parametrize(
    "stream",
    [
        replace(STREAM, text=" "),
        replace(STREAM, inclination=None),
        replace(STREAM, width=None),
    ],
)
def test_a_stream_says_what_how_and_how_widely(stream: ReportedStream) -> None:
    with pytest.raises(Refused, match="Các luồng ý kiến"):
        do(draft(replace(FORM, streams=(STREAM, stream))), (HAO, Submit()))


def test_nothing_is_noted_in_the_future() -> None:
    report = draft(replace(FORM, noted_at=NOW + timedelta(minutes=1)))
    with pytest.raises(Refused, match="ngày giờ"):
        do(report, (HAO, Submit()))


def test_sending_twice_gives_one_report_and_changes_nothing() -> None:
    typed = replace(FORM, content=SECRET)
    once = do(draft(typed), (HAO, Submit()))
    assert open_report("form-1", HAO, NOW + timedelta(hours=1)).id == once.id
    again = do(once, (HAO, Save(typed)), (HAO, Submit()), now=NOW + timedelta(hours=1))
    assert again == once
    accepted = do(once, (LAN, Accept()))
    assert do(accepted, (HAO, Save(typed)), (HAO, Submit())) == accepted


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), unique=True, max_size=20))
def test_no_two_forms_share_a_report(pairs: list[tuple[str, str]]) -> None:
    assert len({report_id(author, form) for author, form in pairs}) == len(pairs)


def test_bounds() -> None:
    longest = "ắ" * TEXT_CHARACTERS
    assert draft(replace(FORM, content=longest)).form.content == longest
    with pytest.raises(Refused, match="Nội dung vấn đề, sự việc dài quá"):
        draft(replace(FORM, content=longest + "ắ"))
    with pytest.raises(Refused, match="Hãy gộp"):
        draft(replace(FORM, streams=(STREAM,) * (MOST_STREAMS + 1)))


@pytest.mark.parametrize("actor", [LAN, CHIEF])
@pytest.mark.parametrize("action", [Save(replace(FORM, causes="Mưa lớn")), Submit()])
def test_only_the_author_writes(actor: Actor, action: Action) -> None:
    with pytest.raises(Refused):
        do(draft(), (actor, action))


def test_a_leader_hands_in_nothing() -> None:
    with pytest.raises(Refused, match="không có quyền gửi phiếu phản ánh"):
        open_report("form-1", CHIEF, NOW)


@pytest.mark.parametrize("action", [Return("Thiếu"), Accept()])
def test_who_decides_and_when(action: Action) -> None:
    with pytest.raises(Refused, match="Bản nháp"):
        do(draft(), (LAN, action))
    submitted = do(draft(), (HAO, Submit()))
    for actor in (HAO, CHIEF):
        with pytest.raises(Refused, match="không có quyền soạn thảo"):
            do(submitted, (actor, action))
    with pytest.raises(Refused, match="Đã tiếp nhận"):
        do(submitted, (LAN, Accept()), (LAN, action))


def test_nobody_accepts_their_own_and_a_return_needs_a_reason() -> None:
    own = do(draft(author=MAI), (MAI, Submit()))
    with pytest.raises(Refused, match="người lập phiếu"):
        do(own, (MAI, Accept()))
    with pytest.raises(Refused, match="lý do trả lại"):
        do(own, (LAN, Return("  ")))
    assert do(own, (LAN, Accept())).state is ReportState.ACCEPTED


def test_a_submitted_report_is_not_edited() -> None:
    with pytest.raises(Refused, match="Phiếu đã gửi"):
        do(draft(), (HAO, Submit()), (HAO, Save(replace(FORM, urgent=True))))


def test_every_choice_has_a_name_on_screen() -> None:
    assert set(STATE_NAMES) == set(ReportState)
    assert set(reportform.ORIGIN_NAMES) == set(Origin)
    assert set(reportform.INCLINATION_NAMES) == set(Inclination)
    assert set(reportform.WIDTH_NAMES) == set(Width)
    assert set(reportform.INTENSITY_NAMES) == set(Intensity)
    assert set(FIELD_NAMES) == {one.name for one in fields(Form)}


STREAMS = st.builds(
    ReportedStream,
    st.sampled_from(["", "Mong sửa sớm", SECRET]),
    st.none() | st.sampled_from(Inclination),
    st.none() | st.sampled_from(Width),
)
# Mostly filled in, so that reports get beyond the draft.
FORMS = st.builds(
    replace,
    st.just(FORM),
    content=st.sampled_from([FORM.content, FORM.content, SECRET, ""]),
    causes=st.sampled_from(["", "Mưa lớn", SECRET]),
    streams=st.just((STREAM,)) | st.lists(STREAMS, max_size=2).map(tuple),
    urgent=st.booleans(),
)
ACTIONS = (
    FORMS.map(Save)
    | st.just(Submit())
    | st.just(Accept())
    | st.sampled_from(["", "Thiếu địa bàn", SECRET]).map(Return)
)


class Reports(RuleBasedStateMachine):
    """Anybody does anything to a few reports."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[str, FieldReport] = {}
        self.accepted: dict[str, FieldReport] = {}

    @rule(target=ids, client=st.sampled_from(["a", "b"]), author=st.sampled_from([HAO, MAI]))
    def open(self, client: str, author: Actor) -> str:
        report = open_report(client, author, NOW)
        self.reports.setdefault(report.id, report)
        return report.id

    @rule(id_=ids, action=ACTIONS, actor=st.sampled_from([HAO, MAI, LAN, CHIEF]))
    def act(self, id_: str, action: Action, actor: Actor) -> None:
        before = self.reports[id_]
        try:
            after = apply(before, action, actor, NOW, mask)
        except Refused:
            return
        assert after.author == before.author
        if after.form != before.form:
            assert actor.account == before.author
            assert before.state in (ReportState.DRAFT, ReportState.RETURNED)
        self.reports[id_] = after
        if after.state is ReportState.ACCEPTED:
            assert self.accepted.setdefault(id_, after) == after

    @invariant()
    def holds(self) -> None:
        for id_, report in self.reports.items():
            kept = KEPT.dump_json(report)
            assert KEPT.validate_json(kept) == report
            assert not any(one in kept.decode() for one in PERSONAL)
            assert report.accepted_by != report.author
            handed_in = report.state in (ReportState.SUBMITTED, ReportState.ACCEPTED)
            assert not handed_in or not list(missing_fields(report.form))
            assert (report.state is ReportState.RETURNED) == bool(report.returned_why)
            assert (report.state is ReportState.ACCEPTED) == (id_ in self.accepted)


TestReports = Reports.TestCase
TestReports.settings = settings(max_examples=30, stateful_step_count=20)
