"""When a source that used to give is said to give nothing, and what is likely behind it.

Two visits in a row that fail, or whose lists hold nothing that we know, are no chance; of a source
where all answers as ever, only time tells (`schedule.silence_limit`). A notice ends with the first
visit to which none of this applies.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from langnghe.crawler.schedule import KNOWN_AFTER, after_visit, silence_limit
from langnghe.crawler.sighting import Sighting
from langnghe.store.crawlstate import CrawlState, FrontierPage, Run, RunStatus
from langnghe.store.habits import Habit
from langnghe.store.sourcenotices import Cause, NoticeKind

logger = logging.getLogger(__name__)

VISITS: Final = 2
"""Visits in a row after which it is no chance."""

CAUSES: Final[Mapping[str, Cause]] = {
    "robots_unreachable": Cause.UNREACHABLE,
    "rate_limited": Cause.BLOCKED,
    "server_error": Cause.UNREACHABLE,
    "timeout": Cause.UNREACHABLE,
    "connection": Cause.UNREACHABLE,
    "certificate": Cause.CERTIFICATE,
    "unknown_host": Cause.GONE,
    "gone": Cause.GONE,
    "forbidden": Cause.BLOCKED,
    "unexpected_answer": Cause.FEED_MOVED,
    "too_large": Cause.FAULT,
    "not_text": Cause.FEED_MOVED,
    "unreadable": Cause.LAYOUT_CHANGED,
    "truncated": Cause.UNREACHABLE,
    "too_many_redirects": Cause.FEED_MOVED,
    "refused_scheme": Cause.FEED_MOVED,
    "refused_foreign_host": Cause.FEED_MOVED,
    "refused_personal_page": Cause.FEED_MOVED,
    "refused_private_address": Cause.BLOCKED,
    "refused_robots": Cause.BLOCKED,
    "no_key": Cause.NO_KEY,
    "unauthorised": Cause.KEY_REFUSED,
    "key_expired": Cause.KEY_REFUSED,
    "no_permission": Cause.BLOCKED,
    "closed_to_public": Cause.BLOCKED,
    "no_preview": Cause.GONE,
    "layout_changed": Cause.LAYOUT_CHANGED,
    "internal_error": Cause.FAULT,
}
"""By the problem of a visit that failed. What is not here passes by itself and is no sign of
anything: a daily quota that is used up, a page that is looked at once more (`drift.ODD_PAGE`)."""

OF_ADDRESS: Final[Mapping[str, Cause]] = {
    **CAUSES,
    # What answers is not the list that it was.
    "unreadable": Cause.FEED_MOVED,
    # The source's other addresses are read, with the same key if it has one.
    "unauthorised": Cause.BLOCKED,
    "key_expired": Cause.BLOCKED,
}
"""By the problem of one address where reading starts, while others of its source are read."""

CERTAIN: Final = frozenset({"no_key"})
"""What one visit proves."""


def after_failure(habit: Habit | None, problem: str | None, at: datetime) -> Habit:
    """What is known of a source after a visit that failed, which began `at`."""
    known = habit or Habit(at, at)
    return replace(known, failing=known.failing + 1) if problem in CAUSES else known


def cause_of_failure(habit: Habit, problem: str | None) -> Cause | None:
    """Why a source gives nothing that fails; None: it need not be more than chance."""
    if problem is None or habit.failing < (1 if problem in CERTAIN else VISITS):
        return None
    return CAUSES.get(problem)


def cause_of_silence(habit: Habit, *, moved: bool) -> Cause | None:
    """Why a source gives nothing that answers; None: it does, or its silence is nothing unusual.

    `moved`: one of its addresses led to another one.
    """
    if habit.last_new is None:
        return None
    if habit.hollow >= VISITS:
        return Cause.FEED_MOVED if moved else Cause.LAYOUT_CHANGED
    if habit.counted_until - habit.begun < KNOWN_AFTER or habit.waited <= silence_limit(habit):
        return None
    return Cause.FEED_MOVED if moved else Cause.QUIET


def cause_of_page(page: FrontierPage) -> Cause | None:
    """Why one of a source's addresses gives nothing any more; None: it need not be so."""
    if page.failures < VISITS or page.last_problem is None:
        return None
    return OF_ADDRESS.get(page.last_problem)


def watch(state: CrawlState, run: Run, seen: Sighting, seeds: Collection[str]) -> None:
    """Take in a visit that ended: what the source is known for, and the notices about it.

    A visit that was cut off says nothing. `seeds`: the addresses where reading starts.
    """
    known = state.habits.get(run.source)
    if run.status is RunStatus.FINISHED:
        habit = after_visit(known, seen, run.started)
        cause = cause_of_silence(habit, moved=seen.moved)
    elif run.status is RunStatus.FAILED:
        habit = after_failure(known, run.problem, run.started)
        cause = cause_of_failure(habit, run.problem)
    else:
        return
    state.habits.put(run.source, habit)
    if run.status is RunStatus.FINISHED:
        pages = (state.page(url, run.source) for url in sorted(seeds))
        lost = next((why for page in pages if page and (why := cause_of_page(page))), None)
        _settle(state, run.source, NoticeKind.PART_FAILS, lost)
        _settle(state, run.source, NoticeKind.NO_DATA, cause)
    elif cause is not None:
        _settle(state, run.source, NoticeKind.NO_DATA, cause)


def _settle(state: CrawlState, source: str, kind: NoticeKind, cause: Cause | None) -> None:
    if cause is None:
        if state.notices.close(source, kind):
            logger.info("%s: notice %s is over", source, kind.value)
    elif state.notices.open(source, kind, cause):
        logger.warning("%s: notice %s, likely cause %s", source, kind.value, cause.value)
