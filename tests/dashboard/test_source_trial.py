"""A trial of an address and a changed layout, as the pages show them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langnghe.casework.layouts import accept_layout
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.core.clock import FixedClock
from langnghe.core.errors import LangNgheError
from langnghe.core.home import Home
from langnghe.core.models import TimePrecision
from langnghe.crawler.trial.records import Reading, Step, Trial
from langnghe.dashboard.components.administration_layouts import comparison
from langnghe.dashboard.components.administration_trial import trial_html, tried
from langnghe.dashboard.trials import step_line
from langnghe.store.cases import Cases
from langnghe.store.crawlstate import CrawlState
from langnghe.store.database import Database
from langnghe.store.layouts import Layout, Share
from langnghe.store.sourcenotices import NoticeKind
from tests.crawler.serving import make_home

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
READING = Reading(
    url="https://a.example/x",
    title="<b>Giá</b> miến dong",
    published_at=NOW,
    precision=TimePrecision.MINUTE,
    beginning="<script>alert(1)</script>",
    characters=1200,
    comments=None,
    masked={"phone": 2},
    topics=("mien-dong",),
)
TRIAL = Trial(
    "https://a.example/",
    (Step("Trả lời", "mã 200", True), Step("robots.txt", "", False, "refused_robots")),
    (READING,),
    "- name: a\n",
    "Xem lại.",
)


def test_a_trial_survives_the_way_from_the_command_to_the_page() -> None:
    said = json.loads(json.dumps(TRIAL.as_json(), default=str))
    assert Trial.from_json(said) == TRIAL


@pytest.mark.parametrize("url", ["", "https://ten:mat@a.example/"])
def test_an_address_that_is_none_is_refused_in_words(tmp_path: Path, url: str) -> None:
    home = make_home(tmp_path, [])
    with pytest.raises(LangNgheError, match=r"Hãy (nhập|chép) địa chỉ"):
        tried(home, url, private=False)


def test_what_a_page_shows_of_a_trial_that_broke_is_ours(tmp_path: Path) -> None:
    # No home: the command says so as its result; its error stream is never shown.
    with pytest.raises(LangNgheError) as told:
        tried(Home(tmp_path / "nowhere"), "https://a.example/", private=False)
    assert "chưa phải thư mục dữ liệu của Lắng Nghe" in str(told.value)


def test_what_was_read_is_shown_as_text() -> None:
    html = trial_html(TRIAL, {"mien-dong": "Miến dong"})
    assert "<script>" not in html
    assert "<b>Giá" not in html
    assert "&lt;script&gt;" in html
    assert "số điện thoại (2)" in html
    assert "10:00 ngày 22/11/2026" in html
    assert "1.200 ký tự" in html
    assert "<b>Bình luận</b>: chưa hỏi" in html
    assert "<b>Chủ đề</b>: Miến dong" in html


def test_a_problem_says_what_to_do() -> None:
    line = step_line(TRIAL.steps[1])
    assert line == (
        "robots.txt: tệp robots.txt của trang không cho đọc địa chỉ này. Hỏi người quản lý trang, "
        "hoặc chọn địa chỉ khác được phép."
    )


def test_two_sketches_are_compared_where_they_differ() -> None:
    html = comparison({"p": 14, "time": 1, "h1": 1}, {"p": 0, "script": 3, "h1": 1})
    rows = html.split("<tbody>")[1]
    assert rows.index("<td>p</td><td>14</td><td>0</td>") < rows.index("<td>script</td>")
    assert "<td>time</td><td>1</td><td>0</td>" in rows
    assert "h1" not in rows


def test_accepting_a_layout_is_logged_and_ends_the_notice(tmp_path: Path) -> None:
    database = Database(tmp_path / "langnghe.db")
    clock = FixedClock(NOW)
    crawl, cases = CrawlState(database, clock), Cases(database)
    crawl.layouts.put(
        Layout("bao", "article", {"text": Share(50, 50)}, changed_at=NOW, fallen=("text",))
    )
    crawl.settle_layout_notice("bao")
    assert [one.kind for one in crawl.notices.going_on()] == [NoticeKind.LAYOUT_CHANGED]

    leader = Actor("lanh-dao", frozenset({Role.LEADER}))
    with pytest.raises(Refused):
        accept_layout(crawl, cases, leader, "bao", "article", clock)
    assert crawl.layouts.changed("bao")

    administrator = Actor("quan-tri", frozenset({Role.ADMINISTRATOR}))
    assert accept_layout(crawl, cases, administrator, "bao", "article", clock) == 0
    assert crawl.layouts.changed() == []
    assert crawl.notices.going_on() == []
    with database.read() as connection:
        logged = connection.execute("SELECT who, what, kind, case_id FROM audit").all()
    assert [tuple(row) for row in logged] == [("quan-tri", "accept_layout", "source", "bao")]
    database.close()
