"""Which review items are listed, in which order, and which comes after which.

A list shows what its items are about, not what the posts say: posts are read one item at a time,
which is logged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from langnghe.casework.kinds import AWAITING_SECOND, ITEM, Kept
from langnghe.casework.reading import Reading
from langnghe.casework.review import UNDO, ItemState, ReviewItem
from langnghe.casework.roles import Actor, Permission
from langnghe.core.models import PostKind, Reason
from langnghe.core.vietnamese import REASONS
from langnghe.dashboard.components.plain import as_label
from langnghe.dashboard.formats import KINDS, ago
from langnghe.store.cases import Order, Where
from langnghe.store.posts.interface import StoredPost

PAGE: Final = 15
"""Items on a page of the list."""
MOST_UNPAGED: Final = 200
"""Items looked through where a list is no question to the database."""

_DECIDED: Final = (ItemState.CONFIRMED, ItemState.DISMISSED, AWAITING_SECOND)


class Shelf(StrEnum):
    """The lists there are; the values stand in the address."""

    WAITING = "cho"
    SECOND = "y-kien-thu-hai"
    DECIDED = "da-quyet-dinh"


SHELVES: Final[Mapping[Shelf, str]] = {
    Shelf.WAITING: "Chờ xét duyệt",
    Shelf.SECOND: "Chờ ý kiến thứ hai",
    Shelf.DECIDED: "Tôi quyết định hôm nay",
}


class Whose(StrEnum):
    """To whom the items are given; the values stand in the address."""

    ANYBODY = "tat-ca"
    MINE = "toi"
    NOBODY = "chua-giao"


WHOSE: Final[Mapping[Whose, str]] = {
    Whose.ANYBODY: "Tất cả",
    Whose.MINE: "Giao cho tôi",
    Whose.NOBODY: "Chưa giao ai",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items somebody wants to see."""

    shelf: Shelf = Shelf.WAITING
    reason: Reason | None = None
    whose: Whose = Whose.ANYBODY
    """Of those that wait; the other lists are one's own."""
    page: int = 0

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Choice:
        """What the address asks for; what it asks for in vain counts for nothing."""
        reason, page = address.get("lydo", ""), address.get("trang", "")
        shelf, whose = address.get("danhsach", ""), address.get("cua", "")
        return cls(
            Shelf(shelf) if shelf in set(Shelf) else Shelf.WAITING,
            Reason(reason) if reason in set(Reason) else None,
            Whose(whose) if whose in set(Whose) else Whose.ANYBODY,
            int(page) - 1 if page.isascii() and page.isdigit() and 0 < len(page) < 6 else 0,
        )

    def address(self) -> dict[str, str]:
        """The choice as it stands in the address; what goes without saying is left out."""
        said = {
            "danhsach": "" if self.shelf is Shelf.WAITING else self.shelf.value,
            "lydo": "" if self.reason is None else self.reason.value,
            "cua": "" if self.whose is Whose.ANYBODY else self.whose.value,
            "trang": str(self.page + 1) if self.page > 0 else "",
        }
        return {name: value for name, value in said.items() if value}

    def where(self, viewer: Actor) -> Where:
        """The items that wait, as the desk is asked for them."""
        owners = {Whose.ANYBODY: None, Whose.MINE: viewer.account, Whose.NOBODY: ""}
        reason = None if self.reason is None else self.reason.value
        return Where(states=(ItemState.OPEN,), reason=reason, owner=owners[self.whose])


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list, and what stands on either side of it."""

    rows: tuple[Kept[ReviewItem], ...]
    total: int
    page: int
    before: str = ""
    """Id of the item before the first of the page; "" if there is none."""
    after: str = ""

    @property
    def pages(self) -> int:
        """How many pages the list has, one at least."""
        return max(1, -(-self.total // PAGE))

    def place(self, item_id: str) -> int | None:
        """Which place in the list an item has, from 1; None if it is not on this page."""
        ids = [row.state.id for row in self.rows]
        return self.page * PAGE + ids.index(item_id) + 1 if item_id in ids else None

    def beside(self, item_id: str, step: int) -> tuple[str, int] | None:
        """The next item (`step` 1) or the one before (-1), and its page; None at the end.

        From an item that is not on the page, the next is the first one.
        """
        ids = [row.state.id for row in self.rows]
        if item_id not in ids:
            return (ids[0], self.page) if ids and step > 0 else None
        place = ids.index(item_id) + step
        if 0 <= place < len(ids):
            return ids[place], self.page
        other = self.after if step > 0 else self.before
        return (other, self.page + step) if other else None

    def rest(self, item_id: str) -> tuple[str, ...]:
        """What to go on with when the item is done: those after it, then those before it."""
        ids = [row.state.id for row in self.rows]
        at = ids.index(item_id) if item_id in ids else -1
        row = [*ids[at + 1 :], self.after, *ids[: max(at, 0)], self.before]
        return tuple(id_ for id_ in row if id_)


def read_list(
    desk: Reading,
    choice: Choice,
    viewer: Actor,
    seconds: Sequence[Kept[ReviewItem]],
    now: datetime,
) -> Listing:
    """The page of the list that is chosen; where the list has become shorter, its last page.

    Args:
        desk: where the items are.
        choice: which items.
        viewer: who looks.
        seconds: those that wait for the viewer's second opinion.
        now: aware.
    """
    if choice.shelf is Shelf.WAITING:
        where = choice.where(viewer)
        total = desk.count(ITEM, viewer, where)
        page = min(choice.page, max(0, (total - 1) // PAGE))
        start = max(page * PAGE - 1, 0)
        found = desk.find(ITEM, viewer, where, Order.URGENT, PAGE + 2, start)
        return _cut(found, page, total, page * PAGE - start)
    every = list(seconds if choice.shelf is Shelf.SECOND else decided_by(desk, viewer, now))
    some = [row for row in every if choice.reason in (None, row.state.reason)]
    page = min(choice.page, max(0, (len(some) - 1) // PAGE))
    start = max(page * PAGE - 1, 0)
    return _cut(some[start : start + PAGE + 2], page, len(some), page * PAGE - start)


def _cut(found: Sequence[Kept[ReviewItem]], page: int, total: int, skip: int) -> Listing:
    rows = tuple(found[skip : skip + PAGE])
    after = found[skip + PAGE : skip + PAGE + 1]
    return Listing(
        rows,
        total,
        page,
        found[0].state.id if skip and found else "",
        after[0].state.id if after else "",
    )


def decided_by(desk: Reading, viewer: Actor, now: datetime) -> Iterator[Kept[ReviewItem]]:
    """What the viewer has decided and may still take back, the last first."""
    found = desk.find(ITEM, viewer, Where(states=_DECIDED), Order.CHANGED, MOST_UNPAGED)
    for row in found:
        decision = row.state.decision
        if decision is not None and decision.by == viewer.account and now - decision.at <= UNDO:
            yield row


def reason_counts(
    desk: Reading, choice: Choice, viewer: Actor, seconds: Sequence[Kept[ReviewItem]], now: datetime
) -> dict[Reason, int]:
    """How many items of the list there are of each reason."""
    if choice.shelf is Shelf.WAITING:
        where = replace(choice.where(viewer), reason=None)
        found = desk.counts(ITEM, viewer, "reason", where)
        return {reason: found[reason] for reason in REASONS if reason in found}
    rows = seconds if choice.shelf is Shelf.SECOND else decided_by(desk, viewer, now)
    counted = Counter(row.state.reason for row in rows)
    return {reason: counted[reason] for reason in REASONS if counted[reason]}


def owner_counts(desk: Reading, choice: Choice, viewer: Actor) -> dict[Whose, int]:
    """How many items wait for anybody, for the viewer and for nobody in particular."""
    where = replace(choice.where(viewer), owner=None)
    found = desk.counts(ITEM, viewer, "owner", where)
    return {
        Whose.ANYBODY: sum(found.values()),
        Whose.MINE: found.get(viewer.account, 0),
        Whose.NOBODY: found.get("", 0),
    }


def shelves_of(viewer: Actor) -> tuple[Shelf, ...]:
    """The lists that the viewer has: who only assigns decides nothing."""
    return tuple(Shelf) if viewer.may(Permission.REVIEW) else (Shelf.WAITING,)


def row_label(
    item: ReviewItem,
    first: StoredPost | None,
    sources: Mapping[str, str],
    people: Mapping[str, str],
    viewer: Actor,
    now: datetime,
    *,
    with_reason: bool,
) -> str:
    """What the button of an item in the list says, as Markdown in which nothing is live.

    Args:
        item: the item.
        first: one of its posts; None if none is kept any more.
        sources: titles by id.
        people: names by account.
        viewer: who looks.
        now: aware.
        with_reason: whether the list has items of several reasons.
    """
    parts = [f"**{REASONS[item.reason]}**"] if with_reason else []
    parts.append(_about(first, sources))
    if len(item.posts) > 1:
        parts.append(f"{len(item.posts)} bài")
    holder = item.holder(now)
    if holder and holder != viewer.account:
        parts.append(f"{as_label(people.get(holder, holder))} đang xử lý")
    elif item.assigned_to:
        mine = item.assigned_to == viewer.account
        to = "bạn" if mine else as_label(people.get(item.assigned_to, item.assigned_to))
        parts.append(f"giao cho {to}")
    parts.append(ago(item.opened_at, now))
    return " · ".join(parts)


def _about(first: StoredPost | None, sources: Mapping[str, str]) -> str:
    """Below what the post stands, never what it says."""
    if first is None:
        return "bài đã xóa theo thời hạn lưu"
    post = first.post
    if post.title and post.kind is not PostKind.OPENING:
        return as_label(post.title, 90)
    return f"{KINDS[post.kind]} ở {as_label(sources.get(post.source, post.source), 60)}"
