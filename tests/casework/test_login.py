"""Logging in and staying logged in, on both engines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from langnghe.casework.accounts import (
    COMMAND_LINE,
    Account,
    AccountState,
    Action,
    Disable,
    DropSecondFactor,
    Edit,
    Enable,
    ResetPassword,
    for_audit,
)
from langnghe.casework.accountstore import all_accounts, change, keep
from langnghe.casework.attempts import PER_ACCOUNT
from langnghe.casework.credentials import new_password
from langnghe.casework.login import (
    IDLE,
    LONGEST,
    RENEW,
    WRONG,
    change_own_password,
    log_in,
    log_in_by_openid,
    log_out,
    who,
)
from langnghe.casework.roles import Actor, Refused, Role
from langnghe.store.cases import Cases, Conflict
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSWORD = "trâu vàng nhai miến"
OTHER = "gà trống leo đèo"
KEPT, KEPT_OTHER = new_password(PASSWORD), new_password(OTHER)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LAN = Account("lan", AccountState.ACTIVE, "Lan", frozenset({Role.EDITOR}), "lan@xa.gov.vn", KEPT)
BOSS = replace(LAN, id="boss", roles=frozenset({Role.ADMINISTRATOR}), email=None)


@pytest.fixture
def staffed(casebase: Transactions) -> Transactions:
    for account in (LAN, BOSS):
        keep(casebase, account)
    return casebase


def act(database: Transactions, action: Action, actor: Actor = COMMAND_LINE) -> Account:
    with Cases(database).transaction(NOW) as work:
        return change(work, database, action, actor)


def test_with_the_right_password_one_is_in_until_one_logs_out(staffed: Transactions) -> None:
    account, token = log_in(staffed, " LAN ", PASSWORD, "", NOW)
    assert account == LAN
    assert who(staffed, token, NOW) == LAN
    assert log_in(staffed, "lan", PASSWORD, "", NOW)[1] != token
    log_out(staffed, token)
    assert who(staffed, token, NOW) is None
    assert who(staffed, "", NOW) is None


def test_whatever_is_wrong_the_answer_is_the_same(staffed: Transactions) -> None:
    keep(staffed, replace(LAN, id="off", email=None, state=AccountState.DISABLED))
    keep(staffed, replace(LAN, id="openid", email="openid@xa.gov.vn", password=None))
    keep(staffed, replace(LAN, id="twofold", email=None, totp_secret=SECRET))
    for name, password in (
        ("lan", OTHER),
        ("lan", ""),
        ("nobody", PASSWORD),
        ("\x00\ud800' OR 1=1", PASSWORD),
        ("off", PASSWORD),
        ("openid", ""),
        ("openid", PASSWORD),
        ("twofold", PASSWORD),
    ):
        with pytest.raises(Refused) as refused:
            log_in(staffed, name, password, "", NOW)
        assert str(refused.value) == WRONG


def test_a_name_that_does_not_exist_has_to_wait_like_one_that_does(staffed: Transactions) -> None:
    answers = []
    for name in ("lan", "nobody"):
        for _ in range(PER_ACCOUNT.failures + 1):
            with pytest.raises(Refused) as refused:
                log_in(staffed, name, OTHER, "", NOW)
        answers.append(str(refused.value))
    assert answers[0] == answers[1] != WRONG
    with pytest.raises(Refused, match="sau 1 phút"):
        log_in(staffed, "lan", PASSWORD, "", NOW)
    log_in(staffed, "lan", PASSWORD, "", NOW + MINUTE)


def test_guesses_sent_at_once_are_all_counted(staffed: Transactions) -> None:
    def guess(_: int) -> str:
        with pytest.raises(Refused) as refused:
            log_in(staffed, "lan", OTHER, "", NOW)
        return str(refused.value)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(16)))
    assert answers.count(WRONG) == PER_ACCOUNT.failures


def test_a_code_lets_in_once_even_when_sent_twice_at_once(staffed: Transactions) -> None:
    keep(staffed, replace(LAN, totp_secret=SECRET))
    code = pyotp.TOTP(SECRET).at(NOW)

    def enter(_: int) -> bool:
        try:
            log_in(staffed, "lan", PASSWORD, code, NOW)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(enter, range(2))) == [False, True]
    assert log_in(staffed, "lan", PASSWORD, pyotp.TOTP(SECRET).at(NOW + MINUTE), NOW + MINUTE)


def test_a_session_ends_after_idle_time(staffed: Transactions) -> None:
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    now = NOW
    for _ in range(4):
        now += IDLE - RENEW
        assert who(staffed, token, now)
        # Clicks in quick succession write nothing, and must not shorten it.
        assert who(staffed, token, now + RENEW / 2)
    assert who(staffed, token, now + IDLE) is None


def test_a_page_that_renews_itself_keeps_no_session_going(staffed: Transactions) -> None:
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    for minute in range(30):
        assert who(staffed, token, NOW + minute * MINUTE, touch=False) == LAN
    assert who(staffed, token, NOW + IDLE, touch=False) is None


def test_a_session_ends_after_a_working_day_however_busy(staffed: Transactions) -> None:
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    now = NOW
    while now + IDLE / 2 < NOW + LONGEST:
        now += IDLE / 2
        assert who(staffed, token, now)
    assert who(staffed, token, NOW + LONGEST) is None


@pytest.mark.parametrize(
    "action",
    [
        ResetPassword("lan", KEPT_OTHER),
        Edit("lan", "Lan", frozenset({Role.LEADER}), None),
        DropSecondFactor("lan"),
        Disable("lan"),
    ],
)
def test_what_an_administrator_changes_ends_sessions(staffed: Transactions, action: Action) -> None:
    keep(staffed, replace(LAN, totp_secret=SECRET))
    _, token = log_in(staffed, "lan", PASSWORD, pyotp.TOTP(SECRET).at(NOW), NOW)
    _, other = log_in(staffed, "boss", PASSWORD, "", NOW)
    act(staffed, action)
    assert who(staffed, token, NOW) is None
    act(staffed, Enable("lan"))
    assert who(staffed, token, NOW) is None
    assert who(staffed, other, NOW) == BOSS


def test_a_new_name_ends_no_session(staffed: Transactions) -> None:
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    act(staffed, Edit("lan", "Lan Anh", LAN.roles, None))
    found = who(staffed, token, NOW)
    assert found is not None
    assert found.name == "Lan Anh"


def test_a_changed_password_ends_the_other_sessions(staffed: Transactions) -> None:
    _, elsewhere = log_in(staffed, "lan", PASSWORD, "", NOW)
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    account = who(staffed, token, NOW)
    assert account is not None
    fresh = change_own_password(staffed, account, PASSWORD, OTHER, NOW)
    assert who(staffed, elsewhere, NOW) is None
    assert who(staffed, token, NOW) is None
    assert who(staffed, fresh, NOW)
    with pytest.raises(Refused):
        log_in(staffed, "lan", PASSWORD, "", NOW)
    log_in(staffed, "lan", OTHER, "", NOW)


def test_the_old_password_cannot_be_guessed_from_an_open_session(staffed: Transactions) -> None:
    for _ in range(PER_ACCOUNT.failures):
        with pytest.raises(Refused, match="không đúng"):
            change_own_password(staffed, LAN, "sai mất rồi", OTHER, NOW)
    with pytest.raises(Refused, match="sau 1 phút"):
        change_own_password(staffed, LAN, PASSWORD, OTHER, NOW)


def test_a_password_that_was_handed_over_leads_to_the_change(staffed: Transactions) -> None:
    act(staffed, ResetPassword("lan", KEPT_OTHER), BOSS.actor)
    account, token = log_in(staffed, "lan", OTHER, "", NOW)
    assert account.must_change
    assert not account.actor.roles
    fresh = change_own_password(staffed, account, OTHER, "ốc sên uống cà phê", NOW)
    found = who(staffed, fresh, NOW)
    assert found is not None
    assert found.actor.roles == LAN.roles
    assert who(staffed, token, NOW) is None


def test_openid_finds_the_account_by_its_verified_email(staffed: Transactions) -> None:
    claims = {"sub": "7", "email": "Lan@xa.gov.vn", "email_verified": True}
    account, token = log_in_by_openid(staffed, claims, NOW)
    assert who(staffed, token, NOW) == account == LAN
    for wrong in (
        claims | {"email_verified": False},
        claims | {"email_verified": "true"},
        {"sub": "lan", "email": "lan@xa.gov.vn"},
        claims | {"email": "minh@xa.gov.vn"},
        claims | {"email": None},
        {"sub": "lan", "email_verified": True},
    ):
        with pytest.raises(Refused):
            log_in_by_openid(staffed, wrong, NOW)
    act(staffed, Disable("lan"))
    with pytest.raises(Refused):
        log_in_by_openid(staffed, claims, NOW)


def test_two_administrators_cannot_shut_out_each_other(staffed: Transactions) -> None:
    keep(staffed, replace(BOSS, id="hoa"))

    def disable(pair: tuple[str, str]) -> bool:
        actor, whom = pair
        try:
            act(staffed, Disable(whom), all_accounts(staffed)[actor].actor)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(disable, [("boss", "hoa"), ("hoa", "boss")]))
    assert sorted(done) == [False, True]


def test_what_another_administrator_changed_meanwhile_is_not_overwritten(
    staffed: Transactions,
) -> None:
    seen = for_audit(all_accounts(staffed)["lan"])
    rename = Edit("lan", "Lan", frozenset({Role.COLLABORATOR}), None)
    with Cases(staffed).transaction(NOW) as work:
        change(work, staffed, Edit("lan", "Lan Anh", LAN.roles, None), BOSS.actor, seen=seen)
    for action in (rename, Disable("lan"), ResetPassword("lan", KEPT_OTHER)):
        with pytest.raises(Conflict), Cases(staffed).transaction(NOW) as work:
            change(work, staffed, action, COMMAND_LINE, seen=seen)
    now = all_accounts(staffed)["lan"]
    assert (now.name, now.roles, now.state) == ("Lan Anh", LAN.roles, AccountState.ACTIVE)
    with Cases(staffed).transaction(NOW) as work:
        change(work, staffed, rename, COMMAND_LINE, seen=for_audit(now))
    with pytest.raises(Conflict), Cases(staffed).transaction(NOW) as work:
        change(work, staffed, Disable("ai-do"), COMMAND_LINE, seen=seen)


def test_the_log_tells_who_changed_what_and_nothing_secret(staffed: Transactions) -> None:
    keep(staffed, replace(LAN, totp_secret=SECRET))
    act(staffed, ResetPassword("lan", KEPT_OTHER), BOSS.actor)
    act(staffed, DropSecondFactor("lan"), BOSS.actor)
    _, token = log_in(staffed, "lan", OTHER, "", NOW)
    log = Cases(staffed).audit
    assert [(entry.who, entry.what, entry.case_id) for entry in log.entries()] == [
        ("lan", "log_in", "lan"),
        ("boss", "drop_second_factor", "lan"),
        ("boss", "reset_password", "lan"),
    ]
    assert log.entries()[1].before["second_factor"] is True
    assert log.verify().broken is None
    logged = str(log.entries())
    for secret in (SECRET, KEPT_OTHER, OTHER, token):
        assert secret not in logged


def test_the_tables_hold_no_token_and_nothing_of_the_browser(staffed: Transactions) -> None:
    _, token = log_in(staffed, "lan", PASSWORD, "", NOW)
    with staffed.read() as connection:
        rows = connection.inner.exec_driver_sql("SELECT * FROM sessions").mappings().all()
    assert [set(row) for row in rows] == [
        {"token_hash", "account", "generation", "started_at", "seen_at"}
    ]
    assert token not in str(rows)


def test_ended_sessions_do_not_pile_up(staffed: Transactions) -> None:
    for day in range(3):
        log_in(staffed, "lan", PASSWORD, "", NOW + timedelta(days=day))
    with staffed.read() as connection:
        assert len(connection.inner.exec_driver_sql("SELECT * FROM sessions").all()) == 1
