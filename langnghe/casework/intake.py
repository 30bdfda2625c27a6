"""From labels to review items: which are to be opened, brought up to date or withdrawn now.

What there should be follows from the labels alone and is compared with what there is. So it does
no harm to repeat it, to take posts in any order and in any portions, or to go on after a crash.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from langnghe.casework.review import (
    Flag,
    ItemState,
    ReviewItem,
    Withdraw,
    apply,
    item_id,
    open_item,
)
from langnghe.casework.roles import SYSTEM
from langnghe.core.models import Reason


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the service itself, to be kept and audited in one transaction."""

    before: ReviewItem | None
    """None: the item is new."""
    action: Flag | Withdraw
    after: ReviewItem


def intake(
    reasons: Mapping[str, Collection[Reason]],
    clusters: Mapping[str, Sequence[str]] | None,
    items: Mapping[str, ReviewItem],
    now: datetime,
    kept_out: Collection[str] = (),
) -> list[Change]:
    """What is to be done to `items` so that they agree with the labels.

    An item that somebody has decided is never touched. One that nobody has decided is withdrawn
    when its reason is gone, and opened again should the reason come back.

    Args:
        reasons: those of `Labels.reasons`, by post id, for any portion of the posts; empty for a
            post that gives none or is no longer stored. Posts that wait for their labels are left
            out: nothing is known of them, and nothing is done to their items.
        clusters: post ids (oldest first) by cluster id, of all clusters that are found now; None
            where they were not looked for.
        items: by id, those that there are for these posts and all for `UNVERIFIED_CLAIM`; others
            do no harm.
        now: when new items are opened.
        kept_out: ids of posts that report wrongdoing by officials. They belong to the formal
            channel (boundary 4), so no item that holds one is in the queue, but for `URGENT`:
            danger to life waits for no form. A cluster comes back when it is found without them.
    """
    apart = frozenset(kept_out)
    wanted: dict[tuple[Reason, str], tuple[str, ...]] = {
        (reason, post): (post,) for post, given in reasons.items() for reason in given
    }
    for cluster, found in (clusters or {}).items():
        wanted[Reason.UNVERIFIED_CLAIM, cluster] = tuple(found)
    wanted = {
        key: posts
        for key, posts in wanted.items()
        if key[0] is Reason.URGENT or apart.isdisjoint(posts)
    }
    changes = []
    for (reason, subject), posts in wanted.items():
        item = items.get(item_id(reason, subject))
        if item is None:
            new = open_item(reason, subject, posts, now)
            changes.append(Change(None, Flag(posts), new))
        elif item.state is ItemState.WITHDRAWN or (
            item.state is ItemState.OPEN and item.posts != posts
        ):
            changes.append(_change(item, Flag(posts), now))
    for item in items.values():
        of_cluster = item.reason is Reason.UNVERIFIED_CLAIM
        looked_at = clusters is not None if of_cluster else item.subject in reasons
        formal = item.reason is not Reason.URGENT and not apart.isdisjoint(item.posts)
        gone = (item.reason, item.subject) not in wanted
        if (looked_at or formal) and gone and item.state is ItemState.OPEN:
            changes.append(_change(item, Withdraw(), now))
    return changes


def _change(item: ReviewItem, action: Flag | Withdraw, now: datetime) -> Change:
    return Change(item, action, apply(item, action, SYSTEM, now))
