"""Claims as a page shows them: what they wait for, cards, evidence, corrections, versions.

Texts in a claim were typed by people: all of it is escaped, nothing in it is live but the
addresses of evidence, which `casework.claimtexts` has checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import SequenceMatcher
from html import escape
from typing import Final

from langnghe.casework.claims import FEWEST_PIECES
from langnghe.casework.claimstate import OPEN, Claim, Correction, CorrectionState
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.core.clock import local_day
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS, day, moment, number
from langnghe.dashboard.components.versiontexts import DONE, withdrawal_html
from langnghe.dashboard.formats import ago
from langnghe.dashboard.web.downloads import file_address
from langnghe.store.auditlog import AuditEntry

LONGEST_ON_CARD: Final = 220
"""Characters of a statement on its card: what it is about is said by then."""

CORRECTION_STATES: Final[Mapping[CorrectionState, str]] = {
    CorrectionState.DRAFT: "Đang soạn",
    CorrectionState.AWAITING_APPROVAL: "Chờ duyệt",
    CorrectionState.PUBLISHED: "Đã công bố, đang khóa",
    CorrectionState.SUPERSEDED: "Đã có bản mới thay",
    CorrectionState.WITHDRAWN: "Đã thu hồi",
}
PARTS: Final[Mapping[str, str]] = {
    "title": "Tiêu đề",
    "truth": "Thông tin đúng",
    "circulating": "Nội dung đang lan truyền",
    "finding": "Kết quả xác minh",
    "advice": "Khuyến cáo",
    "contact": "Nơi liên hệ",
}
"""The parts of a correction, in the order that people read them: what is true comes first."""

_DONE: Final[Mapping[str, str]] = {
    "open": "Mở hồ sơ",
    "attach_posts": "Gắn thêm bài đăng",
    "detach_posts": "Gỡ bài đăng",
    "reword": "Sửa nội dung",
    "start_verifying": "Bắt đầu xác minh",
    "add_evidence": "Thêm căn cứ",
    "drop_evidence": "Bỏ căn cứ",
    "propose_verdict": "Đề xuất kết luận",
    "send_back": "Trả lại",
    "approve_verdict": "Duyệt kết luận",
    "draft_correction": "Soạn đính chính",
    "submit_correction": "Trình duyệt đính chính",
    "approve_correction": "Duyệt và công bố đính chính",
    "reopen": "Mở lại hồ sơ",
    "become_petition": "Lập phản ánh, kiến nghị",
    "withdraw": "Rút hồ sơ mở nhầm",
    "take_up_notice": "Mở lại theo báo sai sót",
    **DONE,
}
"""What stands in the audit log, in words."""


def waits_for(claim: Claim) -> str:
    """What is to be done next with a claim, or what became of it."""
    if claim.withdrawn:
        return "Đã rút vì mở nhầm"
    if claim.state is Verdict.UNVERIFIED:
        return "Chờ người xác minh"
    if claim.state in OPEN:
        if claim.proposal is not None:
            return f"Chờ duyệt kết luận: {VERDICTS[claim.proposal.verdict]}"
        if claim.sent_back:
            return "Bị trả lại, cần bổ sung"
        return "Chờ đề xuất kết luận" if is_borne_out(claim) else "Cần thêm căn cứ"
    current = claim.unpublished
    if current is not None and current.state is CorrectionState.AWAITING_APPROVAL:
        return "Chờ duyệt bản đính chính"
    if current is not None:
        return "Đính chính bị trả lại, cần sửa" if claim.sent_back else "Đang soạn đính chính"
    if claim.becomes_petition:
        return "Cần lập phản ánh để trả lời"
    if claim.needs_correction:
        return "Cần soạn đính chính"
    return _became_of(claim)


def _became_of(claim: Claim) -> str:
    last = claim.last_published
    if claim.published is not None:
        return f"Đã công bố ngày {day(local_day(claim.published.at))}"
    if last is not None and last.withdrawal is not None:
        return f"Đã thu hồi ngày {day(local_day(last.withdrawal.at))}"
    if claim.petition:
        return f"Trả lời ở phản ánh {claim.petition}"
    return "Đã xong, không cần công bố"


def is_borne_out(claim: Claim) -> bool:
    """Whether a verdict may be proposed: the same figures as the rule's."""
    primary = any(piece.primary for piece in claim.evidence)
    return primary or len(claim.evidence) >= FEWEST_PIECES


def chip_html(state: Verdict) -> str:
    """The verdict, or how far its finding has come."""
    return f'<span class="ln-chip ln-verdict-{state}">{VERDICTS[state]}</span>'


def card_html(claim: Claim, topics: Mapping[str, str], now: datetime) -> str:
    """One claim on the board."""
    said = claim.statement[:LONGEST_ON_CARD] + "…" * (len(claim.statement) > LONGEST_ON_CARD)
    facts = [
        topics.get(claim.topic, claim.topic) or "Chưa chọn chủ đề",
        f"{number(len(claim.posts))} bài",
        f"{number(len(claim.evidence))} căn cứ",
        f"mở {ago(claim.opened_at, now)}",
    ]
    return (
        f'<article class="ln-card"><h3 class="ln-title">{escape(said)}</h3>'
        f'<p class="ln-head">{escape(" · ".join(facts))}</p><p class="ln-foot">'
        f'{chip_html(claim.state)} <span class="ln-waits">{escape(waits_for(claim))}</span></p>'
        "</article>"
    )


def head_html(claim: Claim, topics: Mapping[str, str]) -> str:
    """What is known of one claim: the statement, where it stands, and who did what."""
    rows = [
        ("Chủ đề", topics.get(claim.topic, claim.topic) or "chưa chọn"),
        ("Mở hồ sơ", f"{claim.opened_by}, {moment(claim.opened_at)}"),
        ("Bài đăng nói điều này", f"{number(len(claim.posts))} bài"),
    ]
    if claim.reopenings:
        rows.append(("Đã mở lại", f"{len(claim.reopenings)} lần"))
    if claim.proposal is not None:
        verdict = VERDICTS[claim.proposal.verdict]
        rows.append(("Đề xuất", f"{verdict}: {claim.proposal.by}, {moment(claim.proposal.at)}"))
    if claim.approved_by and claim.approved_at:
        rows.append(("Duyệt kết luận", f"{claim.approved_by}, {moment(claim.approved_at)}"))
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows
    )
    back = (
        f'<p class="ln-proof"><b>Lý do trả lại:</b> {escape(claim.sent_back)}</p>'
        if claim.sent_back
        else ""
    )
    petition = (
        f'<p><a class="ln-link" href="/phan-anh?ma={escape(claim.petition, quote=True)}">'
        f"Mở phản ánh {escape(claim.petition)}</a></p>"
        if claim.petition
        else ""
    )
    return (
        f'<section class="ln-case"><h2 class="ln-title">{escape(claim.statement)}</h2>'
        f'<p class="ln-foot">{chip_html(claim.state)} '
        f'<span class="ln-waits">{escape(waits_for(claim))}</span></p>{back}{petition}'
        f'<dl class="ln-pairs">{shown}</dl></section>'
    )


def evidence_html(piece: Evidence, number_: int, case_id: str) -> str:
    """One piece of evidence, so that others can look it up."""
    kind = "Văn bản gốc" if piece.primary else "Nguồn khác"
    about = [piece.document_number and f"Số {piece.document_number}", f"ngày {day(piece.dated)}"]
    links = []
    if piece.link:
        links.append(_link(piece.link, "Mở đường dẫn"))
    if piece.file:
        address = file_address("thong-tin", case_id, piece.file)
        links.append(
            f'<a class="ln-link" href="{escape(address, quote=True)}" download>'
            f"Tải tệp {escape(piece.file_name)}</a>"
        )
    quotation = (
        f'<blockquote class="ln-said">{_lines(piece.quotation)}</blockquote>'
        if piece.quotation
        else ""
    )
    return (
        f'<article class="ln-case"><h4 class="ln-title">Căn cứ {number_}: '
        f'{escape(piece.source)}</h4><p class="ln-head">{kind} · '
        f"{escape(', '.join(filter(None, about)))}</p>{quotation}"
        f'<p class="ln-foot">{" ".join(links)}</p></article>'
    )


def correction_html(
    text: CorrectionText, verdict: Verdict, evidence: Iterable[Evidence], institution: str
) -> str:
    """A correction as people will read it: what is true first, and in whose name."""
    body = "".join(
        f"<h4>{name}</h4><p>{_lines(getattr(text, key))}</p>"
        for key, name in PARTS.items()
        if key != "title" and getattr(text, key)
    )
    return (
        f'<article class="ln-correction"><h3>{escape(text.title) or "(chưa có tiêu đề)"}</h3>'
        f'<p class="ln-head">{escape(institution)} · Kết luận: {VERDICTS[verdict]}</p>{body}'
        f"<h4>Căn cứ</h4>{_sources(evidence)}</article>"
    )


def version_html(
    correction: Correction, other: CorrectionText | None, claim: Claim, side: str
) -> str:
    """One version of the correction, with what is not the same in the other one marked.

    Args:
        correction: the version.
        other: the text it is held against; None: against nothing.
        claim: which it belongs to.
        side: `ins` for the newer one, `del` for the older one.
    """
    said = correction.publication
    if said is None:
        about = f"soạn: {', '.join(correction.drafted_by)}"
        statement, verdict, evidence = claim.statement, claim.state, claim.evidence
        link = ""
    else:
        about = f"{said.approved_by} duyệt, công bố {moment(said.at)}"
        statement, verdict, evidence = said.statement, said.verdict, said.evidence
        link = f"<p>{_link(said.link, 'Mở trang đã công bố')}</p>" if said.link else ""
    parts = "".join(
        f"<h4>{name}</h4><p>{_against(getattr(correction.text, key), other, key, side)}</p>"
        for key, name in PARTS.items()
        if getattr(correction.text, key) or (other is not None and getattr(other, key))
    )
    return (
        f'<article class="ln-correction"><h3>Bản {correction.number}</h3><p class="ln-foot">'
        f'<span class="ln-chip">{CORRECTION_STATES[correction.state]}</span> {chip_html(verdict)}'
        f'</p><p class="ln-head">{escape(about)}</p>{withdrawal_html(correction.withdrawal)}'
        f"{link}{parts}<h4>Thông tin được đính chính</h4>"
        f"<p>{escape(statement)}</p><h4>Căn cứ</h4>{_sources(evidence)}</article>"
    )


def beside_html(*columns: str) -> str:
    """Things side by side; on a phone one below the other."""
    return f'<div class="ln-beside">{"".join(columns)}</div>'


def reopenings_html(claim: Claim) -> str:
    """Why verdicts were taken up again, the newest first."""
    items = "".join(
        f"<li><b>Mở lại lần {number_}</b>, khi kết luận là «{VERDICTS[one.verdict]}»"
        f'<p class="ln-proof">{escape(one.why)}</p>'
        f'<p class="ln-head">{escape(one.by)} · {moment(one.at)}</p></li>'
        for number_, one in reversed(list(enumerate(claim.reopenings, 1)))
    )
    return f'<ol class="ln-steps">{items}</ol>' if items else ""


def history_html(entries: Iterable[AuditEntry]) -> str:
    """What was done with a claim, the newest first."""
    return f'<ol class="ln-steps">{"".join(map(_step, entries))}</ol>'


def _step(entry: AuditEntry) -> str:
    why = f'<p class="ln-proof">{escape(entry.why)}</p>' if entry.why else ""
    return (
        f"<li><b>{_DONE[entry.what]}</b>"
        f'<p class="ln-head">{escape(entry.who)} · {moment(entry.at)}</p>{why}</li>'
    )


def differences(older: str, newer: str) -> tuple[str, str]:
    """Both texts as HTML, word by word: what went in `<del>`, what came in `<ins>`."""
    before, after = _words(older), _words(newer)
    left, right = [], []
    steps = SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes()
    for step, first, last, first_after, last_after in steps:
        same = step == "equal"
        left.append(_wrapped("".join(before[first:last]), "" if same else "del"))
        right.append(_wrapped("".join(after[first_after:last_after]), "" if same else "ins"))
    return "".join(left), "".join(right)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _wrapped(text: str, tag: str) -> str:
    shown = _lines(text)
    return f"<{tag}>{shown}</{tag}>" if tag and text.strip() else shown


def _against(text: str, other: CorrectionText | None, key: str, side: str) -> str:
    if other is None:
        return _lines(text)
    beside = str(getattr(other, key))
    return differences(beside, text)[1] if side == "ins" else differences(text, beside)[0]


def _sources(evidence: Iterable[Evidence]) -> str:
    items = "".join(f"<li>{''.join(_source(piece))}</li>" for piece in evidence)
    return f"<ul>{items}</ul>" if items else "<p>Chưa có căn cứ.</p>"


def _source(piece: Evidence) -> Iterator[str]:
    yield escape(piece.source)
    if piece.document_number:
        yield f", số {escape(piece.document_number)}"
    yield f", ngày {day(piece.dated)}"
    if piece.link:
        yield f". {_link(piece.link, 'Xem nguồn')}"


def _link(address: str, words: str) -> str:
    return (
        f'<a href="{escape(address, quote=True)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">{words}</a>'
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
