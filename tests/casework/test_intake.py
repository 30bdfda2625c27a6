from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from langnghe.casework.intake import Change, intake
from langnghe.casework.review import (
    Confirm,
    Dismiss,
    Dismissal,
    FollowUp,
    ItemState,
    ReviewItem,
    Undo,
    apply,
)
from langnghe.casework.roles import Actor, Role
from langnghe.core.models import Reason

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
REVIEWER = Actor("lan", frozenset({Role.COLLABORATOR}))
DROP = Dismiss(Dismissal.OPINION)

POSTS = [f"p{number}" for number in range(6)]
REASONS = st.frozensets(st.sampled_from([Reason.URGENT, Reason.NEEDS_ANSWER]))
BY_POST = st.dictionaries(st.sampled_from(POSTS), REASONS)
CLUSTERS = st.dictionaries(
    st.sampled_from(["c0", "c1", "c2"]),
    st.lists(st.sampled_from(POSTS), min_size=3, unique=True).map(tuple),
)
# A busy machine is no failure.
patient = settings(suppress_health_check=[HealthCheck.too_slow])
KEPT_OUT = st.frozensets(st.sampled_from(POSTS), max_size=2)


@dataclass
class Queue:
    """Items by id, kept as a store would keep them."""

    items: dict[str, ReviewItem] = field(default_factory=dict)

    def keep(self, changes: Iterable[Change]) -> None:
        for change in changes:
            assert self.items.get(change.after.id) == change.before
            self.items[change.after.id] = change.after

    def run(
        self,
        reasons: Mapping[str, Collection[Reason]],
        clusters: Mapping[str, tuple[str, ...]] | None = None,
        kept_out: Collection[str] = (),
    ) -> list[Change]:
        changes = intake(reasons, clusters, self.items, NOW, kept_out)
        self.keep(changes)
        return changes

    def decide(self, id_: str, action: Confirm | Dismiss | Undo) -> None:
        self.items[id_] = apply(self.items[id_], action, REVIEWER, NOW)

    def open(self) -> dict[str, tuple[str, ...]]:
        return {id_: item.posts for id_, item in self.items.items() if item.state is ItemState.OPEN}


@st.composite
def worked_on(draw: st.DrawFn) -> Queue:
    """A queue after earlier labels, some of its items decided."""
    queue = Queue()
    for _ in range(draw(st.integers(0, 2))):
        queue.run(draw(BY_POST), draw(CLUSTERS), draw(KEPT_OUT))
        for id_ in sorted(queue.open()):
            if draw(st.booleans()):
                queue.decide(id_, DROP)
    return queue


def test_one_item_for_each_post_and_reason_and_each_cluster() -> None:
    queue = Queue()
    both = (Reason.URGENT, Reason.NEEDS_ANSWER)
    queue.run({"p1": both, "p2": (Reason.URGENT,), "p3": ()}, {"c": ("p3", "p1", "p4")})
    assert {(item.reason, item.subject, item.posts) for item in queue.items.values()} == {
        (Reason.URGENT, "p1", ("p1",)),
        (Reason.NEEDS_ANSWER, "p1", ("p1",)),
        (Reason.URGENT, "p2", ("p2",)),
        (Reason.UNVERIFIED_CLAIM, "c", ("p3", "p1", "p4")),
    }
    assert {item.opened_at for item in queue.items.values()} == {NOW}


@patient
@given(worked_on(), BY_POST, CLUSTERS, KEPT_OUT)
def test_repeating_it_changes_nothing(
    queue: Queue,
    reasons: dict[str, frozenset[Reason]],
    clusters: dict[str, tuple[str, ...]],
    kept_out: frozenset[str],
) -> None:
    queue.run(reasons, clusters, kept_out)
    assert queue.run(reasons, clusters, kept_out) == []


@patient
@given(worked_on(), BY_POST, CLUSTERS, KEPT_OUT, st.data())
def test_portions_order_and_crashes_change_nothing(
    queue: Queue,
    reasons: dict[str, frozenset[Reason]],
    clusters: dict[str, tuple[str, ...]],
    kept_out: frozenset[str],
    data: st.DataObject,
) -> None:
    at_once = Queue(dict(queue.items))
    at_once.run(reasons, clusters, kept_out)

    portions: list[tuple[dict[str, frozenset[Reason]], dict[str, tuple[str, ...]] | None]]
    portions = [({post: given_}, None) for post, given_ in reasons.items()] + [({}, clusters)]
    for portion, found in data.draw(st.permutations(portions)):
        changes = intake(portion, found, queue.items, NOW, kept_out)
        # A crash: the first few were kept, in the order in which they came or in any other.
        some = data.draw(st.permutations(changes))[: data.draw(st.integers(0, len(changes)))]
        queue.keep(some)
        queue.run(portion, found, kept_out)
    assert queue.items == at_once.items


@patient
@given(worked_on(), BY_POST, CLUSTERS, KEPT_OUT)
def test_open_is_what_the_labels_give_and_nobody_has_decided(
    queue: Queue,
    reasons: dict[str, frozenset[Reason]],
    clusters: dict[str, tuple[str, ...]],
    kept_out: frozenset[str],
) -> None:
    everything = {post: reasons.get(post, frozenset()) for post in POSTS}
    decided = {id_: item for id_, item in queue.items.items() if item.decision is not None}
    queue.run(everything, clusters, kept_out)

    given_ = [
        (reason, post, (post,)) for post, several in everything.items() for reason in several
    ] + [(Reason.UNVERIFIED_CLAIM, cluster, posts) for cluster, posts in clusters.items()]
    assert queue.open() == {
        f"{reason}-{subject}": posts
        for reason, subject, posts in given_
        if (reason is Reason.URGENT or kept_out.isdisjoint(posts))
        and f"{reason}-{subject}" not in decided
    }
    assert {id_: queue.items[id_] for id_ in decided} == decided


def test_what_was_not_looked_at_is_left_alone() -> None:
    queue = Queue()
    queue.run({"p1": (Reason.URGENT,), "p2": (Reason.URGENT,)}, {"c": ("p3", "p4", "p5")})
    before = dict(queue.items)
    assert queue.run({"p1": (Reason.URGENT,)}) == []
    assert queue.run({}) == []
    # None is "not looked for"; an empty mapping is "none found".
    queue.run({}, {})
    assert queue.items["unverified_claim-c"].state is ItemState.WITHDRAWN
    assert queue.items["urgent-p2"] == before["urgent-p2"]


def test_a_reason_that_comes_back_opens_the_same_item_again() -> None:
    queue = Queue()
    queue.run({"p1": (Reason.URGENT,)})
    queue.run({"p1": ()})
    assert queue.items["urgent-p1"].state is ItemState.WITHDRAWN
    queue.run({"p1": (Reason.URGENT,)})
    assert queue.open() == {"urgent-p1": ("p1",)}
    assert len(queue.items) == 1


def test_a_decision_outlives_its_reason_and_its_return() -> None:
    queue = Queue()
    queue.run({"p1": (Reason.NEEDS_ANSWER,), "p2": (Reason.NEEDS_ANSWER,)})
    queue.decide("needs_answer-p1", DROP)
    queue.decide("needs_answer-p2", Confirm(FollowUp.OPEN_PETITION, "PA.20261121.0001"))
    assert queue.run({"p1": (), "p2": ()}) == []
    assert queue.run({"p1": (Reason.NEEDS_ANSWER,), "p2": (Reason.NEEDS_ANSWER,)}) == []


def test_an_undone_decision_whose_reason_is_gone_is_withdrawn() -> None:
    queue = Queue()
    queue.run({"p1": (Reason.URGENT,)})
    queue.decide("urgent-p1", DROP)
    queue.run({"p1": ()})
    queue.decide("urgent-p1", Undo(untouched=True))
    queue.run({"p1": ()})
    assert queue.items["urgent-p1"].state is ItemState.WITHDRAWN


def test_a_growing_cluster_keeps_its_item() -> None:
    queue = Queue()
    queue.run({}, {"c": ("p1", "p2", "p3")})
    queue.run({}, {"c": ("p2", "p3", "p4")})
    assert queue.open() == {"unverified_claim-c": ("p2", "p3", "p4")}


def test_a_report_of_wrongdoing_leaves_the_queue_with_all_that_holds_it() -> None:
    queue = Queue()
    reasons = {"p1": (Reason.NEEDS_ANSWER, Reason.URGENT), "p2": (Reason.NEEDS_ANSWER,)}
    clusters = {"c": ("p1", "p2", "p3", "p4")}
    queue.run(reasons, clusters)
    # At once, though no post is looked at anew.
    queue.run({}, None, kept_out={"p1"})
    # Danger to life waits for no form.
    left = {"urgent-p1": ("p1",), "needs_answer-p2": ("p2",)}
    assert queue.open() == left
    assert queue.run(reasons, clusters, kept_out={"p1"}) == []
    # The others' statement comes back when it is found without the report.
    queue.run(reasons, {"c": ("p2", "p3", "p4")}, kept_out={"p1"})
    assert queue.open() == left | {"unverified_claim-c": ("p2", "p3", "p4")}
