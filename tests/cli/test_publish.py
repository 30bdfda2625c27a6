"""`langnghe publish`: from a home to a folder that a web server can show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from langnghe.casework import keeping
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import CLAIM
from langnghe.casework.versions import AttachVersion, Language
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.desk import open_desk
from langnghe.scheduler.setup import init_home
from langnghe.store.files import CaseFiles
from langnghe.store.opening import open_casework
from tests.casework.world import TEXT
from tests.publishing.world import AUDIO, answered, corrected, translated, withdraw
from tests.service import langnghe


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    init_home(home)
    return home


def fill(home: Home) -> tuple[str, str]:
    """Id of a claim with a correction that can be heard, and the name of its recording's file."""
    with open_casework(home) as casebase:
        desk: Desk = open_desk(home, casebase, SystemClock())
        claim = corrected(desk)
        digest = CaseFiles(home.files).put(claim.state.id, AUDIO)
        translated(desk, claim, AttachVersion(Language.VIETNAMESE, "", "", digest, "doc.mp3"))
        answered(desk)
    return claim.state.id, f"am-thanh/{digest[:32]}.mp3"


def publish(home: Home, *options: str) -> dict[str, object]:
    done = langnghe(home.root, "--json", "publish", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert isinstance(report, dict)
    return report


def test_what_is_approved_is_written_and_what_is_taken_back_goes(home: Home) -> None:
    claim, recording = fill(home)
    report = publish(home)
    public = home.root / "public"
    assert report["folder"] == str(public)
    assert (report["corrections"], report["answers"], report["withdrawn"]) == (1, 1, 0)
    assert report["heavy"] == []
    page = public / "dinh-chinh" / f"{claim}.html"
    assert TEXT.truth in page.read_text("utf-8")
    assert "Ủy ban nhân dân xã Bình Lư" in page.read_text("utf-8")
    assert (public / recording).read_bytes() == AUDIO
    again = publish(home)
    assert (again["added"], again["changed"], again["removed"]) == ([], [], [])
    with open_casework(home) as casebase:
        desk = open_desk(home, casebase, SystemClock())
        withdraw(desk, keeping.read(desk.cases, CLAIM, claim), "Nhầm tên tuyến đường.")
    report = publish(home)
    assert report["withdrawn"] == 1
    assert "Nhầm tên tuyến đường." in page.read_text("utf-8")
    assert TEXT.truth not in page.read_text("utf-8")
    assert not (public / recording).exists()


def test_it_says_where_to_look_and_what_is_still_to_be_set(home: Home, tmp_path: Path) -> None:
    done = langnghe(home.root, "publish", "--out", str(tmp_path / "www" / "trang"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "www" / "trang" / "index.html").as_uri() in done.stdout
    assert "0 thông tin đính chính, 0 trả lời" in done.stdout
    assert "vẫn là địa chỉ mẫu" in done.stderr


def test_without_a_folder_it_says_what_to_do(home: Home) -> None:
    settings = home.configs / "publishing.yaml"
    settings.write_text(settings.read_text("utf-8").replace("folder: public", 'folder: ""'))
    done = langnghe(home.root, "publish")
    assert done.returncode == 1
    assert "--out" in done.stderr


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("base_url", "https://binhlu.vn/lang-nghe", "kết thúc bằng dấu /"),
        ("base_url", "lang-nghe.binhlu.vn/", "http"),
        ("title", '""', "title"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(
    home: Home, key: str, value: str, told: str
) -> None:
    settings = home.configs / "publishing.yaml"
    lines = [
        f"{key}: {value}" if line.startswith(f"{key}:") else line
        for line in settings.read_text("utf-8").splitlines()
    ]
    settings.write_text("\n".join(lines), "utf-8")
    done = langnghe(home.root, "publish")
    assert done.returncode == 2
    assert "publishing.yaml:" in done.stderr.replace("\n", "")
    assert told in done.stderr.replace("\n", " ")


def test_a_home_from_before_there_was_a_public_page(home: Home) -> None:
    (home.configs / "publishing.yaml").unlink()
    assert publish(home)["corrections"] == 0


def test_a_lost_recording_holds_up_nothing_else(home: Home) -> None:
    claim, recording = fill(home)
    for path in (home.files / claim).iterdir():
        path.unlink()
    report = publish(home)
    assert report["lost"] == [claim]
    page = home.root / "public" / "dinh-chinh" / f"{claim}.html"
    assert TEXT.truth in page.read_text("utf-8")
    assert "<audio" not in page.read_text("utf-8")
    assert not (home.root / "public" / recording).exists()
