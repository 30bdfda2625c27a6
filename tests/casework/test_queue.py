"""The queue follows the labels: whole after any crash, and never against a person's decision."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from langnghe.casework import queue
from langnghe.casework.desk import Desk
from langnghe.casework.formalchannel import keep_out, kept_out
from langnghe.casework.kinds import ITEM
from langnghe.casework.queue import (
    QueueReport,
    bring_up_to_date,
    known_clusters,
    open_subjects,
)
from langnghe.casework.review import Dismiss, Dismissal, ItemState
from langnghe.core.clock import Clock
from langnghe.core.models import Reason
from langnghe.store.cases import Cases
from langnghe.store.transactions import Transactions
from tests.casework.world import HAO, NOW, Steady, make_desk

Reasons = Mapping[str, tuple[Reason, ...]]

LABELS: Reasons = {
    "p1": (Reason.URGENT, Reason.NEEDS_ANSWER),
    "p2": (Reason.SCAM_WARNING,),
    "p3": (),
}
CLUSTERS = {"c1": ("p1", "p4", "p5"), "c2": ("p6", "p7", "p8")}
ALL = {
    "urgent-p1": "open",
    "needs_answer-p1": "open",
    "scam_warning-p2": "open",
    "unverified_claim-c1": "open",
    "unverified_claim-c2": "open",
}


@pytest.fixture
def desk(casebase: Transactions) -> Desk:
    return make_desk(casebase)


@pytest.fixture
def cases(desk: Desk) -> Cases:
    return desk.cases


def states(cases: Cases) -> dict[str, str]:
    return {row.id: row.facets.state for row in cases.find(ITEM.name, limit=1000)}


def test_items_are_opened_once_and_withdrawn_when_their_reason_is_gone(
    desk: Desk, cases: Cases
) -> None:
    clock = Steady(NOW)
    assert bring_up_to_date(cases, clock, LABELS, CLUSTERS) == QueueReport(5, 0, 0)
    assert states(cases) == ALL
    entries = cases.audit.count()
    assert bring_up_to_date(cases, clock, LABELS, CLUSTERS) == QueueReport(0, 0, 0)
    assert cases.audit.count() == entries
    assert open_subjects(cases) == {"p1", "p2"}
    assert known_clusters(cases) == CLUSTERS
    desk.act(ITEM, "scam_warning-p2", Dismiss(Dismissal.TRUE), HAO, version=1)
    gone: Reasons = {"p1": (Reason.NEEDS_ANSWER,), "p2": ()}
    grown = {"c1": ("p1", "p4", "p5", "p9")}
    assert bring_up_to_date(cases, clock, gone, grown) == QueueReport(0, 1, 2)
    left = desk.get(ITEM, "unverified_claim-c1", HAO).state
    assert left.posts == grown["c1"]
    assert cases.posts_of(ITEM.name, left.id) == grown["c1"]
    decided = desk.get(ITEM, "scam_warning-p2", HAO).state
    assert decided.state is ItemState.DISMISSED
    assert states(cases)["urgent-p1"] == "withdrawn"
    assert bring_up_to_date(cases, clock, LABELS, None) == QueueReport(1, 0, 0)
    assert states(cases)["unverified_claim-c2"] == "withdrawn", "clusters were not looked for"
    chain = cases.audit.verify()
    assert (chain.broken, chain.unaccounted) == (None, ())


def test_more_posts_than_fit_into_one_portion(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PORTION", 2)
    many = {f"p{number}": (Reason.URGENT,) for number in range(5)}
    assert bring_up_to_date(cases, Steady(NOW), many, None).opened == 5
    assert bring_up_to_date(cases, Steady(NOW), dict.fromkeys(many, ()), None).withdrawn == 5


def test_posts_of_the_formal_channel_do_not_come_back(desk: Desk, cases: Cases) -> None:
    clock = Steady(NOW)
    bring_up_to_date(cases, clock, LABELS, CLUSTERS)
    with cases.transaction(NOW) as work:
        keep_out(cases, work, ("p1",))
    bring_up_to_date(cases, clock, LABELS, CLUSTERS, kept_out(cases))
    assert states(cases) == ALL | {
        "needs_answer-p1": "formal",
        "unverified_claim-c1": "withdrawn",
    }
    without = CLUSTERS | {"c1": ("p4", "p5", "p9")}
    bring_up_to_date(cases, clock, LABELS, without, kept_out(cases))
    assert states(cases)["unverified_claim-c1"] == "open"
    assert desk.get(ITEM, "unverified_claim-c1", HAO).state.posts == without["c1"]


class PowerCutError(BaseException):
    pass


@dataclass
class Failing:
    """A clock of a machine that goes off when the time is asked for once too often."""

    inner: Clock
    left: int

    def now(self) -> object:
        self.left -= 1
        if self.left < 0:
            raise PowerCutError
        return self.inner.now()


@pytest.mark.parametrize("steps", range(7))
def test_after_a_crash_anywhere_the_next_run_does_the_rest(cases: Cases, steps: int) -> None:
    clock = Failing(Steady(NOW), steps)
    with pytest.raises(PowerCutError):
        bring_up_to_date(cases, clock, LABELS, CLUSTERS)  # type: ignore[arg-type]
    assert len(states(cases)) < 5
    bring_up_to_date(cases, Steady(NOW), LABELS, CLUSTERS)
    assert states(cases) == ALL
    assert cases.audit.count() == 5


def test_several_at_once_open_each_item_once(cases: Cases) -> None:
    many = {f"p{number:02}": (Reason.URGENT,) for number in range(30)}
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(bring_up_to_date, cases, Steady(NOW), many, CLUSTERS) for _ in range(4)]
    assert sum(run.result().opened for run in runs) == 32
    assert cases.audit.count() == 32
