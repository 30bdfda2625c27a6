"""The page of one notice of a mistake: what is said, what was found, and what comes next."""

from __future__ import annotations

from typing import Final

import streamlit as st

from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, Kept
from langnghe.casework.notices import (
    FINDING_CHARACTERS,
    UNDECIDED,
    About,
    Action,
    Notice,
    NoticeState,
    Propose,
    SendBack,
    StartChecking,
    Withdraw,
    why_not_decide,
)
from langnghe.casework.petitionrecords import Petition
from langnghe.casework.roles import Actor, Permission, Refused
from langnghe.core.clock import local_day
from langnghe.dashboard.components.doing import attempt, refusal
from langnghe.dashboard.components.noticeplace import go_back
from langnghe.dashboard.components.noticetexts import (
    NEXT,
    facts_html,
    history_html,
    public_html,
)
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk

_UPHOLDS: Final = {True: "Có sai sót, phải sửa", False: "Không có sai sót, giữ nguyên"}


def show_notice(code: str, viewer: Actor) -> None:
    """One notice."""
    st.button("← Về danh sách", on_click=go_back)
    try:
        # What is no code is not repeated: whoever sent the link could have written anything.
        kept = desk().get(
            NOTICE, code if code.startswith("SS.") and len(code) < 20 else "này", viewer
        )
    except Refused as refused:
        refusal(refused)
        return
    notice = kept.state
    st.header(notice.id, anchor=False)
    work, around = st.columns([3, 2], gap="large")
    with work:
        today = local_day(desk().clock.now())
        st.html(facts_html(notice, today, desk().settings))
        st.html('<h2 class="ln-group">Việc tiếp theo</h2>')
        st.text(NEXT[notice.state])
        _steps(kept, viewer)
    with around:
        st.html('<h2 class="ln-group">Nội dung đang công bố</h2>')
        st.html(public_html(_case(notice, viewer)))
        st.html('<h2 class="ln-group">Quá trình xử lý</h2>')
        st.html(history_html(desk().history(NOTICE, notice.id, viewer)))


def _case(notice: Notice, viewer: Actor) -> Claim | Petition:
    if notice.about is About.CLAIM:
        return desk().get(CLAIM, notice.case, viewer).state
    return desk().get(PETITION, notice.case, viewer).state


def _steps(kept: Kept[Notice], viewer: Actor) -> None:
    notice, drafts = kept.state, viewer.may(Permission.DRAFT)
    if notice.state is NoticeState.RECEIVED and drafts:
        st.button(
            "Bắt đầu kiểm tra",
            type="primary",
            on_click=_act,
            args=(kept, StartChecking(), "Đã nhận kiểm tra."),
        )
        if notice.opened_by == viewer.account:
            st.button(
                "Rút vì ghi nhầm",
                on_click=_act,
                args=(kept, Withdraw(), "Đã rút. Nội dung đã xóa, chỉ còn mã."),
            )
    elif notice.state is NoticeState.CHECKING and drafts:
        _proposing(kept)
    elif notice.state is NoticeState.AWAITING_APPROVAL and viewer.may(Permission.APPROVE):
        _deciding(kept, viewer)
    elif notice.state in UNDECIDED:
        st.caption("Vai trò của bạn không có việc ở bước này.")


def _proposing(kept: Kept[Notice]) -> None:
    notice = kept.state
    chosen, text = _keys(notice)
    if notice.finding:
        st.session_state.setdefault(text, notice.finding)
    with st.form(f"ket-qua-{notice.id}"):
        st.radio(
            "Sau khi kiểm tra",
            list(_UPHOLDS),
            index=None,
            format_func=_UPHOLDS.__getitem__,
            key=chosen,
        )
        st.text_area(
            "Kết quả kiểm tra (người dân đọc được)",
            key=text,
            height=120,
            max_chars=FINDING_CHARACTERS,
            placeholder="Đã đối chiếu với căn cứ nào, đúng ra thế nào; không nêu tên ai",
        )
        st.form_submit_button("Trình quyết định", type="primary", on_click=_propose, args=(kept,))


def _propose(kept: Kept[Notice]) -> None:
    chosen, text = _keys(kept.state)
    upholds = st.session_state[chosen]
    if upholds is None:
        attempt(_nothing_chosen)
        return
    _act(kept, Propose(upholds, st.session_state[text]), "Đã trình quyết định.")


def _nothing_chosen() -> None:
    raise Refused("Chưa chọn kết quả. Hãy chọn có hay không có sai sót.")


def _deciding(kept: Kept[Notice], viewer: Actor) -> None:
    notice = kept.state
    if why := why_not_decide(notice, viewer):
        st.info(why)
    else:
        if notice.upholds and notice.about is About.CLAIM:
            st.caption(f"Quyết định này mở lại hồ sơ {notice.case} để sửa; bản cũ vẫn hiện.")
        elif notice.upholds:
            st.caption("Sau quyết định này, biên tập viên soạn bản mới của câu trả lời.")
        verdict = "có sai sót" if notice.upholds else "không có sai sót"
        st.button(
            f"Quyết định: {verdict}",
            type="primary",
            on_click=_decide,
            args=(kept,),
        )
    key = f"notice-back-{notice.id}"
    with st.form(f"tra-lai-{notice.id}"):
        st.text_area("Cần kiểm tra thêm điều gì", key=key, height=80)
        st.form_submit_button("Trả lại để kiểm tra thêm", on_click=_send_back, args=(kept, key))


def _decide(kept: Kept[Notice]) -> None:
    viewer = actor()
    attempt(
        lambda: desk().decide_notice(kept.state.id, viewer, version=kept.version),
        "Đã quyết định.",
    )


def _send_back(kept: Kept[Notice], key: str) -> None:
    _act(kept, SendBack(st.session_state[key]), "Đã trả lại để kiểm tra thêm.")


def _act(kept: Kept[Notice], action: Action, done: str) -> None:
    viewer = actor()
    attempt(lambda: desk().act(NOTICE, kept.state.id, action, viewer, version=kept.version), done)


def _keys(notice: Notice) -> tuple[str, str]:
    return f"notice-upholds-{notice.id}", f"notice-finding-{notice.id}"
