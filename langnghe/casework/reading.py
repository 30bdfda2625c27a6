"""What is shown of casework, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from langnghe.casework.audit import record
from langnghe.casework.keeping import every, kept, read
from langnghe.casework.kinds import AWAITING_SECOND, ITEM, REPORT, CaseKind, Kept
from langnghe.casework.reports import ReportState
from langnghe.casework.review import ItemState, ReviewItem, unseen
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.core.clock import Clock
from langnghe.store.auditlog import AuditEntry, Entries
from langnghe.store.cases import Cases, Facet, Order, Where

S = TypeVar("S")
A = TypeVar("A")

READ_AGAIN: Final = timedelta(hours=1)
"""Reading the posts of a case again within this time is in the log already."""

MOST_HISTORY: Final = 500
"""Entries of one case that are looked through for its history."""


class Reading:
    """Cases, as far as an actor may see them.

    Args:
        cases: where they are kept.
        clock: tells when posts were read.
    """

    def __init__(self, cases: Cases, clock: Clock) -> None:
        self.cases = cases
        self.clock = clock

    def get(self, kind: CaseKind[S, A], case_id: str, actor: Actor) -> Kept[S]:
        """One case. A second reviewer gets an item as if nobody had decided it.

        Raises:
            Refused: there is none, or the actor may not see it.
        """
        case = read(self.cases, kind, case_id)
        kind.require_seen(case.state, actor)
        return _as_seen(case, actor)

    def find(
        self,
        kind: CaseKind[S, A],
        actor: Actor,
        where: Where | None = None,
        order: Order = Order.URGENT,
        limit: int = 50,
        offset: int = 0,
    ) -> list[Kept[S]]:
        """Cases that fit, a page of them. Of reports, who only writes them gets their own.

        Raises:
            Refused: the actor may see none of them.
        """
        rows = self.cases.find(kind.name, _visible(kind, actor, where), order, limit, offset)
        return [_as_seen(kept(kind, row), actor) for row in rows]

    def count(self, kind: CaseKind[S, A], actor: Actor, where: Where | None = None) -> int:
        """How many cases `find` has to give.

        Raises:
            Refused: the actor may see none of them.
        """
        return self.cases.count(kind.name, _visible(kind, actor, where))

    def counts(
        self, kind: CaseKind[S, A], actor: Actor, by: Facet, where: Where | None = None
    ) -> dict[str, int]:
        """How many cases `find` has to give, by a facet; values that do not occur are left out.

        Raises:
            Refused: the actor may see none of them.
        """
        return self.cases.counts(kind.name, by, _visible(kind, actor, where))

    def every(self, kind: CaseKind[S, A], where: Where | None = None) -> Iterator[S]:
        """All cases that fit, whoever asks: for figures, never for the browser."""
        return (case.state for case in every(self.cases, kind, where))

    def for_second_opinion(self, actor: Actor, limit: int = 50) -> list[Kept[ReviewItem]]:
        """Items that wait for this person as second reviewer, as if nobody had decided them.

        Raises:
            Refused: the actor does not review.
        """
        require(actor, Permission.REVIEW)
        found: list[Kept[ReviewItem]] = []
        for case in every(self.cases, ITEM, Where(states=(AWAITING_SECOND,))):
            if len(found) < limit and _may_second(case.state, actor):
                found.append(_as_seen(case, actor))
        return found

    def read_posts(self, kind: CaseKind[S, A], case_id: str, actor: Actor) -> tuple[str, ...]:
        """Ids of a case's posts, for showing them to `actor`; the log says that they were shown.

        Raises:
            Refused: the actor reads no posts, or these belong to the formal channel.
        """
        require(actor, Permission.READ_POSTS)
        state = self.get(kind, case_id, actor).state
        if isinstance(state, ReviewItem) and state.state is ItemState.FORMAL:
            raise Refused(
                "Bài này thuộc kênh khiếu nại, tố cáo chính thức nên không hiện ở đây. "
                "Hãy chọn mục khác."
            )
        posts = kind.posts(state)
        if posts:
            log_reading(self.cases, kind.name, case_id, actor, self.clock.now())
        return posts

    def history(self, kind: CaseKind[S, A], case_id: str, actor: Actor) -> list[AuditEntry]:
        """What was done with a case, the newest first; reading it is left out.

        Raises:
            Refused: as `get`.
            ValueError: of a review item, whose second reviewer must not learn of the first.
        """
        if kind.name == ITEM.name:
            raise ValueError("who decided a review item first is not told")
        self.get(kind, case_id, actor)
        entries = self.cases.audit.entries(Entries(kind.name, case_id), MOST_HISTORY)
        return [entry for entry in entries if entry.what != "read"]


def log_reading(cases: Cases, kind: str, case_id: str, actor: Actor, now: datetime) -> None:
    """Say in the log that posts of a case, or of an alert, were shown; once in READ_AGAIN."""
    if not _has_read(cases, kind, case_id, actor, now):
        with cases.transaction(now) as work:
            # Asked again: a page that is drawn twice at once is one reading.
            if not _has_read(cases, kind, case_id, actor, now):
                record(work, actor, "read", kind=kind, case_id=case_id)


def _has_read(cases: Cases, kind: str, case_id: str, actor: Actor, now: datetime) -> bool:
    lately = Entries(kind, case_id, actor.account, since=now - READ_AGAIN)
    return any(entry.what == "read" for entry in cases.audit.entries(lately))


def _visible(kind: CaseKind[S, A], actor: Actor, where: Where | None) -> Where | None:
    """What is asked for, narrowed to what the actor may see."""
    if kind.name != REPORT.name:
        require(actor, Permission.READ_POSTS)
        return where
    wanted = where or Where()
    if not actor.may(Permission.DRAFT):
        require(actor, Permission.REPORT)
        return replace(wanted, owner=actor.account)
    if wanted.owner == actor.account:
        return wanted
    handed_in = {state.value for state in ReportState} - {ReportState.DRAFT}
    asked = handed_in if wanted.states is None else {str(state) for state in wanted.states}
    return replace(wanted, states=asked & handed_in)


def _may_second(item: ReviewItem, actor: Actor) -> bool:
    waits = item.second_wanted and item.decision is not None and item.second is None
    decided = {decision.by for decision in item.decisions}
    return waits and actor.may(Permission.REVIEW) and actor.account not in decided


def _as_seen(case: Kept[S], actor: Actor) -> Kept[S]:
    state = case.state
    if isinstance(state, ReviewItem) and _may_second(state, actor):
        return replace(case, state=unseen(state))  # type: ignore[arg-type]  # S is ReviewItem
    return case
