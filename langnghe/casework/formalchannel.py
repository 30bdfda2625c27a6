"""Boundary 4: what reports wrongdoing by officials is kept out of the ordinary queue.

Nothing of a formal complaint or denunciation is kept but its number. That its posts must not come
back to the queue is a matter of the review items, whose ids name them.
"""

from __future__ import annotations

from collections.abc import Collection

from langnghe.casework import review
from langnghe.casework.keeping import add, every, kept, put
from langnghe.casework.kinds import ITEM
from langnghe.casework.review import ItemState, open_item
from langnghe.casework.roles import SYSTEM
from langnghe.core.models import Reason
from langnghe.store.cases import Cases, Where, Work


def keep_out(cases: Cases, work: Work, posts: Collection[str]) -> None:
    """Take the posts of a formal complaint or denunciation out of the queue for good.

    Items about nothing else are emptied; open ones about other posts too are withdrawn, and come
    back without these. An open urgent one stays: danger to life waits for no form.
    """
    apart = set(posts)
    about = cases.about(ITEM.name, posts)
    covered: set[str] = set()
    for row in cases.get_many(ITEM.name, {id_ for ids in about.values() for id_ in ids}).values():
        item = kept(ITEM, row)
        action: review.Action
        is_open = item.state.state is ItemState.OPEN
        if is_open and item.state.reason is Reason.URGENT:
            continue
        if apart.issuperset(item.state.posts):
            action, name = review.KeepOut(), "keep_out"
            covered.update(item.state.posts)
        elif is_open:
            action, name = review.Withdraw(), "withdraw"
        else:
            continue
        after = review.apply(item.state, action, SYSTEM, work.now)
        put(work, ITEM, row.id, item, after, SYSTEM, name)
    for post in sorted(apart - covered):
        opened = open_item(Reason.NEEDS_ANSWER, post, (post,), work.now)
        emptied = review.apply(opened, review.KeepOut(), SYSTEM, work.now)
        add(work, ITEM, emptied.id, emptied, SYSTEM, "keep_out")


def kept_out(cases: Cases) -> frozenset[str]:
    """Ids of the posts that people have found to belong to the formal channel."""
    items = every(cases, ITEM, Where(states=(ItemState.FORMAL,)))
    return frozenset(post for item in items for post in item.state.posts)
