"""The sample month's casework as it is written down: `sites/content/casework.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from langnghe.casework.deadlines import Route
from langnghe.casework.notices import NoticeRoute
from langnghe.casework.petitionrecords import Kind
from langnghe.casework.reportform import Inclination, Intensity, Width
from langnghe.core.configfile import read_config
from langnghe.core.models import Verdict
from langnghe.sites.content import CONTENT

Day = Annotated[int, Field(ge=1, le=60)]
"""Days back from the day shown: of that day itself nothing is told, for it has only begun."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PieceOfEvidence(_Strict):
    """Evidence; its fields are those of `claimtexts.Evidence`."""

    source: str
    day: Day
    primary: bool
    document_number: str = ""
    link: str = ""
    quotation: str = ""


class CorrectionStory(_Strict):
    """A correction; its fields are those of `claimtexts.CorrectionText`."""

    title: str
    truth: str
    circulating: str
    finding: str
    contact: str
    advice: str = ""


class Edition(_Strict):
    """A published claim taken up again."""

    why: str
    days: int
    evidence: tuple[PieceOfEvidence, ...]
    correction: CorrectionStory


class Duplicate(_Strict):
    """A petition that is merged into another."""

    says: str
    summary: str


class PetitionStory(_Strict):
    """A petition, from how it came in to where it stands now."""

    says: str = ""
    """How the post begins that it comes from; "": it came in otherwise, on `day`."""
    day: Day | None = None
    route: Route = Route.PUBLIC_PAGE
    kind: Kind = Kind.PETITION
    topic: str = ""
    summary: str = ""
    agency: str = ""
    days: Annotated[int, Field(ge=0)]
    answer: str = ""
    basis: str = ""
    why: str = ""
    again: str = ""
    """Why the published answer was written anew; "": it was not."""
    merges: tuple[Duplicate, ...] = ()
    ends: Literal[
        "received",
        "classifying",
        "forwarded",
        "verifying",
        "sent_back",
        "awaiting_approval",
        "answered",
        "published",
        "closed",
        "more_wanted",
        "suspended",
        "redirected",
        "refused",
        "withdrawn",
    ]


class ClaimStory(_Strict):
    """A claim, from the post that led to it to where it stands now."""

    rumour: str = ""
    """Id of a rumour of the sample site: posts that assert it are the claim's."""
    says: str = ""
    also: str = ""
    """How other posts begin that state it as well."""
    day: Day | None = None
    topic: str
    statement: str
    days: Annotated[int, Field(ge=0)]
    evidence: tuple[PieceOfEvidence, ...] = ()
    verdict: Verdict | None = None
    why: str = ""
    correction: CorrectionStory | None = None
    again: Edition | None = None
    answered: PetitionStory | None = None
    withdrawn: str = ""
    """Why what was published was taken back; "": it was not."""
    ends: Literal[
        "unverified",
        "verifying",
        "sent_back",
        "proposed",
        "decided",
        "drafted",
        "awaiting_correction",
        "published",
    ]

    @property
    def key(self) -> str:
        """What the claim is known by in the story."""
        return self.rumour or self.says

    @model_validator(mode="after")
    def _has_an_origin(self) -> Self:
        if not (self.rumour or self.says or self.day):
            raise ValueError("write `rumour`, `says` or `day`")
        return self


class NoticeStory(_Strict):
    """A mistake that somebody points out in a published correction."""

    about: str
    """The claim, by its `key`."""
    day: Day
    route: NoticeRoute
    text: str
    days: Annotated[int, Field(ge=0)]
    upholds: bool = False
    finding: str = ""
    ends: Literal["received", "proposed", "rejected"]


class StreamStory(_Strict):
    """A stream of opinion in a report."""

    text: str
    inclination: Inclination
    width: Width


class ReportStory(_Strict):
    """A field report; its fields are those of `reportform.Form`."""

    day: Day
    topic: str
    unit: str
    content: str
    groups: str = ""
    streams: tuple[StreamStory, ...] = ()
    intensity: Intensity | None = None
    causes: str = ""
    proposals: str = ""
    urgent: bool = False
    why: str = ""
    ends: Literal["draft", "submitted", "returned", "accepted"]


class Story(_Strict):
    """All of it."""

    claims: tuple[ClaimStory, ...]
    petitions: tuple[PetitionStory, ...]
    notices: tuple[NoticeStory, ...]
    reports: tuple[ReportStory, ...]


@cache
def read_story() -> Story:
    """Read the story, once.

    Raises:
        ConfigError: it does not fit; the message names the line.
    """
    return read_config(CONTENT / "casework.yaml", Story)
