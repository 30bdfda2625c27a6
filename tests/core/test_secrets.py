from __future__ import annotations

import logging
import os
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.secrets import SecretError, Secrets, variable_of
from langnghe.store.backup import backup
from langnghe.store.opening import open_stores
from tests.crawler.serving import make_home

VALUE = "AIzaSyD-canary_key.Value~0042"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_comes_back_and_only_its_owner_can_read_it(home: Home) -> None:
    before = os.umask(0)
    try:
        path = Secrets(home, {}).put("youtube-key", f"  {VALUE}\n")
    finally:
        os.umask(before)
    assert (mode(path), mode(home.secrets)) == (0o600, 0o700)
    found = Secrets(home, {}).get("youtube-key")
    assert found is not None
    assert found.get_secret_value() == VALUE
    assert [one.name for one in home.secrets.iterdir()] == ["youtube-key"]


def test_a_new_value_replaces_the_old_one(home: Home) -> None:
    secrets = Secrets(home, {})
    secrets.put("youtube-key", "mot")
    secrets.put("youtube-key", "hai")
    assert secrets.kept() == ["youtube-key"]
    found = secrets.get("youtube-key")
    assert found is not None
    assert found.get_secret_value() == "hai"


def test_the_environment_comes_first(home: Home) -> None:
    Secrets(home, {}).put("youtube-key", "tu-tep")
    secrets = Secrets(home, {"LANGNGHE_SECRET_YOUTUBE_KEY": VALUE})
    found = secrets.get("youtube-key")
    assert found is not None
    assert found.get_secret_value() == VALUE
    assert secrets.in_environment("youtube-key")
    assert not secrets.in_environment("other")


def test_one_that_is_not_there_is_none_and_removing_it_says_so(home: Home) -> None:
    secrets = Secrets(home, {})
    assert secrets.get("youtube-key") is None
    assert secrets.kept() == []
    assert not secrets.remove("youtube-key")
    secrets.put("youtube-key", VALUE)
    assert secrets.remove("youtube-key")
    assert secrets.get("youtube-key") is None


@pytest.mark.parametrize("loose", [0o640, 0o604, 0o644, 0o620, 0o602])
def test_a_file_that_others_can_reach_is_refused(home: Home, loose: int) -> None:
    path = Secrets(home, {}).put("youtube-key", VALUE)
    path.chmod(loose)
    with pytest.raises(SecretError, match="chmod 600") as raised:
        Secrets(home, {}).get("youtube-key")
    assert VALUE not in str(raised.value)


@given(st.text(max_size=40))
@example("../id.key")
@example("a/b")
@example("-a")
@example("a\n")
@example("")
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    home = Home(Path("/nonexistent/home"))
    try:
        variable = variable_of(name)
    except SecretError:
        with pytest.raises(SecretError):
            Secrets(home, {}).get(name)
        return
    assert variable.isascii()
    assert (home.secrets / name).parent == home.secrets


@given(st.text(max_size=80))
@example("a\r\nX-Evil: 1")
@example("a b")
@example("khóa")
@example("")
def test_whatever_is_taken_for_a_key_may_stand_in_a_header(value: str) -> None:
    secrets = Secrets(Home(Path("/nonexistent")), {"LANGNGHE_SECRET_A": value})
    if all("!" <= letter <= "~" for letter in value.strip()) and value.strip():
        found = secrets.get("a")
        assert found is not None
        assert found.get_secret_value() == value.strip()
    else:
        with pytest.raises(SecretError):
            secrets.get("a")


@given(st.text("!$%&ABCxyz019", min_size=12))
def test_a_value_is_never_shown(value: str) -> None:
    secrets = Secrets(Home(Path("/nonexistent")), {"LANGNGHE_SECRET_A": value})
    assert value not in f"{secrets.get('a')} {secrets.get('a')!r} {secrets!r}"
    broken = Secrets(Home(Path("/nonexistent")), {"LANGNGHE_SECRET_A": f"{value} {value}"})
    with pytest.raises(SecretError) as raised:
        broken.get("a")
    assert value not in str(raised.value)


def test_no_backup_holds_a_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = make_home(tmp_path / "home", [])
    with caplog.at_level(logging.DEBUG), open_stores(home, SystemClock()):
        Secrets(home, {}).put("youtube-key", VALUE)
    backup(home, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as packed:
        assert not [name for name in packed.namelist() if "secret" in name or "youtube" in name]
        assert not [name for name in packed.namelist() if VALUE.encode() in packed.read(name)]
    assert VALUE not in caplog.text
