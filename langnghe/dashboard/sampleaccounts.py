"""The accounts of the sample home: one per role, so that all can be tried at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from langnghe.casework.accounts import COMMAND_LINE, Add, ChangePassword
from langnghe.casework.accountstore import change
from langnghe.casework.credentials import new_password
from langnghe.casework.roles import Actor, Role
from langnghe.store.cases import Cases
from langnghe.store.transactions import Transactions


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """A made-up official."""

    id: str
    name: str
    role: Role


SAMPLE_ACCOUNTS: Final = (
    SampleAccount("congtacvien", "Lò Thị Mẫu", Role.COLLABORATOR),
    SampleAccount("bientap", "Nguyễn Văn Mẫu", Role.EDITOR),
    SampleAccount("pheduyet", "Vàng A Mẫu", Role.APPROVER),
    SampleAccount("lanhdao", "Trần Thị Mẫu", Role.LEADER),
    SampleAccount("quantri", "Lê Văn Mẫu", Role.ADMINISTRATOR),
)

SAMPLE_PASSWORD: Final = "chè xanh trên nương"  # noqa: S105  shown to everybody, opens nothing real


def add_sample_accounts(database: Transactions, now: datetime) -> None:
    """Add them to an empty home, ready for use: nobody needs to change this password."""
    password = new_password(SAMPLE_PASSWORD)
    with Cases(database).transaction(now) as work:
        for one in SAMPLE_ACCOUNTS:
            add = Add(one.id, one.name, frozenset({one.role}), password=password)
            change(work, database, add, COMMAND_LINE)
            own = ChangePassword(one.id, password, password)
            change(work, database, own, Actor(one.id, frozenset()))
