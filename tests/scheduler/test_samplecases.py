"""The month of work of the sample home, over real stores; the labels are the gold marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from langnghe.casework.claimstate import Claim, CorrectionState
from langnghe.casework.desk import Desk
from langnghe.casework.kinds import CLAIM, ITEM, NOTICE, PETITION, REPORT
from langnghe.casework.notices import NoticeState
from langnghe.casework.petitionrecords import Kind, Petition, State
from langnghe.casework.reports import ReportState
from langnghe.casework.review import ItemState
from langnghe.core.clock import FixedClock, local_day
from langnghe.core.home import Home
from langnghe.core.models import Channel, Labels, Post, PostKind, Reason, TimePrecision, Verdict
from langnghe.dashboard.desk import mask, open_desk
from langnghe.dashboard.sampleaccounts import add_sample_accounts
from langnghe.scheduler.samplecases import WORKED, add_sample_cases
from langnghe.scheduler.samplestory import read_story
from langnghe.scheduler.setup import init_home
from langnghe.sites.content import Gold, Mark, Stance
from langnghe.sites.month import build_month
from langnghe.store.auditlog import AuditEntry
from langnghe.store.opening import open_casework, open_stores

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
MODEL = "gold"


def reasons(gold: Gold) -> tuple[Reason, ...]:
    """What a model that makes no mistakes would flag a post for."""
    found = {
        Reason.REPEATS_CHECKED_CLAIM: gold.claim and gold.stance is Stance.ASSERTS,
        Reason.SCAM_WARNING: gold.scam,
        Reason.NEEDS_ANSWER: gold.intent in ("complaint", "question", "suggestion"),
        Reason.URGENT: Mark.URGENT in gold.marks,
    }
    formal = Mark.WRONGDOING in gold.marks
    return tuple(reason for reason, holds in found.items() if holds and not formal)


@dataclass
class Played:
    desk: Desk
    opened: int
    posts: dict[str, datetime]


def play(home: Home, clock: FixedClock) -> Iterator[Played]:
    month = build_month(NOW)
    posts, labels = [], []
    for one in month.posts:
        post = Post(
            id=f"{one.number:08x}" * 4,
            source=one.surface,
            channel=Channel.FORUM,
            kind=PostKind.REPLY,
            thread_id=f"{one.number:032x}",
            url="https://binhlu.example/chu-de",
            text=mask(one.text),
            published_at=one.published_at,
            precision=TimePrecision.MINUTE,
            fetched_at=NOW,
        )
        posts.append(post)
        labels.append(Labels(post.id, MODEL, reasons=reasons(one.gold)))
    init_home(home)
    with open_stores(home, clock) as stores, open_casework(home) as casebase:
        stores.posts.put(posts)
        stores.posts.label(labels)
        add_sample_accounts(casebase, NOW - WORKED)
        opened = add_sample_cases(home, stores.posts, casebase, MODEL)
        yield Played(
            open_desk(home, casebase, clock), opened, {p.id: p.published_at for p in posts}
        )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    yield from play(Home(tmp_path_factory.mktemp("played") / "home"), FixedClock(NOW))


def every_claim(played: Played) -> Sequence[Claim]:
    return list(played.desk.every(CLAIM))


def petitions(played: Played) -> Sequence[Petition]:
    return list(played.desk.every(PETITION))


def logged(played: Played) -> Sequence[AuditEntry]:
    """All entries, the newest first."""
    return played.desk.cases.audit.entries(limit=100_000)


def test_claims_stand_in_every_state_and_one_was_corrected_again(played: Played) -> None:
    states = {claim.state for claim in every_claim(played)}
    assert states == set(Verdict)
    corrections = [[one.state for one in claim.corrections] for claim in every_claim(played)]
    assert [CorrectionState.SUPERSEDED, CorrectionState.PUBLISHED] in corrections
    assert {state for one in corrections for state in one} == set(CorrectionState)
    assert any(claim.proposal and claim.approved_by is None for claim in every_claim(played))
    assert any(claim.sent_back for claim in every_claim(played))


def test_a_confirmed_claim_is_answered_as_a_petition(played: Played) -> None:
    (confirmed,) = (one for one in every_claim(played) if one.state is Verdict.CONFIRMED)
    (answered,) = (one for one in petitions(played) if one.id == confirmed.petition)
    assert answered.state is State.PUBLISHED


def test_petitions_stand_in_every_state_but_those_that_last_an_hour(played: Played) -> None:
    found = petitions(played)
    assert {one.state for one in found} == set(State)
    assert any(one.is_overdue(local_day(NOW)) for one in found)
    assert any(len(one.merged) > 1 and one.state is State.PUBLISHED for one in found)
    assert any(len(one.answers) > 1 for one in found)


def test_mistakes_were_pointed_out_and_one_correction_was_taken_back(played: Played) -> None:
    found = list(played.desk.every(NOTICE))
    assert {one.state for one in found} == {
        NoticeState.RECEIVED,
        NoticeState.AWAITING_APPROVAL,
        NoticeState.REJECTED,
    }
    assert not any(one.is_overdue(local_day(NOW)) for one in found)
    (gone,) = (one for one in every_claim(played) if one.last_published and not one.current)
    assert gone.corrections[-1].withdrawal


def test_of_complaints_only_the_number_is_kept(played: Played) -> None:
    formal = [one for one in petitions(played) if one.kind is not Kind.PETITION]
    assert {one.kind for one in formal} == {Kind.COMPLAINT, Kind.DENUNCIATION}
    assert all(not one.summary and not one.posts and not one.why for one in formal)


def test_nobody_approved_what_they_wrote(played: Played) -> None:
    for claim in every_claim(played):
        assert claim.approved_by not in claim.authors
    for one in petitions(played):
        for answer in one.answers:
            assert answer.approved_by not in answer.drafted_by


def test_the_queue_is_left_half_full_with_reasons_and_second_opinions(played: Played) -> None:
    items = list(played.desk.every(ITEM))
    assert len(items) == played.opened
    states = [one.state for one in items]
    assert states.count(ItemState.OPEN) >= 150
    assert {ItemState.CONFIRMED, ItemState.DISMISSED} < set(states)
    assert {one.decision.dismissal for one in items if one.decision} >= {None, "opinion"}
    assert any(one.second for one in items)
    assert any(one.assigned_to for one in items)


def test_reports_stand_in_every_state(played: Played) -> None:
    states = {one.state for one in played.desk.every(REPORT)}
    assert states == set(ReportState)


def test_nothing_was_decided_before_it_was_said_nor_in_the_future(played: Played) -> None:
    for item in played.desk.every(ITEM):
        assert item.opened_at == max(played.posts[post] for post in item.posts)
        for decision in (*item.decisions, *([item.second] if item.second else [])):
            assert item.opened_at < decision.at < NOW


def test_the_log_tells_it_in_its_order_and_verifies(played: Played) -> None:
    chain = played.desk.cases.audit.verify()
    assert chain.broken is None
    assert not chain.unaccounted
    times = [entry.at for entry in logged(played)]
    assert times == sorted(times, reverse=True)


def test_all_of_the_story_is_told(played: Played) -> None:
    story = read_story()
    summaries = {one.summary for one in petitions(played)}
    for told in story.petitions:
        if told.kind is Kind.PETITION:
            assert told.summary in summaries
    assert {one.statement for one in every_claim(played)} == {c.statement for c in story.claims}


def test_it_is_the_same_every_time(played: Played, tmp_path: Path) -> None:
    done = [
        [(one.at, one.who, one.what, one.case_id) for one in logged(game)]
        for game in (played, *play(Home(tmp_path / "home"), FixedClock(NOW)))
    ]
    assert done[0] == done[1]
