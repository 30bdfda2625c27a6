"""What a petition is, and what can be done with one: `petitions.py` has the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.deadlines import Route
from langnghe.casework.roles import Refused
from langnghe.casework.unpublishing import Unpublish, Withdrawal
from langnghe.casework.versions import (
    LanguageVersion,
    VersionAction,
    shown_versions,
    version_files,
)
from langnghe.core.clock import local_day


class Kind(StrEnum):
    """What the law takes it for."""

    PETITION = "petition"
    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"


class State(StrEnum):
    """Where a petition stands. Overdue is no state: it follows from the deadline."""

    RECEIVED = "received"
    CLASSIFYING = "classifying"
    FORWARDED = "forwarded"
    VERIFYING = "verifying"
    DRAFTING = "drafting"
    AWAITING_APPROVAL = "awaiting_approval"
    ANSWERED = "answered"
    """The answer is approved."""
    PUBLISHED = "published"
    MORE_WANTED = "more_wanted"
    SUSPENDED = "suspended"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    """Opened by mistake: it counts for nothing."""
    CLOSED = "closed"


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.PETITION: "Phản ánh, kiến nghị",
    Kind.COMPLAINT: "Khiếu nại",
    Kind.DENUNCIATION: "Tố cáo",
}
STATE_NAMES: Final[Mapping[State, str]] = {
    State.RECEIVED: "Mới tiếp nhận",
    State.CLASSIFYING: "Đang phân loại",
    State.FORWARDED: "Đã chuyển đơn vị chủ trì",
    State.VERIFYING: "Đang xác minh",
    State.DRAFTING: "Dự thảo trả lời",
    State.AWAITING_APPROVAL: "Chờ duyệt",
    State.ANSWERED: "Đã trả lời",
    State.PUBLISHED: "Đã công khai",
    State.MORE_WANTED: "Yêu cầu bổ sung thông tin",
    State.SUSPENDED: "Tạm đình chỉ",
    State.REDIRECTED: "Không thuộc thẩm quyền – đã hướng dẫn/chuyển",
    State.REFUSED: "Từ chối thụ lý",
    State.MERGED: "Trùng lặp – đã gộp",
    State.WITHDRAWN: "Mở nhầm – đã rút",
    State.CLOSED: "Đóng",
}

UNDRAFTED: Final = frozenset(
    {State.RECEIVED, State.CLASSIFYING, State.FORWARDED, State.VERIFYING, State.MORE_WANTED}
)
"""The states before anybody has written an answer; a suspended one has to be resumed first."""
ANSWERED: Final = frozenset({State.ANSWERED, State.PUBLISHED})
OPEN: Final = UNDRAFTED | {State.DRAFTING, State.AWAITING_APPROVAL, State.SUSPENDED}
"""The states in which work is still to be done."""


_CODE: Final = re.compile(r"PA\.(\d{4})(\d{2})(\d{2})\.(\d{4})", re.ASCII)


def petition_code(day: date, number: int) -> str:
    """The code of the `number`th petition (1 to 9999) of a day, such as PA.20261121.0007.

    Raises:
        Refused: more than 9999 in a day.
    """
    if not 1 <= number <= 9999:
        raise Refused(
            f"Ngày {day:%d/%m/%Y} đã hết mã phản ánh (9.999 mã). Hãy mở phản ánh này vào ngày mai."
        )
    return f"PA.{day:%Y%m%d}.{number:04}"


def is_petition_code(text: str) -> bool:
    """Whether `text` is a code as `petition_code` makes them, of a day that exists."""
    if (match := _CODE.fullmatch(text)) is None:
        return False
    year, month, day, number = map(int, match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return number > 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of the answer (Trả lời). Once approved, its words never change."""

    number: int
    text: str
    legal_basis: str
    drafted_by: tuple[str, ...]
    """Every account that wrote on it; none of them may approve it."""
    why: str = ""
    """Why there is a new version; "" for the first."""
    sent_back: str = ""
    """What the approver wants changed; "" if nothing."""
    approved_by: str = ""
    approved_at: datetime | None = None
    link: str = ""
    """Where it was published besides our own page; "" if nowhere."""
    published_at: datetime | None = None
    withdrawal: Withdrawal | None = None
    """Once it was published and taken back: the public reads a note in its place."""


@dataclass(frozen=True, slots=True)
class Petition:
    """Phản ánh, kiến nghị. A formal complaint or denunciation has only the first five fields."""

    id: str
    """Its code, PA.YYYYMMDD.NNNN."""
    state: State
    kind: Kind
    route: Route
    received_on: date
    due_on: date | None = None
    legal_basis: str = ""
    """What sets the deadline."""
    summary: str = ""
    """In our own words."""
    topic: str = ""
    place: str = ""
    posts: tuple[str, ...] = ()
    agency: str = ""
    """Who answers."""
    answers: tuple[Answer, ...] = ()
    """All versions, the newest last."""
    merged: tuple[str, ...] = ()
    """Codes of the like petitions that this one answers as well."""
    merged_into: str = ""
    resumes_as: State | None = None
    """Where it stood before it was suspended or more was asked for."""
    why: str = ""
    """What is missing, or why it was suspended, redirected, refused or closed."""
    versions: tuple[LanguageVersion, ...] = ()
    """The answers in other languages and read aloud, in the order they were attached."""

    @property
    def current(self) -> Answer | None:
        """The answer that the public reads now."""
        last = self.last_published
        return last if last is not None and last.withdrawal is None else None

    @property
    def last_published(self) -> Answer | None:
        """The answer that was published last, whether or not it was withdrawn since."""
        for answer in reversed(self.answers):
            if answer.published_at is not None:
                return answer
        return None

    @property
    def shown_versions(self) -> tuple[LanguageVersion, ...]:
        """What stands beside the published answer in other languages and read aloud."""
        return shown_versions(self.versions, self.current.number if self.current else None)

    @property
    def files(self) -> Mapping[str, str]:
        """The names of its files by their digest."""
        return version_files(self.versions)

    @property
    def deadline(self) -> date:
        """`due_on`, which all have but formal complaints and denunciations."""
        assert self.due_on
        return self.due_on

    @property
    def answered_on(self) -> date | None:
        """The day in Viet Nam on which the first answer was approved."""
        moments = [answer.approved_at for answer in self.answers if answer.approved_at]
        return local_day(moments[0]) if moments else None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been answered before `today`.

        Suspending it, or asking for more, does not stop the clock: neither may hide a delay.
        """
        return self.state in OPEN and self.answered_on is None and self.deadline < today


@dataclass(frozen=True, slots=True)
class Classify:
    """Say what it is. A complaint or denunciation is closed at once, and emptied."""

    kind: Kind
    topic: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Forward:
    """Hand it to the agency that is to answer."""

    agency: str


@dataclass(frozen=True, slots=True)
class StartVerifying:
    """The agency has taken it up."""


@dataclass(frozen=True, slots=True)
class AskForMore:
    """Say in public what must be known to go on. Nobody is written to (boundary 4)."""

    why: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """Wait for something that nobody here can hasten, such as a judgment."""

    why: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on where it was suspended, or where more was asked for."""


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """Write the answer, or a new version of one that was approved (which needs `why`)."""

    text: str
    legal_basis: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    """Ask for approval."""


@dataclass(frozen=True, slots=True)
class SendBack:
    """Do not approve yet."""

    why: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Approve the answer as it stands."""


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish the approved answer on our own page."""

    link: str = ""
    """Where it was published besides; "" if nowhere."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """It is another body's matter; `why` says whose, and what people were told."""

    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Do not take it up."""

    why: str


@dataclass(frozen=True, slots=True)
class Close:
    """End it, answered or not."""

    why: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take it back, as whoever opened it by mistake; nobody has worked on it."""


OwnAction = (
    Classify
    | Forward
    | StartVerifying
    | AskForMore
    | Suspend
    | Resume
    | DraftAnswer
    | Submit
    | SendBack
    | Approve
    | Publish
    | Redirect
    | Refuse
    | Close
    | Withdraw
)
"""What a rule of `petitions.RULES` is for."""
Action = OwnAction | Unpublish | VersionAction
