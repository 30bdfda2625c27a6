"""On the page of a claim or petition: the notices of mistakes about it, and the way to one."""

from __future__ import annotations

from html import escape

import streamlit as st

from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import NOTICE
from langnghe.casework.notices import OPEN
from langnghe.casework.petitionrecords import Petition
from langnghe.casework.roles import Actor, Permission
from langnghe.dashboard.components.noticeplace import new_address, notice_address
from langnghe.dashboard.components.noticetexts import banner_html
from langnghe.dashboard.shared import desk
from langnghe.store.cases import Order, Where


def show_notices_of(case: Claim | Petition, viewer: Actor) -> None:
    """What waits about the case, for those who work on it; who drafts may write one down."""
    if not (viewer.may(Permission.DRAFT) or viewer.may(Permission.APPROVE)):
        return
    where = Where(states=OPEN, owner=case.id)
    if found := desk().find(NOTICE, viewer, where, Order.DUE):
        st.html(banner_html((notice_address(kept.state.id), kept.state) for kept in found))
    if case.current is not None and viewer.may(Permission.DRAFT):
        address = escape(new_address(case.id), quote=True)
        st.html(f'<p><a class="ln-link" href="{address}">Ghi một báo sai sót về bản này</a></p>')
