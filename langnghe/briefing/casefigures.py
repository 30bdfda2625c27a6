"""What was done in a reporting period: claims, petitions and field reports, by key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median
from typing import Final

from langnghe.briefing.counting import Value
from langnghe.briefing.lines import ClaimLine, PetitionLine, ReportLine
from langnghe.casework.claimstate import OPEN as UNDECIDED
from langnghe.casework.claimstate import Claim, Correction
from langnghe.casework.deadlines import PetitionSettings
from langnghe.casework.kinds import Kept
from langnghe.casework.noticefigures import notice_counters
from langnghe.casework.notices import Notice
from langnghe.casework.petitionfigures import Counters, counters, overdue
from langnghe.casework.petitionrecords import OPEN, STATE_NAMES, Kind, Petition, State
from langnghe.casework.reportform import INCLINATION_NAMES, INTENSITY_NAMES, WIDTH_NAMES
from langnghe.casework.reports import FieldReport, ReportState
from langnghe.core.clock import local_day
from langnghe.core.models import Verdict
from langnghe.trends.period import Period

DECIDED: Final = (Verdict.FALSE, Verdict.PARTLY_TRUE, Verdict.CONFIRMED, Verdict.INCONCLUSIVE)
"""What a claim can turn out to be."""


def petition_figures(
    petitions: Sequence[Kept[Petition]], period: Period, today: date, settings: PetitionSettings
) -> tuple[dict[str, Value], tuple[PetitionLine, ...]]:
    """Petitions received in the period and those carried over, as they stand today.

    Args:
        petitions: all there are.
        period: what the figures are about.
        today: a day in Viet Nam; what was due before it is overdue.
        settings: which days are working days.
    """
    every = [one.state for one in petitions]
    received = [one for one in every if one.received_on in period]
    earlier = [one.state for one in petitions if _is_carried(one, period)]
    values: dict[str, Value] = {
        **_counted("petitions", counters(received, today, every), _ended(received, every)),
        **_counted("petitions.carried", counters(earlier, today, every), _ended(earlier, every)),
    }
    by_code = {one.id: one for one in every}
    for topic, count in Counter(
        _main(one, by_code).topic for one in received if _counts(_main(one, by_code))
    ).items():
        if topic:
            values[f"petitions.topic.{topic}"] = count
    answered = [one for one in every if one.answered_on and one.answered_on in period]
    days = [
        settings.working_days_between(one.received_on, one.answered_on)
        for one in answered
        if one.answered_on
    ]
    values["petitions.answers"] = len(answered)
    if days:
        values |= {"petitions.days": float(median(days)), "petitions.days.longest": max(days)}
    late = [one for one in overdue(every, today) if one.received_on <= period.until]
    values["petitions.late"] = len(late)
    for one in late:
        values[f"petitions.late.{one.id}"] = settings.working_days_between(one.deadline, today)
    return values, tuple(
        PetitionLine(
            one.id,
            one.summary,
            one.topic,
            one.place,
            one.agency,
            one.received_on,
            one.deadline,
            STATE_NAMES[one.state],
        )
        for one in late
    )


def _counted(prefix: str, found: Counters, ended: int) -> dict[str, Value]:
    values: dict[str, Value] = {
        f"{prefix}.received": found.received,
        f"{prefix}.answered": found.answered,
        f"{prefix}.in_time": found.in_time,
        f"{prefix}.overdue": found.overdue,
        f"{prefix}.ended": ended,
        f"{prefix}.open": found.received - found.answered - found.overdue - ended,
        f"{prefix}.formal": found.formal,
    }
    if found.share_in_time is not None:
        values[f"{prefix}.in_time.share"] = found.share_in_time
    return values


def _ended(petitions: Iterable[Petition], every: Iterable[Petition]) -> int:
    """How many were refused, redirected or closed without an answer."""
    by_code = {one.id: one for one in every}
    mains = [_main(one, by_code) for one in petitions]
    return sum(_counts(one) and one.answered_on is None and one.state not in OPEN for one in mains)


def _main(petition: Petition, by_code: dict[str, Petition]) -> Petition:
    """The one that answers it."""
    while petition.merged_into:
        petition = by_code[petition.merged_into]
    return petition


def _counts(main: Petition) -> bool:
    return main.kind is Kind.PETITION and main.state is not State.WITHDRAWN


def _is_carried(case: Kept[Petition], period: Period) -> bool:
    """Whether it came before the period and was still to be answered when that began."""
    petition = case.state
    if petition.received_on >= period.since or petition.kind is not Kind.PETITION:
        return False
    if petition.answered_on is not None:
        return petition.answered_on >= period.since
    return petition.state in OPEN or (
        petition.state in (State.REFUSED, State.REDIRECTED, State.CLOSED)
        and local_day(case.changed_at) >= period.since
    )


def claim_figures(
    claims: Iterable[Claim], period: Period
) -> tuple[dict[str, Value], tuple[ClaimLine, ...]]:
    """Claims opened, decided and corrected in the period, and those still being verified."""
    every = [
        one for one in claims if not one.withdrawn and local_day(one.opened_at) <= period.until
    ]
    decided = [one for one in every if _decided_on(one) is not None]
    mine = [one for one in decided if (_decided_on(one) or period.since) in period]
    verifying = [one for one in every if one.state in UNDECIDED]
    published = [
        said
        for one in every
        for correction in one.corrections
        if (said := correction.publication) and local_day(said.at) in period
    ]
    verdicts = Counter(one.state for one in mine)
    values: dict[str, Value] = {
        "claims.opened": sum(local_day(one.opened_at) in period for one in every),
        "claims.decided": len(mine),
        **{f"claims.verdict.{verdict}": verdicts[verdict] for verdict in DECIDED},
        "claims.verifying": len(verifying),
        "claims.corrections": len(published),
        "claims.reopened": sum(
            local_day(reopening.at) in period for one in every for reopening in one.reopenings
        ),
    }
    told = [*mine, *verifying]
    values |= {f"claims.posts.{one.id}": len(one.posts) for one in told}
    return values, tuple(_claim_line(one, period) for one in sorted(told, key=lambda one: one.id))


def _decided_on(claim: Claim) -> date | None:
    if claim.state in UNDECIDED or claim.approved_at is None:
        return None
    return local_day(claim.approved_at)


def _claim_line(claim: Claim, period: Period) -> ClaimLine:
    correction = _published_by(claim, period.until)
    said = correction.publication if correction else None
    return ClaimLine(
        claim.id,
        claim.statement,
        claim.topic,
        claim.state,
        _decided_on(claim),
        local_day(said.at) if said else None,
        correction.text.truth if correction else "",
        claim.petition,
    )


def _published_by(claim: Claim, last: date) -> Correction | None:
    """What the public read at the end of a day, and has not been withdrawn since."""
    for correction in reversed(claim.corrections):
        said = correction.publication
        if said is not None and local_day(said.at) <= last:
            return None if correction.withdrawal else correction
    return None


def report_figures(
    reports: Iterable[FieldReport], period: Period
) -> tuple[dict[str, Value], tuple[ReportLine, ...]]:
    """Field reports accepted in the period."""
    accepted = [
        one
        for one in reports
        if one.state is ReportState.ACCEPTED
        and one.accepted_at is not None
        and local_day(one.accepted_at) in period
    ]
    values: dict[str, Value] = {"reports.accepted": len(accepted)}
    for topic, count in Counter(one.form.topic for one in accepted).items():
        values[f"reports.topic.{topic}"] = count
    lines = (
        ReportLine(
            one.id,
            one.form.unit,
            one.form.topic,
            one.form.place,
            tuple(
                (
                    stream.text,
                    INCLINATION_NAMES[stream.inclination] if stream.inclination else "",
                    WIDTH_NAMES[stream.width] if stream.width else "",
                )
                for stream in one.form.streams
            ),
            INTENSITY_NAMES[one.form.intensity] if one.form.intensity else "",
            one.form.proposals,
        )
        for one in sorted(accepted, key=lambda one: (one.opened_at, one.id))
    )
    return values, tuple(lines)


def notice_figures(notices: Iterable[Notice], period: Period, today: date) -> dict[str, Value]:
    """Notices of mistakes received in the period, as they stand today."""
    found = notice_counters((one for one in notices if one.received_on in period), today)
    return {
        "notices.received": found.received,
        "notices.decided": found.decided,
        "notices.in_time": found.in_time,
        "notices.overdue": found.overdue,
        "notices.upheld": found.upheld,
        "notices.corrected": found.corrected,
    }
