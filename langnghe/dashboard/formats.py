"""Times, names and words of the pages; those of all outputs are in `core.vietnamese`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from langnghe.casework.review import Dismissal, FollowUp
from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.models import (
    Outcome,
    PostKind,
    Reason,
    RejectReason,
    Stance,
    TimePrecision,
)
from langnghe.core.vietnamese import REASONS, day, moment

KINDS: dict[PostKind, str] = {
    PostKind.ARTICLE: "Bài viết",
    PostKind.OPENING: "Bài mở đầu",
    PostKind.REPLY: "Bình luận",
}
POST_REASONS: dict[Reason, str] = {
    reason: title for reason, title in REASONS.items() if reason is not Reason.UNVERIFIED_CLAIM
}
"""Those that a single post can have: to choose another would find nothing, ever."""
STANCES: dict[Stance, str] = {
    Stance.REPEATS: "khẳng định điều ấy",
    Stance.DOUBTS: "hỏi hoặc nghi ngờ điều ấy",
    Stance.DENIES: "bác bỏ, đính chính hoặc cảnh báo điều ấy",
    Stance.UNRELATED: "không nói về điều ấy",
}
"""What a post does with a claim; follows «bài này»."""
SURE, FAIRLY_SURE = 0.9, 0.7
"""From these scores on a model is sure, or fairly sure, of what it says."""
DISMISSALS: dict[Dismissal, str] = {
    Dismissal.OPINION: "Ý kiến, quan điểm",
    Dismissal.SATIRE: "Châm biếm, nói đùa",
    Dismissal.TRUE: "Đúng sự thật",
    Dismissal.NOT_LOCAL: "Không thuộc địa bàn",
    Dismissal.DUPLICATE: "Trùng lặp",
    Dismissal.OTHER: "Lý do khác",
}
"""Why a reason does not hold, in the order of the keys 1 to 6."""
FOLLOW_UPS: dict[FollowUp, str] = {
    FollowUp.ATTACH_CLAIM: "Gắn vào thông tin đã có",
    FollowUp.OPEN_CLAIM: "Mở thông tin cần kiểm chứng",
    FollowUp.OPEN_PETITION: "Mở phản ánh, kiến nghị",
    FollowUp.ACKNOWLEDGE: "Ghi nhận, không mở hồ sơ",
}
"""What follows from confirming a reason."""
OUTCOMES: dict[Outcome, str] = {
    Outcome.STORED: "mới",
    Outcome.UNCHANGED: "không đổi",
    Outcome.DUPLICATE: "trùng",
    Outcome.OFF_TOPIC: "ngoài chủ đề",
    Outcome.REJECTED: "không dùng được",
}
REJECT_REASONS: dict[RejectReason, str] = {
    RejectReason.EMPTY: "không có chữ",
    RejectReason.GARBLED: "lỗi bảng mã, không đọc được",
    RejectReason.TOO_LONG: "quá dài",
    RejectReason.EXPIRED: "cũ hơn thời hạn lưu",
    RejectReason.MALFORMED: "thiếu phần cần có",
    RejectReason.WITHHELD: "không hiện cho mọi người xem",
}


def published(value: datetime, precision: TimePrecision) -> str:
    """When a post was published, no more exactly than its source says."""
    local = value.astimezone(LOCAL_ZONE)
    match precision:
        case TimePrecision.SECOND | TimePrecision.MINUTE:
            return moment(value)
        case TimePrecision.HOUR:
            return local.strftime("khoảng %H giờ ngày %d/%m/%Y")
        case TimePrecision.DAY:
            return local.strftime("ngày %d/%m/%Y")
        case TimePrecision.MONTH:
            return local.strftime("tháng %m/%Y")
        case TimePrecision.YEAR:
            return local.strftime("năm %Y")
        case TimePrecision.UNKNOWN:
            return f"không rõ ngày đăng, đọc lúc {moment(value)}"


def ago(then: datetime, now: datetime) -> str:
    """`5 phút trước`; from two days on the date itself."""
    passed = now - then
    if passed < timedelta(minutes=1):
        return "vừa xong"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} phút trước"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} giờ trước"
    if passed < timedelta(days=2):
        return "hôm qua"
    return f"ngày {day(then.astimezone(LOCAL_ZONE).date())}"


def until(then: datetime, now: datetime) -> str:
    """`sau 5 phút`; a moment that has come is `ngay bây giờ`."""
    left = then - now
    if left <= timedelta(0):
        return "ngay bây giờ"
    if left < timedelta(hours=1):
        return f"sau {max(1, left // timedelta(minutes=1))} phút"
    if left < timedelta(days=1):
        return f"sau {left // timedelta(hours=1)} giờ"
    return f"lúc {moment(then)}"


def certainty(score: float) -> str:
    """How sure a model is of what it says, in words; `score` is 0 to 1."""
    if score >= SURE:
        return "chắc"
    return "khá chắc" if score >= FAIRLY_SURE else "chưa chắc"


def shown_path(path: Path) -> str:
    """A path as short as it can be: from the folder that the service was started in, if below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
