"""Field reports: what a collaborator heard on the ground (phiếu phản ánh dư luận xã hội).

The author is an official's account, never a citizen. What is typed is masked before the state
holds it, drafts included. A form that is sent again after a dropped connection changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from langnghe.casework.reportform import Form, Mask, masked_form, masked_text, missing_fields
from langnghe.casework.roles import Actor, Permission, Refused, require


class ReportState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    """For its author to mend and submit again."""
    ACCEPTED = "accepted"
    """It counts for the briefing, and does not change any more."""


STATE_NAMES: Final[Mapping[ReportState, str]] = {
    ReportState.DRAFT: "Bản nháp",
    ReportState.SUBMITTED: "Đã gửi",
    ReportState.RETURNED: "Trả lại để bổ sung",
    ReportState.ACCEPTED: "Đã tiếp nhận",
}


@dataclass(frozen=True, slots=True)
class FieldReport:
    """Phiếu phản ánh dư luận xã hội."""

    id: str
    author: str
    """The collaborator's account."""
    opened_at: datetime
    form: Form = field(default_factory=Form)
    state: ReportState = ReportState.DRAFT
    submitted_at: datetime | None = None
    returned_by: str | None = None
    returned_why: str = ""
    accepted_by: str | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Save:
    """Keep what the author has typed so far."""

    form: Form


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand it in as it was saved last."""


@dataclass(frozen=True, slots=True)
class Return:
    """Give it back to its author."""

    why: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Let it count for the briefing."""


Action = Save | Submit | Return | Accept


def report_id(author: str, client_id: str) -> str:
    """The one id of what `author` sends under the id that the form was given when it was opened."""
    native = f"{len(author)}:{author}{client_id}"
    return blake2b(native.encode(), digest_size=16, person=b"field report").hexdigest()


def open_report(client_id: str, author: Actor, now: datetime) -> FieldReport:
    """An empty draft, for a client id that has no report yet.

    Raises:
        Refused: the actor hands in no reports.
    """
    require(author, Permission.REPORT)
    return FieldReport(report_id(author.account, client_id), author.account, now)


def apply(
    report: FieldReport, action: Action, actor: Actor, now: datetime, mask: Mask
) -> FieldReport:
    """The report after the action; the same report where the action was sent a second time.

    Raises:
        Refused: the actor may not do it, or not with this report as it stands.
    """
    match action:
        case Save():
            _require_author(report, actor)
            return _saved(report, action.form, mask)
        case Submit():
            _require_author(report, actor)
            return _submitted(report, now)
    # Whoever prepares the briefing decides which reports go into it.
    require(actor, Permission.DRAFT)
    if report.state is not ReportState.SUBMITTED:
        raise Refused(
            f"Phiếu này đang ở trạng thái “{STATE_NAMES[report.state]}”, không phải phiếu chờ "
            "tiếp nhận. Hãy tải lại danh sách và chọn phiếu khác."
        )
    if isinstance(action, Return):
        why = masked_text("Lý do trả lại", action.why, mask)
        if not why:
            raise Refused("Chưa có lý do trả lại. Hãy viết rõ cần bổ sung hoặc sửa điều gì.")
        return replace(
            report, state=ReportState.RETURNED, returned_by=actor.account, returned_why=why
        )
    if actor.account == report.author:
        raise Refused("Bạn là người lập phiếu này. Hãy nhờ biên tập viên khác tiếp nhận.")
    return replace(report, state=ReportState.ACCEPTED, accepted_by=actor.account, accepted_at=now)


def _require_author(report: FieldReport, actor: Actor) -> None:
    require(actor, Permission.REPORT)
    if actor.account != report.author:
        raise Refused(
            f"Chỉ người lập phiếu ({report.author}) được sửa và gửi phiếu này. "
            "Hãy lập phiếu của bạn, hoặc trả lại phiếu kèm lý do."
        )


def _saved(report: FieldReport, typed: Form, mask: Mask) -> FieldReport:
    form = masked_form(typed, mask)
    if form == report.form:
        return report
    if report.state not in (ReportState.DRAFT, ReportState.RETURNED):
        raise Refused(
            "Phiếu đã gửi nên không sửa được nữa. Hãy nhờ biên tập viên trả lại phiếu, "
            "hoặc lập phiếu mới."
        )
    return replace(report, form=form)


def _submitted(report: FieldReport, now: datetime) -> FieldReport:
    if report.state in (ReportState.SUBMITTED, ReportState.ACCEPTED):
        return report
    missing = ", ".join(missing_fields(report.form))
    if missing:
        raise Refused(
            f"Phiếu chưa gửi được vì còn thiếu: {missing}. "
            "Hãy điền rồi gửi lại; những gì đã nhập vẫn được giữ."
        )
    if report.form.noted_at is not None and report.form.noted_at > now:
        raise Refused("Thời điểm ghi nhận ở sau hiện tại. Hãy kiểm tra lại ngày giờ.")
    return replace(
        report,
        state=ReportState.SUBMITTED,
        submitted_at=now,
        returned_by=None,
        returned_why="",
    )
