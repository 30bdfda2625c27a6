"""What the sample accounts do with each claim, petition and report of the sample story.

Each case is a generator: it gives the time of what comes next, and does it when it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from langnghe.casework import claims, notices, reportform, reports
from langnghe.casework import petitionrecords as petitions
from langnghe.casework.claimstate import Claim
from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.desk import Desk, NewClaim, NewPetition, ToClaim
from langnghe.casework.kinds import CLAIM, ITEM, NOTICE, PETITION, REPORT, CaseKind, Kept
from langnghe.casework.notices import About
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.review import ReviewItem
from langnghe.casework.roles import Actor, Role
from langnghe.casework.unpublishing import Unpublish
from langnghe.core.clock import LOCAL_ZONE, local_day
from langnghe.dashboard.sampleaccounts import SAMPLE_ACCOUNTS
from langnghe.scheduler.samplestory import (
    ClaimStory,
    CorrectionStory,
    Duplicate,
    NoticeStory,
    PetitionStory,
    PieceOfEvidence,
    ReportStory,
)
from langnghe.sites.month import dated, moment, number_of
from langnghe.store.posts.interface import LabelledPost

S = TypeVar("S")
A = TypeVar("A")

_ACTORS: Final = {one.role: Actor(one.id, frozenset({one.role})) for one in SAMPLE_ACCOUNTS}
COLLABORATOR: Final = _ACTORS[Role.COLLABORATOR]
EDITOR: Final = _ACTORS[Role.EDITOR]
APPROVER: Final = _ACTORS[Role.APPROVER]
LEADER: Final = _ACTORS[Role.LEADER]

Steps = Iterator[datetime]
Plan = Sequence[tuple[Any, Actor]]
Came = tuple[ReviewItem | None, LabelledPost]
"""A post, and the item that it gave, if it did."""


@dataclass(slots=True)
class Stage:
    """Where the story is played."""

    desk: Desk
    now: datetime
    claims: dict[str, str] = field(default_factory=dict)
    """Ids of the claims that are open by now, by rumour or by how their posts begin."""

    def at(self, day: int, step: int) -> datetime:
        """The time of the `step`th thing (0 to 19) done on a working day, `day` days back."""
        return moment(self.now, day, "08:00") + timedelta(minutes=28 * step)

    def day_after(self, post: LabelledPost) -> int:
        """Days back to the morning after a post was written."""
        return (local_day(self.now) - local_day(post.published_at)).days - 1

    def text(self, text: str) -> str:
        """Words of the story, with their days."""
        return dated(text, self.now)

    def act(self, kind: CaseKind[S, A], case_id: str, action: A, actor: Actor) -> Kept[S]:
        """Do one thing with a case as it is now."""
        version = self.desk.get(kind, case_id, actor).version
        return self.desk.act(kind, case_id, action, actor, version=version)

    def confirm(
        self, item_id: str, follows: NewClaim | ToClaim | NewPetition, actor: Actor
    ) -> Kept[ReviewItem]:
        """Read an item's posts, and confirm its reason."""
        self.desk.read_posts(ITEM, item_id, actor)
        version = self.desk.get(ITEM, item_id, actor).version
        return self.desk.confirm(item_id, follows, actor, version=version)

    def spread(self, kind: CaseKind[S, A], case_id: str, plan: Plan, day: int, days: int) -> Steps:
        """Do a plan from `day` on, spread over `days`."""
        for number, (action, actor) in enumerate(plan, 1):
            yield self.at(day - number * days // len(plan), number)
            self.act(kind, case_id, action, actor)


def reviewer(post: LabelledPost) -> Actor:
    """Who reviews the items of a post: mostly the collaborator."""
    return EDITOR if number_of(post.text) % 3 == 0 else COLLABORATOR


def claim_steps(
    stage: Stage, story: ClaimStory, item: ReviewItem | None, posts: Sequence[LabelledPost]
) -> Steps:
    """A claim, opened from `item` if there is one; `posts` state it."""
    day = story.day or stage.day_after(posts[0])
    yield stage.at(day, 0)
    new = NewClaim(stage.text(story.statement), story.topic)
    if item is None:
        claim_id = stage.desk.open_claim(new, COLLABORATOR).state.id
    else:
        decided = stage.confirm(item.id, new, reviewer(posts[0])).state.decision
        assert decided
        claim_id = decided.target
    stage.claims[story.key] = claim_id
    yield stage.at(day, 1)
    _attach(stage, claim_id, posts)
    if story.ends == "unverified":
        return
    yield from _edition(stage, claim_id, _claim_plan(stage, story), story.evidence, day, story.days)
    day -= story.days
    if story.again:
        again = story.again
        plan = _second_edition(stage, story)
        yield from _edition(stage, claim_id, plan, again.evidence, day, again.days)
        day -= again.days
    yield stage.at(day, 18)
    _attach(stage, claim_id, posts)
    if story.answered:
        yield from _answered(stage, claim_id, story.answered, day)
    if story.withdrawn:
        yield stage.at(day - 1, 3)
        stage.act(CLAIM, claim_id, Unpublish(story.withdrawn), APPROVER)


def _edition(
    stage: Stage,
    claim_id: str,
    plan: Plan,
    evidence: Sequence[PieceOfEvidence],
    day: int,
    days: int,
) -> Steps:
    """An edition of a claim; evidence cannot be added before its own day."""
    start = min([day, *(piece.day for piece in evidence)])
    yield from stage.spread(CLAIM, claim_id, plan, start, max(0, start - (day - days)))


def _attach(stage: Stage, claim_id: str, posts: Sequence[LabelledPost]) -> None:
    """Attach those of the posts that have been written by now."""
    now = stage.desk.clock.now()
    written = tuple(post.id for post in posts if post.published_at < now)
    stage.act(CLAIM, claim_id, claims.AttachPosts(written), COLLABORATOR)


def _claim_plan(stage: Stage, story: ClaimStory) -> Plan:
    plan: list[tuple[Any, Actor]] = [(claims.StartVerifying(), EDITOR)]
    plan += [(claims.AddEvidence(_evidence(stage, piece)), EDITOR) for piece in story.evidence]
    if story.ends == "verifying":
        return plan
    assert story.verdict
    plan.append((claims.ProposeVerdict(story.verdict), EDITOR))
    if story.ends == "sent_back":
        plan.append((claims.SendBack(story.why), APPROVER))
    if story.ends in ("proposed", "sent_back"):
        return plan
    plan.append((claims.ApproveVerdict(), APPROVER))
    if story.correction:
        plan.append((claims.DraftCorrection(_correction(stage, story.correction)), EDITOR))
    if story.ends in ("awaiting_correction", "published"):
        plan.append((claims.SubmitCorrection(), EDITOR))
    if story.ends == "published":
        plan.append((claims.ApproveCorrection(), APPROVER))
    return plan


def _second_edition(stage: Stage, story: ClaimStory) -> Plan:
    again = story.again
    if again is None:
        return ()
    assert story.verdict
    return (
        (claims.Reopen(again.why), EDITOR),
        *((claims.AddEvidence(_evidence(stage, piece)), EDITOR) for piece in again.evidence),
        (claims.ProposeVerdict(story.verdict), EDITOR),
        (claims.ApproveVerdict(), APPROVER),
        (claims.DraftCorrection(_correction(stage, again.correction)), EDITOR),
        (claims.SubmitCorrection(), EDITOR),
        (claims.ApproveCorrection(), APPROVER),
    )


def _answered(stage: Stage, claim_id: str, story: PetitionStory, day: int) -> Steps:
    yield stage.at(day, 19)
    kept: Kept[Claim] = stage.desk.get(CLAIM, claim_id, EDITOR)
    new = NewPetition(Kind.PETITION, stage.text(story.summary), kept.state.topic)
    opened = stage.desk.answer_claim(claim_id, new, EDITOR, version=kept.version)
    yield from stage.spread(
        PETITION, opened.state.id, _petition_plan(stage, story), day - 1, story.days
    )


def _evidence(stage: Stage, piece: PieceOfEvidence) -> Evidence:
    return Evidence(
        piece.source,
        local_day(stage.now) - timedelta(days=piece.day),
        piece.primary,
        piece.document_number,
        piece.link,
        stage.text(piece.quotation),
    )


def _correction(stage: Stage, story: CorrectionStory) -> CorrectionText:
    return CorrectionText(**{key: stage.text(text) for key, text in story.model_dump().items()})


def petition_steps(
    stage: Stage,
    story: PetitionStory,
    came: Came | None,
    merged: Sequence[tuple[Duplicate, Came]],
) -> Steps:
    """A petition with those merged into it; without a post it came in on a day of its own."""
    day = stage.day_after(came[1]) if came else story.day
    assert day
    yield stage.at(day, 0)
    new = NewPetition(story.kind, stage.text(story.summary), story.topic, route=story.route)
    code = _opened(stage, new, came)
    if story.ends == "withdrawn" and came and came[0]:
        yield stage.at(day, 1)
        item, actor = came[0], reviewer(came[1])
        version = stage.desk.get(ITEM, item.id, actor).version
        stage.desk.undo(item.id, actor, version=version)
    # Merged before the answer goes out, so that one answer is for all.
    for duplicate, its in merged:
        yield stage.at(stage.day_after(its[1]), 1)
        new = NewPetition(story.kind, stage.text(duplicate.summary), story.topic)
        other = _opened(stage, new, its)
        gone, main = (stage.desk.get(PETITION, id_, EDITOR) for id_ in (other, code))
        stage.desk.merge((other, gone.version), (code, main.version), EDITOR)
        day = min(day, stage.day_after(its[1]))
    if story.kind is Kind.PETITION:
        plan = _petition_plan(stage, story)
        yield from stage.spread(PETITION, code, plan, day, story.days)


def _opened(stage: Stage, new: NewPetition, came: Came | None) -> str:
    item, post = came or (None, None)
    if item is None or post is None:
        by_hand = replace(new, posts=(post.id,) if post else ())
        return stage.desk.open_petition(by_hand, EDITOR).state.id
    decision = stage.confirm(item.id, new, reviewer(post)).state.decision
    assert decision
    return decision.target


_BEFORE: Final = {"classifying": 1, "forwarded": 2, "verifying": 3}
_ASIDE: Final[dict[str, tuple[int, type[Any], Actor]]] = {
    "more_wanted": (2, petitions.AskForMore, EDITOR),
    "suspended": (3, petitions.Suspend, APPROVER),
    "redirected": (1, petitions.Redirect, EDITOR),
    "refused": (1, petitions.Refuse, APPROVER),
}
"""How many of the first steps come before a petition leaves the way, how, and by whom."""


def _petition_plan(stage: Stage, story: PetitionStory) -> Plan:
    """What is done with a petition once it is open."""
    if story.ends in ("received", "withdrawn"):
        return ()
    first: Plan = (
        (petitions.Classify(Kind.PETITION, story.topic), EDITOR),
        (petitions.Forward(story.agency), EDITOR),
        (petitions.StartVerifying(), EDITOR),
    )
    if story.ends in _BEFORE:
        return first[: _BEFORE[story.ends]]
    if story.ends in _ASIDE:
        steps, action, actor = _ASIDE[story.ends]
        return (*first[:steps], (action(story.why), actor))
    answer = stage.text(story.answer)
    draft = (petitions.DraftAnswer(answer, story.basis), EDITOR)
    plan = [*first, draft, (petitions.Submit(), EDITOR)]
    if story.ends == "sent_back":
        return (*plan, (petitions.SendBack(story.why), APPROVER))
    if story.ends == "awaiting_approval":
        return plan
    plan.append((petitions.Approve(), APPROVER))
    if story.ends == "answered":
        return plan
    publish = (petitions.Publish("https://binhlu.example/tra-loi"), EDITOR)
    plan.append(publish)
    if story.again:
        why = stage.text(story.again)
        anew = petitions.DraftAnswer(f"{answer} {why}", story.basis, why)
        plan += [(anew, EDITOR), (petitions.Submit(), EDITOR)]
        plan += [(petitions.Approve(), APPROVER), publish]
    if story.ends == "closed":
        plan.append((petitions.Close(story.why), EDITOR))
    return plan


def notice_steps(stage: Stage, story: NoticeStory) -> Steps:
    """A notice of a mistake, where the claim is there that it is about."""
    yield stage.at(story.day, 7)
    if (claim_id := stage.claims.get(story.about)) is None:
        return
    new = NewNotice(About.CLAIM, claim_id, story.route, stage.text(story.text))
    notice = stage.desk.open_notice(new, EDITOR)
    if story.ends == "received":
        return
    plan: Plan = (
        (notices.StartChecking(), EDITOR),
        (notices.Propose(story.upholds, stage.text(story.finding)), EDITOR),
    )
    yield from stage.spread(NOTICE, notice.state.id, plan, story.day, story.days)
    if story.ends == "rejected":
        yield stage.at(story.day - story.days, 12)
        version = stage.desk.get(NOTICE, notice.state.id, APPROVER).version
        stage.desk.decide_notice(notice.state.id, APPROVER, version=version)


def report_steps(stage: Stage, story: ReportStory, number: int) -> Steps:
    """A field report of the collaborator."""
    told = story.model_dump(exclude={"day", "ends", "why", "streams"})
    streams = (reportform.ReportedStream(**one.model_dump()) for one in story.streams)
    noted = moment(stage.now, story.day, "07:30").astimezone(LOCAL_ZONE)
    form = reportform.Form(
        **told,
        noted_at=noted,
        place="3390",
        origins=(reportform.Origin.DIRECT, reportform.Origin.MEETING),
        streams=tuple(streams),
    )
    yield stage.at(story.day, 4)
    saved = stage.desk.save_report(f"sample-{number}", form, COLLABORATOR)
    plan: list[tuple[Any, Actor]] = []
    if story.ends != "draft":
        plan.append((reports.Submit(), COLLABORATOR))
    if story.ends == "accepted":
        plan.append((reports.Accept(), EDITOR))
    if story.ends == "returned":
        plan.append((reports.Return(story.why), EDITOR))
    for offset, (action, actor) in enumerate(plan):
        yield stage.at(story.day - offset, 6)
        stage.act(REPORT, saved.state.id, action, actor)
