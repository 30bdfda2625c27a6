"""Quản trị: how long texts are kept, and backups."""

from __future__ import annotations

import os
from datetime import timedelta
from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.backups import Backup, Backups
from langnghe.casework.roles import Actor, Permission, require
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.settings import MAX_RETENTION_DAYS
from langnghe.core.vietnamese import day, moment, number
from langnghe.dashboard.components.administration_entries import configuration
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.retentionplan import Plan, plan
from langnghe.dashboard.formats import shown_path
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, home, stores
from langnghe.store.cases import Cases
from langnghe.store.posts.interface import SMALLEST_FIGURE

_VARIABLE: Final = "LANGNGHE_RETENTION_DAYS"


def show_retention(viewer: Actor) -> None:
    """What is deleted when, and how that is set."""
    require(viewer, Permission.MANAGE_STORAGE)
    here = home()
    days = here.settings.retention_days
    now = _plan(days)
    st.markdown(
        f"Nội dung bài đăng được giữ **{number(days)} ngày** kể từ ngày đăng rồi xóa; số đếm ở "
        f"lại. Đang giữ nội dung **{number(now.kept)} bài**."
    )
    shorter = here.shorter_retention(days)
    if shorter:
        titles = {source.name: source.title for source in here.sources}
        listed = ", ".join(f"{titles[name]} ({own} ngày)" for name, own in shorter.items())
        st.text(f"Nguồn có thời hạn ngắn hơn: {listed}.")
    st.html(plan_html(now))
    if _VARIABLE in os.environ:
        st.info(
            f"Thời hạn đang được đặt bằng biến môi trường {_VARIABLE} của dịch vụ nên không đổi "
            "được ở đây. Hãy bỏ biến ấy rồi chạy lại dịch vụ."
        )
        return
    _set_days(days, now)


def plan_html(shown: Plan) -> str:
    """How many posts go in which night."""
    if not shown.kept:
        return "<p>Chưa có bài nào để xóa.</p>"
    if shown.kept < SMALLEST_FIGURE:
        return f"<p>Dưới {SMALLEST_FIGURE} bài nên không chia theo ngày.</p>"
    rows = "".join(
        f'<tr><th scope="row">Đêm rạng sáng {day(night)}</th><td>{number(count)}</td></tr>'
        for night, count in shown.nights.items()
        if count
    )
    if not rows:
        assert shown.first is not None
        return f"<p>Lần xóa đầu tiên: đêm rạng sáng {day(shown.first)}.</p>"
    later = shown.kept - sum(shown.nights.values())
    return (
        '<table class="ln-table"><thead><tr><th scope="col">Xóa vào</th>'
        f'<th scope="col">Số bài</th></tr></thead><tbody>{rows}<tr><th scope="row">Sau đó</th>'
        f"<td>{number(later)}</td></tr></tbody></table>"
    )


def _plan(days: int) -> Plan:
    today = local_day(SystemClock().now())
    return plan(stores().posts, days, home().shorter_retention(days), today)


def _set_days(days: int, now: Plan) -> None:
    with st.container(border=True):
        st.subheader("Đổi thời hạn lưu", anchor=False)
        wanted = st.number_input(
            "Số ngày giữ nội dung",
            min_value=1,
            max_value=MAX_RETENTION_DAYS,
            value=days,
            step=1,
        )
        if wanted == days:
            st.caption(
                f"Nhiều nhất {MAX_RETENTION_DAYS} ngày. Nhập số khác để xem trước sẽ xóa những gì."
            )
            return
        then = _plan(wanted)
        more = then.next_night - now.next_night
        agreed = True
        if more > 0:
            st.warning(
                f"Nếu đặt {number(wanted)} ngày, đêm tới sẽ xóa nội dung {number(then.next_night)} "
                f"bài, nhiều hơn {number(more)} bài so với hiện nay. Không lấy lại được."
            )
            agreed = st.checkbox(f"Tôi hiểu {number(more)} bài nữa sẽ bị xóa")
        else:
            st.caption(
                f"Nếu đặt {number(wanted)} ngày, đêm tới sẽ xóa nội dung "
                f"{number(then.next_night)} bài."
            )
        st.button(
            f"Đặt thời hạn {number(wanted)} ngày",
            type="primary",
            disabled=not agreed,
            on_click=_keep,
            args=(wanted, days),
        )


def _keep(wanted: int, seen: int) -> None:
    attempt(
        lambda: configuration().keep_texts(wanted, actor(), seen=seen),
        f"Đã đặt thời hạn lưu {number(wanted)} ngày.",
    )


def show_backups(viewer: Actor) -> None:
    """The backups there are, and one more."""
    here, backups = home(), _backups()
    found = backups.all(viewer)
    st.markdown(f"**{number(len(found))} bản sao lưu** trên máy chủ.")
    if here.settings.casework.database is not None and not here.is_sample():
        st.warning(
            "Hồ sơ, tài khoản và nhật ký nằm ở PostgreSQL nên không có trong bản sao lưu này. Hãy "
            "sao lưu PostgreSQL riêng bằng `pg_dump`."
        )
    if st.button("Sao lưu ngay", type="primary", icon=":material/save:"):
        with st.spinner("Đang sao lưu… Có thể mất vài phút; mọi người vẫn làm việc được."):
            attempt(lambda: backups.make(actor()), "Đã sao lưu.")
        st.rerun()
    if not found:
        st.info("Chưa có bản sao lưu nào ở đây. Hãy bấm Sao lưu ngay để tạo bản đầu tiên.")
    for one in found:
        with st.container(border=True):
            st.html(backup_html(one, backups.kept_for))
            st.button(
                f"Xóa bản {moment(one.made_at)}",
                key=f"delete-{one.name}",
                on_click=_delete,
                args=(one.name,),
            )
    st.subheader("Chép đi nơi khác và khôi phục", anchor=False)
    folder = shown_path(here.backups)
    st.markdown(
        "Bản sao lưu chứa nội dung bài đăng nên không tải được qua trang này. Người phụ trách máy "
        "chủ chép tệp từ thư mục dưới đây sang nơi cất giữ an toàn, và cũng phải xóa đúng hạn."
    )
    st.code(folder, language=None, wrap_lines=True)
    st.markdown("Khôi phục bằng lệnh trên máy chủ, sau khi dừng dịch vụ:")
    name = found[0].name if found else "langnghe-….zip"
    root = shown_path(here.root)
    st.code(
        f"langnghe --home {root} restore {folder}/{name} --force", language=None, wrap_lines=True
    )


def backup_html(one: Backup, kept_for: timedelta) -> str:
    """What a backup is, and when it goes."""
    until = local_day(one.made_at + kept_for)
    megabytes = f"{one.bytes / 1e6:.1f}".replace(".", ",")
    return (
        f'<div class="ln-account"><h3>{moment(one.made_at)}</h3><div class="ln-facts">'
        f"<span>{escape(one.name)}</span><span>Dung lượng: <b>{megabytes} MB</b></span>"
        f"<span>Tự xóa: <b>{day(until)}</b></span></div></div>"
    )


def _backups() -> Backups:
    return Backups(home(), Cases(casework()), SystemClock())


def _delete(name: str) -> None:
    attempt(lambda: _backups().delete(name, actor()), f"Đã xóa bản sao lưu {name}.")
