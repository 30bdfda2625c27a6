"""Review items: what a person must look at, and what became of it.

An item is opened once per reason and subject. A reviewer takes it, confirms the reason (and says
what follows) or dismisses it. The reason may be withdrawn by the service while nobody has decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, require
from langnghe.core.models import Reason

LOCK: Final = timedelta(minutes=15)
UNDO: Final = timedelta(days=1)
SECOND_ONE_IN: Final = 10
"""One item in so many goes to a second reviewer."""
NOTE_CHARACTERS: Final = 2_000


class ItemState(StrEnum):
    """Where a review item stands."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"
    """Newer labels no longer give the reason, and nobody had decided."""
    FORMAL = "formal"
    """A complaint or denunciation in the law's sense: kept out of the queue for good."""


class FollowUp(StrEnum):
    """What follows from confirming a reason."""

    ATTACH_CLAIM = "attach_claim"
    """The posts go to a claim that is there already."""
    OPEN_CLAIM = "open_claim"
    OPEN_PETITION = "open_petition"
    ACKNOWLEDGE = "acknowledge"
    """Nothing is opened here: the note says what was done."""


class Dismissal(StrEnum):
    """Why a reason does not hold."""

    OPINION = "opinion"
    SATIRE = "satire"
    TRUE = "true"
    NOT_LOCAL = "not_local"
    DUPLICATE = "duplicate"
    OTHER = "other"
    """Says why in the note."""


FOLLOW_UPS: Final[Mapping[Reason, frozenset[FollowUp]]] = {
    Reason.REPEATS_CHECKED_CLAIM: frozenset({FollowUp.ATTACH_CLAIM, FollowUp.OPEN_CLAIM}),
    # A petition: what several people state may be a grievance, or belong to the formal channel.
    Reason.UNVERIFIED_CLAIM: frozenset(
        {FollowUp.ATTACH_CLAIM, FollowUp.OPEN_CLAIM, FollowUp.OPEN_PETITION}
    ),
    Reason.SCAM_WARNING: frozenset(
        {FollowUp.ATTACH_CLAIM, FollowUp.OPEN_CLAIM, FollowUp.ACKNOWLEDGE}
    ),
    # Never a claim: whoever asks states nothing, and would be counted as repeating it.
    Reason.NEEDS_ANSWER: frozenset({FollowUp.OPEN_PETITION, FollowUp.ACKNOWLEDGE}),
    # Whoever is in danger asks for help, and what is told of a disaster may need checking.
    Reason.URGENT: frozenset(FollowUp),
}
"""What may follow from each reason."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer found, and what came of it."""

    by: str
    at: datetime
    dismissal: Dismissal | None
    """None: the reason holds."""
    note: str = ""
    follow_up: FollowUp | None = None
    """Of a first reviewer who confirms; a second one opens nothing."""
    target: str = ""
    """Id of the claim or petition that was opened or attached to; "" if none was."""
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """Mục chờ xét duyệt."""

    id: str
    reason: Reason
    subject: str
    """Id of the post, or of the cluster for an unverified claim."""
    posts: tuple[str, ...]
    urgent: bool
    opened_at: datetime
    second_wanted: bool
    """It goes to a second reviewer, who is not shown the first one's decision."""
    state: ItemState = ItemState.OPEN
    assigned_to: str | None = None
    """Only this account may work on it; None: whoever reviews."""
    locked_by: str | None = None
    locked_until: datetime | None = None
    decisions: tuple[Decision, ...] = ()
    """Oldest first, those undone included."""
    second: Decision | None = None

    @property
    def decision(self) -> Decision | None:
        """The decision that holds; None while there is none."""
        decided = self.state in (ItemState.CONFIRMED, ItemState.DISMISSED)
        return self.decisions[-1] if decided else None

    def holder(self, now: datetime) -> str | None:
        """The account that is working on it; None once its lock has run out."""
        running = self.locked_until is not None and now < self.locked_until
        return self.locked_by if running else None


@dataclass(frozen=True, slots=True)
class Take:
    """Lock it for `LOCK`, or renew one's own lock."""


@dataclass(frozen=True, slots=True)
class Release:
    """Give up one's lock."""


@dataclass(frozen=True, slots=True)
class Assign:
    """Give it to somebody while nobody works on it."""

    to: Actor


@dataclass(frozen=True, slots=True)
class HandOver:
    """Pass on what one works on, or (with the permission to assign) what another works on."""

    to: Actor


@dataclass(frozen=True, slots=True)
class Confirm:
    """The reason holds."""

    follow_up: FollowUp
    target: str = ""
    """Id of the claim or petition attached to or, in the same transaction, opened."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dismiss:
    """The reason does not hold."""

    why: Dismissal
    note: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back one's own last decision."""

    untouched: bool
    """Nobody has worked on what it opened, as the caller has found out."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a second reviewer finds without having seen the first one's decision."""

    dismissal: Dismissal | None
    """None: the reason holds."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """By the service: the labels give the reason, with these posts, still or anew."""

    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdraw:
    """By the service: the labels no longer give the reason."""


@dataclass(frozen=True, slots=True)
class KeepOut:
    """By the service: its posts belong to the formal channel (boundary 4).

    The posts' ids stay, so that they never come back. What was written about them goes.
    """


Action = (
    Take
    | Release
    | Assign
    | HandOver
    | Confirm
    | Dismiss
    | Undo
    | SecondOpinion
    | Flag
    | Withdraw
    | KeepOut
)


def item_id(reason: Reason, subject: str) -> str:
    """The one id of an item for this reason and post or cluster."""
    return f"{reason}-{subject}"


def open_item(
    reason: Reason, subject: str, posts: tuple[str, ...], opened_at: datetime
) -> ReviewItem:
    """A new item; whether a second reviewer gets it is settled by its id, not by chance."""
    id_ = item_id(reason, subject)
    digest = blake2b(id_.encode(), digest_size=8, person=b"second reviewer").digest()
    return ReviewItem(
        id=id_,
        reason=reason,
        subject=subject,
        posts=posts,
        urgent=reason is Reason.URGENT,
        opened_at=opened_at,
        second_wanted=int.from_bytes(digest, "big") % SECOND_ONE_IN == 0,
    )


def unseen(item: ReviewItem) -> ReviewItem:
    """The item as a second reviewer gets it: nothing tells what the first one decided."""
    return replace(item, state=ItemState.OPEN, assigned_to=None, decisions=())


def apply(item: ReviewItem, action: Action, actor: Actor, now: datetime) -> ReviewItem:
    """The item after the action.

    Raises:
        Refused: the actor may not do it, or not with this item as it stands.
    """
    match action:
        case Flag() | Withdraw() | KeepOut():
            return _by_the_service(item, action, actor)
        case Assign() | HandOver():
            return _passed_on(item, action, actor, now)
    require(actor, Permission.REVIEW)
    match action:
        case Undo():
            return _undone(item, action, actor, now)
        case SecondOpinion():
            return _seconded(item, action, actor, now)
    _require_open(item)
    _require_not_held(item, actor, now)
    if isinstance(action, Release):
        return _unlocked(item)
    if item.assigned_to not in (None, actor.account):
        raise Refused(
            f"Mục này đã giao cho {item.assigned_to}. "
            "Hãy chọn mục khác, hoặc nhờ người phân công giao lại."
        )
    _require_not_second(item, actor)
    if isinstance(action, Take):
        return replace(item, locked_by=actor.account, locked_until=now + LOCK)
    return _decided(item, action, actor, now)


def _by_the_service(
    item: ReviewItem, action: Flag | Withdraw | KeepOut, actor: Actor
) -> ReviewItem:
    if actor != SYSTEM:
        raise Refused(
            "Chỉ hệ thống mở lại hoặc rút mục chờ xét duyệt theo nhãn mới. "
            "Nếu lý do không đúng, hãy chọn Bỏ qua."
        )
    if isinstance(action, KeepOut):
        emptied = tuple(replace(decision, note="", target="") for decision in item.decisions)
        second = None if item.second is None else replace(item.second, note="")
        kept = replace(item, state=ItemState.FORMAL, assigned_to=None)
        return replace(_unlocked(kept), decisions=emptied, second=second)
    if item.state not in (ItemState.OPEN, ItemState.WITHDRAWN):
        raise Refused("Mục này đã có người quyết định. Kết quả được giữ nguyên.")
    if isinstance(action, Flag):
        return replace(item, state=ItemState.OPEN, posts=action.posts)
    return replace(_unlocked(item), state=ItemState.WITHDRAWN)


def _passed_on(
    item: ReviewItem, action: Assign | HandOver, actor: Actor, now: datetime
) -> ReviewItem:
    if isinstance(action, Assign):
        require(actor, Permission.ASSIGN)
        _require_open(item)
        _require_not_held(item, actor, now)
    else:
        own = actor.account in (item.holder(now), item.assigned_to)
        require(actor, Permission.REVIEW if own else Permission.ASSIGN)
        _require_open(item)
    if not action.to.may(Permission.REVIEW):
        raise Refused(
            f"Tài khoản {action.to.account} không có quyền xét duyệt. Hãy chọn người khác."
        )
    _require_not_second(item, action.to)
    return replace(_unlocked(item), assigned_to=action.to.account)


def _decided(
    item: ReviewItem, action: Confirm | Dismiss, actor: Actor, now: datetime
) -> ReviewItem:
    if isinstance(action, Dismiss):
        note = _note(action.note, wanted=action.why is Dismissal.OTHER)
        state = ItemState.DISMISSED
        decision = Decision(actor.account, now, action.why, note)
    else:
        if action.follow_up not in FOLLOW_UPS[item.reason]:
            raise Refused(
                "Cách xử lý này không hợp với lý do xét duyệt. Hãy chọn một cách xử lý khác."
            )
        opens = action.follow_up is not FollowUp.ACKNOWLEDGE
        if opens != bool(action.target):
            raise Refused(
                "Chưa rõ mục này gắn với hồ sơ nào. Hãy chọn thông tin cần kiểm chứng "
                "hoặc phản ánh, kiến nghị cần gắn; nếu chỉ ghi nhận thì để trống."
            )
        note = _note(action.note, wanted=not opens)
        state = ItemState.CONFIRMED
        decision = Decision(actor.account, now, None, note, action.follow_up, action.target)
    return replace(_unlocked(item), state=state, decisions=(*item.decisions, decision))


def _undone(item: ReviewItem, action: Undo, actor: Actor, now: datetime) -> ReviewItem:
    decision = item.decision
    if decision is None:
        raise Refused("Mục này chưa có quyết định nào để hoàn tác. Hãy tải lại trang.")
    if decision.by != actor.account:
        raise Refused(f"Chỉ {decision.by} hoàn tác được quyết định này. Hãy trao đổi với người đó.")
    if now - decision.at > UNDO:
        raise Refused(
            "Chỉ hoàn tác được trong vòng một ngày. Hãy sửa trong hồ sơ đã mở từ mục này."
        )
    if not action.untouched:
        raise Refused(
            "Đã có người làm tiếp hồ sơ mở từ mục này nên không hoàn tác được. "
            "Hãy sửa trong chính hồ sơ đó."
        )
    undone = replace(decision, undone_at=now)
    return replace(item, state=ItemState.OPEN, decisions=(*item.decisions[:-1], undone))


def _seconded(item: ReviewItem, action: SecondOpinion, actor: Actor, now: datetime) -> ReviewItem:
    if not item.second_wanted or item.decision is None:
        raise Refused("Mục này không chờ ý kiến thứ hai. Hãy tải lại danh sách.")
    if item.second is not None:
        raise Refused("Mục này đã có ý kiến thứ hai. Hãy chọn mục khác.")
    if any(decision.by == actor.account for decision in item.decisions):
        raise Refused("Bạn đã quyết định mục này, ý kiến thứ hai phải của người khác.")
    note = _note(action.note, wanted=action.dismissal is Dismissal.OTHER)
    return replace(item, second=Decision(actor.account, now, action.dismissal, note))


def _unlocked(item: ReviewItem) -> ReviewItem:
    return replace(item, locked_by=None, locked_until=None)


def _note(text: str, *, wanted: bool) -> str:
    note = text.strip()
    if wanted and not note:
        raise Refused("Cần ghi chú cho lựa chọn này. Hãy viết ngắn gọn vì sao hoặc đã làm gì.")
    if len(note) > NOTE_CHARACTERS:
        raise Refused(f"Ghi chú dài quá {NOTE_CHARACTERS} ký tự. Hãy viết ngắn lại.")
    return note


def _require_open(item: ReviewItem) -> None:
    if item.state is ItemState.WITHDRAWN:
        raise Refused(
            "Mục này đã được rút vì nhãn mới không còn lý do xét duyệt. Hãy chọn mục khác."
        )
    if item.state is ItemState.FORMAL:
        raise Refused(
            "Mục này thuộc kênh khiếu nại, tố cáo chính thức nên không xử lý ở đây. "
            "Hãy chọn mục khác."
        )
    if item.state is not ItemState.OPEN:
        raise Refused("Mục này đã có người quyết định. Hãy tải lại danh sách và chọn mục khác.")


def _require_not_held(item: ReviewItem, actor: Actor, now: datetime) -> None:
    if item.holder(now) not in (None, actor.account):
        raise Refused(
            f"{item.locked_by} đang xử lý mục này. Hãy chọn mục khác, hoặc thử lại sau ít phút."
        )


def _require_not_second(item: ReviewItem, actor: Actor) -> None:
    """Keep the two opinions of an item those of two people, also after an undo."""
    if item.second is not None and item.second.by == actor.account:
        raise Refused(
            f"{actor.account} đã cho ý kiến thứ hai về mục này, người khác phải quyết định. "
            "Hãy chọn mục khác hoặc giao cho người khác."
        )
