"""Quản trị, người dùng: accounts as an administrator sees and changes them."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

import streamlit as st

from langnghe.casework.accounts import (
    Account,
    AccountState,
    Action,
    Add,
    Disable,
    DropSecondFactor,
    Edit,
    Enable,
    ResetPassword,
    for_audit,
)
from langnghe.casework.accountstore import all_accounts, change
from langnghe.casework.credentials import new_password, random_password
from langnghe.casework.roles import ROLE_NAMES, Actor, Permission, Role, require
from langnghe.core.clock import SystemClock
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.administration_place import back, close, open_one, opened
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, home
from langnghe.store.cases import Cases

_PASSWORD: Final = "password_to_hand_over"  # noqa: S105  the name of a place, no password
_ROLES_HELP: Final = (
    "Cộng tác viên: xét duyệt, gửi phiếu phản ánh. Biên tập viên: thêm soạn thảo, phân công. "
    "Người phê duyệt: duyệt, không duyệt bài mình soạn. Lãnh đạo: chỉ xem số liệu. "
    "Quản trị viên: người dùng, nguồn tin, chủ đề, nhật ký; không đọc bài đăng."
)


def show_users(viewer: Actor) -> None:
    """The list of accounts, or the one that is opened."""
    require(viewer, Permission.MANAGE_USERS)
    _password_to_hand_over()
    accounts = all_accounts(casework())
    account = accounts.get(opened())
    if account is not None:
        _one(account, list(accounts.values()), viewer)
        return
    disabled = sum(one.state is AccountState.DISABLED for one in accounts.values())
    locked = f", {number(disabled)} tài khoản đã khóa" if disabled else ""
    st.markdown(f"**{number(len(accounts))} tài khoản**{locked}.")
    with st.expander("Thêm tài khoản", icon=":material/person_add:"):
        _add_form()
    for one in accounts.values():
        with st.container(border=True):
            st.html(account_html(one))
            st.button(f"Sửa {one.id}", key=f"edit-{one.id}", on_click=open_one, args=(one.id,))


def account_html(account: Account) -> str:
    """The card of an account: nothing of it that helps to log in."""
    facts = [
        ("Vai trò", roles_in_words(account.roles)),
        ("Tình trạng", state_in_words(account)),
        ("Thư điện tử", account.email or "không ghi"),
    ]
    shown = "".join(f"<span>{escape(name)}: <b>{escape(says)}</b></span>" for name, says in facts)
    return (
        f'<div class="ln-account"><h3>{escape(account.name)}</h3>'
        f'<p class="ln-head">{escape(account.id)}</p><div class="ln-facts">{shown}</div></div>'
    )


def roles_in_words(roles: frozenset[Role]) -> str:
    """The roles by their names, in the order of `Role`."""
    return ", ".join(ROLE_NAMES[role] for role in Role if role in roles)


def state_in_words(account: Account) -> str:
    """Whether somebody can log in with it, and how."""
    if account.state is AccountState.DISABLED:
        return "đã khóa"
    if account.password is None:
        return "đăng nhập bằng hệ thống chung"
    if account.must_change:
        return "chờ đổi mật khẩu đầu tiên"
    return "có mã xác thực" if account.totp_secret else "đang dùng, chưa có mã xác thực"


def is_last_administrator(account: Account, accounts: list[Account]) -> bool:
    """Whether nobody else could administer the service."""
    return [
        one.id
        for one in accounts
        if one.state is AccountState.ACTIVE and Role.ADMINISTRATOR in one.roles
    ] == [account.id]


def _password_to_hand_over() -> None:
    """A password that was just given out: shown in this browser tab alone, and kept nowhere."""
    given: tuple[str, str] | None = st.session_state.get(_PASSWORD)
    if given is None:
        return
    account, password = given
    with st.container(border=True):
        st.text(f"Mật khẩu của tài khoản {account}:")
        st.code(password, language=None)
        st.caption("Chỉ hiện lần này. Hãy trao tận tay; người dùng phải đổi khi đăng nhập lần đầu.")
        st.button("Đã trao, ẩn mật khẩu", on_click=_forget_password)


def _forget_password() -> None:
    st.session_state.pop(_PASSWORD, None)


def _add_form() -> None:
    with st.form("add-account", border=False):
        st.text_input(
            "Tên tài khoản",
            key="add-id",
            placeholder="Ví dụ: lan.nguyen",
        )
        st.caption("3 đến 32 ký tự: chữ thường không dấu, chữ số, dấu chấm, gạch; không đổi được.")
        st.text_input("Họ tên", key="add-name", max_chars=100)
        _choose_roles("add-roles", [])
        st.text_input("Thư điện tử công vụ (không bắt buộc)", key="add-email")
        if home().settings.dashboard.openid is not None:
            st.checkbox("Đăng nhập bằng hệ thống chung, không cần mật khẩu", key="add-openid")
        st.form_submit_button("Thêm tài khoản", type="primary", on_click=_add)


def _choose_roles(key: str, chosen: list[Role]) -> None:
    st.multiselect(
        "Vai trò",
        list(Role),
        default=chosen,
        format_func=ROLE_NAMES.__getitem__,
        key=key,
        placeholder="Chọn ít nhất một",
        select_all=False,
    )
    st.caption(_ROLES_HELP)


def _add() -> None:
    typed = st.session_state
    name, person = typed["add-id"].strip(), typed["add-name"]
    shown = None if typed.get("add-openid") else random_password()

    def work() -> None:
        hashed = None if shown is None else new_password(shown, name, person)
        roles = frozenset(typed["add-roles"])
        _change(actor(), Add(name, person, roles, typed["add-email"], hashed))
        if shown is not None:
            typed[_PASSWORD] = (name, shown)
        for key in ("add-id", "add-name", "add-email"):
            typed[key] = ""
        typed["add-roles"] = []

    attempt(work, f"Đã thêm tài khoản {name}.")


def _one(account: Account, accounts: list[Account], viewer: Actor) -> None:
    back()
    st.html(account_html(account))
    seen = for_audit(account)
    # Another name where the account has changed: a box never shows what is no longer so.
    box = f"{account.id}-{hash(repr(seen))}"
    with st.form(f"form-{account.id}"):
        st.subheader("Sửa thông tin", anchor=False)
        st.text_input("Họ tên", account.name, key=f"name-{box}", max_chars=100)
        _choose_roles(f"roles-{box}", [role for role in Role if role in account.roles])
        st.text_input("Thư điện tử công vụ", account.email or "", key=f"email-{box}")
        st.caption("Đổi vai trò sẽ kết thúc các phiên đăng nhập của tài khoản này.")
        st.form_submit_button(
            "Lưu thông tin", type="primary", on_click=_edit, args=(account.id, box, seen)
        )
    with st.container(border=True):
        st.subheader("Đăng nhập", anchor=False)
        own = account.id == viewer.account
        if own:
            st.caption(
                "Đây là tài khoản của bạn: tự đổi mật khẩu và đặt mã xác thực ở trang tài khoản "
                "(bấm vào tên mình ở đầu trang). Muốn bỏ mã xác thực, nhờ quản trị viên khác."
            )
        else:
            _ways_in(account, seen)
        if account.state is AccountState.DISABLED:
            _button("Mở lại tài khoản", Enable(account.id), seen, "Đã mở lại")
        elif is_last_administrator(account, accounts):
            st.caption(
                "Không khóa được: đây là quản trị viên duy nhất còn hoạt động. Hãy giao vai trò "
                "quản trị cho một tài khoản khác trước."
            )
        else:
            _button("Khóa tài khoản", Disable(account.id), seen, "Đã khóa")
            st.caption("Khóa sẽ kết thúc ngay các phiên đăng nhập. Có thể mở lại bất cứ lúc nào.")


def _ways_in(account: Account, seen: Mapping[str, object]) -> None:
    st.button(
        "Cấp mật khẩu mới",
        key=f"reset-{account.id}",
        on_click=_reset,
        args=(account.id, account.name, seen),
    )
    if account.totp_secret is not None:
        drop = DropSecondFactor(account.id)
        _button("Bỏ mã xác thực (mất điện thoại)", drop, seen, "Đã bỏ mã xác thực của")


def _button(label: str, action: Action, seen: Mapping[str, object], done: str) -> None:
    def act() -> None:
        attempt(lambda: _change(actor(), action, seen), f"{done} tài khoản {action.account}.")

    st.button(label, key=f"{type(action).__name__}-{action.account}", on_click=act)


def _edit(account: str, box: str, seen: Mapping[str, object]) -> None:
    typed = st.session_state
    edit = Edit(
        account,
        typed[f"name-{box}"],
        frozenset(typed[f"roles-{box}"]),
        typed[f"email-{box}"],
    )
    kept = attempt(lambda: _change(actor(), edit, seen), f"Đã lưu tài khoản {account}.")
    if kept is not None:
        close()


def _reset(account: str, person: str, seen: Mapping[str, object]) -> None:
    password = random_password()

    def work() -> None:
        _change(actor(), ResetPassword(account, new_password(password, account, person)), seen)
        st.session_state[_PASSWORD] = (account, password)

    attempt(work, f"Đã cấp mật khẩu mới cho {account}.")


def _change(who: Actor, action: Action, seen: Mapping[str, object] | None = None) -> Account:
    """Do it as whoever is logged in now: that may have ended since the page was drawn."""
    with Cases(casework()).transaction(SystemClock().now()) as work:
        return change(work, casework(), action, who, seen=seen)
