"""What may be published of casework: this module alone takes it out of the cases.

Whatever a page shows stands in one of the `records` made here, and they hold nothing but what an
approver let through: no draft, no account, no post, no file of the case but an approved recording.
That somebody is at work on a published text again is said; what they write is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeVar

from w3lib.url import safe_url_string

from langnghe.casework.claimstate import OPEN, Claim, Publication
from langnghe.casework.claimtexts import Evidence
from langnghe.casework.notices import DECIDED, About, Notice
from langnghe.casework.petitionrecords import Petition, State
from langnghe.casework.unpublishing import Withdrawal
from langnghe.casework.versions import Language, LanguageVersion, VersionState
from langnghe.core.clock import local_day
from langnghe.core.text import clean
from langnghe.publishing.records import (
    AnswerEdition,
    CorrectionEdition,
    Edition,
    Entry,
    Kind,
    NoticeTold,
    Published,
    Recording,
    Version,
    Withdrawn,
)

QUOTED_CHARACTERS: Final = 20_000
"""Quotations on one page. What is beyond is named by source, number and date only, so that a page
stays light on a slow line."""
AUDIO: Final = frozenset({"mp3", "ogg", "wav"})
"""Endings of recordings; nothing else is handed on as a file."""

Mask = Callable[[str], str]
"""Takes personal data out of a text."""
Has = Callable[[Recording], bool]
"""Whether a recording can be had."""
E = TypeVar("E", bound=Edition)


@dataclass(frozen=True, slots=True)
class Names:
    """Titles by id; what is not configured any more has none."""

    topics: Mapping[str, str]
    places: Mapping[str, str]


def published(
    claims: Iterable[Claim],
    petitions: Iterable[Petition],
    notices: Iterable[Notice],
    names: Names,
    mask: Mask,
    has: Has,
) -> Published:
    """What may be read of all claims and petitions.

    Args:
        claims: all of them.
        petitions: all of them.
        notices: all of them.
        names: of topics and places.
        mask: for what no rule of casework checked for personal data: quotations of documents.
        has: whether a recording can be had. One that is lost must not hold up all the rest.
    """
    told = _told(notices)
    corrections = (
        _correction(claim, names, mask, has, told.get((About.CLAIM, claim.id), ()))
        for claim in claims
    )
    answers = (
        _answer(petition, names, has, told.get((About.PETITION, petition.id), ()))
        for petition in petitions
    )
    return Published(_newest_first(corrections), _newest_first(answers))


def _told(notices: Iterable[Notice]) -> Mapping[tuple[About, str], tuple[NoticeTold, ...]]:
    """What is told of notices, by the case that they are about."""
    told: dict[tuple[About, str], tuple[NoticeTold, ...]] = {}
    for notice in sorted(notices, key=lambda notice: notice.id):
        if notice.state not in DECIDED:
            continue
        assert notice.decided_at is not None
        one = NoticeTold(
            notice.id,
            notice.received_on,
            notice.decided_at,
            bool(notice.upholds),
            notice.finding,
        )
        about = notice.about, notice.case
        told[about] = (*told.get(about, ()), one)
    return told


def _newest_first(entries: Iterator[Entry[E] | None]) -> tuple[Entry[E], ...]:
    there = (entry for entry in entries if entry is not None)
    return tuple(sorted(there, key=lambda entry: (entry.changed_at, entry.code), reverse=True))


def _correction(
    claim: Claim,
    names: Names,
    mask: Mask,
    has: Has,
    notices: tuple[NoticeTold, ...],
) -> Entry[CorrectionEdition] | None:
    editions: list[CorrectionEdition] = []
    withdrawn: list[Withdrawn] = []
    since = 1
    for correction in claim.corrections:
        said = correction.publication
        if said is None:
            continue
        if correction.withdrawal is not None:
            withdrawn.append(_taken(correction.number, said.at, correction.withdrawal))
        else:
            text = correction.text
            # Several reopenings may lie between two editions; the approver saw all the reasons.
            whys = [one.why for one in claim.reopenings[since - 1 : correction.number - 1]]
            editions.append(
                CorrectionEdition(
                    number=correction.number,
                    at=said.at,
                    why=" ".join(whys),
                    verdict=said.verdict,
                    statement=said.statement,
                    title=text.title,
                    truth=text.truth,
                    circulating=text.circulating,
                    finding=text.finding,
                    contact=text.contact,
                    advice=text.advice,
                    evidence=_evidence(said, mask),
                    link=_address(said.link),
                )
            )
        since = correction.number
    if not (editions or withdrawn):
        return None
    return Entry(
        kind=Kind.CORRECTION,
        code=claim.id,
        topic=names.topics.get(claim.topic, ""),
        place="",
        editions=tuple(editions),
        withdrawn=tuple(withdrawn),
        under_review=claim.state in OPEN or claim.needs_correction,
        versions=_versions(claim.id, claim.shown_versions, has),
        gone_versions=_gone(claim.versions, claim.shown_versions),
        notices=notices,
    )


def _evidence(said: Publication, mask: Mask) -> tuple[Evidence, ...]:
    pieces: list[Evidence] = []
    left = QUOTED_CHARACTERS
    for piece in sorted(said.evidence, key=lambda piece: not piece.primary):
        quotation = mask(piece.quotation)
        left -= len(quotation)
        # A file may hold what nobody masked: it is looked at in the office.
        pieces.append(
            replace(
                piece,
                source=mask(piece.source),
                quotation=quotation if left >= 0 else "",
                # Nor is anybody sent to a private person's page.
                link=_address(piece.link) if mask(piece.link) == piece.link else "",
                file="",
                file_name="",
            )
        )
    return tuple(pieces)


def _address(link: str) -> str:
    """`link` with what may not stand in an address written as it must be."""
    return safe_url_string(link) if link else ""


_AT_WORK: Final = frozenset({State.DRAFTING, State.AWAITING_APPROVAL, State.ANSWERED})


def _answer(
    petition: Petition,
    names: Names,
    has: Has,
    notices: tuple[NoticeTold, ...],
) -> Entry[AnswerEdition] | None:
    editions: list[AnswerEdition] = []
    withdrawn: list[Withdrawn] = []
    whys: list[str] = []
    for answer in petition.answers:
        whys.append(answer.why)
        if answer.published_at is None:
            continue
        if answer.withdrawal is not None:
            withdrawn.append(_taken(answer.number, answer.published_at, answer.withdrawal))
        else:
            assert answer.approved_at
            editions.append(
                AnswerEdition(
                    number=answer.number,
                    at=answer.published_at,
                    why=clean(" ".join(filter(None, whys))),
                    question=clean(petition.summary),
                    text=clean(answer.text),
                    legal_basis=clean(answer.legal_basis),
                    agency=clean(petition.agency),
                    received_on=petition.received_on,
                    answered_on=local_day(answer.approved_at),
                    also_answers=petition.merged,
                    link=_address(answer.link),
                )
            )
        whys.clear()
    if not (editions or withdrawn):
        return None
    return Entry(
        kind=Kind.ANSWER,
        code=petition.id,
        topic=names.topics.get(petition.topic, ""),
        place=names.places.get(petition.place, ""),
        editions=tuple(editions),
        withdrawn=tuple(withdrawn),
        under_review=petition.state in _AT_WORK,
        versions=_versions(petition.id, petition.shown_versions, has),
        gone_versions=_gone(petition.versions, petition.shown_versions),
        notices=notices,
    )


def _taken(number: int, published_at: datetime, withdrawal: Withdrawal) -> Withdrawn:
    return Withdrawn(number, published_at, withdrawal.at, withdrawal.why)


def _versions(case: str, shown: tuple[LanguageVersion, ...], has: Has) -> tuple[Version, ...]:
    return tuple(_version(case, one, has) for one in shown)


def _version(case: str, one: LanguageVersion, has: Has) -> Version:
    assert one.approved_at
    audio = Recording(case, one.audio, one.audio_name.rpartition(".")[2].lower())
    usable = bool(one.audio) and audio.ending in AUDIO and has(audio)
    return Version(one.language, one.approved_at, one.title, one.text, audio if usable else None)


def _gone(
    versions: tuple[LanguageVersion, ...], shown: tuple[LanguageVersion, ...]
) -> Mapping[Language, Withdrawn | None]:
    there = {one.language for one in shown}
    gone: dict[Language, Withdrawn | None] = {}
    for one in versions:
        if one.language in there or one.approved_at is None:
            continue
        taken = None
        if one.state is VersionState.WITHDRAWN and one.withdrawal is not None:
            taken = _taken(one.number, one.approved_at, one.withdrawal)
        gone[one.language] = taken
    return gone
