"""How a briefing is opened, brought up to date and found: what pages and commands share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from langnghe.briefing import letterhead
from langnghe.briefing.briefings import (
    BRIEFING,
    Briefing,
    BriefingState,
    Edit,
    Edition,
    Refresh,
    briefing_id,
    for_audit,
)
from langnghe.briefing.editions import compared, restated
from langnghe.briefing.figures import (
    Figures,
    Material,
    from_json,
    gather,
    month_of,
    periods_of,
    to_json,
)
from langnghe.briefing.issuetexts import issues
from langnghe.briefing.report import Content, content_of, drafted_content
from langnghe.briefing.sentences import as_typed, paragraphs_of
from langnghe.briefing.text import Section, draft
from langnghe.casework.audit import record
from langnghe.casework.deadlines import read_petition_settings
from langnghe.casework.desk import Desk
from langnghe.casework.formalchannel import kept_out
from langnghe.casework.keeping import kept, read
from langnghe.casework.kinds import Kept
from langnghe.casework.roles import Actor, Permission, require
from langnghe.classifier.reasons import is_kept_apart
from langnghe.core.clock import local_day
from langnghe.core.home import Home
from langnghe.core.institution import BriefingField
from langnghe.store.cases import Cases, Conflict, Order
from langnghe.store.opening import Stores
from langnghe.store.posts.interface import Filters, PostStore, Query
from langnghe.store.transactions import Transactions
from langnghe.store.trendrecords import TrendRecords
from langnghe.trends.period import Period

EXAMPLES: Final = 3
"""Posts shown beside an issue to whoever writes about it."""
MOST_MONTHS: Final = 120
"""Briefings that are listed: ten years."""


def material_of(home: Home, stores: Stores, casework: Transactions) -> Material:
    """What figures are gathered from, in a home."""
    settings = read_petition_settings(home.configs / "petitions.yaml")
    return Material(
        home, stores.posts, stores.crawl, Cases(casework), settings, TrendRecords(casework)
    )


def content(material: Material, month: date, now: datetime) -> Content:
    """What the documents of a month say: as approved last, else as drafted so far."""
    row = material.cases.get(BRIEFING.name, briefing_id(month))
    if row is not None:
        briefing = kept(BRIEFING, row).state
        return content_of(month, briefing.frozen or briefing)
    figures, _ = current_figures(material, month, now)
    return drafted_content(material.home, month, figures)


def current_figures(material: Material, month: date, now: datetime) -> tuple[Figures, bool]:
    """The figures of a month's briefing: those that were frozen, else counted now.

    Returns:
        The figures, and whether they are frozen.
    """
    edition = frozen_edition(material.cases, month)
    if edition is not None:
        return from_json(edition.figures), True
    periods = periods_of(month, material.home.briefing.period_first_day)
    return _counted(material, month, *periods, now), False


def _counted(
    material: Material, month: date, period: Period, before: Period, now: datetime
) -> Figures:
    """Counted now, and held against the month before as its own briefing told it."""
    figures = gather(material, period, before, now)
    earlier = frozen_edition(material.cases, (month - timedelta(days=1)).replace(day=1))
    return figures if earlier is None else compared(figures, from_json(earlier.figures))


def frozen_edition(cases: Cases, month: date) -> Edition | None:
    """What was approved last of a month's briefing; for figures, whoever asks."""
    row = cases.get(BRIEFING.name, briefing_id(month))
    return None if row is None else kept(BRIEFING, row).state.frozen


def months(posts: PostStore, first_day: int, now: datetime) -> list[date]:
    """The months (first days) that have a briefing to write, the newest first.

    From the month of the first post to the one whose period holds today.
    """
    counts = posts.counts(Filters(), interval="month")
    days = [day for day, _ in counts if day is not None]
    last = month_of(local_day(now), first_day)
    first = min([month_of(min(days), first_day) if days else last, last])
    found = []
    while last >= first:
        found.append(last)
        last = (last - timedelta(days=1)).replace(day=1)
    return found[:MOST_MONTHS]


def usual_month(posts: PostStore, first_day: int, now: datetime) -> date:
    """The month that a page opens with: the newest whose period is over and has posts."""
    found = months(posts, first_day, now)
    today = local_day(now)
    for month in found:
        period, _ = periods_of(month, first_day)
        if period.until < today and _has_posts(posts, period):
            return month
    return found[0]


def open_briefing(desk: Desk, material: Material, month: date, actor: Actor) -> Kept[Briefing]:
    """Begin the briefing of a month with its figures and a drafted text.

    Raises:
        Refused: the actor drafts nothing.
        Conflict: it is there already.
    """
    require(actor, Permission.DRAFT)
    now = desk.clock.now()
    first_day = material.home.briefing.period_first_day
    figures = _counted(material, month, *periods_of(month, first_day), now)
    new = Briefing(
        briefing_id(month),
        month,
        to_json(figures),
        letterhead.to_json(letterhead.letterheads(material.home)),
        draft(figures, material.home.briefing.fields),
        (actor.account,),
        posts=examples(material, figures),
    )
    with desk.cases.transaction(now) as work:
        body = BRIEFING.states.dump_json(new).decode()
        work.add(BRIEFING.name, new.id, BRIEFING.facets(new), body, new.posts)
        record(work, actor, "open", kind=BRIEFING.name, case_id=new.id, after=for_audit(new))
        return read(desk.cases, BRIEFING, new.id)


def refresh(
    desk: Desk, material: Material, case_id: str, actor: Actor, *, version: int
) -> Kept[Briefing]:
    """Count anew. What a person wrote stays; where nobody did, the text is drafted anew.

    Raises:
        Refused: the actor may not, or the briefing is no draft.
        Conflict: as `Desk.act`.
    """
    require(actor, Permission.DRAFT)
    old = desk.get(BRIEFING, case_id, actor).state
    before = from_json(old.figures)
    figures = _counted(material, old.month, before.period, before.before, desk.clock.now())
    for edition in old.editions:
        figures = restated(figures, from_json(edition.figures))
    action = Refresh(
        to_json(figures),
        letterhead.to_json(letterhead.letterheads(material.home)),
        _redrafted(old.sections, before, figures, material.home.briefing.fields),
        examples(material, figures),
    )
    return desk.act(BRIEFING, case_id, action, actor, version=version)


def edit(
    desk: Desk, case_id: str, section: str, seen: str, text: str, actor: Actor
) -> Kept[Briefing]:
    """Write a section anew, as somebody typed it over what they saw.

    Others may have written other sections meanwhile; if this one, it is a conflict.

    Args:
        desk: the desk.
        case_id: of the briefing.
        section: its id.
        seen: the section's text as it was shown.
        text: what was typed.
        actor: by whom.

    Raises:
        Refused: as `briefings.apply`.
        Conflict: the section is not as it was shown.
    """
    current = desk.get(BRIEFING, case_id, actor)
    there = current.state.section(section)
    if there is not None and as_typed(there.paragraphs) not in (seen, text):
        raise Conflict
    return desk.act(BRIEFING, case_id, Edit(section, text), actor, version=current.version)


def every_briefing(desk: Desk, actor: Actor) -> list[Kept[Briefing]]:
    """All there are, the newest month first."""
    found = desk.find(BRIEFING, actor, order=Order.NEWEST, limit=MOST_MONTHS)
    return sorted(found, key=lambda one: one.state.month, reverse=True)


def may_approve(briefing: Briefing, actor: Actor) -> bool:
    """Whether the rules would let the actor approve it now."""
    waits = briefing.state is BriefingState.AWAITING_APPROVAL
    return waits and actor.may(Permission.APPROVE) and actor.account not in briefing.drafted_by


def examples(material: Material, figures: Figures) -> tuple[str, ...]:
    """Ids of posts to read while writing about the issues of the month.

    Never of posts that belong to the formal channel (boundary 4).
    """
    apart = kept_out(material.cases)
    chosen: list[str] = []
    for topic in issues(figures):
        filters = Filters(topics=(topic,), since=figures.period.since, until=figures.period.until)
        page = material.posts.search(
            Query(filters=filters, size=4 * EXAMPLES, collapse_clusters=True)
        )
        fitting = [
            hit.stored.post.id
            for hit in page.hits
            if hit.stored.labels is not None
            and not is_kept_apart(hit.stored.labels.marks)
            and hit.stored.post.id not in apart
            and hit.stored.post.id not in chosen
        ]
        chosen += fitting[:EXAMPLES]
    return tuple(chosen)


def _redrafted(
    old: Sequence[Section], before: Figures, now: Figures, fields: Sequence[BriefingField]
) -> tuple[Section, ...]:
    """The text with new figures: as drafted where nobody has written, else as it was written."""
    untouched = {one.id: one.paragraphs for one in draft(before, fields)}
    written = {one.id: one for one in old if one.paragraphs != untouched.get(one.id)}
    found = []
    for section in draft(now, fields):
        own = written.pop(section.id, None)
        found.append(section if own is None else _rewritten(own, section, now))
    # A field nobody speaks of any more, but somebody has written about: it comes last in I.2.
    at = next(index for index, one in enumerate(found) if one.id == "online")
    found[at:at] = [one for one in written.values() if one.editable]
    return tuple(found)


def _rewritten(own: Section, drafted: Section, now: Figures) -> Section:
    """What somebody wrote, with the figures of now as far as its numbers are such."""
    before = [*own.paragraphs, *drafted.paragraphs]
    return replace(drafted, paragraphs=paragraphs_of(as_typed(own.paragraphs), before, now))


def _has_posts(posts: PostStore, period: Period) -> bool:
    filters = Filters(since=period.since, until=period.until)
    return any(posts.counts(filters, interval=None).values())
