"""What can go wrong with a source, in words, and what to do about it.

The keys are those of `langnghe.crawler.targets.PROBLEMS`; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened, and what the administrator can do."""

    what: str
    cure: str


_WAIT = "Không cần làm gì: dịch vụ tự đọc lại sau."
_CHECK_ADDRESS = "Mở địa chỉ của nguồn bằng trình duyệt; nếu trang đã chuyển, sửa sources.yaml."

PROBLEMS: dict[str, Problem] = {
    "robots_unreachable": Problem(
        "Không đọc được tệp robots.txt của trang, nên chưa đọc trang nào",
        "Dịch vụ tự thử lại. Nếu kéo dài vài ngày, hỏi người quản lý trang.",
    ),
    "rate_limited": Problem("Trang yêu cầu đọc chậm lại", _WAIT),
    "server_error": Problem("Máy chủ của trang báo lỗi", _WAIT),
    "timeout": Problem("Trang trả lời quá chậm", _WAIT),
    "connection": Problem(
        "Không kết nối được với trang", "Kiểm tra đường mạng của máy này; dịch vụ tự thử lại."
    ),
    "unknown_host": Problem(
        "Không tìm thấy tên miền của trang",
        "Kiểm tra chính tả địa chỉ trong sources.yaml và đường mạng của máy này.",
    ),
    "gone": Problem("Trang không còn ở địa chỉ này", _CHECK_ADDRESS),
    "forbidden": Problem(
        "Trang không cho đọc", "Hỏi người quản lý trang, hoặc tắt nguồn (enabled: false)."
    ),
    "unexpected_answer": Problem("Trang trả lời khác thường", _CHECK_ADDRESS),
    "too_large": Problem(
        "Trang lớn quá mức cho phép", "Kiểm tra địa chỉ; nếu đúng, tăng crawl.max_response_bytes."
    ),
    "not_text": Problem("Địa chỉ không phải trang văn bản", _CHECK_ADDRESS),
    "unreadable": Problem(
        "Không hiểu được nội dung trang",
        "Trang có thể đã đổi giao diện: kiểm tra kênh và bộ chọn (selectors) của nguồn.",
    ),
    "truncated": Problem("Trang bị đứt giữa chừng", _WAIT),
    "too_many_redirects": Problem("Trang chuyển hướng vòng quanh", _CHECK_ADDRESS),
    "refused_scheme": Problem(
        "Trang chuyển sang địa chỉ không phải http hay https", _CHECK_ADDRESS
    ),
    "refused_foreign_host": Problem(
        "Trang chuyển sang tên miền khác",
        "Nếu tên miền mới là của nguồn này, thêm vào allowed_domains.",
    ),
    "refused_personal_page": Problem(
        "Địa chỉ là trang cá nhân: dịch vụ không đọc trang cá nhân",
        "Thay bằng trang công khai của cơ quan, báo hoặc diễn đàn.",
    ),
    "refused_private_address": Problem(
        "Địa chỉ nằm trong mạng nội bộ",
        "Nếu đúng là trang của đơn vị, đặt allow_private_network: true cho nguồn này.",
    ),
    "refused_robots": Problem(
        "Tệp robots.txt của trang không cho đọc địa chỉ này",
        "Hỏi người quản lý trang, hoặc chọn địa chỉ khác được phép.",
    ),
    "internal_error": Problem(
        "Dịch vụ gặp lỗi khi đọc trang này",
        "Gửi tệp logs/crawl.log cho người phát triển; các nguồn khác vẫn đọc bình thường.",
    ),
}

_UNKNOWN = Problem("Đọc chưa thành công", _WAIT)


def problem(key: str) -> Problem:
    """The words for a problem's text key."""
    return PROBLEMS.get(key, _UNKNOWN)
