"""What the log-in page says to whoever does not know how to get in."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from langnghe.casework.login import log_in
from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.sampleaccounts import (
    SAMPLE_ACCOUNTS,
    SAMPLE_PASSWORD,
    add_sample_accounts,
)
from langnghe.dashboard.web.forms import Forms
from langnghe.dashboard.web.guard import Guard
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_casework
from langnghe.store.transactions import Transactions
from tests.service import new_account


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    init_home(home)
    return home


def _login_page(home: Home, database: Transactions) -> str:
    clock = SystemClock()
    app = Starlette(
        routes=[*Forms(home, database, clock).routes()],
        middleware=[Middleware(Guard, database=database, clock=clock)],
    )
    return TestClient(app).get("/dang-nhap").text


def test_a_new_home_names_the_command_for_the_first_administrator(home: Home) -> None:
    with open_casework(home) as database:
        assert "langnghe user add TÊN --role administrator" in _login_page(home, database)
    new_account(home, Role.ADMINISTRATOR)
    with open_casework(home) as database:
        page = _login_page(home, database)
    assert "langnghe user add" not in page
    assert "hãy liên hệ quản trị viên" in page
    assert SAMPLE_PASSWORD not in page
    assert "Đăng nhập bằng" not in page


def test_the_sample_home_names_an_account_for_each_role_which_lets_one_in(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.sample_marker.write_text("mẫu", encoding="utf-8")
    # Nothing made up may get into a real database, even if one is named.
    monkeypatch.setenv("LANGNGHE_CASEWORK__DATABASE", "postgresql://x:y@127.0.0.1:1/that")
    now = SystemClock().now()
    with open_casework(home) as database:
        add_sample_accounts(database, now)
        page = _login_page(home, database)
        assert SAMPLE_PASSWORD in page
        assert {account.role for account in SAMPLE_ACCOUNTS} == set(Role)
        for one in SAMPLE_ACCOUNTS:
            assert f"<code>{one.id}</code>" in page
            account, _ = log_in(database, one.id, SAMPLE_PASSWORD, "", now)
            assert account.actor.roles == {one.role}
