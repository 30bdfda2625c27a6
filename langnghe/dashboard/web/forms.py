"""Logging in and out, one's own password and second factor: plain forms, checked on the server."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final, TypeVar
from urllib.parse import parse_qsl, quote

import pyotp
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from langnghe.casework.accounts import Account, SetSecondFactor
from langnghe.casework.accountstore import all_accounts, change
from langnghe.casework.credentials import new_secret
from langnghe.casework.login import change_own_password, log_in, log_out
from langnghe.casework.roles import ROLE_NAMES, Refused, Role
from langnghe.core.clock import Clock
from langnghe.core.home import Home
from langnghe.dashboard.sampleaccounts import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD
from langnghe.dashboard.web import addresses, cookies
from langnghe.dashboard.web.pages import DRAFTS_SCRIPT, onward, page
from langnghe.store.cases import Cases
from langnghe.store.transactions import Transactions

MOST_BYTES: Final = 10_000
"""Of a form: a page of text, where names and passwords are wanted."""

_SECRET: Final = re.compile(r"[A-Z2-7]{32}")
"""As `new_secret` gives it; it travels in the form until the first code confirms it."""

_Value = TypeVar("_Value")


class Forms:
    """The forms of one home."""

    def __init__(self, home: Home, database: Transactions, clock: Clock) -> None:
        self._home = home
        self._database = database
        self._clock = clock
        self._institution = home.settings.institution
        openid = home.settings.dashboard.openid
        self._openid = None if openid is None else openid.title

    def routes(self) -> list[Route]:
        """All of them."""
        both = ["GET", "POST"]
        return [
            Route(addresses.LOGIN, self.login, methods=both),
            Route(addresses.LOGOUT, self.logout, methods=["POST"]),
            Route(addresses.PASSWORD, self.password, methods=both),
            Route(addresses.SECOND_FACTOR, self.second_factor, methods=both),
            Route(addresses.ACCOUNT, self.account, methods=["GET"]),
        ]

    async def login(self, request: Request) -> Response:
        """Name, password, code; then to the page that was asked for."""
        if request.method == "GET":
            after = cookies.local(request.query_params.get("next", "/"))
            if request.state.account is not None:
                return RedirectResponse(after, 303)
            if request.headers.get("sec-fetch-site") == "cross-site":
                return onward(f"{addresses.LOGIN}?{request.url.query}")
            return await self._login_form(request, after)
        fields = await _fields(request)
        after = cookies.local(fields.get("next", "/"))
        name = fields.get("name", "")
        try:
            _check(request, fields, cookies.FORM)
            account, token = await self._run(
                log_in, name, fields.get("password", ""), fields.get("code", "")
            )
        except Refused as refused:
            return await self._login_form(request, after, name, str(refused))
        response = RedirectResponse(addresses.PASSWORD if account.must_change else after, 303)
        cookies.put(response, request, cookies.SESSION, token)
        return response

    async def refuse_login(self, request: Request, wrong: str) -> Response:
        """The log-in page, saying why the institution's own log-in did not lead on."""
        return await self._login_form(request, "/", wrong=wrong)

    async def logout(self, request: Request) -> Response:
        """End the session."""
        fields = await _fields(request)
        try:
            _check(request, fields, cookies.SESSION)
        except Refused:
            return RedirectResponse(addresses.ACCOUNT, 303)
        await run_in_threadpool(log_out, self._database, request.cookies[cookies.SESSION])
        # A shared computer keeps no draft of whoever used it.
        response = onward(addresses.LOGIN, DRAFTS_SCRIPT)
        response.delete_cookie(cookies.SESSION)
        return response

    async def password(self, request: Request) -> Response:
        """One's own password; a first one must be changed here before anything else."""
        account: Account = request.state.account
        if account.password is None:
            return RedirectResponse(addresses.ACCOUNT, 303)
        wrong = ""
        if request.method == "POST":
            fields = await _fields(request)
            try:
                _check(request, fields, cookies.SESSION)
                if fields.get("new") != fields.get("again"):
                    raise Refused("Hai lần nhập mật khẩu mới không giống nhau. Hãy nhập lại.")  # noqa: TRY301
                token = await run_in_threadpool(
                    change_own_password,
                    self._database,
                    account,
                    fields.get("old", ""),
                    fields.get("new", ""),
                    self._clock.now(),
                )
            except Refused as refused:
                wrong = str(refused)
            else:
                after = "/" if account.must_change else f"{addresses.ACCOUNT}?xong=mat-khau"
                response = RedirectResponse(after, 303)
                cookies.put(response, request, cookies.SESSION, token)
                return response
        return self._form(
            request,
            "password.html",
            wrong,
            account=account.id,
            must_change=account.must_change,
            back=addresses.ACCOUNT,
        )

    async def second_factor(self, request: Request) -> Response:
        """A new secret, and the code that shows that the telephone has it."""
        account: Account = request.state.account
        if account.password is None or account.totp_secret is not None:
            return RedirectResponse(addresses.ACCOUNT, 303)
        secret, wrong = new_secret(), ""
        if request.method == "POST":
            fields = await _fields(request)
            try:
                _check(request, fields, cookies.SESSION)
                sent = fields.get("secret", "")
                if _SECRET.fullmatch(sent):
                    secret = sent
                await run_in_threadpool(
                    self._set_second_factor, account, secret, fields.get("code", "")
                )
            except Refused as refused:
                wrong = str(refused)
            else:
                return RedirectResponse(f"{addresses.ACCOUNT}?xong=ma-xac-thuc", 303)
        return self._form(
            request,
            "second_factor.html",
            wrong,
            secret=secret,
            secret_in_groups=" ".join(re.findall("....", secret)),
            link=pyotp.TOTP(secret).provisioning_uri(name=account.id, issuer_name="Lắng Nghe"),
            back=addresses.ACCOUNT,
        )

    async def account(self, request: Request) -> Response:
        """What is known of one's own account, and what can be changed."""
        account: Account = request.state.account
        return self._form(
            request,
            "account.html",
            "",
            done=_DONE.get(request.query_params.get("xong", "")),
            name=account.name,
            account=account.id,
            roles=", ".join(ROLE_NAMES[role] for role in Role if role in account.roles),
            email=account.email,
            has_password=account.password is not None,
            second_factor=account.totp_secret is not None,
            password_address=addresses.PASSWORD,
            second_factor_address=addresses.SECOND_FACTOR,
            logout_address=addresses.LOGOUT,
        )

    def refusal(self, wrong: str, status: int = 403) -> Response:
        """A page that says why another is not to be seen."""
        return page("refused.html", status, institution=self._institution, wrong=wrong)

    def _set_second_factor(self, account: Account, secret: str, code: str) -> None:
        with Cases(self._database).transaction(self._clock.now()) as work:
            action = SetSecondFactor(account.id, secret, code)
            change(work, self._database, action, account.actor)

    async def _run(self, function: Callable[..., _Value], *arguments: object) -> _Value:
        return await run_in_threadpool(function, self._database, *arguments, self._clock.now())

    async def _login_form(
        self, request: Request, after: str, name: str = "", wrong: str = ""
    ) -> HTMLResponse:
        secret = request.cookies.get(cookies.FORM) or secrets.token_urlsafe(32)
        sample = self._home.is_sample()
        accounts = await run_in_threadpool(all_accounts, self._database)
        response = page(
            "login.html",
            403 if wrong else 200,
            institution=self._institution,
            wrong=wrong,
            form=cookies.form_token(secret),
            next=after,
            name=name,
            openid=self._openid,
            openid_address=f"{addresses.OPENID}?next={quote(after)}",
            sample_accounts=[(one.id, ROLE_NAMES[one.role]) for one in SAMPLE_ACCOUNTS]
            if sample
            else [],
            sample_password=SAMPLE_PASSWORD,
            nobody_yet=not accounts,
        )
        cookies.put(response, request, cookies.FORM, secret)
        return response

    def _form(self, request: Request, template: str, wrong: str, **values: object) -> HTMLResponse:
        return page(
            template,
            403 if wrong else 200,
            institution=self._institution,
            wrong=wrong,
            form=cookies.form_token(request.cookies[cookies.SESSION]),
            **values,
        )


_DONE: Final = {
    "mat-khau": "Đã đổi mật khẩu. Các phiên làm việc khác của bạn đã kết thúc.",
    "ma-xac-thuc": "Đã bật mã xác thực. Từ lần đăng nhập sau, hãy nhập thêm mã trong ứng dụng.",
}


async def _fields(request: Request) -> Mapping[str, str]:
    """What the form holds; nothing where it is no form, or larger than one of ours can be."""
    length = request.headers.get("content-length", "")
    kind = request.headers.get("content-type", "")
    if not length.isdecimal() or int(length) > MOST_BYTES or not kind.startswith(_FORM):
        return {}
    return dict(
        parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    )


_FORM: Final = "application/x-www-form-urlencoded"


def _check(request: Request, fields: Mapping[str, str], cookie: str) -> None:
    """Let pass what a form of ours sent, from this browser."""
    if not cookies.is_ours(fields.get("form", ""), request.cookies.get(cookie, "")):
        raise Refused("Trang này đã mở quá lâu nên chưa gửi được. Hãy nhập lại.")
