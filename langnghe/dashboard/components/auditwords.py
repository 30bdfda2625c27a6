"""The audit log in words: what its codes for actions, kinds of cases, fields and states mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from langnghe.casework import notices, petitionrecords, reports
from langnghe.casework.accounts import COMMAND_LINE, AccountState
from langnghe.casework.claimstate import CorrectionState
from langnghe.casework.review import ItemState
from langnghe.casework.roles import ROLE_NAMES, SYSTEM
from langnghe.core.vietnamese import REASONS, VERDICTS, day, moment
from langnghe.dashboard.components import versiontexts
from langnghe.dashboard.formats import DISMISSALS, FOLLOW_UPS

KINDS: Final[Mapping[str, str]] = {
    "review_item": "Mục chờ xét duyệt",
    "claim": "Thông tin cần kiểm chứng",
    "petition": "Phản ánh, kiến nghị",
    "field_report": "Phiếu phản ánh",
    "account": "Tài khoản",
    "source": "Nguồn tin",
    "topic": "Chủ đề",
    "settings": "Thời hạn lưu",
    "backup": "Bản sao lưu",
    "notice": "Báo sai sót",
    "alert": "Cảnh báo tăng bất thường",
}
"""What was acted upon."""

ACTIONS: Final[Mapping[str, str]] = {
    # Any case.
    "open": "Mở",
    "read": "Xem bài đăng của mục",
    "withdraw": "Rút",
    "send_back": "Trả lại để sửa",
    "submit": "Gửi đi",
    # Review items.
    "take": "Nhận xử lý",
    "release": "Thôi xử lý",
    "assign": "Phân công",
    "hand_over": "Bàn giao",
    "confirm": "Xác nhận",
    "dismiss": "Bỏ qua",
    "undo": "Hoàn tác quyết định",
    "second_opinion": "Cho ý kiến thứ hai",
    "flag": "Cập nhật theo nhãn mới",
    "keep_out": "Đưa ra khỏi hàng chờ (kênh khiếu nại, tố cáo)",
    # Claims.
    "attach_posts": "Gắn bài đăng",
    "detach_posts": "Gỡ bài đăng",
    "reword": "Sửa câu phát biểu",
    "start_verifying": "Bắt đầu xác minh",
    "add_evidence": "Thêm căn cứ",
    "drop_evidence": "Bỏ căn cứ",
    "propose_verdict": "Đề xuất kết luận",
    "approve_verdict": "Duyệt kết luận",
    "draft_correction": "Soạn đính chính",
    "submit_correction": "Trình đính chính",
    "approve_correction": "Duyệt đính chính",
    "reopen": "Mở lại",
    "become_petition": "Chuyển thành phản ánh, kiến nghị",
    # Petitions.
    "classify": "Phân loại",
    "forward": "Chuyển đơn vị chủ trì",
    "ask_for_more": "Yêu cầu bổ sung thông tin",
    "suspend": "Tạm đình chỉ",
    "resume": "Tiếp tục giải quyết",
    "draft_answer": "Soạn trả lời",
    "approve": "Duyệt trả lời",
    "publish": "Công khai trả lời",
    "redirect": "Hướng dẫn, chuyển nơi khác",
    "refuse": "Từ chối thụ lý",
    "close": "Đóng",
    "merge": "Gộp vào mục khác",
    "take_over": "Nhận mục được gộp",
    # Language versions, and what was published of claims and petitions.
    **versiontexts.DONE,
    # Notices of mistakes.
    "take_up_notice": "Mở lại theo báo sai sót",
    "start_checking": "Bắt đầu kiểm tra",
    "propose": "Đề xuất kết quả kiểm tra",
    "decide": "Quyết định báo sai sót",
    "settle": "Ghi nhận đã sửa",
    # Alerts.
    "see": "Đánh dấu đã xem",
    # Field reports.
    "save": "Lưu",
    "return": "Trả lại phiếu",
    "accept": "Tiếp nhận phiếu",
    # Accounts.
    "log_in": "Đăng nhập",
    "add": "Thêm",
    "edit": "Sửa",
    "reset_password": "Cấp lại mật khẩu",
    "drop_second_factor": "Bỏ mã xác thực",
    "disable": "Khóa",
    "enable": "Mở lại tài khoản",
    "change_password": "Tự đổi mật khẩu",
    "set_second_factor": "Đặt mã xác thực",
    # Configuration and storage.
    "switch_on": "Bật",
    "switch_off": "Tắt",
    "keep_texts": "Đặt thời hạn lưu",
    "accept_layout": "Đọc theo bố cục mới",
    "make": "Tạo",
    "delete": "Xóa",
}
"""What was done; a test holds these to the actions that there are."""

ACTORS: Final[Mapping[str, str]] = {
    SYSTEM.account: "Hệ thống (tự động)",
    COMMAND_LINE.account: "Dòng lệnh trên máy chủ",
}
"""Who did it, where it was no account."""

_FIELDS: Final[Mapping[str, str]] = {
    "state": "Trạng thái",
    "reason": "Lý do cần xem",
    "subject": "Bài hoặc nhóm bài",
    "urgent": "Khẩn cấp",
    "posts": "Số bài",
    "topic": "Chủ đề",
    "place": "Địa bàn",
    "statement": "Câu phát biểu",
    "summary": "Tóm tắt",
    "verdict": "Kết luận",
    "agency": "Đơn vị chủ trì",
    "due_on": "Hạn trả lời",
    "received_on": "Ngày tiếp nhận",
    "route": "Nơi tiếp nhận",
    "legal_basis": "Căn cứ pháp lý",
    "kind": "Loại",
    "petition": "Phản ánh, kiến nghị",
    "merged_into": "Gộp vào",
    "merged": "Mục được gộp",
    "assigned_to": "Người được giao",
    "locked_by": "Người đang xử lý",
    "locked_until": "Giữ đến",
    "by": "Người làm",
    "at": "Lúc",
    "opened_by": "Người mở",
    "opened_at": "Mở lúc",
    "approved_by": "Người duyệt",
    "approved_at": "Duyệt lúc",
    "drafted_by": "Người soạn",
    "authors": "Người soạn",
    "seen_by": "Người xem đầu tiên",
    "closed_by": "Người khép lại",
    "author": "Người lập",
    "text": "Nội dung",
    "note": "Ghi chú",
    "why": "Lý do",
    "follow_up": "Việc tiếp theo",
    "dismissal": "Lý do bỏ qua",
    "target": "Mục được mở",
    "second_wanted": "Cần ý kiến thứ hai",
    "link": "Đường dẫn",
    "source": "Nguồn",
    "title": "Tiêu đề",
    "name": "Họ tên",
    "roles": "Vai trò",
    "email": "Thư điện tử",
    "password": "Có mật khẩu",
    "must_change": "Phải đổi mật khẩu",
    "second_factor": "Có mã xác thực",
    "generation": "Lần kết thúc phiên đăng nhập",
    "digest": "Mã kiểm của tệp",
    "days": "Số ngày lưu",
    "held": "Số trang đang giữ",
    "bytes": "Dung lượng (byte)",
    "evidence": "Căn cứ",
    "proposal": "Đề xuất",
    "corrections": "Đính chính",
    "answers": "Trả lời",
    "decisions": "Quyết định",
    "second": "Ý kiến thứ hai",
    "reopenings": "Lần mở lại",
    "publication": "Bản công khai",
    "form": "Phiếu",
    "id": "Mã",
    "case": "Hồ sơ",
    "about": "Loại hồ sơ",
    "edition": "Bản",
    "versions": "Bản ngôn ngữ",
    "language": "Ngôn ngữ",
    "audio": "Mã kiểm của tệp ghi âm",
    "audio_name": "Tên tệp ghi âm",
    "attached_by": "Người đính kèm",
    "withdrawal": "Thu hồi",
    "sent_back": "Lý do trả lại",
    "upholds": "Có sai sót",
    "finding": "Kết quả kiểm tra",
    "proposed_by": "Người đề xuất",
    "decided_by": "Người quyết định",
    "decided_at": "Quyết định lúc",
    "corrected_at": "Sửa lúc",
}

_VALUES: Final[Mapping[str, str]] = {
    str(code): words
    for names in (
        VERDICTS,
        versiontexts.STATES,
        notices.STATE_NAMES,
        petitionrecords.STATE_NAMES,
        petitionrecords.KIND_NAMES,
        reports.STATE_NAMES,
        REASONS,
        DISMISSALS,
        FOLLOW_UPS,
        ROLE_NAMES,
        {
            AccountState.ACTIVE: "Đang dùng",
            AccountState.DISABLED: "Đã khóa",
            ItemState.OPEN: "Chờ xét duyệt",
            ItemState.CONFIRMED: "Đã xác nhận",
            ItemState.DISMISSED: "Đã bỏ qua",
            ItemState.FORMAL: "Theo kênh khiếu nại, tố cáo",
            CorrectionState.DRAFT: "Bản nháp",
            CorrectionState.AWAITING_APPROVAL: "Chờ duyệt",
            CorrectionState.SUPERSEDED: "Đã được thay",
            CorrectionState.WITHDRAWN: "Đã thu hồi",
        },
    )
    for code, words in names.items()
}


_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d")


def action(what: str) -> str:
    """An action in words; one that is not known stands as it is."""
    return ACTIONS.get(what, what)


def actor(who: str) -> str:
    """Who did it; an account by its id."""
    return ACTORS.get(who, who)


def field(path: str) -> str:
    """A field in words: `evidence.2.link` is `Căn cứ 3, đường dẫn`."""
    words: list[str] = []
    for part in path.split("."):
        if part.isdecimal() and words:
            words[-1] += f" {int(part) + 1}"
        else:
            words.append(_FIELDS.get(part, part))
    return ", ".join([*words[:1], *(word[:1].lower() + word[1:] for word in words[1:])])


def value(shown: object) -> str:
    """A value in words; a path that the other state alone has is a dash."""
    if shown is None:
        return "–"
    if isinstance(shown, bool):
        return "có" if shown else "không"
    if not isinstance(shown, str):
        return str(shown)
    if _DAY.fullmatch(shown):
        return day(date.fromisoformat(shown))
    if _MOMENT.fullmatch(shown):
        return moment(datetime.fromisoformat(shown))
    return _VALUES.get(shown, shown)
