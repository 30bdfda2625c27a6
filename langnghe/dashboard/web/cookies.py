"""The cookies of this service, and what its forms prove with them.

Both are HttpOnly and SameSite=Strict: no script reads them, and no other site's link or form makes
the browser send them.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION: Final = "langnghe_session"
"""Holds the token that `casework.login` gave."""

FORM: Final = "langnghe_form"
"""Holds a random secret for the log-in form, which has no session yet."""

LONGEST_PATH: Final = 2_000


def form_token(secret: str) -> str:
    """What a form must send back: only a page of ours can know it.

    Args:
        secret: the value of SESSION, or of FORM at log-in.
    """
    return hmac.new(secret.encode(), b"form", sha256).hexdigest()


def is_ours(token: str, secret: str) -> bool:
    """Whether a form that sent `token` was made for the browser with that cookie."""
    return bool(secret) and hmac.compare_digest(token.encode(), form_token(secret).encode())


def put(response: Response, connection: HTTPConnection, name: str, value: str) -> None:
    """Set a cookie that ends with the browser; behind https it never travels in clear."""
    response.set_cookie(
        name, value, httponly=True, samesite="strict", secure=connection.url.scheme == "https"
    )


def local(path: str) -> str:
    """The path, with its query, if it leads to a page of this service; else the first page.

    Browsers take `//host` for another site's address, likewise with backslashes, and pass over
    line breaks and tabs within.
    """
    leads_here = (
        path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and path.isprintable()
        and len(path) <= LONGEST_PATH
    )
    return path if leads_here else "/"
