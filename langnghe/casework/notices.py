"""Báo sai sót: somebody points out a mistake in a published correction or answer.

Whoever it was is not kept: they are told a code, and what they said is masked. An editor finds out
and proposes; an approver who wrote nothing of what is criticised decides. What is found is told in
public, whether the notice was right or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.claimtexts import bounded, checked_line
from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, require


class About(StrEnum):
    """What kind of case a notice is about, by the names of the kinds."""

    CLAIM = "claim"
    """A published correction."""
    PETITION = "petition"
    """A published answer."""


class NoticeRoute(StrEnum):
    """How a notice came in."""

    PHONE = "phone"
    LETTER = "letter"
    PORTAL = "portal"
    RECEPTION = "reception"


class NoticeState(StrEnum):
    """Where a notice stands. Overdue is no state: it follows from the deadline."""

    RECEIVED = "received"
    CHECKING = "checking"
    AWAITING_APPROVAL = "awaiting_approval"
    UPHELD = "upheld"
    """There is a mistake, and it still has to be put right."""
    CORRECTED = "corrected"
    """A new edition was published, or what was wrong was withdrawn."""
    REJECTED = "rejected"
    """There is no mistake; the reason is told."""
    WITHDRAWN = "withdrawn"
    """Written down by mistake: it counts for nothing."""


ROUTE_NAMES: Final[Mapping[NoticeRoute, str]] = {
    NoticeRoute.PHONE: "Điện thoại",
    NoticeRoute.LETTER: "Thư, đơn",
    NoticeRoute.PORTAL: "Cổng thông tin, hòm thư điện tử",
    NoticeRoute.RECEPTION: "Đến trực tiếp",
}
STATE_NAMES: Final[Mapping[NoticeState, str]] = {
    NoticeState.RECEIVED: "Mới nhận",
    NoticeState.CHECKING: "Đang kiểm tra",
    NoticeState.AWAITING_APPROVAL: "Chờ quyết định",
    NoticeState.UPHELD: "Có sai sót, chờ sửa",
    NoticeState.CORRECTED: "Có sai sót, đã sửa",
    NoticeState.REJECTED: "Không có sai sót, đã nêu lý do",
    NoticeState.WITHDRAWN: "Ghi nhầm, đã rút",
}
UNDECIDED: Final = frozenset(
    {NoticeState.RECEIVED, NoticeState.CHECKING, NoticeState.AWAITING_APPROVAL}
)
"""While a notice stands here, whoever sent it waits, and the deadline counts."""
OPEN: Final = UNDECIDED | {NoticeState.UPHELD}
"""The states in which work is still to be done."""
DECIDED: Final = frozenset({NoticeState.UPHELD, NoticeState.CORRECTED, NoticeState.REJECTED})

FINDING_CHARACTERS: Final = 400
"""It becomes part of the reason for reopening a claim, which has 500."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Báo sai sót."""

    id: str
    """Its code, SS.YYYYMMDD.NNNN, which the sender is told."""
    state: NoticeState
    about: About
    case: str
    """Id of the claim or code of the petition."""
    edition: int
    """Number of the correction or answer that is criticised."""
    drafted_by: tuple[str, ...]
    """Everybody who had a hand in what is criticised: none of them decides."""
    topic: str
    route: NoticeRoute
    received_on: date
    due_on: date
    legal_basis: str
    """What sets the deadline."""
    text: str
    """What is said to be wrong, masked; nothing about who said it."""
    opened_by: str
    upholds: bool | None = None
    """Whether there is a mistake, as it is proposed or was decided; None: nobody has said."""
    finding: str = ""
    """What was found. The public reads it once it is decided."""
    proposed_by: tuple[str, ...] = ()
    """Everybody who proposed something: none of them decides."""
    sent_back: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    corrected_at: datetime | None = None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been decided before `today`, a day in Viet Nam."""
        return self.state in UNDECIDED and self.due_on < today


@dataclass(frozen=True, slots=True)
class StartChecking:
    """Somebody sets out to find out."""


@dataclass(frozen=True, slots=True)
class Propose:
    """Put forward whether there is a mistake, and what was found."""

    upholds: bool
    finding: str


@dataclass(frozen=True, slots=True)
class SendBack:
    """Have it looked into again."""

    why: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide as proposed. What follows from it is done in the same transaction."""


@dataclass(frozen=True, slots=True)
class Settle:
    """The service itself notes that what was wrong has been put right."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take it back, as whoever wrote it down by mistake; nobody has worked on it."""


Action = StartChecking | Propose | SendBack | Decide | Settle | Withdraw

_NEEDS: Final[Mapping[type[Action], Permission]] = {
    StartChecking: Permission.DRAFT,
    Propose: Permission.DRAFT,
    SendBack: Permission.APPROVE,
    Decide: Permission.APPROVE,
    Withdraw: Permission.DRAFT,
}
_FROM: Final[Mapping[type[Action], NoticeState]] = {
    StartChecking: NoticeState.RECEIVED,
    Propose: NoticeState.CHECKING,
    SendBack: NoticeState.AWAITING_APPROVAL,
    Decide: NoticeState.AWAITING_APPROVAL,
    Settle: NoticeState.UPHELD,
    Withdraw: NoticeState.RECEIVED,
}
"""Where a notice has to stand for each action."""


def notice_code(day: date, number: int) -> str:
    """The code of the `number`th notice (1 to 9999) of a day, such as SS.20261121.0003.

    Raises:
        Refused: more than 9999 in a day.
    """
    if not 1 <= number <= 9999:
        raise Refused(
            f"Ngày {day:%d/%m/%Y} đã hết mã báo sai sót (9.999 mã). Hãy ghi vào ngày mai."
        )
    return f"SS.{day:%Y%m%d}.{number:04}"


def apply(notice: Notice, action: Action, actor: Actor, now: datetime) -> Notice:
    """What becomes of `notice` by `action`.

    Raises:
        Refused: the actor may not, or not now, or something is missing.
    """
    if isinstance(action, Settle):
        assert actor == SYSTEM
    else:
        require(actor, _NEEDS[type(action)])
    if notice.state is not _FROM[type(action)]:
        raise Refused(
            f"{notice.id} đang ở trạng thái «{STATE_NAMES[notice.state]}» nên không làm được việc "
            "này. Hãy tải lại trang để thấy những việc làm được lúc này."
        )
    match action:
        case StartChecking():
            return replace(notice, state=NoticeState.CHECKING)
        case Propose(upholds, finding):
            finding = bounded(
                checked_line(finding, "Kết quả kiểm tra"), "Kết quả kiểm tra", FINDING_CHARACTERS
            )
            return replace(
                notice,
                state=NoticeState.AWAITING_APPROVAL,
                upholds=upholds,
                finding=finding,
                proposed_by=tuple(dict.fromkeys((*notice.proposed_by, actor.account))),
                sent_back="",
            )
        case SendBack(why):
            why = checked_line(why, "Lý do trả lại")
            return replace(notice, state=NoticeState.CHECKING, sent_back=why)
        case Decide():
            return _decided(notice, actor, now)
        case Settle():
            return replace(notice, state=NoticeState.CORRECTED, corrected_at=now)
        case Withdraw():
            if notice.opened_by != actor.account:
                raise Refused(f"Chỉ người đã ghi ({notice.opened_by}) rút được báo sai sót này.")
            return replace(notice, state=NoticeState.WITHDRAWN, text="")


def why_not_decide(notice: Notice, actor: Actor) -> str:
    """Why this actor does not decide, in words; "" where nothing stands in the way."""
    if actor.account in notice.drafted_by:
        return (
            "Bạn đã tham gia soạn nội dung bị báo sai sót nên không quyết định. Hãy nhờ người có "
            "quyền phê duyệt khác."
        )
    if actor.account in notice.proposed_by:
        return (
            "Bạn đã đề xuất kết quả này nên không tự quyết định. Hãy nhờ người có quyền phê duyệt "
            "khác."
        )
    return ""


def _decided(notice: Notice, actor: Actor, now: datetime) -> Notice:
    if why := why_not_decide(notice, actor):
        raise Refused(why)
    state = NoticeState.UPHELD if notice.upholds else NoticeState.REJECTED
    return replace(notice, state=state, decided_by=actor.account, decided_at=now)
