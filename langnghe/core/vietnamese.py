"""Numbers, dates and names as Vietnamese people write them."""

from __future__ import annotations

from datetime import date, datetime

from langnghe.core.clock import LOCAL_ZONE
from langnghe.core.gazetteer import FORMER_DISTRICT
from langnghe.core.models import Channel, Intent, Place, Reason, Sentiment, Verdict

CHANNELS: dict[Channel, str] = {
    Channel.FEED: "Bản tin RSS",
    Channel.NEWS: "Trang tin",
    Channel.COMMENTS: "Bình luận dưới bài",
    Channel.FORUM: "Diễn đàn",
    Channel.MASTODON: "Mạng xã hội Mastodon",
    Channel.YOUTUBE: "Bình luận YouTube",
    Channel.FACEBOOK: "Trang Facebook",
    Channel.BLUESKY: "Mạng xã hội Bluesky",
    Channel.DISCOURSE: "Diễn đàn Discourse",
    Channel.TELEGRAM: "Kênh Telegram",
    Channel.FILE: "Tệp nhập",
}
SENTIMENTS: dict[Sentiment, str] = {
    Sentiment.POSITIVE: "Tích cực",
    Sentiment.NEUTRAL: "Trung tính",
    Sentiment.NEGATIVE: "Tiêu cực",
}
# «Khiếu nại» and «phản ánh, kiến nghị» are procedures with deadlines of their own in law: what a
# machine takes a post for must not borrow their names.
INTENTS: dict[Intent, str] = {
    Intent.COMPLAINT: "Phàn nàn",
    Intent.QUESTION: "Câu hỏi",
    Intent.SUGGESTION: "Đề xuất, góp ý",
    Intent.PRAISE: "Khen, cảm ơn",
    Intent.INFORMATION: "Thông tin",
    Intent.OTHER: "Ý kiến khác",
}
NO_LABEL = "Chưa gán nhãn"
REASONS: dict[Reason, str] = {
    Reason.URGENT: "Khẩn cấp",
    Reason.SCAM_WARNING: "Dấu hiệu lừa đảo",
    Reason.REPEATS_CHECKED_CLAIM: "Lặp lại thông tin đã kiểm chứng",
    Reason.UNVERIFIED_CLAIM: "Thông tin chưa kiểm chứng",
    Reason.NEEDS_ANSWER: "Cần trả lời",
}
"""The most pressing first."""
VERDICTS: dict[Verdict, str] = {
    Verdict.UNVERIFIED: "Chưa kiểm chứng",
    Verdict.VERIFYING: "Đang xác minh",
    Verdict.FALSE: "Sai sự thật",
    Verdict.PARTLY_TRUE: "Đúng một phần",
    Verdict.CONFIRMED: "Đã xác thực",
    Verdict.INCONCLUSIVE: "Không đủ căn cứ kết luận",
}


def number(value: int) -> str:
    """`12345` → `12.345`."""
    return f"{value:,}".replace(",", ".")


def decimal(value: float, digits: int = 1) -> str:
    """`1234.56` → `1.234,6`."""
    return f"{value:,.{digits}f}".translate(_SWAPPED)


def short_decimal(value: float) -> str:
    """`12.52` → `12,5`; a whole one without its zero: `50`."""
    return decimal(value).removesuffix(",0")


def percent(share: float) -> str:
    """`0.125` → `12,5 %`; `0.5` → `50 %`."""
    return f"{short_decimal(100 * share)} %"


def day(value: date) -> str:
    """`05/01/2026`."""
    return value.strftime("%d/%m/%Y")


def moment(value: datetime) -> str:
    """`07:30 ngày 05/01/2026`, in the time of Viet Nam."""
    return value.astimezone(LOCAL_ZONE).strftime("%H:%M ngày %d/%m/%Y")


def place_title(place: Place) -> str:
    """`Xã Bình Lư`; a former district's name holds its kind already."""
    full = place.name if place.kind == FORMER_DISTRICT else f"{place.kind} {place.name}"
    return full[0].upper() + full[1:]


_SWAPPED = str.maketrans(",.", ".,")
