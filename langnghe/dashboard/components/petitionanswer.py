"""Writing the answer to a petition, with answers to earlier like ones at hand."""

from __future__ import annotations

from typing import Final

import streamlit as st

from langnghe.casework.kinds import PETITION, Kept
from langnghe.casework.petitionrecords import (
    ANSWERED,
    DraftAnswer,
    Petition,
    State,
    Submit,
)
from langnghe.casework.petitions import possible
from langnghe.casework.roles import Actor
from langnghe.classifier.likeness import Background, Likeness
from langnghe.classifier.opening import model_folder
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.petitiondoing import has_done, typed
from langnghe.dashboard.components.petitionlikes import alike
from langnghe.dashboard.components.petitiontexts import answer_html, group_html, sent_back_html
from langnghe.dashboard.shared import desk, home
from langnghe.store.cases import Order, Where

LOOKED_AT: Final = 300
"""Petitions, the last changed ones, among which like ones are looked for."""
OFFERED: Final = 3
"""Earlier answers that are offered."""


@st.cache_resource(show_spinner=False)
def background() -> Background:
    """Which words are rare, as the model knows it."""
    return Likeness.load(model_folder(home().model)).background


def show_answers(kept: Kept[Petition], viewer: Actor) -> None:
    """All versions of the answer, the newest first, but for the one in the form."""
    petition = kept.state
    in_form = petition.state is State.DRAFTING and DraftAnswer in possible(petition, viewer)
    shown = petition.answers[:-1] if in_form else petition.answers
    if not shown:
        return
    st.html(group_html("Câu trả lời", f"{number(len(shown))} bản"))
    for answer in reversed(shown):
        st.html(answer_html(answer))


def show_writing(kept: Kept[Petition], viewer: Actor) -> None:
    """The form for the answer, for whoever may write it now."""
    if DraftAnswer not in possible(kept.state, viewer):
        return
    if kept.state.state not in ANSWERED:
        st.html(group_html("Soạn trả lời"))
        _writing(kept, viewer)
        return
    with st.expander("Sửa câu trả lời đã duyệt (thành bản mới)"):
        _writing(kept, viewer)


def _writing(kept: Kept[Petition], viewer: Actor) -> None:
    petition = kept.state
    code = petition.id
    kept_words = _words(petition)
    text, basis, began = f"answer-{code}", f"basis-{code}", f"began-{code}"
    if text not in st.session_state or began not in st.session_state:
        st.session_state[began] = kept_words
        st.session_state[text], st.session_state[basis] = kept_words
    elif st.session_state[began] != kept_words:
        _changed_meanwhile(petition)
    if petition.answers and (wanted := petition.answers[-1].sent_back):
        st.html(sent_back_html(wanted))
    _earlier(petition, viewer)
    with st.form(f"answer-form-{code}"):
        st.text_area(
            "Nội dung trả lời",
            key=text,
            height=220,
        )
        st.caption(
            "Nêu kết quả xác minh, việc sẽ làm và thời hạn, nơi hỏi thêm. Không nhắc lại họ tên, "
            "số điện thoại hay dữ liệu cá nhân khác của người dân."
        )
        st.text_input("Căn cứ pháp lý", key=basis)
        if petition.answered_on and petition.state in ANSWERED:
            st.text_input("Lý do sửa câu trả lời đã duyệt", key=f"anew-{code}")
        with st.container(horizontal=True):
            st.form_submit_button(
                "Lưu và trình duyệt", type="primary", on_click=_save, args=(kept, True)
            )
            st.form_submit_button("Lưu bản nháp", on_click=_save, args=(kept, False))


def _words(petition: Petition) -> tuple[str, str]:
    """Text and legal basis that one begins with: those of the newest version."""
    if not petition.answers:
        return "", ""
    return petition.answers[-1].text, petition.answers[-1].legal_basis


def _changed_meanwhile(petition: Petition) -> None:
    """Nobody's words are overwritten unseen: neither those kept, nor those being typed."""
    code = petition.id
    st.warning("Trong lúc bạn soạn, người khác đã lưu bản dưới đây. Hãy chọn giữ bản nào rồi lưu.")
    if petition.answers:
        st.html(answer_html(petition.answers[-1]))
    with st.container(horizontal=True):
        st.button("Lấy bản đã lưu", on_click=_forget, args=(code,))
        st.button("Giữ chữ của tôi", on_click=_keep_mine, args=(code, _words(petition)))


def _forget(code: str) -> None:
    for name in ("answer", "basis", "began"):
        st.session_state.pop(f"{name}-{code}", None)


def _keep_mine(code: str, kept_words: tuple[str, str]) -> None:
    st.session_state[f"began-{code}"] = kept_words


def _save(kept: Kept[Petition], submit: bool) -> None:
    code = kept.state.id
    draft = DraftAnswer(typed(f"answer-{code}"), typed(f"basis-{code}"), typed(f"anew-{code}"))
    if submit:
        done = has_done(kept, "Đã lưu và trình duyệt.", draft, Submit())
    else:
        done = has_done(kept, "Đã lưu bản nháp.", draft)
    if done:
        _forget(code)


def _earlier(petition: Petition, viewer: Actor) -> None:
    """Answers to like petitions, each with a button that makes a draft of it."""
    found = desk().find(PETITION, viewer, Where(states=ANSWERED), Order.CHANGED, LOOKED_AT)
    others = [one.state for one in found if one.state.id != petition.id]
    likes = alike(petition.summary, others, background())[:OFFERED]
    if not likes:
        return
    said = f"Câu trả lời cho phản ánh giống phản ánh này: {number(len(likes))}"
    with st.expander(said, expanded=petition.state is not State.DRAFTING):
        for like in likes:
            st.html(f"{group_html(like.id, like.summary)}{answer_html(like.answers[-1])}")
            st.button(
                f"Lấy câu trả lời của {like.id} làm bản nháp",
                key=f"take-{like.id}",
                on_click=_take,
                args=(petition.id, like.answers[-1].text, like.answers[-1].legal_basis),
            )


def _take(code: str, text: str, basis: str) -> None:
    st.session_state[f"answer-{code}"] = text
    st.session_state[f"basis-{code}"] = basis
