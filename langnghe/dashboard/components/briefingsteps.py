"""What can be done with a briefing as a whole: begin, count anew, submit, approve, begin anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from langnghe.briefing import work
from langnghe.briefing.briefings import (
    BRIEFING,
    Approve,
    Briefing,
    BriefingState,
    Reopen,
    SendBack,
    Submit,
)
from langnghe.briefing.briefings import Action as BriefingAction
from langnghe.briefing.figures import Material
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.petitiondoing import typed
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import casework, desk, home, stores


def material() -> Material:
    """What the home's figures are gathered from, with its configuration as it is now."""
    return work.material_of(home(), stores(), casework())


def begin(month: date) -> None:
    """Open the briefing of a month."""
    viewer = actor()
    attempt(
        lambda: work.open_briefing(desk(), material(), month, viewer),
        "Đã lấy số liệu và soạn dự thảo.",
    )


def show_steps(kept: Kept[Briefing], viewer: Actor) -> None:
    """The buttons that the viewer may press now, and why others may not."""
    briefing = kept.state
    match briefing.state:
        case BriefingState.DRAFT if viewer.may(Permission.DRAFT):
            with st.container(horizontal=True):
                st.button(
                    "Trình duyệt",
                    type="primary",
                    on_click=_do,
                    args=(kept, Submit(), "Đã trình duyệt."),
                )
                st.button("Cập nhật số liệu", on_click=_refresh, args=(kept,))
            st.caption(
                "Cập nhật số liệu: đếm lại; mục nào bạn đã sửa thì giữ lời văn của bạn, mục chưa "
                "sửa được soạn lại."
            )
        case BriefingState.DRAFT:
            st.caption("Báo cáo đang được soạn. Bạn duyệt được khi người soạn trình.")
        case BriefingState.AWAITING_APPROVAL:
            _approval(kept, viewer)
        case BriefingState.APPROVED if viewer.may(Permission.DRAFT):
            with st.expander("Lập bản mới thay bản đã duyệt"):
                _with_reason(kept, "Lý do lập bản mới", "Lập bản mới", Reopen, "Đã mở bản mới.")
        case _:
            pass


def _approval(kept: Kept[Briefing], viewer: Actor) -> None:
    if not viewer.may(Permission.APPROVE):
        st.caption("Báo cáo đang chờ duyệt nên bị khóa. Người duyệt có thể trả lại để sửa.")
        return
    if work.may_approve(kept.state, viewer):
        st.button(
            "Duyệt và khóa số liệu",
            type="primary",
            on_click=_do,
            args=(kept, Approve(), "Đã duyệt. Số liệu và lời văn được giữ nguyên."),
        )
    else:
        st.caption(
            "Bạn đã tham gia soạn báo cáo này nên không được tự duyệt. Hãy nhờ người có quyền phê "
            "duyệt khác."
        )
    with st.expander("Trả lại để sửa"):
        _with_reason(kept, "Lý do trả lại", "Trả lại", SendBack, "Đã trả lại cho người soạn.")


def _with_reason(
    kept: Kept[Briefing],
    label: str,
    button: str,
    action: Callable[[str], BriefingAction],
    done: str,
) -> None:
    key = f"why-{kept.state.id}-{kept.state.state}"
    with st.form(f"form-{key}"):
        st.text_input(label, key=key)
        st.form_submit_button(button, on_click=_do_why, args=(kept, key, action, done))


def _do_why(
    kept: Kept[Briefing], key: str, action: Callable[[str], BriefingAction], done: str
) -> None:
    _do(kept, action(typed(key)), done)


def _do(kept: Kept[Briefing], action: BriefingAction, done: str) -> None:
    viewer = actor()
    attempt(lambda: desk().act(BRIEFING, kept.state.id, action, viewer, version=kept.version), done)


def _refresh(kept: Kept[Briefing]) -> None:
    viewer = actor()
    attempt(
        lambda: work.refresh(desk(), material(), kept.state.id, viewer, version=kept.version),
        "Đã cập nhật số liệu.",
    )
