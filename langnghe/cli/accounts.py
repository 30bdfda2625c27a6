"""The commands of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from langnghe.casework.roles import ROLE_NAMES, Role
from langnghe.cli.session import Session
from langnghe.core.clock import SystemClock

if TYPE_CHECKING:
    from langnghe.casework.accounts import Account, Action
    from langnghe.store.transactions import Transactions

users_app = typer.Typer(help="Tài khoản người dùng.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Tên tài khoản.", metavar="NAME")]
Roles = Annotated[list[Role], typer.Option("--role", help="Vai trò (lặp lại được).")]
Ask = Annotated[
    bool, typer.Option("--ask-password", help="Tự nhập mật khẩu đầu tiên thay vì in ra.")
]


@users_app.command("add")
def user_add(
    context: typer.Context,
    name: Name,
    role: Roles,
    full_name: Annotated[str, typer.Option(help="Họ tên, như đồng nghiệp gọi.")],
    email: Annotated[str | None, typer.Option(help="Thư điện tử công vụ.")] = None,
    openid: Annotated[
        bool, typer.Option("--openid", help="Đăng nhập bằng hệ thống chung, không có mật khẩu.")
    ] = False,
    ask_password: Ask = False,
) -> None:
    """Thêm một tài khoản. Mật khẩu đầu tiên chỉ in một lần và phải đổi khi dùng lần đầu."""
    from langnghe.casework.accounts import Add
    from langnghe.casework.credentials import new_password

    session: Session = context.obj
    shown, typed = (None, None) if openid else _first_password(ask_password)
    hashed = None if typed is None else new_password(typed, name, full_name)
    with session.casework() as database:
        account = _change(database, Add(name, full_name, frozenset(role), email, hashed))
    _show_account(session, account, f"Đã thêm tài khoản {account.id}.", shown)


@users_app.command("list")
def user_list(context: typer.Context) -> None:
    """Các tài khoản, vai trò và tình trạng."""
    from langnghe.casework.accounts import for_audit
    from langnghe.casework.accountstore import all_accounts

    session: Session = context.obj
    with session.casework() as database:
        accounts = list(all_accounts(database).values())

    def show() -> None:
        if not accounts:
            session.out.print("Chưa có tài khoản nào. Hãy thêm bằng `langnghe user add`.")
            return
        table = Table("Tài khoản", "Họ tên", "Vai trò", "Tình trạng")
        for account in accounts:
            table.add_row(account.id, Text(account.name), _roles(account), _state(account))
        session.out.print(table)

    session.result({"accounts": [for_audit(account) for account in accounts]}, show)


@users_app.command("roles")
def user_roles(context: typer.Context, name: Name, role: Roles) -> None:
    """Đặt lại các vai trò của một tài khoản; các phiên đăng nhập của tài khoản kết thúc."""
    from langnghe.casework.accounts import Edit

    session: Session = context.obj
    with session.casework() as database:
        before = _account(database, name)
        action = Edit(name, before.name, frozenset(role), before.email)
        account = _change(database, action)
    _show_account(session, account, f"Vai trò của {account.id}: {_roles(account)}.")


@users_app.command("reset")
def user_reset(
    context: typer.Context,
    name: Name,
    ask_password: Ask = False,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Bỏ cả mã xác thực, khi mất điện thoại.")
    ] = False,
) -> None:
    """Cấp mật khẩu mới cho một tài khoản; người dùng phải đổi khi dùng lần đầu."""
    from langnghe.casework.accounts import DropSecondFactor, ResetPassword
    from langnghe.casework.credentials import new_password

    session: Session = context.obj
    shown, typed = _first_password(ask_password)
    with session.casework() as database:
        hashed = new_password(typed, name, _account(database, name).name)
        actions: list[Action] = [ResetPassword(name, hashed)]
        if second_factor:
            actions.append(DropSecondFactor(name))
        account = _change(database, *actions)
    _show_account(session, account, f"Đã cấp mật khẩu mới cho {account.id}.", shown)


@users_app.command("disable")
def user_disable(context: typer.Context, name: Name) -> None:
    """Khóa một tài khoản; các phiên đăng nhập của tài khoản kết thúc ngay."""
    from langnghe.casework.accounts import Disable

    session: Session = context.obj
    with session.casework() as database:
        account = _change(database, Disable(name))
    _show_account(session, account, f"Đã khóa tài khoản {account.id}.")


@users_app.command("enable")
def user_enable(context: typer.Context, name: Name) -> None:
    """Mở lại một tài khoản đã khóa, với mật khẩu cũ."""
    from langnghe.casework.accounts import Enable

    session: Session = context.obj
    with session.casework() as database:
        account = _change(database, Enable(name))
    _show_account(session, account, f"Đã mở lại tài khoản {account.id}.")


def _change(database: Transactions, *actions: Action) -> Account:
    """Do all of them or none; gives the account as it is then."""
    from langnghe.casework.accounts import COMMAND_LINE
    from langnghe.casework.accountstore import change
    from langnghe.store.cases import Cases

    with Cases(database).transaction(SystemClock().now()) as work:
        return [change(work, database, action, COMMAND_LINE) for action in actions][-1]


def _account(database: Transactions, name: str) -> Account:
    from langnghe.casework.accountstore import all_accounts
    from langnghe.casework.roles import Refused

    account = all_accounts(database).get(name)
    if account is None:
        raise Refused(f"Không có tài khoản {name}. Xem danh sách bằng `langnghe user list`.")
    return account


def _first_password(ask: bool) -> tuple[str | None, str]:
    """What is to be shown once, and the password: as typed, or a random one."""
    from langnghe.casework.credentials import random_password

    if ask:
        return None, typer.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại")
    password = random_password()
    return password, password


def _show_account(
    session: Session, account: Account, said: str, password: str | None = None
) -> None:
    from langnghe.casework.accounts import for_audit

    def show() -> None:
        session.out.print(Text(said), soft_wrap=True)
        if password is not None:
            session.out.print(
                Text(
                    f"Mật khẩu: {password}\nChỉ hiện một lần. Hãy trao tận tay; người dùng phải "
                    "đổi khi đăng nhập lần đầu."
                ),
                soft_wrap=True,
            )

    data = for_audit(account)
    session.result(data if password is None else {**data, "first_password": password}, show)


def _roles(account: Account) -> str:
    return ", ".join(name for role, name in ROLE_NAMES.items() if role in account.roles)


def _state(account: Account) -> str:
    from langnghe.casework.accounts import AccountState

    if account.state is AccountState.DISABLED:
        return "đã khóa"
    if account.must_change:
        return "chờ đổi mật khẩu"
    return "có mã xác thực" if account.totp_secret else "đang dùng"
