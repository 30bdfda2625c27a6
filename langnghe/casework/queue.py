"""Keeping the queue of review items in line with the labels; `intake` says what is to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from langnghe.casework.intake import Change, intake
from langnghe.casework.keeping import add, every, kept, put
from langnghe.casework.kinds import ITEM, Kept, action_name
from langnghe.casework.review import ItemState, ReviewItem, item_id
from langnghe.casework.roles import SYSTEM
from langnghe.core.clock import Clock
from langnghe.core.models import Reason
from langnghe.store.cases import Cases, Conflict, Where

PORTION: Final = 500
"""Posts looked at together."""

TRIES: Final = 5
"""Whoever loses five races for the same few items leaves them to the next run."""

OF_POSTS: Final = tuple(reason for reason in Reason if reason is not Reason.UNVERIFIED_CLAIM)
"""The reasons that a single post can have."""


@dataclass(frozen=True, slots=True)
class QueueReport:
    """What became of the queue."""

    opened: int
    """Items that are new, or open again."""
    changed: int
    """Open items of clusters that have other posts now."""
    withdrawn: int


def open_subjects(cases: Cases) -> frozenset[str]:
    """Ids of the posts that undecided items are about, clusters' left out."""
    items = every(cases, ITEM, Where(states=(ItemState.OPEN,)))
    return frozenset(
        item.state.subject for item in items if item.state.reason is not Reason.UNVERIFIED_CLAIM
    )


def known_clusters(cases: Cases) -> dict[str, tuple[str, ...]]:
    """Post ids by cluster id, of all clusters that an item was ever opened for."""
    items = every(cases, ITEM, Where(reason=Reason.UNVERIFIED_CLAIM))
    return {item.state.subject: item.state.posts for item in items}


def bring_up_to_date(
    cases: Cases,
    clock: Clock,
    reasons: Mapping[str, Collection[Reason]],
    clusters: Mapping[str, Sequence[str]] | None,
    kept_out: Collection[str] = (),
) -> QueueReport:
    """Open, change and withdraw items so that they agree with the labels.

    Each change is kept in a transaction of its own: what was done before a crash stays done, and
    the next run does the rest. Where somebody decides an item meanwhile, that stands.

    Args:
        cases: where the items are.
        clock: tells the time of each change.
        reasons: of posts whose labels are known, as `intake` takes them.
        clusters: as `intake` takes them.
        kept_out: likewise.
    """
    done: Counter[str] = Counter()
    posts = iter(reasons)
    while portion := {post: reasons[post] for post in islice(posts, PORTION)}:
        ids = [item_id(reason, post) for post in portion for reason in OF_POSTS]
        done += _portion(cases, clock, portion, None, ids, kept_out)
    if clusters is not None:
        open_ones = every(cases, ITEM, Where((ItemState.OPEN,), Reason.UNVERIFIED_CLAIM))
        ids = [item_id(Reason.UNVERIFIED_CLAIM, cluster) for cluster in clusters]
        ids += [item.state.id for item in open_ones]
        done += _portion(cases, clock, {}, clusters, ids, kept_out)
    return QueueReport(done["opened"], done["changed"], done["withdrawn"])


def _portion(
    cases: Cases,
    clock: Clock,
    reasons: Mapping[str, Collection[Reason]],
    clusters: Mapping[str, Sequence[str]] | None,
    ids: Iterable[str],
    kept_out: Collection[str],
) -> Counter[str]:
    done: Counter[str] = Counter()
    ids = tuple(ids)
    for _ in range(TRIES):
        rows = {id_: kept(ITEM, row) for id_, row in cases.get_many(ITEM.name, ids).items()}
        items = {id_: row.state for id_, row in rows.items()}
        changes = intake(reasons, clusters, items, clock.now(), kept_out)
        results = list(_keep(cases, clock, rows, changes))
        done.update(filter(None, results))
        if None not in results:
            break
    return done


def _keep(
    cases: Cases, clock: Clock, rows: Mapping[str, Kept[ReviewItem]], changes: Iterable[Change]
) -> Iterator[str | None]:
    """What became of each change; None where somebody else was quicker."""
    for change in changes:
        after = change.after
        try:
            with cases.transaction(clock.now()) as work:
                if change.before is None:
                    add(work, ITEM, after.id, after, SYSTEM, "open")
                else:
                    name = action_name(change.action)
                    put(work, ITEM, after.id, rows[after.id], after, SYSTEM, name)
        except Conflict:
            yield None
            continue
        if after.state is ItemState.WITHDRAWN:
            yield "withdrawn"
        elif change.before is not None and change.before.state is ItemState.OPEN:
            yield "changed"
        else:
            yield "opened"
