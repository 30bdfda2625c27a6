"""Where each page stands on the site, and what happened to an entry, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from langnghe.casework.versions import LANGUAGE_NAMES, Language
from langnghe.core.clock import local_day
from langnghe.core.vietnamese import VERDICTS, day
from langnghe.publishing.records import AnyEntry, CorrectionEdition, Edition, Withdrawn

MOST_LISTED: Final = 100
"""Entries on one page of a month: some 60 KB."""


@dataclass(frozen=True, slots=True)
class Month:
    """One page of the entries that were first published in a month."""

    path: str
    title: str
    entries: tuple[AnyEntry, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an entry, as its page tells it."""

    at: datetime
    text: str
    path: str = ""
    """Of the page that it led to; "" if it is the one at hand, or there is none."""


def entry_page(entry: AnyEntry) -> str:
    """The page of an entry: what holds now, or the note that stands in its place."""
    return f"{entry.kind}/{entry.code}.html"


def edition_page(entry: AnyEntry, edition: Edition | Withdrawn) -> str:
    """The page of an edition; the current one stands on the entry's own."""
    if entry.editions and edition is entry.current:
        return entry_page(entry)
    return f"{entry.kind}/{entry.code}.ban-{edition.number}.html"


def language_page(entry: AnyEntry, language: Language) -> str:
    """The page of an entry in another language."""
    return f"{entry.kind}/{entry.code}.{language}.html"


def months(folder: str, entries: Iterable[AnyEntry]) -> Iterator[Month]:
    """The pages of a list, the newest month first.

    An entry stays in the month in which it was first published, so that what is added to a list
    changes one page of it.
    """
    by_month: dict[str, list[AnyEntry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.first_at, entry.code)):
        by_month.setdefault(f"{local_day(entry.first_at):%Y-%m}", []).append(entry)
    for month in sorted(by_month, reverse=True):
        there = by_month[month]
        parts = range(0, len(there), MOST_LISTED)
        for number, start in enumerate(parts, 1):
            year, which = month.split("-")
            part = f", phần {number}" if len(parts) > 1 else ""
            yield Month(
                f"{folder}/{month}{f'-{number}' if number > 1 else ''}.html",
                f"Tháng {which}/{year}{part}",
                tuple(there[start : start + MOST_LISTED]),
            )


def inside(name: str) -> str:
    """A name as it stands within a sentence: «tiếng Mông»."""
    return name[0].lower() + name[1:]


def history(entry: AnyEntry) -> list[Event]:
    """What was published, pointed out and taken back, oldest first."""
    events: list[Event] = []
    everything: list[Edition | Withdrawn] = [
        *entry.editions,
        *entry.withdrawn,
    ]
    everything.sort(key=lambda one: one.number)
    for number, one in enumerate(everything, 1):
        if isinstance(one, Withdrawn):
            events.append(Event(one.published_at, f"Công bố bản {number}."))
            continue
        said = f"Công bố bản {number}"
        if isinstance(one, CorrectionEdition):
            said += f", kết luận: {VERDICTS[one.verdict].lower()}"
        said += f". Lý do sửa: {one.why}" if one.why else "."
        page = "" if one is entry.current else edition_page(entry, one)
        events.append(Event(one.at, said, page))
    # All that stood was taken back together.
    for at in sorted({one.at for one in entry.withdrawn}):
        why = next(one.why for one in entry.withdrawn if one.at == at)
        events.append(Event(at, f"Thu hồi. Lý do: {why}"))
    for language, taken in entry.gone_versions.items():
        if taken is not None:
            name = inside(LANGUAGE_NAMES[language])
            events.append(Event(taken.at, f"Thu hồi bản {name}. Lý do: {taken.why}"))
    for notice in entry.notices:
        found = "có sai sót" if notice.upheld else "không có sai sót"
        events.append(
            Event(
                notice.at,
                f"Báo sai sót {notice.code}, nhận ngày {day(notice.received_on)}: {found}. "
                f"{notice.finding}",
            )
        )
    return sorted(events, key=lambda event: event.at)
