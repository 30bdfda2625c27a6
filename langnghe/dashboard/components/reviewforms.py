"""What is said of a review item: the buttons below it, and the form by which it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from langnghe.casework.claimstate import Claim
from langnghe.casework.deadlines import FormalChannel, Route
from langnghe.casework.desk import NewClaim, NewPetition, ToClaim
from langnghe.casework.kinds import ITEM, Kept
from langnghe.casework.petitionrecords import KIND_NAMES, Kind
from langnghe.casework.review import (
    FOLLOW_UPS,
    NOTE_CHARACTERS,
    Confirm,
    Dismissal,
    FollowUp,
    ReviewItem,
)
from langnghe.casework.roles import Actor, Refused
from langnghe.core.clock import SystemClock, local_day
from langnghe.core.models import Reason
from langnghe.core.vietnamese import VERDICTS, day
from langnghe.dashboard import formats
from langnghe.dashboard.components import reviewwork
from langnghe.dashboard.components.choosing import choose
from langnghe.dashboard.components.labels import formal_text_html
from langnghe.dashboard.components.plain import as_label
from langnghe.dashboard.components.reviewkeys import keys, never_mind, why_not
from langnghe.dashboard.components.reviewlike import all_claims, likeliest, repeated
from langnghe.dashboard.components.reviewwork import View
from langnghe.dashboard.context import Names
from langnghe.dashboard.shared import desk
from langnghe.store.posts.interface import StoredPost

USUAL: Final = {
    Reason.URGENT: FollowUp.ACKNOWLEDGE,
    Reason.SCAM_WARNING: FollowUp.OPEN_CLAIM,
    Reason.REPEATS_CHECKED_CLAIM: FollowUp.ATTACH_CLAIM,
    Reason.UNVERIFIED_CLAIM: FollowUp.OPEN_CLAIM,
    Reason.NEEDS_ANSWER: FollowUp.OPEN_PETITION,
}
"""What mostly follows from confirming a reason; chosen until somebody chooses otherwise."""
_WORDS: Final = "Viết bằng lời của mình, không ghi họ tên, số điện thoại hay địa chỉ của ai."


@dataclass(frozen=True, slots=True)
class About:
    """What an item is about, as far as it is still kept."""

    posts: Sequence[StoredPost]
    names: Names


def bar(view: View) -> None:
    """The buttons of an item, and the reasons to dismiss it. They stay in sight."""
    now_open = reviewwork.panel(view.id)
    with st.container(key="review-bar"):
        if not view.stands_against:
            why_not(view, choosing=now_open == "dismiss")
        if now_open == "other" and not view.stands_against:
            _other(view)
        elif now_open != "dismiss" or view.stands_against:
            keys(view)


def _other(view: View) -> None:
    key = f"review-other-{view.id}"
    with st.form(f"review-other-form-{view.id}", border=True):
        st.text_input(
            "Vì sao bỏ qua?", key=key, max_chars=NOTE_CHARACTERS, help="Vài chữ là đủ. " + _WORDS
        )
        st.form_submit_button(
            "Bỏ qua với lý do này",
            type="primary",
            on_click=reviewwork.dismiss,
            args=(view, Dismissal.OTHER, key),
        )
    never_mind(view)


def confirm(view: View, about: About) -> None:
    """What follows from confirming the reason: the choice, and the form of what is chosen."""
    item = view.kept.state
    ways = [way for way in FollowUp if way in FOLLOW_UPS[item.reason]]
    known = all_claims(view.viewer) if FollowUp.ATTACH_CLAIM in ways else []
    usual = USUAL[item.reason]
    if usual is FollowUp.ATTACH_CLAIM and not known:
        usual = FollowUp.OPEN_CLAIM
    with st.container(key="review-confirm"):
        way = st.radio(
            "Xác nhận lý do đúng, và:",
            ways,
            index=ways.index(usual),
            format_func=formats.FOLLOW_UPS.__getitem__,
            key=f"review-way-{view.id}",
        )
        match way:
            case FollowUp.ATTACH_CLAIM:
                _attach(view, about, known)
            case FollowUp.OPEN_CLAIM:
                _open_claim(view, about)
            case FollowUp.OPEN_PETITION:
                _open_petition(view, about)
            case FollowUp.ACKNOWLEDGE:
                _acknowledge(view)
        never_mind(view)


def _attach(view: View, about: About, known: Sequence[Claim]) -> None:
    if not known:
        st.info("Chưa có thông tin nào để gắn. Hãy chọn «Mở thông tin cần kiểm chứng».")
        return
    like = likeliest(about.posts, known)
    key = f"review-claim-{view.id}"
    titles = {claim.id: claim for claim in known}
    with st.form(f"review-attach-{view.id}", border=False):
        st.radio(
            "Thông tin gần giống nhất" if like else "Không có thông tin nào gần giống",
            [*(claim.id for claim in like), ""],
            format_func=lambda id_: (
                _claim_label(titles[id_]) if id_ else "Thông tin khác, chọn ở dưới"
            ),
            key=key,
        )
        st.selectbox(
            "Thông tin khác",
            list(titles),
            index=None,
            format_func=lambda id_: titles[id_].statement,
            placeholder="Gõ để tìm trong các thông tin đã mở",
            key=f"{key}-other",
        )
        st.form_submit_button(
            "Gắn vào thông tin này", type="primary", on_click=_attached, args=(view, key)
        )


def _open_claim(view: View, about: About) -> None:
    key = f"review-statement-{view.id}"
    with st.form(f"review-open-claim-{view.id}", border=False):
        st.text_area(
            "Thông tin cần kiểm chứng",
            value=repeated(about.posts),
            key=key,
            max_chars=NOTE_CHARACTERS,
            height=100,
            placeholder="Một câu nêu điều kiểm chứng được, ví dụ: Đèo Ô Quý Hồ bị sạt, cấm xe.",
            help=_WORDS,
        )
        _topic(view, about)
        st.form_submit_button(
            "Mở thông tin cần kiểm chứng", type="primary", on_click=_claim_opened, args=(view, key)
        )


def _open_petition(view: View, about: About) -> None:
    kind = st.radio(
        "Loại",
        list(Kind),
        format_func=KIND_NAMES.__getitem__,
        key=f"review-kind-{view.id}",
        horizontal=True,
    )
    if kind is not None and kind is not Kind.PETITION:
        _formal(view, kind)
        return
    key = f"review-summary-{view.id}"
    today = local_day(SystemClock().now())
    due = desk().settings.due(Route.PUBLIC_PAGE, today)
    with st.form(f"review-petition-{view.id}", border=False):
        st.text_area(
            "Nội dung phản ánh, kiến nghị",
            key=key,
            max_chars=NOTE_CHARACTERS,
            height=100,
            placeholder="Người dân hỏi hoặc đề nghị điều gì, ở đâu",
            help=_WORDS,
        )
        left, right = st.columns(2)
        with left:
            _topic(view, about)
        places = about.names.places
        said = [place for stored in about.posts for place in stored.post.places if place in places]
        with right:
            choose("Địa bàn", places, f"review-place-{view.id}", "Không rõ", next(iter(said), None))
        st.caption(f"Hạn trả lời: {day(due.on)}", help=as_label(due.legal_basis, 300))
        st.form_submit_button(
            "Mở phản ánh, kiến nghị", type="primary", on_click=_petition_opened, args=(view, key)
        )


def _formal(view: View, kind: Kind) -> None:
    channels = desk().settings.formal_channels
    channel: FormalChannel = channels.complaint if kind is Kind.COMPLAINT else channels.denunciation
    st.html(
        '<div class="ln-why ln-apart"><div><b>Không xử lý ở đây, và không giữ lại gì ngoài số '
        "đếm.</b><p>Bài rời hàng chờ vĩnh viễn; không lưu nội dung, đường dẫn hay lý do, và không "
        f"hoàn tác được. Kênh chính thức:</p><p>{formal_text_html(channel)}</p></div></div>"
    )
    st.button(
        f"Đưa khỏi hàng chờ: {KIND_NAMES[kind].lower()}",
        key=f"review-formal-{view.id}",
        type="primary",
        on_click=_formal_found,
        args=(view, kind),
    )


def _acknowledge(view: View) -> None:
    key = f"review-note-{view.id}"
    with st.form(f"review-acknowledge-{view.id}", border=False):
        st.text_area(
            "Đã làm gì?",
            key=key,
            max_chars=NOTE_CHARACTERS,
            height=100,
            placeholder="Ví dụ: đã báo Ban chỉ huy phòng, chống thiên tai xã lúc 7 giờ",
            help=_WORDS,
        )
        st.form_submit_button("Ghi nhận", type="primary", on_click=_acknowledged, args=(view, key))


# --- What the forms do -----------------------------------------------------------------------


def _attached(view: View, key: str) -> None:
    chosen = st.session_state[key] or st.session_state[f"{key}-other"]

    def work(viewer: Actor) -> Kept[ReviewItem]:
        if not chosen:
            raise Refused("Chưa chọn thông tin để gắn. Hãy chọn một thông tin trong danh sách.")
        return desk().confirm(view.id, ToClaim(chosen), viewer, version=view.kept.version)

    reviewwork.decide(view, work, f"gắn vào {chosen}")


def _claim_opened(view: View, key: str) -> None:
    new = NewClaim(st.session_state[key], st.session_state[f"review-topic-{view.id}"] or "")
    _follow(view, new, "mở thông tin cần kiểm chứng")


def _petition_opened(view: View, key: str) -> None:
    new = NewPetition(
        Kind.PETITION,
        st.session_state[key],
        st.session_state[f"review-topic-{view.id}"] or "",
        st.session_state[f"review-place-{view.id}"] or "",
    )
    _follow(view, new, "mở phản ánh, kiến nghị")


def _formal_found(view: View, kind: Kind) -> None:
    _follow(view, NewPetition(kind, ""), "đưa bài khỏi hàng chờ; chỉ giữ số đếm")


def _follow(view: View, follows: NewClaim | NewPetition, what: str) -> None:
    def work(viewer: Actor) -> Kept[ReviewItem]:
        return desk().confirm(view.id, follows, viewer, version=view.kept.version)

    reviewwork.decide(view, work, what)


def _acknowledged(view: View, key: str) -> None:
    action = Confirm(FollowUp.ACKNOWLEDGE, note=st.session_state[key])

    def work(viewer: Actor) -> Kept[ReviewItem]:
        return desk().act(ITEM, view.id, action, viewer, version=view.kept.version)

    reviewwork.decide(view, work, "ghi nhận")


# --- Parts -----------------------------------------------------------------------------------


def _claim_label(claim: Claim) -> str:
    return f"{as_label(claim.statement, 160)} ({VERDICTS[claim.state].lower()}, {claim.id})"


def _topic(view: View, about: About) -> None:
    topics = about.names.topics
    said = [topic for stored in about.posts for topic in stored.post.topics if topic in topics]
    choose("Chủ đề", topics, f"review-topic-{view.id}", "Chọn chủ đề", next(iter(said), None))
