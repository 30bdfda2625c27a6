"""Who looks at the page: asked anew each time it runs, for a session can end meanwhile."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import quote, urlsplit

import streamlit as st

from langnghe.casework.accounts import Account
from langnghe.casework.login import who
from langnghe.casework.roles import ROLE_NAMES, Actor, Role
from langnghe.core.clock import SystemClock
from langnghe.dashboard.shared import casework
from langnghe.dashboard.web.addresses import ACCOUNT, LOGIN, LOGOUT
from langnghe.dashboard.web.cookies import SESSION, form_token

_SEEN: Final = "account_of_this_browser_tab"


def current(*, touch: bool = True) -> Account:
    """The account of whoever looks; where the session has ended, the page says so and ends.

    `touch`: False in what runs by itself (`st.fragment(run_every=…)`), as for `login.who`.
    """
    account = who(casework(), _token(), SystemClock().now(), touch=touch)
    if account is None or account.must_change:
        st.warning(
            "Phiên làm việc đã kết thúc: bạn đã đăng xuất, nghỉ quá 30 phút hoặc tài khoản vừa "
            "thay đổi. Hãy đăng nhập lại."
        )
        here = quote(urlsplit(st.context.url or "/").path)
        st.html(f'<a class="ln-button" href="{LOGIN}?next={here}">Đăng nhập lại</a>')
        st.stop()
    if st.session_state.setdefault(_SEEN, account.id) != account.id:
        # Somebody else has logged in with this browser, whose tab has just connected again:
        # nothing of the first one's work may be left in it.
        st.session_state.clear()
        st.rerun()
    return account


def actor(*, touch: bool = True) -> Actor:
    """Who acts on this page; where the session has ended, the page says so and ends.

    `touch`: as for `current`.
    """
    return current(touch=touch).actor


def frame(institution: str, account: Account) -> None:
    """What stands above each page: whose service it is, who is logged in, and the way out."""
    roles = ", ".join(ROLE_NAMES[role] for role in Role if role in account.roles)
    st.html(
        f'<div class="ln-frame"><span class="ln-institution">{escape(institution)}</span>'
        f'<span class="ln-who"><a href="{ACCOUNT}">{escape(account.name)}</a> · {escape(roles)}'
        f'</span><form method="post" action="{LOGOUT}">'
        f'<input type="hidden" name="form" value="{form_token(_token())}">'
        '<button class="ln-quiet">Đăng xuất</button></form></div>'
    )


def _token() -> str:
    return st.context.cookies.get(SESSION, "")
