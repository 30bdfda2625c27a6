"""Logging in and out, first passwords and second factors, as a browser without JavaScript does."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from html import unescape

import httpx2
import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langnghe.casework.accounts import COMMAND_LINE, Disable
from langnghe.casework.accountstore import change
from langnghe.casework.login import IDLE
from langnghe.casework.roles import Role
from langnghe.core.clock import SystemClock
from langnghe.core.home import Home
from langnghe.dashboard.web.cookies import SESSION, local
from langnghe.store.accounts import Accounts
from langnghe.store.cases import Cases
from langnghe.store.opening import open_casework
from tests.dashboard.conftest import logged_in
from tests.service import PASSWORD, new_account, session_of

NEW = "suối cạn mùa ngô chín"


def _field(page: httpx2.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, page.text
    return unescape(found[1])


def _send(browser: httpx2.Client, path: str, **fields: str) -> httpx2.Response:
    """Open a form and send it filled in, with what is hidden in it."""
    form = browser.get(path)
    hidden = {
        name: _field(form, name) for name in ("form", "next") if f'name="{name}"' in form.text
    }
    return browser.post(path, data=hidden | fields)


def _where(answer: httpx2.Response) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_logging_in_leads_to_the_page_that_was_asked_for(
    browser: httpx2.Client, home: Home
) -> None:
    name = new_account(home, Role.EDITOR)
    form = _where(browser.get("/tim-kiem?q=s%E1%BA%A1t&ky=7"))
    answer = _send(browser, form, name=name.upper(), password=PASSWORD)
    assert _where(answer) == "/tim-kiem?q=s%E1%BA%A1t&ky=7"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION))
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    assert browser.get("/tim-kiem").status_code == 200
    assert _where(browser.get("/dang-nhap?next=/nguon-tin")) == "/nguon-tin"


def test_behind_https_the_cookie_never_travels_in_clear(browser: httpx2.Client, home: Home) -> None:
    name = new_account(home, Role.EDITOR)
    form = browser.get("/dang-nhap")
    fields = {"form": _field(form, "form"), "name": name, "password": PASSWORD}
    answer = browser.post("/dang-nhap", data=fields, headers={"X-Forwarded-Proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)


def test_a_form_that_another_site_made_is_refused(browser: httpx2.Client, home: Home) -> None:
    name = new_account(home, Role.EDITOR)
    fields = {"name": name, "password": PASSWORD}
    browser.get("/dang-nhap")
    for form in ({}, {"form": ""}, {"form": "0" * 64}, {"form": "ỗ"}):
        answer = browser.post("/dang-nhap", data=fields | form)
        assert answer.status_code == 403
        assert SESSION not in browser.cookies
    # Right for another browser, and without any cookie.
    right = _field(browser.get("/dang-nhap"), "form")
    browser.cookies.clear()
    assert browser.post("/dang-nhap", data=fields | {"form": right}).status_code == 403
    logged_in(browser, session_of(home, Role.EDITOR))
    browser.post("/dang-xuat", data={"form": "0" * 64})
    assert browser.get("/tai-khoan").status_code == 200


@pytest.mark.parametrize("sent", [b"", b"form=" + b"x" * 20_000, b"\xff\xfe&=&%", b"form=a&form=b"])
def test_what_is_no_form_of_ours_is_refused(browser: httpx2.Client, sent: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"):
        answer = browser.post("/dang-nhap", content=sent, headers={"Content-Type": kind})
        assert answer.status_code == 403


def test_a_wrong_password_and_no_such_account_look_the_same(
    browser: httpx2.Client, home: Home
) -> None:
    name = new_account(home, Role.EDITOR)
    answers = [
        _send(browser, "/dang-nhap", name=typed, password="sai mật khẩu rồi")
        for typed in (name, "khong-co-ai")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert "không đúng" in answers[0].text
    assert answers[0].text.replace(name, "khong-co-ai") == answers[1].text
    hostile = _send(browser, "/dang-nhap", name='"><script>alert(1)</script>', password="x")
    assert "<script" not in hostile.text
    assert SESSION not in browser.cookies


def test_guessing_is_stopped(browser: httpx2.Client, home: Home) -> None:
    name = new_account(home, Role.EDITOR)
    for _ in range(5):
        _send(browser, "/dang-nhap", name=name, password="sai")
    answer = _send(browser, "/dang-nhap", name=name, password=PASSWORD)
    assert "quá nhiều lần" in answer.text
    assert SESSION not in browser.cookies


def test_a_first_password_must_be_changed_before_anything_else(
    browser: httpx2.Client, home: Home
) -> None:
    name = new_account(home, Role.EDITOR, must_change=True)
    answer = _send(browser, "/dang-nhap?next=/tim-kiem", name=name, password=PASSWORD)
    assert _where(answer) == "/doi-mat-khau"
    for path in ("/", "/tim-kiem", "/tai-khoan", "/ma-xac-thuc"):
        assert _where(browser.get(path)) == "/doi-mat-khau"
    assert browser.get("/_stcore/health", headers={"Accept": "*/*"}).status_code == 401

    different = _send(browser, "/doi-mat-khau", old=PASSWORD, new=NEW, again="khác")
    assert "không giống nhau" in different.text
    assert "không đúng" in _send(browser, "/doi-mat-khau", old="sai", new=NEW, again=NEW).text
    assert "ngắn" in _send(browser, "/doi-mat-khau", old=PASSWORD, new="abc", again="abc").text
    first = browser.cookies[SESSION]
    assert _where(_send(browser, "/doi-mat-khau", old=PASSWORD, new=NEW, again=NEW)) == "/"
    assert browser.get("/tim-kiem").status_code == 200
    logged_in(browser, first)
    assert _where(browser.get("/tim-kiem")).startswith("/dang-nhap")


def test_a_second_factor_is_set_up_and_then_asked_for(browser: httpx2.Client, home: Home) -> None:
    name = new_account(home, Role.EDITOR)
    _send(browser, "/dang-nhap", name=name, password=PASSWORD)
    form = browser.get("/ma-xac-thuc")
    secret = _field(form, "secret")
    assert " ".join(re.findall("....", secret)) in form.text
    assert "otpauth://totp/L%E1%BA%AFng%20Nghe" in form.text
    hidden = {"form": _field(form, "form")}
    wrong = browser.post("/ma-xac-thuc", data=hidden | {"secret": secret, "code": "000000"})
    assert "không đúng" in wrong.text
    assert _field(wrong, "secret") == secret
    strange = browser.post("/ma-xac-thuc", data=hidden | {"secret": "ngắn", "code": "000000"})
    assert strange.status_code == 403
    # The clocks may differ by a step: the code used up here is not the one asked for below.
    codes = pyotp.TOTP(secret)
    code = codes.at(SystemClock().now() - timedelta(seconds=30))
    done = browser.post("/ma-xac-thuc", data=hidden | {"secret": secret, "code": code})
    assert _where(done) == "/tai-khoan?xong=ma-xac-thuc"
    assert "Đang bật" in browser.get("/tai-khoan").text

    browser.cookies.clear()
    assert _send(browser, "/dang-nhap", name=name, password=PASSWORD).status_code == 403
    code = codes.at(SystemClock().now())
    answer = _send(browser, "/dang-nhap", name=name, password=PASSWORD, code=code)
    assert _where(answer) == "/"


def test_logging_out_ends_the_session_wherever_its_cookie_is(
    browser: httpx2.Client, home: Home
) -> None:
    token = session_of(home, Role.EDITOR)
    form = _field(logged_in(browser, token).get("/tai-khoan"), "form")
    assert 'url=/dang-nhap"' in browser.post("/dang-xuat", data={"form": form}).text
    assert SESSION not in browser.cookies
    assert _where(logged_in(browser, token).get("/tai-khoan")).startswith("/dang-nhap")


@pytest.mark.parametrize("reason", ["idle", "disabled"])
def test_a_session_ends_after_idle_time_and_with_its_account(
    browser: httpx2.Client, home: Home, reason: str
) -> None:
    token = session_of(home, Role.EDITOR)
    assert logged_in(browser, token).get("/tim-kiem").status_code == 200
    now = SystemClock().now()
    with open_casework(home) as database:
        session = Accounts(database).session(sha256(token.encode()).hexdigest())
        assert session is not None
        if reason == "idle":
            Accounts(database).put_session({**session, "seen_at": now - IDLE})
        else:
            with Cases(database).transaction(now) as work:
                change(work, database, Disable(session["account"]), COMMAND_LINE)
    assert _where(browser.get("/tim-kiem")) == "/dang-nhap?next=/tim-kiem"


def test_names_are_shown_as_text(browser: httpx2.Client, home: Home) -> None:
    page = logged_in(browser, session_of(home, Role.EDITOR, Role.APPROVER)).get("/tai-khoan").text
    assert "Người &lt;b&gt;thử&lt;/b&gt;" in page
    assert "Biên tập viên, Người phê duyệt" in page


def test_no_form_is_kept_or_framed(browser: httpx2.Client) -> None:
    headers = browser.get("/dang-nhap").headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "server" not in headers


ELSEWHERE = [
    *("//xau.example", "/\\xau.example", "https://xau.example", "/\t/xau.example", "", "tim-kiem"),
    *("javascript:alert(1)", "/\r\nSet-Cookie: a=b", "\\/xau.example", "/" + "x" * 3_000),
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_nobody_is_sent_to_another_site(browser: httpx2.Client, home: Home, path: str) -> None:
    logged_in(browser, session_of(home, Role.EDITOR))
    assert _where(browser.get("/dang-nhap", params={"next": path})) == "/"


@given(st.text(alphabet="/\\:@.?#ab\t\n\x00 %") | st.text())
def test_only_local_paths_lead_on(path: str) -> None:
    after = local(path)
    assert after in {path, "/"}
    seen_by_browser = re.sub(r"[\t\r\n]", "", after.strip()).replace("\\", "/")
    assert seen_by_browser.startswith("/")
    assert not seen_by_browser.startswith("//")
