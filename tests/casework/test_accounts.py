"""How accounts change, and that none of it is possible in a wrong way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.casework.accounts import (
    COMMAND_LINE,
    Account,
    AccountState,
    Action,
    Add,
    ChangePassword,
    Disable,
    DropSecondFactor,
    Edit,
    Enable,
    ResetPassword,
    SetSecondFactor,
    apply,
    for_audit,
    password_change,
)
from langnghe.casework.credentials import PasswordHash, new_password
from langnghe.casework.roles import Actor, Permission, Refused, Role

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
ADMIN = frozenset({Role.ADMINISTRATOR})
EDITOR = frozenset({Role.EDITOR})
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASHES = [PasswordHash(f"hash {number}") for number in range(3)]
"""The rules compare hashes and never look into them."""


def account(name: str, roles: frozenset[Role] = EDITOR) -> Account:
    return Account(name, AccountState.ACTIVE, name.title(), roles, None, HASHES[0])


def register(*accounts: Account) -> dict[str, Account]:
    return {one.id: one for one in accounts}


STAFF = register(account("boss", ADMIN), account("lan"), account("minh"))
BOSS = STAFF["boss"].actor


def test_the_first_account_comes_from_the_command_line() -> None:
    added = apply(
        {}, Add("boss", " Trần  Văn A ", ADMIN, "A@X.gov.vn", HASHES[0]), COMMAND_LINE, NOW
    )
    assert (added.name, added.email, added.roles) == ("Trần Văn A", "a@x.gov.vn", ADMIN)
    assert added.must_change


def test_a_password_that_was_handed_over_allows_nothing_before_it_is_changed() -> None:
    accounts = STAFF | register(apply(STAFF, Add("hoa", "Hoa", ADMIN, None, HASHES[0]), BOSS, NOW))
    hoa = accounts["hoa"]
    with pytest.raises(Refused):
        apply(accounts, Disable("lan"), hoa.actor, NOW)
    with pytest.raises(Refused, match="đổi mật khẩu"):
        apply(accounts, SetSecondFactor("hoa", SECRET, "123456"), hoa.actor, NOW)
    after = apply(accounts, ChangePassword("hoa", HASHES[0], HASHES[1]), hoa.actor, NOW)
    assert after.actor.may(Permission.MANAGE_USERS)


def test_a_changed_password_is_checked_against_the_old_one() -> None:
    old = new_password("trâu vàng nhai miến")
    new = new_password("gà trống leo đèo")
    lan = replace(STAFF["lan"], password=old)
    with pytest.raises(Refused, match="không đúng"):
        password_change(lan, "gà trống leo đèo", new)
    with pytest.raises(Refused, match="trùng"):
        password_change(lan, "trâu vàng nhai miến", old)
    change = password_change(lan, "trâu vàng nhai miến", new)
    assert apply(register(lan), change, lan.actor, NOW).password == new
    elsewhere = register(replace(lan, password=HASHES[2]))
    with pytest.raises(Refused, match="ở nơi khác"):
        apply(elsewhere, change, lan.actor, NOW)


@pytest.mark.parametrize(
    "action",
    [
        Add("hoa", "Hoa", EDITOR, None, HASHES[0]),
        Edit("minh", "Minh", ADMIN, None),
        Edit("lan", "Lan", ADMIN, None),
        ResetPassword("minh", HASHES[1]),
        DropSecondFactor("minh"),
        Disable("minh"),
        Enable("minh"),
        ChangePassword("minh", HASHES[0], HASHES[1]),
        SetSecondFactor("minh", SECRET, pyotp.TOTP(SECRET).at(NOW)),
    ],
)
def test_who_is_no_administrator_changes_nobody_else_and_no_roles(action: Action) -> None:
    with pytest.raises(Refused):
        apply(STAFF, action, STAFF["lan"].actor, NOW)


def test_an_administrator_sets_no_password_of_others_without_their_knowing() -> None:
    with pytest.raises(Refused):
        apply(STAFF, ChangePassword("lan", HASHES[0], HASHES[1]), BOSS, NOW)
    assert apply(STAFF, ResetPassword("lan", HASHES[1]), BOSS, NOW).must_change


@pytest.mark.parametrize("action", [ResetPassword("boss", HASHES[1]), DropSecondFactor("boss")])
def test_a_browser_left_open_does_not_give_the_account_away(action: Action) -> None:
    with pytest.raises(Refused):
        apply(STAFF, action, BOSS, NOW)
    assert apply(STAFF, action, COMMAND_LINE, NOW).generation == (
        1 if isinstance(action, ResetPassword) else 0
    )


def test_the_last_administrator_stays() -> None:
    for action in (Disable("boss"), Edit("boss", "Boss", EDITOR, None)):
        with pytest.raises(Refused, match="duy nhất"):
            apply(STAFF, action, BOSS, NOW)
        two = STAFF | register(account("hoa", ADMIN))
        assert not apply(two, action, BOSS, NOW).actor.may(Permission.MANAGE_USERS)
        disabled = STAFF | register(replace(account("hoa", ADMIN), state=AccountState.DISABLED))
        with pytest.raises(Refused, match="duy nhất"):
            apply(disabled, action, BOSS, NOW)


def test_a_second_factor_is_set_with_its_own_code_and_dropped_by_an_administrator() -> None:
    lan = STAFF["lan"]
    code = pyotp.TOTP(SECRET).at(NOW)
    later = NOW + timedelta(minutes=5)
    with pytest.raises(Refused, match="không đúng"):
        apply(STAFF, SetSecondFactor("lan", SECRET, code), lan.actor, later)
    after = apply(STAFF, SetSecondFactor("lan", SECRET, code), lan.actor, NOW)
    assert (after.totp_secret, after.generation) == (SECRET, 0)
    accounts = STAFF | register(after)
    with pytest.raises(Refused, match="đã có"):
        apply(accounts, SetSecondFactor("lan", SECRET, code), lan.actor, NOW)
    dropped = apply(accounts, DropSecondFactor("lan"), BOSS, NOW)
    assert (dropped.totp_secret, dropped.generation) == (None, 1)


@pytest.mark.parametrize(
    "name", ["", "la", "Lan", "lân", "lan anh", "0912345678", "lan\n", "a" * 33, "../lan", "l<b>n"]
)
def test_a_name_that_is_hard_to_type_or_tells_too_much_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="Tên tài khoản"):
        apply(STAFF, Add(name, "Lan", EDITOR, None, HASHES[0]), BOSS, NOW)


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (Add("lan", "Lan", EDITOR, None, HASHES[0]), "Đã có tài khoản"),
        (Add("hoa", " ", EDITOR, None, HASHES[0]), "họ tên"),
        (Add("hoa", "Hoa\u202egnod", EDITOR, None, HASHES[0]), "họ tên"),
        (Add("hoa", "H" * 101, EDITOR, None, HASHES[0]), "họ tên"),
        (Add("hoa", "Hoa", frozenset(), None, HASHES[0]), "vai trò"),
        (Add("hoa", "Hoa", EDITOR), "thư điện tử"),
        (Add("hoa", "Hoa", EDITOR, "hoa@xa"), "không đúng dạng"),
        (Add("hoa", "Hoa", EDITOR, "hoa hoa@xa.gov.vn"), "không đúng dạng"),
        (Edit("nobody", "Hoa", EDITOR, None), "Không có tài khoản"),
    ],
)
def test_what_an_account_must_have(action: Action, why: str) -> None:
    with pytest.raises(Refused, match=why):
        apply(STAFF, action, BOSS, NOW)


def test_nothing_secret_is_shown_or_logged() -> None:
    lan = replace(STAFF["lan"], totp_secret=SECRET)
    actions = (
        ChangePassword("lan", HASHES[0], HASHES[1]),
        SetSecondFactor("lan", SECRET, "123456"),
    )
    for shown in (repr(lan), str(for_audit(lan)), *map(repr, actions)):
        assert SECRET not in shown
        assert "hash " not in shown
        assert "123456" not in shown


NAMES = ["boss", "lan", "minh", "hoa"]
ROLES = st.frozensets(st.sampled_from(list(Role)), max_size=2)
EMAILS = st.sampled_from([None, "", "a@xa.gov.vn", " B@xa.gov.vn"])
WHOM = st.sampled_from(NAMES)
PASSWORDS = st.sampled_from(HASHES)
SECRETS = st.sampled_from([SECRET, SECRET[::-1]])
ACTIONS: st.SearchStrategy[Action] = st.one_of(
    st.builds(Add, WHOM, WHOM, ROLES, EMAILS, st.none() | PASSWORDS),
    st.builds(Edit, WHOM, WHOM, ROLES, EMAILS),
    st.builds(ResetPassword, WHOM, PASSWORDS),
    st.builds(DropSecondFactor, WHOM),
    st.builds(Disable, WHOM),
    st.builds(Enable, WHOM),
    st.builds(ChangePassword, WHOM, PASSWORDS, PASSWORDS),
    st.builds(SetSecondFactor, WHOM, SECRETS, SECRETS.map(lambda s: pyotp.TOTP(s).at(NOW))),
)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from([*NAMES, COMMAND_LINE.account]), ACTIONS), max_size=30))
def test_whatever_happens_the_rules_hold(steps: list[tuple[str, Action]]) -> None:
    accounts = register(STAFF["boss"], STAFF["lan"])
    for name, action in steps:
        known = accounts.get(name)
        actor = known.actor if known else COMMAND_LINE if " " in name else Actor(name, frozenset())
        try:
            after = apply(accounts, action, actor, NOW)
        except Refused:
            continue
        before = accounts.get(after.id)
        accounts[after.id] = after

        assert after.id == action.account
        assert actor.may(Permission.MANAGE_USERS) or actor.account == after.id
        assert any(
            Role.ADMINISTRATOR in one.roles
            for one in accounts.values()
            if one.state is AccountState.ACTIVE
        )
        emails = [one.email for one in accounts.values() if one.email]
        assert len(emails) == len(set(emails))
        assert after.password or after.email
        if before is not None:
            ended = after.generation > before.generation
            assert after.generation >= before.generation
            assert ended or after.password == before.password
            assert ended or after.roles == before.roles
            assert ended or not (before.totp_secret and not after.totp_secret)
            assert ended or after.state is before.state or after.state is AccountState.ACTIVE
            if after.password != before.password:
                assert after.must_change == (actor.account != after.id)
        if actor.account == after.id and before and not actor.may(Permission.MANAGE_USERS):
            assert (after.roles, after.state) == (before.roles, before.state)
