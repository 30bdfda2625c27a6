"""Streamlit's own HTML, at the addresses of our pages and in our language."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Final

import streamlit
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from langnghe.casework.accounts import Account
from langnghe.casework.roles import Refused
from langnghe.dashboard.navigation import PAGES, pages_of, require_page
from langnghe.dashboard.web.addresses import DRAFTS_SCRIPT
from langnghe.dashboard.web.forms import Forms

_NOSCRIPT: Final = (
    "<noscript><p>Trang làm việc cần JavaScript. Hãy bật JavaScript trong trình duyệt rồi tải lại "
    "trang.</p></noscript>"
)


def shell() -> str:
    """The page in which Streamlit runs: Vietnamese for screen readers, without its adverts."""
    html = Path(streamlit.__file__).with_name("static").joinpath("index.html").read_text("utf-8")
    html = html.replace('<html lang="en">', '<html lang="vi">')
    html = html.replace("<title>Streamlit</title>", "<title>Lắng Nghe</title>")
    html = re.sub(r"<noscript>.*?</noscript>", _NOSCRIPT, html, flags=re.DOTALL)
    # An inline script for search engines, which the content security policy would stop.
    html = re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL)
    return re.sub(r"<!--.*?-->|<link rel=\"service-desc\"[^>]*>", "", html, flags=re.DOTALL)


def shell_routes(forms: Forms) -> list[Route]:
    """The addresses of all pages; "/" leads to the first that one may see."""
    html = shell()

    async def first(request: Request) -> Response:
        account: Account = request.state.account
        entries = pages_of(account.actor)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{entries[0].url}{query}", 303)

    async def one(request: Request) -> Response:
        account: Account = request.state.account
        try:
            require_page(account.actor, request.url.path.strip("/"))
        except Refused as refused:
            return forms.refusal(str(refused))
        # Drafts that the browser keeps for this account, and no other, stay (`web/reportforms`).
        drafts = f'<script src="{DRAFTS_SCRIPT}" data-account="{escape(account.id)}"></script>'
        return HTMLResponse(html.replace("</body>", f"{drafts}</body>"))

    async def missing(_request: Request) -> Response:
        return forms.refusal("Không có trang này. Có thể địa chỉ bị gõ nhầm.", 404)

    return [
        Route("/", first),
        *(Route(f"/{entry.url}", one) for entry in PAGES),
        # Whatever else looks like a page; Streamlit's own files have a dot or a folder.
        Route("/{name:page}", missing),
    ]


class _PageName(StringConvertor):
    regex = "[^/.]+"


register_url_convertor("page", _PageName())
