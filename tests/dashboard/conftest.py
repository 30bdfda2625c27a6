"""One real server for the tests of log-in and roles; each makes the accounts that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.core.models import Channel, Outcome, Post, PostKind, TimePrecision
from langnghe.dashboard.web.cookies import SESSION
from langnghe.scheduler.setup import init_home
from langnghe.store.opening import open_stores
from tests.dashboard.openid_provider import CLIENT, SECRET, Provider, serving
from tests.service import dashboard_of, free_port

SAID = "Cầu treo bản Nà Khoang gãy ván đã hai tháng."
"""The text of the one post there is."""


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    one = Provider(free_port())
    with serving(one):
        yield one


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Home:
    home = Home(tmp_path_factory.mktemp("pages") / "home")
    init_home(home)
    settings = home.configs / "settings.yaml"
    openid = (
        f"  openid: {{title: Tỉnh, issuer: '{provider.issuer}', client_id: {CLIENT},"
        f" client_secret: {SECRET}}}\n"
    )
    text = settings.read_text(encoding="utf-8")
    assert text.count("dashboard:\n") == 1
    settings.write_text(text.replace("dashboard:\n", f"dashboard:\n{openid}"), encoding="utf-8")
    clock = SystemClock()
    post = Post(
        id="a" * 32,
        source="bao",
        channel=Channel.COMMENTS,
        kind=PostKind.REPLY,
        thread_id="b" * 32,
        url="https://xa.example/tin",
        text=SAID,
        published_at=clock.now() - timedelta(minutes=5),
        precision=TimePrecision.MINUTE,
        fetched_at=clock.now(),
    )
    with open_stores(home, clock) as stores:
        assert stores.posts.put([post]) == [Outcome.STORED]
    return home


@pytest.fixture(scope="session")
def address(home: Home) -> Iterator[str]:
    with dashboard_of(home) as address:
        yield address


@pytest.fixture
def browser(address: str) -> Iterator[httpx2.Client]:
    """Keeps cookies and asks for pages, as a browser does; follows no redirect by itself."""
    with httpx2.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60) as client:
        yield client


def logged_in(browser: httpx2.Client, token: str) -> httpx2.Client:
    """The same browser, with the cookie of a session."""
    browser.cookies.set(SESSION, token, domain="127.0.0.1", path="/")
    return browser
