"""Who may log in: accounts and the rules by which they change. Logging in itself: `login`.

Passwords come here as hashes (`credentials`), so that no action holds one in clear, and none is
hashed while a transaction is open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.credentials import PasswordHash, is_right, step_of_code
from langnghe.casework.roles import Actor, Permission, Refused, Role, require


class AccountState(StrEnum):
    """Whether somebody can log in with it. Accounts are never deleted: the audit names them."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of an official or collaborator, never of a citizen."""

    id: str
    """What is typed at log-in: lower-case Latin letters, then digits, `.`, `_`, `-` too."""
    state: AccountState
    name: str
    """As colleagues know the person: shown on pages."""
    roles: frozenset[Role]
    email: str | None
    """Lower-case; no two accounts have the same. By it OpenID Connect finds the account."""
    password: PasswordHash | None = field(repr=False)
    """None: logs in by OpenID Connect alone."""
    must_change: bool = False
    """Somebody else set the password: nothing else can be done before it is changed."""
    totp_secret: str | None = field(default=None, repr=False)
    """Base32; None: no second factor."""
    totp_step: int = 0
    """The last 30-second step whose code was used; 0: none yet."""
    generation: int = 0
    """Grows with each change that ends the sessions there are (`login.Session.generation`)."""

    @property
    def actor(self) -> Actor:
        """Who acts with this account. No role counts while it cannot or must not be used."""
        usable = self.state is AccountState.ACTIVE and not self.must_change
        return Actor(self.id, self.roles if usable else frozenset())


COMMAND_LINE: Final = Actor("lệnh langnghe", frozenset({Role.ADMINISTRATOR}))
"""Whoever may run commands on the machine itself. No account can have its name."""


@dataclass(frozen=True, slots=True)
class Add:
    """A new account. Without a password it logs in by OpenID Connect and needs an e-mail."""

    account: str
    name: str
    roles: frozenset[Role]
    email: str | None = None
    password: PasswordHash | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Edit:
    """Name, roles and e-mail, all three as they shall be."""

    account: str
    name: str
    roles: frozenset[Role]
    email: str | None


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """A new password for somebody else, to be changed at its first use."""

    account: str
    password: PasswordHash = field(repr=False)


@dataclass(frozen=True, slots=True)
class DropSecondFactor:
    """The telephone is lost: the password alone is enough until a new secret is set."""

    account: str


@dataclass(frozen=True, slots=True)
class Disable:
    """Nobody can log in with it any more."""

    account: str


@dataclass(frozen=True, slots=True)
class Enable:
    """It can be used again, with its old password."""

    account: str


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """One's own; made by `password_change`, which has seen the old one."""

    account: str
    seen: PasswordHash = field(repr=False)
    """The hash that the old password was checked against."""
    password: PasswordHash = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetSecondFactor:
    """A second factor for oneself, with a code that shows that the app has the secret."""

    account: str
    secret: str = field(repr=False)
    code: str = field(repr=False)


OwnAction = ChangePassword | SetSecondFactor
Action = Add | Edit | ResetPassword | DropSecondFactor | Disable | Enable | OwnAction


def apply(accounts: Mapping[str, Account], action: Action, actor: Actor, now: datetime) -> Account:
    """The account as it is after the action; the caller keeps it in place of the old one.

    Args:
        accounts: all there are, by id, read in the transaction in which the change is kept.
        action: names the account.
        actor: an administrator, or for an `OwnAction` whoever has the account.
        now: the present moment.

    Raises:
        Refused: the actor may not, or a rule stands against it.
    """
    if not isinstance(action, OwnAction):
        require(actor, Permission.MANAGE_USERS)
    elif actor.account != action.account:
        raise Refused("Mỗi người chỉ tự đổi mật khẩu và mã xác thực của chính mình.")
    if isinstance(action, Add):
        after = _new(accounts, action)
    else:
        before = accounts.get(action.account)
        if before is None:
            raise Refused(f"Không có tài khoản {action.account}. Hãy xem lại danh sách tài khoản.")
        after = _changed(before, action, actor, now)
        if _ends_sessions(before, after):
            after = replace(after, generation=before.generation + 1)
    _check(after, [other for other in accounts.values() if other.id != after.id])
    if _administers(accounts.get(after.id)) and not _administers(after):
        _keep_an_administrator(accounts, after)
    return after


def password_change(account: Account, old: str, new: PasswordHash) -> ChangePassword:
    """The action by which somebody changes their own password. Takes some 50 ms.

    Call it within `attempts.limited`: what it tells of the old password can be used to guess it.

    Raises:
        Refused: the old password is wrong, or the new one is the same.
    """
    if account.password is None or not is_right(account.password, old):
        raise Refused("Mật khẩu đang dùng không đúng. Hãy nhập lại.")
    if is_right(new, old):
        raise Refused("Mật khẩu mới trùng với mật khẩu đang dùng. Hãy đặt mật khẩu khác.")
    return ChangePassword(account.id, account.password, new)


def for_audit(account: Account) -> dict[str, object]:
    """What the audit log may keep of an account: nothing that helps to log in."""
    return {
        "id": account.id,
        "state": account.state.value,
        "name": account.name,
        "roles": sorted(role.value for role in account.roles),
        "email": account.email,
        "password": account.password is not None,
        "must_change": account.must_change,
        "second_factor": account.totp_secret is not None,
        "generation": account.generation,
    }


def _new(accounts: Mapping[str, Account], action: Add) -> Account:
    if not re.fullmatch(r"[a-z][a-z0-9._-]{2,31}", action.account):
        # Begins with a letter: a telephone number would stand in the audit log for good.
        raise Refused(
            f"Tên tài khoản “{action.account}” không dùng được. Hãy đặt 3 đến 32 ký tự: chữ "
            "thường không dấu, chữ số, dấu chấm, gạch dưới hoặc gạch nối; bắt đầu bằng một chữ."
        )
    if action.account in accounts:
        raise Refused(f"Đã có tài khoản {action.account}. Hãy đặt tên khác.")
    return Account(
        action.account,
        AccountState.ACTIVE,
        _tidy(action.name),
        action.roles,
        _folded(action.email),
        action.password,
        must_change=action.password is not None,
    )


def _changed(
    before: Account,
    action: Edit | ResetPassword | DropSecondFactor | Disable | Enable | OwnAction,
    actor: Actor,
    now: datetime,
) -> Account:
    match action:
        case Edit(_, name, roles, email):
            return replace(before, name=_tidy(name), roles=roles, email=_folded(email))
        case ResetPassword(account, password):
            if account == actor.account:
                # Else whoever finds a browser left open would have the account for good.
                raise Refused("Hãy tự đổi mật khẩu của mình bằng mật khẩu đang dùng.")
            return replace(before, password=password, must_change=True)
        case DropSecondFactor(account):
            if account == actor.account:
                raise Refused("Hãy nhờ một quản trị viên khác bỏ mã xác thực của mình.")
            return replace(before, totp_secret=None)
        case Disable():
            return replace(before, state=AccountState.DISABLED)
        case Enable():
            return replace(before, state=AccountState.ACTIVE)
        case _:
            return _own(before, action, now)


def _own(before: Account, action: OwnAction, now: datetime) -> Account:
    if before.state is AccountState.DISABLED:
        raise Refused("Tài khoản này đã bị khóa. Hãy liên hệ quản trị viên.")
    if isinstance(action, ChangePassword):
        if action.seen != before.password:
            raise Refused("Mật khẩu vừa được đổi ở nơi khác. Hãy đăng nhập lại.")
        return replace(before, password=action.password, must_change=False)
    if before.must_change:
        raise Refused("Hãy đổi mật khẩu được cấp trước đã.")
    if before.totp_secret is not None:
        raise Refused("Tài khoản đã có mã xác thực. Muốn đặt lại, hãy nhờ quản trị viên bỏ mã cũ.")
    step = step_of_code(action.secret, action.code, before.totp_step, now)
    if step is None:
        raise Refused("Mã xác thực không đúng. Hãy nhập mã 6 chữ số đang hiện trong ứng dụng.")
    return replace(before, totp_secret=action.secret, totp_step=step)


def _ends_sessions(before: Account, after: Account) -> bool:
    return (
        after.password != before.password
        or after.roles != before.roles
        or (before.totp_secret is not None and after.totp_secret is None)
        or (before.state is AccountState.ACTIVE and after.state is AccountState.DISABLED)
    )


def _check(account: Account, others: list[Account]) -> None:
    """What holds of every account after every change."""
    # Not printable: line breaks, and marks that turn the direction of writing.
    if not 1 <= len(account.name) <= 100 or not account.name.isprintable():
        raise Refused("Hãy ghi họ tên người dùng, nhiều nhất 100 ký tự, trên một dòng.")
    if not account.roles:
        raise Refused("Hãy chọn ít nhất một vai trò.")
    if account.email is None:
        if account.password is None:
            raise Refused("Tài khoản không có mật khẩu phải có thư điện tử để đăng nhập.")
        return
    if len(account.email) > 254 or not re.fullmatch(
        r"[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z0-9-]+", account.email
    ):
        raise Refused(f"Thư điện tử “{account.email}” không đúng dạng. Ví dụ: ten@coquan.gov.vn.")
    if any(other.email == account.email for other in others):
        raise Refused(f"Thư điện tử {account.email} đã thuộc về một tài khoản khác.")


def _administers(account: Account | None) -> bool:
    return (
        account is not None
        and account.state is AccountState.ACTIVE
        and Role.ADMINISTRATOR in account.roles
    )


def _keep_an_administrator(accounts: Mapping[str, Account], after: Account) -> None:
    if not any(_administers(other) for other in accounts.values() if other.id != after.id):
        raise Refused(
            f"{after.id} là quản trị viên duy nhất còn hoạt động. Hãy giao vai trò quản trị cho "
            "một tài khoản khác trước."
        )


def _tidy(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _folded(email: str | None) -> str | None:
    """As compared and kept; an empty field means none."""
    return (email or "").strip().lower() or None
