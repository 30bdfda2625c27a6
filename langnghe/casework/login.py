"""Logging in and staying logged in: passwords, OpenID Connect, sessions.

Nothing of a browser, device or network address is kept. What takes part in guessing is limited
(`attempts`), and a successful log-in is in the audit log.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from langnghe.casework.accounts import Account, AccountState, password_change
from langnghe.casework.accountstore import all_accounts, change, keep
from langnghe.casework.attempts import limited
from langnghe.casework.audit import record
from langnghe.casework.credentials import is_right, new_password, step_of_code
from langnghe.casework.roles import Refused
from langnghe.store.accounts import Accounts
from langnghe.store.cases import Cases, Work
from langnghe.store.transactions import Transactions

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
"""A working day: nobody stays logged in overnight."""

RENEW: Final = timedelta(minutes=1)
"""How exactly `Session.seen_at` is kept: a write for each click would make writers queue. A
session may therefore end up to a minute early, never late."""

WRONG: Final = (
    "Tên tài khoản, mật khẩu hoặc mã xác thực không đúng. Hãy kiểm tra phím Caps Lock và bộ gõ "
    "tiếng Việt rồi nhập lại; nếu quên mật khẩu, hãy liên hệ quản trị viên."
)
"""One message for all that can be wrong, so that it does not tell whether an account exists."""


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in."""

    token_hash: str
    """SHA-256 of the cookie's token, 64 hex digits. The token itself is not kept."""
    account: str
    generation: int
    """`Account.generation` when it began; it has ended once that is another."""
    started_at: datetime
    seen_at: datetime

    def lasts(self, account: Account, now: datetime) -> bool:
        """Whether it has not ended."""
        return (
            account.state is AccountState.ACTIVE
            and account.generation == self.generation
            and now - self.seen_at < IDLE
            and now - self.started_at < LONGEST
        )


def log_in(
    database: Transactions, typed: str, password: str, code: str, now: datetime
) -> tuple[Account, str]:
    """The account and the token for its cookie. Takes some 50 ms, whatever was typed.

    Args:
        database: not within a transaction: hashing would keep other writers waiting, and what
            is counted has to stay counted.
        typed: the account's name as typed.
        password: as typed.
        code: of the second factor; not looked at where there is none.
        now: the present moment.

    Raises:
        Refused: something is wrong, or too much was wrong before.
    """
    name = typed.strip().lower()
    with limited(database, name, now):
        seen = all_accounts(database).get(name)
        right = is_right(seen.password if seen else None, password)
        with Cases(database).transaction(now) as work:
            # Read again: it may have been disabled, or its code used, while we were hashing.
            account = all_accounts(database).get(name)
            if not right or account is None or seen is None or account.password != seen.password:
                raise Refused(WRONG)
            if account.state is AccountState.DISABLED:
                raise Refused(WRONG)
            if account.totp_secret is not None:
                step = step_of_code(account.totp_secret, code, account.totp_step, now)
                if step is None:
                    raise Refused(WRONG)
                account = replace(account, totp_step=step)
                keep(database, account)
            return account, _open(database, work, account)


def log_in_by_openid(
    database: Transactions, claims: Mapping[str, Any], now: datetime
) -> tuple[Account, str]:
    """As `log_in`, for somebody whom the institution's OpenID Connect provider vouches for.

    Args:
        database: where the account is.
        claims: of the ID token, whose signature has been checked.
        now: the present moment.

    Raises:
        Refused: the e-mail is not verified, or no active account has it.
    """
    email = claims.get("email")
    # An e-mail that nobody verified can be anybody's (OpenID Connect Core §5.7).
    if claims.get("email_verified") is not True or not isinstance(email, str):
        raise Refused(
            "Hệ thống đăng nhập chung chưa xác nhận thư điện tử của bạn. Hãy xác nhận thư điện "
            "tử ở đó rồi đăng nhập lại."
        )
    with Cases(database).transaction(now) as work:
        for account in all_accounts(database).values():
            if account.email == email.lower() and account.state is AccountState.ACTIVE:
                return account, _open(database, work, account)
    raise Refused("Chưa có tài khoản nào đang dùng thư điện tử này. Hãy liên hệ quản trị viên.")


def who(database: Transactions, token: str, now: datetime, *, touch: bool = True) -> Account | None:
    """Whose session it is, as the account is now; None where it has ended or never was.

    Ask with each click: that is what keeps the session going. An account that `must_change` may
    see the page for that and no other; its `actor` has no roles until then.

    Args:
        database: where the sessions are.
        token: that of the cookie.
        now: the present moment.
        touch: whether a person is at work; False where the page renews itself, so that one left
            open does not keep its session going.
    """
    with database.read():
        session = _session(database, token)
        account = None if session is None else all_accounts(database).get(session.account)
    if session is None or account is None or not session.lasts(account, now):
        return None
    if touch and now - session.seen_at >= RENEW:
        with database.transaction():
            # Read again, so that one who has logged out meanwhile stays logged out.
            if _session(database, token) is not None:
                Accounts(database).put_session(asdict(replace(session, seen_at=now)))
    return account


def log_out(database: Transactions, token: str) -> None:
    """End the session, if there is one."""
    Accounts(database).drop_session(_digest(token))


def change_own_password(
    database: Transactions, account: Account, old: str, new: str, now: datetime
) -> str:
    """Change it, which ends all sessions of the account; gives the token of a new one.

    Args:
        database: not within a transaction, as for `log_in`.
        account: one's own, as `who` gave it.
        old: as typed.
        new: as typed.
        now: the present moment.

    Raises:
        Refused: the old password is wrong, the new one does not keep the rule, or too many
            were wrong before.
    """
    hashed = new_password(new, account.id, account.name)
    with limited(database, account.id, now):
        action = password_change(account, old, hashed)
        with Cases(database).transaction(now) as work:
            return _open(database, work, change(work, database, action, account.actor))


_SESSION: Final = TypeAdapter(Session)


def _open(database: Transactions, work: Work, account: Account) -> str:
    """The token of a new session: 256 random bits, for the cookie alone."""
    token = secrets.token_urlsafe(32)
    session = Session(_digest(token), account.id, account.generation, work.now, work.now)
    tables = Accounts(database)
    tables.drop_sessions_before(work.now - IDLE)
    tables.put_session(asdict(session))
    record(work, account.actor, "log_in", kind="account", case_id=account.id)
    return token


def _session(database: Transactions, token: str) -> Session | None:
    row = Accounts(database).session(_digest(token))
    return None if row is None else _SESSION.validate_python(dict(row))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
