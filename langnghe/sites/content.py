"""What the sample site says: the hand-written files of `content/`, read and checked.

All of it is invented. Each post carries gold marks for evaluation and tests; no page shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from langnghe.core.configfile import read_config
from langnghe.core.models import Intent, Sentiment

CONTENT = Path(__file__).parent / "content"

LAST_HOUR = 8
"""Posts of the day shown are written before this hour, so that they are there in the morning."""

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Stance(StrEnum):
    """What a post does with a claim."""

    ASSERTS = "asserts"
    ASKS = "asks"
    DENIES = "denies"
    ANSWERS = "answers"
    """The institution's own text, with what was found out."""


class Mark(StrEnum):
    """What else matters to somebody who evaluates on these posts."""

    URGENT = "urgent"
    CRITICISM = "criticism"
    """Criticism of officials or policy: an opinion, so never to be flagged (boundary 2)."""
    SATIRE = "satire"
    WRONGDOING = "wrongdoing"
    """Reports wrongdoing by officials: to be kept out of the ordinary queue (boundary 4)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Gold(_Strict):
    """What a reader who knows the thread says of a post.

    `topics` are those it is chiefly about; a post may touch more in passing.
    """

    topics: tuple[str, ...]
    sentiment: Sentiment
    intent: Intent
    claim: str | None = None
    stance: Stance | None = None
    scam: str | None = None
    marks: tuple[Mark, ...] = ()

    @model_validator(mode="after")
    def _stance_has_claim(self) -> Self:
        if (self.claim is None) != (self.stance is None):
            raise ValueError("write `claim` and `stance` together or neither")
        return self


class Entry(_Strict):
    """One post, with its replies. `day` counts days back from the day that the site shows.

    It says its own words (`text`, `gold`), or repeats a text of pastes.yaml word for word
    (`paste`), or reprints another article with a line added (`reprint_of`, `tail`).
    """

    key: Key
    day: Annotated[int, Field(ge=0, le=60)]
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    section: Key | None = None
    title: str = ""
    text: str = ""
    gold: Gold | None = None
    paste: Key | None = None
    reprint_of: Key | None = None
    tail: str = ""
    official: bool = False
    """A news site's own editors write it; people's names are drawn from people.yaml."""
    form: Literal["nfc", "nfd"] = "nfc"
    """Telephones and some systems send decomposed characters: `nfd` is served like that."""
    likes: int | None = None
    to: Key | None = None
    """In a flat file: the post it answers."""
    replies: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        origins = [bool(self.text and self.gold), self.paste is not None, bool(self.reprint_of)]
        if sum(origins) != 1:
            raise ValueError("give `text` with `gold`, or `paste`, or `reprint_of`")
        if self.day == 0 and int(self.time[:2]) >= LAST_HOUR:
            raise ValueError(f"posts of day 0 are written before {LAST_HOUR} o'clock")
        return self


class Paste(_Strict):
    """A text that is pasted in many places."""

    key: Key
    text: str
    gold: Gold


class Claim(_Strict):
    """A rumour of the month, and how it turned out."""

    id: Key
    verdict: Literal["false", "partly_true", "confirmed", "inconclusive"]
    statement: str


class Person(_Strict):
    """An invented name."""

    name: str
    handle: str


class SiteName(_Strict):
    """What a site calls itself, and its sections by their slugs."""

    title: str
    tagline: str
    sections: dict[str, str]


class Sites(_Strict):
    """The names of all sites."""

    local_news: SiteName
    region_news: SiteName
    forum: SiteName
    network: SiteName
    group: SiteName


class _Entries(_Strict):
    entries: tuple[Entry, ...]


class _Pastes(_Strict):
    entries: tuple[Paste, ...]


class _Claims(_Strict):
    entries: tuple[Claim, ...]


class _People(_Strict):
    entries: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """All that the files say."""

    local_news: tuple[Entry, ...]
    region_news: tuple[Entry, ...]
    forum: tuple[Entry, ...]
    network: tuple[Entry, ...]
    group: tuple[Entry, ...]
    pastes: tuple[Paste, ...]
    claims: tuple[Claim, ...]
    people: tuple[Person, ...]
    sites: Sites


def _entries(name: str) -> tuple[Entry, ...]:
    return read_config(CONTENT / f"{name}.yaml", _Entries).entries


@cache
def read_content() -> Content:
    """Read the content files, once.

    Raises:
        ConfigError: a file does not fit; the message names it and the line.
    """
    return Content(
        local_news=_entries("local_news"),
        region_news=_entries("region_news"),
        forum=_entries("forum"),
        network=_entries("network"),
        group=_entries("group"),
        pastes=read_config(CONTENT / "pastes.yaml", _Pastes).entries,
        claims=read_config(CONTENT / "claims.yaml", _Claims).entries,
        people=read_config(CONTENT / "people.yaml", _People).entries,
        sites=read_config(CONTENT / "sites.yaml", Sites),
    )


def walk(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    """Every entry with those beneath it, in the order of the file."""
    for entry in entries:
        yield entry
        yield from walk(entry.replies)
