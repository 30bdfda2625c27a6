"""A month of work on the sample month, done through the desk by the sample accounts.

What is told by hand stands in `sites/content/casework.yaml`. Of the other items some are decided
as the gold marks of the sample posts say. All is put on one line of time and done in its order,
so that cases and audit log read as if people had worked there.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from langnghe.casework.desk import ToClaim
from langnghe.casework.keeping import read
from langnghe.casework.kinds import ITEM
from langnghe.casework.queue import bring_up_to_date
from langnghe.casework.review import (
    FOLLOW_UPS,
    Assign,
    Confirm,
    Dismiss,
    Dismissal,
    FollowUp,
    ItemState,
    ReviewItem,
    SecondOpinion,
    open_item,
)
from langnghe.core.clock import FixedClock
from langnghe.core.home import Home
from langnghe.core.models import Intent, Reason
from langnghe.dashboard.desk import mask, open_desk
from langnghe.scheduler.samplesteps import (
    COLLABORATOR,
    EDITOR,
    Came,
    Stage,
    Steps,
    claim_steps,
    notice_steps,
    petition_steps,
    report_steps,
    reviewer,
)
from langnghe.scheduler.samplestory import ClaimStory, PetitionStory, read_story
from langnghe.sites.content import Gold, Mark, Stance
from langnghe.sites.month import build_month, number_of
from langnghe.store.cases import Order, Where
from langnghe.store.posts.interface import Filters, LabelledPost, PostStore
from langnghe.store.transactions import Transactions

WORKED: Final = timedelta(days=64)
"""So long ago the sample accounts were made; no post of the sample month is older."""

_WANTS_ANSWER: Final = (Intent.COMPLAINT, Intent.QUESTION, Intent.SUGGESTION)
_NEWEST: Final = 2
"""Days back: items that came later wait in the queue, but for those the story tells of."""

Item = tuple[ReviewItem, LabelledPost]


def add_sample_cases(home: Home, posts: PostStore, casebase: Transactions, model: str) -> int:
    """Open the items of the sample month as they came, and work on them; gives their number.

    Args:
        home: a sample home.
        posts: its posts, labelled.
        casebase: its casework, with the sample accounts and no cases.
        model: version of the labels.
    """
    found = sorted(
        posts.labelled(model, Filters()), key=lambda post: (post.published_at, post.text, post.id)
    )
    # The day that the site showed, though it may be past midnight by now.
    now = found[-1].published_at
    clock = FixedClock(now - WORKED)
    stage = Stage(open_desk(home, casebase, clock), now)
    golds = {mask(post.text): post.gold for post in build_month(now).posts}
    month = _Month(stage, found, golds)
    # All or nothing; and one commit takes no time, a thousand do.
    with casebase.transaction():
        _play(clock, [*month.openings(), *month.story(), *month.rest(), month.second_readers()])
    return len(month.items)


def _play(clock: FixedClock, stories: Iterable[Steps]) -> None:
    """Do what comes next, whichever story it belongs to, until all are told."""
    waiting: list[tuple[datetime, int, Steps]] = []
    for number, steps in enumerate(stories):
        waiting.append((next(steps), number, steps))
    heapq.heapify(waiting)
    while waiting:
        at, number, steps = heapq.heappop(waiting)
        clock.at = max(clock.at, at)
        if (following := next(steps, None)) is not None:
            heapq.heappush(waiting, (following, number, steps))


class _Month:
    """The posts of the sample month, the items that they give, and who sees to which."""

    def __init__(self, stage: Stage, posts: Sequence[LabelledPost], golds: dict[str, Gold]) -> None:
        self.stage, self.posts, self.golds = stage, posts, golds
        self.items = {
            item.id: (item, post)
            for post in posts
            for reason in post.labels.reasons
            for item in [open_item(reason, post.id, (post.id,), post.published_at)]
        }
        self.told: set[str] = set()
        """Ids of the items that the story sees to."""

    def openings(self) -> Iterator[Steps]:
        """Each post's items are opened as it is written."""
        for post in self.posts:
            if post.labels.reasons:
                yield self._opening(post)

    def _opening(self, post: LabelledPost) -> Steps:
        yield post.published_at
        reasons = {post.id: post.labels.reasons}
        bring_up_to_date(self.stage.desk.cases, self.stage.desk.clock, reasons, None)

    def story(self) -> Iterator[Steps]:
        """What is told by hand, as far as its posts are there.

        Where the labels give no item, the case is opened without one: another model may see
        other reasons, and the sample month is still to be had.
        """
        told = read_story()
        for claim in told.claims:
            yield from self._claim(claim)
        for petition in told.petitions:
            yield from self._petition(petition)
        for notice in told.notices:
            yield notice_steps(self.stage, notice)
        for number, report in enumerate(told.reports):
            yield report_steps(self.stage, report, number)

    def _claim(self, story: ClaimStory) -> Iterator[Steps]:
        posts = [post for post in self.posts if self._states(story, post)]
        # Whoever is named comes first, though others may have said it earlier.
        posts.sort(key=lambda post: not _begins(post, story.says))
        able = [item for item in self._items(posts, FollowUp.OPEN_CLAIM) if story.day is None]
        opens = able[0] if able else None
        if opens:
            posts.sort(key=lambda post: post is not opens[1])
        if not posts and story.day is None:
            return
        yield claim_steps(self.stage, story, self._tell(opens) if opens else None, posts)
        day = story.day or self.stage.day_after(posts[0])
        for item in self._items(posts, FollowUp.ATTACH_CLAIM):
            if 1 <= self.stage.day_after(item[1]) <= day:
                yield self._attach(story, self._tell(item), item[1])

    def _attach(self, story: ClaimStory, item: ReviewItem, post: LabelledPost) -> Steps:
        yield self.stage.at(self.stage.day_after(post), 12)
        self.stage.confirm(item.id, ToClaim(self.stage.claims[story.key]), reviewer(post))

    def _petition(self, story: PetitionStory) -> Iterator[Steps]:
        came = self._said(story.says) if story.says else None
        merged = [(one, self._said(one.says)) for one in story.merges]
        if came or story.day:
            there = [(one, its) for one, its in merged if its]
            yield petition_steps(self.stage, story, came, there)

    def _said(self, says: str) -> Came | None:
        """The post that begins like this, with the item it gave, if any."""
        posts = [post for post in self.posts if _begins(post, says)]
        for item in self._items(posts, FollowUp.OPEN_PETITION):
            if item[0].reason is Reason.NEEDS_ANSWER:
                return self._tell(item), item[1]
        return (None, posts[0]) if posts else None

    def _states(self, story: ClaimStory, post: LabelledPost) -> bool:
        gold = self.golds.get(post.text)
        if story.rumour and gold and gold.claim == story.rumour:
            return gold.stance is Stance.ASSERTS
        return _begins(post, story.says) or _begins(post, story.also)

    def _items(self, posts: Collection[LabelledPost], follow_up: FollowUp) -> list[Item]:
        """Items of the posts that nobody sees to yet and that this may follow from."""
        return [
            (item, post)
            for one in posts
            for item, post in self.items.values()
            if post is one and item.id not in self.told and follow_up in FOLLOW_UPS[item.reason]
        ]

    def _tell(self, item: Item) -> ReviewItem:
        self.told.add(item[0].id)
        return item[0]

    def rest(self) -> Iterator[Steps]:
        """Decisions as the gold marks say; what they leave to people stays in the queue."""
        for item, post in self.items.values():
            ruling = _ruling(item.reason, post, self.golds.get(post.text))
            if item.id not in self.told and ruling and self.stage.day_after(post) > _NEWEST:
                yield self._ruled(item, post, ruling)
        yield self._assigned()

    def _ruled(self, item: ReviewItem, post: LabelledPost, ruling: Confirm | Dismiss) -> Steps:
        yield self.stage.at(self.stage.day_after(post), 4 + number_of(post.text) % 12)
        self.stage.desk.read_posts(ITEM, item.id, reviewer(post))
        self.stage.act(ITEM, item.id, ruling, reviewer(post))

    def _assigned(self) -> Steps:
        yield self.stage.at(1, 19)
        oldest = Where(states=(ItemState.OPEN,))
        for item in self.stage.desk.find(ITEM, EDITOR, oldest, Order.NEWEST, limit=4):
            self.stage.act(ITEM, item.state.id, Assign(COLLABORATOR), EDITOR)

    def second_readers(self) -> Steps:
        """Each afternoon both reviewers read one item that the other has decided."""
        for day in range(WORKED.days - 1, _NEWEST, -1):
            yield self.stage.at(day, 17)
            for actor in (COLLABORATOR, EDITOR):
                for item in self.stage.desk.for_second_opinion(actor, limit=1):
                    first = read(self.stage.desk.cases, ITEM, item.state.id).state.decision
                    assert first
                    found = first.dismissal
                    if number_of(self.items[item.state.id][1].text) % 5 == 0:
                        found = None if found else Dismissal.OPINION
                    note = "Đọc lại thấy như vậy." if found is Dismissal.OTHER else ""
                    self.stage.act(ITEM, item.state.id, SecondOpinion(found, note), actor)


def _begins(post: LabelledPost, words: str) -> bool:
    return bool(words) and post.text.startswith(words)


def _ruling(reason: Reason, post: LabelledPost, gold: Gold | None) -> Confirm | Dismiss | None:
    """What a reviewer makes of an item; None: it is left for somebody to look into."""
    if gold is None:
        if post.source == "mau-vung-cao":
            return Dismiss(Dismissal.NOT_LOCAL)
        return Dismiss(Dismissal.OTHER, "Tin của cơ quan, không có gì phải trả lời.")
    if Mark.SATIRE in gold.marks:
        return Dismiss(Dismissal.SATIRE)
    if Mark.CRITICISM in gold.marks:
        return Dismiss(Dismissal.OPINION)
    match reason:
        case Reason.SCAM_WARNING if gold.scam:
            note = "Đã đưa vào bản tin cảnh báo lừa đảo của tuần, phát trên loa xã."
            return Confirm(FollowUp.ACKNOWLEDGE, note=note)
        case Reason.SCAM_WARNING:
            return Dismiss(Dismissal.OTHER, "Bài nhắc mọi người đề phòng, không phải lừa đảo.")
        case Reason.URGENT if Mark.URGENT in gold.marks:
            note = "Đã báo trực ban phòng, chống thiên tai xã; trưởng bản xác nhận."
            return Confirm(FollowUp.ACKNOWLEDGE, note=note)
        case Reason.URGENT:
            return Dismiss(Dismissal.DUPLICATE)
        case Reason.REPEATS_CHECKED_CLAIM if gold.stance is not Stance.ASSERTS:
            return Dismiss(Dismissal.OTHER, "Bài nói chuyện khác, không nhắc lại thông tin này.")
        case Reason.NEEDS_ANSWER if gold.intent not in _WANTS_ANSWER:
            if gold.intent is Intent.PRAISE:
                return Dismiss(Dismissal.OPINION)
            # Not all of them: a reviewer's month is not that long.
            return Dismiss(Dismissal.TRUE) if number_of(post.text) % 3 == 0 else None
    return None
