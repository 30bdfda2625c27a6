"""Bản ngôn ngữ, bản đọc, thu hồi: the same work with a published correction or answer."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import streamlit as st

from langnghe.casework.audio import MOST_BYTES, checked_audio
from langnghe.casework.claimstate import Claim
from langnghe.casework.kinds import CLAIM, PETITION, CaseKind, Kept
from langnghe.casework.petitionrecords import Petition
from langnghe.casework.roles import Actor, Permission, Refused
from langnghe.casework.unpublishing import Unpublish
from langnghe.casework.versions import (
    LANGUAGE_NAMES,
    TITLE_CHARACTERS,
    UNPUBLISHED,
    ApproveVersion,
    AttachVersion,
    DropVersion,
    Language,
    LanguageVersion,
    SendBackVersion,
    VersionState,
    WithdrawVersion,
)
from langnghe.core.errors import LangNgheError
from langnghe.core.vietnamese import number
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.components.versiontexts import version_html, version_title
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk, home
from langnghe.store.files import CaseFiles

Published = Claim | Petition
S = TypeVar("S", bound=Published)

_WORDS: Final = {CLAIM.name: "thong-tin", PETITION.name: "phan-anh"}
"""What a kind is called in addresses."""
_WHAT: Final = {CLAIM.name: "bản đính chính", PETITION.name: "câu trả lời"}


def show_versions(kind: CaseKind[S, Any], kept: Kept[S], viewer: Actor) -> None:
    """All language versions, the form for a new one, and what is to be done with each."""
    case = kept.state
    edition = case.current.number if case.current else None
    used = [one for one in case.versions if one.edition == edition]
    current = [one for one in used if one.state in UNPUBLISHED | {VersionState.PUBLISHED}]
    others = [one for one in case.versions if one not in current]
    if edition is None:
        st.info(
            f"Chưa có {_WHAT[kind.name]} nào đang công bố. Sau khi công bố bản tiếng Việt, có thể "
            "đính kèm bản tiếng Mông, Thái, Dao, Lự, Giáy… hoặc tệp ghi âm bản đọc."
        )
    elif not current:
        st.caption("Chưa có bản ngôn ngữ hay bản đọc nào cho bản đang công bố.")
    for one in current:
        st.html(version_html(one, edition, _WORDS[kind.name], case.id))
        _steps(kind, kept, one, viewer)
    if edition is not None and viewer.may(Permission.DRAFT):
        _form(kind, kept)
    if others:
        with st.expander(f"Bản không còn dùng ({number(len(others))})"):
            for one in reversed(others):
                st.html(version_html(one, edition, _WORDS[kind.name], case.id))
                if one.state in UNPUBLISHED and viewer.may(Permission.DRAFT):
                    _drop_button(kind, kept, one)


def show_unpublishing(kind: CaseKind[S, Any], kept: Kept[S], viewer: Actor) -> None:
    """The form by which an approver takes back what is published."""
    case = kept.state
    if case.current is None or not viewer.may(Permission.APPROVE):
        return
    key = _key("unpublish", case.id)
    with st.expander("Thu hồi bản đã công bố"), st.form(f"thu-hoi-{case.id}", border=False):
        st.write(
            f"Mọi bản đã công bố của hồ sơ này, kể cả bản cũ, bản ngôn ngữ và bản đọc, không còn "
            f"hiện nữa. Trang công khai ghi lại: {_WHAT[kind.name]} đã thu hồi, ngày thu hồi và lý "
            "do. Không khôi phục được; muốn công bố lại phải soạn bản mới."
        )
        st.text_area("Lý do thu hồi (người dân đọc được)", key=key, height=80)
        st.form_submit_button(
            "Thu hồi",
            on_click=_act_with,
            args=(kind, kept, Unpublish, (), key, "Đã thu hồi. Ghi chú thu hồi sẽ được công khai."),
        )


def _steps(kind: CaseKind[S, Any], kept: Kept[S], one: LanguageVersion, viewer: Actor) -> None:
    approves = viewer.may(Permission.APPROVE)
    if one.state is VersionState.AWAITING_APPROVAL and approves:
        _approval(kind, kept, one, viewer)
    if one.state is VersionState.PUBLISHED and approves:
        key = _key("withdraw-version", kept.state.id, one.number)
        with (
            st.expander(f"Thu hồi riêng bản này: {version_title(one)}"),
            st.form(f"form-{key}", border=False),
        ):
            st.text_area("Lý do thu hồi", key=key, height=80)
            st.form_submit_button(
                f"Thu hồi {version_title(one)}",
                on_click=_act_with,
                args=(kind, kept, WithdrawVersion, (one.number,), key, "Đã thu hồi bản ngôn ngữ."),
            )
    if one.state in UNPUBLISHED and viewer.may(Permission.DRAFT):
        _drop_button(kind, kept, one)


def _approval(kind: CaseKind[S, Any], kept: Kept[S], one: LanguageVersion, viewer: Actor) -> None:
    if viewer.account in one.attached_by:
        st.info("Bạn đã đính kèm bản này nên không tự duyệt. Hãy nhờ người phê duyệt khác.")
    else:
        st.caption(
            "Máy chỉ tìm được dữ liệu cá nhân trong tiếng Việt. Trước khi duyệt, hãy nhờ người "
            "biết tiếng đọc hoặc nghe lại: đúng nghĩa, không nêu tên ai."
        )
        st.button(
            f"Duyệt và công bố {version_title(one)}",
            key=_key("approve-version", kept.state.id, one.number),
            type="primary",
            on_click=_approve,
            args=(kind, kept, one.number),
        )
    key = _key("back-version", kept.state.id, one.number)
    with st.expander(f"Trả lại: {version_title(one)}"), st.form(f"form-{key}", border=False):
        st.text_area("Điều cần sửa", key=key, height=80)
        st.form_submit_button(
            f"Trả lại {version_title(one)}",
            on_click=_act_with,
            args=(kind, kept, SendBackVersion, (one.number,), key, "Đã trả lại để sửa."),
        )


def _drop_button(kind: CaseKind[S, Any], kept: Kept[S], one: LanguageVersion) -> None:
    st.button(
        f"Bỏ {version_title(one)}",
        key=_key("drop-version", kept.state.id, one.number),
        on_click=_drop,
        args=(kind, kept, one),
    )


def _form(kind: CaseKind[S, Any], kept: Kept[S]) -> None:
    case_id = kept.state.id
    with (
        st.expander("Đính kèm bản ngôn ngữ hoặc bản đọc"),
        st.form(f"ban-ngon-ngu-{case_id}", border=False),
    ):
        st.selectbox(
            "Ngôn ngữ",
            list(Language),
            index=None,
            format_func=LANGUAGE_NAMES.__getitem__,
            placeholder="Chọn ngôn ngữ",
            key=_key("language", case_id),
        )
        st.caption(
            "Với tiếng Việt chỉ đính kèm tệp ghi âm; tiếng khác: bản dịch, tệp ghi âm hoặc cả hai."
        )
        st.text_input("Tiêu đề bản dịch", key=_key("title", case_id), max_chars=TITLE_CHARACTERS)
        st.text_area("Nội dung bản dịch", key=_key("text", case_id), height=180)
        most = MOST_BYTES // 2**20
        st.file_uploader(
            f"Tệp ghi âm (MP3, OGG hoặc WAV; nhiều nhất {most} MB)",
            # Which kinds are taken, the content says (casework.audio), in Vietnamese.
            key=_file_key(case_id),
            max_upload_size=most,
        )
        st.form_submit_button(
            "Đính kèm và trình duyệt", type="primary", on_click=_attach, args=(kind, kept)
        )


# --- What the widgets do -----------------------------------------------------------------------


def _act(kind: CaseKind[S, Any], seen: Kept[S], action: object, done: str) -> Kept[S] | None:
    viewer = actor()
    return attempt(
        lambda: desk().act(kind, seen.state.id, action, viewer, version=seen.version), done
    )


def _approve(kind: CaseKind[S, Any], seen: Kept[S], number_: int) -> None:
    _act(kind, seen, ApproveVersion(number_), "Đã công bố bản ngôn ngữ.")


def _act_with(
    kind: CaseKind[S, Any],
    seen: Kept[S],
    action: Any,
    given: tuple[int, ...],
    key: str,
    done: str,
) -> None:
    """The same, with the reason in the widget `key`, which is empty afterwards."""
    if _act(kind, seen, action(*given, st.session_state[key]), done) is not None:
        st.session_state[key] = ""


def _drop(kind: CaseKind[S, Any], seen: Kept[S], one: LanguageVersion) -> None:
    if _act(kind, seen, DropVersion(one.number), "Đã bỏ bản ngôn ngữ.") is not None:
        _forget(kind, seen.state.id, one.audio)


def _attach(kind: CaseKind[S, Any], seen: Kept[S]) -> None:
    case_id = seen.state.id
    language = st.session_state[_key("language", case_id)]
    before = [one.audio for one in seen.state.versions if one.language == language]
    chosen = st.session_state.get(_file_key(case_id)) is not None
    done = f"Đã trình duyệt, {'kèm tệp ghi âm' if chosen else 'không kèm tệp ghi âm'}."
    if attempt(lambda: _attached(kind, seen), done) is None:
        return
    for digest in before:
        _forget(kind, case_id, digest)
    st.session_state[_key("language", case_id)] = None
    for field in ("title", "text"):
        st.session_state[_key(field, case_id)] = ""
    count = _key("files", case_id)
    st.session_state[count] = st.session_state.get(count, 0) + 1


def _attached(kind: CaseKind[S, Any], seen: Kept[S]) -> Kept[S]:
    case_id, viewer = seen.state.id, actor()
    language = st.session_state[_key("language", case_id)]
    if language is None:
        raise Refused("Chưa chọn ngôn ngữ. Hãy chọn ngôn ngữ của bản này.")
    title, text = (st.session_state[_key(field, case_id)] for field in ("title", "text"))
    chosen = st.session_state.get(_file_key(case_id))
    if chosen is None:
        action = AttachVersion(language, title, text)
    else:
        upload = checked_audio(chosen.name, chosen.getvalue())
        digest = CaseFiles(home().files).put(case_id, upload.content)
        action = AttachVersion(language, title, text, digest, upload.name)
    try:
        return desk().act(kind, case_id, action, viewer, version=seen.version)
    except LangNgheError:
        _forget(kind, case_id, action.audio)
        raise


def _forget(kind: CaseKind[S, Any], case_id: str, digest: str) -> None:
    # Asked anew: another version, or one that somebody attached meanwhile, may name the same file.
    if digest and digest not in desk().get(kind, case_id, actor()).state.files:
        CaseFiles(home().files).drop(case_id, digest)


def _key(name: str, case_id: str, number_: int | None = None) -> str:
    return f"version-{name}-{case_id}" + ("" if number_ is None else f"-{number_}")


def _file_key(case_id: str) -> str:
    """Another one each time, since a chosen file cannot be taken back."""
    return _key("file", case_id, st.session_state.get(_key("files", case_id), 0))
