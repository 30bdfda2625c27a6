"""An administrator decides that a site's new layout is read as it is."""

from __future__ import annotations

from langnghe.casework.audit import record
from langnghe.casework.roles import Actor, Permission, require
from langnghe.core.clock import Clock
from langnghe.store.cases import Cases
from langnghe.store.crawlstate import CrawlState


def accept_layout(
    crawl: CrawlState, cases: Cases, actor: Actor, source: str, kind: str, clock: Clock
) -> int:
    """Read pages of this kind as they are now; gives how many had been held back.

    They are due at once, what is usual is learnt anew, and the notice of the change is settled.

    Raises:
        Refused: the actor may not.
    """
    require(actor, Permission.MANAGE_SOURCES)
    now = clock.now()
    with cases.transaction(now) as work:
        released = crawl.layouts.accept(source, kind, now)
        crawl.settle_layout_notice(source)
        record(
            work,
            actor,
            "accept_layout",
            kind="source",
            case_id=source,
            before={"held": released},
            after={"held": 0},
        )
    return released
