"""The one way by which pages, commands and jobs change a case.

A change reads the case, applies its rule, keeps it with what it is found by, and says so in the
audit log, all in one transaction: `Conflict` or `Refused` leaves nothing behind. So does what
belongs together: what a review item opens is opened with its decision, or neither is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from langnghe.casework import (
    claims,
    notices,
    noticework,
    petitionrecords,
    petitions,
    reports,
    review,
)
from langnghe.casework.claimstate import Claim
from langnghe.casework.deadlines import PetitionSettings, Route
from langnghe.casework.formalchannel import keep_out
from langnghe.casework.keeping import act, add, put, read
from langnghe.casework.kinds import (
    CLAIM,
    ITEM,
    NOTICE,
    PETITION,
    REPORT,
    CaseKind,
    Kept,
    Texts,
)
from langnghe.casework.notices import Notice
from langnghe.casework.noticework import NewNotice
from langnghe.casework.petitionrecords import Kind, Petition, petition_code
from langnghe.casework.petitions import Check, refuse_personal_data
from langnghe.casework.reading import Reading
from langnghe.casework.reportform import Form, Mask
from langnghe.casework.reports import FieldReport
from langnghe.casework.review import Decision, FollowUp, ReviewItem
from langnghe.casework.roles import SYSTEM, Actor, Refused
from langnghe.casework.unpublishing import Unpublish
from langnghe.core.clock import Clock, local_day
from langnghe.store.cases import Cases, Conflict, Work

S = TypeVar("S")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim to be opened."""

    statement: str
    """In one's own words."""
    topic: str
    posts: tuple[str, ...] = ()
    """From a review item: those of the item, whatever stands here."""


@dataclass(frozen=True, slots=True)
class ToClaim:
    """A claim that is there already."""

    claim: str


@dataclass(frozen=True, slots=True)
class NewPetition:
    """A petition to be opened. Of a complaint or denunciation only the number is kept."""

    kind: Kind
    summary: str
    topic: str = ""
    place: str = ""
    route: Route = Route.PUBLIC_PAGE
    received_on: date | None = None
    """A day in Viet Nam; None: today."""
    posts: tuple[str, ...] = ()
    """From a review item or a claim: those of it, whatever stands here."""


_COMPOSITE: Final = (
    review.Undo,
    review.Flag,
    review.Withdraw,
    review.KeepOut,
    claims.BecomePetition,
    claims.TakeUpNotice,
    claims.Withdraw,
    petitionrecords.Withdraw,
    notices.Decide,
    notices.Settle,
)
"""Actions that are parts of what the methods of the desk, or the service, do."""


_CHANGES_WHAT_IS_PUBLIC: Final = (claims.ApproveCorrection, petitionrecords.Publish, Unpublish)


class Desk(Reading):
    """Casework, by its rules.

    Args:
        cases: where the cases are kept.
        mask: takes personal data out of a text; in use `crawler.deidentify`.
        check: names the personal data of a text.
        settings: deadlines and working days.
        clock: tells the time of each change.
    """

    def __init__(
        self, cases: Cases, mask: Mask, check: Check, settings: PetitionSettings, clock: Clock
    ) -> None:
        super().__init__(cases, clock)
        self._texts = Texts(mask, check)
        self.settings = settings

    def act(
        self,
        kind: CaseKind[S, A],
        case_id: str,
        action: A,
        actor: Actor,
        *,
        version: int,
        why: str = "",
    ) -> Kept[S]:
        """Do one thing with one case; gives it as it is then.

        Args:
            kind: of the case.
            case_id: its id.
            action: one of its kind's actions, but for what has a method of its own.
            actor: who does it.
            version: that of the case as the actor saw it. Sending a thing twice does no harm:
                what would change nothing passes, whatever the version.
            why: as the actor put it; where it is empty, what the action itself says.

        Raises:
            Refused: a rule or the actor's role does not allow it, or there is no such case.
            Conflict: somebody else changed the case meanwhile.
            ValueError: the action has a method of its own.
        """
        opens = isinstance(action, review.Confirm) and action.follow_up != FollowUp.ACKNOWLEDGE
        if opens or isinstance(action, _COMPOSITE):
            raise ValueError(f"{type(action).__name__} is done by a method of its own")
        with self.cases.transaction(self.clock.now()) as work:
            formal = (
                isinstance(action, petitionrecords.Classify) and action.kind is not Kind.PETITION
            )
            posts = self.cases.posts_of(kind.name, case_id) if formal else ()
            done = self._act(work, kind, case_id, action, actor, version, why)
            keep_out(self.cases, work, posts)
            if isinstance(action, _CHANGES_WHAT_IS_PUBLIC):
                assert isinstance(done.state, Claim | Petition)
                noticework.settle(self.cases, work, self._texts, done.state)
            return done

    def confirm(
        self,
        item_id: str,
        follows: NewClaim | ToClaim | NewPetition,
        actor: Actor,
        *,
        version: int,
        note: str = "",
    ) -> Kept[ReviewItem]:
        """Confirm the reason of a review item, and open or attach to what follows from it.

        The item's decision then names the claim or petition (`Decision.target`).

        Raises:
            Refused: as `act`, for the item or for what follows.
            Conflict: as `act`.
        """
        with self.cases.transaction(self.clock.now()) as work:
            item = read(self.cases, ITEM, item_id)
            if item.version != version:
                raise Conflict
            posts, formal = item.state.posts, False
            match follows:
                case NewClaim():
                    how = FollowUp.OPEN_CLAIM
                    target = self._open_claim(work, replace(follows, posts=posts), actor)
                case ToClaim(target):
                    how = FollowUp.ATTACH_CLAIM
                    self._act(work, CLAIM, target, claims.AttachPosts(posts), actor)
                case NewPetition():
                    how = FollowUp.OPEN_PETITION
                    target = self._open_petition(work, replace(follows, posts=posts), actor)
                    formal = follows.kind is not Kind.PETITION
            decision = review.Confirm(how, target, note)
            after = ITEM.apply(item.state, decision, actor, work.now, self._texts)
            if formal:
                # In one step: the log does not join the posts to the denunciation, either.
                after = review.apply(after, review.KeepOut(), SYSTEM, work.now)
            done = put(work, ITEM, item_id, item, after, actor, "confirm")
            if formal:
                keep_out(self.cases, work, posts)
            return done

    def undo(self, item_id: str, actor: Actor, *, version: int) -> Kept[ReviewItem]:
        """Take back one's own decision on an item, and what it opened or attached.

        Raises:
            Refused: as `review.Undo`; also where somebody has worked on what it opened.
            Conflict: as `act`.
        """
        with self.cases.transaction(self.clock.now()) as work:
            item = read(self.cases, ITEM, item_id).state
            decision = item.decision
            untouched = decision is None or self._is_untouched(decision)
            undone = self._act(work, ITEM, item_id, review.Undo(untouched), actor, version)
            if decision is not None:
                self._take_back(work, item, decision, actor)
            return undone

    def open_claim(self, new: NewClaim, actor: Actor) -> Kept[Claim]:
        """Open a claim that no review item led to.

        Raises:
            Refused: the actor may not, or the statement cannot be used.
        """
        with self.cases.transaction(self.clock.now()) as work:
            return read(self.cases, CLAIM, self._open_claim(work, new, actor))

    def open_petition(self, new: NewPetition, actor: Actor) -> Kept[Petition]:
        """Open a petition that came in otherwise than by a review item.

        Raises:
            Refused: the actor may not, or the summary cannot be used.
        """
        with self.cases.transaction(self.clock.now()) as work:
            opened = read(self.cases, PETITION, self._open_petition(work, new, actor))
            if opened.state.kind is not Kind.PETITION:
                keep_out(self.cases, work, new.posts)
            return opened

    def answer_claim(
        self, claim_id: str, new: NewPetition, actor: Actor, *, version: int
    ) -> Kept[Petition]:
        """Open the petition by which those get an answer whose claim turned out to be true.

        Raises:
            Refused: the claim is not confirmed, or has a petition; as `open_petition`.
            Conflict: as `act`.
        """
        if new.kind is not Kind.PETITION:
            raise Refused(
                "Thông tin đã xác thực được trả lời như phản ánh, kiến nghị. Với khiếu nại, tố "
                "cáo, hãy hướng dẫn sang kênh chính thức."
            )
        with self.cases.transaction(self.clock.now()) as work:
            posts = read(self.cases, CLAIM, claim_id).state.posts
            code = self._open_petition(work, replace(new, posts=posts), actor)
            self._act(work, CLAIM, claim_id, claims.BecomePetition(code), actor, version)
            return read(self.cases, PETITION, code)

    def merge(
        self, duplicate: tuple[str, int], main: tuple[str, int], actor: Actor
    ) -> tuple[Kept[Petition], Kept[Petition]]:
        """Let one petition answer another as well; gives both, in the order of the arguments.

        Args:
            duplicate: code and version of the one that ends.
            main: of the one that goes on.
            actor: who merges them.

        Raises:
            Refused: as `petitions.merge`.
            Conflict: as `act`.
        """
        with self.cases.transaction(self.clock.now()) as work:
            ending, staying = (read(self.cases, PETITION, code) for code, _ in (duplicate, main))
            if (ending.version, staying.version) != (duplicate[1], main[1]):
                raise Conflict
            gone, goes_on = petitions.merge(ending.state, staying.state, actor)
            return (
                put(work, PETITION, gone.id, ending, gone, actor, "merge"),
                put(work, PETITION, goes_on.id, staying, goes_on, actor, "take_over"),
            )

    def save_report(
        self, client_id: str, form: Form, actor: Actor, *, version: int | None = None
    ) -> Kept[FieldReport]:
        """Keep what somebody has typed into the form that was given this id when it was opened.

        The first time it opens the report. `version` is that of the report as the form knows it;
        None where an answer got lost on the way: then what the author typed last counts.

        Raises:
            Refused: as `reports.apply`.
            Conflict: as `act`.
        """
        case_id = reports.report_id(actor.account, client_id)
        with self.cases.transaction(self.clock.now()) as work:
            if self.cases.get(REPORT.name, case_id) is None:
                opened = reports.open_report(client_id, actor, work.now)
                add(work, REPORT, case_id, opened, actor, "open")
                version = None
            return self._act(work, REPORT, case_id, reports.Save(form), actor, version)

    def open_notice(self, new: NewNotice, actor: Actor) -> Kept[Notice]:
        """Write down that somebody pointed out a mistake in what is published.

        Raises:
            Refused: the actor may not, nothing of the case is public, or something is missing.
        """
        with self.cases.transaction(self.clock.now()) as work:
            code = noticework.open_notice(self.cases, work, self._texts, self.settings, new, actor)
            return read(self.cases, NOTICE, code)

    def decide_notice(self, code: str, actor: Actor, *, version: int) -> Kept[Notice]:
        """Decide a notice as proposed; a claim whose correction is wrong is reopened with it.

        Raises:
            Refused: the actor may not, wrote what is criticised, or proposed the decision.
            Conflict: as `act`.
        """
        with self.cases.transaction(self.clock.now()) as work:
            return noticework.decide(self.cases, work, self._texts, code, actor, version)

    # --- Parts of a transaction --------------------------------------------------------------

    def _act(
        self,
        work: Work,
        kind: CaseKind[S, A],
        case_id: str,
        action: A,
        actor: Actor,
        version: int | None = None,
        why: str = "",
    ) -> Kept[S]:
        return act(self.cases, work, self._texts, kind, case_id, action, actor, version, why)

    def _open_claim(self, work: Work, new: NewClaim, actor: Actor) -> str:
        refuse_personal_data(new.statement, self._texts.check)
        day = f"TT.{local_day(work.now):%Y%m%d}"
        claim_id = f"{day}.{work.next_number(day):04}"
        claim = claims.open_claim(claim_id, new.statement, new.topic, new.posts, actor, work.now)
        add(work, CLAIM, claim_id, claim, actor, "open")
        return claim_id

    def _open_petition(self, work: Work, new: NewPetition, actor: Actor) -> str:
        day = local_day(work.now)
        received_on = new.received_on or day
        if received_on > day:
            raise Refused("Ngày tiếp nhận ở trong tương lai. Hãy kiểm tra lại ngày.")
        code = petition_code(received_on, work.next_number(f"PA.{received_on:%Y%m%d}"))
        petition = petitions.open_petition(
            code,
            new.kind,
            new.route,
            received_on,
            self.settings.due(new.route, received_on),
            summary=new.summary,
            topic=new.topic,
            place=new.place,
            posts=new.posts,
            actor=actor,
            check=self._texts.check,
        )
        add(work, PETITION, code, petition, actor, "open")
        return code

    def _is_untouched(self, decision: Decision) -> bool:
        """Whether nobody has worked on what the decision opened.

        What was attached to is untouched always: detaching takes nobody else's work from it.
        """
        match decision.follow_up:
            case FollowUp.OPEN_CLAIM:
                return read(self.cases, CLAIM, decision.target).version == 1
            case FollowUp.OPEN_PETITION:
                return read(self.cases, PETITION, decision.target).version == 1
        return True

    def _take_back(self, work: Work, item: ReviewItem, decision: Decision, actor: Actor) -> None:
        """Withdraw what the decision opened, or detach what it attached."""
        target = decision.target
        match decision.follow_up:
            case FollowUp.OPEN_CLAIM:
                self._act(work, CLAIM, target, claims.Withdraw(), actor)
            case FollowUp.OPEN_PETITION:
                self._act(work, PETITION, target, petitionrecords.Withdraw(), actor)
            case FollowUp.ATTACH_CLAIM:
                self._detach(work, item, target, actor)

    def _detach(self, work: Work, item: ReviewItem, claim_id: str, actor: Actor) -> None:
        """Take an item's posts off a claim, but for those that other items put there as well."""
        about = self.cases.about(ITEM.name, item.posts)
        others = {id_ for ids in about.values() for id_ in ids} - {item.id}
        kept_posts: set[str] = set()
        for row in self.cases.get_many(ITEM.name, others).values():
            other = ITEM.states.validate_json(row.body)
            if other.decision is not None and other.decision.target == claim_id:
                kept_posts.update(other.posts)
        posts = tuple(post for post in item.posts if post not in kept_posts)
        self._act(work, CLAIM, claim_id, claims.DetachPosts(posts), actor)
