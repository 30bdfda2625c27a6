"""A claim as it stands: statement, evidence, verdict, corrections. Its rules are in `claims`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.claimtexts import CorrectionText, Evidence
from langnghe.casework.unpublishing import Withdrawal
from langnghe.casework.versions import LanguageVersion, shown_versions, version_files
from langnghe.core.models import Verdict

OPEN: Final = frozenset({Verdict.UNVERIFIED, Verdict.VERIFYING})
"""Not yet verdicts: people have still to find out."""
REFUTED: Final = frozenset({Verdict.FALSE, Verdict.PARTLY_TRUE})
"""Verdicts that the public should hear of."""


class Turn(StrEnum):
    """Whose turn it is with a claim, where it waits for somebody."""

    NOBODY = ""
    EDITOR = "editor"
    """There is a verdict, of which people have still to hear."""
    APPROVER = "approver"


class CorrectionState(StrEnum):
    """Where a correction stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """A later edition took its place; it stays visible beside that one."""
    WITHDRAWN = "unpublished"
    """It was taken back: the public reads a note in its place."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A verdict that awaits approval, or was approved."""

    verdict: Verdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published: the claim as it stood then, whatever becomes of it later."""

    approved_by: str
    at: datetime
    link: str
    """Where it stands besides our own page; "" if nowhere."""
    statement: str
    verdict: Verdict
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """Thông tin đính chính."""

    number: int
    """The claim's edition that it belongs to."""
    state: CorrectionState
    text: CorrectionText
    drafted_by: tuple[str, ...]
    """Everybody who wrote at it."""
    publication: Publication | None = None
    """Once it is published."""
    withdrawal: Withdrawal | None = None
    """Once it is withdrawn."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """Why a verdict was taken up again. Shown to the public where it had been published."""

    why: str
    by: str
    at: datetime
    verdict: Verdict
    """That of the edition it ended."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Thông tin cần kiểm chứng."""

    id: str
    statement: str
    """What is said, in our own words."""
    topic: str
    posts: tuple[str, ...]
    """Ids of the posts that state it."""
    opened_by: str
    opened_at: datetime
    authors: tuple[str, ...]
    """Everybody who had a hand in statement, evidence or verdict, in any edition: none of them
    may approve."""
    state: Verdict = Verdict.UNVERIFIED
    evidence: tuple[Evidence, ...] = ()
    proposal: Proposal | None = None
    approved_by: str | None = None
    """Who approved the proposal, which gave the state; None while it is open."""
    approved_at: datetime | None = None
    sent_back: str = ""
    """Why an approver sent back what was last put forward; "" once it is put forward again."""
    corrections: tuple[Correction, ...] = ()
    """Oldest first; only the last can be unpublished."""
    reopenings: tuple[Reopening, ...] = ()
    """Oldest first."""
    petition: str = ""
    """Code of the petition by which people get an answer; "" if there is none."""
    withdrawn: bool = False
    """It was opened by mistake, and taken back before anybody worked on it."""
    versions: tuple[LanguageVersion, ...] = ()
    """The corrections in other languages and read aloud, in the order they were attached."""

    @property
    def edition(self) -> int:
        """1, and one more with each reopening."""
        return len(self.reopenings) + 1

    @property
    def unpublished(self) -> Correction | None:
        """The correction that is being written or awaits approval."""
        last = self.corrections[-1] if self.corrections else None
        return last if last is not None and last.publication is None else None

    @property
    def current(self) -> Correction | None:
        """The correction that the public reads now."""
        for correction in reversed(self.corrections):
            if correction.state is CorrectionState.PUBLISHED:
                return correction
        return None

    @property
    def published(self) -> Publication | None:
        """What the public reads now."""
        return self.current.publication if self.current else None

    @property
    def last_published(self) -> Correction | None:
        """The correction that was published last, whether or not it was withdrawn since."""
        for correction in reversed(self.corrections):
            if correction.publication is not None:
                return correction
        return None

    @property
    def shown_versions(self) -> tuple[LanguageVersion, ...]:
        """What stands beside the published correction in other languages and read aloud."""
        return shown_versions(self.versions, self.current.number if self.current else None)

    @property
    def needs_correction(self) -> bool:
        """Whether the public has still to be told what was found, or found anew."""
        if self.state in OPEN:
            return False
        last = self.last_published
        if last is None or last.publication is None:
            return self.state in REFUTED
        if last.withdrawal is not None:
            # What was taken back of this edition stays so, unless it is reopened.
            return last.number < self.edition
        said = last.publication
        found = (self.statement, self.state, self.evidence)
        return (said.statement, said.verdict, said.evidence) != found

    @property
    def becomes_petition(self) -> bool:
        """Whether people were right, and are still to get an answer instead of a correction."""
        return self.state is Verdict.CONFIRMED and not self.petition

    @property
    def files(self) -> Mapping[str, str]:
        """The names of its files by their digest, those of what was published included."""
        published = (one.publication for one in self.corrections if one.publication is not None)
        pieces = [*(piece for said in published for piece in said.evidence), *self.evidence]
        evidence = {piece.file: piece.file_name for piece in pieces if piece.file}
        return {**evidence, **version_files(self.versions)}

    @property
    def turn(self) -> Turn:
        """Whom it waits for; a claim that is still to be verified waits for whoever takes it."""
        current = self.unpublished
        proposed = self.state in OPEN and self.proposal is not None
        if proposed or (current and current.state is CorrectionState.AWAITING_APPROVAL):
            return Turn.APPROVER
        if self.state in OPEN:
            return Turn.NOBODY
        drafting = current is not None
        return (
            Turn.EDITOR
            if drafting or self.needs_correction or self.becomes_petition
            else Turn.NOBODY
        )
