"""What the widgets on the page of a claim do: each calls the desk, as whoever is logged in now."""

from __future__ import annotations

from typing import Any

import streamlit as st

from langnghe.casework.claims import Action, AddEvidence, DropEvidence
from langnghe.casework.claimstate import Claim
from langnghe.casework.claimtexts import Evidence
from langnghe.casework.kinds import CLAIM, Kept
from langnghe.casework.roles import Refused
from langnghe.casework.uploads import checked_upload
from langnghe.core.errors import LangNgheError
from langnghe.dashboard.components.doing import attempt
from langnghe.dashboard.session import actor
from langnghe.dashboard.shared import desk, home
from langnghe.store.files import CaseFiles

EVIDENCE: dict[str, Any] = {
    "source": "",
    "primary": False,
    "document_number": "",
    "dated": None,
    "link": "",
    "quotation": "",
}
"""The fields of the evidence form, and what they hold when it is empty."""


def do(seen: Kept[Claim], action: Action, done: str) -> None:
    """As `act`, where what became of it does not matter."""
    act(seen, action, done)


def act(seen: Kept[Claim], action: Action, done: str) -> Kept[Claim] | None:
    """Do one thing with the claim that the person saw; None where it was refused."""
    viewer = actor()
    return attempt(
        lambda: desk().act(CLAIM, seen.state.id, action, viewer, version=seen.version), done
    )


def act_with(seen: Kept[Claim], action: type[Action], key: str, done: str) -> None:
    """The same, with the text of the widget `key`, which is empty afterwards."""
    text = st.session_state[key]
    if act(seen, action(text), done) is not None:  # type: ignore[call-arg]
        st.session_state[key] = ""


def evidence_key(claim: Claim, field: str) -> str:
    """Key of a field of the evidence form."""
    return f"evidence-{field}-{claim.id}"


def file_key(claim: Claim) -> str:
    """Key of the form's file: another one each time, since a chosen file cannot be taken back."""
    return f"evidence-file-{claim.id}-{st.session_state.get(_uploads(claim), 0)}"


def add_evidence(seen: Kept[Claim]) -> None:
    """Add what stands in the form, with its file; the form is empty afterwards."""
    claim = seen.state
    # A file that did not get here is told by the browser only: say which way it went.
    chosen = st.session_state.get(file_key(claim)) is not None
    done = f"Đã thêm căn cứ, {'kèm tệp' if chosen else 'không kèm tệp'}."
    if attempt(lambda: _add(seen), done) is None:
        return
    for field, empty in EVIDENCE.items():
        st.session_state[evidence_key(claim, field)] = empty
    st.session_state[_uploads(claim)] = st.session_state.get(_uploads(claim), 0) + 1


def drop_evidence(seen: Kept[Claim], piece: Evidence) -> None:
    """Take out a piece; its file is deleted unless something published names it."""
    if act(seen, DropEvidence(piece), "Đã bỏ căn cứ.") is not None and piece.file:
        _forget(seen.state.id, piece.file)


def _add(seen: Kept[Claim]) -> Kept[Claim]:
    claim, viewer = seen.state, actor()
    fields = {field: st.session_state[evidence_key(claim, field)] for field in EVIDENCE}
    if fields["dated"] is None:
        raise Refused("Căn cứ chưa ghi ngày. Hãy chọn ngày của văn bản, bài báo hoặc trả lời.")
    chosen = st.session_state.get(file_key(claim))
    if chosen is None:
        piece = Evidence(**fields)
    else:
        upload = checked_upload(chosen.name, chosen.getvalue())
        digest = CaseFiles(home().files).put(claim.id, upload.content)
        piece = Evidence(**fields, file_name=upload.name, file=digest)
    try:
        return desk().act(CLAIM, claim.id, AddEvidence(piece), viewer, version=seen.version)
    except LangNgheError:
        if piece.file:
            _forget(claim.id, piece.file)
        raise


def _forget(claim_id: str, digest: str) -> None:
    # Asked anew: somebody may have attached the same file meanwhile.
    if digest not in desk().get(CLAIM, claim_id, actor()).state.files:
        CaseFiles(home().files).drop(claim_id, digest)


def _uploads(claim: Claim) -> str:
    return f"evidence-files-{claim.id}"
