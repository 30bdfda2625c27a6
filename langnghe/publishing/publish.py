"""From a home to its public page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from langnghe.casework.deadlines import read_petition_settings
from langnghe.casework.keeping import every
from langnghe.casework.kinds import CLAIM, NOTICE, PETITION
from langnghe.core.gazetteer import read_places
from langnghe.core.home import Home
from langnghe.core.topics import read_topics
from langnghe.core.vietnamese import place_title
from langnghe.crawler.deidentify import deidentify
from langnghe.publishing.entries import Has, Names, published
from langnghe.publishing.records import Published, Recording
from langnghe.publishing.settings import FILE, PublishingSettings, publishing_settings
from langnghe.publishing.site import Facts, build
from langnghe.publishing.writing import Written, write_site
from langnghe.store.cases import Cases, Order
from langnghe.store.files import CaseFiles
from langnghe.store.transactions import Transactions

CONFIGS: Final = ("settings.yaml", "sources.yaml", "institution.yaml", FILE)
"""What pages are made of besides cases. (Titles of topics and places hardly ever change.)"""
HEAVY: Final = 100_000
"""Bytes of a page that are too many for a slow line."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of publishing."""

    written: Written
    corrections: int
    answers: int
    withdrawn: int
    """Of both together: those in whose place a note stands."""
    heavy: tuple[str, ...]
    """Pages that are larger than they should be."""
    lost: tuple[str, ...]
    """Cases with a recording that is not in the store any more, and so is left out."""


def publish(home: Home, casework: Transactions, folder: Path) -> Report:
    """Make `folder` show what is published now. What did not change is not written again.

    Raises:
        ConfigError: a configuration file cannot be used.
        FileLost: a recording is damaged.
        LangNgheError: the folder cannot be written.
    """
    files = CaseFiles(home.files)
    kept = {(case, digest) for case, digest, _ in files.every()}
    lost: set[str] = set()

    def has(audio: Recording) -> bool:
        there = (audio.case, audio.digest) in kept
        if not there:
            lost.add(audio.case)
        return there

    public = read_published(home, Cases(casework), has)

    def recording(audio: Recording) -> bytes:
        return files.get(audio.case, audio.digest)

    site = build(public, facts_of(home, publishing_settings(home)), recording)
    return Report(
        written=write_site(site, folder),
        corrections=len(public.corrections),
        answers=len(public.answers),
        withdrawn=sum(entry.withdrawal is not None for entry in public.every),
        heavy=tuple(sorted(path for path, page in site.pages.items() if len(page) > HEAVY)),
        lost=tuple(sorted(lost)),
    )


def read_published(home: Home, cases: Cases, has: Has) -> Published:
    """What may be published of a home's casework; arguments as those of `published`."""
    topics = read_topics(home.configs / "topics.yaml")
    places = read_places(home.configs / "places.yaml").by_id
    names = Names(
        {topic.id: topic.title for topic in topics},
        {place_id: place_title(place) for place_id, place in places.items()},
    )
    return published(
        (case.state for case in every(cases, CLAIM)),
        (case.state for case in every(cases, PETITION)),
        (case.state for case in every(cases, NOTICE)),
        names,
        lambda text: deidentify(text).text,
        has,
    )


def facts_of(home: Home, settings: PublishingSettings) -> Facts:
    """What the pages say of the institution and of how it works."""
    days = home.settings.retention_days
    limit = read_petition_settings(home.configs / "petitions.yaml").notices
    return Facts(
        body=home.settings.institution,
        title=settings.title,
        base_url=settings.base_url,
        contact=home.institution.contact,
        legal_basis=settings.legal_basis,
        sources=tuple(source.title for source in home.sources if source.enabled),
        retention_days=days,
        shorter_retention=bool(home.shorter_retention(days)),
        notice_days=limit.working_days,
        sample=home.is_sample(),
    )


def state_of(home: Home, cases: Cases) -> object:
    """Something that is equal as long as publishing again would write nothing new.

    It asks only for what changed last, so that it can be asked often.
    """
    newest = (cases.find(kind.name, None, Order.CHANGED, 1) for kind in (CLAIM, PETITION, NOTICE))
    changed = [(row.kind, row.id, row.version) for rows in newest for row in rows]
    configs = [home.config_or_shipped(name).stat().st_mtime_ns for name in CONFIGS]
    return changed, configs
