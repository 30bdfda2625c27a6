"""Claims: from a statement that goes round to a verdict with evidence and its correction.

What is approved is what stands: any change to a statement, its evidence or a text takes back what
awaited approval. After an approved verdict nothing changes but by reopening with a reason, and
what was published stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from langnghe.casework.claimstate import (
    OPEN,
    Claim,
    Correction,
    CorrectionState,
    Proposal,
    Publication,
    Reopening,
)
from langnghe.casework.claimtexts import (
    CorrectionText,
    Evidence,
    checked_correction,
    checked_evidence,
    checked_line,
    checked_link,
    repeats,
)
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.casework.unpublishing import Unpublish, withdrawal
from langnghe.casework.versions import VersionAction, apply_to_versions
from langnghe.core.models import Verdict

FEWEST_PIECES: Final = 2
"""So many pieces of evidence bear a verdict where no primary document is among them."""
MOST_PIECES: Final = 50

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AttachPosts:
    """More posts that state it; those that it has already change nothing."""

    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetachPosts:
    """Posts that were attached by mistake."""

    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reword:
    """Put the statement in other words."""

    statement: str


@dataclass(frozen=True, slots=True)
class StartVerifying:
    """Somebody sets out to find out."""


@dataclass(frozen=True, slots=True)
class AddEvidence:
    """Add what proves or disproves it."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class DropEvidence:
    """Take out a piece of evidence."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ProposeVerdict:
    """Put a verdict forward for approval."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SendBack:
    """Send back the verdict or correction that awaits approval."""

    why: str


@dataclass(frozen=True, slots=True)
class ApproveVerdict:
    """Approve the proposed verdict."""


@dataclass(frozen=True, slots=True)
class DraftCorrection:
    """Write this edition's correction, or write it anew."""

    text: CorrectionText


@dataclass(frozen=True, slots=True)
class SubmitCorrection:
    """Put the correction forward for approval."""


@dataclass(frozen=True, slots=True)
class ApproveCorrection:
    """Approve the correction, which publishes it."""

    link: str = ""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Take up an approved verdict again, in a new edition."""

    why: str


@dataclass(frozen=True, slots=True)
class TakeUpNotice:
    """Reopen it as an upheld notice of a mistake asks for, in that decision's transaction."""

    why: str


@dataclass(frozen=True, slots=True)
class BecomePetition:
    """People were right: note the petition, opened in the same transaction, that answers them."""

    code: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take it back, as whoever opened it by mistake; nobody has worked on it."""


OwnAction = (
    AttachPosts
    | DetachPosts
    | Reword
    | StartVerifying
    | AddEvidence
    | DropEvidence
    | ProposeVerdict
    | SendBack
    | ApproveVerdict
    | DraftCorrection
    | SubmitCorrection
    | ApproveCorrection
    | Reopen
    | TakeUpNotice
    | BecomePetition
    | Withdraw
    | Unpublish
)
Action = OwnAction | VersionAction

NEEDS: Final[Mapping[type[OwnAction], Permission]] = {
    AttachPosts: Permission.REVIEW,
    DetachPosts: Permission.REVIEW,
    Reword: Permission.DRAFT,
    StartVerifying: Permission.DRAFT,
    AddEvidence: Permission.DRAFT,
    DropEvidence: Permission.DRAFT,
    ProposeVerdict: Permission.DRAFT,
    SendBack: Permission.APPROVE,
    ApproveVerdict: Permission.APPROVE,
    DraftCorrection: Permission.DRAFT,
    SubmitCorrection: Permission.DRAFT,
    ApproveCorrection: Permission.APPROVE,
    Reopen: Permission.DRAFT,
    # Who decided that a notice is right asks for the work; it is for an editor to do.
    TakeUpNotice: Permission.APPROVE,
    BecomePetition: Permission.DRAFT,
    Withdraw: Permission.REVIEW,
    Unpublish: Permission.APPROVE,
}
"""What each action takes; for language versions `versions` says it."""


def open_claim(
    claim_id: str, statement: str, topic: str, posts: tuple[str, ...], actor: Actor, now: datetime
) -> Claim:
    """A new claim, unverified.

    Raises:
        Refused: the actor does not review, or the statement is empty or too long.
    """
    require(actor, Permission.REVIEW)
    return Claim(
        id=claim_id,
        statement=checked_line(statement, "Nội dung thông tin"),
        topic=topic,
        posts=_union((), posts),
        opened_by=actor.account,
        opened_at=now,
        authors=(actor.account,),
    )


def apply(claim: Claim, action: Action, actor: Actor, now: datetime) -> Claim:
    """The claim after the action.

    Raises:
        Refused: the actor may not do it, or not with this claim as it stands.
    """
    if isinstance(action, VersionAction):
        return _with_versions(claim, action, actor, now)
    require(actor, NEEDS[type(action)])
    _require_not_withdrawn(claim)
    match action:
        case AttachPosts() | DetachPosts():
            return _with_posts(claim, action)
        case StartVerifying():
            return _taken_up(claim)
        case Reword() | AddEvidence() | DropEvidence() | ProposeVerdict():
            return _worked_on(claim, action, actor, now)
        case SendBack():
            return _sent_back(claim, action)
        case ApproveVerdict():
            return _decided(claim, actor, now)
        case DraftCorrection() | SubmitCorrection():
            return _written(claim, action, actor)
        case ApproveCorrection():
            return _published(claim, action, actor, now)
        case Reopen() | TakeUpNotice():
            return _reopened(claim, action, actor, now)
        case BecomePetition() | Withdraw():
            return _ended(claim, action, actor)
        case Unpublish():
            return _unpublished(claim, action, actor, now)


def _with_versions(claim: Claim, action: VersionAction, actor: Actor, now: datetime) -> Claim:
    edition = claim.current.number if claim.current else None
    versions = apply_to_versions(claim.versions, edition, action, actor, now)
    return replace(claim, versions=versions)


def _with_posts(claim: Claim, action: AttachPosts | DetachPosts) -> Claim:
    if isinstance(action, AttachPosts):
        return replace(claim, posts=_union(claim.posts, action.posts))
    kept = (post for post in claim.posts if post not in action.posts)
    return replace(claim, posts=tuple(kept))


def _taken_up(claim: Claim) -> Claim:
    if claim.state is not Verdict.UNVERIFIED:
        raise Refused("Thông tin này đã được xác minh trước đó. Hãy tải lại trang.")
    return replace(claim, state=Verdict.VERIFYING)


def _worked_on(
    claim: Claim,
    action: Reword | AddEvidence | DropEvidence | ProposeVerdict,
    actor: Actor,
    now: datetime,
) -> Claim:
    if claim.state not in OPEN:
        raise Refused(
            "Kết luận đã được duyệt nên nội dung, căn cứ và kết luận bị khóa. "
            "Muốn sửa, hãy mở lại và nêu lý do."
        )
    changed = replace(claim, proposal=None, authors=_union(claim.authors, (actor.account,)))
    if isinstance(action, Reword):
        return replace(changed, statement=checked_line(action.statement, "Nội dung thông tin"))
    if claim.state is Verdict.UNVERIFIED:
        raise Refused("Thông tin này chưa có ai xác minh. Hãy chọn «Bắt đầu xác minh» trước.")
    if isinstance(action, ProposeVerdict):
        _require_borne_out(claim, action.verdict)
        proposal = Proposal(action.verdict, actor.account, now)
        return replace(changed, proposal=proposal, sent_back="")
    if isinstance(action, DropEvidence):
        if action.evidence not in claim.evidence:
            raise Refused("Căn cứ này không còn trong hồ sơ. Hãy tải lại trang.")
        kept = (piece for piece in claim.evidence if piece != action.evidence)
        return replace(changed, evidence=tuple(kept))
    evidence = _union(claim.evidence, (checked_evidence(action.evidence, now),))
    if len(evidence) == len(claim.evidence):
        raise Refused("Căn cứ này đã có trong hồ sơ. Không cần thêm lần nữa.")
    if len(evidence) > MOST_PIECES:
        raise Refused(f"Mỗi hồ sơ chứa nhiều nhất {MOST_PIECES} căn cứ. Hãy bỏ bớt căn cứ phụ.")
    return replace(changed, evidence=evidence)


def _require_borne_out(claim: Claim, verdict: Verdict) -> None:
    """Boundary 3: no verdict without evidence, "inconclusive" included.

    Whoever asked two offices in vain has two dated replies to show for it.
    """
    if verdict in OPEN:
        raise Refused(
            "Đây không phải là một kết luận. Hãy chọn: sai sự thật, đúng một phần, "
            "đã xác thực, hoặc không đủ căn cứ kết luận."
        )
    primary = any(piece.primary for piece in claim.evidence)
    if not primary and len(claim.evidence) < FEWEST_PIECES:
        raise Refused(
            "Chưa đủ căn cứ: cần ít nhất một văn bản gốc của cơ quan có thẩm quyền, hoặc hai căn "
            "cứ khác nhau. Hãy bổ sung; nếu đã hỏi mà chưa rõ, hãy ghi trả lời của nơi đã hỏi."
        )


def _sent_back(claim: Claim, action: SendBack) -> Claim:
    why = checked_line(action.why, "Lý do trả lại")
    if claim.state in OPEN and claim.proposal is not None:
        return replace(claim, proposal=None, sent_back=why)
    awaiting = _require_awaiting(claim)
    return replace(_with_last(claim, _as_draft(awaiting)), sent_back=why)


def _decided(claim: Claim, actor: Actor, now: datetime) -> Claim:
    if claim.state not in OPEN or claim.proposal is None:
        raise Refused("Không có kết luận nào đang chờ duyệt. Hãy tải lại trang.")
    _require_no_author(actor, claim.authors)
    return replace(claim, state=claim.proposal.verdict, approved_by=actor.account, approved_at=now)


def _written(claim: Claim, action: DraftCorrection | SubmitCorrection, actor: Actor) -> Claim:
    if claim.state in OPEN:
        raise Refused("Chưa có kết luận được duyệt. Hãy đề xuất kết luận và chờ duyệt trước.")
    if claim.state is Verdict.CONFIRMED and claim.last_published is None:
        raise Refused(
            "Thông tin này đúng sự thật nên không cần đính chính. "
            "Hãy lập phản ánh, kiến nghị để trả lời người dân."
        )
    current = claim.unpublished
    if isinstance(action, SubmitCorrection):
        if current is None or current.state is not CorrectionState.DRAFT:
            raise Refused("Không có bản đính chính nào đang soạn. Hãy tải lại trang.")
        # Statement and verdict may have changed by a reopening since it was drafted.
        _require_title_of_its_own(claim, current.text)
        submitted = replace(current, state=CorrectionState.AWAITING_APPROVAL)
        return replace(_with_last(claim, submitted), sent_back="")
    text = checked_correction(action.text)
    _require_title_of_its_own(claim, text)
    if current is not None:
        authors = _union(current.drafted_by, (actor.account,))
        return _with_last(claim, replace(_as_draft(current), text=text, drafted_by=authors))
    if claim.corrections and claim.corrections[-1].number == claim.edition:
        if claim.corrections[-1].withdrawal is not None:
            raise Refused(
                "Bản đính chính đã thu hồi. Muốn công bố bản khác, hãy mở lại hồ sơ và nêu lý do."
            )
        raise Refused(
            "Bản đính chính đã công bố nên bị khóa. Muốn sửa, hãy mở lại và nêu lý do: "
            "bản mới sẽ thay bản cũ, cả hai đều được giữ để người dân xem."
        )
    draft = Correction(claim.edition, CorrectionState.DRAFT, text, (actor.account,))
    return replace(claim, corrections=(*claim.corrections, draft))


def _published(claim: Claim, action: ApproveCorrection, actor: Actor, now: datetime) -> Claim:
    awaiting = _require_awaiting(claim)
    _require_no_author(actor, (*claim.authors, *awaiting.drafted_by))
    publication = Publication(
        approved_by=actor.account,
        at=now,
        link=checked_link(action.link),
        statement=claim.statement,
        verdict=claim.state,
        evidence=claim.evidence,
    )
    earlier = (
        correction
        if correction.withdrawal is not None
        else replace(correction, state=CorrectionState.SUPERSEDED)
        for correction in claim.corrections[:-1]
    )
    latest = replace(awaiting, state=CorrectionState.PUBLISHED, publication=publication)
    return replace(claim, corrections=(*earlier, latest))


def _unpublished(claim: Claim, action: Unpublish, actor: Actor, now: datetime) -> Claim:
    if claim.current is None:
        raise Refused("Không có bản đính chính nào đang công bố. Hãy tải lại trang.")
    taken = withdrawal(action, actor, now)
    corrections = tuple(
        correction
        if correction.publication is None or correction.withdrawal is not None
        else replace(correction, state=CorrectionState.WITHDRAWN, withdrawal=taken)
        for correction in claim.corrections
    )
    return replace(claim, corrections=corrections)


def _reopened(claim: Claim, action: Reopen | TakeUpNotice, actor: Actor, now: datetime) -> Claim:
    if claim.state in OPEN:
        raise Refused("Thông tin này chưa có kết luận được duyệt nên không cần mở lại.")
    why = checked_line(action.why, "Lý do mở lại")
    reopening = Reopening(why, actor.account, now, claim.state)
    reopened = replace(
        claim,
        state=Verdict.VERIFYING,
        proposal=None,
        approved_by=None,
        approved_at=None,
        sent_back="",
        reopenings=(*claim.reopenings, reopening),
    )
    current = claim.unpublished
    if current is None:
        return reopened
    # What was written is not lost, but belongs to the new edition from now on.
    return _with_last(reopened, replace(_as_draft(current), number=reopened.edition))


def _ended(claim: Claim, action: BecomePetition | Withdraw, actor: Actor) -> Claim:
    if isinstance(action, BecomePetition):
        if not claim.becomes_petition:
            raise Refused(
                "Chỉ thông tin đã xác thực và chưa có phản ánh, kiến nghị mới lập được phản ánh. "
                "Hãy tải lại trang."
            )
        return replace(claim, petition=action.code)
    if claim.authors != (actor.account,) or claim.state is not Verdict.UNVERIFIED:
        raise Refused(
            "Đã có người làm tiếp hồ sơ này nên không rút được. Hãy trao đổi với người đó."
        )
    return replace(claim, posts=(), withdrawn=True)


def _require_not_withdrawn(claim: Claim) -> None:
    if claim.withdrawn:
        raise Refused(f"{claim.id} đã được rút vì mở nhầm. Hãy chọn hồ sơ khác.")


def _require_awaiting(claim: Claim) -> Correction:
    current = claim.unpublished
    if current is None or current.state is not CorrectionState.AWAITING_APPROVAL:
        raise Refused("Không có nội dung nào đang chờ duyệt. Hãy tải lại trang.")
    return current


def _require_no_author(actor: Actor, authors: tuple[str, ...]) -> None:
    if actor.account in authors:
        raise Refused(
            "Bạn đã tham gia soạn hồ sơ này nên không được tự duyệt. "
            "Hãy nhờ người có quyền phê duyệt khác."
        )


def _require_title_of_its_own(claim: Claim, text: CorrectionText) -> None:
    # Of a confirmed claim the statement itself is what is true.
    if claim.state is not Verdict.CONFIRMED and repeats(text.title, claim.statement):
        raise Refused(
            "Tiêu đề đang nhắc lại chính thông tin cần đính chính: người đọc lướt qua sẽ nhớ điều "
            "sai, kể cả khi có chữ «tin giả» hay «sai sự thật». Hãy nêu điều đúng, ví dụ: "
            "«Đèo Ô Quý Hồ vẫn thông xe bình thường»."
        )


def _as_draft(correction: Correction) -> Correction:
    return replace(correction, state=CorrectionState.DRAFT)


def _with_last(claim: Claim, correction: Correction) -> Claim:
    return replace(claim, corrections=(*claim.corrections[:-1], correction))


def _union(first: tuple[_T, ...], more: tuple[_T, ...]) -> tuple[_T, ...]:
    """Both in order, nothing twice."""
    return tuple(dict.fromkeys((*first, *more)))
