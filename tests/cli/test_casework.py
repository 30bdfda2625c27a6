"""Accounts, the audit log and the queue, as an administrator types them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from langnghe.casework.login import log_in
from langnghe.casework.roles import Refused
from langnghe.core.home import Home
from langnghe.store.opening import open_casework
from tests.service import langnghe


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("casework") / "home"
    assert langnghe(root, "init").returncode == 0
    return Home(root)


def told(home: Home, *arguments: str) -> Any:
    done = langnghe(home.root, "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def refused(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = langnghe(home.root, *arguments)
    assert done.returncode == 1, done.stdout
    return done


def test_accounts_from_the_first_administrator_on(home: Home) -> None:
    assert "langnghe user add" in langnghe(home.root, "user", "list").stdout
    add = ("user", "add", "quantri", "--role", "administrator", "--full-name", "Quản trị")
    made = told(home, *add)
    assert (made["roles"], made["must_change"]) == (["administrator"], True)
    assert "Đã có tài khoản" in refused(home, *add).stderr
    told(home, "user", "add", "lan", "--role", "editor", "--full-name", "Lò Thị Lan")
    changed = told(home, "user", "roles", "lan", "--role", "editor", "--role", "approver")
    assert (changed["name"], changed["roles"]) == ("Lò Thị Lan", ["approver", "editor"])
    assert "duy nhất" in refused(home, "user", "disable", "quantri").stderr
    told(home, "user", "disable", "lan")
    told(home, "user", "enable", "lan")
    reset = told(home, "user", "reset", "quantri", "--second-factor")
    now = datetime.now(UTC)
    with open_casework(home) as database:
        with pytest.raises(Refused):
            log_in(database, "quantri", made["first_password"], "", now)
        account, _ = log_in(database, "quantri", reset["first_password"], "", now)
    assert account.must_change
    listed = langnghe(home.root, "user", "list").stdout
    assert "Biên tập viên, Người phê duyệt" in " ".join(listed.split())
    for password in (made["first_password"], reset["first_password"]):
        assert password.encode() not in home.database.read_bytes()


def test_intake_of_nothing_opens_nothing(home: Home) -> None:
    assert told(home, "intake") == {"opened": 0, "changed": 0, "withdrawn": 0}


def test_the_log_is_shown_and_a_forged_entry_is_found(home: Home, tmp_path: Path) -> None:
    told(home, "user", "add", "binh", "--role", "leader", "--full-name", "Bình")
    (entry,) = told(home, "audit", "show", "--kind", "account", "--case", "binh")["entries"]
    assert (entry["who"], entry["what"]) == ("lệnh langnghe", "add")
    whole = told(home, "audit", "verify")
    assert (whole["broken"], len(whole["head"])) == (None, 64)
    with sqlite3.connect(home.database) as connection:
        connection.execute("DROP TRIGGER audit_update")
        connection.execute("UPDATE audit SET who = 'khac' WHERE number = 1")
    connection.close()
    broken = refused(home, "audit", "verify")
    assert "mục số 1" in broken.stdout
