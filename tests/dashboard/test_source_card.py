"""The card of a source: state, notices, yield and terms in words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from langnghe.core.models import Channel, Outcome
from langnghe.core.settings import SOURCE, Settings, Source, read_settings, shipped_configs
from langnghe.core.vietnamese import CHANNELS
from langnghe.crawler.channelterms import TERMS
from langnghe.crawler.layout import EXPECTED
from langnghe.crawler.terms import Storable
from langnghe.dashboard.components.source import SourceHealth, source_html
from langnghe.dashboard.components.sourcenotice import notice_html, past_row, told
from langnghe.dashboard.components.sourceterms import ACCESS, PARTS, terms_html
from langnghe.dashboard.components.sourceyield import FIELDS, PAGES, last_new, layout_says, usual
from langnghe.dashboard.problems import CAUSES
from langnghe.store.crawlrecords import Run, SourceState
from langnghe.store.crawlstate import RunStatus, SourceOverview
from langnghe.store.habits import Habit
from langnghe.store.layouts import Layout, Share
from langnghe.store.sourcenotices import Cause, NoticeKind, SourceNotice

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=2)


def settings() -> Settings:
    return read_settings(shipped_configs() / "settings.yaml")


def source(**more: Any) -> Source:
    entry = {"name": "bao", "title": "Báo <b>Mẫu</b>", "channel": "feed"}
    return SOURCE.validate_python(entry | {"feeds": ["https://bao.example/rss"]} | more)


def habit(posts: float, hours: float, **more: Any) -> Habit:
    begun = NOW - timedelta(days=60)
    return Habit(begun, NOW, last_new=NOW - timedelta(hours=5), posts=posts, hours=hours, **more)


def notice(
    kind: NoticeKind = NoticeKind.NO_DATA, cause: Cause = Cause.GONE, **more: Any
) -> SourceNotice:
    return SourceNotice("bao", kind, SINCE, None, cause, **more)


def health(problem: str | None = None, **more: Any) -> SourceHealth:
    state = SourceState(
        source="bao",
        last_attempt=NOW - timedelta(hours=1),
        last_success=NOW - timedelta(hours=1),
        last_problem=problem,
    )
    run = Run(1, "bao", SINCE, SINCE, RunStatus.FINISHED, 12, 7, problem)
    overview = SourceOverview(state, {Outcome.STORED: 3}, {}, {"empty": 2}, 40, 1, None, run)
    return replace(SourceHealth(source(), overview, NOW + timedelta(hours=2)), **more)


def shown(of: SourceHealth, *, manages: bool = True) -> str:
    html = source_html(of, settings(), NOW, manages=manages)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_source_that_does_well() -> None:
    says = shown(health(habit=habit(120, 300)))
    assert "Đọc tốt." in says
    assert "Thường có: khoảng 10 bài mỗi ngày" in says
    assert "Bài mới gần nhất: 5 giờ trước" in says
    assert "7 ngày qua: 3 bài mới" in says
    assert "Lượt gần nhất: 12 lần hỏi, 7 trang không đổi" in says
    assert "<b>Mẫu" not in source_html(health(), settings(), NOW, manages=True)


@pytest.mark.parametrize(
    ("posts", "hours", "says"),
    [
        (120.0, 300.0, "khoảng 10 bài mỗi ngày"),
        (20.0, 400.0, "khoảng 1,3 bài mỗi ngày"),
        (20.0, 1000.0, "khoảng 4 bài mỗi tuần"),
        (4.0, 1000.0, "khoảng 4 bài mỗi tháng"),
        (4.0, 8000.0, "khoảng 0,4 bài mỗi tháng"),
        (2.0, 10.0, "chưa đủ số liệu"),
    ],
)
def test_how_much_a_source_usually_gives(posts: float, hours: float, says: str) -> None:
    assert usual(habit(posts, hours)) == says


def test_what_should_have_come_by_now_is_told() -> None:
    silent = habit(120, 300, waited=8.6)
    assert last_new(silent, NOW) == "5 giờ trước, từ đó đáng lẽ có thêm khoảng 9 bài"
    # Nobody has looked for two days: what was to be expected meanwhile counts as well.
    failing = replace(silent, counted_until=NOW - timedelta(days=2), failing=3)
    assert int(re.findall(r"\d+", last_new(failing, NOW))[-1]) > 20
    assert last_new(None, NOW) == "chưa có"
    assert last_new(Habit(NOW, NOW), NOW) == "chưa có thêm sau lần đọc đầu"


def test_every_cause_has_words_and_something_to_do() -> None:
    assert set(CAUSES) == set(Cause)
    for cause in Cause:
        for kind in NoticeKind:
            html = notice_html(notice(kind, cause), manages=True)
            assert "Việc cần làm: " in html
            assert "`" not in html
            assert past_row(notice(kind, cause), "Báo")[1]


def test_a_notice_says_since_when_why_and_what_to_do() -> None:
    of = health(notices=[notice(cause=Cause.FEED_MOVED)])
    says = shown(of)
    assert "Không có dữ liệu như thường lệ, nhận ra ngày 18/11/2026." in says
    assert "Có thể do địa chỉ đã chuyển đi nơi khác" in says
    assert "Việc cần làm: Mở địa chỉ của nguồn bằng trình duyệt" in says
    assert "Đọc tốt" not in says
    to_others = shown(of, manages=False)
    assert "có thể thấp hơn thực tế" in to_others
    assert "địa chỉ" not in to_others.partition("Kênh:")[0]


def test_a_key_that_ends_is_no_lack_of_figures() -> None:
    ends = NOW + timedelta(days=8)
    of = health(notices=[notice(NoticeKind.KEY_EXPIRES, Cause.KEY_EXPIRES, deadline=ends)])
    assert not of.lacks
    assert of.rank == 0
    assert "Khóa hết hạn ngày 28/11/2026. Việc cần làm: Lấy khóa mới" in shown(of)
    # In a letter and in the list of what is over, too, no cause is made up for it.
    assert told(of.notices[0]) == "Khóa hết hạn ngày 28/11/2026."
    assert past_row(of.notices[0], "Báo")[2] == ""
    to_others = shown(of, manages=False)
    assert "Khóa" not in to_others
    assert "Đọc tốt." in to_others


def test_what_needs_somebody_stands_first() -> None:
    off = health(source=source(enabled=False), notices=[notice()])
    order = [health(notices=[notice()]), health("timeout"), health(), off]
    assert [one.rank for one in order] == [0, 1, 2, 3]
    assert [one.lacks for one in order] == [True, True, False, False]
    assert "Đang tắt." in shown(off, manages=False)


def test_pages_that_are_held_back() -> None:
    layout = Layout(
        "bao",
        "article",
        {"date": Share(100.0, 98.0, "0" * 18 + "11")},
        changed_at=SINCE,
        fallen=("date", "unknown"),
        holds=True,
    )
    assert layout_says(layout, 14) == (
        "Trang bài viết không còn cho ngày đăng (trước đây 98 % số trang, gần đây 10 %). 14 trang "
        "đang được giữ lại, chưa lưu."
    )
    of = health(layouts=[(layout, 14)])
    assert of.lacks
    assert "14 trang" in shown(of)
    assert "14 trang" not in shown(of, manages=False)


def test_every_kind_of_page_and_field_that_is_watched_has_words() -> None:
    assert {kind.value for kind in EXPECTED} <= set(PAGES)
    assert {field for fields in EXPECTED.values() for field in fields} | {"comments"} <= set(FIELDS)


def test_every_channel_has_its_terms_in_words() -> None:
    assert set(ACCESS) == set(Channel) == set(CHANNELS) == set(TERMS)
    assert set(PARTS) == set(Storable)


def test_the_terms_of_a_source() -> None:
    page = source(delay_seconds=2.5, every_minutes=90, retention_days=30)
    says = re.sub(r"<[^>]+>", " ", terms_html(page, settings()))
    assert "Tuân theo." in says
    assert "Xem lại sau 90 phút" in says
    assert "cách nhau ít nhất 2,5 giây" in says
    assert "Xóa nội dung sau 30 ngày" in says
    file = SOURCE.validate_python(
        {
            "name": "tep",
            "title": "x",
            "channel": "file",
            "path": "x.csv",
            "export": "sheet",
            "public_page": "https://nhom.example/",
        }
    )
    says = re.sub(r"<[^>]+>", " ", terms_html(file, settings()))
    assert "không hỏi máy chủ nào" in says
    assert "giây" not in says


@pytest.mark.parametrize(("private", "says"), [(False, "0,2 giây"), (True, "0,1 giây")])
def test_the_pace_that_is_told_is_the_one_that_is_kept(private: bool, says: str) -> None:
    videos = SOURCE.validate_python(
        {
            "name": "video",
            "title": "x",
            "channel": "youtube",
            "key": "youtube-key",
            "channels": ["UC" + "a" * 22],
            "delay_seconds": 0.1,
            "allow_private_network": private,
        }
    )
    assert f"cách nhau ít nhất {says}" in terms_html(videos, settings())


def test_a_documented_interface_says_why_robots_txt_has_no_say() -> None:
    exempt = [channel for channel, terms in TERMS.items() if terms.robots_exempt]
    assert exempt, "the documented interfaces"
    channel = SOURCE.validate_python(
        {
            "name": "kenh",
            "title": "x",
            "channel": "youtube",
            "channels": ["UC0123456789012345678901"],
            "key": "youtube-key",
        }
    )
    assert "dùng bằng khóa theo điều khoản" in terms_html(channel, settings())
