"""The audit log as casework writes and reads it: who did what, when, and why.

An entry says which fields changed, from what to what. States, numbers and dates stand there as
they are, and so do the fields in `CODES`; of every other text only its length does. The log can
never be cut, while a text may have to go (a formal complaint, boundary 4; a personal datum typed by
mistake), and the administrator, who reads the log, reads no posts. The texts that count (verdicts,
corrections, answers) keep their versions in the case itself, and `store.auditlog` holds each case
to its last entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from langnghe.casework.roles import Actor, Permission, require
from langnghe.core.text import clean
from langnghe.store.auditlog import AuditEntry, AuditLog, Chain, Entries, Values
from langnghe.store.cases import Work

CODES: Final = frozenset(
    {
        # What a case is, and which others it belongs to.
        *("id", "subject", "target", "petition", "merged", "merged_into", "case"),
        # What it is about.
        *("topic", "place"),
        # Accounts.
        *("by", "assigned_to", "locked_by", "opened_by", "authors", "drafted_by", "approved_by"),
        *("author", "returned_by", "accepted_by", "attached_by", "proposed_by", "decided_by"),
        *("seen_by", "closed_by"),
        # Of an account, which is kept as plain values.
        *("state", "roles"),
        # Hashes of files.
        *("file", "digest", "audio"),
    }
)
"""Names of the fields that hold codes. What a text looks like does not say whether it is one: a
name, an answer or a summary may be a single plain word. A field that is not named here is a text,
so that a new one has to be put here on purpose."""

_CODE: Final = re.compile(r"[0-9]{1,6}|(?=[^a-zA-Z]*[a-zA-Z])[a-zA-Z0-9._:/-]{1,64}")
"""What can be a code at all, should a field of `CODES` be given something else: an id, an account,
a petition's code. It has a letter, which no telephone number has; a commune's code is short."""

MOST_WHY: Final = 2_000
"""Characters of a reason that are kept: a page of the form it comes from."""


def record(
    work: Work,
    actor: Actor,
    what: str,
    *,
    kind: str,
    case_id: str,
    before: object = None,
    after: object = None,
    why: str = "",
) -> int:
    """Say in the log what `actor` did, within the transaction that does it.

    Args:
        work: the transaction; the change itself has been written to it.
        actor: who did it; `roles.SYSTEM` for the service itself.
        what: the action, such as `approve_verdict`; `read` where posts were shown to the actor.
        kind: of the case, or what else was acted upon, such as `account`.
        case_id: its id.
        before: the case as it was, a dataclass; None: it was not there, or nothing changed.
        after: the case as it is, likewise.
        why: as the actor put it.

    Returns:
        The number of the entry.
    """
    was, now = changes(before, after)
    return work.append_audit(
        who=actor.account,
        what=what,
        kind=kind,
        case_id=case_id,
        before=was,
        after=now,
        why=clean(why)[:MOST_WHY],
    )


def changes(before: object, after: object) -> tuple[Values, Values]:
    """The fields in which two states of a case differ, as they were and as they are.

    By path, such as `evidence.2.link`; a path that only one of them has stands only there.
    A text that is no code stands as its length, so that one of the same length may stand on both
    sides; `posts` stand as their number.
    """
    was, now = dict(_leaves(before)), dict(_leaves(after))
    return (
        {path: _shown(path, value) for path, value in was.items() if _differs(now, path, value)},
        {path: _shown(path, value) for path, value in now.items() if _differs(was, path, value)},
    )


def entries(
    log: AuditLog, actor: Actor, where: Entries | None = None, limit: int = 100, offset: int = 0
) -> list[AuditEntry]:
    """The entries that fit, the newest first, for those who may read them.

    Raises:
        Refused: `actor` may not read the log.
    """
    require(actor, Permission.READ_AUDIT)
    return log.entries(where, limit, offset)


def findings(chain: Chain) -> list[str]:
    """What a check of the log found wrong, for the user; empty: all is whole."""
    if chain.broken is not None:
        broken = (
            f"Nhật ký bị đứt ở mục số {chain.broken}: mục này đã bị sửa hoặc bị mất; "
            f"{chain.entries} mục trước đó còn nguyên vẹn. Hãy giữ nguyên cơ sở dữ liệu, báo người "
            "phụ trách và đối chiếu với bản sao lưu."
        )
        return [broken]
    return [
        f"Mục {kind} {case_id} không giống như nhật ký đã ghi lần cuối: có người sửa thẳng vào cơ "
        "sở dữ liệu. Hãy báo người phụ trách và đối chiếu với bản sao lưu."
        for kind, case_id in chain.unaccounted
    ]


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """The single values of a state, each with its path; an empty tuple or None is none."""
    children: Iterator[tuple[object, Any]]
    if is_dataclass(value):
        children = ((field.name, getattr(value, field.name)) for field in fields(value))
    elif isinstance(value, Mapping):
        children = iter(value.items())
    elif isinstance(value, (tuple, list)):
        children = iter(enumerate(value))
    elif isinstance(value, (set, frozenset)):
        children = iter(enumerate(sorted(value)))
    else:
        if value is not None:
            yield path, value
        return
    for name, child in children:
        below = f"{path}.{name}" if path else str(name)
        if name == "posts":
            yield below, len(child)
        else:
            yield from _leaves(child, below)


def _differs(others: Mapping[str, object], path: str, value: object) -> bool:
    return path not in others or others[path] != value


def _is_code(path: str, value: str) -> bool:
    """Whether the last name in a path, of a field or of the tuple that holds the value, says so."""
    name = next((part for part in reversed(path.split(".")) if not part.isdecimal()), "")
    return name in CODES and _CODE.fullmatch(value) is not None


def _shown(path: str, value: object) -> object:
    """A single value as the log keeps it, and JSON can."""
    match value:
        case Enum():
            return value.value
        case bool() | int() | float():
            return value
        case date():
            return value.isoformat()
        case str() if _is_code(path, value):
            return value
        case str():
            return f"({len(value)} ký tự)"
    raise TypeError(f"no field of a case: {type(value).__name__}")
