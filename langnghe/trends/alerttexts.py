"""What an alert says, in words: what rose, by how much, against what. Figures only."""

from __future__ import annotations

from collections.abc import Mapping

from langnghe.core.vietnamese import day, decimal, moment, number
from langnghe.trends.alerts import Alert, Seen
from langnghe.trends.expected import BASELINE_DAYS

FIGURES_ONLY = (
    "Thông báo này chỉ có số liệu, không có nội dung bài đăng. Người có quyền xem bài đăng mở "
    "trang Xu hướng để xem ví dụ đã che thông tin cá nhân."
)


def subject(alert: Alert, topics: Mapping[str, str]) -> str:
    """What it is about; `topics`: titles by id."""
    if alert.is_urgent:
        return "nguy hiểm đến tính mạng"
    return f"«{topics.get(alert.topic, alert.topic)}»"


def headline(alert: Alert, topics: Mapping[str, str]) -> str:
    """One line, such as `Cảnh báo: ý kiến về «Đất đai» tăng bất thường`."""
    if alert.is_urgent:
        return "Cảnh báo khẩn: nhiều bài đăng nói có nguy hiểm đến tính mạng"
    return f"Cảnh báo: ý kiến về {subject(alert, topics)} tăng bất thường"


def sentences(
    alert: Alert, topics: Mapping[str, str], sources: Mapping[str, str]
) -> tuple[str, ...]:
    """What rose, by how much, against what, and what was left out.

    Args:
        alert: what is told of.
        topics: titles by id.
        sources: titles by name.
    """
    about = f"có nội dung về {subject(alert, topics)}"
    told = [f"{_days(alert.peak)} thu thập được {number(alert.peak.count)} bài {about}, "]
    told[0] += f"{_against(alert.peak)}."
    told.append(
        f"Mức thường được tính từ {BASELINE_DAYS // 7} tuần trước đó của cùng các nguồn tin, có "
        "xét ngày trong tuần và đà tăng, giảm."
    )
    if alert.left_out:
        names = ", ".join(f"«{sources.get(name, name)}»" for name in alert.left_out)
        told.append(
            f"Không tính vào so sánh: {names} (nguồn mới đọc, vừa đọc lại được, tệp nhập, hoặc "
            "tăng ở mọi chủ đề), vì số bài tăng ở đó có thể do cách thu thập."
        )
    told.append(lasting(alert))
    told.append(
        "Số bài tăng chỉ cho biết việc này đang được nói đến nhiều, chưa cho biết nội dung đúng "
        "hay sai."
    )
    return tuple(told)


def lasting(alert: Alert) -> str:
    """How long it has lasted, and whether it still does."""
    first = f"Bắt đầu từ ngày {day(alert.began_on)}"
    if alert.going_on:
        return f"{first}, ghi nhận gần nhất ngày {day(alert.last_on)}."
    return f"{first}, đã lắng xuống sau ngày {day(alert.last_on)}."


def message(
    alert: Alert, topics: Mapping[str, str], sources: Mapping[str, str], institution: str, page: str
) -> str:
    """The whole text of an e-mail: figures and no post.

    Args:
        alert: what is told of.
        topics: titles by id.
        sources: titles by name.
        institution: whose service it is.
        page: address of the service, or empty.
    """
    parts = [f"{headline(alert, topics)}.", *sentences(alert, topics, sources)]
    if page:
        parts.append(f"Xem và đánh dấu đã xem: {page.rstrip('/')}/xu-huong")
    parts.append(FIGURES_ONLY)
    parts.append(
        f"Mã cảnh báo {alert.id}, lập lúc {moment(alert.opened_at)}.\n"
        f"{institution}, dịch vụ Lắng Nghe (thư gửi tự động)."
    )
    return "\n\n".join(parts) + "\n"


def _days(seen: Seen) -> str:
    if seen.since == seen.until:
        return f"Trong ngày {day(seen.until)}"
    return f"Trong hai ngày {day(seen.since)} và {day(seen.until)}"


def _against(seen: Seen) -> str:
    if seen.expected < 1.0:
        return "trong khi bình thường chưa đến 1 bài"
    times = decimal(seen.count / seen.expected)
    return f"gấp {times} lần mức thường (khoảng {decimal(seen.expected)} bài)"
