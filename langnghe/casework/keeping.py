"""Reading and keeping single cases within a transaction, each change with its audit entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from langnghe.casework.audit import record
from langnghe.casework.kinds import CaseKind, Kept, Texts, action_name
from langnghe.casework.roles import Actor, Refused
from langnghe.store.cases import Case, Cases, Conflict, Order, Where, Work

S = TypeVar("S")
A = TypeVar("A")

PAGE: Final = 500
"""Cases read at a time where all are wanted."""


def read(cases: Cases, kind: CaseKind[S, A], case_id: str) -> Kept[S]:
    """One case, as it stands.

    Raises:
        Refused: there is none.
    """
    row = cases.get(kind.name, case_id)
    if row is None:
        raise Refused(f"Không có {kind.title} {case_id}. Hãy tải lại danh sách.")
    return kept(kind, row)


def kept(kind: CaseKind[S, A], row: Case) -> Kept[S]:
    """A row of the table, as the case that it holds."""
    state = kind.states.validate_json(row.body)
    return Kept(state, row.version, row.opened_at, row.changed_at)


def every(
    cases: Cases,
    kind: CaseKind[S, A],
    where: Where | None = None,
    order: Order = Order.URGENT,
) -> Iterator[Kept[S]]:
    """All cases that fit. What is changed while they are read may be in it or not."""
    offset = 0
    while rows := cases.find(kind.name, where, order, PAGE, offset):
        yield from (kept(kind, row) for row in rows)
        offset += len(rows)


def add(work: Work, kind: CaseKind[S, A], case_id: str, state: S, actor: Actor, what: str) -> None:
    """Keep a new case.

    Raises:
        Conflict: there is one with that id.
    """
    work.add(kind.name, case_id, kind.facets(state), _body(kind, state), kind.posts(state))
    record(work, actor, what, kind=kind.name, case_id=case_id, after=state)


def put(
    work: Work,
    kind: CaseKind[S, A],
    case_id: str,
    before: Kept[S],
    after: S,
    actor: Actor,
    what: str,
    why: str = "",
) -> Kept[S]:
    """Keep a case as it is now; where nothing changed, nothing is written.

    Raises:
        Conflict: it is not at the version of `before` any more.
    """
    if after == before.state:
        return before
    version = work.put(
        kind.name,
        case_id,
        before.version,
        kind.facets(after),
        _body(kind, after),
        kind.posts(after),
    )
    was, now = kind.for_audit(before.state, after)
    why = why if kind.keeps_why(after) else ""
    record(work, actor, what, kind=kind.name, case_id=case_id, before=was, after=now, why=why)
    return Kept(after, version, before.opened_at, work.now)


def act(
    cases: Cases,
    work: Work,
    texts: Texts,
    kind: CaseKind[S, A],
    case_id: str,
    action: A,
    actor: Actor,
    version: int | None = None,
    why: str = "",
) -> Kept[S]:
    """Do one thing with one case.

    Args:
        cases: where it is.
        work: a transaction of `cases`.
        texts: what is done with words.
        kind: its kind.
        case_id: its id.
        action: what to do.
        actor: who does it.
        version: that of the case as the actor saw it; None: whatever it is now.
        why: as the actor put it.

    Raises:
        Refused: there is no such case, or a rule stands against it.
        Conflict: the case has another version, unless the action would change nothing.
    """
    before = read(cases, kind, case_id)
    current = version in (None, before.version)
    try:
        after = kind.apply(before.state, action, actor, work.now, texts)
    except Refused:
        # Whoever saw an older state would be told of a rule that they could not know of.
        if current:
            raise
        raise Conflict from None
    if not current and after != before.state:
        raise Conflict
    reason = texts.mask(why or getattr(action, "why", ""))
    return put(work, kind, case_id, before, after, actor, action_name(action), reason)


def _body(kind: CaseKind[S, A], state: S) -> str:
    return kind.states.dump_json(state).decode()
