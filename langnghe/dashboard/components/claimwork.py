"""One claim being verified: its evidence, its verdict, and who is to do what next."""

from __future__ import annotations

from datetime import date
from typing import Final

import streamlit as st

from langnghe.casework.claims import (
    MOST_PIECES,
    ApproveVerdict,
    ProposeVerdict,
    Reopen,
    Reword,
    SendBack,
    StartVerifying,
)
from langnghe.casework.claimstate import OPEN, Claim
from langnghe.casework.desk import NewPetition
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.roles import Actor, Permission
from langnghe.casework.uploads import MOST_BYTES
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS, number
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.claimdoing import (
    act_with,
    add_evidence,
    do,
    drop_evidence,
    evidence_key,
    file_key,
)
from langnghe.dashboard.components.claimtexts import (
    evidence_html,
    history_html,
    is_borne_out,
    reopenings_html,
)
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.context import Names
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk

OLDEST: Final = date(1945, 9, 2)
"""No document that bears out a claim is older."""

CHOICES: Final = {
    Verdict.FALSE: "Căn cứ cho thấy điều được nói không đúng.",
    Verdict.PARTLY_TRUE: "Có phần đúng, có phần không đúng hoặc thiếu.",
    Verdict.CONFIRMED: "Người dân nói đúng: hồ sơ sẽ được trả lời như phản ánh, kiến nghị.",
    Verdict.INCONCLUSIVE: "Đã hỏi, đã tìm nhưng chưa đủ để kết luận.",
}


def show(kept: Kept[Claim], viewer: Actor, named: Names) -> None:
    """The part «Xác minh»."""
    claim = kept.state
    if claim.withdrawn:
        st.info("Hồ sơ này đã được rút vì mở nhầm. Hãy về danh sách và chọn hồ sơ khác.")
        return
    drafts = viewer.may(Permission.DRAFT)
    if claim.state is Verdict.UNVERIFIED:
        _unverified(kept, drafts)
    _verdict(kept, viewer)
    if claim.becomes_petition and drafts:
        _petition(kept, named)
    _evidence(kept, drafts)
    if drafts and claim.state in OPEN:
        _reword(kept)
    if drafts and claim.state not in OPEN:
        _reopen(kept)
    _history(claim, viewer)


def _unverified(kept: Kept[Claim], drafts: bool) -> None:
    if not drafts:
        st.info("Chưa có ai xác minh. Biên tập viên sẽ nhận việc và tìm căn cứ.")
        return
    st.info("Chưa có ai xác minh. Hãy nhận việc, rồi tìm căn cứ đúng hoặc sai.")
    st.button(
        "Bắt đầu xác minh",
        type="primary",
        on_click=do,
        args=(kept, StartVerifying(), "Đã chuyển sang đang xác minh."),
    )


def _verdict(kept: Kept[Claim], viewer: Actor) -> None:
    claim = kept.state
    if claim.state is not Verdict.VERIFYING:
        return
    st.subheader("Kết luận", anchor=False)
    if claim.proposal is not None:
        _approval(kept, viewer)
    elif not viewer.may(Permission.DRAFT):
        st.caption("Chưa có đề xuất kết luận. Biên tập viên đang tìm căn cứ.")
    elif not is_borne_out(claim):
        st.info(
            "Để kết luận cần ít nhất một văn bản gốc của cơ quan có thẩm quyền, hoặc hai căn cứ "
            "khác nhau. Nếu đã hỏi mà chưa rõ, hãy ghi trả lời của nơi đã hỏi làm căn cứ."
        )
    else:
        key = f"verdict-{claim.id}"
        with st.form(f"ket-luan-{claim.id}"):
            st.radio(
                "Đề xuất kết luận",
                list(CHOICES),
                index=None,
                format_func=VERDICTS.__getitem__,
                captions=list(CHOICES.values()),
                key=key,
            )
            st.form_submit_button(
                "Trình duyệt kết luận", type="primary", on_click=_propose, args=(kept, key)
            )


def _propose(kept: Kept[Claim], key: str) -> None:
    verdict = st.session_state[key]
    # Nothing chosen: the rule says what to choose from.
    do(kept, ProposeVerdict(verdict or Verdict.VERIFYING), "Đã trình duyệt kết luận.")


def _approval(kept: Kept[Claim], viewer: Actor) -> None:
    claim = kept.state
    assert claim.proposal is not None
    verdict = VERDICTS[claim.proposal.verdict]
    st.info(f"Chờ duyệt kết luận «{verdict}». Sửa nội dung hoặc căn cứ sẽ rút lại đề xuất này.")
    if not viewer.may(Permission.APPROVE):
        return
    if viewer.account in claim.authors:
        st.warning(
            "Bạn đã tham gia soạn hồ sơ này nên không được tự duyệt. Hãy nhờ người có quyền phê "
            "duyệt khác; bạn vẫn có thể trả lại."
        )
    else:
        st.button(
            f"Duyệt kết luận «{verdict}»",
            type="primary",
            on_click=do,
            args=(kept, ApproveVerdict(), "Đã duyệt kết luận. Hồ sơ được khóa."),
        )
    send_back(kept)


def send_back(kept: Kept[Claim]) -> None:
    """The form by which an approver sends back what awaits approval."""
    key = f"back-{kept.state.id}"
    with st.expander("Trả lại để bổ sung"), st.form(f"tra-lai-{kept.state.id}", border=False):
        st.text_area("Lý do trả lại", key=key, height=80, placeholder="Cần sửa gì, vì sao")
        st.form_submit_button(
            "Trả lại", on_click=act_with, args=(kept, SendBack, key, "Đã trả lại kèm lý do.")
        )


def _evidence(kept: Kept[Claim], drafts: bool) -> None:
    claim = kept.state
    pieces = claim.evidence
    st.subheader(f"Căn cứ ({number(len(pieces))})", anchor=False)
    if not pieces:
        st.caption("Chưa có căn cứ nào. Ưu tiên văn bản gốc của cơ quan có thẩm quyền.")
    may_change = drafts and claim.state is Verdict.VERIFYING
    for position, piece in enumerate(pieces, 1):
        st.html(evidence_html(piece, position, claim.id))
        if may_change:
            with st.popover(f"Bỏ căn cứ {position}"):
                st.write("Căn cứ và tệp kèm theo sẽ bị xóa khỏi hồ sơ.")
                st.button(
                    f"Xóa căn cứ {position}",
                    key=f"drop-{claim.id}-{position}",
                    on_click=drop_evidence,
                    args=(kept, piece),
                )
    if may_change and len(pieces) < MOST_PIECES:
        _evidence_form(kept)
    elif drafts and claim.state not in OPEN:
        st.caption("Kết luận đã duyệt nên căn cứ bị khóa. Muốn sửa, hãy mở lại hồ sơ.")


def _evidence_form(kept: Kept[Claim]) -> None:
    claim = kept.state
    with (
        st.expander("Thêm căn cứ", expanded=not claim.evidence),
        st.form(f"can-cu-{claim.id}", border=False),
    ):
        st.text_input(
            "Nguồn",
            key=evidence_key(claim, "source"),
            placeholder="Cơ quan ban hành, tờ báo hoặc nơi đã hỏi",
        )
        st.checkbox(
            "Đây là văn bản gốc của cơ quan có thẩm quyền", key=evidence_key(claim, "primary")
        )
        left, right = st.columns(2)
        left.text_input(
            "Số hiệu văn bản",
            key=evidence_key(claim, "document_number"),
            placeholder="Ví dụ: 15/TB-UBND",
        )
        right.date_input(
            "Ngày của căn cứ",
            value=None,
            min_value=OLDEST,
            max_value=local_day(SystemClock().now()),
            format="DD/MM/YYYY",
            key=evidence_key(claim, "dated"),
        )
        st.text_input("Đường dẫn", key=evidence_key(claim, "link"), placeholder="https://…")
        st.text_area("Trích dẫn", key=evidence_key(claim, "quotation"), height=100)
        most = MOST_BYTES // 2**20
        st.file_uploader(
            f"Tệp kèm theo (PDF, ảnh PNG hoặc JPEG, DOCX; nhiều nhất {most} MB)",
            # Which kinds are taken, the content says (casework.uploads), in Vietnamese.
            key=file_key(claim),
            max_upload_size=most,
        )
        st.form_submit_button(
            "Thêm căn cứ này", type="primary", on_click=add_evidence, args=(kept,)
        )


def _reword(kept: Kept[Claim]) -> None:
    key = f"reword-{kept.state.id}"
    with st.expander("Sửa nội dung thông tin"), st.form(f"sua-{kept.state.id}", border=False):
        if not st.session_state.get(key):
            st.session_state[key] = kept.state.statement
        st.text_area(
            "Nội dung thông tin",
            key=key,
            height=80,
            placeholder="Một câu nêu điều đang được nói, bằng lời của mình, không nêu tên ai",
        )
        st.form_submit_button(
            "Lưu nội dung", on_click=act_with, args=(kept, Reword, key, "Đã sửa nội dung.")
        )


def _reopen(kept: Kept[Claim]) -> None:
    key = f"reopen-{kept.state.id}"
    with st.expander("Mở lại hồ sơ"), st.form(f"mo-lai-{kept.state.id}", border=False):
        seen = (
            " Bản đã công bố vẫn giữ nguyên cho đến khi có bản mới; người dân xem được lý do."
            if kept.state.published
            else ""
        )
        st.write(f"Mở lại khi có căn cứ mới hoặc kết luận chưa đúng.{seen}")
        st.text_area("Lý do mở lại", key=key, height=80)
        st.form_submit_button(
            "Mở lại hồ sơ này",
            on_click=act_with,
            args=(kept, Reopen, key, "Đã mở lại. Hồ sơ trở về đang xác minh."),
        )


def _petition(kept: Kept[Claim], named: Names) -> None:
    claim = kept.state
    st.subheader("Trả lời người dân", anchor=False)
    st.info("Người dân nói đúng nên cần được trả lời: hãy lập phản ánh, kiến nghị từ hồ sơ này.")
    keys = {name: f"petition-{name}-{claim.id}" for name in ("summary", "topic", "place")}
    with st.form(f"phan-anh-{claim.id}"):
        st.session_state.setdefault(keys["summary"], claim.statement)
        if claim.topic in named.topics:
            st.session_state.setdefault(keys["topic"], claim.topic)
        st.text_area("Nội dung cần trả lời", key=keys["summary"], height=100)
        choose("Lĩnh vực", named.topics, keys["topic"], "Chọn lĩnh vực")
        choose("Địa bàn", named.places, keys["place"], "Chọn địa bàn")
        st.form_submit_button(
            "Lập phản ánh, kiến nghị", type="primary", on_click=_become, args=(kept, keys)
        )


def _become(kept: Kept[Claim], keys: dict[str, str]) -> None:
    viewer = actor()
    summary, topic, place = (st.session_state[key] or "" for key in keys.values())
    new = NewPetition(Kind.PETITION, summary, topic, place)
    attempt(
        lambda: desk().answer_claim(kept.state.id, new, viewer, version=kept.version),
        "Đã lập phản ánh, kiến nghị. Đường dẫn nằm ở đầu hồ sơ.",
    )


def _history(claim: Claim, viewer: Actor) -> None:
    with st.expander("Quá trình xử lý"):
        st.html(reopenings_html(claim) + history_html(desk().history(CLAIM, claim.id, viewer)))
