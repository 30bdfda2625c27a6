"""Where a figure comes from: what it counts, and the query that counts it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from langnghe.briefing.figures import Figures
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a figure comes from."""

    meaning: str
    """In Vietnamese, with what it counts."""
    query: str
    """What is asked of which table; whoever asks the same gets the same."""


_SUFFIXES: Final[Mapping[str, str]] = {
    "share": "tỷ lệ trong tổng",
    "before": "số của kỳ trước",
    "change": "chênh lệch so với kỳ trước",
    "growth": "tỷ lệ tăng, giảm so với kỳ trước",
}
_DIMENSIONS: Final[Mapping[str, str]] = {
    "topic": "chủ đề",
    "place": "địa bàn",
    "source": "nguồn tin",
    "channel": "loại kênh",
    "sentiment": "khuynh hướng",
    "intent": "loại ý kiến",
}
_CASES: Final[Mapping[str, tuple[str, str]]] = {
    "petitions.received": (
        "Phản ánh, kiến nghị tiếp nhận trong kỳ",
        "received_on trong kỳ; không tính mở nhầm",
    ),
    "petitions.answered": ("… trong đó đã trả lời", "có câu trả lời được duyệt"),
    "petitions.in_time": ("… trả lời đúng hạn", "ngày duyệt câu trả lời đầu ≤ due_on"),
    "petitions.overdue": ("… quá hạn chưa trả lời", "còn mở, due_on < ngày tính"),
    "petitions.open": ("… đang xử lý trong hạn", "tiếp nhận − trả lời − quá hạn − kết thúc khác"),
    "petitions.ended": (
        "… từ chối, chuyển nơi có thẩm quyền hoặc đóng",
        "state refused, redirected, closed và chưa có câu trả lời được duyệt",
    ),
    "petitions.formal": (
        "Khiếu nại, tố cáo đã hướng dẫn sang kênh chính thức",
        "kind khác petition, received_on trong kỳ",
    ),
    "petitions.answers": ("Câu trả lời được duyệt trong kỳ", "ngày duyệt câu trả lời đầu trong kỳ"),
    "petitions.days": (
        "Số ngày làm việc đến khi trả lời (trung vị)",
        "ngày làm việc từ received_on đến ngày duyệt, của các câu trả lời trong kỳ",
    ),
    "petitions.days.longest": ("… lâu nhất", "lớn nhất, như trên"),
    "petitions.late": (
        "Phản ánh, kiến nghị quá hạn chưa trả lời đến ngày tính",
        "còn mở, due_on < ngày tính, received_on đến hết kỳ",
    ),
    "claims.opened": ("Thông tin cần kiểm chứng mở trong kỳ", "opened_at trong kỳ; không tính rút"),
    "claims.decided": ("Thông tin có kết luận được duyệt trong kỳ", "approved_at trong kỳ"),
    "claims.verifying": ("Thông tin đang chờ, đang xác minh", "state unverified, verifying"),
    "claims.corrections": ("Bản đính chính công bố trong kỳ", "publication.at trong kỳ"),
    "claims.reopened": ("Kết luận được mở lại trong kỳ", "reopenings.at trong kỳ"),
    "reports.accepted": ("Phiếu phản ánh được tiếp nhận trong kỳ", "accepted_at trong kỳ"),
    "notices.received": ("Báo sai sót tiếp nhận trong kỳ", "received_on trong kỳ; không tính rút"),
    "notices.decided": ("… đã kết luận", "decided_at có giá trị"),
    "notices.in_time": ("… kết luận đúng hạn", "ngày kết luận ≤ due_on"),
    "notices.overdue": ("… quá hạn chưa kết luận", "chưa kết luận, due_on < ngày tính"),
    "notices.upheld": ("… kết luận là có sai sót", "upholds đúng"),
    "notices.corrected": ("… đã sửa", "state corrected"),
    "period.days": ("Số ngày của kỳ", "từ ngày đầu đến ngày cuối"),
}
_TABLES: Final[Mapping[str, str]] = {
    "petitions": "cases kind=petition",
    "claims": "cases kind=claim",
    "reports": "cases kind=field_report",
    "notices": "cases kind=notice",
    "period": "briefing.yaml",
}
_SUFFIX: Final = re.compile(rf"\.({'|'.join(_SUFFIXES)})$")


def trace(figures: Figures, key: str) -> Trace:
    """What a figure counts, and the query it comes from.

    Raises:
        KeyError: there is no such figure.
    """
    if key not in figures.values:
        raise KeyError(key)
    match = _SUFFIX.search(key)
    base = key[: match.start()] if match else key
    found = (_trace_posts if base.startswith("posts.") else _trace_case)(figures, base)
    if match is None:
        return found
    suffix = match.group(1)
    query = found.query
    if suffix in ("before", "change", "growth"):
        days = f"since={figures.before.since} until={figures.before.until}"
        query = f"{query}; so với {days}"
    return Trace(f"{found.meaning}: {_SUFFIXES[suffix]}", query)


def _trace_posts(figures: Figures, base: str) -> Trace:
    parts = base.split(".")[1:]
    query = f"daily: posts, since={figures.period.since} until={figures.period.until}"
    pairs = [] if parts == ["total"] else list(zip(parts[::2], parts[1::2], strict=True))
    words = [
        f"{_DIMENSIONS[dimension]} «{figures.title(dimension, one)}»" for dimension, one in pairs
    ]
    meaning = ", ".join(["Số bài, ý kiến thu thập được", *words])
    return Trace(meaning, " ".join([query, *(f"{dimension}={one}" for dimension, one in pairs)]))


def _trace_case(figures: Figures, base: str) -> Trace:
    family, _, rest = base.partition(".")
    of = f"{_TABLES.get(family, family)}, kỳ {figures.period.since}–{figures.period.until}"
    if base in _CASES:
        meaning, query = _CASES[base]
    elif rest.startswith("carried."):
        meaning, query = _CASES[f"petitions.{rest.removeprefix('carried.')}"]
        meaning = f"Kỳ trước chuyển sang: {meaning.removeprefix('… ')}"
        query = f"received_on trước kỳ, còn mở khi kỳ bắt đầu; {query}"
    else:
        meaning, query = _trace_one(figures, family, rest)
    return Trace(meaning, f"{of}: {query}; ngày tính {figures.as_of}")


def _trace_one(figures: Figures, family: str, rest: str) -> tuple[str, str]:
    """Of a figure of a single topic, verdict, stream or case."""
    kind, _, one = rest.partition(".")
    topic = figures.title("topic", one)
    match family, kind:
        case "petitions", "topic":
            return f"Phản ánh, kiến nghị về «{topic}»", f"received_on trong kỳ, topic={one}"
        case "petitions", "late":
            return f"Số ngày làm việc {one} đã quá hạn", f"id={one}, từ due_on đến ngày tính"
        case "claims", "verdict":
            verdict = VERDICTS[Verdict(one)]
            return f"Thông tin kết luận trong kỳ: {verdict}", f"approved_at trong kỳ, state={one}"
        case "claims", "posts":
            return f"Số bài nêu {one}", f"case_posts case_id={one}"
        case "reports", "topic":
            return f"Phiếu phản ánh về «{topic}»", f"accepted_at trong kỳ, topic={one}"
        case "streams", _:
            return (
                f"Số bài của luồng ý kiến {one}, chủ đề «{figures.title('topic', kind)}»",
                f"opinion_streams topic={kind}, luồng {one}",
            )
        case "forecast", _:
            return f"Dự báo «{figures.title('topic', kind)}»", f"forecasts topic={kind} {one}"
    raise KeyError(f"{family}.{rest}")
