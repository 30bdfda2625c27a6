"""Keys and trials of single sources, as an administrator types them."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from langnghe.core.home import Home
from langnghe.core.secrets import Secrets
from tests.crawler.channels.youtube_server import KEY, YouTube, youtube_source
from tests.crawler.platforms import story
from tests.crawler.serving import (
    Reply,
    Server,
    make_home,
    news_site,
    rows,
    serving,
    source,
    stored_posts,
)
from tests.service import command, langnghe


@pytest.fixture
def server() -> Iterator[YouTube]:
    youtube = YouTube([story(1), story(2)])
    with serving(youtube):
        yield youtube


@pytest.fixture
def home(tmp_path: Path, server: YouTube) -> Home:
    return make_home(tmp_path / "home", [youtube_source(server)])


def tell(home: Home, name: str, value: str) -> subprocess.CompletedProcess[str]:
    """`langnghe secrets set` with the value on standard input, as a script gives it."""
    return subprocess.run(
        command(home.root, "secrets", "set", name),
        input=value,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def data(home: Home, *arguments: str) -> Any:
    return json.loads(langnghe(home.root, "--json", *arguments).stdout)


def test_a_key_is_kept_listed_and_removed_without_being_shown(home: Home) -> None:
    done = tell(home, "youtube-key", f"{KEY}\n")
    assert done.returncode == 0, done.stderr
    assert "Đã cất khóa youtube-key" in done.stdout
    assert stat.S_IMODE((home.secrets / "youtube-key").stat().st_mode) == 0o600
    listed = data(home, "secrets", "list")["secrets"]
    assert listed == [{"name": "youtube-key", "trouble": None, "sources": ["youtube"]}]
    shown = langnghe(home.root, "secrets", "list")
    assert "Có, trong tệp" in shown.stdout
    assert KEY not in done.stdout + done.stderr + shown.stdout
    assert langnghe(home.root, "secrets", "remove", "youtube-key").returncode == 0
    assert Secrets(home, {}).get("youtube-key") is None
    assert langnghe(home.root, "secrets", "remove", "youtube-key").returncode == 1


def test_at_a_terminal_the_key_is_asked_for_and_not_echoed(home: Home) -> None:
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command(home.root, "secrets", "set", "youtube-key"),
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    )
    screen = b""
    while "Dán khóa".encode() not in screen:
        screen += os.read(leader, 1000)
    deadline = time.monotonic() + 60
    while termios.tcgetattr(follower)[3] & termios.ECHO:
        # What is typed before the echo is off is thrown away.
        assert time.monotonic() < deadline, "the key would be shown"
        time.sleep(0.01)
    os.write(leader, f"{KEY}\n".encode())
    os.close(follower)
    # A terminal whose other end is closed gives an error instead of an end.
    with suppress(OSError):
        while more := os.read(leader, 1000):
            screen += more
    os.close(leader)
    assert process.wait(60) == 0
    assert KEY.encode() not in screen
    found = Secrets(home, {}).get("youtube-key")
    assert found is not None
    assert found.get_secret_value() == KEY


@pytest.mark.parametrize("value", ["", "hai dòng\n", "khóa\n"])
def test_what_is_no_key_is_not_kept(home: Home, value: str) -> None:
    done = tell(home, "youtube-key", value)
    assert done.returncode == 1
    assert "không phải khóa" in done.stderr.replace("\n", " ")
    assert not (home.secrets / "youtube-key").exists()


def test_doctor_says_which_keys_are_missing_and_what_then_does_not_work(home: Home) -> None:
    def findings() -> dict[str, str]:
        return {one["what"]: one["cure"] for one in data(home, "doctor")["findings"]}

    missing = "Chưa có khóa youtube-key. Chưa đọc được nguồn «Kênh của xã»"
    assert "langnghe secrets set youtube-key" in findings()[missing]
    tell(home, "youtube-key", KEY)
    tell(home, "khoa-cu", "abc")
    found = findings()
    assert "Khóa youtube-key dùng được" in found
    assert "langnghe secrets remove khoa-cu" in found["Không nguồn nào dùng khóa khoa-cu"]
    (home.secrets / "youtube-key").chmod(0o644)
    assert any("chmod 600" in what and "Kênh của xã" in what for what in findings())


def test_a_trial_reads_for_real_and_keeps_nothing(home: Home, server: YouTube) -> None:
    tell(home, "youtube-key", KEY)
    tried = data(home, "doctor", "--source", "youtube")
    assert tried["well"]
    assert tried["report"]["outcomes"] == {"stored": 6}
    assert [step["posts"] for step in tried["steps"]] == [0, 6]
    assert tried["units"] == {"youtube-key": 2}
    assert server.units == 2
    assert stored_posts(home) == []
    assert rows(home, "SELECT * FROM page") == rows(home, "SELECT * FROM run") == []
    assert rows(home, "SELECT key, units FROM api_use") == [("youtube-key", 2)]
    assert not list(home.root.glob(".trial*"))
    shown = langnghe(home.root, "doctor", "--source", "youtube")
    assert shown.returncode == 0
    assert "Nguồn này đọc tốt." in shown.stdout
    assert "Khóa youtube-key hôm nay đã dùng 4 đơn vị" in shown.stdout


def test_a_trial_says_what_is_wrong_and_what_to_do(home: Home, server: YouTube) -> None:
    without = langnghe(home.root, "doctor", "--source", "youtube")
    assert without.returncode == 1
    assert "Chưa có khóa youtube-key dùng được" in without.stdout
    assert server.seen == []
    tell(home, "youtube-key", "AIzaSyWrong")
    wrong = langnghe(home.root, "doctor", "--source", "youtube")
    assert wrong.returncode == 1
    assert "không nhận khóa của nguồn (mã 400)" in wrong.stdout
    assert "xin khóa mới" in wrong.stdout


def test_a_trial_respects_a_wish_to_wait(home: Home, server: YouTube) -> None:
    tell(home, "youtube-key", KEY)
    server.faults["commentThreads"] = Reply("", 429, headers={"Retry-After": "7200"})
    assert langnghe(home.root, "crawl").returncode == 1
    asked = len(server.seen)
    done = langnghe(home.root, "doctor", "--source", "youtube")
    assert done.returncode == 1
    assert "Chưa hỏi gì: nền tảng yêu cầu chờ đến" in done.stdout
    assert len(server.seen) == asked


def test_a_trial_works_for_pages_as_well(tmp_path: Path) -> None:
    site: Server = news_site()
    with serving(site):
        home = make_home(tmp_path / "home", [source("bao", site)])
        tried = data(home, "doctor", "--source", "bao")
        assert [step["posts"] for step in tried["steps"]] == [0, 1, 1]
        assert tried["report"]["outcomes"] == {"stored": 2}
        site.routes["/robots.txt"] = Reply("", 503)
        closed = langnghe(home.root, "doctor", "--source", "bao")
        unknown = langnghe(home.root, "doctor", "--source", "khac")
    assert closed.returncode == 1
    assert "Không đọc được tệp robots.txt của trang" in closed.stdout
    assert unknown.returncode == 1
    assert "Không có nguồn tin nào tên khac" in unknown.stderr.replace("\n", " ")
    assert stored_posts(home) == []
