"""What `langnghe doctor` finds where something cannot be opened."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.settings import shipped_configs
from langnghe.scheduler.health import Finding, Level, examine
from tests import postgres
from tests.crawler import serving

SOURCE = {
    "name": "bao",
    "title": "Báo tỉnh",
    "channel": "feed",
    "feeds": ["https://bao.example/rss"],
}


def make_home(root: Path, **crawl_settings: Any) -> Home:
    """A home in which nothing is wrong, with one source."""
    home = serving.make_home(root, [SOURCE], **crawl_settings)
    for path in shipped_configs().glob("*.yaml"):
        if not (home.configs / path.name).exists():
            shutil.copy(path, home.configs)
    return home


def bad(home: Home) -> list[Finding]:
    return [one for one in examine(home, SystemClock()) if one.level is Level.BAD]


def test_a_shared_database_that_is_down_is_told_as_such_and_hides_nothing(tmp_path: Path) -> None:
    down = f"postgresql://langnghe@/langnghe?host={tmp_path}"
    home = make_home(tmp_path / "home", frontier=down)
    findings = examine(home, SystemClock())
    [frontier] = [one for one in findings if one.level is Level.BAD]
    assert frontier.what == "Không kết nối được PostgreSQL chung của các máy thu thập"
    assert "máy chủ PostgreSQL có đang chạy không" in frontier.cure
    assert "crawl.frontier" in frontier.cure
    assert not any("langnghe restore" in one.cure for one in findings)
    assert any("Cơ sở dữ liệu nguyên vẹn" in one.what for one in findings)
    assert not any("Báo tỉnh" in one.what for one in findings)


def test_an_address_that_is_none_is_told_without_its_password(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", frontier="bi-mat:canary")
    [frontier] = bad(home)
    assert "không đúng dạng" in frontier.cure
    assert "canary" not in frontier.cure


def test_a_shared_database_that_answers_is_told_as_well(tmp_path: Path, postgresql: Path) -> None:
    address = postgres.empty(postgresql, "examined")
    home = make_home(tmp_path / "home", frontier=address)
    findings = examine(home, SystemClock())
    assert [one.what for one in findings if "PostgreSQL" in one.what] == [
        "Kết nối được PostgreSQL chung của các máy thu thập"
    ]
    assert "Nguồn «Báo tỉnh» chưa đọc lần nào" in [one.what for one in findings]


def test_without_a_shared_database_there_is_nothing_to_reach(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    assert not any("PostgreSQL" in one.what for one in examine(home, SystemClock()))


def test_a_database_that_cannot_be_opened_hides_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    home.database.write_bytes(b"no database at all, but long enough to be looked at. " * 40)
    [database] = bad(home)
    assert "Không mở được cơ sở dữ liệu" in database.what
    assert "langnghe restore" in database.cure


def test_settings_that_cannot_be_read_say_nothing_of_the_database(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (home.configs / "settings.yaml").write_text("crawl: [", encoding="utf-8")
    [settings] = bad(Home(home.root))
    assert "settings.yaml" in settings.what
    assert "langnghe restore" not in settings.cure
