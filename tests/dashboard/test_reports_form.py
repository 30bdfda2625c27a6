"""The form of a field report, as the browser's script talks to a real server."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.kinds import REPORT
from langnghe.casework.login import log_in
from langnghe.casework.reportform import (
    FIELD_NAMES,
    TEXT_CHARACTERS,
    Form,
    Inclination,
    Intensity,
    Origin,
    ReportedStream,
    Width,
)
from langnghe.casework.reports import Accept, FieldReport, ReportState, Return, report_id
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.core.clock import LOCAL_ZONE, SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.dashboard.web.reportdata import form_data, personal_data_in, read_sent
from langnghe.store.cases import Where
from langnghe.store.opening import open_casework
from tests.dashboard.conftest import logged_in
from tests.service import PASSWORD, new_account, session_of

EDITOR = Actor("bien-tap", frozenset({Role.EDITOR}))
SECRET = "Gọi anh Nguyễn Văn Tuấn, 0912 345 678"


class Author:
    """A collaborator with a form that was just opened."""

    def __init__(self, browser: httpx2.Client, home: Home) -> None:
        self.home = home
        self.name = new_account(home, Role.COLLABORATOR)
        with open_casework(home) as database:
            token = log_in(database, self.name, PASSWORD, "", SystemClock().now())[1]
        self.browser = logged_in(browser, token)
        self.address = self.browser.get("/phieu/moi").headers["location"]
        self.id = report_id(self.name, self.address.partition("?moi=")[2])

    def send(self, do: str = "save", **what: Any) -> httpx2.Response:
        return self.browser.post(self.address, json={"id": self.id, "do": do, **what})

    def data(self) -> dict[str, Any]:
        answer = self.browser.get(self.address, headers={"Accept": "application/json"})
        data: dict[str, Any] = answer.json()
        return data

    def reports(self) -> list[FieldReport]:
        actor = Actor(self.name, frozenset({Role.COLLABORATOR}))
        with open_casework(self.home) as database:
            desk = open_desk(self.home, database, SystemClock())
            return [kept.state for kept in desk.find(REPORT, actor, Where(owner=self.name))]

    def by_editor(self, action: Return | Accept) -> None:
        with open_casework(self.home) as database:
            desk = open_desk(self.home, database, SystemClock())
            version = desk.get(REPORT, self.id, EDITOR).version
            desk.act(REPORT, self.id, action, EDITOR, version=version)


@pytest.fixture
def author(browser: httpx2.Client, home: Home) -> Author:
    return Author(browser, home)


WHOLE: dict[str, Any] = {
    "unit": "Bản Chu Va 12",
    "noted_at": "2026-11-20T07:30",
    "topic": "duong-sa",
    "content": "Đường vào bản sạt lở.",
    "origins": ["meeting"],
    "place": "3390/chu-va-12",
    "streams": [{"text": "Mong sửa sớm", "inclination": "concerned", "width": "many"}],
    "intensity": "upset",
}


def test_each_form_that_is_opened_has_an_id_of_its_own(author: Author) -> None:
    other = author.browser.get("/phieu/moi").headers["location"]
    assert other != author.address
    page = author.browser.get(author.address)
    assert page.status_code == 200
    assert "Không nhập thông tin bí mật nhà nước" in page.text
    for name in FIELD_NAMES:
        assert f'name="{name}"' in page.text or name == "streams"
    # Looking at a form is no reason to keep a report.
    assert author.reports() == []


def test_the_page_runs_no_script_but_its_own(author: Author) -> None:
    policy = author.browser.get(author.address).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].startswith("'sha256-")
    assert rules["connect-src"] == "'self'"
    assert "unsafe" not in policy


def test_what_is_sent_twice_is_kept_once_and_every_word_masked(author: Author) -> None:
    first = author.send(form={"content": SECRET, "groups": "hộ trồng chè"})
    assert first.status_code == 200
    assert first.json()["masked"] == {"content": ["họ tên", "số điện thoại"]}
    assert first.json()["form"]["content"] == "Gọi anh [TÊN], [SĐT]"
    # The answer got lost: the browser knows of no version.
    again = author.send(form={"content": SECRET, "groups": "hộ trồng chè"}).json()
    assert again["version"] == first.json()["version"]
    (report,) = author.reports()
    assert report.form == Form(content="Gọi anh [TÊN], [SĐT]", groups="hộ trồng chè")


def test_the_time_is_that_of_viet_nam_both_ways(author: Author) -> None:
    assert author.send(form=WHOLE).json()["form"]["noted_at"] == "2026-11-20T07:30"
    (report,) = author.reports()
    assert report.form.noted_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def test_what_another_device_saved_is_not_overwritten(author: Author) -> None:
    first = author.send(form={"content": "Bản một"}).json()
    second = author.send(form={"content": "Bản hai"}, version=first["version"]).json()
    late = author.send(form={"content": "Bản ba"}, version=first["version"])
    assert late.status_code == 409
    assert late.json()["form"]["content"] == "Bản hai"
    assert late.json()["version"] == second["version"]
    assert author.reports()[0].form.content == "Bản hai"
    # The same words again are no change.
    assert author.send(form={"content": "Bản hai"}, version=first["version"]).status_code == 200


def test_it_is_handed_in_once_and_mended_when_it_comes_back(author: Author) -> None:
    version = author.send(form={"content": "Đường hỏng"}).json()["version"]
    refused = author.send("submit", version=version)
    assert refused.status_code == 422
    assert "còn thiếu" in refused.json()["wrong"]
    version = author.send(form=WHOLE, version=version).json()["version"]
    assert author.send("submit", version=version).json()["open"] is False
    # The answer got lost, and the author presses again.
    assert author.send("submit", version=version).status_code == 200
    assert author.reports()[0].state is ReportState.SUBMITTED
    author.by_editor(Return("Cần nói rõ đoạn nào <b>hỏng</b>."))
    page = author.browser.get(f"/phieu/nhap?ma={author.id}")
    assert "Cần nói rõ đoạn nào &lt;b&gt;hỏng&lt;/b&gt;." in page.text
    author.address = f"/phieu/nhap?ma={author.id}"
    mended = WHOLE | {"content": "Đoạn cầu treo sạt lở."}
    version = author.send(form=mended, version=author.data()["version"]).json()["version"]
    assert author.send("submit", version=version).status_code == 200
    author.by_editor(Accept())
    late = author.send(form=WHOLE, version=version)
    assert (late.status_code, late.json()["open"]) == (409, False)
    assert len(author.reports()) == 1


def test_a_new_form_begins_where_the_last_report_was_written(author: Author) -> None:
    author.send(form={"unit": "Bản Sơn Bình", "content": "Đường hỏng"})
    page = author.browser.get(author.browser.get("/phieu/moi").headers["location"]).text
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert (data["form"]["unit"], data["form"]["content"]) == ("Bản Sơn Bình", "")


def test_nobody_gets_at_the_report_of_somebody_else(author: Author, home: Home) -> None:
    version = author.send(form=WHOLE).json()["version"]
    author.send("submit", version=version)
    address = f"/phieu/nhap?ma={author.id}"
    for role in (Role.COLLABORATOR, Role.EDITOR):
        logged_in(author.browser, session_of(home, role))
        page = author.browser.get(address)
        assert page.status_code == 403
        assert "sạt lở" not in page.text
        sent = author.browser.post(address, json={"id": author.id, "do": "save", "form": WHOLE})
        assert sent.status_code == 403
        # What the first one's window still shows does not become the next one's report.
        late = author.send(form=WHOLE)
        assert late.status_code == 403
        assert "tài khoản khác" in late.json()["wrong"]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.LEADER, Role.ADMINISTRATOR])
def test_who_hands_in_no_reports_gets_no_form(
    browser: httpx2.Client, home: Home, role: Role
) -> None:
    logged_in(browser, session_of(home, role))
    form = browser.get("/phieu/moi").headers["location"]
    assert browser.get(form).status_code == 403
    assert browser.post(form, json={"id": "0", "do": "save", "form": {}}).status_code == 403


def test_without_a_session_nothing_is_taken_and_the_form_comes_back_after(author: Author) -> None:
    author.browser.cookies.clear()
    assert author.send(form=WHOLE).status_code == 401
    assert (
        author.browser.get(author.address).headers["location"].endswith("%3Fmoi%3D" + _moi(author))
    )
    assert author.reports() == []


def _moi(author: Author) -> str:
    return author.address.partition("?moi=")[2]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"content": "x" * (TEXT_CHARACTERS + 1)}, "dài quá"),
        ({"topic": "Chủ đề lạ"}, "danh mục"),
        ({"noted_at": "0001-01-01T00:00"}, "Thời điểm"),
        ({"noted_at": "2026-11-20T07:30+09:00"}, "Thời điểm"),
        ({"origins": ["tin đồn"]}, "tải lại trang"),
        ({"content": 5}, "tải lại trang"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(
    author: Author, form: dict[str, object], says: str
) -> None:
    answer = author.send(form=form)
    assert answer.status_code == 422
    assert says in answer.json()["wrong"]
    assert author.reports() == []


def test_only_a_script_of_ours_can_send_and_no_more_than_a_form_holds(author: Author) -> None:
    sent = json.dumps({"id": author.id, "do": "save", "form": WHOLE})
    plain = {"Content-Type": "text/plain"}
    assert author.browser.post(author.address, content=sent, headers=plain).status_code == 415
    assert author.send(form={"content": "x" * 1_000_000}).status_code == 413
    assert author.reports() == []


@pytest.mark.parametrize("path", ["/phieu/nhap", "/phieu/nhap?moi=a/../b", "/phieu/nhap?ma=0"])
def test_an_address_that_names_no_report_says_so(author: Author, path: str) -> None:
    assert author.browser.get(path).status_code == 403
    sent = author.browser.post(path, json={"id": secrets.token_hex(16), "do": "submit"})
    assert sent.status_code == 403


def test_every_page_tells_the_browser_whose_drafts_it_may_keep(author: Author) -> None:
    assert f'data-account="{author.name}"' in author.browser.get("/phieu").text
    script = author.browser.get("/phieu/ban-nhap.js")
    assert script.headers["content-type"].startswith("text/javascript")
    form = author.browser.get("/tai-khoan").text.partition('name="form" value="')[2][:64]
    assert 'data-account=""' in author.browser.post("/dang-xuat", data={"form": form}).text


_TEXT = st.text(max_size=20)
_STREAMS = st.builds(
    ReportedStream,
    _TEXT,
    st.none() | st.sampled_from(Inclination),
    st.none() | st.sampled_from(Width),
)
_MINUTES = st.datetimes(datetime(2000, 1, 2), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda when: when.replace(second=0, microsecond=0, tzinfo=LOCAL_ZONE)
)
FORMS = st.builds(
    Form,
    unit=_TEXT,
    noted_at=st.none() | _MINUTES,
    topic=_TEXT,
    content=_TEXT,
    origins=st.lists(st.sampled_from(Origin), unique=True).map(tuple),
    link=_TEXT,
    place=_TEXT,
    groups=_TEXT,
    streams=st.lists(_STREAMS, max_size=3).map(tuple),
    intensity=st.none() | st.sampled_from(Intensity),
    unverified=st.booleans(),
    causes=_TEXT,
    proposals=_TEXT,
    urgent=st.booleans(),
    attachments=_TEXT,
)


@given(FORMS)
def test_a_form_comes_back_from_the_browser_as_it_went(form: Form) -> None:
    body = json.dumps({"id": "a", "do": "save", "version": 3, "form": form_data(form)})
    sent = read_sent(body.encode())
    assert sent.form == form
    assert (sent.id, sent.do, sent.version) == ("a", "save", 3)


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_whatever_else_arrives_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_sent(body)


@pytest.mark.parametrize("where", ["unit", "content", "link", "attachments", "streams/0"])
def test_personal_data_are_named_where_they_stand(where: str) -> None:
    values: dict[str, Any] = {} if where == "streams/0" else {where: SECRET}
    streams = (ReportedStream(SECRET),) if where == "streams/0" else ()
    found = personal_data_in(Form(**values, streams=streams))
    assert list(found) == [where]
