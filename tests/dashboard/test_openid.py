"""The institution's own log-in, against a real provider on loopback."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey

from langnghe.casework.roles import Role
from langnghe.core.home import Home
from langnghe.dashboard.web.cookies import SESSION
from tests.dashboard.openid_provider import Provider
from tests.service import new_account


@pytest.fixture
def email(home: Home, provider: Provider) -> Iterator[str]:
    """Of an account; the provider vouches for it."""
    address = f"{secrets.token_hex(4)}@xa.example"
    new_account(home, Role.EDITOR, email=address)
    key = provider.key
    provider.claims = {"email": address.upper(), "email_verified": True}
    yield address
    provider.key = key


def _log_in(browser: httpx2.Client) -> httpx2.Response:
    """There and back, as far as the service's own answer."""
    there = browser.get("/dang-nhap/openid?next=/tim-kiem%3Fq%3Da")
    assert there.status_code == 302
    back = httpx2.get(there.headers["location"]).headers["location"]
    return browser.get(back, headers={"Sec-Fetch-Site": "cross-site"})


def test_whom_the_provider_vouches_for_is_logged_in(browser: httpx2.Client, email: str) -> None:
    assert "Đăng nhập bằng Tỉnh" in browser.get("/dang-nhap").text
    answer = _log_in(browser)
    # A page and no redirect: only from there does the browser send the new cookie.
    assert answer.status_code == 200
    assert 'content="0;url=/tim-kiem?q=a"' in answer.text
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert browser.get("/tim-kiem").status_code == 200
    assert email in browser.get("/tai-khoan").text


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email_verified": False}, "chưa xác nhận thư điện tử"),
        ({"email_verified": "true"}, "chưa xác nhận thư điện tử"),
        ({"email": "khong-co@xa.example"}, "Chưa có tài khoản"),
        ({"email": ["a@xa.example"]}, "chưa xác nhận thư điện tử"),
        ({"nonce": "another"}, "Chưa đăng nhập được"),
        ({"aud": "another"}, "Chưa đăng nhập được"),
        ({"iss": "https://another.example"}, "Chưa đăng nhập được"),
        ({"exp": 1_000_000_000}, "Chưa đăng nhập được"),
    ],
)
def test_whom_it_does_not_vouch_for_is_not(
    browser: httpx2.Client, provider: Provider, email: str, claims: dict[str, Any], said: str
) -> None:
    provider.claims |= claims
    answer = _log_in(browser)
    assert answer.status_code == 403
    assert said in answer.text
    assert SESSION not in browser.cookies


def test_another_key_vouches_for_nobody(
    browser: httpx2.Client, provider: Provider, email: str
) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "1"})
    assert "Chưa đăng nhập được" in _log_in(browser).text
    assert SESSION not in browser.cookies


def test_an_answer_that_nobody_asked_for_is_refused(browser: httpx2.Client, email: str) -> None:
    there = browser.get("/dang-nhap/openid")
    back = httpx2.get(there.headers["location"]).headers["location"]
    with httpx2.Client(base_url=browser.base_url) as another:
        assert another.get(back).status_code == 403
        assert SESSION not in another.cookies
    assert browser.get(back).status_code == 200
    browser.cookies.delete(SESSION)
    assert browser.get(back).status_code == 403
    for query in ("", "?error=access_denied&error_description=%3Cb%3E", "?state=x&code=y"):
        answer = browser.get(f"/dang-nhap/openid/xong{query}")
        assert answer.status_code == 403
        assert "<b>" not in answer.text
