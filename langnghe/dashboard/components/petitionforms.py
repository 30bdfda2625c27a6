"""What can be done with a petition next: each form, for whoever may, and in words who else may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from langnghe.casework.kinds import Kept
from langnghe.casework.petitionrecords import (
    KIND_NAMES,
    Action,
    Approve,
    AskForMore,
    Classify,
    Close,
    Forward,
    Kind,
    Petition,
    Publish,
    Redirect,
    Refuse,
    Resume,
    SendBack,
    StartVerifying,
    State,
    Suspend,
)
from langnghe.casework.petitions import CLASSIFIABLE, has_drafted, possible
from langnghe.casework.roles import Actor, Permission
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.petitiondoing import do, typed
from langnghe.dashboard.components.petitiontexts import formal_html, group_html
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import desk

NEXT: Final[Mapping[State, str]] = {
    State.RECEIVED: "Biên tập viên phân loại: đây có phải phản ánh, kiến nghị không, về lĩnh vực "
    "nào, ở đâu, đơn vị nào trả lời.",
    State.CLASSIFYING: "Biên tập viên chuyển cho đơn vị chủ trì trả lời.",
    State.FORWARDED: "Đơn vị chủ trì xác minh. Có đủ thông tin thì biên tập viên soạn trả lời.",
    State.VERIFYING: "Biên tập viên soạn trả lời khi đơn vị chủ trì đã xác minh.",
    State.DRAFTING: "Biên tập viên hoàn thiện bản nháp rồi trình duyệt.",
    State.AWAITING_APPROVAL: "Người phê duyệt, không phải người soạn, duyệt hoặc trả lại để sửa.",
    State.ANSWERED: "Công khai câu trả lời, rồi biên tập viên ghi địa chỉ trang đã công khai.",
    State.PUBLISHED: "Câu trả lời đã công khai. Không còn việc gì phải làm.",
    State.MORE_WANTED: "Có thêm thông tin thì biên tập viên xử lý tiếp. Thời hạn vẫn được tính.",
    State.SUSPENDED: "Hết lý do tạm đình chỉ thì biên tập viên xử lý tiếp. Thời hạn vẫn được tính.",
    State.REDIRECTED: "Đã hướng dẫn hoặc chuyển cơ quan có thẩm quyền. Không còn việc ở đây.",
    State.REFUSED: "Đã từ chối thụ lý. Không còn việc ở đây.",
    State.MERGED: "Được trả lời chung với phản ánh khác. Không còn việc ở đây.",
    State.WITHDRAWN: "Phản ánh này được mở nhầm và đã rút. Không còn việc ở đây.",
    State.CLOSED: "Đã đóng. Không còn việc ở đây.",
}
"""What comes next, and whose work it is."""
_WITHDRAWN: Final = (
    "Câu trả lời đã thu hồi. Muốn công khai câu trả lời khác, biên tập viên soạn bản mới."
)

_NEED: Final[Mapping[type[Action], tuple[str, str, str]]] = {
    AskForMore: (
        "Yêu cầu bổ sung thông tin",
        "Còn thiếu thông tin gì (nêu công khai, không liên hệ riêng với ai; thời hạn vẫn tính)",
        "Đã yêu cầu bổ sung thông tin.",
    ),
    Suspend: (
        "Tạm đình chỉ",
        "Phải chờ việc gì (ví dụ: bản án; thời hạn vẫn tính)",
        "Đã tạm đình chỉ.",
    ),
    Redirect: (
        "Chuyển cơ quan có thẩm quyền",
        "Cơ quan nào có thẩm quyền, người dân được hướng dẫn đến đâu",
        "Đã ghi việc chuyển cơ quan có thẩm quyền.",
    ),
    Refuse: ("Từ chối thụ lý", "Lý do từ chối thụ lý", "Đã từ chối thụ lý."),
    Close: ("Đóng phản ánh", "Lý do đóng", "Đã đóng phản ánh."),
}
"""What needs a reason: its button, what to write, and what is said when it is done."""
_REASSIGN: Final = "Chuyển đơn vị khác chủ trì"
_FORMAL: Final = "Đây là khiếu nại, tố cáo"


def show_next(kept: Kept[Petition], viewer: Actor, named: Names) -> None:
    """What comes next, and the forms for it (all but the answer itself)."""
    petition, can = kept.state, possible(kept.state, viewer)
    st.html(group_html("Việc tiếp theo"))
    withdrawn = bool(petition.answers and petition.answers[-1].withdrawal)
    st.text(_WITHDRAWN if withdrawn else NEXT[petition.state])
    if Classify in can and petition.state in CLASSIFIABLE:
        _classify(kept, named)
    if StartVerifying in can:
        st.button(
            "Ghi nhận đơn vị đã bắt đầu xác minh",
            on_click=do,
            args=(kept, "Đã ghi: đơn vị chủ trì đang xác minh.", StartVerifying()),
        )
    if Resume in can:
        st.button(
            "Xử lý tiếp", type="primary", on_click=do, args=(kept, "Đã xử lý tiếp.", Resume())
        )
    if petition.state is State.AWAITING_APPROVAL and viewer.may(Permission.APPROVE):
        _approve(kept, viewer)
    if Publish in can:
        _publish(kept)


def show_others(kept: Kept[Petition], viewer: Actor) -> None:
    """What can be done besides, closed until somebody asks for it."""
    can = possible(kept.state, viewer)
    choices: dict[str, type[Action]] = {
        button: action for action, (button, _, _) in _NEED.items() if action in can
    }
    if Forward in can and kept.state.state not in CLASSIFIABLE:
        choices = {_REASSIGN: Forward} | choices
    if Classify in can and kept.state.state not in CLASSIFIABLE:
        choices[_FORMAL] = Classify
    if not choices:
        return
    code = kept.state.id
    with st.expander("Việc khác: " + ", ".join(map(str.lower, choices))):
        chosen = st.radio("Chọn việc", list(choices), key=f"other-{code}")
        action = choices[chosen]
        if action is Forward:
            with st.form(f"forward-form-{code}"):
                _agency_choice(code)
                st.form_submit_button("Chuyển đơn vị", on_click=_forward, args=(kept,))
        elif action is Classify:
            kind = st.radio(
                "Loại", _FORMAL_KINDS, format_func=lambda one: KIND_NAMES[one], key=f"is-{code}"
            )
            assert kind
            assert kind
            formal(kept, kind)
        else:
            button, prompt, done = _NEED[action]
            with st.form(f"why-form-{code}"):
                st.text_area(prompt, key=f"why-{code}", height=100)
                st.form_submit_button(button, on_click=_with_why, args=(kept, action, done))


def formal(kept: Kept[Petition], kind: Kind) -> None:
    """The formal channel, and the button that leaves nothing of the petition but its number."""
    st.html(formal_html(kind, desk().settings.formal_channels))
    st.warning(
        "Không giữ lại gì của mục này ngoài số đếm: nội dung, bài đăng và bản nháp bị xóa ngay, "
        "không khôi phục được. Các bài ấy cũng rời hàng chờ."
    )
    sure = st.checkbox("Tôi hiểu: nội dung sẽ bị xóa", key=f"sure-{kept.state.id}")
    st.button(
        f"Xóa nội dung, đếm là {KIND_NAMES[kind].lower()}",
        type="primary",
        disabled=not sure,
        on_click=do,
        args=(kept, "Đã xóa nội dung, chỉ giữ số đếm.", Classify(kind)),
    )


_FORMAL_KINDS: Final = [kind for kind in Kind if kind is not Kind.PETITION]


def _classify(kept: Kept[Petition], named: Names) -> None:
    petition = kept.state
    code = petition.id
    kind = st.radio(
        "Đây là gì?",
        list(Kind),
        format_func=lambda one: KIND_NAMES[one],
        key=f"kind-{code}",
        horizontal=True,
    )
    assert kind
    if kind is not Kind.PETITION:
        formal(kept, kind)
        return
    with st.form(f"classify-form-{code}"):
        choose("Lĩnh vực", named.topics, f"topic-{code}", "Chưa chọn", petition.topic)
        choose("Địa bàn", named.places, f"place-{code}", "Chưa chọn", petition.place)
        _agency_choice(code)
        with st.container(horizontal=True):
            st.form_submit_button(
                "Lưu và chuyển đơn vị", type="primary", on_click=_classified, args=(kept, True)
            )
            st.form_submit_button("Chỉ lưu phân loại", on_click=_classified, args=(kept, False))


def _agency_choice(code: str) -> None:
    st.selectbox(
        "Đơn vị chủ trì",
        list(desk().settings.agencies),
        index=None,
        placeholder="Chọn đơn vị trả lời",
        key=f"agency-{code}",
    )


def _classified(kept: Kept[Petition], onward: bool) -> None:
    code = kept.state.id
    topic, place = typed(f"topic-{code}") or "", typed(f"place-{code}") or ""
    classified = Classify(Kind.PETITION, topic, place)
    if onward:
        agency = Forward(typed(f"agency-{code}") or "")
        do(kept, "Đã phân loại và chuyển đơn vị chủ trì.", classified, agency)
    else:
        do(kept, "Đã lưu phân loại.", classified)


def _forward(kept: Kept[Petition]) -> None:
    agency = typed(f"agency-{kept.state.id}") or ""
    do(kept, "Đã chuyển đơn vị chủ trì.", Forward(agency))


def _with_why(kept: Kept[Petition], action: type[AskForMore], done: str) -> None:
    do(kept, done, action(typed(f"why-{kept.state.id}")))


def _approve(kept: Kept[Petition], viewer: Actor) -> None:
    code = kept.state.id
    if has_drafted(kept.state, viewer):
        st.info("Bạn đã soạn câu trả lời này nên không tự duyệt. Hãy nhờ người phê duyệt khác.")
    else:
        st.button(
            "Duyệt câu trả lời",
            type="primary",
            on_click=do,
            args=(kept, "Đã duyệt câu trả lời.", Approve()),
        )
    with st.form(f"back-form-{code}"):
        st.text_area("Điều cần sửa", key=f"back-{code}", height=100)
        st.form_submit_button("Trả lại để sửa", on_click=_send_back, args=(kept,))


def _send_back(kept: Kept[Petition]) -> None:
    do(kept, "Đã trả lại để sửa.", SendBack(typed(f"back-{kept.state.id}")))


def _publish(kept: Kept[Petition]) -> None:
    code = kept.state.id
    with st.form(f"publish-form-{code}"):
        st.text_input(
            "Địa chỉ trang đã công khai",
            key=f"link-{code}",
            placeholder="https://… (để trống nếu chỉ công khai trên trang đính chính, trả lời)",
        )
        st.form_submit_button(
            "Ghi là đã công khai", type="primary", on_click=_published, args=(kept,)
        )


def _published(kept: Kept[Petition]) -> None:
    do(kept, "Đã ghi địa chỉ công khai.", Publish(typed(f"link-{kept.state.id}")))
