"""The guard: nothing but the log-in answers without a session, Streamlit's own parts included."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langnghe.casework.accounts import Account
from langnghe.casework.login import who
from langnghe.core.clock import Clock
from langnghe.dashboard.web.addresses import BEFORE_CHANGE, LOGIN, OPEN, PASSWORD
from langnghe.dashboard.web.cookies import SESSION
from langnghe.dashboard.web.pages import onward
from langnghe.store.transactions import Transactions

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    # Streamlit draws charts with a library that compiles them, and styles elements in place.
    # No script comes from elsewhere, nothing is sent elsewhere, no form leads elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
    ),
}

_ASSETS: Final = "/static/"
"""Streamlit's scripts and fonts: the same for everybody, so browsers may keep them."""


class Guard:
    """ASGI middleware that finds out who asks, and turns away who may not.

    Whoever answers finds the account as `request.state.account`; None: nobody is logged in.
    """

    def __init__(self, app: ASGIApp, database: Transactions, clock: Clock) -> None:
        self._app = app
        self._database = database
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        account = await self._account(connection)
        connection.state.account = account
        may_pass = (
            scope["path"] in OPEN
            if account is None
            else not account.must_change or scope["path"] in BEFORE_CHANGE
        )
        if scope["type"] == "websocket":
            if may_pass:
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008})
            return
        answer = self._app if may_pass else _turned_away(connection, account)
        await answer(scope, receive, _with_headers(scope, send))

    async def _account(self, connection: HTTPConnection) -> Account | None:
        token = connection.cookies.get(SESSION)
        if not token:
            return None
        return await run_in_threadpool(who, self._database, token, self._clock.now())


def _turned_away(connection: HTTPConnection, account: Account | None) -> Response:
    wants_page = connection.scope["method"] == "GET" and "text/html" in connection.headers.get(
        "accept", ""
    )
    if not wants_page:
        return PlainTextResponse("Hãy đăng nhập.", 401)
    if account is not None:
        return RedirectResponse(PASSWORD, 303)
    here = connection.scope["raw_path"].decode("latin-1")
    if query := connection.scope["query_string"]:
        here += f"?{query.decode('latin-1')}"
    if connection.headers.get("sec-fetch-site") == "cross-site":
        # A link on another site: the browser has kept back the cookie. From our own page it
        # sends it, so that who is logged in need not do so again.
        return onward(here)
    return RedirectResponse(f"{LOGIN}?next={quote(here)}", 303)


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if not scope["path"].startswith(_ASSETS):
                # What was shown to somebody is not shown again after they have logged out.
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
