"""Accounts, sessions and failed log-ins come back as they were kept, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from langnghe.store.accounts import Accounts
from langnghe.store.transactions import Transactions

NOW = datetime(2026, 11, 21, 1, 0, 0, 7, tzinfo=UTC)
HOA: dict[str, object] = {
    "id": "hoa",
    "state": "active",
    "name": "Lò Thị Hoa",
    "roles": ("approver", "editor"),
    "email": "hoa@xa.example.vn",
    "password": "$argon2id$…",
    "must_change": True,
    "totp_secret": None,
    "totp_step": 0,
    "generation": 3,
}


@pytest.fixture
def accounts(casebase: Transactions) -> Accounts:
    return Accounts(casebase)


def test_accounts(accounts: Accounts) -> None:
    anh = {**HOA, "id": "anh", "email": None, "password": None, "roles": frozenset({"leader"})}
    accounts.put_account(HOA)
    accounts.put_account(anh)
    assert accounts.accounts() == [{**anh, "roles": ("leader",)}, HOA]
    changed = {**HOA, "must_change": False, "totp_secret": "ABC", "totp_step": 58_000_000}
    accounts.put_account(changed)
    assert accounts.accounts()[1] == changed
    with pytest.raises(IntegrityError):
        accounts.put_account({**anh, "email": HOA["email"]})


def test_sessions(accounts: Accounts) -> None:
    session = {
        "token_hash": "ab" * 32,
        "account": "hoa",
        "generation": 3,
        "started_at": NOW,
        "seen_at": NOW,
    }
    with pytest.raises(IntegrityError):  # of nobody's
        accounts.put_session(session)
    accounts.put_account(HOA)
    accounts.put_session(session)
    seen = {**session, "seen_at": NOW + timedelta(minutes=5)}
    accounts.put_session(seen)
    accounts.put_session({**session, "token_hash": "cd" * 32})
    accounts.drop_sessions_before(NOW + timedelta(minutes=5))
    assert accounts.session("ab" * 32) == seen
    assert accounts.session("cd" * 32) is None
    accounts.drop_session("ab" * 32)
    accounts.drop_session("ab" * 32)
    assert accounts.session("ab" * 32) is None


def test_attempts(accounts: Accounts) -> None:
    assert accounts.attempts("*") is None
    attempts = {"key": "*", "recent": (NOW, NOW + timedelta(1)), "waits": 2, "wait_until": NOW}
    accounts.put_attempts(attempts)
    assert accounts.attempts("*") == attempts
    quiet = {"key": "*", "recent": (), "waits": 0, "wait_until": None}
    accounts.put_attempts(quiet)
    assert accounts.attempts("*") == quiet


def test_a_transaction_takes_them_all_back(accounts: Accounts, casebase: Transactions) -> None:
    def fail() -> None:
        with casebase.transaction():
            accounts.put_account(HOA)
            assert accounts.accounts() == [HOA]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert accounts.accounts() == []
