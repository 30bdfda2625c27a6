"""Petitions (phản ánh, kiến nghị): from receipt through an agency to a published answer.

`open_petition` makes one, `apply` takes it on, `merge` makes two like ones into one. Complaints
and denunciations in the law's sense are not handled here: nothing is kept of them but the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from langnghe.casework.deadlines import Due, Route
from langnghe.casework.petitionrecords import (
    ANSWERED,
    OPEN,
    STATE_NAMES,
    UNDRAFTED,
    Action,
    Answer,
    Approve,
    AskForMore,
    Classify,
    Close,
    DraftAnswer,
    Forward,
    Kind,
    OwnAction,
    Petition,
    Publish,
    Redirect,
    Refuse,
    Resume,
    SendBack,
    StartVerifying,
    State,
    Submit,
    Suspend,
    Withdraw,
    is_petition_code,
)
from langnghe.casework.roles import Actor, Permission, Refused, require
from langnghe.casework.unpublishing import Unpublish, withdrawal
from langnghe.casework.versions import VersionAction, apply_to_versions

Check = Callable[[str], Sequence[str]]
"""Names the personal data that a text holds, in Vietnamese, such as ["số điện thoại"]."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do something, when, and what it leads to."""

    name: str
    """The action, as shown on screen."""
    permission: Permission
    states: frozenset[State]
    """Where the petition has to stand."""
    leads_to: State | None
    """Where it stands then; None: where it stood before `AskForMore` or `Suspend`."""


# What leaves people without an answer is for the approver, as the answer itself is; `Redirect`
# tells them where to get one.
RULES: Final[Mapping[type[OwnAction], Rule]] = {
    Classify: Rule("phân loại", Permission.DRAFT, OPEN, State.CLASSIFYING),
    Forward: Rule(
        "chuyển đơn vị chủ trì",
        Permission.DRAFT,
        frozenset({State.CLASSIFYING, State.FORWARDED, State.VERIFYING}),
        State.FORWARDED,
    ),
    StartVerifying: Rule(
        "bắt đầu xác minh", Permission.DRAFT, frozenset({State.FORWARDED}), State.VERIFYING
    ),
    AskForMore: Rule(
        "yêu cầu bổ sung thông tin",
        Permission.DRAFT,
        UNDRAFTED - {State.MORE_WANTED},
        State.MORE_WANTED,
    ),
    Suspend: Rule(
        "tạm đình chỉ", Permission.APPROVE, UNDRAFTED - {State.MORE_WANTED}, State.SUSPENDED
    ),
    Resume: Rule(
        "xử lý tiếp", Permission.DRAFT, frozenset({State.MORE_WANTED, State.SUSPENDED}), None
    ),
    DraftAnswer: Rule(
        "soạn trả lời",
        Permission.DRAFT,
        # A closed one only where the answer that people got must be put right.
        ANSWERED | {State.FORWARDED, State.VERIFYING, State.DRAFTING, State.CLOSED},
        State.DRAFTING,
    ),
    Submit: Rule(
        "trình duyệt", Permission.DRAFT, frozenset({State.DRAFTING}), State.AWAITING_APPROVAL
    ),
    SendBack: Rule(
        "trả lại để sửa",
        Permission.APPROVE,
        frozenset({State.AWAITING_APPROVAL}),
        State.DRAFTING,
    ),
    Approve: Rule(
        "duyệt", Permission.APPROVE, frozenset({State.AWAITING_APPROVAL}), State.ANSWERED
    ),
    Publish: Rule("công khai", Permission.DRAFT, frozenset({State.ANSWERED}), State.PUBLISHED),
    Redirect: Rule("chuyển cơ quan có thẩm quyền", Permission.DRAFT, UNDRAFTED, State.REDIRECTED),
    Refuse: Rule("từ chối thụ lý", Permission.APPROVE, UNDRAFTED, State.REFUSED),
    Close: Rule("đóng", Permission.APPROVE, OPEN | ANSWERED, State.CLOSED),
    Withdraw: Rule("rút", Permission.REVIEW, frozenset({State.RECEIVED}), State.WITHDRAWN),
}
CLASSIFIABLE: Final = frozenset({State.RECEIVED, State.CLASSIFYING})
"""Where topic and place may still be said anew."""


def open_petition(
    code: str,
    kind: Kind,
    route: Route,
    received_on: date,
    due: Due,
    *,
    summary: str,
    topic: str,
    place: str,
    posts: tuple[str, ...],
    actor: Actor,
    check: Check,
) -> Petition:
    """A new petition; a formal complaint or denunciation comes closed and empty.

    Args:
        code: made by `petition_code`.
        kind: what the reviewer takes it for; `Classify` may say otherwise.
        route: how it came in.
        received_on: a day in Viet Nam.
        due: by `PetitionSettings.due`.
        summary: in our own words.
        topic: id of a topic.
        place: id of a place; "" where it has none.
        posts: ids of the posts that say it.
        actor: needs the permission to review.
        check: finds personal data; the summary may hold none.

    Raises:
        Refused: the actor may not, or the summary is empty or holds personal data.
    """
    require(actor, Permission.REVIEW)
    if not is_petition_code(code):
        raise Refused(f"{code} không phải mã phản ánh. Mã có dạng PA.20261121.0007.")
    petition = Petition(code, State.RECEIVED, kind, route, received_on)
    if kind is not Kind.PETITION:
        return _emptied(petition, kind)
    refuse_personal_data(summary, check)
    return replace(
        petition,
        due_on=due.on,
        legal_basis=due.legal_basis,
        summary=_required(summary, "nội dung phản ánh"),
        topic=topic,
        place=place,
        posts=posts,
    )


def apply(
    petition: Petition, action: Action, actor: Actor, now: datetime, check: Check
) -> Petition:
    """What becomes of `petition` by `action`.

    Args:
        petition: as it stands.
        action: what is to be done.
        actor: who does it.
        now: aware.
        check: finds personal data; what is written here may hold none.

    Raises:
        Refused: the actor may not, or not now, or something is missing.
    """
    for text in (getattr(action, field, "") for field in ("title", "text", "why")):
        refuse_personal_data(text, check)
    if isinstance(action, Unpublish):
        return _unpublished(petition, action, actor, now)
    if isinstance(action, VersionAction):
        edition = petition.current.number if petition.current else None
        versions = apply_to_versions(petition.versions, edition, action, actor, now)
        return replace(petition, versions=versions)
    rule = RULES[type(action)]
    require(actor, _permission(petition, type(action)))
    _refuse_unless_in(petition, rule.states, rule.name)
    if isinstance(action, Classify) and action.kind is not Kind.PETITION:
        if petition.answered_on:
            raise Refused(
                f"{petition.id} đã có câu trả lời được duyệt, phải giữ nguyên. Hãy đóng phản ánh "
                "này và hướng dẫn sang kênh chính thức."
            )
        return _emptied(petition, action.kind)
    changed = _filled_in(petition, action, actor, now)
    state = rule.leads_to or petition.resumes_as
    assert state
    return replace(changed, state=state)


def possible(petition: Petition, actor: Actor) -> frozenset[type[OwnAction]]:
    """What `apply` lets the actor do with the petition now, if what they write is in order.

    `Classify` as something else than a petition is possible longer than as a petition: see
    `CLASSIFIABLE`.
    """
    return frozenset(
        action
        for action, rule in RULES.items()
        if petition.state in rule.states
        and actor.may(_permission(petition, action))
        and not (action is Approve and has_drafted(petition, actor))
        and not (action is Classify and petition.answered_on)
        and not (action is Publish and petition.answers[-1].withdrawal)
        and not (action is DraftAnswer and _is_closed_unanswered(petition))
    )


def may_unpublish(petition: Petition, actor: Actor) -> bool:
    """Whether `Unpublish` is the actor's, and there is something to take back."""
    return petition.current is not None and actor.may(Permission.APPROVE)


def _is_closed_unanswered(petition: Petition) -> bool:
    return petition.state is State.CLOSED and not petition.answered_on


def has_drafted(petition: Petition, actor: Actor) -> bool:
    """Whether the actor wrote on any version of the answer, and so approves none.

    Of all versions: a new one is mostly made of the words of the one before.
    """
    return any(actor.account in answer.drafted_by for answer in petition.answers)


def _permission(petition: Petition, action: type[OwnAction]) -> Permission:
    # Closing what has been answered takes nothing from anybody.
    if action is Close and petition.state in ANSWERED:
        return Permission.DRAFT
    return RULES[action].permission


def _filled_in(petition: Petition, action: OwnAction, actor: Actor, now: datetime) -> Petition:
    """`petition` with what `action` brings, still in its old state."""
    match action:
        case Classify(_, topic, place):
            _refuse_unless_in(petition, CLASSIFIABLE, "phân loại lại")
            return replace(petition, topic=topic or petition.topic, place=place or petition.place)
        case Forward(agency):
            return replace(petition, agency=_required(agency, "tên đơn vị chủ trì"))
        case AskForMore(why) | Suspend(why):
            return replace(petition, why=_required(why, "lý do"), resumes_as=petition.state)
        case Redirect(why) | Refuse(why) | Close(why):
            return replace(petition, why=_required(why, "lý do"), resumes_as=None)
        case Resume():
            return replace(petition, why="", resumes_as=None)
        case DraftAnswer():
            return _drafted(petition, action, actor)
        case Submit():
            _required(petition.answers[-1].text, "nội dung trả lời")
            _required(petition.answers[-1].legal_basis, "căn cứ pháp lý của câu trả lời")
            return _with_newest(petition, replace(petition.answers[-1], sent_back=""))
        case SendBack(why):
            sent_back = _required(why, "điều cần sửa")
            return _with_newest(petition, replace(petition.answers[-1], sent_back=sent_back))
        case Approve():
            return _approved(petition, actor, now)
        case Publish(link):
            return _published(petition, link.strip(), now)
        case StartVerifying() | Withdraw():
            return petition


def _drafted(petition: Petition, action: DraftAnswer, actor: Actor) -> Petition:
    """With a new draft, or with the one at hand written anew."""
    if _is_closed_unanswered(petition):
        _refuse_unless_in(petition, frozenset(), "soạn trả lời")
    text, basis = action.text.strip(), action.legal_basis.strip()
    if petition.answers and not petition.answers[-1].approved_by:
        draft = petition.answers[-1]
        authors = tuple(dict.fromkeys((*draft.drafted_by, actor.account)))
        return _with_newest(
            petition, replace(draft, text=text, legal_basis=basis, drafted_by=authors)
        )
    why = _required(action.why, "lý do sửa câu trả lời đã duyệt") if petition.answers else ""
    answer = Answer(len(petition.answers) + 1, text, basis, (actor.account,), why)
    return replace(petition, answers=(*petition.answers, answer))


def _approved(petition: Petition, actor: Actor, now: datetime) -> Petition:
    if has_drafted(petition, actor):
        raise Refused(
            "Người đã soạn câu trả lời thì không duyệt câu trả lời ấy. Hãy nhờ người phê duyệt "
            "khác."
        )
    answer = replace(petition.answers[-1], approved_by=actor.account, approved_at=now)
    return _with_newest(petition, answer)


def _published(petition: Petition, link: str, now: datetime) -> Petition:
    if petition.answers[-1].withdrawal is not None:
        raise Refused(
            "Câu trả lời này đã thu hồi nên không công khai lại. Hãy soạn bản mới và nêu lý do."
        )
    if link and not _is_page(link):
        raise Refused(
            "Địa chỉ công khai phải bắt đầu bằng http:// hoặc https://. "
            "Hãy chép lại từ thanh địa chỉ của trình duyệt."
        )
    answer = replace(petition.answers[-1], link=link, published_at=now)
    return _with_newest(petition, answer)


def _unpublished(petition: Petition, action: Unpublish, actor: Actor, now: datetime) -> Petition:
    require(actor, Permission.APPROVE)
    if petition.current is None:
        raise Refused("Không có câu trả lời nào đang công khai. Hãy tải lại trang.")
    taken = withdrawal(action, actor, now)
    answers = tuple(
        answer
        if answer.published_at is None or answer.withdrawal is not None
        else replace(answer, withdrawal=taken)
        for answer in petition.answers
    )
    # It counts as answered all the same: people had the answer, in time or not.
    state = State.ANSWERED if petition.state is State.PUBLISHED else petition.state
    return replace(petition, state=state, answers=answers)


def merge(duplicate: Petition, main: Petition, actor: Actor) -> tuple[Petition, Petition]:
    """Let `main` answer `duplicate` as well; gives both as they then stand, in this order.

    `main` may be answered already. The text and posts of `duplicate` go; `main` takes the posts.

    Raises:
        Refused: the actor may not, one of them is too far on, or `duplicate` is due first.
    """
    require(actor, Permission.DRAFT)
    _refuse_unless_in(duplicate, UNDRAFTED, "gộp vào phản ánh khác")
    _refuse_unless_in(main, OPEN | ANSWERED, "nhận gộp phản ánh khác")
    if duplicate.id == main.id:
        raise Refused("Không gộp một phản ánh vào chính nó. Hãy chọn phản ánh khác.")
    if duplicate.deadline < main.deadline and main.answered_on is None:
        raise Refused(
            f"{duplicate.id} đến hạn trước {main.id}. Hãy gộp theo chiều ngược lại để một lần "
            "trả lời kịp cả hai hạn."
        )
    gone = replace(
        duplicate,
        state=State.MERGED,
        merged_into=main.id,
        summary="",
        posts=(),
        resumes_as=None,
        why="",
    )
    kept = replace(
        main,
        merged=(*main.merged, duplicate.id, *duplicate.merged),
        posts=tuple(dict.fromkeys(main.posts + duplicate.posts)),
    )
    return gone, kept


def _refuse_unless_in(petition: Petition, states: frozenset[State], doing: str) -> None:
    if petition.state not in states:
        raise Refused(
            f"{petition.id} đang ở trạng thái «{STATE_NAMES[petition.state]}» nên không thể "
            f"{doing}. Hãy tải lại trang để thấy những việc làm được lúc này."
        )


def refuse_personal_data(text: str, check: Check) -> None:
    """Let pass a text that holds no personal data.

    Raises:
        Refused: it does, and which.
    """
    if found := check(text):
        raise Refused(f"Văn bản còn dữ liệu cá nhân: {', '.join(found)}. Hãy bỏ đi rồi lưu lại.")


def _required(text: str, what: str) -> str:
    """`text` without spaces around it, unless nothing is left."""
    if not (stripped := text.strip()):
        raise Refused(f"Còn thiếu {what}. Hãy điền rồi làm lại.")
    return stripped


def _emptied(petition: Petition, kind: Kind) -> Petition:
    """What is kept of a formal complaint or denunciation: that there was one."""
    return Petition(petition.id, State.CLOSED, kind, petition.route, petition.received_on)


def _with_newest(petition: Petition, answer: Answer) -> Petition:
    """`petition` with `answer` in the place of its newest one."""
    return replace(petition, answers=(*petition.answers[:-1], answer))


def _is_page(link: str) -> bool:
    """Whether `link` is the address of a web page."""
    try:
        parts = urlsplit(link)
    except ValueError:  # such as http://[
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
