"""Nothing answers without a session, and each role is sent only what it may see."""

from __future__ import annotations

import httpx2
import pytest
from websockets.exceptions import InvalidStatus

from langnghe.casework.login import log_in, log_out
from langnghe.casework.roles import Actor, Permission, Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.navigation import PAGES, pages_of
from langnghe.store.opening import open_casework
from tests.dashboard.conftest import SAID, logged_in
from tests.dashboard.streamlit_client import offered, run_page, shown, stream
from tests.service import PASSWORD, new_account, session_of

EVERYTHING = [
    *("/", "/tim-kiem", "/nguon-tin", "/tai-khoan", "/doi-mat-khau", "/khong-co"),
    *("/static/js/index.js", "/static/../index.html", "/favicon.png", "/manifest.json"),
    *("/_stcore/health", "/_stcore/host-config", "/_stcore/metrics", "/_stcore/agent/openapi.json"),
    *("/_stcore/agent/interact", "/_stcore/upload_file/a/b", "/media/a.png", "/component/a/b"),
    *("/auth/login", "/oauth2callback", "/dang-nhap/", "/dang-nhap/khac", "/DANG-NHAP", "//x"),
]


@pytest.mark.parametrize("path", EVERYTHING)
def test_without_a_session_nothing_answers(browser: httpx2.Client, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/dang-nhap?next=")
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        refused = browser.request(method, path, headers={"Accept": "*/*"})
        assert refused.status_code == 401
        assert refused.text == "Hãy đăng nhập."


@pytest.mark.parametrize("token", ["", "x", "ế", "a" * 5_000])
def test_without_a_session_no_page_runs(address: str, token: str) -> None:
    with pytest.raises(InvalidStatus) as refused, stream(address, token.encode().decode("latin-1")):
        pass
    assert refused.value.response.status_code == 403


def test_a_session_opens_no_page_of_another_site(address: str, home: Home) -> None:
    token = session_of(home, Role.EDITOR)
    with pytest.raises(InvalidStatus), stream(address, token, origin="https://xau.example"):
        pass


def test_before_a_first_password_is_changed_no_page_runs(address: str, home: Home) -> None:
    name = new_account(home, Role.EDITOR, must_change=True)
    with open_casework(home) as database:
        _, token = log_in(database, name, PASSWORD, "", SystemClock().now())
    with pytest.raises(InvalidStatus), stream(address, token):
        pass


@pytest.mark.parametrize("role", Role)
def test_each_role_is_offered_and_sent_only_its_pages(
    browser: httpx2.Client, address: str, home: Home, role: Role
) -> None:
    token = session_of(home, role)
    logged_in(browser, token)
    mine = [entry.url for entry in pages_of(Actor("a", frozenset({role})))]
    assert mine
    assert browser.get("/?q=a").headers["location"] == f"/{mine[0]}?q=a"
    reads = Actor("a", frozenset({role})).may(Permission.READ_POSTS)
    for entry in PAGES:
        page = browser.get(f"/{entry.url}")
        if entry.url in mine:
            assert page.status_code == 200
            assert '<html lang="vi">' in page.text
            assert "<title>Lắng Nghe</title>" in page.text
            assert "agent" not in page.text
        else:
            assert page.status_code == 403
            assert "không có quyền" in page.text
        with stream(address, token) as connection:
            sent = run_page(connection, entry.url)
        assert offered(sent) == mine
        text = shown(sent)
        assert (SAID in text) == (reads and entry.url == "tim-kiem")
        assert "Ủy ban nhân dân xã Bình Lư" in text
        assert "Người &lt;b&gt;thử&lt;/b&gt;" in text
        # Whatever the browser asks for, the server's own text is all that it gets.
        assert "Traceback" not in text


def test_a_page_that_is_open_ends_with_its_session(address: str, home: Home) -> None:
    token = session_of(home, Role.EDITOR)
    with stream(address, token) as connection:
        assert SAID in shown(run_page(connection, "tim-kiem"))
        with open_casework(home) as database:
            log_out(database, token)
        after = shown(run_page(connection, "tim-kiem"))
    assert "Phiên làm việc đã kết thúc" in after
    assert "/dang-nhap?next=" in after
    assert SAID not in after


def test_a_link_on_another_site_finds_who_is_logged_in(browser: httpx2.Client, home: Home) -> None:
    # The browser keeps back the cookie; the page that comes instead asks again, from here.
    answer = browser.get("/tim-kiem?q=%22a%22&ky=7", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0;url=/tim-kiem?q=%22a%22&amp;ky=7"' in answer.text
    assert (
        browser.get("/tim-kiem", headers={"Sec-Fetch-Site": "same-origin"})
        .headers["location"]
        .startswith("/dang-nhap")
    )


def test_what_is_no_page_says_so(browser: httpx2.Client, home: Home) -> None:
    logged_in(browser, session_of(home, Role.EDITOR))
    for path in ("/khong-co", "/dang-xuat", "/search", "/oauth2callback"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Không có trang này" in answer.text


def test_what_was_shown_is_not_kept_by_the_browser(browser: httpx2.Client, home: Home) -> None:
    logged_in(browser, session_of(home, Role.EDITOR))
    page = browser.get("/tim-kiem")
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
