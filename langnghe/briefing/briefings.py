"""The monthly briefing as a case: drafted, approved by another, frozen.

What was approved never changes: an edition keeps its figures, its text and its letterhead as they
were, whatever is purged, relabelled or configured later. A correction is a new edition with a
reason; the earlier ones stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from langnghe.briefing.figures import Figures, from_json
from langnghe.briefing.sentences import ASKED, as_typed, paragraphs_of
from langnghe.briefing.text import Section
from langnghe.casework.claimtexts import checked_line
from langnghe.casework.kinds import CaseKind, Texts
from langnghe.casework.petitions import refuse_personal_data
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.core.text import clean
from langnghe.store.cases import Facets

SECTION_CHARACTERS: Final = 20_000
"""Longest text of one section: eight pages."""


class BriefingState(StrEnum):
    """Where a briefing stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"
    """Frozen."""


STATE_NAMES: Final[Mapping[BriefingState, str]] = {
    BriefingState.DRAFT: "Đang soạn",
    BriefingState.AWAITING_APPROVAL: "Chờ duyệt",
    BriefingState.APPROVED: "Đã duyệt",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """An approved briefing, as it was approved."""

    number: int
    figures: str
    """JSON of `figures.Figures`."""
    letterheads: str
    """JSON of `letterhead.Letterheads`."""
    sections: tuple[Section, ...]
    drafted_by: tuple[str, ...]
    approved_by: str
    approved_at: datetime
    why: str
    """Why there is a new edition; "" for the first."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """Báo cáo tình hình dư luận xã hội tháng."""

    id: str
    """BG.YYYYMM."""
    month: date
    """Its first day."""
    figures: str
    letterheads: str
    sections: tuple[Section, ...]
    drafted_by: tuple[str, ...]
    """Everybody who had a hand in this edition: none of them may approve it."""
    state: BriefingState = BriefingState.DRAFT
    number: int = 1
    """Of the edition."""
    sent_back: str = ""
    """What the approver wants changed; "" if nothing."""
    why: str = ""
    editions: tuple[Edition, ...] = ()
    """Those that were approved, oldest first."""
    posts: tuple[str, ...] = ()
    """Ids of example posts, for whoever writes: no words of theirs are kept here."""

    @property
    def frozen(self) -> Edition | None:
        """What was approved last."""
        return self.editions[-1] if self.editions else None

    def section(self, section_id: str) -> Section | None:
        """One of its sections."""
        return next((one for one in self.sections if one.id == section_id), None)


@dataclass(frozen=True, slots=True)
class Edit:
    """Write a section anew."""

    section: str
    text: str
    """One paragraph a line; `- ` before a bullet."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """Take figures gathered anew, and the text that goes with them."""

    figures: str
    letterheads: str
    sections: tuple[Section, ...]
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submit:
    """Ask for approval."""


@dataclass(frozen=True, slots=True)
class SendBack:
    """Do not approve yet."""

    why: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Approve it as it stands, which freezes it."""


@dataclass(frozen=True, slots=True)
class Reopen:
    """Begin a new edition of one that was approved."""

    why: str


Action = Edit | Refresh | Submit | SendBack | Approve | Reopen

NEEDS: Final[Mapping[type[Action], Permission]] = {
    Edit: Permission.DRAFT,
    Refresh: Permission.DRAFT,
    Submit: Permission.DRAFT,
    SendBack: Permission.APPROVE,
    Approve: Permission.APPROVE,
    Reopen: Permission.DRAFT,
}
"""What each action takes."""


def briefing_id(month: date) -> str:
    """The id of the briefing of a month, such as BG.202611."""
    return f"BG.{month:%Y%m}"


def apply(
    briefing: Briefing, action: Action, actor: Actor, now: datetime, texts: Texts
) -> Briefing:
    """The briefing after the action.

    Raises:
        Refused: the actor may not do it, or not with this briefing as it stands.
    """
    require(actor, NEEDS[type(action)])
    match action:
        case Edit():
            return _edited(_require_draft(briefing), action, actor, texts)
        case Refresh():
            return replace(
                _require_draft(briefing),
                figures=action.figures,
                letterheads=action.letterheads,
                sections=action.sections,
                posts=action.posts,
                drafted_by=_with(briefing.drafted_by, actor),
            )
        case Submit():
            return _submitted(_require_draft(briefing))
        case SendBack():
            _require_awaiting(briefing)
            why = checked_line(action.why, "Lý do trả lại")
            refuse_personal_data(why, texts.check)
            return replace(briefing, state=BriefingState.DRAFT, sent_back=why)
        case Approve():
            return _approved(briefing, actor, now)
        case Reopen():
            if briefing.state is not BriefingState.APPROVED:
                raise Refused("Báo cáo này chưa được duyệt nên cứ sửa tiếp, không cần mở bản mới.")
            why = checked_line(action.why, "Lý do lập bản mới")
            refuse_personal_data(why, texts.check)
            return replace(
                briefing,
                state=BriefingState.DRAFT,
                number=briefing.number + 1,
                why=why,
                drafted_by=(actor.account,),
            )


def _edited(briefing: Briefing, action: Edit, actor: Actor, texts: Texts) -> Briefing:
    section = briefing.section(action.section)
    if section is None or not section.editable:
        raise Refused("Báo cáo không còn mục này. Hãy tải lại trang.")
    text = clean(action.text)
    if len(text) > SECTION_CHARACTERS:
        raise Refused(f"Mục này dài quá {SECTION_CHARACTERS} ký tự. Hãy viết ngắn lại.")
    if text == as_typed(section.paragraphs):
        return briefing
    refuse_personal_data(text, texts.check)
    # What stood in other sections may have been moved here.
    before = [*section.paragraphs, *(p for one in briefing.sections for p in one.paragraphs)]
    paragraphs = paragraphs_of(text, before, from_json(briefing.figures))
    written = replace(section, paragraphs=paragraphs)
    return replace(
        briefing,
        sections=tuple(written if one is section else one for one in briefing.sections),
        drafted_by=_with(briefing.drafted_by, actor),
    )


def _submitted(briefing: Briefing) -> Briefing:
    waiting = [
        one.heading
        for one in briefing.sections
        if any(ASKED in paragraph.text for paragraph in one.paragraphs)
    ]
    if waiting:
        raise Refused(
            f"Còn chỗ «{ASKED}…]» trong mục: {'; '.join(waiting)}. Hãy viết bổ sung, hoặc xóa chỗ "
            "đó nếu không có gì để nói, rồi trình lại."
        )
    if not from_json(briefing.figures).over:
        raise Refused(
            "Số liệu được lấy khi kỳ báo cáo chưa kết thúc. Hãy đợi hết kỳ, chọn «Cập nhật số "
            "liệu» rồi trình."
        )
    return replace(briefing, state=BriefingState.AWAITING_APPROVAL, sent_back="")


def _approved(briefing: Briefing, actor: Actor, now: datetime) -> Briefing:
    _require_awaiting(briefing)
    if actor.account in briefing.drafted_by:
        raise Refused(
            "Bạn đã tham gia soạn báo cáo này nên không được tự duyệt. "
            "Hãy nhờ người có quyền phê duyệt khác."
        )
    edition = Edition(
        briefing.number,
        briefing.figures,
        briefing.letterheads,
        briefing.sections,
        briefing.drafted_by,
        actor.account,
        now,
        briefing.why,
    )
    return replace(briefing, state=BriefingState.APPROVED, editions=(*briefing.editions, edition))


def _require_draft(briefing: Briefing) -> Briefing:
    if briefing.state is BriefingState.AWAITING_APPROVAL:
        raise Refused(
            "Báo cáo đang chờ duyệt nên bị khóa. Hãy đề nghị người duyệt trả lại nếu cần sửa."
        )
    if briefing.state is BriefingState.APPROVED:
        raise Refused(
            "Báo cáo đã duyệt nên số liệu và lời văn không thay đổi nữa. Muốn sửa, hãy lập bản mới "
            "và nêu lý do; bản đã duyệt vẫn được giữ."
        )
    return briefing


def _require_awaiting(briefing: Briefing) -> None:
    if briefing.state is not BriefingState.AWAITING_APPROVAL:
        raise Refused("Báo cáo này không chờ duyệt. Hãy tải lại trang.")


def _with(accounts: tuple[str, ...], actor: Actor) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*accounts, actor.account)))


def _require_seen(_briefing: Briefing, actor: Actor) -> None:
    if not actor.may(Permission.APPROVE):
        require(actor, Permission.DRAFT)


def for_audit(briefing: Briefing) -> dict[str, object]:
    """What the log gets to see: of figures and text the length, section by section."""
    kept = {one.name: getattr(briefing, one.name) for one in fields(briefing)}
    kept["sections"] = {one.id: as_typed(one.paragraphs) for one in briefing.sections}
    kept["editions"] = len(briefing.editions)
    return kept


def figures_of(kept: Briefing | Edition) -> Figures:
    """The figures of a briefing, or of one of its editions."""
    return from_json(kept.figures)


BRIEFING: Final[CaseKind[Briefing, Action]] = CaseKind(
    "briefing",
    "báo cáo giao ban",
    TypeAdapter(Briefing),
    apply,
    lambda briefing: Facets(briefing.state, owner=briefing.drafted_by[0]),
    lambda briefing: briefing.posts,
    _require_seen,
    lambda before, after: (for_audit(before), for_audit(after)),
)
