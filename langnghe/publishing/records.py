"""What the public page is made of: records that hold what was approved, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Generic, TypeVar

from langnghe.casework.claimtexts import Evidence
from langnghe.casework.versions import LANGUAGE_NAMES, Language
from langnghe.core.models import Verdict

TITLE_CHARACTERS: Final = 150
"""Of a headline made of a petition's summary; a correction's own is no longer either."""


class Kind(StrEnum):
    """What an entry is; the value is the folder that its pages stand in."""

    CORRECTION = "dinh-chinh"
    ANSWER = "tra-loi"


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.CORRECTION: "thông tin đính chính",
    Kind.ANSWER: "trả lời phản ánh, kiến nghị",
}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That something was published and taken back. What it said is not here any more."""

    number: int
    published_at: datetime
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class NoticeTold:
    """What was found of a notice that pointed out a mistake; not what it said, nor who sent it."""

    code: str
    received_on: date
    at: datetime
    """When it was decided."""
    upheld: bool
    finding: str


@dataclass(frozen=True, slots=True)
class Recording:
    """An audio file."""

    case: str
    digest: str
    """SHA-256, by which `store.files` keeps it."""
    ending: str
    """Kind of file, such as mp3."""

    @property
    def path(self) -> str:
        """Where it stands on the site."""
        return f"am-thanh/{self.digest[:32]}.{self.ending}"


@dataclass(frozen=True, slots=True)
class Version:
    """The current edition in another language, or read aloud."""

    language: Language
    at: datetime
    title: str
    text: str
    audio: Recording | None

    @property
    def name(self) -> str:
        """Of the language."""
        return LANGUAGE_NAMES[self.language]


@dataclass(frozen=True, slots=True)
class CorrectionEdition:
    """A correction, as it was approved."""

    number: int
    at: datetime
    why: str
    """Why there is a new edition; "" for the first."""
    verdict: Verdict
    statement: str
    title: str
    truth: str
    circulating: str
    finding: str
    contact: str
    advice: str
    evidence: tuple[Evidence, ...]
    """Primary documents first; without the names of files."""
    link: str

    @property
    def lead(self) -> str:
        """What matters most, for the feed and for previews."""
        return self.truth


@dataclass(frozen=True, slots=True)
class AnswerEdition:
    """An answer, as it was approved."""

    number: int
    at: datetime
    why: str
    question: str
    text: str
    legal_basis: str
    agency: str
    received_on: date
    answered_on: date
    also_answers: tuple[str, ...]
    link: str

    @property
    def title(self) -> str:
        """The beginning of the question."""
        return shortened(self.question, TITLE_CHARACTERS)

    @property
    def lead(self) -> str:
        """What matters most, for the feed and for previews."""
        return self.text

    @property
    def verdict(self) -> None:
        """An answer has none."""
        return


Edition = CorrectionEdition | AnswerEdition
E = TypeVar("E", bound=Edition, covariant=True)  # noqa: PLC0105


@dataclass(frozen=True, slots=True)
class Entry(Generic[E]):
    """All that is public of one claim or petition."""

    kind: Kind
    code: str
    topic: str
    """Its title; "" if it has none."""
    place: str
    editions: tuple[E, ...]
    """Oldest first, the last is the current one; empty if all of it was withdrawn."""
    withdrawn: tuple[Withdrawn, ...]
    """Oldest first."""
    under_review: bool
    """Somebody looks into it again."""
    versions: tuple[Version, ...]
    """Of the current edition."""
    gone_versions: Mapping[Language, Withdrawn | None]
    """Languages that had a version: taken back by itself, or None where it is out of date."""
    notices: tuple[NoticeTold, ...]
    """Oldest first."""

    @property
    def current(self) -> E:
        """What holds now; only where anything does."""
        return self.editions[-1]

    @property
    def withdrawal(self) -> Withdrawn | None:
        """The note that stands in place of all of it; None while anything holds."""
        return None if self.editions else self.withdrawn[-1]

    @property
    def first_at(self) -> datetime:
        """When it was first published, which never changes."""
        every = [edition.at for edition in self.editions]
        return min([*every, *(one.published_at for one in self.withdrawn)])

    @property
    def changed_at(self) -> datetime:
        """When readers last got something new of it."""
        every = [edition.at for edition in self.editions]
        every += [version.at for version in self.versions]
        every += [notice.at for notice in self.notices]
        return max([*every, *(one.at for one in self.withdrawn)])


AnyEntry = Entry[Edition]


@dataclass(frozen=True, slots=True)
class Published:
    """All that is public, what changed last first."""

    corrections: tuple[Entry[CorrectionEdition], ...]
    answers: tuple[Entry[AnswerEdition], ...]

    @property
    def every(self) -> list[AnyEntry]:
        """Both together."""
        entries: list[AnyEntry] = [*self.corrections, *self.answers]
        return sorted(entries, key=lambda entry: (entry.changed_at, entry.code), reverse=True)


def shortened(text: str, most: int) -> str:
    """`text` on one line of at most `most` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut}…"
