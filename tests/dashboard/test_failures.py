"""A page that fails says so in Vietnamese; where it failed stands in a log, without its words."""

from __future__ import annotations

from pathlib import Path

from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.web.failures import LOG_FILE
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores
from tests.dashboard.streamlit_client import run_page, shown, stream
from tests.service import dashboard_of, session_of


def test_the_reader_is_told_and_the_place_is_logged(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    init_home(home)
    with dashboard_of(home) as address:
        token = session_of(home, Role.EDITOR)
        with open_stores(home, SystemClock()) as stores, stores.database.transaction() as damaging:
            damaging.execute("ALTER TABLE facet RENAME TO lost")
        with stream(address, token) as connection:
            text = shown(run_page(connection, "tim-kiem"))
    assert "Trang gặp lỗi" in text
    assert "encountered an error" not in text
    assert "no such table" not in text
    log = (home.logs / LOG_FILE).read_text(encoding="utf-8")
    assert "a page failed [" in log
    assert "Error at " in log
    assert "no such table" not in log
