"""What can go wrong with a source, in words, and what to do about it.

The keys are those of `langnghe.crawler.targets.PROBLEMS`; a test holds both together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from langnghe.store.sourcenotices import Cause


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened, and what the administrator can do."""

    what: str
    cure: str


_COMMAND = re.compile(r"`([^`]+)`")
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
    "certificate": Problem(
        "Chứng chỉ bảo mật của trang đã hết hạn hoặc không đúng",
        "Báo người quản lý trang gia hạn chứng chỉ. Dịch vụ đọc tiếp khi chứng chỉ đúng.",
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
    "no_key": Problem(
        "Chưa có khóa để đọc kênh này, nên chưa hỏi gì",
        "Xin khóa theo docs/channels.md, rồi chạy `langnghe secrets set TÊN-KHÓA`; "
        "`langnghe doctor` cho biết thiếu khóa nào.",
    ),
    "unauthorised": Problem(
        "Trang đòi đăng nhập, hoặc không nhận khóa của nguồn",
        "Nếu nguồn dùng khóa: xin khóa mới rồi chạy `langnghe secrets set TÊN-KHÓA`. Nếu không: "
        "trang không công khai, hãy tắt nguồn (enabled: false).",
    ),
    "key_expired": Problem(
        "Khóa của nguồn đã hết hạn hoặc đã bị thu hồi",
        "Lấy khóa mới theo docs/channels.md, rồi chạy `langnghe secrets set TÊN-KHÓA`; dịch vụ "
        "đọc tiếp từ chỗ cũ.",
    ),
    "no_permission": Problem(
        "Khóa của nguồn không có quyền đọc trang này",
        "Nhờ người quản trị trang cấp đủ quyền ghi trong docs/channels.md, rồi lấy khóa mới.",
    ),
    "quota_used_up": Problem(
        "Đã dùng hết lượt hỏi trong ngày mà nền tảng cho phép",
        "Dịch vụ tự đọc tiếp khi sang ngày mới của nền tảng. Nếu ngày nào cũng hết, đọc thưa hơn "
        "(every_minutes) hoặc bớt kênh và video.",
    ),
    "closed_to_public": Problem(
        "Máy chủ chỉ cho người có tài khoản xem các thẻ này",
        "Không có bài nào để đọc, và đó không phải là dư luận im ắng. Chọn máy chủ khác có cùng "
        "thẻ, hoặc tắt nguồn (enabled: false).",
    ),
    "no_preview": Problem(
        "Kênh Telegram không có trang xem trước cho mọi người",
        "Kênh riêng tư, đã đổi tên hoặc là nhóm trò chuyện thì dịch vụ không đọc: kiểm tra địa chỉ "
        "https://t.me/s/tên-kênh bằng trình duyệt, hoặc tắt nguồn.",
    ),
    "layout_changed": Problem(
        "Trang đã đổi bố cục: nội dung không còn đọc được như trước, nên các trang mới chưa lưu",
        "Mở trang Quản trị, mục Nguồn tin để so sánh trước và sau; nếu vẫn đọc đúng, bấm Đọc theo "
        "bố cục mới. Nếu không, sửa cấu hình nguồn rồi thử bằng `langnghe source test ĐỊA-CHỈ`.",
    ),
    "odd_page": Problem(
        "Có trang không giống các trang khác của nguồn: thiếu chữ hoặc ngày đăng",
        "Không cần làm gì: dịch vụ đọc lại trang đó sau vài giờ, trước khi lưu.",
    ),
    "internal_error": Problem(
        "Dịch vụ gặp lỗi khi đọc trang này",
        "Gửi tệp logs/crawl.log cho người phát triển; các nguồn khác vẫn đọc bình thường.",
    ),
}

CAUSES: dict[Cause, Problem] = {
    Cause.LAYOUT_CHANGED: Problem(
        "trang đã đổi bố cục: mở được, nhưng không còn nhận ra bài nào",
        "Mở trang Quản trị, mục Nguồn tin, xem trang được đọc ra sao rồi sửa cấu hình nguồn hoặc "
        "bấm Đọc theo bố cục mới.",
    ),
    Cause.FEED_MOVED: Problem(
        "địa chỉ đã chuyển đi nơi khác, hoặc không còn là danh sách tin",
        "Mở địa chỉ của nguồn bằng trình duyệt, tìm địa chỉ mới rồi sửa ở trang Quản trị, mục "
        "Nguồn tin.",
    ),
    Cause.BLOCKED: Problem(
        "trang từ chối dịch vụ, qua robots.txt hoặc qua câu trả lời của máy chủ",
        "Hỏi người quản lý trang có cho đọc không. Nếu không, tắt nguồn ở trang Quản trị.",
    ),
    Cause.GONE: Problem(
        "trang hoặc tên miền không còn nữa",
        "Tìm địa chỉ mới của trang; nếu trang đã đóng, tắt nguồn ở trang Quản trị.",
    ),
    Cause.CERTIFICATE: Problem(
        "chứng chỉ bảo mật của trang đã hết hạn hoặc không đúng",
        "Báo người quản lý trang gia hạn chứng chỉ. Dịch vụ đọc tiếp khi chứng chỉ đúng.",
    ),
    Cause.NO_KEY: Problem(
        "chưa có khóa để đọc kênh này",
        "Xin khóa theo docs/channels.md, rồi chạy `langnghe secrets set TÊN-KHÓA`.",
    ),
    Cause.KEY_REFUSED: Problem(
        "nền tảng không còn nhận khóa của nguồn",
        "Lấy khóa mới theo docs/channels.md, rồi chạy `langnghe secrets set TÊN-KHÓA`.",
    ),
    Cause.KEY_EXPIRES: Problem(
        "khóa của nguồn sắp hết hạn",
        "Lấy khóa mới theo docs/channels.md trước ngày ấy, rồi chạy `langnghe secrets set "
        "TÊN-KHÓA`.",
    ),
    Cause.UNREACHABLE: Problem(
        "máy chủ của trang báo lỗi hoặc không trả lời",
        "Thử mở trang bằng trình duyệt. Nếu mở được, kiểm tra đường mạng của máy này; nếu không, "
        "chờ trang hoạt động lại: dịch vụ tự đọc tiếp.",
    ),
    Cause.QUIET: Problem(
        "mọi thứ trả lời như trước, chỉ không có bài mới",
        "Mở trang bằng trình duyệt: nếu trang có bài mới mà ở đây không thấy, kiểm tra địa chỉ của "
        "nguồn. Nếu trang đúng là im lặng thì không cần làm gì.",
    ),
    Cause.FAULT: Problem(
        "dịch vụ gặp lỗi khi đọc nguồn này",
        "Gửi tệp logs/crawl.log cho người phát triển.",
    ),
}
"""What is likely behind a notice, and what to do about it."""

_UNKNOWN = Problem("Đọc chưa thành công", _WAIT)


def problem(key: str) -> Problem:
    """The words for a problem's text key."""
    return PROBLEMS.get(key, _UNKNOWN)


def with_commands(words: str) -> str:
    """Words as HTML; what stands between backticks is a command or a key, and looks like it."""
    return _COMMAND.sub(r"<code>\1</code>", escape(words))
