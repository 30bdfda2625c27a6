"""Accounts as they are kept, and each change to one with its entry in the audit log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from pydantic import TypeAdapter

from langnghe.casework.accounts import Account, Action, apply, for_audit
from langnghe.casework.audit import record
from langnghe.casework.roles import Actor
from langnghe.store.accounts import Accounts
from langnghe.store.cases import Conflict, Work
from langnghe.store.transactions import Transactions

_ACCOUNTS: Final = TypeAdapter(list[Account])


def all_accounts(database: Transactions) -> dict[str, Account]:
    """All accounts by id, in order: some dozens."""
    rows = [dict(row) for row in Accounts(database).accounts()]
    return {account.id: account for account in _ACCOUNTS.validate_python(rows)}


def keep(database: Transactions, account: Account) -> None:
    """Keep a new or changed account."""
    Accounts(database).put_account(asdict(account))


def change(
    work: Work,
    database: Transactions,
    action: Action,
    actor: Actor,
    *,
    seen: Mapping[str, object] | None = None,
) -> Account:
    """Apply an action, keep what comes of it, and log it; gives the account as it is then.

    Args:
        work: a transaction of `database`.
        database: where the accounts are.
        action: what to do.
        actor: who does it.
        seen: the account as the actor saw it (`for_audit`); None: whatever it is now.

    Raises:
        Refused: see `accounts.apply`.
        Conflict: the account is not any more what the actor saw.
    """
    accounts = all_accounts(database)
    before = accounts.get(action.account)
    if seen is not None and (before is None or for_audit(before) != seen):
        raise Conflict
    after = apply(accounts, action, actor, work.now)
    keep(database, after)
    record(
        work,
        actor,
        re.sub(r"(?<!^)(?=[A-Z])", "_", type(action).__name__).lower(),
        kind="account",
        case_id=after.id,
        before=None if before is None else for_audit(before),
        after=for_audit(after),
    )
    return after
