"""Quản trị, nhật ký: who did what, by person, kind, case and day; checked, and taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

import streamlit as st

from langnghe.casework.accountstore import all_accounts
from langnghe.casework.audit import entries, findings
from langnghe.casework.roles import Actor, Permission, require
from langnghe.core.clock import LOCAL_ZONE, SystemClock, local_day
from langnghe.core.vietnamese import number
from langnghe.dashboard.components import auditwords
from langnghe.dashboard.components.auditlist import entry_html, to_csv
from langnghe.dashboard.shared import casework
from langnghe.store.auditlog import AuditEntry, AuditLog, Entries

PAGE: Final = 30
AT_A_TIME: Final = 1000


def show_audit(viewer: Actor) -> None:
    """The log, as the filters narrow it."""
    require(viewer, Permission.READ_AUDIT)
    log = AuditLog(casework())
    _verify(log)
    where = _filters()
    total = log.count(where)
    st.markdown(f"**{number(total)} mục nhật ký**")
    if not total:
        st.info("Không có mục nào khớp. Hãy bỏ bớt bộ lọc hoặc chọn khoảng ngày dài hơn.")
        return
    st.download_button(
        f"Tải {number(total)} mục thành tệp CSV",
        data=lambda: to_csv(_all(log, viewer.account, where)),
        file_name=f"nhat-ky-{local_day(SystemClock().now()):%Y-%m-%d}.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    pages = -(-total // PAGE)
    page = _page(pages)
    for entry in entries(log, viewer, where, PAGE, page * PAGE):
        st.html(entry_html(entry))
    _pager(page, pages)


def _verify(log: AuditLog) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.button("Kiểm tra nhật ký", icon=":material/verified_user:")
        st.caption("Nhật ký nối thành chuỗi: sửa, chèn hay xóa một mục đều bị phát hiện.")
    if not wanted:
        return
    with st.spinner("Đang kiểm tra từng mục…"):
        chain = log.verify()
    found = findings(chain)
    for finding in found:
        st.error(finding)
    if not found:
        st.success(
            f"Nhật ký nguyên vẹn: {number(chain.entries)} mục nối liền nhau, mọi hồ sơ đúng như "
            "lần ghi cuối. Hãy ghi mã cuối dưới đây ở nơi khác; lần sau mã ấy vẫn phải có trong "
            "nhật ký, nếu không thì phần cuối đã bị cắt."
        )
        st.code(chain.head, language=None, wrap_lines=True)


def _filters() -> Entries:
    first, second, third = (st.columns(2) for _ in range(3))  # so that a phone has them in order
    with first[0]:
        who = _choose("Ai", "ai", [*all_accounts(casework()), *auditwords.ACTORS], auditwords.actor)
    with first[1]:
        what = _choose("Việc", "viec", auditwords.ACTIONS, auditwords.action)
    with second[0]:
        kind = _choose("Loại", "loai", auditwords.KINDS, auditwords.KINDS.__getitem__)
    with second[1]:
        case_id = st.text_input(
            "Mã hồ sơ",
            key="hoso",
            bind="query-params",
            placeholder="Ví dụ: PA.20261121.0001",
            on_change=_from_the_first,
        )
    with third[0]:
        since = _day("Từ ngày", "tu")
    with third[1]:
        until = _day("Đến hết ngày", "den")
    return Entries(
        kind,
        case_id.strip() or None,
        who,
        _midnight(since) if since else None,
        _midnight(until + timedelta(days=1)) if until else None,
        what=what,
    )


def _choose(label: str, key: str, codes: Iterable[str], words: Callable[[str], str]) -> str | None:
    return st.selectbox(
        label,
        list(codes),
        index=None,
        format_func=words,
        key=key,
        bind="query-params",
        placeholder="Tất cả",
        on_change=_from_the_first,
    )


def _day(label: str, key: str) -> date | None:
    return st.date_input(
        label,
        value=None,
        max_value=local_day(SystemClock().now()),
        format="DD/MM/YYYY",
        key=key,
        bind="query-params",
        on_change=_from_the_first,
    )


def _from_the_first() -> None:
    st.query_params.pop("trang", None)


def _page(pages: int) -> int:
    """The page that is open, from 0; where the filters have changed, the last there is."""
    asked = st.query_params.get("trang", "1")
    number_of = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 1
    return min(max(number_of, 1), pages) - 1


def _pager(page: int, pages: int) -> None:
    if pages == 1:
        return
    left, middle, right = st.columns(3, vertical_alignment="center")
    left.button("← Mới hơn", disabled=page == 0, width="stretch", on_click=_turn, args=(page,))
    middle.markdown(f"Trang {number(page + 1)} / {number(pages)}")
    right.button(
        "Cũ hơn →", disabled=page + 1 == pages, width="stretch", on_click=_turn, args=(page + 2,)
    )


def _turn(page: int) -> None:
    st.query_params["trang"] = str(page)


def _midnight(day: date) -> datetime:
    """The beginning of a day in Viet Nam."""
    return datetime.combine(day, time(), LOCAL_ZONE)


def _all(log: AuditLog, account: str, where: Entries) -> Iterator[AuditEntry]:
    """All entries that fit, for the account as it is when the file is made."""
    now = all_accounts(casework())[account].actor
    offset = 0
    while found := entries(log, now, where, AT_A_TIME, offset):
        yield from found
        offset += AT_A_TIME
