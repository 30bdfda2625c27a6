"""The static site: every page as HTML, with feed, site map and share cards.

The same entries make the same files, whenever and wherever: nothing in them is told from the
clock. Pages lead to each other by relative links, so the site can be read from any folder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

import jinja2

from langnghe.casework.versions import LANGUAGE_NAMES, Language
from langnghe.core.clock import LOCAL_ZONE, local_day
from langnghe.core.institution import Contact
from langnghe.core.models import Verdict
from langnghe.core.vietnamese import VERDICTS, day
from langnghe.publishing import addresses
from langnghe.publishing.addresses import edition_page, entry_page, language_page
from langnghe.publishing.claimreview import claim_review
from langnghe.publishing.feed import atom_feed, site_map
from langnghe.publishing.records import (
    KIND_NAMES,
    AnyEntry,
    CorrectionEdition,
    Edition,
    Kind,
    Published,
    Recording,
    shortened,
)
from langnghe.publishing.sharecard import Card

LATEST: Final = 10
"""Entries of each kind on the first page and on top of its list."""
MISTAKES, PRIVACY, ABOUT = "bao-sai-sot.html", "quyen-rieng-tu.html", "gioi-thieu.html"
SECTIONS: Final = (
    (f"{Kind.CORRECTION}/index.html", "Đính chính"),
    (f"{Kind.ANSWER}/index.html", "Trả lời"),
    (MISTAKES, "Báo sai sót"),
    (PRIVACY, "Quyền riêng tư"),
    (ABOUT, "Giới thiệu"),
)
"""What is on top of each page."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages say of the institution and of how it works."""

    body: str
    """The institution whose name stands on all of it."""
    title: str
    base_url: str
    contact: Contact
    legal_basis: tuple[str, ...]
    sources: tuple[str, ...]
    """Titles of the channels that are read."""
    retention_days: int
    shorter_retention: bool
    """Whether some texts are kept for less."""
    notice_days: int
    """Working days until a notice of a mistake is answered."""
    sample: bool


@dataclass(slots=True)
class Site:
    """What is to be written."""

    pages: dict[str, bytes] = field(default_factory=dict)
    """By path."""
    assets: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    """Pictures and recordings, made when they are asked for. What is in one is part of its name:
    one that is there already need not be made."""


def build(published: Published, facts: Facts, recording: Callable[[Recording], bytes]) -> Site:
    """The whole site.

    Args:
        published: what may be on it.
        facts: what it says besides.
        recording: gives an audio file.
    """
    builder = _Builder(facts, recording)
    builder.add(published)
    return builder.site


class _Builder:
    def __init__(self, facts: Facts, recording: Callable[[Recording], bytes]) -> None:
        self.site = Site()
        self._facts = facts
        self._recording = recording
        self._mapped: dict[str, datetime | None] = {}
        """Addresses of the site map."""
        self._host = urlsplit(facts.base_url).netloc
        self._card = Card(facts.title, facts.body, facts.title, self._host)
        """Of the pages that have none of their own."""

    def add(self, published: Published) -> None:
        facts, pages = self._facts, self.site.pages
        corrections, answers = published.corrections, published.answers
        every = published.every
        self._page(
            "index.html",
            "index.html",
            changed=every[0].changed_at if every else None,
            corrections=corrections[:LATEST],
            correction_count=len(corrections),
            answers=answers[:LATEST],
            answer_count=len(answers),
        )
        self._page(MISTAKES, "mistakes.html", section=MISTAKES)
        self._page(PRIVACY, "privacy.html", section=PRIVACY)
        self._page(ABOUT, "about.html", section=ABOUT)
        self._lists(Kind.CORRECTION, "Thông tin đính chính", corrections)
        self._lists(Kind.ANSWER, "Trả lời phản ánh, kiến nghị", answers)
        for entry in every:
            self._entry(entry)
        fed = ((facts.base_url + entry_page(one), KIND_NAMES[one.kind], one) for one in every)
        pages["feed.xml"] = atom_feed(facts.title, facts.body, facts.base_url, fed)
        pages["sitemap.xml"] = site_map(self._mapped)
        pages["robots.txt"] = (
            f"User-agent: *\nAllow: /\nSitemap: {facts.base_url}sitemap.xml\n".encode()
        )
        for name in ("style.css", "favicon.svg"):
            pages[name] = (_FOLDER / name).read_bytes()

    def _lists(self, kind: Kind, heading: str, entries: tuple[AnyEntry, ...]) -> None:
        section = f"{kind}/index.html"
        months = list(addresses.months(kind, entries))
        content: dict[str, Any] = {"section": section, "heading": heading}
        changed = entries[0].changed_at if entries else None
        latest = entries[:LATEST]
        self._page(section, "months.html", changed=changed, latest=latest, months=months, **content)
        for month in months:
            changed = max(entry.changed_at for entry in month.entries)
            self._page(month.path, "month.html", changed=changed, month=month, **content)

    def _entry(self, entry: AnyEntry) -> None:
        """All pages of an entry; where something was taken back, a note stands in its place."""
        content: dict[str, Any] = {"section": f"{entry.kind}/index.html", "entry": entry}
        for version in entry.versions:
            if version.audio is not None:
                self.site.assets[version.audio.path] = partial(self._recording, version.audio)
            path = language_page(entry, version.language)
            self._page(path, "version.html", changed=version.at, version=version, **content)
        for language, taken in entry.gone_versions.items():
            path = language_page(entry, language)
            name = LANGUAGE_NAMES[language]
            self._page(path, "goneversion.html", mapped=False, name=name, taken=taken, **content)
        for edition in entry.editions:
            self._edition(entry, edition, content)
        for one in entry.withdrawn:
            path = edition_page(entry, one)
            self._page(path, "withdrawn.html", mapped=False, taken=one, **content)
        if (taken := entry.withdrawal) is not None:
            self._page(entry_page(entry), "withdrawn.html", mapped=False, taken=taken, **content)

    def _edition(
        self,
        entry: AnyEntry,
        edition: Edition,
        content: dict[str, Any],
    ) -> None:
        path = edition_page(entry, edition)
        is_current = edition is entry.current
        template, review, kicker = "answer.html", None, "Trả lời phản ánh, kiến nghị"
        if isinstance(edition, CorrectionEdition):
            inconclusive = edition.verdict is Verdict.INCONCLUSIVE
            kicker = VERDICTS[edition.verdict] if inconclusive else "Thông tin đúng"
            template = "correction.html"
            if is_current:
                url = self._facts.base_url + path
                review = claim_review(
                    edition, entry.first_at, self._facts.body, self._facts.base_url, url
                )
        note = f"{entry.code} · {day(local_day(edition.at))} · {self._host}"
        self._page(
            path,
            template,
            changed=edition.at,
            mapped=is_current,
            card=Card(kicker, edition.title, self._facts.body, note),
            edition=edition,
            is_current=is_current,
            events=addresses.history(entry),
            review=review,
            # Read aloud in Vietnamese, it is heard where it is read.
            audio=next(
                (one.audio for one in entry.versions if one.language is Language.VIETNAMESE), None
            ),
            **content,
        )

    def _page(
        self,
        path: str,
        template: str,
        *,
        section: str = "",
        card: Card | None = None,
        changed: datetime | None = None,
        mapped: bool = True,
        **content: Any,
    ) -> None:
        card = card or self._card
        self.site.assets[card.name] = card.png
        canonical = self._facts.base_url + ("" if path == "index.html" else path)
        if mapped:
            self._mapped[canonical] = changed
        text = (
            _templates()
            .get_template(template)
            .render(
                facts=self._facts,
                canonical=canonical,
                path=path,
                root="../" * path.count("/"),
                section=section,
                sections=SECTIONS,
                card=card,
                **content,
            )
        )
        self.site.pages[path] = text.encode()


_FOLDER: Final = resources.files("langnghe.publishing") / "templates"


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("langnghe.publishing"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {
        "day": lambda moment: day(_local(moment)),
        "iso_day": lambda moment: _local(moment).isoformat(),
        "iso": lambda moment: moment.astimezone(LOCAL_ZONE).isoformat(timespec="seconds"),
        "verdict": lambda verdict: VERDICTS[Verdict(verdict)],
        "kind": lambda entry: KIND_NAMES[entry.kind],
        "page": entry_page,
        "version_page": lambda version, entry: language_page(entry, version.language),
        "clipped": shortened,
        "shown_link": lambda link: shortened(urlsplit(link).netloc + urlsplit(link).path, 80),
        "inside": addresses.inside,
        "unbroken": lambda text: text.replace(" ", "\u00a0"),
        "tel": lambda phone: "".join(char for char in phone if char in "+0123456789"),
    }
    return environment


def _local(moment: date) -> date:
    """The day of a moment or a day; a moment's is that of Viet Nam."""
    return local_day(moment) if isinstance(moment, datetime) else moment
