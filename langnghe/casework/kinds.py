"""The kinds of cases: what each is, its rules, who may see it, and what it is found by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter

from langnghe.casework import claims, notices, petitionrecords, petitions, reports, review
from langnghe.casework.claimstate import Claim
from langnghe.casework.notices import UNDECIDED, Notice
from langnghe.casework.petitionrecords import OPEN, Kind, Petition, State
from langnghe.casework.petitions import Check, refuse_personal_data
from langnghe.casework.reportform import Mask, masked_text
from langnghe.casework.reports import FieldReport, ReportState
from langnghe.casework.review import ReviewItem
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import AttachVersion, WithdrawVersion
from langnghe.store.cases import Facets

S = TypeVar("S")
A = TypeVar("A")

AWAITING_SECOND: Final = "awaiting_second"
"""State under which a decided item is kept until its second reviewer has spoken: who lists what
was confirmed or dismissed is not shown it, and so is none who may still be that reviewer."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is done with words that people type: personal data are no part of any case."""

    mask: Mask
    """Takes them out; of what stays inside."""
    check: Check
    """Names them; of what is going to be published, which somebody must put right."""


@dataclass(frozen=True, slots=True)
class CaseKind(Generic[S, A]):
    """One kind of case."""

    name: str
    """In the tables and the audit log."""
    title: str
    """In messages."""
    states: TypeAdapter[S]
    apply: Callable[[S, A, Actor, datetime, Texts], S]
    facets: Callable[[S], Facets]
    posts: Callable[[S], tuple[str, ...]]
    require_seen: Callable[[S, Actor], None]
    """Raises Refused for whoever may not see the case."""
    for_audit: Callable[[S, S], tuple[object, object]] = lambda before, after: (before, after)
    """What the log gets to see of a state before and after a change."""
    keeps_why: Callable[[S], bool] = lambda _state: True
    """Whether the log may keep the reason given for a change that led to this state."""


@dataclass(frozen=True, slots=True)
class Kept(Generic[S]):
    """A case as it stands, with the version that a change of it has to name."""

    state: S
    version: int
    opened_at: datetime
    changed_at: datetime


def action_name(action: object) -> str:
    """An action, or a class of actions, as the log calls it, such as `approve_verdict`."""
    name = (action if isinstance(action, type) else type(action)).__name__
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _review(
    item: ReviewItem, action: review.Action, actor: Actor, now: datetime, texts: Texts
) -> ReviewItem:
    if isinstance(action, review.Confirm | review.Dismiss | review.SecondOpinion):
        action = replace(action, note=masked_text("Ghi chú", action.note, texts.mask))
    return review.apply(item, action, actor, now)


def _review_facets(item: ReviewItem) -> Facets:
    awaits = item.second_wanted and item.decision is not None and item.second is None
    return Facets(
        AWAITING_SECOND if awaits else item.state,
        reason=item.reason,
        owner=item.assigned_to or "",
        urgent=item.urgent,
    )


def _claim(claim: Claim, action: claims.Action, actor: Actor, now: datetime, texts: Texts) -> Claim:
    for text in _claim_texts(action):
        refuse_personal_data(text, texts.check)
    return claims.apply(claim, action, actor, now)


def _claim_texts(action: claims.Action) -> Iterator[str]:
    """What is written to be published, but for where to ask: that is an office's address."""
    if isinstance(action, claims.Reword):
        yield action.statement
    if isinstance(action, claims.Reopen | claims.TakeUpNotice | Unpublish | WithdrawVersion):
        yield action.why
    if isinstance(action, AttachVersion):
        yield from (action.title, action.text)
    if isinstance(action, claims.DraftCorrection):
        text = action.text
        yield from (text.title, text.truth, text.circulating, text.finding, text.advice)


def _petition(
    petition: Petition, action: petitionrecords.Action, actor: Actor, now: datetime, texts: Texts
) -> Petition:
    return petitions.apply(petition, action, actor, now, texts.check)


def _petition_audit(before: Petition, after: Petition) -> tuple[object, object]:
    if after.kind is Kind.PETITION:
        return before, after
    # Not even how long the text was.
    bare = Petition(before.id, before.state, before.kind, before.route, before.received_on)
    return bare, after


def _is_settled(petition: Petition) -> bool:
    """Whether it can no more prove a formal complaint, of which nothing may be kept."""
    may_prove = petition.state in OPEN and petition.answered_on is None
    return petition.kind is Kind.PETITION and not may_prove


def _petition_facets(petition: Petition) -> Facets:
    waiting = petition.state in OPEN and petition.answered_on is None
    return Facets(
        petition.state,
        topic=petition.topic,
        agency=petition.agency,
        # So that what is due before today is what is overdue.
        due_on=petition.due_on if waiting else None,
    )


def _notice(
    notice: Notice, action: notices.Action, actor: Actor, now: datetime, texts: Texts
) -> Notice:
    if isinstance(action, notices.Propose):
        # The public reads it.
        refuse_personal_data(action.finding, texts.check)
    if isinstance(action, notices.SendBack):
        action = replace(action, why=masked_text("Lý do trả lại", action.why, texts.mask))
    return notices.apply(notice, action, actor, now)


def _require_report_seen(report: FieldReport, actor: Actor) -> None:
    if actor.account == report.author and actor.may(Permission.REPORT):
        return
    require(actor, Permission.DRAFT)
    if report.state is ReportState.DRAFT:
        raise Refused("Phiếu này còn là bản nháp, chỉ người lập phiếu xem được.")


def _require_posts_seen(_state: object, actor: Actor) -> None:
    require(actor, Permission.READ_POSTS)


ITEM: Final[CaseKind[ReviewItem, review.Action]] = CaseKind(
    "review_item",
    "mục chờ xét duyệt",
    TypeAdapter(ReviewItem),
    _review,
    _review_facets,
    lambda item: item.posts,
    _require_posts_seen,
)
CLAIM: Final[CaseKind[Claim, claims.Action]] = CaseKind(
    "claim",
    "thông tin cần kiểm chứng",
    TypeAdapter(Claim),
    _claim,
    lambda claim: Facets(
        "withdrawn" if claim.withdrawn else claim.state,
        topic=claim.topic,
        agency=claim.turn,
        owner=claim.opened_by,
    ),
    lambda claim: claim.posts,
    _require_posts_seen,
)
PETITION: Final[CaseKind[Petition, petitionrecords.Action]] = CaseKind(
    "petition",
    "phản ánh, kiến nghị",
    TypeAdapter(Petition),
    _petition,
    _petition_facets,
    lambda petition: () if petition.state is State.WITHDRAWN else petition.posts,
    _require_posts_seen,
    _petition_audit,
    _is_settled,
)
REPORT: Final[CaseKind[FieldReport, reports.Action]] = CaseKind(
    "field_report",
    "phiếu phản ánh",
    TypeAdapter(FieldReport),
    lambda report, action, actor, now, texts: reports.apply(report, action, actor, now, texts.mask),
    lambda report: Facets(
        report.state, topic=report.form.topic, owner=report.author, urgent=report.form.urgent
    ),
    lambda _report: (),
    _require_report_seen,
)
NOTICE: Final[CaseKind[Notice, notices.Action]] = CaseKind(
    "notice",
    "báo sai sót",
    TypeAdapter(Notice),
    _notice,
    lambda notice: Facets(
        notice.state,
        reason=notice.about,
        topic=notice.topic,
        # The case that it is about.
        owner=notice.case,
        due_on=notice.due_on if notice.state in UNDECIDED else None,
    ),
    lambda _notice: (),
    _require_posts_seen,
)
