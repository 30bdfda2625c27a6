"""What notices of mistakes do to other cases, and other cases to them, within one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from langnghe.casework import claims, notices
from langnghe.casework.claimstate import OPEN, Claim
from langnghe.casework.deadlines import PetitionSettings
from langnghe.casework.keeping import act, add, every, read
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION, Kept, Texts
from langnghe.casework.notices import About, Notice, NoticeRoute, NoticeState, notice_code
from langnghe.casework.petitionrecords import Petition
from langnghe.casework.reportform import masked_text
from langnghe.casework.roles import SYSTEM, Actor, Permission, Refused, require
from langnghe.core.clock import local_day
from langnghe.store.cases import Cases, Where, Work

_NOTHING_PUBLIC: Final = (
    "{} không có bản nào đang công bố nên không có gì để báo sai sót. Hãy kiểm tra lại mã."
)


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to be written down."""

    about: About
    case: str
    route: NoticeRoute
    text: str
    """What is said to be wrong; masked before it is kept."""
    received_on: date | None = None
    """A day in Viet Nam; None: today."""


@dataclass(frozen=True, slots=True)
class Criticised:
    """What a notice is about."""

    edition: int | None
    """The one that the public reads now; None: there is none."""
    drafted_by: tuple[str, ...]
    topic: str


def criticised(cases: Cases, about: About, case: str) -> Criticised:
    """What the public reads of a claim or petition now.

    Raises:
        Refused: there is no such case.
    """
    if about is About.CLAIM:
        claim = read(cases, CLAIM, case).state
        correction = claim.current
        hands = (*claim.authors, *(correction.drafted_by if correction else ()))
        number = correction.number if correction else None
        return Criticised(number, tuple(dict.fromkeys(hands)), claim.topic)
    petition = read(cases, PETITION, case).state
    # Of all versions: a new one is mostly made of the words of the one before.
    writers = dict.fromkeys(name for one in petition.answers for name in one.drafted_by)
    number = petition.current.number if petition.current else None
    return Criticised(number, tuple(writers), petition.topic)


def open_notice(
    cases: Cases,
    work: Work,
    texts: Texts,
    settings: PetitionSettings,
    new: NewNotice,
    actor: Actor,
) -> str:
    """Write down a notice; gives its code.

    Raises:
        Refused: the actor may not, nothing of the case is public, or something is missing.
    """
    require(actor, Permission.DRAFT)
    day = local_day(work.now)
    received_on = new.received_on or day
    if received_on > day:
        raise Refused("Ngày nhận ở trong tương lai. Hãy kiểm tra lại ngày.")
    about = criticised(cases, new.about, new.case)
    if about.edition is None:
        raise Refused(_NOTHING_PUBLIC.format(new.case))
    text = masked_text("Nội dung báo sai sót", new.text, texts.mask)
    if not text:
        raise Refused("Chưa có nội dung. Hãy ghi điều được cho là sai và vì sao.")
    code = notice_code(received_on, work.next_number(f"SS.{received_on:%Y%m%d}"))
    notice = Notice(
        id=code,
        state=NoticeState.RECEIVED,
        about=new.about,
        case=new.case,
        edition=about.edition,
        drafted_by=about.drafted_by,
        topic=about.topic,
        route=new.route,
        received_on=received_on,
        due_on=settings.after(received_on, settings.notices.working_days),
        legal_basis=settings.notices.legal_basis,
        text=text,
        opened_by=actor.account,
    )
    add(work, NOTICE, code, notice, actor, "open")
    return code


def decide(
    cases: Cases, work: Work, texts: Texts, code: str, actor: Actor, version: int
) -> Kept[Notice]:
    """Decide a notice as proposed; a claim whose correction is wrong is reopened.

    An answer is put right by a new version of it, which its petition lets an editor write.

    Raises:
        Refused: as `notices.apply`.
        Conflict: as `keeping.act`.
    """
    done = act(cases, work, texts, NOTICE, code, notices.Decide(), actor, version)
    notice = done.state
    if notice.state is not NoticeState.UPHELD:
        return done
    public = criticised(cases, notice.about, notice.case).edition
    if public != notice.edition:
        # Put right, or taken back, while it was being looked into.
        return act(cases, work, texts, NOTICE, code, notices.Settle(), SYSTEM)
    if notice.about is About.CLAIM:
        claim = read(cases, CLAIM, notice.case).state
        if claim.state not in OPEN:
            why = f"Tiếp thu báo sai sót {code}: {notice.finding}"
            act(cases, work, texts, CLAIM, notice.case, claims.TakeUpNotice(why), actor)
    return done


def settle(cases: Cases, work: Work, texts: Texts, case: Claim | Petition) -> None:
    """Note of upheld notices about a case that what was wrong in it is public no more."""
    public = case.current.number if case.current else None
    waiting = Where(states=(NoticeState.UPHELD,), owner=case.id)
    for kept in list(every(cases, NOTICE, waiting)):
        if kept.state.edition != public:
            act(cases, work, texts, NOTICE, kept.state.id, notices.Settle(), SYSTEM)
