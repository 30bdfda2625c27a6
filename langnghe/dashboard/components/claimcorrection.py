"""The correction of a claim: written, seen as people will read it, approved, compared."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Final

import streamlit as st

from langnghe.casework.claims import ApproveCorrection, DraftCorrection, SubmitCorrection
from langnghe.casework.claimstate import OPEN, Claim, Correction, CorrectionState
from langnghe.casework.claimtexts import CorrectionText
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.roles import Actor, Permission
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS, moment, number
from langnghe.dashboard.components.claimdoing import act, act_with
from langnghe.dashboard.components.claimtexts import (
    CORRECTION_STATES,
    PARTS,
    beside_html,
    correction_html,
    reopenings_html,
    version_html,
)
from langnghe.dashboard.components.claimwork import send_back
from langnghe.dashboard.components.versions import show_unpublishing
from langnghe.dashboard.context import Names

EMPTY: Final = CorrectionText(title="", truth="", circulating="", finding="", contact="")

HINTS: Final = {
    "title": "Nêu điều đúng, không nhắc lại điều sai. Ví dụ: «Đèo Ô Quý Hồ vẫn thông xe».",
    "truth": "Người đọc cần biết điều gì, trước hết.",
    "circulating": "Điều đang được nói và nơi lan truyền; không nêu ai đã nói.",
    "finding": "Đã xác minh với nơi nào, kết luận thế nào.",
    "advice": "Không bắt buộc, ví dụ: kiểm tra ở trang của xã trước khi chia sẻ.",
    "contact": "Nơi người dân hỏi thêm: cơ quan, giờ làm việc, điện thoại trực ban.",
}
HEIGHTS: Final = {"truth": 120, "finding": 120}
MOST_TITLE: Final = 150


def show(kept: Kept[Claim], viewer: Actor, named: Names) -> None:
    """The part «Đính chính»."""
    claim = kept.state
    if (why := _none_yet(claim)) is not None:
        st.info(why)
        return
    current = claim.unpublished
    if current is None and not claim.needs_correction:
        _locked(claim, named)
        return
    if current is not None and current.state is CorrectionState.AWAITING_APPROVAL:
        _approval(kept, current, viewer, named)
        return
    if not viewer.may(Permission.DRAFT):
        st.info("Biên tập viên đang soạn bản đính chính. Khi trình duyệt, bản này hiện ở đây.")
        if current is not None:
            _preview(claim, current.text, named)
        return
    _editor(kept, current, named)


def _none_yet(claim: Claim) -> str | None:
    """Why there is nothing to write, in words; None: there is."""
    if claim.withdrawn:
        return "Hồ sơ này đã được rút vì mở nhầm."
    if claim.state in OPEN:
        more = " Bản đã công bố nằm ở «Các bản»." if claim.corrections else ""
        return f"Chưa có kết luận được duyệt nên chưa soạn được đính chính.{more}"
    last = claim.last_published
    if last is not None and last.withdrawal is not None and not claim.needs_correction:
        return "Bản đính chính đã thu hồi. Muốn công bố bản khác, hãy mở lại hồ sơ ở «Xác minh»."
    if claim.state is Verdict.CONFIRMED and last is None:
        return "Thông tin này đúng sự thật nên không cần đính chính; hãy trả lời ở «Xác minh»."
    if claim.state is Verdict.INCONCLUSIVE and not claim.corrections:
        return "Kết luận là không đủ căn cứ nên không bắt buộc công bố gì."
    return None


def _locked(claim: Claim, named: Names) -> None:
    said, last = claim.published, claim.corrections[-1]
    assert said is not None
    st.success(
        f"Bản {last.number} đã công bố {moment(said.at)}, {said.approved_by} duyệt. Nội dung đang "
        "khóa; muốn sửa, hãy mở lại hồ sơ ở «Xác minh» và nêu lý do; muốn thu hồi, xem «Các bản»."
    )
    st.html(correction_html(last.text, said.verdict, said.evidence, named.institution))


def _approval(kept: Kept[Claim], current: Correction, viewer: Actor, named: Names) -> None:
    claim = kept.state
    st.info(
        f"Bản {current.number} chờ duyệt; người soạn: {', '.join(current.drafted_by)}. "
        "Duyệt là công bố, nhân danh cơ quan."
    )
    if viewer.may(Permission.APPROVE):
        if viewer.account in (*claim.authors, *current.drafted_by):
            st.warning(
                "Bạn đã tham gia soạn hồ sơ này nên không được tự duyệt. Hãy nhờ người có quyền "
                "phê duyệt khác; bạn vẫn có thể trả lại."
            )
        else:
            key = f"published-link-{claim.id}"
            with st.form(f"cong-bo-{claim.id}"):
                st.text_input("Đường dẫn nơi đã đăng (nếu có)", key=key, placeholder="https://…")
                st.form_submit_button(
                    "Duyệt và công bố đính chính",
                    type="primary",
                    on_click=act_with,
                    args=(kept, ApproveCorrection, key, "Đã công bố đính chính."),
                )
        send_back(kept)
    _preview(claim, current.text, named)


def _preview(claim: Claim, text: CorrectionText, named: Names) -> None:
    st.subheader("Xem trước", anchor=False)
    st.html(correction_html(text, claim.state, claim.evidence, named.institution))


# --- Writing ---------------------------------------------------------------------------------


def _editor(kept: Kept[Claim], current: Correction | None, named: Names) -> None:
    claim = kept.state
    stored = current.text if current else _first_words(claim)
    # What the fields began with: if that is no longer what is stored, somebody else has saved.
    base = st.session_state.get(_base(claim))
    if base is None or (base != stored and _typed(claim) == base):
        _load(claim, stored)
    elif base != stored:
        _saved_meanwhile(claim, stored)
        return
    if claim.sent_back:
        st.warning("Bản đính chính bị trả lại; lý do nằm ở đầu hồ sơ.")
    left, right = st.columns(2)
    with left:
        st.subheader(f"Bản {claim.edition}: soạn", anchor=False)
        for field, name in PARTS.items():
            st.text_area(
                name,
                key=_field(claim, field),
                placeholder=HINTS[field],
                height=HEIGHTS.get(field, 80),
                max_chars=MOST_TITLE if field == "title" else None,
                persist_state="session",
            )
        st.button("Lưu bản nháp", on_click=_save_draft, args=(kept,))
        st.button("Lưu và trình duyệt", type="primary", on_click=_submit, args=(kept,))
    with right:
        _preview(claim, _typed(claim), named)


def _first_words(claim: Claim) -> CorrectionText:
    """A new edition begins with the words of the last one."""
    return claim.corrections[-1].text if claim.corrections else EMPTY


def _saved_meanwhile(claim: Claim, stored: CorrectionText) -> None:
    st.warning(
        "Người khác vừa lưu bản đính chính này. Bên trái là bản đang lưu, bên phải là bản bạn đang "
        "soạn. Hãy chọn một bản để soạn tiếp; chưa có gì bị ghi đè."
    )
    saved = Correction(claim.edition, CorrectionState.DRAFT, stored, ())
    mine = replace(saved, text=_typed(claim))
    st.html(
        beside_html(
            version_html(saved, mine.text, claim, "del"),
            version_html(mine, stored, claim, "ins"),
        )
    )
    st.button("Soạn tiếp bản đang lưu", on_click=_load, args=(claim, stored))
    st.button("Soạn tiếp bản của tôi", on_click=_keep_mine, args=(claim, stored))


def _load(claim: Claim, text: CorrectionText) -> None:
    st.session_state[_base(claim)] = text
    for field, value in asdict(text).items():
        st.session_state[_field(claim, field)] = value


def _keep_mine(claim: Claim, stored: CorrectionText) -> None:
    st.session_state[_base(claim)] = stored


def _save_draft(kept: Kept[Claim]) -> None:
    _save(kept)


def _save(kept: Kept[Claim]) -> Kept[Claim] | None:
    claim = kept.state
    saved = act(kept, DraftCorrection(_typed(claim)), "Đã lưu bản nháp.")
    if saved is not None and saved.state.unpublished is not None:
        _load(claim, saved.state.unpublished.text)
    return saved


def _submit(kept: Kept[Claim]) -> None:
    saved = _save(kept)
    if saved is not None:
        act(saved, SubmitCorrection(), "Đã trình duyệt bản đính chính.")


def _typed(claim: Claim) -> CorrectionText:
    return CorrectionText(
        **{field: st.session_state.get(_field(claim, field), "") for field in PARTS}
    )


def _field(claim: Claim, field: str) -> str:
    return f"correction-{field}-{claim.id}-{claim.edition}"


def _base(claim: Claim) -> str:
    return f"correction-base-{claim.id}-{claim.edition}"


# --- Versions --------------------------------------------------------------------------------


def show_editions(kept: Kept[Claim], viewer: Actor) -> None:
    """The part «Các bản»."""
    claim = kept.state
    versions = claim.corrections
    if not versions:
        st.info("Chưa có bản đính chính nào. Bản đầu tiên hiện ở đây khi được soạn.")
        return
    st.html(f"<p><b>{number(len(versions))} bản</b></p>")
    older, newer = _chosen(claim)
    if older is None:
        st.html(version_html(newer, None, claim, "ins"))
    else:
        st.caption("Chữ gạch ngang: có ở bản trước, bản sau đã bỏ. Chữ nền xanh: bản sau mới thêm.")
        st.html(
            beside_html(
                version_html(older, newer.text, claim, "del"),
                version_html(newer, older.text, claim, "ins"),
            )
        )
    if claim.reopenings:
        st.subheader("Lý do mở lại", anchor=False)
        st.html(reopenings_html(claim))
    show_unpublishing(CLAIM, kept, viewer)


def _chosen(claim: Claim) -> tuple[Correction | None, Correction]:
    """The two versions to be shown, the older one first."""
    versions = claim.corrections
    if len(versions) == 1:
        return None, versions[0]
    if len(versions) == 2:
        return versions[0], versions[1]
    left, right = st.columns(2)
    titles = [_title(one, claim) for one in versions]
    positions = list(range(len(versions)))
    first = left.selectbox(
        "So bản", positions, index=len(versions) - 2, format_func=titles.__getitem__
    )
    second = right.selectbox(
        "với bản", positions, index=len(versions) - 1, format_func=titles.__getitem__
    )
    return versions[min(first, second)], versions[max(first, second)]


def _title(one: Correction, claim: Claim) -> str:
    verdict = one.publication.verdict if one.publication else claim.state
    return f"Bản {one.number} ({CORRECTION_STATES[one.state]}, {VERDICTS[verdict]})"
