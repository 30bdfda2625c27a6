"""Language versions and what was taken back, as a page shows them; all texts are escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final

from langnghe.casework.unpublishing import Withdrawal
from langnghe.casework.versions import LANGUAGE_NAMES, LanguageVersion, VersionState
from langnghe.core.vietnamese import moment
from langnghe.dashboard.web.downloads import file_address

STATES: Final[Mapping[VersionState, str]] = {
    VersionState.AWAITING_APPROVAL: "Chờ duyệt",
    VersionState.SENT_BACK: "Bị trả lại",
    VersionState.PUBLISHED: "Đang công bố",
    VersionState.REPLACED: "Đã có bản mới thay",
    VersionState.WITHDRAWN: "Đã thu hồi",
}
DONE: Final[Mapping[str, str]] = {
    "attach_version": "Đính kèm bản ngôn ngữ",
    "approve_version": "Duyệt bản ngôn ngữ",
    "send_back_version": "Trả lại bản ngôn ngữ",
    "drop_version": "Bỏ bản ngôn ngữ",
    "withdraw_version": "Thu hồi bản ngôn ngữ",
    "unpublish": "Thu hồi bản đã công bố",
}
"""What stands in the audit log of a claim or petition, in words."""


def version_title(one: LanguageVersion) -> str:
    """Such as `Tiếng Mông, bản 2`."""
    return f"{LANGUAGE_NAMES[one.language]}, bản {one.number}"


def version_html(one: LanguageVersion, edition: int | None, word: str, case_id: str) -> str:
    """One language version.

    Args:
        one: the version.
        edition: what the public reads now; None: nothing.
        word: that of the case's kind in the address of its files.
        case_id: id of the claim, code of the petition.
    """
    state = STATES[one.state]
    if one.edition != edition and one.state is not VersionState.WITHDRAWN:
        state = f"Hết dùng: dịch bản {one.edition}, nay không còn công bố"
    about = [f"Đính kèm: {', '.join(one.attached_by)}"]
    if one.approved_at:
        about.append(f"{one.approved_by} duyệt lúc {moment(one.approved_at)}")
    said = ""
    if one.text:
        said = (
            f'<div lang="{one.language}"><h4 class="ln-title">{escape(one.title)}</h4>'
            f'<p class="ln-said">{_lines(one.text)}</p></div>'
        )
    sound = ""
    if one.audio:
        address = escape(file_address(word, case_id, one.audio), quote=True)
        sound = (
            f'<p><audio controls preload="none" src="{address}"></audio></p>'
            f'<p class="ln-foot"><a class="ln-link" href="{address}" download>'
            f"Tải tệp {escape(one.audio_name)}</a></p>"
        )
    back = _noted("Điều cần sửa", one.sent_back) if one.sent_back else ""
    return (
        f'<article class="ln-case"><h3 class="ln-title">{escape(version_title(one))}</h3>'
        f'<p class="ln-foot"><span class="ln-chip ln-state">{escape(state)}</span></p>{back}'
        f"{withdrawal_html(one.withdrawal)}{said}{sound}"
        f'<p class="ln-head">{escape(" · ".join(about))}</p></article>'
    )


def withdrawal_html(taken: Withdrawal | None) -> str:
    """Why and when something was taken back; "" where it was not."""
    if taken is None:
        return ""
    return (
        f"{_noted('Đã thu hồi', taken.why)}"
        f'<p class="ln-head">{escape(taken.by)} thu hồi lúc {moment(taken.at)}</p>'
    )


def _noted(name: str, text: str) -> str:
    return f'<p class="ln-proof"><b>{escape(name)}:</b> {_lines(text)}</p>'


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
