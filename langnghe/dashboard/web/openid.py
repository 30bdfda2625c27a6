"""The institution's own log-in (OpenID Connect), in place of a password kept here.

Streamlit's `st.login` is not used: it needs a running page before anybody has logged in, and it
keeps who one is in a cookie for 30 days, which neither idle time nor a disabled account ends. Here
the provider only vouches once; then there is a session as after a password.
"""

from __future__ import annotations

import logging
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from langnghe.casework.login import log_in_by_openid
from langnghe.casework.roles import Refused
from langnghe.core.clock import Clock
from langnghe.core.settings import OpenIdSettings
from langnghe.dashboard.web import addresses, cookies
from langnghe.dashboard.web.forms import Forms
from langnghe.dashboard.web.pages import onward
from langnghe.store.transactions import Transactions

_LOG = logging.getLogger("langnghe.dashboard")
_AFTER = "langnghe_next"

FAILED = (
    "Chưa đăng nhập được qua hệ thống đăng nhập chung. Hãy thử lại; nếu vẫn không được, hãy báo "
    "quản trị viên."
)


class OpenId:
    """Sends people to the provider, and lets in whom it vouches for."""

    def __init__(
        self, settings: OpenIdSettings, forms: Forms, database: Transactions, clock: Clock
    ) -> None:
        self._forms = forms
        self._database = database
        self._clock = clock
        self._provider: Any = OAuth().register(
            "provider",
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            client_kwargs={"scope": "openid email", "code_challenge_method": "S256"},
        )

    def routes(self) -> list[Route]:
        """There and back."""
        return [
            Route(addresses.OPENID, self.begin, methods=["GET"]),
            Route(addresses.OPENID_DONE, self.done, methods=["GET"], name="openid_done"),
        ]

    async def begin(self, request: Request) -> Response:
        """To the provider."""
        request.session[_AFTER] = cookies.local(request.query_params.get("next", "/"))
        try:
            back = str(request.url_for("openid_done"))
            answer: Response = await self._provider.authorize_redirect(request, back)
        except (AuthlibBaseError, HTTPError, ValueError) as error:
            return await self._failed(request, error)
        return answer

    async def done(self, request: Request) -> Response:
        """Back from the provider; state, nonce, signature, issuer and audience are checked."""
        try:
            token = await self._provider.authorize_access_token(request)
            claims = token.get("userinfo") or {}
            _, session = await run_in_threadpool(
                log_in_by_openid, self._database, claims, self._clock.now()
            )
        except Refused as refused:
            return await self._forms.refuse_login(request, str(refused))
        except (AuthlibBaseError, JoseError, HTTPError, ValueError) as error:
            return await self._failed(request, error)
        # No redirect: the browser would still count it as coming from the provider.
        response = onward(cookies.local(request.session.pop(_AFTER, "/")))
        cookies.put(response, request, cookies.SESSION, session)
        return response

    async def _failed(self, request: Request, error: Exception) -> Response:
        # What the provider said may be about a person: the log gets the kind of error alone.
        _LOG.warning("OpenID Connect: %s", type(error).__name__)
        return await self._forms.refuse_login(request, FAILED)
